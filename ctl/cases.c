// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "suggest.h"

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct cases *cases_of(const struct manifest_reader *reader)
{
	return reader->context;
}

/* The case that is read: the last one. */
static struct test_case *case_of(const struct manifest_reader *reader)
{
	struct cases *cases = cases_of(reader);

	return &cases->cases[cases->count - 1];
}

static const char *const act_words[] = {
	[CORDON_OP_EXEC] = "exec",
	[CORDON_OP_LOAD] = "load",
	[CORDON_OP_READ] = "read",
	[CORDON_OP_WRITE] = "write",
};

static const char *const action_words[] = {
	[CORDON_ACTION_ALLOW] = "allow",
	[CORDON_ACTION_WOULD_DENY] = "would-deny",
	[CORDON_ACTION_DENY] = "deny",
};

static const char *const mode_words[] = { "manifest", "enforce" };

/* Index of the word that @value holds, or -1, which has been told. */
static int read_word(struct manifest_reader *reader,
		     const struct position *value, const char *const *words,
		     size_t count)
{
	const char *text = json_string_value(value->value), *nearest;
	char hint[128] = "";
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(words[i], text))
			return i;
	nearest = suggest_nearest(text, words, count);
	if (nearest) {
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	} else {
		strcpy(hint, "one of");
		for (i = 0; i < count; i++)
			sprintf(hint + strlen(hint), " \"%s\"", words[i]);
	}
	manifest_error(reader, value, hint, "\"%s\" cannot be \"%s\"",
		       value->key, text);
	return -1;
}

static void read_version(struct manifest_reader *reader,
			 const struct position *value)
{
	if (json_integer_value(value->value) != 1)
		manifest_error(reader, value, NULL,
			       "this cordonctl reads version 1");
}

static void read_mode(struct manifest_reader *reader,
		      const struct position *value)
{
	cases_of(reader)->enforce = read_word(reader, value, mode_words,
					      ARRAY_COUNT(mode_words)) == 1;
}

/* A manifest is named from where the document lies. */
static void read_manifest(struct manifest_reader *reader,
			  const struct position *value)
{
	struct cases *cases = cases_of(reader);
	const char *file = reader->document->file;
	const char *name = json_string_value(value->value);
	const char *slash = strrchr(file, '/');
	char **manifests, *path;

	if (!*name) {
		manifest_error(reader, value, NULL, "names no file");
		return;
	}
	if (*name == '/' || !slash)
		path = strdup(name);
	else if (asprintf(&path, "%.*s%s", (int)(slash + 1 - file), file,
			  name) < 0)
		path = NULL;
	manifests = realloc(cases->manifests, (cases->manifest_count + 1) *
					      sizeof(*manifests));
	if (manifests)
		cases->manifests = manifests;
	if (!path || !manifests) {
		free(path);
		manifest_error(reader, value, NULL, "out of memory");
		return;
	}
	manifests[cases->manifest_count++] = path;
}

static void read_manifests(struct manifest_reader *reader,
			   const struct position *value)
{
	if (!value->first)
		manifest_error(reader, value, NULL, "names no manifest");
	manifest_read_array(reader, value, MANIFEST_STRING, read_manifest);
}

static const char *read_path(struct manifest_reader *reader,
			     const struct position *value,
			     const char *(*check)(const char *path))
{
	const char *path = json_string_value(value->value);
	const char *why = check(path);

	if (why)
		manifest_error(reader, value, NULL, "%s", why);
	return path;
}

static void read_workload(struct manifest_reader *reader,
			  const struct position *value)
{
	case_of(reader)->question.workload = json_string_value(value->value);
}

static void read_exe(struct manifest_reader *reader,
		     const struct position *value)
{
	case_of(reader)->question.exe = read_path(reader, value,
						  evaluation_path_check);
}

static void read_object(struct manifest_reader *reader,
			const struct position *value)
{
	case_of(reader)->question.object = read_path(reader, value,
						     evaluation_object_check);
}

static void read_cgroup(struct manifest_reader *reader,
			const struct position *value)
{
	case_of(reader)->question.cgroup = read_path(reader, value,
						     evaluation_path_check);
}

static void read_uid(struct manifest_reader *reader,
		     const struct position *value)
{
	json_int_t uid = json_integer_value(value->value);

	if (uid < 0 || uid >= CORDON_NONE)
		manifest_error(reader, value, NULL, "is no user id");
	case_of(reader)->question.uid = uid;
}

static void read_act(struct manifest_reader *reader,
		     const struct position *value)
{
	int act = read_word(reader, value, act_words, ARRAY_COUNT(act_words));

	if (act >= 0)
		case_of(reader)->question.op = act;
}

static void read_expect(struct manifest_reader *reader,
			const struct position *value)
{
	int action = read_word(reader, value, action_words,
			       ARRAY_COUNT(action_words));

	if (action >= 0)
		case_of(reader)->action = action;
}

static void read_becomes(struct manifest_reader *reader,
			 const struct position *value)
{
	const struct position *act = position_member(value->parent, "act");
	const struct position *expect = position_member(value->parent,
							"expect");
	const char *act_word = act ? json_string_value(act->value) : NULL;
	const char *word = expect ? json_string_value(expect->value) : NULL;

	if (act_word && strcmp(act_word, "exec"))
		manifest_error(reader, value, NULL,
			       "only an exec makes a process become another");
	else if (word && !strcmp(word, "deny"))
		manifest_error(reader, value, NULL,
			       "what is denied becomes nothing");
	case_of(reader)->becomes = json_string_value(value->value);
}

static void read_note(struct manifest_reader *reader,
		      const struct position *value)
{
	case_of(reader)->note = json_string_value(value->value);
}

static const struct manifest_key case_keys[] = {
	{ "workload", MANIFEST_STRING, MANIFEST_OPTIONAL, read_workload, NULL },
	{ "exe", MANIFEST_STRING, MANIFEST_REQUIRED, read_exe,
	  "the path of what acts" },
	{ "cgroup", MANIFEST_STRING, MANIFEST_OPTIONAL, read_cgroup, NULL },
	{ "uid", MANIFEST_INTEGER, MANIFEST_OPTIONAL, read_uid, NULL },
	{ "act", MANIFEST_STRING, MANIFEST_REQUIRED, read_act,
	  "\"exec\", \"load\", \"read\" or \"write\"" },
	{ "path", MANIFEST_STRING, MANIFEST_REQUIRED, read_object,
	  "what is acted upon" },
	{ "expect", MANIFEST_STRING, MANIFEST_REQUIRED, read_expect,
	  "\"allow\", \"would-deny\" or \"deny\"" },
	{ "becomes", MANIFEST_STRING, MANIFEST_OPTIONAL, read_becomes, NULL },
	{ "note", MANIFEST_STRING, MANIFEST_OPTIONAL, read_note, NULL },
};

static void read_case(struct manifest_reader *reader,
		      const struct position *value)
{
	struct cases *cases = cases_of(reader);
	struct test_case *grown = realloc(cases->cases, (cases->count + 1) *
							sizeof(*grown));

	if (!grown) {
		manifest_error(reader, value, NULL, "out of memory");
		return;
	}
	cases->cases = grown;
	cases->cases[cases->count++] = (struct test_case){
		.position = value,
		.question = { .uid = CORDON_NONE },
	};
	manifest_read_object(reader, value, "a case", case_keys,
			     ARRAY_COUNT(case_keys));
}

static void read_cases(struct manifest_reader *reader,
		       const struct position *value)
{
	if (!value->first)
		manifest_error(reader, value, NULL, "there is no case");
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_case);
}

static const struct manifest_key document_keys[] = {
	{ "$schema", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "cordon-test", MANIFEST_INTEGER, MANIFEST_REQUIRED, read_version,
	  "a document of test cases begins with { \"cordon-test\": 1" },
	{ "description", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "manifests", MANIFEST_ARRAY, MANIFEST_REQUIRED, read_manifests,
	  "the files to test" },
	{ "mode", MANIFEST_STRING, MANIFEST_OPTIONAL, read_mode, NULL },
	{ "cases", MANIFEST_ARRAY, MANIFEST_REQUIRED, read_cases, NULL },
};

int cases_read(struct cases *cases, const char *file, struct report *report)
{
	struct manifest_reader reader = { .report = report, .context = cases };
	size_t errors = report->errors;

	*cases = (struct cases){ 0 };
	cases->document = manifest_document_read(file, report);
	if (!cases->document)
		return -1;
	reader.document = cases->document;
	manifest_read_object(&reader, manifest_document_root(cases->document),
			     "a document of test cases", document_keys,
			     ARRAY_COUNT(document_keys));
	if (report->errors == errors)
		return 0;
	cases_free(cases);
	return -1;
}

void cases_free(struct cases *cases)
{
	size_t i;

	for (i = 0; i < cases->manifest_count; i++)
		free(cases->manifests[i]);
	free(cases->manifests);
	free(cases->cases);
	manifest_document_free(cases->document);
	*cases = (struct cases){ 0 };
}
