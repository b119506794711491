// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../kmod/version.h"
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include "client.h"
#include "command.h"
#include "doctor.h"
#include "names.h"

enum {
	CHECK_NAME,
	CHECK_STATE,
	CHECK_DETAIL,
	CHECK_KIND,
	CHECK_HOOK_STATE,
	CHECK_REQUIRED,
	CHECK_CLASS,
	CHECK_CALLS,
};

static const struct output_column columns[] = {
	[CHECK_NAME] = { "check", "CHECK", OUTPUT_TEXT },
	[CHECK_STATE] = { "state", "STATE", OUTPUT_TEXT },
	[CHECK_DETAIL] = { "detail", "DETAIL", OUTPUT_TEXT },
	[CHECK_KIND] = { "kind", NULL, OUTPUT_TEXT },
	[CHECK_HOOK_STATE] = { "hook.state", NULL, OUTPUT_TEXT },
	[CHECK_REQUIRED] = { "hook.required", NULL, OUTPUT_FLAG },
	[CHECK_CLASS] = { "hook.class", NULL, OUTPUT_TEXT },
	[CHECK_CALLS] = { "hook.calls", NULL, OUTPUT_NUMBER },
};

/* Start a line; the caller may add to it before output_record() */
static void begin_check(struct output *output, const char *name,
			const char *kind, enum doctor_state state, bool *bad)
{
	static const enum output_tone tone[] = {
		[DOCTOR_OK] = OUTPUT_GOOD,
		[DOCTOR_NOTE] = OUTPUT_WARN,
		[DOCTOR_BAD] = OUTPUT_BAD,
	};

	output_text(output, CHECK_NAME, name);
	output_text(output, CHECK_KIND, kind);
	output_text(output, CHECK_STATE, doctor_state_name(state));
	output_tone(output, CHECK_STATE, tone[state]);
	if (state == DOCTOR_BAD)
		*bad = true;
}

static void check_kernel(struct output *output, bool loaded, bool *bad)
{
	struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
	struct utsname name;
	size_t count, i;

	uname(&name);
	begin_check(output, "kernel", "kernel", strcmp(name.machine, "x86_64") ?
		    DOCTOR_BAD : DOCTOR_OK, bad);
	output_format(output, CHECK_DETAIL, "%s on %s", name.release,
		      name.machine);
	output_record(output);
	count = doctor_kernel("", name.release, loaded, findings);
	for (i = 0; i < count; i++) {
		begin_check(output, findings[i].name, "kernel",
			    findings[i].state, bad);
		output_text(output, CHECK_DETAIL, findings[i].detail);
		output_record(output);
	}
}

static void check_module(struct output *output,
			 const struct client_status *status, bool *bad)
{
	bool same = !strcmp(status->version, CORDON_VERSION);

	begin_check(output, "module", "module", same ? DOCTOR_OK : DOCTOR_NOTE,
		    bad);
	if (same)
		output_format(output, CHECK_DETAIL, "loaded, version %s",
			      status->version);
	else
		output_format(output, CHECK_DETAIL,
			      "loaded, version %s; cordonctl is %s: install both from the same release",
			      status->version, CORDON_VERSION);
	output_record(output);

	begin_check(output, "command line", "module", status->forced_monitor ?
		    DOCTOR_BAD : DOCTOR_OK, bad);
	output_text(output, CHECK_DETAIL, status->forced_monitor ?
		    "cordon.mode=monitor: nothing is denied, whatever manifests say" :
		    "does not say cordon.mode=monitor");
	output_record(output);

	begin_check(output, "policy", "module", status->workloads ? DOCTOR_OK :
		    DOCTOR_NOTE, bad);
	if (status->workloads)
		output_format(output, CHECK_DETAIL,
			      "generation %" PRIu64 ", %u workloads, %u labelled tasks",
			      status->generation, status->workloads,
			      status->tasks);
	else
		output_text(output, CHECK_DETAIL,
			    "no workload is loaded: nothing is asked of the hooks");
	output_record(output);

	begin_check(output, "events", "module", DOCTOR_OK, bad);
	output_format(output, CHECK_DETAIL, "%" PRIu64 ", of which the last %" PRIu64 " are held, in %" PRIu64 " KiB",
		      status->events, status->events + 1 - status->first,
		      status->ring / 1024);
	output_record(output);
}

static enum doctor_state hook_state(const struct client_hook *hook)
{
	switch (hook->state) {
	case CORDON_HOOK_ATTACHED:
		return DOCTOR_OK;
	case CORDON_HOOK_UNPROVED:
		return DOCTOR_NOTE;
	case CORDON_HOOK_ABSENT:
		return hook->required ? DOCTOR_BAD : DOCTOR_NOTE;
	default:
		return DOCTOR_BAD;
	}
}

static void check_hooks(struct output *output, const struct client_dump *hooks,
			bool *bad)
{
	size_t i;

	for (i = 0; i < hooks->count; i++) {
		const struct client_hook *hook = &hooks->hooks[i];
		char calls[40];

		begin_check(output, hook->name, "hook", hook_state(hook), bad);
		snprintf(calls, sizeof(calls), ", %" PRIu64 " calls",
			 hook->calls);
		output_format(output, CHECK_DETAIL, "%s%s, %s%s%s%s",
			      cordon_class_name(hook->class),
			      hook->required ? "" : " (optional)",
			      cordon_hook_state_name(hook->state),
			      *hook->why ? ": " : "", hook->why,
			      hook->calls ? calls : "");
		output_text(output, CHECK_HOOK_STATE,
			    cordon_hook_state_name(hook->state));
		output_flag(output, CHECK_REQUIRED, hook->required);
		output_text(output, CHECK_CLASS,
			    cordon_class_name(hook->class));
		output_number(output, CHECK_CALLS, hook->calls);
		output_record(output);
	}
}

static int report(struct output *output, const struct client_status *status,
		  const struct client_dump *hooks)
{
	bool bad = false;
	int code;

	output_open(output, OUTPUT_TABLE, columns, ARRAY_SIZE(columns));
	if (status) {
		check_module(output, status, &bad);
	} else {
		begin_check(output, "module", "module", DOCTOR_BAD, &bad);
		output_text(output, CHECK_DETAIL,
			    "not loaded: `modprobe cordon` (dmesg says why if it refuses)");
		output_record(output);
	}
	check_kernel(output, status, &bad);
	check_hooks(output, hooks, &bad);
	code = output_close(output);
	if (code)
		return code;
	if (!status)
		return EXIT_NO_MODULE;
	return bad ? EXIT_UNENFORCED : EXIT_OK;
}

static int run(const struct command_line *line)
{
	struct client_dump hooks = { .count = 0 };
	struct client_status status;
	struct client *client;
	int code;

	code = client_open_quietly(&client);
	if (code == EXIT_NO_MODULE)
		return report(line->output, NULL, &hooks);
	if (code)
		return code;
	code = client_dump(client, CORDON_CMD_HOOK_DUMP, &hooks);
	if (!code)
		code = client_status(client, &status);
	if (!code)
		code = report(line->output, &status, &hooks);
	client_dump_free(&hooks);
	client_close(client);
	return code;
}

const struct command command_doctor = {
	.name = "doctor",
	.arguments = "",
	.summary = "check each hook, and the kernel features they need",
	.help =
"A line for each thing that enforcement depends on: the module, its version,\n"
"the kernel command line, kernel options, ftrace, lockdown, module signatures,\n"
"and each hook: \"attached\" (proved to fire), \"unproved\" (has not fired since\n"
"the module was loaded), \"absent\" or \"dead\".  What is marked \"bad\" keeps\n"
"something from being enforced.\n"
"\n"
"Ends with 8 if anything is bad, with 4 if the module is not loaded; the kernel\n"
"is looked at in that case too.",
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
