// SPDX-License-Identifier: LGPL-2.1-or-later
#include "review_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "names.h"

char *review_directory;

static struct manifest_set manifests;
static struct cordon_policy *policy;

void review_set_up(void)
{
	review_directory = reader_directory();
}

void review_tear_down(void)
{
	free(policy);
	policy = NULL;
	manifest_set_free(&manifests);
	reader_remove(review_directory);
}

void review_manifest(const char *program, const char *more)
{
	reader_write(review_directory, "web.json",
		     "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/usr/sbin/nginx\"]},\"default\":\"deny\","
		     "\"programs\":[{\"exe\":\"/usr/sbin/nginx\"%s}]%s}",
		     program, more);
}

void review_questions(struct question_set *set,
		      struct behaviour_set *behaviours)
{
	const struct manifest_options foreign = { .foreign = true };
	struct report report;
	char *name;

	name = memory_format("%s/web.json", review_directory);
	manifests = reader_set(name, &foreign);
	report_init(&report);
	policy = manifest_set_compile(&manifests, false, &report);
	ck_assert_ptr_nonnull(policy);
	report_free(&report);
	free(name);
	question_set_make(set, behaviours, policy, "w", &capture_world_fake);
}

const struct question *review_find(const struct question_set *set,
				   unsigned int op, const char *title)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->items[i].op == op &&
		    !strcmp(set->items[i].title, title))
			return &set->items[i];
	return NULL;
}

void review_seen(const struct behaviour_set *behaviours)
{
	static const char *const results[] = {
		[BEHAVIOUR_LEARNED] = "learned",
		[BEHAVIOUR_ALLOWED] = "allowed",
		[BEHAVIOUR_WOULD_DENY] = "would-deny",
		[BEHAVIOUR_DENIED] = "denied",
	};
	char *name = memory_format("%s/seen.json", review_directory);
	FILE *stream = fopen(name, "w");
	size_t i;

	for (i = 0; i < behaviours->count; i++) {
		const struct behaviour *behaviour = &behaviours->items[i];
		json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:i,s:s*}",
					 "workload", behaviour->workload,
					 "program", behaviour->program, "op",
					 cordon_op_name(behaviour->op),
					 "object", behaviour->object, "kind",
					 cordon_object_name(behaviour->kind),
					 "result", results[behaviour->result],
					 "count", (json_int_t)behaviour->count,
					 "uid", (int)behaviour->uid, "reason",
					 behaviour->reason);

		ck_assert_ptr_nonnull(line);
		json_dumpf(line, stream, JSON_COMPACT);
		fputc('\n', stream);
		json_decref(line);
	}
	fclose(stream);
	free(name);
}

struct outcome review_run(struct behaviour_set *behaviours, const char *answers,
			  bool json)
{
	char *line = memory_format("w --manifest %s/web.json --from %s/seen.json --answers %s/answers",
				   review_directory, review_directory,
				   review_directory);
	struct outcome outcome;

	review_seen(behaviours);
	behaviour_set_free(behaviours);
	reader_write(review_directory, "answers", "%s", answers);
	outcome = run_command(&command_review, line, json);
	free(line);
	return outcome;
}

void review_assert(struct behaviour_set *behaviours, const char *answers,
		   int code, const char *text)
{
	struct outcome outcome = review_run(behaviours, answers, false);

	ck_assert_msg(outcome.code == code && strstr(outcome.text, text),
		      "ended with %d, no \"%s\" in\n%s", outcome.code, text,
		      outcome.text);
	free(outcome.text);
}

char *review_text(const char *name)
{
	char *path = memory_format("%s/%s", review_directory, name);
	FILE *stream = fopen(path, "r");
	char *text = calloc(1, 65536);

	ck_assert_msg(stream, "there is no %s", path);
	ck_assert_uint_lt(fread(text, 1, 65535, stream), 65535);
	fclose(stream);
	free(path);
	return text;
}

json_t *review_result(void)
{
	char *text = review_text("web.json"), *said;
	json_t *document = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(document);
	said = reader_findings(review_directory, "web.json", true);
	ck_assert_msg(!strstr(said, "error"), "%s\n%s", said, text);
	free(said);
	free(text);
	return document;
}

char *review_list(const json_t *document, const char *exe, const char *key)
{
	json_t *program, *value;
	char *text = NULL;
	size_t size, i, k;
	FILE *stream = open_memstream(&text, &size);

	json_array_foreach(json_object_get(document, "programs"), i, program) {
		if (strcmp(json_string_value(json_object_get(program, "exe")),
			   exe))
			continue;
		json_array_foreach(json_object_get(program, key), k, value)
			fprintf(stream, "%s%s", k ? " " : "",
				json_string_value(value));
	}
	fclose(stream);
	return text;
}
