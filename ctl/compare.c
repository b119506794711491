// SPDX-License-Identifier: LGPL-2.1-or-later
#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "cover.h"
#include "memory.h"
#include "names.h"
#include "output.h"
#include "rule_set.h"

const char *compare_aspect_name(enum compare_aspect aspect)
{
	static const char *const names[] = {
		[COMPARE_DOCUMENT] = "document",
		[COMPARE_MEMBER] = "member",
		[COMPARE_DEFAULT] = "default",
		[COMPARE_MODE] = "mode",
		[COMPARE_REJECT] = "reject",
		[COMPARE_PROGRAM] = "program",
		[COMPARE_ISOLATED] = "isolated",
		[COMPARE_RULE] = "rule",
	};

	return names[aspect];
}

const char *compare_change_name(enum compare_change change)
{
	static const char *const names[] = {
		[COMPARE_ADDED] = "added",
		[COMPARE_REMOVED] = "removed",
		[COMPARE_CHANGED] = "changed",
	};

	return names[change];
}

static struct difference *add(struct comparison *comparison,
			      enum compare_aspect aspect,
			      enum compare_change change,
			      const struct cordon_draft *draft, char *meaning)
{
	size_t count = comparison->count;
	struct difference *difference;

	/* Room doubles whenever the count is a power of two */
	if (!(count & (count - 1)))
		comparison->differences =
			memory_sure(realloc(comparison->differences,
					    (count ? count * 2 : 1) *
					    sizeof(*difference)));
	difference = &comparison->differences[comparison->count++];
	*difference = (struct difference){
		.aspect = aspect,
		.change = change,
		.workload = cordon_draft_text(draft, draft->name),
		.class = CORDON_CLASS_COUNT,
		.op = CORDON_OP_COUNT,
		.meaning = meaning,
	};
	return difference;
}

static bool is_segments(const struct cordon_draft *draft)
{
	return draft->kind == CORDON_DOCUMENT_SEGMENTS;
}

/* --- rules ---------------------------------------------------------------- */

/* "start %s" and its kin, so that "may" and "may no longer" fit before it */
static const char *const acts[CORDON_OP_COUNT] = {
	[CORDON_OP_EXEC] = "start",
	[CORDON_OP_LOAD] = "load",
	[CORDON_OP_READ] = "read",
	[CORDON_OP_WRITE] = "write",
	[CORDON_OP_ENTER] = "start, outside of the workload,",
	[CORDON_OP_CONNECT] = "connect to",
	[CORDON_OP_LISTEN] = "listen on",
	[CORDON_OP_ACCEPT] = "accept",
	[CORDON_OP_SOCKET] = "make sockets of",
	[CORDON_OP_PASS] = "open flows to",
};

/* What is to say more to the reader than that the rule is new, or gone */
static void put_kin(FILE *stream, const struct rule_item *item,
		    const struct rule_set *others, const struct rule_set *own,
		    const char *word)
{
	size_t i, told = 0;

	for (i = 0; i < others->count; i++) {
		const struct rule_item *other = &others->items[i];

		if (!rule_item_same(other, item) ||
		    !cover_pattern(item->op, item->pattern, other->pattern) ||
		    rule_set_has(own, other))
			continue;
		fprintf(stream, "%s%s", told++ ? ", " : word, other->pattern);
		if (told == 3)
			break;
	}
	fputs(told == 3 ? " …)" : told ? ")" : "", stream);
}

static char *rule_meaning(const struct rule_item *item, bool gained,
			  const struct rule_set *own,
			  const struct rule_set *others,
			  const struct cordon_draft *draft)
{
	bool allow = item->effect == CORDON_EFFECT_ALLOW;
	bool open = allow && draft->effect == CORDON_EFFECT_ALLOW &&
		    !is_segments(draft);
	char *text = NULL;
	FILE *stream;
	size_t size;

	stream = memory_sure(open_memstream(&text, &size));
	if (allow)
		fprintf(stream, "%s %s %s", gained ? "may now" :
			"may no longer", acts[item->op], item->pattern);
	else
		fprintf(stream, "%s %s %s, whatever is allowed", gained ?
			"must not" : "is no longer forbidden to",
			acts[item->op], item->pattern);
	if (open)
		fputs(gained ? " by a rule, as by default" :
			       " by a rule, but by default", stream);
	else if (allow && gained)
		fputs(", could not before", stream);
	put_kin(stream, item, others, own, gained ? " (widened from " :
						    " (narrowed to ");
	if (allow && rule_set_covers(own, item, CORDON_EFFECT_DENY))
		fputs("; a deny outweighs it", stream);
	fclose(stream);
	return memory_sure(text);
}

/* What @own says and @others does not */
static void compare_rules(struct comparison *comparison,
			  const struct rule_set *own,
			  const struct rule_set *others,
			  const struct cordon_draft *draft, bool gained)
{
	struct difference *difference;
	size_t i;

	for (i = 0; i < own->count; i++) {
		const struct rule_item *item = &own->items[i];

		if (item->implied ||
		    rule_set_covers(others, item, item->effect))
			continue;
		difference = add(comparison, COMPARE_RULE, gained ?
				 COMPARE_ADDED : COMPARE_REMOVED, draft,
				 rule_meaning(item, gained, own, others,
					      draft));
		difference->program = item->program;
		difference->op = item->op;
		difference->class = cordon_op_class(item->op);
		difference->effect = item->effect;
		difference->what = memory_copy(item->pattern);
	}
}

/* --- programs, or segments ------------------------------------------------ */

static const char *program_name(const struct cordon_draft *draft, u32 index)
{
	return cordon_draft_text(draft,
				 cordon_draft_program(draft, index)->exe);
}

static u32 find_program(const struct cordon_draft *draft, const char *name)
{
	u32 i;

	for (i = 0; i < draft->used.programs; i++)
		if (!strcmp(program_name(draft, i), name))
			return i;
	return CORDON_NONE;
}

static void compare_program(struct comparison *comparison,
			    const struct cordon_draft *draft, u32 index,
			    const struct cordon_draft *other, bool gained)
{
	const char *name = program_name(draft, index);
	u32 its = find_program(other, name);
	struct difference *difference;
	bool isolated;

	if (its == CORDON_NONE) {
		difference = add(comparison, COMPARE_PROGRAM, gained ?
				 COMPARE_ADDED : COMPARE_REMOVED, draft,
				 memory_format("%s %s",
					       gained ? "now" : "no longer",
					       is_segments(draft) ?
					       "is a segment" :
					       "has an entry of its own"));
		difference->program = name;
		return;
	}
	isolated = cordon_draft_program(draft, index)->isolated;
	if (!gained || isolated == cordon_draft_program(other, its)->isolated)
		return;
	difference = add(comparison, COMPARE_ISOLATED, COMPARE_CHANGED, draft,
			 memory_copy(isolated ? "is now isolated" :
						"is no longer isolated"));
	difference->program = name;
	difference->before = isolated ? "false" : "true";
	difference->after = isolated ? "true" : "false";
}

/* --- members -------------------------------------------------------------- */

static char *member_text(const struct cordon_draft *draft, u32 index)
{
	const struct cordon_draft_member *member =
		cordon_draft_member(draft, index);

	if (member->kind == CORDON_MEMBER_HOST)
		return memory_copy("host");
	if (member->kind == CORDON_MEMBER_USER)
		return memory_format("user:%u", member->uid);
	return memory_format("%s:%s", cordon_member_name(member->kind),
			     cordon_draft_text(draft, member->pattern));
}

static const char *member_segment(const struct cordon_draft *draft, u32 index)
{
	u32 segment = cordon_draft_member(draft, index)->program;

	return is_segments(draft) && segment != CORDON_NONE ?
	       program_name(draft, segment) : "";
}

static bool has_member(const struct cordon_draft *draft, const char *segment,
		       const char *text)
{
	bool has = false;
	u32 i;

	for (i = 0; i < draft->used.members && !has; i++) {
		char *other = member_text(draft, i);

		has = !strcmp(other, text) &&
		      !strcmp(member_segment(draft, i), segment);
		free(other);
	}
	return has;
}

static void compare_members(struct comparison *comparison,
			    const struct cordon_draft *draft,
			    const struct cordon_draft *other, bool gained)
{
	struct difference *difference;
	u32 i;

	for (i = 0; i < draft->used.members; i++) {
		const char *segment = member_segment(draft, i);
		char *text = member_text(draft, i);

		if (has_member(other, segment, text)) {
			free(text);
			continue;
		}
		difference = add(comparison, COMPARE_MEMBER, gained ?
				 COMPARE_ADDED : COMPARE_REMOVED, draft,
				 memory_format("%s %s",
					       gained ? "now holds" :
					       "no longer holds", text));
		difference->program = *segment ? segment : NULL;
		difference->what = text;
	}
}

/* --- the head ------------------------------------------------------------- */

static void compare_words(struct comparison *comparison,
			  enum compare_aspect aspect,
			  const struct cordon_draft *draft, u32 class,
			  const char *before, const char *after, char *meaning)
{
	struct difference *difference = add(comparison, aspect,
					    COMPARE_CHANGED, draft, meaning);

	difference->class = class;
	difference->before = before;
	difference->after = after;
}

static char *mode_meaning(u32 class, u8 mode)
{
	if (mode == CORDON_MODE_ENFORCE)
		return memory_format("departures of class %s are now denied",
				     cordon_class_name(class));
	return memory_format("departures of class %s are now only told",
			     cordon_class_name(class));
}

static void compare_heads(struct comparison *comparison,
			  const struct cordon_draft *before,
			  const struct cordon_draft *after)
{
	const char *old = cordon_draft_text(before, before->name);
	const char *new = cordon_draft_text(after, after->name);
	u32 class;

	if (strcmp(old, new))
		compare_words(comparison, COMPARE_DOCUMENT, after,
			      CORDON_CLASS_COUNT, old, new,
			      memory_format("was called %s", old));
	if (before->effect != after->effect)
		compare_words(comparison, COMPARE_DEFAULT, after,
			      CORDON_CLASS_COUNT,
			      cordon_effect_name(before->effect),
			      cordon_effect_name(after->effect),
			      memory_copy(after->effect == CORDON_EFFECT_DENY ?
					  "what no rule allows is now denied" :
					  "what no rule denies is now allowed"));
	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		if (before->mode[class] != after->mode[class])
			compare_words(comparison, COMPARE_MODE, after, class,
				      cordon_mode_name(before->mode[class]),
				      cordon_mode_name(after->mode[class]),
				      mode_meaning(class, after->mode[class]));
	if (before->reject != after->reject)
		compare_words(comparison, COMPARE_REJECT, after,
			      CORDON_CLASS_NET,
			      before->reject ? "true" : "false",
			      after->reject ? "true" : "false",
			      memory_copy(after->reject ?
					  "who is refused from outside is now told" :
					  "who is refused from outside is now left to wait"));
}

static void compare_both(struct comparison *comparison,
			 const struct cordon_draft *before,
			 const struct cordon_draft *after)
{
	struct rule_set old, new;
	u32 i;

	compare_heads(comparison, before, after);
	compare_members(comparison, before, after, false);
	compare_members(comparison, after, before, true);
	for (i = 0; i < before->used.programs; i++)
		compare_program(comparison, before, i, after, false);
	for (i = 0; i < after->used.programs; i++)
		compare_program(comparison, after, i, before, true);
	rule_set_make(&old, before);
	rule_set_make(&new, after);
	compare_rules(comparison, &old, &new, before, false);
	compare_rules(comparison, &new, &old, after, true);
	rule_set_free(&old);
	rule_set_free(&new);
}

void compare_drafts(struct comparison *comparison,
		    const struct cordon_draft *before,
		    const struct cordon_draft *after)
{
	if (!before || !after)
		add(comparison, COMPARE_DOCUMENT, after ? COMPARE_ADDED :
		    COMPARE_REMOVED, after ? after : before,
		    memory_copy(after ? "is in the second only" :
					"is in the first only"));
	else if (before->kind != after->kind)
		compare_words(comparison, COMPARE_DOCUMENT, after,
			      CORDON_CLASS_COUNT,
			      cordon_document_name(before->kind),
			      cordon_document_name(after->kind),
			      memory_copy("is another kind of document"));
	else
		compare_both(comparison, before, after);
}

char *compare_text(const struct difference *difference)
{
	static const char signs[] = {
		[COMPARE_ADDED] = '+',
		[COMPARE_REMOVED] = '-',
		[COMPARE_CHANGED] = '~',
	};
	const char *program = difference->program;
	const char *who = "";

	if (difference->op == CORDON_OP_PASS)
		who = program ? "hosts of " : "any host ";
	else if (difference->aspect == COMPARE_RULE && !program)
		who = "every program ";
	return memory_format("%c %s: %s%s%s%s", signs[difference->change],
			     difference->workload, who,
			     program ? program : "", program ? " " : "",
			     difference->meaning);
}

void comparison_free(struct comparison *comparison)
{
	size_t i;

	for (i = 0; i < comparison->count; i++) {
		free(comparison->differences[i].what);
		free(comparison->differences[i].meaning);
	}
	free(comparison->differences);
	*comparison = (struct comparison){ 0 };
}
