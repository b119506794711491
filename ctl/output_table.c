// SPDX-License-Identifier: LGPL-2.1-or-later
/* Text tables: kept until they are whole, then fitted to the terminal. */
#include <stdlib.h>
#include <string.h>

#include "output_private.h"

#define TABLE_GAP 2		/* columns between columns */
#define TABLE_PATH_MIN 16	/* a clipped path keeps that much */
#define TABLE_TEXT_MIN 8

bool output_table_keep(struct output *output)
{
	struct output_cell *row;
	size_t i;

	if (output->records == output->capacity) {
		size_t capacity = output->capacity ? output->capacity * 2 : 64;
		struct output_cell *rows;

		rows = reallocarray(output->rows, capacity,
				    output->count * sizeof(*rows));
		if (!rows)
			return false;
		output->rows = rows;
		output->capacity = capacity;
	}
	row = output->rows + output->records * output->count;
	for (i = 0; i < output->count; i++) {
		row[i] = output->cell[i];
		row[i].text = NULL;
	}
	for (i = 0; i < output->count; i++) {
		if (!row[i].set || !output->columns[i].heading)
			continue;
		row[i].text = output_cell_text(&output->columns[i],
					       &output->cell[i]);
		if (!row[i].text)
			goto fail;
	}
	return true;
fail:
	while (i--)
		free(row[i].text);
	return false;
}

void output_table_drop(struct output *output)
{
	size_t i;

	for (i = 0; output->rows && i < output->records * output->count; i++)
		free(output->rows[i].text);
	free(output->rows);
	output->rows = NULL;
	output->capacity = 0;
}

static const char *cell_shown(const struct output_cell *cell)
{
	return cell->text ? cell->text : "-";
}

/* Take @excess columns from the widest of paths or texts, none below @least */
static size_t shrink(const struct output *output, size_t *width, bool paths,
		     size_t least, size_t excess)
{
	while (excess) {
		size_t widest = output->count;
		size_t i;

		for (i = 0; i < output->count; i++) {
			enum output_type type = output->columns[i].type;

			if (width[i] <= least ||
			    (paths ? type != OUTPUT_PATH :
				     type != OUTPUT_TEXT &&
				     type != OUTPUT_WORDS))
				continue;
			if (widest == output->count || width[i] > width[widest])
				widest = i;
		}
		if (widest == output->count)
			break;
		width[widest]--;
		excess--;
	}
	return excess;
}

static void measure(const struct output *output, size_t *width)
{
	size_t total = 0, row, i;

	for (i = 0; i < output->count; i++) {
		width[i] = 0;
		if (!output->columns[i].heading)
			continue;
		width[i] = output_width(output->columns[i].heading);
		for (row = 0; row < output->records; row++) {
			const struct output_cell *cell =
				&output->rows[row * output->count + i];
			size_t taken = output_width(cell_shown(cell));

			if (taken > width[i])
				width[i] = taken;
		}
		total += width[i] + (total ? TABLE_GAP : 0);
	}
	if (output->width && total > output->width) {
		size_t excess = total - output->width;

		excess = shrink(output, width, true, TABLE_PATH_MIN, excess);
		shrink(output, width, false, TABLE_TEXT_MIN, excess);
	}
}

static void print_cell(struct output *output, const char *text,
		       enum output_tone tone, bool right, size_t width,
		       bool last)
{
	char *clipped = output_clip(text, width, output->ellipsis);
	size_t taken, pad;

	if (!clipped) {
		output->failed = true;
		return;
	}
	taken = output_width(clipped);
	pad = width > taken ? width - taken : 0;
	if (right)
		fprintf(output->stream, "%*s", (int)pad, "");
	output_print(output, tone, clipped);
	if (!last)
		fprintf(output->stream, "%*s",
			(int)((right ? 0 : pad) + TABLE_GAP), "");
	free(clipped);
}

static size_t last_column(const struct output *output)
{
	size_t last = 0, i;

	for (i = 0; i < output->count; i++)
		if (output->columns[i].heading)
			last = i;
	return last;
}

void output_table_print(struct output *output)
{
	size_t width[OUTPUT_COLUMNS_MAX];
	size_t last = last_column(output);
	size_t row, i;

	if (!output->records)
		return;
	measure(output, width);
	for (i = 0; i < output->count; i++)
		if (output->columns[i].heading)
			print_cell(output, output->columns[i].heading,
				   OUTPUT_DIM,
				   output->columns[i].type == OUTPUT_NUMBER,
				   width[i], i == last);
	fputc('\n', output->stream);
	for (row = 0; row < output->records; row++) {
		for (i = 0; i < output->count; i++) {
			const struct output_cell *cell =
				&output->rows[row * output->count + i];

			if (output->columns[i].heading)
				print_cell(output, cell_shown(cell),
					   cell->tone,
					   output->columns[i].type ==
						OUTPUT_NUMBER,
					   width[i], i == last);
		}
		fputc('\n', output->stream);
	}
}
