// SPDX-License-Identifier: GPL-2.0-only
#include "behaviour.h"
#include "hash.h"
#include "names.h"

/* Of texts, for each behaviour: most of them share theirs with others. */
#define WORDS_EACH	8

/* A text of the longest kind, with room for others. */
#define WORDS_MIN	4096

/* --- memory ----------------------------------------------------------------- */

static u32 words_for(u32 count)
{
	return count * WORDS_EACH > WORDS_MIN ? count * WORDS_EACH : WORDS_MIN;
}

/**
 * cordon_behaviours_size - memory that a table takes
 * @count: behaviours: a power of two, CORDON_BEHAVIOURS_MIN to _MAX
 *
 * Return: bytes.
 */
size_t cordon_behaviours_size(u32 count)
{
	return sizeof(struct cordon_behaviours) +
	       ((size_t)count + 1) * sizeof(struct cordon_behaviour) +
	       CORDON_WORKLOADS_MAX * sizeof(struct cordon_learner) +
	       (size_t)words_for(count) * sizeof(u64) +
	       (size_t)count * 2 * sizeof(u32);
}

/**
 * cordon_behaviours_init - an empty table
 * @memory: cordon_behaviours_size() bytes, all zero, aligned as for u64
 * @count: as for that
 * @seed: secret
 *
 * Return: the table, which is @memory.
 */
struct cordon_behaviours *cordon_behaviours_init(void *memory, u32 count,
						 u64 seed)
{
	struct cordon_behaviours *table = memory;

	static_assert(sizeof(struct cordon_behaviours) % sizeof(u64) == 0,
		      "entries are not aligned");
	static_assert(sizeof(struct cordon_behaviour) % sizeof(u64) == 0,
		      "learners are not aligned");
	static_assert(sizeof(struct cordon_learner) % sizeof(u64) == 0,
		      "words are not aligned");
	table->seed = seed;
	table->count = count;
	table->word_count = words_for(count);
	table->entries = (struct cordon_behaviour *)(table + 1);
	table->learners = (struct cordon_learner *)(table->entries + count + 1);
	table->words = (u64 *)(table->learners + CORDON_WORKLOADS_MAX);
	table->buckets = (u32 *)(table->words + table->word_count);
	table->text_buckets = table->buckets + count;
	/* Offset 0 is the empty text. */
	table->words_used = 1;
	return table;
}

/* --- texts -------------------------------------------------------------------- */

static u32 *text_bucket(const struct cordon_behaviours *table,
			struct cordon_ring_text text)
{
	struct cordon_name name;

	cordon_name_take(&name, table->seed, text.text, text.length);
	return &table->text_buckets[name.hash & (table->count - 1)];
}

static u32 text_search(const struct cordon_behaviours *table, u32 at,
		       struct cordon_ring_text text)
{
	for (; at; at = (u32)(table->words[at] >> 32))
		if ((u32)table->words[at] == text.length &&
		    !memcmp(&table->words[at + 1], text.text, text.length))
			break;
	return at;
}

/* Its offset; false: it is not there. */
static bool text_find(const struct cordon_behaviours *table,
		      struct cordon_ring_text text, u32 *offset)
{
	*offset = text.length ?
		  text_search(table,
			      cordon_observe(text_bucket(table, text)), text) :
		  0;
	return *offset || !text.length;
}

/* There is room. */
static u32 text_add(struct cordon_behaviours *table,
		    struct cordon_ring_text text, struct cordon_learner *learner)
{
	u32 at = table->words_used;
	u32 *bucket;
	u32 words;

	if (!text.length)
		return 0;
	bucket = text_bucket(table, text);
	if (text_search(table, *bucket, text))
		return text_search(table, *bucket, text);
	words = 1 + cordon_ring_text_words(text.length);
	table->words[at] = (u64)*bucket << 32 | text.length;
	memcpy(&table->words[at + 1], text.text, text.length);
	table->words_used += words;
	learner->words += words;
	cordon_publish(bucket, at);
	return at;
}

/**
 * cordon_behaviours_text - a text by its offset
 * @table: the table
 * @text: of a behaviour or a learner
 *
 * Context: any.
 * Return: the text, with a NUL behind it.
 */
struct cordon_ring_text
cordon_behaviours_text(const struct cordon_behaviours *table, u32 text)
{
	struct cordon_ring_text found = { .text = "" };

	if (!text)
		return found;
	found.text = (const char *)&table->words[text + 1];
	found.length = (u32)table->words[text];
	return found;
}

/**
 * cordon_behaviours_name - the offset of a name, for comparing
 * @table: the table
 * @name: of a workload
 * @length: of that
 *
 * Context: any.
 * Return: the offset, or 0: no behaviour has it.
 */
u32 cordon_behaviours_name(const struct cordon_behaviours *table,
			   const char *name, u32 length)
{
	const struct cordon_ring_text text = { .text = name, .length = length };
	u32 offset;

	return text_find(table, text, &offset) ? offset : 0;
}

/* --- finding -------------------------------------------------------------------- */

/* The texts of a key, as offsets. */
struct place {
	u32 workload;
	u32 program;
	u32 object;
};

static u64 packed(const struct cordon_behaviour_key *key)
{
	return (u64)key->port << 40 | (u64)key->protocol << 32 |
	       (u32)key->op << 24 | (u32)key->kind << 16 |
	       (u32)key->action << 8 | key->reason;
}

static u32 *bucket_of(const struct cordon_behaviours *table,
		      const struct cordon_behaviour_key *key,
		      const struct place *place)
{
	u64 hash = table->seed;

	hash = cordon_hash_mix(hash, (u64)place->workload << 32 |
				     place->program);
	hash = cordon_hash_mix(hash, (u64)place->object << 32 | key->uid);
	hash = cordon_hash_mix(hash, packed(key));
	if (key->protocol) {
		hash = cordon_hash_mix(hash, key->address.word[0]);
		hash = cordon_hash_mix(hash, key->address.word[1]);
	}
	return &table->buckets[hash & (table->count - 1)];
}

static bool is_same(const struct cordon_behaviour *entry,
		    const struct cordon_behaviour_key *key,
		    const struct place *place)
{
	return entry->workload == place->workload &&
	       entry->program == place->program &&
	       entry->object == place->object && entry->uid == key->uid &&
	       entry->port == key->port && entry->protocol == key->protocol &&
	       entry->op == key->op && entry->kind == key->kind &&
	       entry->action == key->action && entry->reason == key->reason &&
	       entry->address.word[0] == key->address.word[0] &&
	       entry->address.word[1] == key->address.word[1];
}

static struct cordon_behaviour *
search(const struct cordon_behaviours *table, const u32 *bucket,
       const struct cordon_behaviour_key *key, const struct place *place)
{
	struct cordon_behaviour *entry;
	u32 at;

	for (at = cordon_observe(bucket); at;
	     at = cordon_observe(&entry->next)) {
		entry = &table->entries[at];
		if (is_same(entry, key, place))
			return entry;
	}
	return NULL;
}

/**
 * cordon_behaviours_find - is a behaviour known
 * @table: the table
 * @key: the behaviour
 *
 * Context: any, without a lock; what is found is good until the caller lets
 * go of what whoever clears waits for.
 * Return: it, or NULL.
 */
struct cordon_behaviour *
cordon_behaviours_find(const struct cordon_behaviours *table,
		       const struct cordon_behaviour_key *key)
{
	struct place place;

	if (!text_find(table, key->object, &place.object) ||
	    !text_find(table, key->program, &place.program) ||
	    !text_find(table, key->workload, &place.workload))
		return NULL;
	return search(table, bucket_of(table, key, &place), key, &place);
}

/**
 * cordon_behaviours_at - the behaviour in a place, for who reads all
 * @table: the table
 * @index: from 1 to @table->high
 *
 * Context: as for cordon_behaviours_find().
 * Return: it, or NULL: there is none.
 */
const struct cordon_behaviour *
cordon_behaviours_at(const struct cordon_behaviours *table, u32 index)
{
	const struct cordon_behaviour *entry = &table->entries[index];

	return cordon_byte_take(&entry->flags) & CORDON_BEHAVIOUR_LIVE ?
	       entry : NULL;
}

/* --- adding ----------------------------------------------------------------------- */

static struct cordon_learner *learner_named(struct cordon_behaviours *table,
					    u32 name)
{
	u32 i;

	for (i = 0; name && i < table->learner_count; i++)
		if (table->learners[i].name == name)
			return &table->learners[i];
	return NULL;
}

/* Of the workload; NULL: there are too many, or there is no room for its name. */
static struct cordon_learner *learner_of(struct cordon_behaviours *table,
					 struct cordon_ring_text name)
{
	u32 text = cordon_behaviours_name(table, name.text, name.length);
	struct cordon_learner *learner = learner_named(table, text);

	if (learner)
		return learner;
	if (!name.length || table->learner_count == CORDON_WORKLOADS_MAX ||
	    table->words_used + 1 + cordon_ring_text_words(name.length) >
	    table->word_count)
		return NULL;
	learner = &table->learners[table->learner_count];
	*learner = (struct cordon_learner){ .since = 0 };
	learner->name = text_add(table, name, learner);
	cordon_publish(&table->learner_count, table->learner_count + 1);
	return learner;
}

/* What a text takes that is not there. */
static u32 words_of(const struct cordon_behaviours *table,
		    struct cordon_ring_text text)
{
	u32 offset;

	return text_find(table, text, &offset) ?
	       0 : 1 + cordon_ring_text_words(text.length);
}

static bool has_room(const struct cordon_behaviours *table,
		     const struct cordon_learner *learner,
		     const struct cordon_behaviour_key *key,
		     const struct cordon_behaviour_detail *detail)
{
	const u32 left = table->word_count - table->words_used;
	const u32 free = table->count - table->used;
	u32 words = words_of(table, key->program) +
		    words_of(table, key->object) +
		    words_of(table, detail->segments) +
		    words_of(table, detail->peer) +
		    words_of(table, detail->rule) +
		    words_of(table, detail->file);

	return (table->free || table->high < table->count) &&
	       learner->used < (u64)free * CORDON_BEHAVIOURS_SHARE &&
	       (!key->protocol || learner->flows <
				  (u64)free * (CORDON_BEHAVIOURS_SHARE / 2)) &&
	       words <= left &&
	       (!words || learner->words + words <=
			  (u64)left * CORDON_BEHAVIOURS_SHARE);
}

static void drop(struct cordon_behaviours *table,
		 struct cordon_learner *learner, u8 op, u64 now)
{
	cordon_word_put(&table->dropped, table->dropped + 1);
	if (!learner)
		return;
	if (!learner->full)
		learner->full = now;
	learner->dropped[cordon_op_class(op)]++;
}

static u32 entry_take(struct cordon_behaviours *table)
{
	u32 at = table->free;

	if (!at)
		return table->high + 1;
	table->free = table->entries[at].next;
	return at;
}

static void entry_fill(struct cordon_behaviours *table,
		       struct cordon_behaviour *entry,
		       const struct cordon_behaviour_key *key,
		       const struct cordon_behaviour_detail *detail,
		       struct cordon_learner *learner)
{
	entry->workload = learner->name;
	entry->program = text_add(table, key->program, learner);
	entry->object = text_add(table, key->object, learner);
	entry->segments = text_add(table, detail->segments, learner);
	entry->peer = text_add(table, detail->peer, learner);
	entry->rule = text_add(table, detail->rule, learner);
	entry->file = text_add(table, detail->file, learner);
	entry->rule_id = detail->rule_id;
	entry->rule_line = detail->rule_line;
	entry->address = key->address;
	entry->uid = key->uid;
	entry->port = key->port;
	entry->protocol = key->protocol;
	entry->op = key->op;
	entry->kind = key->kind;
	entry->action = key->action;
	entry->reason = key->reason;
}

static void entry_put(struct cordon_behaviours *table,
		      const struct cordon_behaviour_key *key,
		      const struct cordon_behaviour_detail *detail,
		      struct cordon_learner *learner, bool held, u64 now)
{
	const u32 at = entry_take(table);
	struct cordon_behaviour *entry = &table->entries[at];
	struct place place;
	u32 *bucket;

	entry_fill(table, entry, key, detail, learner);
	entry->count = !held;
	entry->first = now;
	entry->last = now;
	place = (struct place){
		entry->workload, entry->program, entry->object,
	};
	bucket = bucket_of(table, key, &place);
	entry->next = *bucket;
	cordon_publish(&entry->flags, (u8)(detail->flags | CORDON_BEHAVIOUR_LIVE |
					   (held ? CORDON_BEHAVIOUR_HELD : 0)));
	cordon_publish(bucket, at);
	if (at > table->high)
		cordon_publish(&table->high, at);
	table->used++;
	learner->used++;
	learner->flows += key->protocol != 0;
	learner->newest = now;
}

/**
 * cordon_behaviours_add - record what was done, or is held
 * @table: the table
 * @key: the behaviour
 * @detail: what is kept of it if it is new
 * @held: it is there, and not done now: that does not count
 * @now: the time
 *
 * Context: any; one at a time.
 * Return: 1: it is new; 0: it was known; -ENOSPC: there is no room for it.
 */
int cordon_behaviours_add(struct cordon_behaviours *table,
			  const struct cordon_behaviour_key *key,
			  const struct cordon_behaviour_detail *detail,
			  bool held, u64 now)
{
	struct cordon_behaviour *known = cordon_behaviours_find(table, key);
	struct cordon_learner *learner;

	if (known && held)
		cordon_publish(&known->flags,
			       (u8)(known->flags | CORDON_BEHAVIOUR_HELD));
	else if (known)
		cordon_behaviour_count(known, now);
	if (known)
		return 0;
	learner = learner_of(table, key->workload);
	/* What was recorded of it may have been cleared. */
	if (learner && !learner->since)
		learner->since = now;
	if (!learner || !has_room(table, learner, key, detail)) {
		drop(table, learner, key->op, now);
		return -ENOSPC;
	}
	entry_put(table, key, detail, learner, held, now);
	return 1;
}

/* --- clearing --------------------------------------------------------------- */

/**
 * cordon_behaviours_forget - begin to forget what is recorded of a workload
 * @table: the table
 * @name: from cordon_behaviours_name(); 0: nobody's
 *
 * Context: any; one at a time, also with who adds.
 * Return: is there anything.
 */
bool cordon_behaviours_forget(struct cordon_behaviours *table, u32 name)
{
	struct cordon_learner *learner = learner_named(table, name);

	if (!learner || !learner->since)
		return false;
	*learner = (struct cordon_learner){
		.name = learner->name,
		.words = learner->words,
		.used = learner->used,
		.flows = learner->flows,
	};
	return true;
}

static void entry_clear(struct cordon_behaviours *table,
			struct cordon_learner *learner,
			struct cordon_behaviour *entry)
{
	cordon_publish(&entry->flags, (u8)CORDON_BEHAVIOUR_CLEARED);
	learner->flows -= entry->protocol != 0;
	learner->used--;
	table->used--;
}

/**
 * cordon_behaviours_clear - put behaviours of a workload out of reach
 * @table: the table
 * @name: from cordon_behaviours_name()
 * @from: the first bucket
 * @count: how many buckets, of @table->count
 *
 * Context: any; one at a time, also with who adds.
 */
void cordon_behaviours_clear(struct cordon_behaviours *table, u32 name,
			     u32 from, u32 count)
{
	struct cordon_learner *learner = learner_named(table, name);
	struct cordon_behaviour *entry;
	u32 *link;
	u32 at;
	u32 i;

	for (i = from; learner && i - from < count && i < table->count; i++) {
		link = &table->buckets[i];
		while ((at = *link)) {
			entry = &table->entries[at];
			if (entry->workload != name) {
				link = &entry->next;
				continue;
			}
			/* Who stands on it goes on by its own link. */
			cordon_publish(link, entry->next);
			entry_clear(table, learner, entry);
		}
	}
}

/**
 * cordon_behaviours_reuse - nobody sees any more what was cleared
 * @table: the table
 * @from: the first place, from 1
 * @count: how many places, of @table->high
 *
 * Context: any; one at a time, also with who adds.
 */
void cordon_behaviours_reuse(struct cordon_behaviours *table, u32 from,
			     u32 count)
{
	struct cordon_behaviour *entry;
	u32 i;

	for (i = from; i - from < count && i <= table->high; i++) {
		entry = &table->entries[i];
		if (entry->flags != CORDON_BEHAVIOUR_CLEARED)
			continue;
		cordon_publish(&entry->flags, (u8)0);
		entry->next = table->free;
		table->free = i;
	}
}
