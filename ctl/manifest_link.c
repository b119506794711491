// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel judges the path that it has resolved.  A pattern that passes
 * through a symbolic link therefore never matches; on this machine that can be
 * seen, and said together with what to write instead.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifest_source.h"
#include "pattern.h"

/* As many links as the kernel follows in one path. */
#define LINKS_MAX 40

static bool is_link(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

/*
 * Find the first link that a pattern passes through, and put into @better the
 * pattern with that link resolved.  The last component counts if @last.
 */
static bool resolve_once(const char *text, bool last, char *link, char *better)
{
	struct cordon_component component;
	size_t length = strlen(text), at = 0, size = 0;
	char real[PATH_MAX], *quoted;

	while (cordon_pattern_next(text, length, &at, &component)) {
		if (component.kind != CORDON_COMPONENT_LITERAL ||
		    size + 1 + component.length >= CORDON_PATH_MAX ||
		    (at == length && !last))
			return false;
		link[size++] = '/';
		size += cordon_component_unescape(component.text,
						  component.length,
						  link + size);
		link[size] = 0;
		if (!is_link(link))
			continue;
		if (!realpath(link, real))
			return false;
		quoted = manifest_pattern_quote(strcmp(real, "/") ? real : "");
		size = quoted ? snprintf(better, CORDON_PATH_MAX, "%s%s",
					 quoted, text + at) : 0;
		free(quoted);
		return size > 0 && size < CORDON_PATH_MAX;
	}
	return false;
}

/*
 * Follow all links that a pattern passes through; false if there is none.
 * Links themselves can be created, renamed and removed by their own name, so
 * that of what is written the last component may be one.
 */
static bool resolve(const char *text, bool last, char *link, char *better)
{
	char now[CORDON_PATH_MAX], next[CORDON_PATH_MAX];
	int links;

	/* To the module that is no link, but the name of whoever acts. */
	if (!strncmp(text, "/proc/self/", 11))
		return false;
	if (text[0] != '/' || !resolve_once(text, last, link, better))
		return false;
	for (links = 0; links < LINKS_MAX; links++) {
		strcpy(now, better);
		if (!resolve_once(now, last, next, better)) {
			strcpy(better, now);
			break;
		}
	}
	return true;
}

static void warn(const struct manifest_origin *origin, struct report *report,
		 const char *text, const char *link, const char *better)
{
	struct manifest_reader reader = { origin->document, report, NULL };
	char *hint = NULL;

	if (asprintf(&hint, "write \"%s\"", better) < 0)
		hint = NULL;
	manifest_warning(&reader, origin->position, hint,
			 "\"%s\" matches nothing on this machine: %s is a symbolic link",
			 text, link);
	free(hint);
}

static void check_exe(const struct manifest_origin *origin,
		      struct report *report, const char *exe)
{
	char link[CORDON_PATH_MAX], better[CORDON_PATH_MAX];

	if (resolve(exe, true, link, better))
		warn(origin, report, exe, link, better);
}

/* Does @other say at least what @rule says, and of @path. */
static bool is_said_by(const struct manifest_rule *other,
		       const struct manifest_rule *rule, const char *path)
{
	size_t i;

	if (other->effect != rule->effect || rule->ops & ~other->ops ||
	    (other->program != CORDON_NONE && other->program != rule->program))
		return false;
	for (i = 0; i < other->patterns.count; i++) {
		const struct expanded *pattern = &other->patterns.patterns[i];

		if (pattern->text[0] == '/' &&
		    manifest_pattern_covers(pattern->text, pattern->length,
					    path, strlen(path)))
			return true;
	}
	return false;
}

/*
 * A manifest for many machines lists the link and where it leads: then nothing
 * is amiss on any of them.
 */
static bool is_said_elsewhere(const struct manifest_source *source,
			      const struct manifest_rule *rule,
			      const char *pattern)
{
	char *path = manifest_pattern_path(pattern);
	bool said = false;
	size_t i;

	for (i = 0; path && !said && i < source->rule_count; i++)
		said = is_said_by(&source->rules[i], rule, path);
	free(path);
	return said;
}

static void check_rule(const struct manifest_source *source,
		       const struct manifest_rule *rule, struct report *report)
{
	char link[CORDON_PATH_MAX], better[CORDON_PATH_MAX];
	bool last = !(rule->ops & 1u << CORDON_OP_WRITE);
	size_t i;

	for (i = 0; i < rule->patterns.count; i++) {
		const char *text = rule->patterns.patterns[i].text;

		if (resolve(text, last, link, better) &&
		    !is_said_elsewhere(source, rule, better))
			warn(&rule->origin, report, text, link, better);
	}
}

void manifest_source_check_links(const struct manifest_source *source,
				 struct report *report)
{
	size_t i;

	for (i = 0; i < source->member_count; i++)
		if (source->members[i].kind == CORDON_MEMBER_EXE)
			check_exe(&source->members[i].origin, report,
				  source->members[i].pattern);
	for (i = 0; i < source->program_count; i++)
		check_exe(&source->programs[i].origin, report,
			  source->programs[i].exe);
	for (i = 0; i < source->rule_count; i++)
		check_rule(source, &source->rules[i], report);
}
