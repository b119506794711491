// SPDX-License-Identifier: LGPL-2.1-or-later
#include "merge.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cover.h"
#include "expand.h"
#include "manifest_edit.h"
#include "names.h"
#include "output.h"

static bool is_list_of_rules(const char *key)
{
	return !strcmp(key, "sockets") ||
	       cordon_op_parse(key, strlen(key)) >= 0;
}

static int op_of(const char *key)
{
	return strcmp(key, "sockets") ? cordon_op_parse(key, strlen(key)) :
					(int)CORDON_OP_SOCKET;
}

static void expand(const char *text, struct texts *patterns)
{
	struct expansion expansion;
	struct expand_fault fault;
	size_t i;

	if (expand_braces(text, strlen(text), CORDON_PATTERNS_MAX, &expansion,
			  &fault))
		return;
	for (i = 0; i < expansion.count; i++)
		texts_add(patterns, memory_copy(expansion.patterns[i].text));
	expansion_free(&expansion);
}

/* Do the strings of a list say all that one more would? */
static bool list_covers(const json_t *list, const char *key, const char *text)
{
	struct texts ours = { 0 }, theirs = { 0 };
	const json_t *element;
	bool covered = true;
	size_t i;

	json_array_foreach(list, i, element)
		if (json_is_string(element))
			expand(json_string_value(element), &ours);
	expand(text, &theirs);
	for (i = 0; i < theirs.count && covered; i++)
		covered = cover_patterns(op_of(key),
					 (const char *const *)ours.text,
					 ours.count, theirs.text[i]);
	texts_free(&ours);
	texts_free(&theirs);
	return covered;
}

static void merge_list(json_t *into, const char *key, const json_t *from)
{
	json_t *element;
	size_t i;

	json_array_foreach(from, i, element) {
		if (json_is_string(element) &&
		    list_covers(json_object_get(into, key), key,
				json_string_value(element)))
			continue;
		manifest_edit_add(into, key,
				  memory_sure(json_deep_copy(element)));
	}
}

static bool same_note(const json_t *one, const json_t *other)
{
	const json_t *note = json_object_get(one, "note");
	const json_t *others = json_object_get(other, "note");

	if (!note || !others)
		return note == others;
	return json_equal(note, others);
}

static void merge_lists(json_t *into, const json_t *from)
{
	json_t *value;
	const char *key;

	json_object_foreach((json_t *)from, key, value)
		if (json_is_array(value) && is_list_of_rules(key))
			merge_list(into, key, value);
}

/* Elements of "allow" and "deny": those of one note become one */
static void merge_rules(json_t *into, const char *key, const json_t *from)
{
	json_t *list, *element, *ours;
	size_t i, k;

	if (!json_array_size(from))
		return;
	list = manifest_edit_list(into, key);
	json_array_foreach(from, i, element) {
		for (k = 0; k < json_array_size(list); k++)
			if (same_note(json_array_get(list, k), element))
				break;
		ours = json_array_get(list, k);
		if (ours)
			merge_lists(ours, element);
		else
			manifest_edit_add(into, key,
					  memory_sure(json_deep_copy(element)));
	}
}

static void merge_program(json_t *into, const json_t *from)
{
	const char *exe = json_string_value(json_object_get(from, "exe"));
	json_t *program = manifest_edit_program(into, exe);
	json_t *note = json_object_get(from, "note");

	if (note && !json_object_get(program, "note") &&
	    json_object_set(program, "note", note))
		memory_sure(NULL);
	merge_lists(program, from);
	merge_rules(program, "deny", json_object_get(from, "deny"));
}

static void tell(struct texts *told, const char *what, const json_t *kept,
		 const json_t *other)
{
	char *ours = memory_sure(json_dumps(kept, JSON_ENCODE_ANY));
	char *theirs = memory_sure(json_dumps(other, JSON_ENCODE_ANY));

	texts_add(told, memory_format("%s is %s, and %s in the other; the first is kept",
				      what, ours, theirs));
	free(ours);
	free(theirs);
}

static void merge_members(json_t *into, const json_t *from, struct texts *told)
{
	json_t *members = json_object_get(into, "members");
	json_t *others = json_object_get(from, "members"), *member;
	size_t i;

	if (json_is_string(members) || json_is_string(others)) {
		if (!json_equal(members, others))
			tell(told, "members", members, others);
		return;
	}
	json_array_foreach(json_object_get(others, "any"), i, member)
		manifest_edit_add(members, "any",
				  memory_sure(json_deep_copy(member)));
}

/* A class that is not named is in mode monitor */
static void merge_modes(json_t *into, const json_t *from, struct texts *told)
{
	static const char *const classes[] = { "exec", "load", "file", "net" };
	json_t *monitor = memory_sure(json_string("monitor"));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		json_t *ours = json_object_get(json_object_get(into, "mode"),
					       classes[i]);
		json_t *theirs = json_object_get(json_object_get(from, "mode"),
						 classes[i]);
		char *what;

		ours = ours ? ours : monitor;
		theirs = theirs ? theirs : monitor;
		if (json_equal(ours, theirs))
			continue;
		what = memory_format("mode of %s", classes[i]);
		tell(told, what, ours, theirs);
		free(what);
	}
	json_decref(monitor);
}

static void merge_words(const json_t *into, const json_t *from,
			struct texts *told)
{
	json_t *ours = json_object_get(into, "default");
	json_t *theirs = json_object_get(from, "default");
	bool reject = json_is_true(json_object_get(into, "reject"));

	if (!json_equal(ours, theirs))
		tell(told, "default", ours, theirs);
	if (reject != json_is_true(json_object_get(from, "reject")))
		texts_add(told, memory_format("reject is %s, and %s in the other; the first is kept",
					      reject ? "true" : "false",
					      reject ? "false" : "true"));
}

void merge_manifest(json_t *into, const json_t *from, struct texts *told)
{
	json_t *element;
	size_t i;

	merge_words(into, from, told);
	merge_modes(into, from, told);
	merge_members(into, from, told);
	json_array_foreach(json_object_get(from, "include"), i, element)
		manifest_edit_add(into, "include",
				  memory_sure(json_deep_copy(element)));
	json_array_foreach(json_object_get(from, "programs"), i, element)
		merge_program(into, element);
	merge_rules(into, "allow", json_object_get(from, "allow"));
	merge_rules(into, "deny", json_object_get(from, "deny"));
}
