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
	/* Whether an exec enters another workload is the answer. */
	[CORDON_OP_ENTER] = "",
	[CORDON_OP_CONNECT] = "connect",
	[CORDON_OP_LISTEN] = "listen",
	[CORDON_OP_ACCEPT] = "accept",
	[CORDON_OP_SOCKET] = "socket",
	[CORDON_OP_PASS] = "pass",
};

static const char *const action_words[] = {
	[CORDON_ACTION_ALLOW] = "allow",
	[CORDON_ACTION_WOULD_DENY] = "would-deny",
	[CORDON_ACTION_DENY] = "deny",
	[CORDON_ACTION_LEARN] = "learn",
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
		if (*text && !strcmp(words[i], text))
			return i;
	nearest = suggest_nearest(text, words, count);
	if (nearest) {
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	} else {
		strcpy(hint, "one of");
		for (i = 0; i < count; i++)
			if (*words[i])
				sprintf(hint + strlen(hint), " \"%s\"",
					words[i]);
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

/* Whether it is what the act is done to is seen once that is known. */
static void read_object(struct manifest_reader *reader,
			const struct position *value)
{
	case_of(reader)->question.object = json_string_value(value->value);
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
	{ "exe", MANIFEST_STRING, MANIFEST_OPTIONAL, read_exe, NULL },
	{ "cgroup", MANIFEST_STRING, MANIFEST_OPTIONAL, read_cgroup, NULL },
	{ "uid", MANIFEST_INTEGER, MANIFEST_OPTIONAL, read_uid, NULL },
	{ "act", MANIFEST_STRING, MANIFEST_REQUIRED, read_act,
	  "\"exec\", \"load\", \"read\", \"write\", \"connect\", \"listen\", \"accept\", \"socket\" or \"pass\"" },
	{ "path", MANIFEST_STRING, MANIFEST_OPTIONAL, read_object, NULL },
	{ "from", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "to", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "port", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "socket", MANIFEST_STRING, MANIFEST_OPTIONAL, NULL, NULL },
	{ "expect", MANIFEST_STRING, MANIFEST_REQUIRED, read_expect,
	  "\"allow\", \"would-deny\" or \"deny\"" },
	{ "becomes", MANIFEST_STRING, MANIFEST_OPTIONAL, read_becomes, NULL },
	{ "note", MANIFEST_STRING, MANIFEST_OPTIONAL, read_note, NULL },
};

/** struct case_key - what acts say of one of their keys, as bits of ops */
struct case_key {
	const char *key;
	unsigned int required;
	unsigned int allowed;
	const char *why;
};

#define FILES (1u << CORDON_OP_EXEC | 1u << CORDON_OP_LOAD | \
	       1u << CORDON_OP_READ | 1u << CORDON_OP_WRITE)
#define CONNECT (1u << CORDON_OP_CONNECT)
#define LISTEN (1u << CORDON_OP_LISTEN)
#define ACCEPT (1u << CORDON_OP_ACCEPT)
#define SOCKET (1u << CORDON_OP_SOCKET)
#define PASS (1u << CORDON_OP_PASS)
#define PROCESS (FILES | CONNECT | LISTEN | ACCEPT | SOCKET)

static const struct case_key act_keys[] = {
	{ "exe", PROCESS, PROCESS, "the path of what acts" },
	{ "workload", 0, PROCESS, NULL },
	{ "cgroup", 0, PROCESS, NULL },
	{ "uid", 0, PROCESS, NULL },
	{ "path", FILES, FILES | CONNECT, "what is acted upon" },
	{ "from", ACCEPT | PASS, ACCEPT | PASS, "who opens the flow" },
	{ "to", PASS, PASS | CONNECT, "to whom it is opened" },
	{ "port", LISTEN | ACCEPT | PASS, LISTEN | ACCEPT | PASS | CONNECT,
	  "as in \"tcp/443\"" },
	{ "socket", SOCKET, SOCKET, "its family, as in \"packet\"" },
};

static bool check_keys(struct manifest_reader *reader,
		       const struct position *value, enum cordon_op op)
{
	bool good = true;
	size_t i;

	for (i = 0; i < ARRAY_COUNT(act_keys); i++) {
		const struct case_key *key = &act_keys[i];
		const struct position *found = position_member(value, key->key);

		if (found && !(key->allowed & 1u << op))
			manifest_error(reader, found, NULL,
				       "\"%s\" has no place in a case of the act \"%s\"",
				       key->key, act_words[op]);
		else if (!found && key->required & 1u << op)
			manifest_error(reader, value, key->why,
				       "a case of the act \"%s\" needs the key \"%s\"",
				       act_words[op], key->key);
		else
			continue;
		good = false;
	}
	return good;
}

static const char *text_of(const struct position *object, const char *key)
{
	const struct position *value = position_member(object, key);

	return value ? json_string_value(value->value) : NULL;
}

/* "tcp/443@10.0.0.7" of the keys that say so. */
static void make_object(struct test_case *test, const struct position *value)
{
	const char *port = text_of(value, "port");
	const char *peer = text_of(value, test->question.op ==
					  CORDON_OP_ACCEPT ? "from" : "to");

	if (test->question.op == CORDON_OP_SOCKET)
		test->question.object = text_of(value, "socket");
	else if (test->question.op == CORDON_OP_LISTEN)
		test->question.object = port;
	else if (asprintf(&test->made, "%s@%s", port, peer) < 0)
		test->made = NULL;
	if (test->made)
		test->question.object = test->made;
}

static void check_passage(struct manifest_reader *reader,
			  const struct position *value)
{
	struct evaluation_question *question = &case_of(reader)->question;
	const char *why = NULL;

	question->from = text_of(value, "from");
	question->to = text_of(value, "to");
	question->port = text_of(value, "port");
	if (!evaluation_end_check(question->from, &why))
		manifest_error(reader, position_member(value, "from"), NULL,
			       "%s", why);
	if (!evaluation_end_check(question->to, &why))
		manifest_error(reader, position_member(value, "to"), NULL,
			       "%s", why);
	if (!evaluation_port_check(question->port, &why))
		manifest_error(reader, position_member(value, "port"), NULL,
			       "%s", why);
}

/* With ports that are right, it is the other key that is not. */
static const struct position *key_at_fault(const struct position *value)
{
	static const char *const keys[] = { "path", "socket", "to", "from" };
	const struct position *found;
	size_t i;

	for (i = 0; i < ARRAY_COUNT(keys); i++) {
		found = position_member(value, keys[i]);
		if (found)
			return found;
	}
	return value;
}

static bool check_port(struct manifest_reader *reader,
		       const struct position *port, enum cordon_op op)
{
	const char *why;

	if (!port || (op == CORDON_OP_CONNECT &&
		      !strcmp(json_string_value(port->value), "unix")) ||
	    evaluation_port_check(json_string_value(port->value), &why))
		return true;
	manifest_error(reader, port, NULL, "%s", why);
	return false;
}

static void check_net(struct manifest_reader *reader,
		      const struct position *value)
{
	const struct position *path = position_member(value, "path");
	const struct position *port = position_member(value, "port");
	struct test_case *test = case_of(reader);
	const char *why = "out of memory";

	if (test->question.op == CORDON_OP_CONNECT &&
	    !path == !(position_member(value, "to") && port)) {
		manifest_error(reader, value, NULL,
			       "a case of the act \"connect\" needs the keys \"to\" and \"port\", or \"path\" for a unix socket");
		return;
	}
	if (!check_port(reader, port, test->question.op))
		return;
	if (!test->question.object)
		make_object(test, value);
	if (path && test->question.object[0] != '/' &&
	    strncmp(test->question.object, "abstract:", 9))
		manifest_error(reader, path, NULL,
			       "a unix socket is named by its path, or by \"abstract:NAME\"");
	else if (!test->question.object ||
		 !evaluation_net_check(test->question.op,
				       test->question.object, &why))
		manifest_error(reader, key_at_fault(value), NULL, "%s", why);
}

/* @good: nothing else is wrong with the case. */
static void check_case(struct manifest_reader *reader,
		       const struct position *value, bool good)
{
	const struct evaluation_question *question = &case_of(reader)->question;
	const struct position *path = position_member(value, "path");

	good &= check_keys(reader, value, question->op);
	if (good && question->op == CORDON_OP_PASS)
		check_passage(reader, value);
	else if (good && evaluation_is_net(question->op))
		check_net(reader, value);
	else if (!evaluation_is_net(question->op) && path &&
		 json_is_string(path->value))
		read_path(reader, path, evaluation_object_check);
}

/* Is the word of an act one of those that there are. */
static bool is_act(const struct position *act)
{
	const char *word = act ? json_string_value(act->value) : NULL;
	size_t i;

	for (i = 0; word && *word && i < ARRAY_COUNT(act_words); i++)
		if (!strcmp(act_words[i], word))
			return true;
	return false;
}

static void read_case(struct manifest_reader *reader,
		      const struct position *value)
{
	const struct position *path = position_member(value, "path");
	const struct position *act = position_member(value, "act");
	struct cases *cases = cases_of(reader);
	size_t errors = reader->report->errors;
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
	if (is_act(act))
		check_case(reader, value, reader->report->errors == errors);
	else if (path && json_is_string(path->value))
		read_path(reader, path, evaluation_object_check);
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
	for (i = 0; i < cases->count; i++)
		free(cases->cases[i].made);
	free(cases->cases);
	manifest_document_free(cases->document);
	*cases = (struct cases){ 0 };
}
