// SPDX-License-Identifier: GPL-2.0-only
/*
 * One lock, which only writers take: it gives the sequence number, and is held
 * while a record is copied, at most CORDON_JOURNAL_WORDS.  It is raw, since
 * hooks are called with spinlocks held and with preemption off, and interrupts
 * are off, since packets are judged in softirq on top of anything.
 */
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "audit.h"
#include "compat.h"
#include "journal.h"
#include "netlink.h"

#define EVENTS_MIN	64		/* KiB; several of the longest events */
#define EVENTS_MAX	1048576		/* KiB */
#define FOLDS		1024		/* behaviours that are counted at once */
#define FOLD_MAX	3600		/* seconds */
#define CLOSE_CHUNK	64		/* entries looked at in one go */
#define WAKE_PAUSE	max(HZ / 100, 1) /* jiffies between two wake-ups */
#define SLOT_WORDS	32		/* no event is smaller */

static_assert(sizeof(struct cordon_event_head) % sizeof(u64) == 0);
static_assert(sizeof(struct cordon_event_head) / sizeof(u64) >= SLOT_WORDS);
static_assert(CORDON_JOURNAL_WORDS < EVENTS_MIN * 1024 / 8 / 4);

/**
 * struct kept - what is kept of a departure for the event that counts repeats
 * @head: with the lengths of the texts
 * @text: these, one behind the other, each cut at its quota
 */
struct kept {
	struct cordon_event_head head;
	char text[1280];
};

static unsigned int events = 4096;
module_param(events, uint, 0444);
MODULE_PARM_DESC(events, "KiB in which events are held, a power of two (default 4096)");

static unsigned int fold = 10;
module_param(fold, uint, 0444);
MODULE_PARM_DESC(fold, "seconds in which repeats of a departure are counted instead of told one by one (default 10; 0: never)");

static DEFINE_RAW_SPINLOCK(lock);
static struct cordon_ring ring;			/* written under lock */
static u64 made[CORDON_TOPIC_COUNT];		/* under lock */
static struct cordon_fold folds;		/* under lock */
static struct kept *kept;			/* under lock; of each entry */
static u64 close_at;	/* under lock; boottime; 0: nothing is to be closed */
static u64 instance;
static siphash_key_t secret[2];
static unsigned long woken;			/* jiffies */
static u64 woken_at;				/* words written by then */

static void wake(struct work_struct *work);
static void close_over(struct work_struct *work);
static DECLARE_DELAYED_WORK(wake_work, wake);
static DECLARE_DELAYED_WORK(close_work, close_over);

/* With the NUL that readers see. */
static const u16 text_max[CORDON_EVENT_TEXT_COUNT] = {
	[CORDON_EVENT_TEXT_OBJECT] = CORDON_PATH_MAX,
	[CORDON_EVENT_TEXT_WORKLOAD] = CORDON_NAME_MAX + 1,
	[CORDON_EVENT_TEXT_PROGRAM] = CORDON_PATH_MAX,
	[CORDON_EVENT_TEXT_RULE] = CORDON_EVENT_TEXT_MAX,
	[CORDON_EVENT_TEXT_FILE] = CORDON_EVENT_TEXT_MAX,
	[CORDON_EVENT_TEXT_FROM_SEGMENTS] = CORDON_JOURNAL_SEGMENTS,
	[CORDON_EVENT_TEXT_SEGMENTS] = CORDON_JOURNAL_SEGMENTS,
	[CORDON_EVENT_TEXT_PEER] = CORDON_NAME_MAX + 1,
};

/* In struct kept: what tells one behaviour from another has most room. */
static const u16 text_quota[CORDON_EVENT_TEXT_COUNT] = {
	[CORDON_EVENT_TEXT_OBJECT] = 512,
	[CORDON_EVENT_TEXT_WORKLOAD] = 64,
	[CORDON_EVENT_TEXT_PROGRAM] = 256,
	[CORDON_EVENT_TEXT_RULE] = 128,
	[CORDON_EVENT_TEXT_FILE] = 128,
	[CORDON_EVENT_TEXT_FROM_SEGMENTS] = 64,
	[CORDON_EVENT_TEXT_SEGMENTS] = 64,
	[CORDON_EVENT_TEXT_PEER] = 64,
};

static void texts_cut(struct cordon_event *event)
{
	unsigned int i;

	for (i = 0; i < CORDON_EVENT_TEXT_COUNT; i++) {
		struct cordon_ring_text *text = &event->text[i];

		if (text->length >= text_max[i]) {
			text->length = text_max[i] - 1;
			event->head.flags |= CORDON_EVENT_CUT;
		}
		event->head.length[i] = text->length;
	}
}

/* --- waking readers ------------------------------------------------------- */

static void wake(struct work_struct *work)
{
	WRITE_ONCE(woken, jiffies);
	WRITE_ONCE(woken_at, READ_ONCE(ring.written));
	cordon_audit_wake();
	/* Without memory for the message there will be some in a while. */
	if (!cordon_netlink_wake())
		queue_delayed_work(system_dfl_wq, &wake_work, HZ / 10);
}

/* Has much been written since readers were woken?  Yes, once. */
static bool is_urgent(void)
{
	u64 written = READ_ONCE(ring.written);
	u64 before = READ_ONCE(woken_at);

	return written - before > ring.word_count / 4 &&
	       try_cmpxchg64(&woken_at, &before, written);
}

/*
 * Not on the processor that acts, which may be kept busy acting; and before
 * what nobody has seen yet is overwritten.
 */
static void wake_soon(void)
{
	unsigned long since = jiffies - READ_ONCE(woken);

	/* The event is there for who is woken by a work that we see pending. */
	smp_mb();
	if (is_urgent())
		mod_delayed_work(system_dfl_wq, &wake_work, 0);
	else if (!delayed_work_pending(&wake_work))
		queue_delayed_work(system_dfl_wq, &wake_work,
				   since < WAKE_PAUSE ? WAKE_PAUSE - since : 0);
}

/* --- under the lock ------------------------------------------------------- */

static u64 record_add(struct cordon_event_head *head,
		      const struct cordon_ring_text *texts)
{
	lockdep_assert_held(&lock);
	head->sequence = ring.next;
	memcpy(head->made, made, sizeof(made));
	made[head->topic]++;
	return cordon_ring_write(&ring, (const u64 *)head,
				 sizeof(*head) / sizeof(u64), texts,
				 CORDON_EVENT_TEXT_COUNT);
}

static struct kept *kept_of(const struct cordon_fold_entry *entry)
{
	return &kept[entry - folds.entries];
}

static void fold_keep(const struct cordon_fold_entry *entry,
		      const struct cordon_event *event)
{
	struct kept *keep = kept_of(entry);
	char *text = keep->text;
	unsigned int i;

	keep->head = event->head;
	for (i = 0; i < CORDON_EVENT_TEXT_COUNT; i++) {
		u16 length = event->text[i].length;

		if (length > text_quota[i]) {
			length = text_quota[i];
			keep->head.flags |= CORDON_EVENT_CUT;
		}
		if (length)
			memcpy(text, event->text[i].text, length);
		keep->head.length[i] = length;
		text += length;
	}
}

/* What was counted in an entry is told; it is free afterwards. */
static bool fold_close(struct cordon_fold_entry *entry, u64 now, u64 real)
{
	struct cordon_ring_text texts[CORDON_EVENT_TEXT_COUNT];
	struct cordon_event_head *head = &kept_of(entry)->head;
	const char *text = kept_of(entry)->text;
	unsigned int i;

	lockdep_assert_held(&lock);
	if (!entry->used)
		return false;
	entry->used = false;
	if (!entry->repeats)
		return false;
	head->type = CORDON_EVENT_REPEATS;
	head->number = entry->repeats;
	head->first = entry->sequence;
	head->first_time = head->time;
	head->last_time = real - (now - entry->last);
	head->time = real;
	head->boottime = now;
	for (i = 0; i < CORDON_EVENT_TEXT_COUNT; i++) {
		texts[i].text = text;
		texts[i].length = head->length[i];
		text += head->length[i];
	}
	record_add(head, texts);
	return true;
}

/* Return: is the work that closes to come earlier than it would. */
static bool fold_count(struct cordon_fold_entry *entry,
		       const struct cordon_event_owner *owner, u64 now)
{
	u64 end = entry->begin + folds.window;

	lockdep_assert_held(&lock);
	entry->last = now;
	kept_of(entry)->head.owner = *owner;
	if (entry->repeats++ || (close_at && close_at <= end))
		return false;
	close_at = end;
	return true;
}

static void close_arm(u64 end, u64 now)
{
	/* One more, for the clock of timers is behind by up to that. */
	mod_delayed_work(system_dfl_wq, &close_work,
			 (end > now ? nsecs_to_jiffies(end - now) : 0) + 1);
}

/**
 * cordon_journal_key - name a behaviour
 * @key: filled
 * @parts: all that it is, but for its texts
 * @count: of these
 * @texts: what more it is
 * @text_count: of these, at most CORDON_JOURNAL_KEY_TEXTS
 *
 * A keyed hash of 128 bits: nobody can make two behaviours be one.
 *
 * Context: any.
 */
void cordon_journal_key(struct cordon_fold_key *key, const u64 *parts,
			u32 count, const struct cordon_ring_text *texts,
			u32 text_count)
{
	u64 hash[1 + CORDON_JOURNAL_KEY_TEXTS] = { 0 };
	unsigned int half;
	u32 i;

	for (half = 0; half < 2; half++) {
		hash[0] = siphash(parts, count * sizeof(*parts),
				  &secret[half]);
		for (i = 0; i < text_count; i++)
			hash[i + 1] = siphash(texts[i].text, texts[i].length,
					      &secret[half]);
		key->word[half] = siphash(hash, sizeof(hash), &secret[half]);
	}
}

/* --- writing -------------------------------------------------------------- */

/**
 * cordon_journal_repeats - count a repeat
 * @key: the behaviour
 * @owner: who did it
 *
 * Context: any but NMI.
 * Return: false: it is none, and is to be told.
 */
bool cordon_journal_repeats(const struct cordon_fold_key *key,
			    const struct cordon_event_owner *owner)
{
	struct cordon_fold_entry *entry;
	unsigned long flags;
	bool repeats;
	bool arm = false;
	u64 end = 0;
	u64 now;

	raw_spin_lock_irqsave(&lock, flags);
	now = ktime_get_boottime_ns();
	entry = cordon_fold_find(&folds, key);
	repeats = cordon_fold_repeats(&folds, entry, key, now);
	if (repeats) {
		arm = fold_count(entry, owner, now);
		end = close_at;
	}
	raw_spin_unlock(&lock);
	/* Not to be preempted before: nobody else would arm it. */
	if (arm)
		close_arm(end, now);
	local_irq_restore(flags);
	return repeats;
}

/**
 * cordon_journal_write - tell an event, or count it as a repeat
 * @event: its texts are cut, where they are too long
 * @key: the behaviour that it tells; NULL: it is never folded
 *
 * Context: any but NMI.
 * Return: false: it was a repeat.
 */
bool cordon_journal_write(struct cordon_event *event,
			  const struct cordon_fold_key *key)
{
	struct cordon_event_head *head = &event->head;
	struct cordon_fold_entry *entry = NULL;
	bool repeats = false;
	unsigned long flags;
	bool arm = false;
	u64 end = 0;

	texts_cut(event);
	raw_spin_lock_irqsave(&lock, flags);
	head->boottime = ktime_get_boottime_ns();
	head->time = ktime_get_real_ns();
	if (key && folds.window) {
		entry = cordon_fold_find(&folds, key);
		repeats = cordon_fold_repeats(&folds, entry, key,
					      head->boottime);
	}
	if (repeats) {
		arm = fold_count(entry, &head->owner, head->boottime);
		end = close_at;
	} else {
		if (entry) {
			fold_close(entry, head->boottime, head->time);
			cordon_fold_open(entry, key, head->boottime);
			fold_keep(entry, event);
			entry->sequence = ring.next;
		}
		record_add(head, event->text);
	}
	raw_spin_unlock(&lock);
	if (arm)
		close_arm(end, head->boottime);
	local_irq_restore(flags);
	if (!repeats)
		wake_soon();
	return !repeats;
}

/* Return: when the next of these is to be closed; 0: none. */
static u64 close_chunk(u32 from, bool all)
{
	bool closed = false;
	unsigned long flags;
	u64 next = 0;
	u64 real;
	u64 now;
	u32 i;

	raw_spin_lock_irqsave(&lock, flags);
	now = ktime_get_boottime_ns();
	real = ktime_get_real_ns();
	for (i = from; i < from + CLOSE_CHUNK; i++) {
		struct cordon_fold_entry *entry = &folds.entries[i];
		u64 end = entry->begin + folds.window;

		if (all || cordon_fold_is_over(&folds, entry, now))
			closed |= fold_close(entry, now, real);
		else if (entry->used && entry->repeats && (!next || end < next))
			next = end;
	}
	raw_spin_unlock_irqrestore(&lock, flags);
	if (closed)
		wake_soon();
	return next;
}

static void close_all(bool all)
{
	unsigned long flags;
	bool arm = false;
	u64 next = 0;
	u32 i;

	/* What is counted for the first time from here on arms for itself. */
	raw_spin_lock_irqsave(&lock, flags);
	close_at = 0;
	raw_spin_unlock_irqrestore(&lock, flags);
	for (i = 0; i < folds.count; i += CLOSE_CHUNK) {
		u64 end = close_chunk(i, all);

		if (end && (!next || end < next))
			next = end;
		cond_resched();
	}
	if (!next)
		return;
	raw_spin_lock_irqsave(&lock, flags);
	if (!close_at || next < close_at) {
		close_at = next;
		arm = true;
	}
	raw_spin_unlock(&lock);
	if (arm)
		close_arm(next, ktime_get_boottime_ns());
	local_irq_restore(flags);
}

static void close_over(struct work_struct *work)
{
	close_all(false);
}

/**
 * cordon_journal_close - tell all that was counted, and count from the start
 *
 * Context: may sleep.
 */
void cordon_journal_close(void)
{
	close_all(true);
}

/* --- reading -------------------------------------------------------------- */

/** cordon_journal_next - the sequence number that the next event gets */
u64 cordon_journal_next(void)
{
	return cordon_ring_next(&ring);
}

/** cordon_journal_instance - a number for this time that the module is loaded */
u64 cordon_journal_instance(void)
{
	return instance;
}

/**
 * cordon_journal_read - the first event from a number on that is held
 * @sequence: the number; moved on to that of the event
 * @limit: read none from this number on
 * @record: filled: a struct cordon_event_head, and the texts; room for
 *	CORDON_JOURNAL_WORDS
 *
 * Context: any; holds nobody up.
 * Return: its size in words; 0: there is none.
 */
u32 cordon_journal_read(u64 *sequence, u64 limit, u64 *record)
{
	return cordon_ring_read(&ring, sequence, limit, record,
				CORDON_JOURNAL_WORDS);
}

/**
 * cordon_journal_status - how the journal fares
 * @status: filled: all of one moment, but for the first event that is held,
 *	which may have been overwritten since
 *
 * What was made is what the newest event says: like any reader, who asks takes
 * no lock that who acts waits for.
 *
 * Context: any; holds nobody up.
 */
void cordon_journal_status(struct cordon_journal_status *status)
{
	struct cordon_event_head head;

	status->bytes = (u64)ring.word_count * sizeof(u64);
	status->instance = instance;
	status->first = cordon_ring_first(&ring);
	status->sequence = cordon_ring_newest(&ring, (u64 *)&head,
					      sizeof(head) / sizeof(u64));
	memset(status->made, 0, sizeof(status->made));
	if (!status->sequence)
		return;
	memcpy(status->made, head.made, sizeof(status->made));
	status->made[head.topic]++;
}

/* --- coming and going ----------------------------------------------------- */

static void memory_free(void)
{
	kvfree(ring.words);
	kvfree(ring.slots);
	kvfree(folds.entries);
	kvfree(kept);
}

/**
 * cordon_journal_init - make the ring, as large as the parameter says
 *
 * Context: may sleep.
 * Return: 0, -EINVAL for a parameter, -ENOMEM.
 */
int cordon_journal_init(void)
{
	u32 words;

	if (events < EVENTS_MIN || events > EVENTS_MAX ||
	    !is_power_of_2(events)) {
		pr_err("events=%u: KiB are wanted, a power of two from %u to %u\n",
		       events, EVENTS_MIN, EVENTS_MAX);
		return -EINVAL;
	}
	if (fold > FOLD_MAX) {
		pr_err("fold=%u: seconds are wanted, at most %u\n", fold,
		       FOLD_MAX);
		return -EINVAL;
	}
	words = events * (1024 / sizeof(u64));
	/* Written whole, so that the memory is there when it is needed. */
	cordon_ring_init(&ring, kvzalloc((size_t)words * sizeof(u64),
					 GFP_KERNEL), words,
			 kvcalloc(words / SLOT_WORDS, sizeof(u64), GFP_KERNEL),
			 words / SLOT_WORDS);
	cordon_fold_init(&folds, kvcalloc(FOLDS, sizeof(*folds.entries),
					  GFP_KERNEL), FOLDS,
			 (u64)fold * NSEC_PER_SEC);
	kept = kvcalloc(FOLDS, sizeof(*kept), GFP_KERNEL);
	if (!ring.words || !ring.slots || !folds.entries || !kept ||
	    cordon_audit_init()) {
		pr_err("no memory for events=%u KiB: choose less\n", events);
		memory_free();
		return -ENOMEM;
	}
	instance = get_random_u64();
	get_random_bytes(secret, sizeof(secret));
	woken = jiffies - WAKE_PAUSE;
	return 0;
}

/**
 * cordon_journal_exit - forget all events
 *
 * Context: may sleep; nothing writes or reads any more.
 */
void cordon_journal_exit(void)
{
	cancel_delayed_work_sync(&close_work);
	cancel_delayed_work_sync(&wake_work);
	cordon_audit_exit();
	memory_free();
}
