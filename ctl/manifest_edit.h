/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A manifest that is being made, or changed: a tree of values, so that what
 * people wrote stays as it is.  What is added goes to the end of its list, and
 * nothing is added twice; manifest_edit_settle() gives a tree that was made
 * here the order that it always has.
 */
#ifndef CTL_MANIFEST_EDIT_H
#define CTL_MANIFEST_EDIT_H

#include <jansson.h>
#include <stdbool.h>

/**
 * manifest_edit_begin - a manifest that denies by default, all in monitor mode
 * @workload: its name
 * @description: what it is; cut to CORDON_TEXT_MAX bytes
 *
 * Return: the document, for json_decref().
 */
json_t *manifest_edit_begin(const char *workload, const char *description);

/**
 * manifest_edit_string - a text as a value
 * @text: any bytes; what is not UTF-8 becomes "?", which in a pattern matches it
 */
json_t *manifest_edit_string(const char *text);

/** manifest_edit_note - the same, cut to CORDON_TEXT_MAX bytes */
json_t *manifest_edit_note(const char *text);

/**
 * manifest_edit_list - a list of an object, made if it is not there
 * @object: a document, program, or element of "allow" or "deny"
 * @key: of the list
 *
 * Return: the list, or NULL if the key holds something else.
 */
json_t *manifest_edit_list(json_t *object, const char *key);

/**
 * manifest_edit_program - the entry of an executable, made if it is not there
 * @document: the manifest
 * @exe: pattern
 */
json_t *manifest_edit_program(json_t *document, const char *exe);

/**
 * manifest_edit_rules - the element of a list of rules that has this note
 * @document: the manifest, or of "deny" a program
 * @key: "allow" or "deny"
 * @note: made if there is none
 */
json_t *manifest_edit_rules(json_t *document, const char *key,
			    const char *note);

/**
 * manifest_edit_add - add a value to a list, unless an equal one is there
 * @object: has the list, or gets it
 * @key: of the list
 * @value: becomes the list's
 *
 * Return: was it added.
 */
bool manifest_edit_add(json_t *object, const char *key, json_t *value);

/** manifest_edit_add_text - the same with a text */
bool manifest_edit_add_text(json_t *object, const char *key, const char *text);

/**
 * manifest_edit_settle - bring a manifest into the order that all have
 * @document: the manifest
 *
 * Keys come as in docs/manifest.md, programs by their exe, rules by their
 * notes, strings by their bytes.  Lists that are empty go, and what holds
 * nothing more; the entry of a program stays.
 */
void manifest_edit_settle(json_t *document);

#endif /* CTL_MANIFEST_EDIT_H */
