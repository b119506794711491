// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capture_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/capture/grow.h"
#include "ctl/manifest_write.h"
#include "net_pattern.h"

static bool owned(void *context, const char *path)
{
	(void)context;
	return !strncmp(path, "/usr/", 5);
}

static bool home(void *context, const char *path, size_t *parent, size_t *name)
{
	static const char *const parents[] = { "/home", "/data/users" };
	size_t i;

	(void)context;
	for (i = 0; i < 2; i++) {
		size_t length = strlen(parents[i]);

		if (strncmp(path, parents[i], length) || path[length] != '/')
			continue;
		*parent = length;
		*name = strcspn(path + length + 1, "/");
		return *name && path[length + 1 + *name];
	}
	return false;
}

const struct capture_world capture_world_fake = {
	.owned = owned,
	.home = home,
	.port_first = 32768,
	.port_last = 60999,
};

struct behaviour *capture_add(struct behaviour_set *set, const char *program,
			      unsigned int op, const char *object)
{
	const struct behaviour behaviour = {
		.workload = memory_copy("w"),
		.program = memory_copy(program),
		.object = memory_copy(object),
		.op = (uint8_t)op,
		.kind = CORDON_OBJECT_PATH,
		.count = 1,
		.first = 1700000000000000000,
		.last = 1700000100000000000,
		.uid = 33,
	};

	behaviour_set_add(set, &behaviour);
	return &set->items[set->count - 1];
}

struct behaviour *capture_add_flow(struct behaviour_set *set,
				   const char *program, unsigned int op,
				   const char *object)
{
	struct behaviour *behaviour = capture_add(set, program, op, object);
	struct cordon_net_pattern pattern;
	const char *why;

	behaviour->kind = CORDON_OBJECT_PEER;
	ck_assert_msg(!cordon_net_pattern_parse(&pattern, op, object, &why),
		      "%s: %s", object, why);
	behaviour->protocol = pattern.protocol;
	behaviour->port = pattern.first == pattern.last ? pattern.first : 0;
	behaviour->remote = pattern.prefix.address;
	behaviour->loopback = pattern.kind == CORDON_PEER_LOOPBACK;
	return behaviour;
}

json_t *capture_made(struct capture *capture, struct behaviour_set *set,
		     const struct capture_options *options)
{
	json_t *document;
	char *text;

	behaviour_set_settle(set);
	ck_assert_int_eq(capture_make(capture, set, options,
				      &capture_world_fake), 0);
	document = capture_document(capture, options);
	text = manifest_write(document);
	ck_assert_msg(!capture_verify(capture, text), "denied by\n%s", text);
	free(text);
	return document;
}

char *capture_rules_text(const struct capture *capture, const char *program,
			 unsigned int op)
{
	char *text = NULL;
	size_t size, i;
	FILE *stream = open_memstream(&text, &size);

	for (i = 0; i < capture->rules.count; i++) {
		const struct capture_rule *rule = &capture->rules.rules[i];

		if (rule->op != op || !rule->program != !program ||
		    (program && strcmp(rule->program, program)))
			continue;
		fprintf(stream, "%s%s", ftell(stream) ? " " : "", rule->text);
	}
	fclose(stream);
	return text;
}
