// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl test: do manifests answer as they should, without the module. */
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "command.h"
#include "manifest.h"
#include "names.h"

enum test_option {
	TEST_INCLUDE,
};

static const struct command_option options[] = {
	[TEST_INCLUDE] = { "include", "DIR",
			   "look for pieces here too, before the system's places" },
	{ NULL, NULL, NULL },
};

enum test_column {
	COLUMN_PLACE,
	COLUMN_PASSED_TEXT,
	COLUMN_CASE,
	COLUMN_FILE,
	COLUMN_LINE,
	COLUMN_PASSED,
	COLUMN_WORKLOAD,
	COLUMN_EXE,
	COLUMN_ACT,
	COLUMN_PATH,
	COLUMN_PEER,
	COLUMN_FROM,
	COLUMN_TO,
	COLUMN_PORT,
	COLUMN_EXPECT,
	COLUMN_VERDICT,
	COLUMN_BECOMES,
	COLUMN_REASON,
	COLUMN_RULE,
	COLUMN_RULE_FILE,
	COLUMN_RULE_LINE,
	COLUMN_NOTE,
	COLUMN_PROBLEM,
};

static const struct output_column columns[] = {
	[COLUMN_PLACE] = { NULL, "place", OUTPUT_TEXT },
	[COLUMN_PASSED_TEXT] = { NULL, "result", OUTPUT_TEXT },
	[COLUMN_CASE] = { NULL, "case", OUTPUT_TEXT },
	[COLUMN_FILE] = { "file", NULL, OUTPUT_PATH },
	[COLUMN_LINE] = { "line", NULL, OUTPUT_NUMBER },
	[COLUMN_PASSED] = { "passed", NULL, OUTPUT_FLAG },
	[COLUMN_WORKLOAD] = { "workload", NULL, OUTPUT_TEXT },
	[COLUMN_EXE] = { "exe", NULL, OUTPUT_PATH },
	[COLUMN_ACT] = { "act", NULL, OUTPUT_TEXT },
	[COLUMN_PATH] = { "path", NULL, OUTPUT_PATH },
	[COLUMN_PEER] = { "peer", NULL, OUTPUT_TEXT },
	[COLUMN_FROM] = { "from", NULL, OUTPUT_TEXT },
	[COLUMN_TO] = { "to", NULL, OUTPUT_TEXT },
	[COLUMN_PORT] = { "port", NULL, OUTPUT_TEXT },
	[COLUMN_EXPECT] = { "expect", NULL, OUTPUT_TEXT },
	[COLUMN_VERDICT] = { "verdict", NULL, OUTPUT_TEXT },
	[COLUMN_BECOMES] = { "becomes", NULL, OUTPUT_TEXT },
	[COLUMN_REASON] = { "reason", NULL, OUTPUT_TEXT },
	[COLUMN_RULE] = { "rule.text", NULL, OUTPUT_TEXT },
	[COLUMN_RULE_FILE] = { "rule.file", NULL, OUTPUT_PATH },
	[COLUMN_RULE_LINE] = { "rule.line", NULL, OUTPUT_NUMBER },
	[COLUMN_NOTE] = { "note", NULL, OUTPUT_TEXT },
	[COLUMN_PROBLEM] = { "problem", NULL, OUTPUT_TEXT },
};

/** struct tally - what came of the cases of all documents */
struct tally {
	size_t passed;
	size_t failed;
};

/*
 * The workload that a process is of after an exec.  The host's own manifest,
 * if there is one, may be called by its name or "host".
 */
static bool becomes(const struct evaluation *evaluation, const char *workload)
{
	const struct cordon_subject *next = &evaluation->next;

	if (!strcmp(evaluation_workload(evaluation, next), workload))
		return true;
	return !strcmp(workload, "host") &&
	       next->workload == cordon_policy_host(evaluation->policy);
}

/* Why a case has failed, for free(); NULL if it has not. */
static char *find_problem(const struct test_case *test,
			  const struct evaluation *evaluation)
{
	const char *verdict = cordon_action_name(evaluation->verdict.action);
	char *why, *problem = NULL;

	if (evaluation->verdict.action != test->action) {
		why = evaluation_why(evaluation);
		if (asprintf(&problem, "expected %s, got %s: %s",
			     cordon_action_name(test->action), verdict,
			     why ? why : "") < 0)
			problem = strdup("out of memory");
		free(why);
	} else if (test->becomes && !becomes(evaluation, test->becomes)) {
		if (asprintf(&problem, "expected it to become \"%s\", it becomes \"%s\"",
			     test->becomes,
			     evaluation_workload(evaluation,
						 &evaluation->next)) < 0)
			problem = strdup("out of memory");
	}
	return problem;
}

static void tell_answer(struct output *output, const struct test_case *test,
			const struct evaluation *evaluation)
{
	const struct cordon_draft *draft = evaluation->draft;
	const struct cordon_draft_rule *rule = evaluation->rule;

	if (test->question.op != CORDON_OP_PASS)
		output_text(output, COLUMN_WORKLOAD,
			    evaluation_workload(evaluation,
						&evaluation->subject));
	output_text(output, COLUMN_VERDICT,
		    cordon_action_name(evaluation->verdict.action));
	output_text(output, COLUMN_REASON,
		    cordon_reason_name(evaluation->verdict.reason));
	if (test->question.op == CORDON_OP_EXEC &&
	    evaluation->verdict.action != CORDON_ACTION_DENY)
		output_text(output, COLUMN_BECOMES,
			    evaluation_workload(evaluation, &evaluation->next));
	if (!rule)
		return;
	output_text(output, COLUMN_RULE, cordon_draft_text(draft, rule->text));
	output_text(output, COLUMN_RULE_FILE,
		    cordon_draft_text(draft, rule->file));
	output_number(output, COLUMN_RULE_LINE, rule->line);
}

/* "web: /usr/sbin/nginx read /etc/shadow" */
static char *describe(const struct evaluation_question *question)
{
	const char *act = cordon_op_name(question->op);
	char *text;
	int size;

	if (question->op == CORDON_OP_PASS)
		size = asprintf(&text, "%s opens %s of %s", question->from,
				question->port, question->to);
	else
		size = asprintf(&text, "%s%s%s %s %s",
				question->workload ? question->workload : "",
				question->workload ? ": " : "", question->exe,
				act, question->object);
	return size < 0 ? NULL : text;
}

static void tell_object(struct output *output,
			const struct evaluation_question *question)
{
	output_text(output, evaluation_is_net(question->op) &&
		    question->object && question->object[0] != '/' ?
		    COLUMN_PEER : COLUMN_PATH, question->object);
	output_text(output, COLUMN_FROM, question->from);
	output_text(output, COLUMN_TO, question->to);
	output_text(output, COLUMN_PORT, question->port);
}

static void tell_case(struct output *output, const struct cases *cases,
		      const struct test_case *test, const char *problem)
{
	const struct evaluation_question *question = &test->question;
	char *description = describe(question);

	output_format(output, COLUMN_PLACE, "%s:%u:%u:", cases->document->file,
		      test->position->line, test->position->column);
	output_text(output, COLUMN_PASSED_TEXT, problem ? "failed:" : "passed:");
	output_tone(output, COLUMN_PASSED_TEXT,
		    problem ? OUTPUT_BAD : OUTPUT_GOOD);
	output_format(output, COLUMN_CASE, "%s%s%s%s%s%s",
		      description ? description : "", problem ? ": " : "",
		      problem ? problem : "", problem && test->note ? " (" : "",
		      problem && test->note ? test->note : "",
		      problem && test->note ? ")" : "");
	free(description);
	output_text(output, COLUMN_FILE, cases->document->file);
	output_number(output, COLUMN_LINE, test->position->line);
	output_flag(output, COLUMN_PASSED, !problem);
	output_text(output, COLUMN_WORKLOAD, question->workload);
	output_text(output, COLUMN_EXE, question->exe);
	output_text(output, COLUMN_ACT, cordon_op_name(question->op));
	tell_object(output, question);
	output_text(output, COLUMN_EXPECT, cordon_action_name(test->action));
	output_text(output, COLUMN_NOTE, test->note);
	output_text(output, COLUMN_PROBLEM, problem);
}

static char *say_unknown(const struct evaluation_question *question,
			 const struct evaluation *evaluation)
{
	char *text;

	if (!evaluation->unknown || evaluation->unknown == question->workload)
		return strdup("no manifest has this workload");
	if (asprintf(&text, "no document has the segment or workload \"%s\"",
		     evaluation->unknown) < 0)
		return NULL;
	return text;
}

static void run_case(const struct command_line *line,
		     const struct cases *cases, const struct test_case *test,
		     const struct cordon_policy *policy, struct tally *tally)
{
	bool all = line->verbose || output_is_json(line->output);
	struct evaluation evaluation;
	bool known = evaluate(policy, &test->question, &evaluation);
	char *problem = known ? find_problem(test, &evaluation) :
				say_unknown(&test->question, &evaluation);

	if (problem)
		tally->failed++;
	else
		tally->passed++;
	if (problem || all) {
		tell_case(line->output, cases, test, problem);
		if (known)
			tell_answer(line->output, test, &evaluation);
		output_record(line->output);
	}
	free(problem);
}

static bool run_document(const struct command_line *line, const char *file,
			 struct report *report, struct tally *tally)
{
	const char *include = line->value[TEST_INCLUDE];
	/* Where tests run is seldom where the manifests are for. */
	const struct manifest_options reading = {
		.include_paths = &include,
		.include_count = include ? 1 : 0,
		.foreign = true,
	};
	struct cordon_policy *policy = NULL;
	struct manifest_set set = { 0 };
	struct cases cases;
	size_t i;

	if (cases_read(&cases, file, report))
		return false;
	if (!manifest_set_read(&set, (const char *const *)cases.manifests,
			       cases.manifest_count, &reading, report)) {
		if (cases.enforce)
			manifest_set_enforce(&set);
		policy = manifest_set_compile(&set, false, report);
	}
	for (i = 0; policy && i < cases.count; i++)
		run_case(line, &cases, &cases.cases[i], policy, tally);
	i = policy != NULL;
	free(policy);
	manifest_set_free(&set);
	cases_free(&cases);
	return i;
}

static int run(const struct command_line *line)
{
	struct tally tally = { 0 };
	struct report report;
	bool usable = true;
	size_t i;
	int code;

	report_init(&report);
	output_open(line->output, OUTPUT_LIST, columns, ARRAY_SIZE(columns));
	for (i = 0; i < line->count; i++)
		usable &= run_document(line, line->words[i], &report, &tally);
	code = output_close(line->output);
	if (!usable) {
		report_settle(&report);
		report_print(&report, stderr);
	}
	report_free(&report);
	output_line(line->output, "%zu case%s: %zu passed, %zu failed%s",
		    tally.passed + tally.failed,
		    tally.passed + tally.failed == 1 ? "" : "s", tally.passed,
		    tally.failed, usable ? "" : "; not all could be run");
	if (code)
		return code;
	if (!usable)
		return EXIT_MANIFEST;
	return tally.failed ? EXIT_VERDICT : EXIT_OK;
}

const struct command command_test = {
	.name = "test",
	.arguments = "FILE…",
	.summary = "run cases of acts and expected verdicts",
	.help =
"Reads documents of test cases, puts each act to the decision engine with the\n"
"manifests that the document names, and compares the verdicts with what is\n"
"expected.  The engine is the one that the module decides with.  Nothing is\n"
"loaded, and neither the module nor root is needed.\n"
"\n"
"Failures are printed, each with the rule or reason that decided; --verbose\n"
"prints what passed too.\n"
"\n"
"  { \"cordon-test\": 1,\n"
"    \"manifests\": [ \"nginx.json\" ],\n"
"    \"cases\": [\n"
"      { \"workload\": \"web\", \"exe\": \"/usr/sbin/nginx\",\n"
"        \"act\": \"read\", \"path\": \"/etc/shadow\", \"expect\": \"deny\" },\n"
"      { \"act\": \"pass\", \"from\": \"10.0.1.5\", \"to\": \"10.0.2.7\",\n"
"        \"port\": \"tcp/22\", \"expect\": \"deny\" } ] }\n"
"\n"
"Ends with 0 if all passed, 9 if any failed, 3 if a document or a manifest is\n"
"wrong.",
	.options = options,
	.words_min = 1,
	.words_max = SIZE_MAX,
	.run = run,
};
