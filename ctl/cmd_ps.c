// SPDX-License-Identifier: LGPL-2.1-or-later
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "listener.h"

enum {
	PS_PID,
	PS_UID,
	PS_WORKLOAD,
	PS_TREE,
	PS_EXE,
	PS_LISTENS,
	PS_MARKS,
	PS_PARENT,
	PS_DEPTH,
	PS_COMM,
	PS_PROGRAM,
	PS_THREADS,
	PS_UNLISTED,
	PS_STALE,
};

static const struct output_column columns[] = {
	[PS_PID] = { "pid", "PID", OUTPUT_NUMBER },
	[PS_UID] = { "uid", "UID", OUTPUT_NUMBER },
	[PS_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[PS_TREE] = { NULL, "PROCESS", OUTPUT_TEXT },
	[PS_EXE] = { "exe", "EXE", OUTPUT_PATH },
	[PS_LISTENS] = { "listens", "LISTENS", OUTPUT_WORDS },
	[PS_MARKS] = { NULL, "MARKS", OUTPUT_WORDS },
	[PS_PARENT] = { "parent", NULL, OUTPUT_NUMBER },
	[PS_DEPTH] = { "depth", NULL, OUTPUT_NUMBER },
	[PS_COMM] = { "comm", NULL, OUTPUT_TEXT },
	[PS_PROGRAM] = { "program", NULL, OUTPUT_TEXT },
	[PS_THREADS] = { "threads", NULL, OUTPUT_NUMBER },
	[PS_UNLISTED] = { "unlisted", NULL, OUTPUT_FLAG },
	[PS_STALE] = { "stale", NULL, OUTPUT_FLAG },
};

/**
 * struct process - the labelled threads of one process
 * @task: its leader, or the first thread seen
 * @threads: how many
 * @visited: it is printed
 */
struct process {
	const struct client_task *task;
	uint32_t threads;
	bool visited;
};

/**
 * struct forest - all processes, by id, and the branch being printed
 * @list: @count of them
 * @count: how many
 * @listeners: who listens on what
 * @output: where to
 * @unicode: draw with more than ASCII
 * @lines: what stands before a name, for each depth
 * @room: bytes of @lines
 */
struct forest {
	struct process *list;
	size_t count;
	struct listeners listeners;
	struct output *output;
	bool unicode;
	char *lines;
	size_t room;
};

static int compare_tasks(const void *left, const void *right)
{
	const struct client_task *a = left, *b = right;

	if (a->tgid != b->tgid)
		return a->tgid < b->tgid ? -1 : 1;
	/* The leader first, if it is labelled at all */
	if ((a->pid == a->tgid) != (b->pid == b->tgid))
		return a->pid == a->tgid ? -1 : 1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

static int compare_processes(const void *left, const void *right)
{
	const struct process *a = left, *b = right;

	return (a->task->tgid > b->task->tgid) -
	       (a->task->tgid < b->task->tgid);
}

static struct process *find_process(const struct forest *forest, uint32_t tgid)
{
	const struct client_task task = { .tgid = tgid };
	const struct process wanted = { .task = &task };

	return bsearch(&wanted, forest->list, forest->count, sizeof(wanted),
		       compare_processes);
}

static int read_listeners(struct forest *forest,
			  const struct client_dump *flows)
{
	uint32_t *tgids = calloc(forest->count + 1, sizeof(*tgids));
	size_t i;
	int code;

	if (!tgids) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	for (i = 0; i < forest->count; i++)
		tgids[i] = forest->list[i].task->tgid;
	code = listeners_read(&forest->listeners, flows, tgids, forest->count,
			      "");
	free(tgids);
	return code;
}

static void print_process(struct forest *forest, const struct process *process,
			  size_t depth, const char *branch)
{
	const struct client_task *task = process->task;
	struct output *output = forest->output;
	size_t at;

	output_number(output, PS_PID, task->tgid);
	output_number(output, PS_UID, task->uid);
	output_text(output, PS_WORKLOAD, task->workload);
	output_format(output, PS_TREE, "%s%s", branch, task->comm);
	output_text(output, PS_EXE, task->exe);
	for (at = listeners_first(&forest->listeners, task->tgid);
	     at < forest->listeners.count &&
	     forest->listeners.list[at].tgid == task->tgid; at++)
		output_word(output, PS_LISTENS, forest->listeners.list[at].text);
	if (!task->program) {
		output_word(output, PS_MARKS, "unlisted");
		output_tone(output, PS_MARKS, OUTPUT_WARN);
	}
	if (task->stale) {
		output_word(output, PS_MARKS, "stale");
		output_tone(output, PS_MARKS, OUTPUT_WARN);
	}
	output_number(output, PS_PARENT, task->parent);
	output_number(output, PS_DEPTH, depth);
	output_text(output, PS_COMM, task->comm);
	output_text(output, PS_PROGRAM, task->program);
	output_number(output, PS_THREADS, process->threads);
	output_flag(output, PS_UNLISTED, !task->program);
	output_flag(output, PS_STALE, task->stale);
	output_record(output);
}

/* Next child of @parent at or after @from, or the count */
static size_t next_child(const struct forest *forest, uint32_t parent,
			 size_t from)
{
	while (from < forest->count &&
	       (forest->list[from].visited ||
		forest->list[from].task->parent != parent))
		from++;
	return from;
}

/*
 * Print what descends from a process.  The depth is that of the process tree;
 * each step marks a process as printed, so that a tree which changed while it
 * was dumped, and closes on itself, ends all the same.
 */
static void print_children(struct forest *forest, uint32_t parent,
			   size_t depth)
{
	const char *fork = forest->unicode ? "├─" : "|-";
	const char *corner = forest->unicode ? "└─" : "`-";
	const char *trunk = forest->unicode ? "│ " : "| ";
	size_t used = strlen(forest->lines);
	size_t at = next_child(forest, parent, 0);

	while (at < forest->count) {
		struct process *process = &forest->list[at];
		size_t next;

		process->visited = true;
		next = next_child(forest, parent, at + 1);
		if (used + 8 < forest->room)
			strcpy(forest->lines + used,
			       next < forest->count ? fork : corner);
		print_process(forest, process, depth, forest->lines);
		if (used + 8 < forest->room)
			strcpy(forest->lines + used,
			       next < forest->count ? trunk : "  ");
		print_children(forest, process->task->tgid, depth + 1);
		forest->lines[used] = '\0';
		at = next_child(forest, parent, at + 1);
	}
}

static int print_forest(struct forest *forest)
{
	size_t i;

	output_open(forest->output, OUTPUT_TABLE, columns, ARRAY_SIZE(columns));
	for (i = 0; i < forest->count; i++) {
		struct process *process = &forest->list[i];

		if (process->visited ||
		    find_process(forest, process->task->parent))
			continue;
		process->visited = true;
		print_process(forest, process, 0, "");
		print_children(forest, process->task->tgid, 1);
	}
	/* Whatever a loop kept from having a root */
	for (i = 0; i < forest->count; i++)
		if (!forest->list[i].visited)
			print_process(forest, &forest->list[i], 0, "");
	return output_close(forest->output);
}

static int show(const struct command_line *line, struct client_dump *tasks,
		const struct client_dump *flows)
{
	const char *workload = line->count ? line->words[0] : NULL;
	struct forest forest = {
		.output = line->output,
		.unicode = !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.room = 1024,
	};
	int code = EXIT_FAILED;
	size_t i;

	forest.list = calloc(tasks->count + 1, sizeof(*forest.list));
	forest.lines = calloc(1, forest.room);
	if (!forest.list || !forest.lines) {
		output_error("out of memory");
		goto out;
	}
	if (tasks->count)
		qsort(tasks->tasks, tasks->count, sizeof(*tasks->tasks),
		      compare_tasks);
	for (i = 0; i < tasks->count; i++) {
		const struct client_task *task = &tasks->tasks[i];

		if (workload && strcmp(task->workload, workload))
			continue;
		if (!forest.count ||
		    forest.list[forest.count - 1].task->tgid != task->tgid)
			forest.list[forest.count++].task = task;
		forest.list[forest.count - 1].threads++;
	}
	if (!forest.count)
		output_line(line->output, "no process is labelled");
	if (read_listeners(&forest, flows))
		goto out;
	code = print_forest(&forest);
out:
	listeners_free(&forest.listeners);
	free(forest.list);
	free(forest.lines);
	return code;
}

static int run(const struct command_line *line)
{
	struct client_dump workloads = { .count = 0 };
	struct client_dump tasks = { .count = 0 }, flows = { .count = 0 };
	struct client *client;
	bool labelled = false;
	size_t i;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = client_dump(client, CORDON_CMD_TASK_DUMP, &tasks);
	/* A workload that is gone may still have processes that bear its name */
	for (i = 0; !code && line->count && i < tasks.count; i++)
		if (!strcmp(tasks.tasks[i].workload, line->words[0]))
			labelled = true;
	if (!code && line->count && !labelled) {
		code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP,
				   &workloads);
		if (!code && !client_workload_find(&workloads, line->words[0]))
			code = EXIT_UNKNOWN;
	}
	if (!code)
		code = client_dump(client, CORDON_CMD_FLOW_DUMP, &flows);
	if (!code)
		code = show(line, &tasks, &flows);
	client_dump_free(&workloads);
	client_dump_free(&tasks);
	client_dump_free(&flows);
	client_close(client);
	return code;
}

const struct command command_ps = {
	.name = "ps",
	.arguments = "[WORKLOAD]",
	.summary = "show the labelled processes as a tree",
	.help =
"Shows every process that belongs to a workload, below the labelled process\n"
"that started it, and the ports that it listens on, also by sockets that it\n"
"inherited.  Marks: \"unlisted\" if what it runs has no entry in its manifest,\n"
"\"stale\" if its workload is not loaded any more.  Process ids are those of the\n"
"initial namespace.",
	.words_min = 0,
	.words_max = 1,
	.run = run,
};
