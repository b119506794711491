// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doctor.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** struct examination - one look at a kernel */
struct examination {
	const char *root;
	const char *release;
	bool loaded;
	struct doctor_finding *findings;
	size_t count;
};

/**
 * struct wanted_option - a kernel option without which the module is no use
 * @name: without CONFIG_
 * @or: another that does as well, or NULL
 * @why: what it is for
 */
struct wanted_option {
	const char *name;
	const char *or;
	const char *why;
};

static const struct wanted_option wanted_options[] = {
	{ "MODULES", NULL, "loadable modules" },
	{ "SECURITY", NULL, "the security hooks" },
	{ "SECURITY_PATH", NULL, "the hooks for names: create, rename, unlink" },
	{ "SECURITY_NETWORK", NULL, "the hooks of sockets" },
	{ "NETFILTER", NULL, "judging traffic between segments" },
	{ "NETFILTER_FAMILY_BRIDGE", NULL,
	  "judging frames between the ports of a bridge" },
	{ "DYNAMIC_FTRACE_WITH_ARGS", "DYNAMIC_FTRACE_WITH_REGS",
	  "attaching to functions" },
};

const char *doctor_state_name(enum doctor_state state)
{
	static const char *const name[] = {
		[DOCTOR_OK] = "ok",
		[DOCTOR_NOTE] = "note",
		[DOCTOR_BAD] = "bad",
	};

	return name[state];
}

static void __attribute__((format(printf, 4, 5)))
find(struct examination *exam, const char *name, enum doctor_state state,
     const char *format, ...)
{
	struct doctor_finding *finding;
	va_list arguments;

	if (exam->count == DOCTOR_FINDINGS_MAX)
		return;
	finding = &exam->findings[exam->count++];
	snprintf(finding->name, sizeof(finding->name), "%s", name);
	finding->state = state;
	va_start(arguments, format);
	vsnprintf(finding->detail, sizeof(finding->detail), format, arguments);
	va_end(arguments);
}

static FILE *open_file(const struct examination *exam, const char *path)
{
	char name[512];

	snprintf(name, sizeof(name), "%s%s", exam->root, path);
	return fopen(name, "re");
}

/* First line of a file, without its end; false if it cannot be read */
static bool read_line(const struct examination *exam, const char *path,
		      char *line, size_t size)
{
	FILE *file = open_file(exam, path);
	bool got;

	if (!file)
		return false;
	got = fgets(line, (int)size, file);
	fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

static FILE *open_config(const struct examination *exam)
{
	static const char *const places[] = {
		"/boot/config-%s",
		"/lib/modules/%s/config",
		"/usr/lib/modules/%s/config",
		"/usr/lib/modules/%s/build/.config",
	};
	char path[256];
	FILE *file = NULL;
	size_t i;

	for (i = 0; !file && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), places[i], exam->release);
		file = open_file(exam, path);
	}
	return file;
}

static bool has_option(FILE *config, const char *name)
{
	char line[512], wanted[128];

	snprintf(wanted, sizeof(wanted), "CONFIG_%s=y", name);
	rewind(config);
	while (fgets(line, sizeof(line), config)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, wanted))
			return true;
	}
	return false;
}

static void examine_config(struct examination *exam)
{
	FILE *config = open_config(exam);
	size_t i;

	if (!config) {
		find(exam, "kernel options", DOCTOR_NOTE,
		     "no configuration of %s is on this machine to look at",
		     exam->release);
		return;
	}
	for (i = 0; i < sizeof(wanted_options) / sizeof(wanted_options[0]);
	     i++) {
		const struct wanted_option *option = &wanted_options[i];
		bool present = has_option(config, option->name) ||
			       (option->or && has_option(config, option->or));

		find(exam, option->name, present ? DOCTOR_OK : DOCTOR_BAD,
		     "%s%s", present ? "" : "not in this kernel; it gives ",
		     option->why);
	}
	fclose(config);
}

/* The module's ftrace ops are permanent, so that 0 can only be older */
static void examine_ftrace(struct examination *exam)
{
	char line[64];

	if (!read_line(exam, "/proc/sys/kernel/ftrace_enabled", line,
		       sizeof(line)))
		find(exam, "ftrace", DOCTOR_BAD,
		     "this kernel has no function tracer: no hook can attach");
	else if (strcmp(line, "1"))
		find(exam, "ftrace", DOCTOR_BAD,
		     "switched off, so that no hook fires: `sysctl kernel.ftrace_enabled=1`");
	else
		find(exam, "ftrace", DOCTOR_OK, "kernel.ftrace_enabled=1");
}

static void examine_lockdown(struct examination *exam)
{
	char line[128];

	if (!read_line(exam, "/sys/kernel/security/lockdown", line,
		       sizeof(line)))
		find(exam, "lockdown", DOCTOR_OK,
		     "not built in, or securityfs is not mounted");
	else if (strstr(line, "[none]"))
		find(exam, "lockdown", DOCTOR_OK, "none");
	else
		find(exam, "lockdown", DOCTOR_NOTE,
		     "%s: only a module signed with a key of the kernel's loads",
		     line);
}

static void examine_signatures(struct examination *exam)
{
	char line[16];

	if (!read_line(exam, "/sys/module/module/parameters/sig_enforce", line,
		       sizeof(line)) || strcmp(line, "Y"))
		find(exam, "module signatures", DOCTOR_OK, "not demanded");
	else
		find(exam, "module signatures", DOCTOR_NOTE,
		     "demanded: the module must be signed with a key that this kernel trusts");
}

static void examine_modules_disabled(struct examination *exam)
{
	char line[16];

	if (!read_line(exam, "/proc/sys/kernel/modules_disabled", line,
		       sizeof(line)) || strcmp(line, "1"))
		return;
	if (exam->loaded)
		find(exam, "modules_disabled", DOCTOR_OK,
		     "1: the module can neither be replaced nor loaded again");
	else
		find(exam, "modules_disabled", DOCTOR_BAD,
		     "1: no module can be loaded until the next boot");
}

static void examine_permission(struct examination *exam)
{
	unsigned long long capabilities = 0;
	char line[256];
	FILE *file;

	file = open_file(exam, "/proc/self/status");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "CapEff:", 7))
			capabilities = strtoull(line + 7, NULL, 16);
	fclose(file);
	if (capabilities & 1ULL << CAP_MAC_ADMIN)
		find(exam, "permission", DOCTOR_OK,
		     "you have CAP_MAC_ADMIN, which counts in the initial user namespace");
	else
		find(exam, "permission", DOCTOR_NOTE,
		     "you lack CAP_MAC_ADMIN: changing the policy is for root");
}

size_t doctor_kernel(const char *root, const char *release, bool loaded,
		     struct doctor_finding *findings)
{
	struct examination exam = {
		.root = root,
		.release = release,
		.loaded = loaded,
		.findings = findings,
	};

	examine_ftrace(&exam);
	examine_config(&exam);
	examine_lockdown(&exam);
	examine_signatures(&exam);
	examine_modules_disabled(&exam);
	examine_permission(&exam);
	return exam.count;
}
