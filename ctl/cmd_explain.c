// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl explain: why is an act allowed or denied, and what to do. */
#include "explain.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "client.h"
#include "manifest.h"
#include "manifest_peer.h"
#include "names.h"
#include "suggest.h"

static const struct command_option options[] = {
	[EXPLAIN_WORKLOAD] = { "workload", "NAME",
		"the workload of the process; without it: whichever claims EXE, or the host" },
	[EXPLAIN_EXE] = { "exe", "EXE", "path of the executable that acts" },
	[EXPLAIN_EXEC] = { "exec", "PATH", "it executes PATH" },
	[EXPLAIN_LOAD] = { "load", "PATH", "it maps PATH executable" },
	[EXPLAIN_READ] = { "read", "PATH", "it opens PATH for reading" },
	[EXPLAIN_WRITE] = { "write", "PATH",
		"it opens PATH for writing, creates, removes or changes it" },
	[EXPLAIN_CONNECT] = { "connect", "PORT@PEER",
		"it connects, or sends a datagram: tcp/443@10.0.0.7; or to a unix socket: its path, abstract:NAME or unix@workload:NAME" },
	[EXPLAIN_LISTEN] = { "listen", "PORT",
		"it waits for connections or datagrams: tcp/443" },
	[EXPLAIN_ACCEPT] = { "accept", "PORT@PEER",
		"it takes a connection or a datagram on its port: tcp/443@10.0.0.7" },
	[EXPLAIN_SOCKET] = { "socket", "FAMILY",
		"it makes a socket: packet, inet/raw/1, netlink/audit" },
	[EXPLAIN_FROM] = { "from", "END",
		"instead of a process: a flow that ADDRESS, or segment:NAME, opens" },
	[EXPLAIN_TO] = { "to", "END",
		"the ADDRESS, or segment:NAME, that it is opened to" },
	[EXPLAIN_PORT] = { "port", "PORT", "where, with --from and --to: tcp/5432" },
	[EXPLAIN_MANIFEST] = { "manifest", "FILE",
		"by this manifest instead of the loaded policy; more may follow" },
	[EXPLAIN_INCLUDE] = { "include", "DIR",
		"look for pieces here too, before the system's places" },
	[EXPLAIN_NO_HOST] = { "no-host", NULL,
		"take PATH and EXE as they are written, and resolve no symbolic links" },
	{ NULL, NULL, NULL },
};

static const struct {
	enum explain_option option;
	enum cordon_op op;
} acts[] = {
	{ EXPLAIN_EXEC, CORDON_OP_EXEC },
	{ EXPLAIN_LOAD, CORDON_OP_LOAD },
	{ EXPLAIN_READ, CORDON_OP_READ },
	{ EXPLAIN_WRITE, CORDON_OP_WRITE },
	{ EXPLAIN_CONNECT, CORDON_OP_CONNECT },
	{ EXPLAIN_LISTEN, CORDON_OP_LISTEN },
	{ EXPLAIN_ACCEPT, CORDON_OP_ACCEPT },
	{ EXPLAIN_SOCKET, CORDON_OP_SOCKET },
};

static const struct output_column columns[] = {
	[COLUMN_VERDICT] = { "verdict", "verdict", OUTPUT_TEXT },
	[COLUMN_ACT] = { "act", "act", OUTPUT_TEXT },
	[COLUMN_PATH] = { "path", "path", OUTPUT_PATH },
	[COLUMN_GIVEN] = { "given", "given as", OUTPUT_PATH },
	[COLUMN_PEER] = { "peer", "peer", OUTPUT_TEXT },
	[COLUMN_FROM] = { "from.end", "from", OUTPUT_TEXT },
	[COLUMN_FROM_SEGMENTS] = { "from.segments", "from segments",
				   OUTPUT_WORDS },
	[COLUMN_TO] = { "to.end", "to", OUTPUT_TEXT },
	[COLUMN_SEGMENTS] = { "to.segments", "to segments", OUTPUT_WORDS },
	[COLUMN_PORT] = { "port", "port", OUTPUT_TEXT },
	[COLUMN_WORKLOAD] = { "workload", "workload", OUTPUT_TEXT },
	[COLUMN_EXE] = { "exe", "exe", OUTPUT_PATH },
	[COLUMN_PROGRAM] = { "program", "program", OUTPUT_PATH },
	[COLUMN_MODE] = { "mode", "mode", OUTPUT_TEXT },
	[COLUMN_REJECT] = { "reject", "reject", OUTPUT_FLAG },
	[COLUMN_GENERATION] = { "generation", "generation", OUTPUT_NUMBER },
	[COLUMN_REASON] = { "reason", NULL, OUTPUT_TEXT },
	[COLUMN_WHY] = { "why", "why", OUTPUT_TEXT },
	[COLUMN_RULE_TEXT] = { "rule.text", NULL, OUTPUT_TEXT },
	[COLUMN_RULE_FILE] = { "rule.file", NULL, OUTPUT_PATH },
	[COLUMN_RULE_LINE] = { "rule.line", NULL, OUTPUT_NUMBER },
	[COLUMN_RULE_COLUMN] = { "rule.column", NULL, OUTPUT_NUMBER },
	[COLUMN_RULE_NOTE] = { "rule.note", "note", OUTPUT_TEXT },
	[COLUMN_BECOMES] = { "becomes.workload", "becomes", OUTPUT_TEXT },
	[COLUMN_BECOMES_PROGRAM] = { "becomes.program", "becomes program",
				     OUTPUT_PATH },
	[COLUMN_ADVICE] = { "advice", "what now", OUTPUT_TEXT },
};

/**
 * struct explanation - what is asked, and of whom
 * @question: to the engine; its paths are @exe and @object
 * @exe: resolved
 * @object: resolved
 * @given: as the user wrote it
 * @set: drafts of the given manifests; none if the loaded policy is asked
 * @loaded: the loaded policy; empty if manifests are given
 * @dump: what its segments hold
 * @entries: those addresses that no document states
 * @policy: compiled from either
 */
struct explanation {
	struct evaluation_question question;
	char *exe;
	char *object;
	const char *given;
	struct manifest_set set;
	struct client_policy loaded;
	struct client_dump dump;
	struct evaluation_entry *entries;
	struct cordon_policy *policy;
};

/*
 * The path as the kernel resolves it.  What is not there yet is about to be
 * created in a directory that may be reached by a link.
 */
static char *resolve(const char *path)
{
	char *real = realpath(path, NULL), *parent, *slash, *full;

	if (real)
		return real;
	parent = strdup(path);
	slash = parent ? strrchr(parent, '/') : NULL;
	if (!slash || slash == parent || !slash[1])
		return parent;
	*slash = 0;
	real = realpath(parent, NULL);
	*slash = '/';
	if (!real)
		return parent;
	if (asprintf(&full, "%s%s", strcmp(real, "/") ? real : "", slash) < 0)
		full = NULL;
	free(real);
	free(parent);
	return full;
}

static int resolve_question(const struct command_line *line,
			    struct explanation *explanation)
{
	struct evaluation_question *question = &explanation->question;
	const char *exe = line->value[EXPLAIN_EXE], *why;
	bool host = !line->value[EXPLAIN_NO_HOST], net;

	net = evaluation_is_net(question->op) && explanation->given[0] != '/';
	if (net)
		why = NULL;
	else
		why = evaluation_object_check(explanation->given);
	if (why && (explanation->given[0] != '/' || !host)) {
		output_error("\"%s\": %s", explanation->given, why);
		return EXIT_USAGE;
	}
	why = evaluation_path_check(exe);
	if (why && (exe[0] != '/' || !host)) {
		output_error("--exe \"%s\": %s", exe, why);
		return EXIT_USAGE;
	}
	host = host && explanation->given[0] == '/';
	explanation->object = host ? resolve(explanation->given) :
				     strdup(explanation->given);
	explanation->exe = line->value[EXPLAIN_NO_HOST] ? strdup(exe) :
							  resolve(exe);
	if (!explanation->exe || !explanation->object) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	why = net ? NULL : evaluation_object_check(explanation->object);
	if (!why)
		why = evaluation_path_check(explanation->exe);
	if (why) {
		output_error("cannot be resolved on this machine: %s", why);
		return EXIT_USAGE;
	}
	question->workload = line->value[EXPLAIN_WORKLOAD];
	question->exe = explanation->exe;
	question->object = explanation->object;
	question->uid = CORDON_NONE;
	return EXIT_OK;
}

int explain_wrong(const char *what, const char *why, char *hint)
{
	output_error("\"%s\": %s%s%s", what, why, hint ? "; " : "",
		     hint ? hint : "");
	free(hint);
	return EXIT_USAGE;
}

/* What was likely meant by a word of class net. */
static char *hint_net(const char *text)
{
	const char *at = strchr(text, '@');

	return at ? manifest_peer_hint(at + 1) : manifest_ports_hint(text);
}

static int read_question(const struct command_line *line,
			 struct explanation *explanation)
{
	struct evaluation_question *question = &explanation->question;
	bool passage = explain_is_passage(line);
	size_t given = 0, i;
	const char *why;

	for (i = 0; i < ARRAY_SIZE(acts); i++) {
		if (!line->value[acts[i].option])
			continue;
		question->op = acts[i].op;
		explanation->given = line->value[acts[i].option];
		given++;
	}
	question->local = !line->value[EXPLAIN_NO_HOST];
	if (passage && !given)
		return explain_passage_read(line, question);
	if (given != 1 || passage || !line->value[EXPLAIN_EXE]) {
		output_error("explain needs --exe, and one of --exec, --load, --read, --write, --connect, --listen, --accept and --socket; or --from, --to and --port");
		return EXIT_USAGE;
	}
	if (evaluation_is_net(question->op) &&
	    (explanation->given[0] != '/' || question->op != CORDON_OP_CONNECT) &&
	    !evaluation_net_check(question->op, explanation->given, &why))
		return explain_wrong(explanation->given, why,
				     question->op == CORDON_OP_SOCKET ? NULL :
				     hint_net(explanation->given));
	return resolve_question(line, explanation);
}

/* What segments were given at run time. */
static int read_entries(struct client *client, struct explanation *explanation)
{
	struct evaluation_question *question = &explanation->question;
	struct client_dump *dump = &explanation->dump;
	size_t i;
	int code;

	if (!evaluation_is_net(question->op))
		return EXIT_OK;
	code = client_dump(client, CORDON_CMD_ENTRY_DUMP, dump);
	if (code)
		return code;
	explanation->entries = calloc(dump->count + 1,
				      sizeof(*explanation->entries));
	if (!explanation->entries) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	for (i = 0; i < dump->count; i++)
		if (dump->entries[i].origin != CORDON_ORIGIN_DOCUMENT)
			explanation->entries[question->entry_count++] =
				(struct evaluation_entry){
					.segment = dump->entries[i].segment,
					.prefix = dump->entries[i].prefix,
				};
	question->entries = explanation->entries;
	return EXIT_OK;
}

/* The loaded policy, compiled as the module has it. */
static int read_loaded(struct explanation *explanation)
{
	struct client_policy *loaded = &explanation->loaded;
	struct client *client;
	struct report report;
	int code = client_open(&client);

	if (code)
		return code;
	code = client_policy_read(client, loaded);
	if (!code)
		code = read_entries(client, explanation);
	client_close(client);
	if (code)
		return code;
	report_init(&report);
	explanation->policy = manifest_set_compile(&(struct manifest_set){
			.drafts = loaded->drafts,
			.count = loaded->count,
		}, loaded->forced_monitor, &report);
	report_print(&report, stderr);
	report_free(&report);
	return explanation->policy ? EXIT_OK : EXIT_FAILED;
}

static int read_manifests(const struct command_line *line,
			  struct explanation *explanation)
{
	const char *include = line->value[EXPLAIN_INCLUDE];
	const struct manifest_options reading = {
		.include_paths = &include,
		.include_count = include ? 1 : 0,
		.foreign = line->value[EXPLAIN_NO_HOST],
	};
	const char *paths[line->count + 1];
	struct report report;
	size_t count = 0, i;

	if (line->value[EXPLAIN_MANIFEST])
		paths[count++] = line->value[EXPLAIN_MANIFEST];
	for (i = 0; i < line->count; i++)
		paths[count++] = line->words[i];
	report_init(&report);
	if (!manifest_set_read(&explanation->set, paths, count, &reading,
			       &report))
		explanation->policy = manifest_set_compile(&explanation->set,
							   false, &report);
	/* What `check` warns of is not the question here. */
	if (!explanation->policy || line->verbose)
		report_print(&report, stderr);
	report_free(&report);
	return explanation->policy ? EXIT_OK : EXIT_MANIFEST;
}

static void tell_rule(struct output *output,
		      const struct evaluation *evaluation)
{
	const struct cordon_draft *draft = evaluation->draft;
	const struct cordon_draft_rule *rule = evaluation->rule;
	const char *note = cordon_draft_text(draft, rule->note);

	output_text(output, COLUMN_RULE_TEXT,
		    cordon_draft_text(draft, rule->text));
	output_text(output, COLUMN_RULE_FILE,
		    cordon_draft_text(draft, rule->file));
	output_number(output, COLUMN_RULE_LINE, rule->line);
	output_number(output, COLUMN_RULE_COLUMN, rule->column);
	output_text(output, COLUMN_RULE_NOTE, *note ? note : NULL);
}

/* Who has no entry: a word for people, and null in JSON. */
static const char *unlisted(const struct output *output)
{
	return output_is_json(output) ? NULL : "unlisted";
}

static void tell_next(struct output *output,
		      const struct evaluation *evaluation)
{
	const char *program = evaluation_program(evaluation, &evaluation->next);

	output_text(output, COLUMN_BECOMES,
		    evaluation_workload(evaluation, &evaluation->next));
	output_text(output, COLUMN_BECOMES_PROGRAM,
		    program ? program : unlisted(output));
}

/* A process: what it does, on what, and who it is. */
static void tell_act(struct output *output,
		     const struct explanation *explanation,
		     const struct evaluation *evaluation)
{
	bool net = evaluation_is_net(explanation->question.op);
	const char *program = evaluation_program(evaluation,
						 &evaluation->subject);
	const char *object = explanation->object;

	output_text(output, net && object[0] != '/' ? COLUMN_PEER : COLUMN_PATH,
		    object);
	if (strcmp(object, explanation->given))
		output_text(output, COLUMN_GIVEN, explanation->given);
	output_text(output, COLUMN_WORKLOAD,
		    evaluation_workload(evaluation, &evaluation->subject));
	output_text(output, COLUMN_EXE, explanation->exe);
	output_text(output, COLUMN_PROGRAM,
		    program ? program : unlisted(output));
}

/* Who is refused from outside: is it told?  That it is not needs no line. */
static void tell_reject(struct output *output,
			const struct evaluation *evaluation)
{
	const struct cordon_verdict *verdict = &evaluation->verdict;
	bool rejects = cordon_policy_rejects(evaluation->policy,
					     verdict->workload);

	if (verdict->action != CORDON_ACTION_ALLOW &&
	    (verdict->op == CORDON_OP_ACCEPT || verdict->op == CORDON_OP_PASS) &&
	    (rejects || output_is_json(output)))
		output_flag(output, COLUMN_REJECT, rejects);
}

static int tell(const struct command_line *line,
		const struct explanation *explanation,
		const struct evaluation *evaluation)
{
	const struct evaluation_question *question = &explanation->question;
	const struct cordon_verdict *verdict = &evaluation->verdict;
	char *why = evaluation_why(evaluation);
	char *advice = advice_for(evaluation, question);
	struct output *output = line->output;
	int code;

	output_open(output, OUTPUT_FORM, columns, ARRAY_SIZE(columns));
	output_text(output, COLUMN_VERDICT,
		    cordon_action_name(verdict->action));
	output_tone(output, COLUMN_VERDICT,
		    verdict->action == CORDON_ACTION_ALLOW ? OUTPUT_GOOD :
		    verdict->action == CORDON_ACTION_DENY ? OUTPUT_BAD :
							    OUTPUT_WARN);
	output_text(output, COLUMN_ACT, cordon_op_name(verdict->op));
	if (question->op == CORDON_OP_PASS)
		explain_passage_tell(output, question, evaluation);
	else
		tell_act(output, explanation, evaluation);
	if (evaluation_is_net(question->op))
		explain_peer_tell(output, evaluation);
	output_text(output, COLUMN_MODE, explanation->loaded.forced_monitor ?
		    "monitor, forced for the whole machine" :
		    evaluation_mode(evaluation));
	tell_reject(output, evaluation);
	if (explanation->loaded.generation)
		output_number(output, COLUMN_GENERATION,
			      explanation->loaded.generation);
	output_text(output, COLUMN_REASON, cordon_reason_name(verdict->reason));
	output_text(output, COLUMN_WHY, why);
	if (evaluation->rule)
		tell_rule(output, evaluation);
	if (question->op == CORDON_OP_EXEC &&
	    verdict->action != CORDON_ACTION_DENY)
		tell_next(output, evaluation);
	output_text(output, COLUMN_ADVICE, advice);
	output_record(output);
	code = output_close(output);
	free(advice);
	free(why);
	if (code)
		return code;
	return verdict->action == CORDON_ACTION_ALLOW ? EXIT_OK : EXIT_VERDICT;
}

static void tell_unknown(const struct explanation *explanation,
			 const char *unknown)
{
	const struct cordon_policy *policy = explanation->policy;
	u32 count = cordon_policy_workloads(policy), known = 0, i, k;
	const char *names[count + cordon_policy_program_count(policy) + 1];
	const char *nearest;

	for (i = 0; i < count; i++) {
		const struct cordon_draft *draft = cordon_policy_draft(policy,
								       i);

		if (draft->kind == CORDON_DOCUMENT_MANIFEST)
			names[known++] = cordon_draft_text(draft, draft->name);
		for (k = 0; draft->kind == CORDON_DOCUMENT_SEGMENTS &&
			    k < draft->used.programs; k++)
			names[known++] = cordon_draft_text(draft,
				cordon_draft_program(draft, k)->exe);
	}
	nearest = suggest_nearest(unknown, names, known);
	output_error("%s no workload or segment \"%s\"%s%s%s",
		     explanation->loaded.generation ?
		     "the loaded policy has" : "these manifests have", unknown,
		     nearest ? "; did you mean \"" : "",
		     nearest ? nearest : "", nearest ? "\"?" : "");
}

static int run(const struct command_line *line)
{
	struct explanation explanation = { .policy = NULL };
	struct evaluation evaluation;
	int code = read_question(line, &explanation);

	if (!code)
		code = line->value[EXPLAIN_MANIFEST] || line->count ?
		       read_manifests(line, &explanation) :
		       read_loaded(&explanation);
	if (!code && !evaluate(explanation.policy, &explanation.question,
			       &evaluation)) {
		tell_unknown(&explanation, evaluation.unknown);
		code = EXIT_UNKNOWN;
	}
	if (!code)
		code = tell(line, &explanation, &evaluation);
	free(explanation.policy);
	manifest_set_free(&explanation.set);
	client_policy_free(&explanation.loaded);
	client_dump_free(&explanation.dump);
	free(explanation.entries);
	free(explanation.object);
	free(explanation.exe);
	return code;
}

const struct command command_explain = {
	.name = "explain",
	.arguments = "[FILE|DIR…]",
	.summary = "say what the verdict on an act is, why, and what to do",
	.help =
"Puts one act, or a flow between segments, to the decision engine and names\n"
"the rule, or the reason, that decides, with the file and line it stands in.\n"
"By the loaded policy, with what segments were given at run time, or by\n"
"the manifests given, which needs neither the module nor root.  The engine is\n"
"the one that the module decides with, so the answer is the kernel's.\n"
"\n"
"PATH may be memfd:, deleted:, detached: or anon: for files without a name.\n"
"Symbolic links are resolved on this machine, as the kernel does.\n"
"\n"
"  cordonctl explain --workload web --exe /usr/sbin/nginx --read /etc/shadow\n"
"  cordonctl explain --exe /usr/sbin/nginx --connect tcp/5432@10.0.2.7\n"
"  cordonctl explain --from 10.0.1.5 --to segment:db --port tcp/5432\n"
"\n"
"A connection needs both: a manifest that lets the process connect, and\n"
"segments that let the flow pass.\n"
"\n"
"Ends with 0 if the act is allowed, 9 if it is denied or would be, 10 if there\n"
"is no such workload.",
	.options = options,
	.words_min = 0,
	.words_max = SIZE_MAX,
	.run = run,
};
