// SPDX-License-Identifier: LGPL-2.1-or-later
/* Records as JSON. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output_private.h"

/* JSON is UTF-8: what is not is shown as \xNN, all else stays as it is */
static json_t *json_text(const char *text)
{
	size_t length = strlen(text);
	size_t used = 0, at = 0, size;
	json_t *value;
	uint32_t code;
	char *valid;

	value = json_string(text);
	if (value)
		return value;
	valid = malloc(length * 4 + 1);
	if (!valid)
		return NULL;
	while (at < length) {
		size = output_character(text + at, length - at, &code);
		if (size) {
			memcpy(valid + used, text + at, size);
			used += size;
			at += size;
		} else {
			used += (size_t)sprintf(valid + used, "\\x%02x",
						(unsigned char)text[at++]);
		}
	}
	value = json_stringn(valid, used);
	free(valid);
	return value;
}

static json_t *json_time(uint64_t nanoseconds)
{
	time_t seconds = (time_t)(nanoseconds / 1000000000);
	char text[64];
	struct tm tm;
	size_t used;

	if (!gmtime_r(&seconds, &tm))
		return json_null();
	used = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + used, sizeof(text) - used, ".%09uZ",
		 (unsigned int)(nanoseconds % 1000000000));
	return json_string(text);
}

static json_t *json_words(const struct output_cell *cell)
{
	json_t *array = json_array();
	size_t at = 0;

	while (array && at < cell->size) {
		if (json_array_append_new(array, json_text(cell->text + at))) {
			json_decref(array);
			return NULL;
		}
		at += strlen(cell->text + at) + 1;
	}
	return array;
}

static json_t *json_cell(const struct output_column *column,
			 const struct output_cell *cell)
{
	if (column->type == OUTPUT_WORDS)
		return json_words(cell);
	if (!cell->set)
		return json_null();
	switch (column->type) {
	case OUTPUT_TEXT:
	case OUTPUT_PATH:
		return json_text(cell->text);
	case OUTPUT_NUMBER:
		return cell->word ? json_null() :
				    json_integer((json_int_t)cell->number);
	case OUTPUT_FLAG:
		return cell->word ? json_null() : json_boolean(cell->number);
	case OUTPUT_TIME:
		return cell->word ? json_null() : json_time(cell->number);
	case OUTPUT_WORDS:
		break;
	}
	return json_null();
}

/* Put @value (whose reference is taken) at "a.b" of @object */
static bool json_place(json_t *object, const char *key, json_t *value)
{
	const char *dot;
	json_t *inner;

	while ((dot = strchr(key, '.'))) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)(dot - key), key);
		inner = json_object_get(object, name);
		if (!inner) {
			inner = json_object();
			if (json_object_set_new(object, name, inner)) {
				json_decref(value);
				return false;
			}
		}
		object = inner;
		key = dot + 1;
	}
	return !json_object_set_new(object, key, value);
}

bool output_json_record(struct output *output)
{
	json_t *object = json_object();
	bool form = output->layout == OUTPUT_FORM;
	size_t i;

	if (!object)
		return false;
	for (i = 0; i < output->count; i++) {
		const struct output_column *column = &output->columns[i];

		if (!column->key)
			continue;
		if (!json_place(object, column->key,
				json_cell(column, &output->cell[i])))
			goto fail;
	}
	if (output->layout == OUTPUT_TABLE || output->layout == OUTPUT_LIST)
		fputs(output->records ? ",\n  " : "[\n  ", output->stream);
	if (json_dumpf(object, output->stream,
		       form ? JSON_INDENT(2) : JSON_COMPACT))
		goto fail;
	if (form || output->layout == OUTPUT_STREAM)
		fputc('\n', output->stream);
	json_decref(object);
	return true;
fail:
	json_decref(object);
	return false;
}
