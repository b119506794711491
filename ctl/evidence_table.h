/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence as records: a line for each process, or all of one. */
#ifndef CTL_EVIDENCE_TABLE_H
#define CTL_EVIDENCE_TABLE_H

#include "evidence.h"
#include "output.h"

/** evidence_table_open - begin lines, in that layout */
void evidence_table_open(struct output *output, enum output_layout layout);

/**
 * evidence_table_add - a line
 * @output: open
 * @path: of the folder of all
 * @id: which; what cannot be read of it is left out
 */
void evidence_table_add(struct output *output, const char *path,
			const struct evidence_id *id);

/**
 * evidence_table_show - all of one
 * @output: nothing is open
 * @path: of the folder of all
 * @id: which
 *
 * Return: an enum exit_code, told.
 */
int evidence_table_show(struct output *output, const char *path,
			const struct evidence_id *id);

#endif /* CTL_EVIDENCE_TABLE_H */
