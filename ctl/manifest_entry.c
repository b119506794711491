// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a program may start runs under its own entry; these warnings say where
 * there is none.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "manifest_source.h"

static bool is_literal(const char *pattern)
{
	return !pattern[manifest_pattern_prefix(pattern)];
}

static bool covers(const char *pattern, const char *literal)
{
	char *path = manifest_pattern_path(literal);
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
	length = manifest_pattern_prefix(one);
	other_length = manifest_pattern_prefix(other);
	return !strncmp(one, other,
			length < other_length ? length : other_length);
}

/*
 * The interpreter of the script that a literal pattern names, if it lies on
 * this machine: it runs under the script's entry, and needs none of its own.
 */
static bool is_interpreter(const char *exe, const char *target)
{
	char *script = manifest_pattern_path(exe), *real = NULL;
	char *path = manifest_pattern_path(target), head[256];
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

	if (json_object_get(source->program_index, target))
		return true;
	for (i = 0; i < source->program_count; i++)
		if (can_meet(target, source->programs[i].exe))
			return true;
	return rule->program != CORDON_NONE &&
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

static bool governs_host(const struct manifest_source *source)
{
	size_t i;

	for (i = 0; i < source->member_count; i++)
		if (source->members[i].kind == CORDON_MEMBER_HOST)
			return true;
	return false;
}

/* May more be started than what an entry names in the very same words? */
static bool starts_more(const struct manifest_source *source,
			const struct manifest_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->patterns.count; i++) {
		const char *target = rule->patterns.patterns[i].text;

		if (!is_literal(target) &&
		    !json_object_get(source->program_index, target))
			return true;
	}
	return false;
}

/*
 * Of a workload all that runs is known; of a whole host nobody has a list, and
 * a rule like "all below /usr" looks as if it were one.
 */
static void warn_of_host(const struct manifest_source *source,
			 struct report *report)
{
	struct manifest_reader reader = {
		source->name_origin.document, report, NULL
	};

	manifest_warning(&reader, source->name_origin.position,
			 "name there all that the host runs, by wildcards where many share an entry; or say \"default\": \"allow\" and deny what must not run; leave exec in monitor until `cordonctl monitor` is silent",
			 "\"%s\" governs the whole host, denies by default, and has %zu entr%s in \"programs\": where exec is enforced, programs without an entry will not start, though a rule allows it (no-entry)",
			 source->name, source->program_count,
			 source->program_count == 1 ? "y" : "ies");
}

void manifest_source_check_entries(const struct manifest_source *source,
				   struct report *report)
{
	bool host = source->effect == CORDON_EFFECT_DENY &&
		    governs_host(source), more = false;
	size_t i;

	for (i = 0; i < source->rule_count; i++) {
		const struct manifest_rule *rule = &source->rules[i];

		if (rule->effect != CORDON_EFFECT_ALLOW ||
		    !(rule->ops & 1u << CORDON_OP_EXEC))
			continue;
		check_rule(source, rule, report);
		more |= starts_more(source, rule);
	}
	if (host && more)
		warn_of_host(source, report);
}
