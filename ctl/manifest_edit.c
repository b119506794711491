// SPDX-License-Identifier: LGPL-2.1-or-later
#include "manifest_edit.h"

#include <stdlib.h>
#include <string.h>

#include <uapi/cordon.h>

#include "memory.h"
#include "output.h"

/* The order of keys, of documents and of what they hold. */
static const char *const keys[] = {
	"$schema", "manifest", "piece", "workload", "description", "owner",
	"members", "mode", "reject", "include",
	"exe", "note", "enter", "exec", "load", "read", "write",
	"listen", "accept", "connect", "sockets",
	"programs", "allow", "default", "deny",
};

/* Of the lists above, those whose order nobody reads anything into. */
static const char *const sorted[] = {
	"enter", "exec", "load", "read", "write", "listen", "accept",
	"connect", "sockets", "any", "from", "to", "port",
};

/* Bytes of the character that @text begins with, 0 if it is not UTF-8 */
static size_t character(const char *text)
{
	size_t length;
	json_t *value;

	if (!(*text & 0x80))
		return 1;
	for (length = 2; length <= 4 && text[length - 1]; length++) {
		value = json_stringn(text, length);
		if (value) {
			json_decref(value);
			return length;
		}
	}
	return 0;
}

static json_t *string_of(const char *text, size_t most)
{
	char *copy = memory_copy(text), *at = copy;
	json_t *value;

	while (*at) {
		size_t length = character(at);

		if (!length) {
			*at = '?';
			length = 1;
		}
		if ((size_t)(at - copy) + length > most) {
			*at = '\0';
			break;
		}
		at += length;
	}
	value = memory_sure(json_string(copy));
	free(copy);
	return value;
}

json_t *manifest_edit_string(const char *text)
{
	return string_of(text, strlen(text));
}

json_t *manifest_edit_note(const char *text)
{
	return string_of(text, CORDON_TEXT_MAX);
}

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		memory_sure(NULL);
}

static json_t *set_list(json_t *object, const char *key)
{
	json_t *list = memory_sure(json_array());

	set(object, key, list);
	return list;
}

json_t *manifest_edit_begin(const char *workload, const char *description)
{
	static const char *const classes[] = { "exec", "load", "file", "net" };
	json_t *document = memory_sure(json_object());
	json_t *members = memory_sure(json_object());
	json_t *mode = memory_sure(json_object());
	size_t i;

	set(document, "manifest", memory_sure(json_integer(1)));
	set(document, "workload", manifest_edit_string(workload));
	set(document, "description", manifest_edit_note(description));
	set_list(members, "any");
	set(document, "members", members);
	for (i = 0; i < ARRAY_SIZE(classes); i++)
		set(mode, classes[i], manifest_edit_string("monitor"));
	set(document, "mode", mode);
	set_list(document, "include");
	set_list(document, "programs");
	set_list(document, "allow");
	set(document, "default", manifest_edit_string("deny"));
	set_list(document, "deny");
	return document;
}

json_t *manifest_edit_list(json_t *object, const char *key)
{
	json_t *list = json_object_get(object, key);

	if (!list)
		return set_list(object, key);
	return json_is_array(list) ? list : NULL;
}

/* The element of a list whose @key is @text */
static json_t *element_of(json_t *list, const char *key, const char *text)
{
	json_t *element;
	size_t i;

	json_array_foreach(list, i, element) {
		const char *its = json_string_value(json_object_get(element,
								    key));

		if (its && !strcmp(its, text))
			return element;
	}
	return NULL;
}

static json_t *entry_of(json_t *list, const char *key, json_t *name)
{
	json_t *element = element_of(list, key, json_string_value(name));

	if (element) {
		json_decref(name);
		return element;
	}
	element = memory_sure(json_object());
	set(element, key, name);
	if (json_array_append_new(list, element))
		memory_sure(NULL);
	return element;
}

json_t *manifest_edit_program(json_t *document, const char *exe)
{
	return entry_of(manifest_edit_list(document, "programs"), "exe",
			manifest_edit_string(exe));
}

json_t *manifest_edit_rules(json_t *document, const char *key,
			    const char *note)
{
	return entry_of(manifest_edit_list(document, key), "note",
			manifest_edit_note(note));
}

bool manifest_edit_add(json_t *object, const char *key, json_t *value)
{
	json_t *list = manifest_edit_list(object, key);
	const json_t *element;
	size_t i;

	json_array_foreach(list, i, element) {
		if (!json_equal(element, value))
			continue;
		json_decref(value);
		return false;
	}
	if (json_array_append_new(list, value))
		memory_sure(NULL);
	return true;
}

bool manifest_edit_add_text(json_t *object, const char *key, const char *text)
{
	return manifest_edit_add(object, key, manifest_edit_string(text));
}

/* What elements of a list are sorted by: their text, exe or note, else bytes */
static char *order_of(const json_t *value)
{
	const json_t *name = value;

	if (json_is_object(value)) {
		name = json_object_get(value, "exe");
		if (!name)
			name = json_object_get(value, "note");
	}
	if (json_is_string(name))
		return memory_copy(json_string_value(name));
	return memory_sure(json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS));
}

static int compare(const void *left, const void *right)
{
	char *a = order_of(*(json_t *const *)left);
	char *b = order_of(*(json_t *const *)right);
	int order = strcmp(a, b);

	free(a);
	free(b);
	return order;
}

static void sort(json_t *list)
{
	size_t count = json_array_size(list), i;
	json_t **elements;

	if (count < 2)
		return;
	elements = memory_sure(calloc(count, sizeof(*elements)));
	for (i = 0; i < count; i++)
		elements[i] = json_incref(json_array_get(list, i));
	qsort(elements, count, sizeof(*elements), compare);
	for (i = 0; i < count; i++)
		json_array_set_new(list, i, elements[i]);
	free(elements);
}

static bool is_sorted(const char *key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sorted); i++)
		if (!strcmp(sorted[i], key))
			return true;
	return false;
}

static void order_keys(json_t *object)
{
	json_t *copy = memory_sure(json_copy(object)), *value;
	const char *key;
	size_t i;

	json_object_clear(object);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		value = json_object_get(copy, keys[i]);
		if (!value)
			continue;
		set(object, keys[i], json_incref(value));
		json_object_del(copy, keys[i]);
	}
	json_object_foreach(copy, key, value)
		set(object, key, json_incref(value));
	json_decref(copy);
}

/* Sorts an object's lists, takes out empty ones and orders its keys */
static void settle_object(json_t *object)
{
	json_t *value;
	const char *key;
	void *next;

	json_object_foreach_safe(object, next, key, value) {
		json_t *element;
		size_t i;

		if (json_is_array(value) && !json_array_size(value)) {
			json_object_del(object, key);
			continue;
		}
		if (json_is_array(value) && is_sorted(key))
			sort(value);
		json_array_foreach(value, i, element)
			if (json_is_object(element))
				settle_object(element);
	}
	order_keys(object);
}

/* Elements of "allow" and "deny" that hold no list are an error to the reader */
static void drop_empty_rules(json_t *document, const char *key)
{
	json_t *list = json_object_get(document, key);
	size_t i = json_array_size(list);

	while (i--) {
		json_t *element = json_array_get(list, i);

		if (!json_object_size(element) ||
		    (json_object_size(element) == 1 &&
		     json_object_get(element, "note")))
			json_array_remove(list, i);
	}
	if (list && !json_array_size(list))
		json_object_del(document, key);
}

void manifest_edit_settle(json_t *document)
{
	json_t *members = json_object_get(document, "members");

	sort(json_object_get(members, "any"));
	sort(json_object_get(document, "include"));
	settle_object(document);
	sort(json_object_get(document, "programs"));
	sort(json_object_get(document, "allow"));
	sort(json_object_get(document, "deny"));
	drop_empty_rules(document, "allow");
	drop_empty_rules(document, "deny");
}
