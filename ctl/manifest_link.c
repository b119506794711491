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
 * Warn of one pattern.  Links themselves can be created, renamed and removed
 * by their own name, so that of what is written the last component may be one.
 */
static void check_pattern(struct manifest_reader *reader,
			  const struct position *value, const char *text,
			  bool last)
{
	char link[CORDON_PATH_MAX], first[CORDON_PATH_MAX];
	char better[CORDON_PATH_MAX], now[CORDON_PATH_MAX];
	char *hint = NULL;
	int links;

	if (text[0] != '/' || !resolve_once(text, last, first, better))
		return;
	for (links = 0; links < LINKS_MAX; links++) {
		strcpy(now, better);
		if (!resolve_once(now, last, link, better)) {
			strcpy(better, now);
			break;
		}
	}
	if (asprintf(&hint, "write \"%s\"", better) < 0)
		hint = NULL;
	manifest_warning(reader, value, hint,
			 "\"%s\" matches nothing on this machine: %s is a symbolic link",
			 text, first);
	free(hint);
}

static void check_rule(const struct manifest_rule *rule, struct report *report)
{
	struct manifest_reader reader = {
		rule->origin.document, report, NULL
	};
	size_t i;

	for (i = 0; i < rule->patterns.count; i++)
		check_pattern(&reader, rule->origin.position,
			      rule->patterns.patterns[i].text,
			      !(rule->ops & 1u << CORDON_OP_WRITE));
}

void manifest_source_check_links(const struct manifest_source *source,
				 struct report *report)
{
	size_t i;

	for (i = 0; i < source->member_count; i++) {
		const struct manifest_member *member = &source->members[i];
		struct manifest_reader reader = {
			member->origin.document, report, NULL
		};

		if (member->kind == CORDON_MEMBER_EXE)
			check_pattern(&reader, member->origin.position,
				      member->pattern, true);
	}
	for (i = 0; i < source->program_count; i++) {
		const struct manifest_program *program = &source->programs[i];
		struct manifest_reader reader = {
			program->origin.document, report, NULL
		};

		check_pattern(&reader, program->origin.position, program->exe,
			      true);
	}
	for (i = 0; i < source->rule_count; i++)
		check_rule(&source->rules[i], report);
}
