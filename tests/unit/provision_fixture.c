// SPDX-License-Identifier: LGPL-2.1-or-later
#include "provision_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader_fixture.h"

char *provision_root;

void provision_set_up(void)
{
	provision_root = reader_directory();
}

void provision_tear_down(void)
{
	reader_remove(provision_root);
}

void provision_executable(const char *name, const char *text)
{
	char path[512];

	reader_write(provision_root, name, "%s", text);
	snprintf(path, sizeof(path), "%s/%s", provision_root, name);
	ck_assert_int_eq(chmod(path, 0755), 0);
}

void provision_link(const char *name, const char *target)
{
	char path[512];

	/* Makes the directories on the way */
	reader_write(provision_root, name, "%s", "");
	snprintf(path, sizeof(path), "%s/%s", provision_root, name);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink(target, path), 0);
}

static struct outcome draft(const char *words, bool json)
{
	char line[1024];

	snprintf(line, sizeof(line), "%s --root %s", words, provision_root);
	return run_command(&command_draft, line, json);
}

static void assert_right(const char *words)
{
	const struct manifest_options reading = {
		.include_paths = (const char *const []){ "manifests" },
		.include_count = 1,
		.foreign = true,
	};
	struct outcome outcome = draft(words, false);
	char *directory = reader_directory(), *said;

	reader_write(directory, "m.json", "%s", outcome.text);
	said = reader_said(directory, "m.json", &reading);
	ck_assert_msg(!strstr(said, "error"), "%s\n%s", said, outcome.text);
	reader_remove(directory);
	free(outcome.text);
	free(said);
}

json_t *provision_draft(const char *words)
{
	struct outcome outcome = draft(words, true);
	json_t *whole = json_loads(outcome.text, 0, NULL);

	ck_assert_msg(outcome.code == EXIT_OK, "%s: ended with %d", words,
		      outcome.code);
	ck_assert_ptr_nonnull(whole);
	assert_right(words);
	free(outcome.text);
	return whole;
}

char *provision_text(const char *words)
{
	struct outcome outcome = draft(words, false);

	ck_assert_int_eq(outcome.code, EXIT_OK);
	return outcome.text;
}

int provision_code(const char *words)
{
	struct outcome outcome = draft(words, false);

	ck_assert(outcome.code != EXIT_OK || *outcome.text);
	ck_assert(outcome.code == EXIT_OK || !*outcome.text);
	free(outcome.text);
	return outcome.code;
}

bool provision_asks(const json_t *whole, const char *text)
{
	const json_t *question;
	size_t i;

	json_array_foreach(json_object_get(whole, "questions"), i, question)
		if (strstr(json_string_value(question), text))
			return true;
	return false;
}

static const json_t *find(const json_t *list, const char *name)
{
	const json_t *element;
	size_t i;

	json_array_foreach(list, i, element) {
		const json_t *its = json_object_get(element, "exe");

		its = its ? its : json_object_get(element, "note");
		if (!strcmp(json_string_value(its), name))
			return element;
	}
	return NULL;
}

char *provision_at(const json_t *whole, const char *list, const char *name,
		   const char *key)
{
	const json_t *place = json_object_get(json_object_get(whole,
							      "manifest"),
					      list), *value;
	char *text = NULL;
	FILE *stream;
	size_t i, size;

	if (name)
		place = find(place, name);
	place = json_object_get(place, key);
	if (!place)
		return strdup("-");
	stream = open_memstream(&text, &size);
	json_array_foreach(place, i, value) {
		char *word = json_is_string(value) ?
			     strdup(json_string_value(value)) :
			     json_dumps(value, JSON_SORT_KEYS);

		fprintf(stream, "%s%s", i ? " " : "", word);
		free(word);
	}
	fclose(stream);
	return text;
}
