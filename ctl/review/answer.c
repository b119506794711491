// SPDX-License-Identifier: LGPL-2.1-or-later
#include "answer.h"

#include <stdlib.h>
#include <string.h>

#include "manifest_edit.h"
#include "memory.h"

static const char *const words[ANSWER_KIND_COUNT] = {
	[ANSWER_OPEN] = "open",
	[ANSWER_SKIP] = "skip",
	[ANSWER_EXACT] = "allow",
	[ANSWER_PATTERN] = "generalise",
	[ANSWER_DENY] = "deny",
};

const char *answer_word(enum answer_kind kind)
{
	return words[kind];
}

struct answer answer_copy(const struct answer *answer)
{
	struct answer copy = *answer;

	json_incref(copy.value);
	copy.text = copy.text ? memory_copy(copy.text) : NULL;
	copy.note = copy.note ? memory_copy(copy.note) : NULL;
	return copy;
}

void answer_free(struct answer *answer)
{
	json_decref(answer->value);
	free(answer->text);
	free(answer->note);
	*answer = (struct answer){ .kind = ANSWER_OPEN };
}

/* "seen" stands last, as capture has it. */
static void put_seen(json_t *program, const struct question *question,
		     const struct answer *answer)
{
	json_t *seen = json_object_get(program, "seen");

	if (!answer->text)
		return;
	if (!seen) {
		seen = memory_sure(json_object());
		if (json_object_set_new(program, "seen", seen))
			memory_sure(NULL);
	}
	if (json_object_set_new(seen, answer->text,
				capture_seen(answer->shape, &question->seen)))
		memory_sure(NULL);
}

static void allow(json_t *document, const struct question *question,
		  const struct question_item *item, const struct answer *answer)
{
	json_t *program = manifest_edit_program(document, item->entry);
	json_t *value = answer->kind == ANSWER_PATTERN ? answer->value :
							 item->value;

	manifest_edit_add(program, question_list(question->op),
			  memory_sure(json_deep_copy(value)));
	if (answer->kind == ANSWER_PATTERN)
		put_seen(program, question, answer);
	if (item->target)
		manifest_edit_program(document, item->target);
}

/*
 * The element of "deny" with this note that has nothing but rules: to add to
 * one that has responses would have these follow.
 */
static json_t *deny_element(json_t *program, const char *note)
{
	json_t *list = manifest_edit_list(program, "deny"), *element, *text;
	size_t i;

	text = manifest_edit_note(note);
	json_array_foreach(list, i, element)
		if (json_equal(json_object_get(element, "note"), text) &&
		    !json_object_get(element, "respond")) {
			json_decref(text);
			return element;
		}
	element = memory_sure(json_object());
	if (json_object_set_new(element, "note", text) ||
	    json_array_append_new(list, element))
		memory_sure(NULL);
	return element;
}

static void deny(json_t *document, const struct question *question,
		 const struct question_item *item, const struct answer *answer)
{
	json_t *program = manifest_edit_program(document, item->entry);
	json_t *element = deny_element(program, answer->note);

	manifest_edit_add(element, question_list(question->op),
			  memory_sure(json_deep_copy(item->value)));
}

void answer_apply(json_t *document, const struct question *question,
		  const struct answer *answer)
{
	size_t i;

	for (i = 0; i < question->count; i++) {
		const struct question_item *item = &question->items[i];

		if (!item->value)
			continue;
		if (answer->kind == ANSWER_DENY)
			deny(document, question, item, answer);
		else if (answer->kind == ANSWER_EXACT ||
			 answer->kind == ANSWER_PATTERN)
			allow(document, question, item, answer);
	}
}
