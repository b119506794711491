// SPDX-License-Identifier: LGPL-2.1-or-later
#include "provision.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uapi/cordon.h>

#include "expand.h"
#include "manifest.h"
#include "manifest_edit.h"
#include "output.h"
#include "pattern.h"
#include "unit_private.h"

int provision_begin(struct provision *provision, const char *directory,
		    const char *workload, const char *description)
{
	static const char *const pieces[] = {
		"base/shared-libraries", "base/common-files",
	};
	size_t i;

	if (root_open(&provision->root, directory))
		return -1;
	provision->document = manifest_edit_begin(workload, description);
	for (i = 0; i < ARRAY_SIZE(pieces); i++)
		manifest_edit_add_text(provision->document, "include",
				       pieces[i]);
	return 0;
}

/* What neither units nor packages ever say */
static void ask_the_rest(struct provision *provision)
{
	if (provision->networked || !provision->units.count)
		provision_ask(provision,
			      "Which hosts does it connect to, and on which ports? No \"connect\" but those that its units name was drafted");
	provision_ask(provision,
		      "What does its configuration name outside of its own directories (pages, data, certificates, sockets)?");
}

void provision_end(struct provision *provision)
{
	unit_confine(provision);
	ask_the_rest(provision);
	manifest_edit_settle(provision->document);
}

void provision_free(struct provision *provision)
{
	if (!provision->document)
		return;
	root_close(&provision->root);
	json_decref(provision->document);
	json_decref(provision->libraries);
	texts_free(&provision->questions);
	texts_free(&provision->units);
	provision->document = NULL;
}

char *provision_name(const char *name)
{
	char *made = memory_copy(name), *at, *dot = strrchr(made, '.');

	if (dot && dot > made && (!strcmp(dot, ".service") ||
				  !strcmp(dot, ".socket")))
		*dot = 0;
	for (at = made; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-", *at))
			*at = '-';
	if (strlen(made) > CORDON_NAME_MAX)
		made[CORDON_NAME_MAX] = 0;
	/* An instance that is not given: getty@.service is "getty" */
	while (at = made + strlen(made), at > made + 1 && at[-1] == '-')
		at[-1] = 0;
	if (!isalnum((unsigned char)*made))
		*made = 'w';
	return made;
}

void provision_ask(struct provision *provision, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	memory_sure(text);
	if (texts_have(&provision->questions, text))
		free(text);
	else
		texts_add(&provision->questions, text);
}

char *provision_pattern(struct provision *provision, const char *path)
{
	char *real = root_resolve(&provision->root, path);
	char *pattern = memory_sure(manifest_pattern_quote(real)), *at;
	char unknown = strchr(path, PROVISION_ANY) ? '*' : '?';

	/* What a link brings in is the name of a file, and stands for itself */
	for (at = pattern; *at; at++)
		if (*at == PROVISION_ANY)
			*at = unknown;
	free(real);
	return pattern;
}

bool provision_can_be(struct provision *provision, const char *pattern)
{
	/* Room for what may be put behind it */
	size_t length = strlen(pattern), most = CORDON_PATH_MAX - 16;
	struct expansion patterns;
	struct expand_fault fault;
	const char *why = NULL;

	if (length > most)
		why = "it is too long";
	else if (expand_braces(pattern, length, 1, &patterns, &fault))
		why = fault.what;
	if (!why) {
		why = cordon_pattern_check(patterns.patterns[0].text,
					   patterns.patterns[0].length, NULL);
		expansion_free(&patterns);
	}
	if (why)
		provision_ask(provision,
			      "What is meant by \"%.100s%s\"? No rule can name it: %s",
			      pattern, length > 100 ? "…" : "", why);
	return !why;
}

void provision_rule(struct provision *provision, json_t *object,
		    const char *list, const char *path, const char *below)
{
	char *pattern = provision_pattern(provision, path), *whole;

	/* Of the root itself there is nothing that a rule should say */
	if (strcmp(pattern, "/") && provision_can_be(provision, pattern)) {
		whole = memory_format("%s%s", pattern, below);
		manifest_edit_add_text(object, list, whole);
		free(whole);
	}
	free(pattern);
}
