// SPDX-License-Identifier: LGPL-2.1-or-later
/* The manifest as people write one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture.h"
#include "grow.h"
#include "names.h"
#include "output.h"
#include "quote.h"

/* Lists of a program, in the order in which they are read. */
static const struct {
	uint8_t op;
	const char *key;
} lists[] = {
	{ CORDON_OP_EXEC, "exec" },
	{ CORDON_OP_ENTER, "enter" },
	{ CORDON_OP_LOAD, "load" },
	{ CORDON_OP_READ, "read" },
	{ CORDON_OP_WRITE, "write" },
	{ CORDON_OP_LISTEN, "listen" },
	{ CORDON_OP_ACCEPT, "accept" },
	{ CORDON_OP_CONNECT, "connect" },
	{ CORDON_OP_SOCKET, "sockets" },
};

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, memory_sure(value)))
		memory_sure(NULL);
}

static void set_moment(json_t *object, const char *key, uint64_t moment)
{
	time_t seconds = (time_t)(moment / 1000000000);
	char text[32];
	struct tm tm;

	if (!moment || !gmtime_r(&seconds, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	set(object, key, json_string(text));
}

/* What JSON cannot spell is shown as a pattern names it. */
static json_t *example_of(const char *example)
{
	json_t *value = json_string(example);
	char *quoted;

	if (value)
		return value;
	quoted = quote_path(example);
	value = json_string(quoted);
	free(quoted);
	return value;
}

json_t *capture_seen(const char *shape, const struct evidence *evidence)
{
	json_t *seen = memory_sure(json_object());

	set(seen, "shape", json_string(shape));
	set(seen, "objects", json_integer((json_int_t)evidence->objects));
	set(seen, "count", json_integer((json_int_t)evidence->count));
	set_moment(seen, "first", evidence->first);
	set_moment(seen, "last", evidence->last);
	set(seen, "example", example_of(evidence->example));
	return seen;
}

static bool is_of(const struct capture_rule *rule, const char *program)
{
	if (!rule->program || !program)
		return rule->program == program;
	return !strcmp(rule->program, program);
}

/* The lists of one program, or with NULL of all. */
static void put_rules(json_t *object, const struct capture_rules *rules,
		      const char *program, bool bare)
{
	json_t *seen = memory_sure(json_object()), *list;
	size_t i, k;

	for (k = 0; k < ARRAY_SIZE(lists); k++) {
		list = NULL;
		for (i = 0; i < rules->count; i++) {
			const struct capture_rule *rule = &rules->rules[i];

			if (rule->op != lists[k].op || !is_of(rule, program))
				continue;
			if (!list)
				list = memory_sure(json_array());
			json_array_append(list, rule->value);
			if (rule->shape && !json_object_get(seen, rule->text))
				set(seen, rule->text,
				    capture_seen(rule->shape, &rule->seen));
		}
		if (list)
			set(object, lists[k].key, list);
	}
	if (!bare && json_object_size(seen))
		json_object_set(object, "seen", seen);
	json_decref(seen);
}

static json_t *program_of(const struct capture *capture,
			  const struct capture_program *program, bool bare)
{
	char *exe = quote_path(program->path);
	json_t *object = memory_sure(json_object());

	set(object, "exe", json_string(exe));
	put_rules(object, &capture->rules, program->path, bare);
	free(exe);
	return object;
}

static int by_path(const void *left, const void *right)
{
	const struct capture_program *const *one = left, *const *two = right;

	/* Who was started by somebody comes behind who starts. */
	if ((*one)->started != (*two)->started)
		return (*one)->started ? 1 : -1;
	return strcmp((*one)->path, (*two)->path);
}

static json_t *programs_of(const struct capture *capture, bool bare)
{
	const struct capture_program **order =
		memory_sure(calloc(capture->program_count, sizeof(*order)));
	json_t *array = memory_sure(json_array());
	size_t count = 0, i;

	for (i = 0; i < capture->program_count; i++)
		if (capture->programs[i].wanted)
			order[count++] = &capture->programs[i];
	qsort(order, count, sizeof(*order), by_path);
	for (i = 0; i < count; i++)
		json_array_append_new(array, program_of(capture, order[i],
							bare));
	free(order);
	return array;
}

/* Without a selector: what came from outside of the workload. */
static json_t *members_of(const struct capture *capture,
			  const struct capture_options *options)
{
	json_t *any = memory_sure(json_array());
	bool roots = false;
	size_t i;

	/* Of it there is one only, and it stands alone. */
	if (options->member_count == 1 &&
	    !strcmp(options->members[0], "host")) {
		json_decref(any);
		return json_string("host");
	}
	for (i = 0; i < options->member_count; i++)
		json_array_append_new(any, json_string(options->members[i]));
	for (i = 0; i < capture->program_count; i++)
		roots |= capture->programs[i].wanted &&
			 !capture->programs[i].started;
	for (i = 0; !options->member_count && i < capture->program_count; i++) {
		const struct capture_program *program = &capture->programs[i];
		char *quoted, *member;

		if (!program->wanted || (roots && program->started))
			continue;
		quoted = quote_path(program->path);
		member = memory_format("exe:%s", quoted);
		json_array_append_new(any, json_string(member));
		free(member);
		free(quoted);
	}
	return memory_sure(json_pack("{s:o}", "any", any));
}

static void put_day(FILE *stream, const char *before, uint64_t moment)
{
	time_t seconds = (time_t)(moment / 1000000000);
	char text[32];
	struct tm tm;

	if (!moment || !gmtime_r(&seconds, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	fprintf(stream, "%s%s", before, text);
}

/* What it is from, and what is not in it. */
static json_t *description_of(const struct capture *capture)
{
	struct evidence all = { 0 };
	char *text = NULL;
	json_t *value;
	size_t size, i;
	FILE *stream = memory_sure(open_memstream(&text, &size));

	for (i = 0; i < capture->set.count; i++)
		if (capture->taken[i])
			evidence_add(&all, &capture->set.items[i], true);
	fprintf(stream, "captured: %llu acts, %llu behaviours",
		(unsigned long long)all.count,
		(unsigned long long)all.objects);
	put_day(stream, ", ", all.first);
	put_day(stream, " to ", all.last);
	if (all.first)
		fputs(" UTC", stream);
	if (capture->decisions.count)
		fprintf(stream, "; %zu left for a decision",
			capture->decisions.count);
	if (capture->set.dropped)
		fprintf(stream, "; INCOMPLETE: %llu acts were not recorded",
			(unsigned long long)capture->set.dropped);
	if (fclose(stream))
		memory_sure(NULL);
	value = memory_sure(json_string(text));
	free(text);
	return value;
}

json_t *capture_document(const struct capture *capture,
			 const struct capture_options *options)
{
	const char *mode = options->enforce ? "enforce" : "monitor";
	json_t *document = memory_sure(json_object());
	json_t *all = memory_sure(json_object());

	set(document, "manifest", json_integer(1));
	set(document, "workload",
	    json_string(capture->set.items[0].workload));
	set(document, "description", description_of(capture));
	set(document, "members", members_of(capture, options));
	set(document, "mode",
	    json_pack("{s:s,s:s,s:s,s:s}", "exec", mode, "load", mode, "file",
		      mode, "net", mode));
	set(document, "programs", programs_of(capture, options->bare));
	set(document, "default", json_string("deny"));
	put_rules(all, &capture->rules, NULL, options->bare);
	if (json_object_size(all))
		set(document, "allow", json_pack("[O]", all));
	json_decref(all);
	return document;
}
