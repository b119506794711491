/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The writer: a document as a tree of values in, JSON as people write it out.
 *
 * Keys and elements stay in the order of the tree; manifest_edit.h makes trees
 * whose order is the same for the same content.
 */
#ifndef CTL_MANIFEST_WRITE_H
#define CTL_MANIFEST_WRITE_H

#include <jansson.h>

/** MANIFEST_WIDTH - columns that a line has, unless one value needs more */
#define MANIFEST_WIDTH 100

/**
 * manifest_write - a document as text
 * @document: an object
 *
 * What fits into MANIFEST_WIDTH columns stands on one line, but the document
 * itself and its programs and rules, which have a line for each key.  Ends in a
 * newline.
 *
 * Return: text for free().
 */
char *manifest_write(const json_t *document);

#endif /* CTL_MANIFEST_WRITE_H */
