// SPDX-License-Identifier: LGPL-2.1-or-later
/* Unit files of any bytes: what is drafted of them is right, and freed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/manifest.h"
#include "ctl/manifest_write.h"
#include "ctl/provision/provision.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/cordon-fuzz-XXXXXX";

static void make(const char *name, mode_t mode)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	if (mkdir(path, mode))
		abort();
}

static void put(const char *name, const void *text, size_t size)
{
	char path[128];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	stream = fopen(path, "w");
	if (!stream || fwrite(text, 1, size, stream) != size ||
	    fclose(stream) || chmod(path, 0755))
		abort();
}

static void take_away(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (system(command))
		abort();
}

/* What is drafted, the reader takes */
static void check(const char *text)
{
	const char *include = "manifests", *path;
	const struct manifest_options reading = {
		.include_paths = &include,
		.include_count = 1,
		.foreign = true,
	};
	struct manifest_set set;
	struct report report;
	char name[64];

	snprintf(name, sizeof(name), "%s/m.json", root);
	path = name;
	report_init(&report);
	if (manifest_set_read(&set, &path, 1, &reading, &report)) {
		report_print(&report, stderr);
		fputs(text, stderr);
		abort();
	}
	manifest_set_free(&set);
	report_free(&report);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!mkdtemp(root))
		abort();
	atexit(take_away);
	make("run", 0755);
	make("run/systemd", 0755);
	make("run/systemd/system", 0755);
	make("bin", 0755);
	put("bin/x", "x", 1);
	put("bin/sh", "#!/bin/x\n", 9);
	put("run/systemd/system/x@.socket", "[Socket]\nListenStream=1\n",
	    24);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct provision provision = { .libraries = NULL };
	char *text;

	put("run/systemd/system/x@.service", data, size);
	if (provision_begin(&provision, root, "x", "x"))
		abort();
	/* What is asked of the loader's cache is no unit's */
	provision.libraries = json_object();
	if (!provision_unit(&provision, "x@a\\x2db.service")) {
		provision_end(&provision);
		text = manifest_write(provision.document);
		put("m.json", text, strlen(text));
		check(text);
		free(text);
	}
	provision_free(&provision);
	return 0;
}
