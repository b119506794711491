// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rules_hygiene.h"

#include <string.h>

#include "client.h"
#include "hygiene.h"
#include "manifest.h"
#include "names.h"
#include "report.h"

enum {
	FINDING_PLACE,
	FINDING_SHOWN,
	FINDING_KIND,
	FINDING_WHY,
	FINDING_WORKLOAD,
	FINDING_PROGRAM,
	FINDING_EFFECT,
	FINDING_OPS,
	FINDING_RULE,
	FINDING_ID,
	FINDING_FILE,
	FINDING_LINE,
	FINDING_COLUMN,
	FINDING_NOTE,
	FINDING_COLUMNS,
};

static const struct output_column columns[FINDING_COLUMNS] = {
	[FINDING_PLACE] = { NULL, "place", OUTPUT_TEXT },
	[FINDING_SHOWN] = { NULL, "rule", OUTPUT_TEXT },
	[FINDING_KIND] = { "finding", NULL, OUTPUT_TEXT },
	[FINDING_WHY] = { "why", NULL, OUTPUT_TEXT },
	[FINDING_WORKLOAD] = { "workload", NULL, OUTPUT_TEXT },
	[FINDING_PROGRAM] = { "program", NULL, OUTPUT_PATH },
	[FINDING_EFFECT] = { "effect", NULL, OUTPUT_TEXT },
	[FINDING_OPS] = { "ops", NULL, OUTPUT_WORDS },
	[FINDING_RULE] = { "rule", NULL, OUTPUT_PATH },
	[FINDING_ID] = { "id", NULL, OUTPUT_NUMBER },
	[FINDING_FILE] = { "file", NULL, OUTPUT_PATH },
	[FINDING_LINE] = { "line", NULL, OUTPUT_NUMBER },
	[FINDING_COLUMN] = { "column", NULL, OUTPUT_NUMBER },
	[FINDING_NOTE] = { "note", NULL, OUTPUT_TEXT },
};

static const char *program_of(const struct cordon_draft *draft,
			      const struct cordon_draft_rule *rule)
{
	return rule->program == CORDON_NONE ? NULL :
		cordon_draft_text(draft,
				  cordon_draft_program(draft,
						       rule->program)->exe);
}

/* The op that a rule is written under: what an allowed load implies is not. */
static const char *op_shown(const struct cordon_draft_rule *rule)
{
	return cordon_op_name((u32)__builtin_ctz(rule->ops));
}

static void put_finding(struct output *output,
			const struct hygiene_finding *finding)
{
	const struct cordon_draft *draft = finding->draft;
	const struct cordon_draft_rule *rule =
		cordon_draft_rule(draft, finding->rule);
	const char *effect = cordon_effect_name(rule->effect);
	const char *program = program_of(draft, rule);
	const char *text = cordon_draft_text(draft, rule->text);
	const char *file = cordon_draft_text(draft, rule->file);
	const char *note = cordon_draft_text(draft, rule->note);
	u32 op;

	output_format(output, FINDING_PLACE, "%s:%u:", file, rule->line);
	output_format(output, FINDING_SHOWN, "%s: %s%s%s %s %s: %s",
		      hygiene_kind_name(finding->kind), program ? program : "",
		      program ? " " : "", effect, op_shown(rule), text,
		      finding->why);
	output_text(output, FINDING_KIND, hygiene_kind_name(finding->kind));
	output_text(output, FINDING_WHY, finding->why);
	output_text(output, FINDING_WORKLOAD,
		    cordon_draft_text(draft, draft->name));
	output_text(output, FINDING_PROGRAM, program);
	output_text(output, FINDING_EFFECT, effect);
	for (op = 0; op < CORDON_OP_COUNT; op++)
		if (rule->ops & 1u << op)
			output_word(output, FINDING_OPS, cordon_op_name(op));
	output_text(output, FINDING_RULE, text);
	output_number(output, FINDING_ID, finding->rule);
	output_text(output, FINDING_FILE, file);
	output_number(output, FINDING_LINE, rule->line);
	output_number(output, FINDING_COLUMN, rule->column);
	output_text(output, FINDING_NOTE, *note ? note : NULL);
	output_record(output);
}

static bool is_wanted(const struct rules_hygiene *wanted,
		      const struct hygiene_finding *finding)
{
	const char *program =
		program_of(finding->draft,
			   cordon_draft_rule(finding->draft, finding->rule));

	return !wanted->program ||
	       (program && !strcmp(program, wanted->program));
}

static int print(struct output *output, const struct rules_hygiene *wanted,
		 const struct hygiene *hygiene)
{
	size_t shown = 0, i;

	for (i = 0; i < hygiene->count; i++)
		shown += is_wanted(wanted, &hygiene->findings[i]);
	if (!shown)
		output_line(output, "no rule is%s%s%s",
			    wanted->shadowed ? " shadowed" : "",
			    wanted->shadowed && wanted->broad ? " or" : "",
			    wanted->broad ? " broad" : "");
	output_open(output, OUTPUT_LIST, columns, FINDING_COLUMNS);
	for (i = 0; i < hygiene->count; i++)
		if (is_wanted(wanted, &hygiene->findings[i]))
			put_finding(output, &hygiene->findings[i]);
	return output_close(output);
}

static int find(struct output *output, const struct rules_hygiene *wanted,
		struct cordon_draft *const *drafts, size_t count)
{
	struct hygiene hygiene = { 0 };
	bool any = false;
	int code = EXIT_UNKNOWN;
	size_t i;

	for (i = 0; i < count; i++) {
		const char *name = cordon_draft_text(drafts[i],
						     drafts[i]->name);

		if (wanted->workload && strcmp(wanted->workload, name))
			continue;
		any = true;
		if (wanted->shadowed)
			hygiene_shadowed(&hygiene, drafts[i]);
		if (wanted->broad)
			hygiene_broad(&hygiene, drafts[i]);
	}
	if (any || !wanted->workload)
		code = print(output, wanted, &hygiene);
	else
		output_error("rules: there is no workload \"%s\"%s%s",
			     wanted->workload, wanted->manifest ? " in " :
			     ": see `cordonctl workloads`",
			     wanted->manifest ? wanted->manifest : "");
	hygiene_free(&hygiene);
	return code;
}

static int find_in_files(struct output *output,
			 const struct rules_hygiene *wanted)
{
	const struct manifest_options reading = {
		.include_paths = &wanted->include,
		.include_count = wanted->include ? 1 : 0,
		.foreign = true,
	};
	struct manifest_set set = { 0 };
	struct report report;
	int code = EXIT_MANIFEST;

	report_init(&report);
	if (!manifest_set_read(&set, &wanted->manifest, 1, &reading, &report))
		code = find(output, wanted, set.drafts, set.count);
	else
		report_print(&report, stderr);
	manifest_set_free(&set);
	report_free(&report);
	return code;
}

int rules_hygiene(struct output *output, const struct rules_hygiene *wanted)
{
	struct client_policy policy;
	struct client *client;
	int code;

	if (wanted->manifest)
		return find_in_files(output, wanted);
	code = client_open(&client);
	if (code)
		return code;
	code = client_policy_read(client, &policy);
	client_close(client);
	if (!code)
		code = find(output, wanted, policy.drafts, policy.count);
	client_policy_free(&policy);
	return code;
}
