// SPDX-License-Identifier: LGPL-2.1-or-later
#include "lineage_view.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "exit.h"

/* Deeper branches are drawn no further to the right */
#define VIEW_DEPTH 100

enum {
	VIEW_TYPE,
	VIEW_PID,
	VIEW_UID,
	VIEW_WORKLOAD,
	VIEW_TREE,
	VIEW_PROGRAM,
	VIEW_DEPARTURES,
	VIEW_END,
	VIEW_PARENT,
	VIEW_DEPTH_KEY,
	VIEW_COMM,
	VIEW_STATUS,
	VIEW_INSTANCE,
	VIEW_GUESSED,
};

static const struct output_column columns[] = {
	[VIEW_TYPE] = { "type", NULL, OUTPUT_TEXT },
	[VIEW_PID] = { "pid", "PID", OUTPUT_NUMBER },
	[VIEW_UID] = { "uid", "UID", OUTPUT_NUMBER },
	[VIEW_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[VIEW_TREE] = { NULL, "PROCESS", OUTPUT_TEXT },
	[VIEW_PROGRAM] = { "program", "PROGRAM", OUTPUT_PATH },
	[VIEW_DEPARTURES] = { "departures", "DEPARTURES", OUTPUT_NUMBER },
	[VIEW_END] = { NULL, "END", OUTPUT_TEXT },
	[VIEW_PARENT] = { "parent", NULL, OUTPUT_NUMBER },
	[VIEW_DEPTH_KEY] = { "depth", NULL, OUTPUT_NUMBER },
	[VIEW_COMM] = { "comm", NULL, OUTPUT_TEXT },
	[VIEW_STATUS] = { "exit.status", NULL, OUTPUT_NUMBER },
	[VIEW_INSTANCE] = { "instance", NULL, OUTPUT_NUMBER },
	[VIEW_GUESSED] = { "inferred", NULL, OUTPUT_FLAG },
};

/**
 * struct drawing - a tree that is being written
 * @view: what is wanted
 * @output: where to
 * @child: first child of each process, or LINEAGE_NONE
 * @next: next sibling of each, likewise
 * @lines: what stands before a name; three bytes a character
 * @unicode: draw with more than ASCII
 */
struct drawing {
	const struct lineage_view *view;
	struct output *output;
	size_t *child;
	size_t *next;
	char lines[VIEW_DEPTH * 8];
	bool unicode;
};

bool lineage_view_init(struct lineage_view *view,
		       const struct incident_book *book)
{
	size_t count = book->lineage.count + 1, i;

	*view = (struct lineage_view){
		.book = book,
		.wanted = calloc(count, sizeof(*view->wanted)),
		.departures = calloc(count, sizeof(*view->departures)),
	};
	if (!view->wanted || !view->departures)
		return false;
	for (i = 0; i < book->departure_count; i++)
		if (book->departures[i].process != LINEAGE_NONE)
			view->departures[book->departures[i].process]++;
	return true;
}

void lineage_view_free(struct lineage_view *view)
{
	free(view->wanted);
	free(view->departures);
}

void lineage_view_want_incident(struct lineage_view *view,
				const struct incident *incident)
{
	const struct incident_book *book = view->book;
	const struct incident_departure *departure;
	uint64_t from = UINT64_MAX, until = 0;
	size_t i;

	if (incident->root == LINEAGE_NONE)
		return;
	memset(view->departures, 0,
	       book->lineage.count * sizeof(*view->departures));
	for (i = 0; i < book->departure_count; i++) {
		departure = &book->departures[i];
		if (departure->incident == SIZE_MAX ||
		    &book->incidents[departure->incident] != incident)
			continue;
		view->wanted[departure->process] = true;
		view->departures[departure->process]++;
		if (departure->boottime < from)
			from = departure->boottime;
		if (departure->boottime > until)
			until = departure->boottime;
	}
	for (i = 0; i < book->lineage.count; i++) {
		const struct lineage_process *process =
			&book->lineage.processes[i];

		if (!process->guessed && process->first <= until &&
		    process->last >= from &&
		    lineage_root(&book->lineage, i) == incident->root)
			view->wanted[i] = true;
	}
}

static void print_process(const struct drawing *drawing, size_t index,
			  size_t depth)
{
	const struct lineage_process *process =
		&drawing->view->book->lineage.processes[index];
	struct output *output = drawing->output;
	int status = (int)process->status;

	output_text(output, VIEW_TYPE, "process");
	output_number(output, VIEW_PID, process->tgid);
	output_text(output, VIEW_WORKLOAD, process->workload);
	output_format(output, VIEW_TREE, "%s%s", drawing->lines,
		      process->comm ? process->comm : "?");
	output_text(output, VIEW_PROGRAM, process->program);
	output_number(output, VIEW_DEPARTURES,
		      drawing->view->departures[index]);
	if (drawing->view->departures[index])
		output_tone(output, VIEW_DEPARTURES, OUTPUT_BAD);
	output_number(output, VIEW_DEPTH_KEY, depth);
	output_text(output, VIEW_COMM, process->comm);
	output_number(output, VIEW_INSTANCE, process->number);
	output_flag(output, VIEW_GUESSED, process->guessed);
	if (process->parent)
		output_number(output, VIEW_PARENT, process->parent);
	if (!process->guessed)
		output_number(output, VIEW_UID, process->uid);
	if (process->ended) {
		output_number(output, VIEW_STATUS, process->status);
		if (WIFSIGNALED(status))
			output_format(output, VIEW_END, "signal %d",
				      WTERMSIG(status));
		else
			output_format(output, VIEW_END, "status %d",
				      WEXITSTATUS(status));
	}
	output_record(output);
}

static void print_branch(struct drawing *drawing, size_t index, size_t depth)
{
	const char *fork = drawing->unicode ? "├─" : "|-";
	const char *corner = drawing->unicode ? "└─" : "`-";
	const char *trunk = drawing->unicode ? "│ " : "| ";
	size_t used = strlen(drawing->lines);
	bool drawn = depth < VIEW_DEPTH;
	size_t at;

	print_process(drawing, index, depth);
	/* The line that led here goes on below, if there is more beside it */
	if (used >= strlen(corner) && !strcmp(drawing->lines + used -
					      strlen(corner), corner))
		strcpy(drawing->lines + used - strlen(corner), "  ");
	else if (used >= strlen(fork) && !strcmp(drawing->lines + used -
						 strlen(fork), fork))
		strcpy(drawing->lines + used - strlen(fork), trunk);
	used = strlen(drawing->lines);
	for (at = drawing->child[index]; at != LINEAGE_NONE;
	     at = drawing->next[at]) {
		if (drawn)
			strcpy(drawing->lines + used,
			       drawing->next[at] == LINEAGE_NONE ? corner :
								   fork);
		print_branch(drawing, at, depth + 1);
		drawing->lines[used] = '\0';
	}
}

/* Whose descendants are wanted is wanted, too */
static void want_ancestors(const struct lineage_view *view)
{
	const struct lineage *lineage = &view->book->lineage;
	size_t i, at;

	for (i = 0; i < lineage->count; i++) {
		if (!view->wanted[i])
			continue;
		for (at = lineage->processes[i].up;
		     at != LINEAGE_NONE && !view->wanted[at];
		     at = lineage->processes[at].up)
			view->wanted[at] = true;
	}
}

/* From the last to the first, so that children come out in their order */
static void link_children(struct drawing *drawing)
{
	const struct lineage *lineage = &drawing->view->book->lineage;
	size_t i, up;

	for (i = 0; i < lineage->count; i++)
		drawing->child[i] = LINEAGE_NONE;
	for (i = lineage->count; i--;) {
		up = lineage->processes[i].up;
		drawing->next[i] = LINEAGE_NONE;
		if (!drawing->view->wanted[i] || up == LINEAGE_NONE)
			continue;
		drawing->next[i] = drawing->child[up];
		drawing->child[up] = i;
	}
}

int lineage_view_print(struct lineage_view *view, struct output *output,
		       enum output_layout layout)
{
	const struct lineage *lineage = &view->book->lineage;
	struct drawing *drawing = calloc(1, sizeof(*drawing));
	int code = EXIT_FAILED;
	size_t i;

	if (drawing) {
		drawing->child = calloc(lineage->count + 1, sizeof(size_t));
		drawing->next = calloc(lineage->count + 1, sizeof(size_t));
	}
	if (!drawing || !drawing->child || !drawing->next) {
		output_error("out of memory");
		goto out;
	}
	drawing->view = view;
	drawing->output = output;
	drawing->unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
	want_ancestors(view);
	link_children(drawing);
	output_open(output, layout, columns, ARRAY_SIZE(columns));
	for (i = 0; i < lineage->count; i++)
		if (view->wanted[i] &&
		    lineage->processes[i].up == LINEAGE_NONE)
			print_branch(drawing, i, 0);
	code = output_close(output);
out:
	if (drawing) {
		free(drawing->child);
		free(drawing->next);
	}
	free(drawing);
	return code;
}
