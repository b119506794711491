// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a program may start runs under its own entry; these warnings say where
 * there is none.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "manifest_source.h"
#include "pattern.h"

/* Bytes before the first wildcard. */
static size_t literal_length(const char *text)
{
	size_t at = 0;

	while (text[at] && !strchr("*?[", text[at]))
		at += text[at] == '\\' && text[at + 1] ? 2 : 1;
	return at;
}

static bool is_literal(const char *text)
{
	return !text[literal_length(text)];
}

/* The path that a literal pattern names, for free(). */
static char *path_of(const char *text)
{
	size_t length = strlen(text);
	char *path = malloc(length + 1);

	if (path)
		path[cordon_component_unescape(text, length, path)] = 0;
	return path;
}

static bool covers(const char *pattern, const char *literal)
{
	char *path = path_of(literal);
	bool covered = path && manifest_pattern_covers(pattern, strlen(pattern),
						       path, strlen(path));

	free(path);
	return covered;
}

/*
 * Can both patterns name one file.  Of two with wildcards that is only
 * guessed, by the part before those: a warning must not be wrong.
 */
static bool can_meet(const char *one, const char *other)
{
	size_t length, other_length;

	if (is_literal(other))
		return covers(one, other);
	if (is_literal(one))
		return covers(other, one);
	length = literal_length(one);
	other_length = literal_length(other);
	return !strncmp(one, other,
			length < other_length ? length : other_length);
}

/*
 * The interpreter of the script that a literal pattern names, if it lies on
 * this machine: it runs under the script's entry, and needs none of its own.
 */
static bool is_interpreter(const char *exe, const char *target)
{
	char *script = is_literal(exe) ? path_of(exe) : NULL, *real = NULL;
	char *path = path_of(target), head[256];
	ssize_t got = -1;
	bool same = false;
	int file;

	file = script ? open(script, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	if (file >= 0) {
		got = read(file, head, sizeof(head) - 1);
		close(file);
	}
	if (got > 2 && head[0] == '#' && head[1] == '!') {
		char *name = head + 2;

		head[got] = 0;
		name += strspn(name, " \t");
		name[strcspn(name, " \t\n")] = 0;
		real = realpath(name, NULL);
		same = real && path && !strcmp(real, path);
	}
	free(real);
	free(path);
	free(script);
	return same;
}

static bool has_entry(const struct manifest_source *source,
		      const struct manifest_rule *rule, const char *target)
{
	size_t i;

	for (i = 0; i < source->program_count; i++)
		if (can_meet(target, source->programs[i].exe))
			return true;
	return rule->program != CORDON_NONE && is_literal(target) &&
	       is_interpreter(source->programs[rule->program].exe, target);
}

static void check_rule(const struct manifest_source *source,
		       const struct manifest_rule *rule, struct report *report)
{
	struct manifest_reader reader = {
		rule->origin.document, report, NULL
	};
	const char *hint = source->effect == CORDON_EFFECT_DENY ?
		"where exec is enforced it will not start; give it an entry in \"programs\"" :
		"it runs unlisted, under the workload's own rules";
	size_t i;

	for (i = 0; i < rule->patterns.count; i++) {
		const char *target = rule->patterns.patterns[i].text;

		if (has_entry(source, rule, target))
			continue;
		manifest_warning(&reader, rule->origin.position, hint,
				 is_literal(target) ?
				 "\"%s\" may be started but has no entry" :
				 "nothing that \"%s\" matches has an entry",
				 target);
	}
}

void manifest_source_check_entries(const struct manifest_source *source,
				   struct report *report)
{
	size_t i;

	for (i = 0; i < source->rule_count; i++) {
		const struct manifest_rule *rule = &source->rules[i];

		if (rule->effect == CORDON_EFFECT_ALLOW &&
		    rule->ops & 1u << CORDON_OP_EXEC)
			check_rule(source, rule, report);
	}
}
