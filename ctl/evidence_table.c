// SPDX-License-Identifier: LGPL-2.1-or-later
#include "evidence_table.h"

#include <string.h>

#include "exit.h"

enum {
	LINE_TYPE,
	LINE_ID,
	LINE_TIME,
	LINE_RESPONSE,
	LINE_WORKLOAD,
	LINE_PROCESS,
	LINE_EXE,
	LINE_COPY,
	LINE_PATH,
};

static const struct output_column line_columns[] = {
	[LINE_TYPE] = { "type", NULL, OUTPUT_TEXT },
	[LINE_ID] = { "id", "EVIDENCE", OUTPUT_TEXT },
	[LINE_TIME] = { "time", "TIME", OUTPUT_TEXT },
	[LINE_RESPONSE] = { "response", "RESPONSE", OUTPUT_TEXT },
	[LINE_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[LINE_PROCESS] = { "pid", "PROCESS", OUTPUT_NUMBER },
	[LINE_EXE] = { "exe", "EXE", OUTPUT_PATH },
	[LINE_COPY] = { "copy", "COPY", OUTPUT_FLAG },
	[LINE_PATH] = { "path", "FOLDER", OUTPUT_TEXT },
};

enum {
	ALL_ID,
	ALL_TIME,
	ALL_TAKEN,
	ALL_RESPONSE,
	ALL_WORKLOAD,
	ALL_PROCESS,
	ALL_EXE,
	ALL_DELETED,
	ALL_UNLISTED,
	ALL_COMMAND,
	ALL_ENVIRONMENT,
	ALL_OTHERS,
	ALL_CWD,
	ALL_ROOT,
	ALL_CGROUP,
	ALL_ANCESTORS,
	ALL_FILES,
	ALL_MAPS,
	ALL_SIZE,
	ALL_DIGEST,
	ALL_CUT,
	ALL_MISSING,
	ALL_PATH,
};

static const struct output_column all_columns[] = {
	[ALL_ID] = { "id", "evidence", OUTPUT_TEXT },
	[ALL_TIME] = { "time", "response at", OUTPUT_TEXT },
	[ALL_TAKEN] = { "taken", "taken", OUTPUT_TEXT },
	[ALL_RESPONSE] = { "response", "response", OUTPUT_TEXT },
	[ALL_WORKLOAD] = { "workload", "workload", OUTPUT_TEXT },
	[ALL_PROCESS] = { "pid", "process", OUTPUT_NUMBER },
	[ALL_EXE] = { "exe", "executable", OUTPUT_PATH },
	[ALL_DELETED] = { "deleted", "deleted", OUTPUT_FLAG },
	[ALL_UNLISTED] = { "unlisted", "unlisted", OUTPUT_FLAG },
	[ALL_COMMAND] = { "command", "command", OUTPUT_WORDS },
	[ALL_ENVIRONMENT] = { "environment", "environment", OUTPUT_WORDS },
	[ALL_OTHERS] = { "environment_others", NULL, OUTPUT_NUMBER },
	[ALL_CWD] = { "cwd", "directory", OUTPUT_PATH },
	[ALL_ROOT] = { "root", "root", OUTPUT_PATH },
	[ALL_CGROUP] = { "cgroup", "cgroup", OUTPUT_TEXT },
	[ALL_ANCESTORS] = { "ancestors", "started by", OUTPUT_WORDS },
	[ALL_FILES] = { "files", "open files", OUTPUT_WORDS },
	[ALL_MAPS] = { "maps", "bytes of maps", OUTPUT_NUMBER },
	[ALL_SIZE] = { "executable.size", "bytes of copy", OUTPUT_NUMBER },
	[ALL_DIGEST] = { "executable.sha256", "its sha256", OUTPUT_TEXT },
	[ALL_CUT] = { "cut", "cut", OUTPUT_WORDS },
	[ALL_MISSING] = { "missing", "missing", OUTPUT_WORDS },
	[ALL_PATH] = { "path", "folder", OUTPUT_TEXT },
};

static void set_text(struct output *output, size_t column,
		     const json_t *document, const char *key)
{
	output_text(output, column,
		    json_string_value(json_object_get(document, key)));
}

static void set_number(struct output *output, size_t column,
		       const json_t *document, const char *key)
{
	const json_t *value = json_object_get(document, key);

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		output_number(output, column,
			      (uint64_t)json_integer_value(value));
}

static void set_words(struct output *output, size_t column,
		      const json_t *document, const char *key)
{
	const json_t *list = json_object_get(document, key);
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (word)
			output_word(output, column, word);
	}
}

static void set_path(struct output *output, size_t column, const char *path,
		     const struct evidence_id *id)
{
	char text[EVIDENCE_ID];

	output_format(output, column, "%s/%s", path,
		      evidence_id_print(id, text));
}

void evidence_table_open(struct output *output, enum output_layout layout)
{
	output_open(output, layout, line_columns, ARRAY_SIZE(line_columns));
}

void evidence_table_add(struct output *output, const char *path,
			const struct evidence_id *id)
{
	json_t *document = evidence_read(path, id);
	char text[EVIDENCE_ID];

	output_text(output, LINE_TYPE, "evidence");
	output_text(output, LINE_ID, evidence_id_print(id, text));
	output_number(output, LINE_PROCESS, id->tgid);
	set_path(output, LINE_PATH, path, id);
	set_text(output, LINE_TIME, document, "time");
	set_text(output, LINE_RESPONSE, document, "response");
	set_text(output, LINE_WORKLOAD, document, "workload");
	set_text(output, LINE_EXE, document, "exe");
	output_flag(output, LINE_COPY,
		    json_is_object(json_object_get(document, "executable")));
	output_record(output);
	json_decref(document);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "?";
}

/* "tcp 10.0.1.5:41022 10.0.2.7:5432 outbound" */
static void print_socket(char *text, size_t size, const json_t *socket)
{
	static const char *const ends[] = { "local", "remote" };
	size_t used, i;

	used = (size_t)snprintf(text, size, ": %s",
				json_is_string(json_object_get(socket,
							       "protocol")) ?
				text_of(socket, "protocol") :
				text_of(socket, "family"));
	for (i = 0; i < 2 && used < size; i++) {
		const json_t *end = json_object_get(socket, ends[i]);

		if (json_is_object(end))
			used += (size_t)snprintf(text + used, size - used,
				" %s port %d", text_of(end, "address"),
				(int)json_integer_value(json_object_get(end,
								"port")));
	}
	if (used < size)
		snprintf(text + used, size - used, " %s",
			 text_of(socket, "state"));
}

static void set_files(struct output *output, const json_t *document)
{
	const json_t *list = json_object_get(document, "files");
	char line[5000], more[256];
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *file = json_array_get(list, i);
		const json_t *socket = json_object_get(file, "socket");

		*more = '\0';
		if (json_is_object(socket))
			print_socket(more, sizeof(more), socket);
		snprintf(line, sizeof(line), "%d %s%s",
			 (int)json_integer_value(json_object_get(file, "fd")),
			 text_of(file, "target"), more);
		output_word(output, ALL_FILES, line);
	}
}

static void set_ancestors(struct output *output, const json_t *document)
{
	const json_t *list = json_object_get(document, "ancestors");
	char line[5000];
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		snprintf(line, sizeof(line), "%d %s",
			 (int)json_integer_value(json_object_get(one, "pid")),
			 json_is_string(json_object_get(one, "exe")) ?
			 text_of(one, "exe") : text_of(one, "comm"));
		output_word(output, ALL_ANCESTORS, line);
	}
}

int evidence_table_show(struct output *output, const char *path,
			const struct evidence_id *id)
{
	json_t *document = evidence_read(path, id);
	char text[EVIDENCE_ID];
	const json_t *copy;

	evidence_id_print(id, text);
	if (!document) {
		output_error("%s/%s/evidence.json cannot be read: it is not there, no more, or damaged; see `cordonctl evidence`",
			     path, text);
		return EXIT_UNKNOWN;
	}
	copy = json_object_get(document, "executable");
	output_open(output, OUTPUT_FORM, all_columns, ARRAY_SIZE(all_columns));
	output_text(output, ALL_ID, text);
	set_text(output, ALL_TIME, document, "time");
	set_text(output, ALL_TAKEN, document, "taken");
	set_text(output, ALL_RESPONSE, document, "response");
	set_text(output, ALL_WORKLOAD, document, "workload");
	output_number(output, ALL_PROCESS, id->tgid);
	set_text(output, ALL_EXE, document, "exe");
	output_flag(output, ALL_DELETED,
		    json_is_true(json_object_get(document, "deleted")));
	output_flag(output, ALL_UNLISTED,
		    json_is_true(json_object_get(document, "unlisted")));
	set_words(output, ALL_COMMAND, document, "command");
	set_words(output, ALL_ENVIRONMENT, document, "environment");
	set_number(output, ALL_OTHERS, document, "environment_others");
	set_text(output, ALL_CWD, document, "cwd");
	set_text(output, ALL_ROOT, document, "root");
	set_text(output, ALL_CGROUP, document, "cgroup");
	set_ancestors(output, document);
	set_files(output, document);
	set_number(output, ALL_MAPS, document, "maps");
	set_number(output, ALL_SIZE, copy, "size");
	set_text(output, ALL_DIGEST, copy, "sha256");
	set_words(output, ALL_CUT, document, "cut");
	set_words(output, ALL_MISSING, document, "missing");
	set_path(output, ALL_PATH, path, id);
	output_record(output);
	json_decref(document);
	return output_close(output);
}
