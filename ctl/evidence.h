/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Evidence as it is kept: a folder for each process, called by its id, of the
 * instance (16 hexadecimal digits), the event's sequence number and the process.
 * cordond makes them, cordonctl shows them.
 */
#ifndef CTL_EVIDENCE_H
#define CTL_EVIDENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** EVIDENCE_PATH - where they are kept */
#define EVIDENCE_PATH "/var/lib/cordon/evidence"

/** EVIDENCE_ID - bytes of an id, and NUL */
#define EVIDENCE_ID 64

/** struct evidence_id - of one process that evidence was taken of */
struct evidence_id {
	uint64_t instance;
	uint64_t sequence;
	uint32_t tgid;
};

/** evidence_id_same - are two of them one */
bool evidence_id_same(const struct evidence_id *a, const struct evidence_id *b);

/** evidence_id_print - "00c0ffee00c0ffee-1041-812" */
const char *evidence_id_print(const struct evidence_id *id,
			      char text[EVIDENCE_ID]);

/** evidence_id_parse - likewise back; false if it is none */
bool evidence_id_parse(const char *text, struct evidence_id *id);

/**
 * evidence_list - which there are
 * @path: of their folder
 * @ids: filled, for free(): sorted by instance, number, process
 * @count: how many
 *
 * Return: 0 or an errno.
 */
int evidence_list(const char *path, struct evidence_id **ids, size_t *count);

/**
 * evidence_read - what one says of itself
 * @path: of their folder
 * @id: which
 *
 * Return: its object, for json_decref(), or NULL.
 */
json_t *evidence_read(const char *path, const struct evidence_id *id);

#endif /* CTL_EVIDENCE_H */
