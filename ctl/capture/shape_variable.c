// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Shapes of names with a part that nobody chose.
 *
 * Paths that are the same but for such parts are a group.  What varies enough
 * within the group becomes a wildcard; what does not is a name like others,
 * and splits the group.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "quote.h"
#include "shape_private.h"
#include "token.h"

/* Parts of one path that may vary; deeper ones are taken as they are. */
#define TOKENS_MAX	8

/* Files of a tree, in which single levels may have few names. */
#define TREE_MIN	8

/* Bytes of the hash that the directories of a tree are made from. */
#define TREE_HASH	16
#define TREE_NUMBER	8

/* Digits of the largest number that a process can have. */
#define NUMBER_MAX	7

/**
 * struct name - a path, and its parts that nobody chose
 * @path: of the set
 * @key: the path without these parts
 * @tokens: where they are in the path
 * @count: how many
 */
struct name {
	struct shape_path *path;
	char *key;
	struct token tokens[TOKENS_MAX];
	size_t count;
};

/** struct group - names of one key */
struct group {
	struct shape_set *set;
	struct name **names;
	size_t count;
};

static size_t component_end(const char *path, size_t from)
{
	return from + strcspn(path + from, "/");
}

/* Is the last component what directories above could be levels of. */
static bool ends_in_hash(const char *path)
{
	const char *last = strrchr(path, '/') + 1;
	struct token token = token_find(last, strlen(last), false);
	size_t length = token.to - token.from;

	if (token.kind == TOKEN_NUMBER)
		return length >= TREE_NUMBER && last[token.from] == '0';
	return token.kind && length >= TREE_HASH;
}

static void find_tokens(struct name *name, bool temporary)
{
	const char *path = name->path->path;
	bool tree = !temporary && ends_in_hash(path);
	size_t from, to;

	/* What lies in the root is the system's. */
	for (from = component_end(path, 1); path[from]; from = to) {
		struct token token;

		to = component_end(path, ++from);
		token = token_find(path + from, to - from, temporary);
		if (tree && path[to] && token_is_level(path + from, to - from))
			token = (struct token){ TOKEN_LEVEL, 0, to - from };
		if (!token.kind || name->count == TOKENS_MAX)
			continue;
		token.from += from;
		token.to += from;
		name->tokens[name->count++] = token;
	}
}

static void make_key(struct name *name)
{
	const char *path = name->path->path;
	size_t size, at = 0, i;
	FILE *stream = memory_sure(open_memstream(&name->key, &size));

	for (i = 0; i < name->count; i++) {
		const struct token *token = &name->tokens[i];

		fwrite(path + at, 1, token->from - at, stream);
		/* No path has a slash here. */
		fprintf(stream, "//%d", token->kind);
		if (token->kind != TOKEN_NUMBER)
			fprintf(stream, ",%zu", token->to - token->from);
		fputs("//", stream);
		at = token->to;
	}
	fputs(path + at, stream);
	if (fclose(stream))
		memory_sure(NULL);
}

static int by_key(const void *left, const void *right)
{
	const struct name *const *one = left, *const *two = right;

	return strcmp((*one)->key, (*two)->key);
}

/* Which token the names are to be compared by; qsort() has no room for it. */
static size_t compared;

static int by_token(const void *left, const void *right)
{
	const struct name *one = *(const struct name *const *)left;
	const struct name *two = *(const struct name *const *)right;
	const struct token *a = &one->tokens[compared];
	const struct token *b = &two->tokens[compared];
	size_t length = a->to - a->from;

	if (length != b->to - b->from)
		return length < b->to - b->from ? -1 : 1;
	return memcmp(one->path->path + a->from, two->path->path + b->from,
		      length);
}

static void sort_by(const struct group *group, size_t token)
{
	compared = token;
	qsort(group->names, group->count, sizeof(*group->names), by_token);
}

static size_t count_values(const struct group *group, size_t token)
{
	size_t values = 1, i;

	sort_by(group, token);
	for (i = 1; i < group->count; i++)
		if (by_token(&group->names[i - 1], &group->names[i]))
			values++;
	return values;
}

static bool is_padded(const struct group *group, size_t token)
{
	size_t i;

	for (i = 0; i < group->count; i++) {
		const struct name *name = group->names[i];
		const struct token *part = &name->tokens[token];

		if (part->to - part->from < TREE_NUMBER ||
		    name->path->path[part->from] != '0')
			return false;
	}
	return true;
}

static enum shape_kind kind_of(const struct name *name, unsigned int fixed)
{
	enum shape_kind kind = SHAPE_NUMBER;
	size_t i;

	for (i = 0; i < name->count; i++) {
		if (fixed & 1u << i || name->tokens[i].kind == TOKEN_NUMBER)
			continue;
		if (name->tokens[i].kind >= TOKEN_SIX)
			return SHAPE_TEMPORARY;
		kind = SHAPE_HASH;
	}
	return kind;
}

/*
 * What counts, and the number of a process, grows: today's three digits are
 * seven when the machine has been up for a year.  A fixed length is kept where
 * it is one: with leading zeros, or as long as dates are.
 */
static bool grows(const struct group *group, size_t which,
		  const struct token *token)
{
	return token->kind == TOKEN_NUMBER && !is_padded(group, which) &&
	       token->to - token->from < NUMBER_MAX;
}

static char *pattern_of(const struct group *group, const struct name *name,
			unsigned int fixed)
{
	const char *path = name->path->path;
	char *pattern = NULL;
	size_t size, at = 0, i;
	FILE *stream = memory_sure(open_memstream(&pattern, &size));

	for (i = 0; i < name->count; i++) {
		const struct token *token = &name->tokens[i];

		if (fixed & 1u << i)
			continue;
		quote_put(stream, path + at, token->from - at);
		if (grows(group, i, token))
			fputs("[0-9]*", stream);
		else
			token_put(stream, token->kind,
				  token->to - token->from);
		at = token->to;
	}
	quote_put(stream, path + at, strlen(path + at));
	if (fclose(stream))
		memory_sure(NULL);
	return pattern;
}

static void emit(const struct group *group, unsigned int fixed)
{
	size_t i;

	for (i = 0; i < group->count; i++) {
		const struct name *name = group->names[i];

		name->path->shape = shape_add(group->set,
					      kind_of(name, fixed),
					      SHAPE_READ | SHAPE_WRITE,
					      pattern_of(group, name, fixed));
	}
}

static void judge(const struct group *group, unsigned int fixed);

/* One group for each name that a token has. */
static void split(const struct group *group, unsigned int fixed, size_t token)
{
	size_t from = 0, to;

	sort_by(group, token);
	while (from < group->count) {
		struct group part = { group->set, NULL, 0 };

		compared = token;
		for (to = from + 1; to < group->count; to++)
			if (by_token(&group->names[from], &group->names[to]))
				break;
		part.names = group->names + from;
		part.count = to - from;
		judge(&part, fixed | 1u << token);
		from = to;
	}
}

/* Is there enough of it: see token_needs(), and of trees, of all levels. */
static void judge(const struct group *group, unsigned int fixed)
{
	const struct name *first = group->names[0];
	size_t fewest = SIZE_MAX, poor = TOKENS_MAX, proved = 0, i;

	for (i = 0; i < first->count; i++) {
		size_t values;

		if (fixed & 1u << i)
			continue;
		values = count_values(group, i);
		if (values >= token_needs(first->tokens[i].kind,
					  is_padded(group, i))) {
			proved++;
		} else if (values < fewest) {
			fewest = values;
			poor = i;
		}
	}
	if (poor == TOKENS_MAX || (proved && fewest >= 2 &&
				   group->count >= TREE_MIN)) {
		if (proved)
			emit(group, fixed);
		return;
	}
	split(group, fixed, poor);
}

static void find(struct shape_set *set, bool temporary)
{
	struct name **names = NULL, **added, *name;
	size_t count = 0, from, to, i;

	for (i = 0; i < set->path_count; i++) {
		struct shape_path *path = &set->paths[i];

		if (!shape_is_free(path) ||
		    !(path->ops & (SHAPE_READ | SHAPE_WRITE)) ||
		    path->ops & SHAPE_LOAD)
			continue;
		name = memory_sure(calloc(1, sizeof(*name)));
		name->path = path;
		find_tokens(name, temporary);
		if (!name->count) {
			free(name);
			continue;
		}
		make_key(name);
		added = memory_grow(&names, &count, sizeof(*added));
		*added = name;
	}
	if (count)
		qsort(names, count, sizeof(*names), by_key);
	for (from = 0; from < count; from = to) {
		struct group group = { set, names + from, 0 };

		for (to = from + 1; to < count; to++)
			if (by_key(&names[from], &names[to]))
				break;
		group.count = to - from;
		judge(&group, 0);
	}
	for (i = 0; i < count; i++) {
		free(names[i]->key);
		free(names[i]);
	}
	free(names);
}

void shape_find_variable(struct shape_set *set)
{
	find(set, false);
	find(set, true);
}
