// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Any set of behaviours: all of it is allowed by the manifest that is made of
 * it, and nothing of what is sensitive that was not seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_fixture.h"
#include "ctl/capture/place.h"
#include "ctl/evaluate.h"
#include "ctl/manifest_write.h"
#include "random.h"
#include "reader_fixture.h"
#include "suites.h"

#define ROUNDS 60
#define PROGRAMS 4
#define PROBES 200

static const char *const programs[PROGRAMS] = {
	"/usr/sbin/server", "/usr/bin/worker", "/opt/a b/c*d", "/usr/bin/\xff",
};

static const char *const heads[] = {
	"/", "/etc", "/etc/ssl", "/root", "/dev", "/dev/shm", "/proc/self",
	"/proc/self/task", "/proc/812", "/proc", "/sys/kernel", "/tmp",
	"/var/lib/a", "/var/cache/n", "/var/log", "/srv/w", "/usr/share/z",
	"/usr/lib/x", "/home/ann", "/home/bob", "/data/users/eve", "/run",
	"/boot", "/srv/\xc3\xa4", "/opt/{a,b}", "/srv/[x]", "/srv/**x",
};

static const char *const names[] = {
	"a", "b.log", "b.log.1", "b.log-20240131.gz", "liba.so.1.2.3", ".env",
	"server.key", "id_rsa", "shadow", "passwd", "new\nline", "\xff\xfe",
	"*", "?", "[a-z]", "{x}", "back\\slash", "c", "29",
	"b7f54b2df7773722d382f4809d65029c", "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
	"0000000001", "0000000002", ".ssh", "authorized_keys", "...",
	"7c9e6679-7425-40de-944b-e07fc1f90ae7", "**", "environ", "mem",
};

static const char *const probes[] = {
	"/etc/shadow", "/etc/passwd", "/etc/hosts", "/etc/ssl/private/x.key",
	"/root/.bashrc", "/root/a", "/dev/sda", "/dev/mem", "/dev/kmsg",
	"/proc/1/environ", "/proc/1/mem", "/proc/813/mem", "/proc/kcore",
	"/proc/self/mem", "/sys/kernel/a", "/boot/vmlinuz", "/etc/a/b",
	"/home/ann/.ssh/authorized_keys", "/home/zoe/.ssh/id_rsa",
	"/data/users/zoe/.ssh/id_rsa", "/var/spool/cron/root",
	"/var/lib/dpkg/status", "/usr/bin/dash", "/run/credentials/x",
};

#define PICK(array) array[any(sizeof(array) / sizeof(array[0]))]

static void put_name(FILE *stream)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	u32 i;

	switch (any(5)) {
	case 0:
		fprintf(stream, "%u", any(3000));
		break;
	case 1:
		fprintf(stream, "t.");
		for (i = 0; i < 6; i++)
			fputc(letters[any(62)], stream);
		break;
	case 2:
		fprintf(stream, "%c", letters[any(26)]);
		break;
	default:
		fputs(PICK(names), stream);
	}
}

/* Few places a round, so that there is evidence for shapes in each. */
static u32 place;

static char *random_path(void)
{
	char *path = NULL;
	const char *head = heads[(place + any(4)) %
				 (sizeof(heads) / sizeof(heads[0]))];
	u32 depth = any(2) ? 1 : 1 + any(3);
	FILE *stream;
	size_t size;

	stream = open_memstream(&path, &size);
	fputs(head, stream);
	while (depth--) {
		if (ftell(stream) > 1)
			fputc('/', stream);
		put_name(stream);
	}
	fclose(stream);
	return path;
}

static void add_random(struct behaviour_set *set)
{
	static const unsigned int ops[] = {
		CORDON_OP_READ, CORDON_OP_READ, CORDON_OP_READ, CORDON_OP_WRITE,
		CORDON_OP_WRITE, CORDON_OP_LOAD,
	};
	const char *program = programs[any(PROGRAMS)];
	struct behaviour *behaviour;
	char text[64], *path;

	switch (any(12)) {
	case 0:
		snprintf(text, sizeof(text), "tcp/%u@10.%u.0.%u", 1 + any(3),
			 any(20), any(8));
		capture_add_flow(set, program, any(2) ? CORDON_OP_CONNECT :
				 CORDON_OP_ACCEPT, text);
		break;
	case 1:
		snprintf(text, sizeof(text), "udp/%u", 40000 + any(10));
		capture_add_flow(set, program, CORDON_OP_LISTEN, text);
		break;
	default:
		path = random_path();
		behaviour = capture_add(set, program, PICK(ops), path);
		behaviour->uid = any(3);
		behaviour->count = any(5);
		free(path);
	}
}

static bool was_seen(const struct capture *capture, const char *program,
		     unsigned int op, const char *path)
{
	size_t i;

	for (i = 0; i < capture->set.count; i++) {
		const struct behaviour *behaviour = &capture->set.items[i];

		/* What is loaded is read. */
		if (capture->taken[i] && !strcmp(behaviour->object, path) &&
		    !strcmp(behaviour->program, program) &&
		    (behaviour->op == op || (behaviour->op == CORDON_OP_LOAD &&
					     op == CORDON_OP_READ)))
			return true;
	}
	return false;
}

/* As if a rule that all have were everybody's: it is. */
static bool any_saw(const struct capture *capture, unsigned int op,
		    const char *path)
{
	size_t i;

	for (i = 0; i < PROGRAMS; i++)
		if (was_seen(capture, programs[i], op, path))
			return true;
	return false;
}

static void assert_denied(const struct cordon_policy *policy,
			  const struct capture *capture, const char *program,
			  unsigned int op, const char *path)
{
	const struct evaluation_question question = {
		.workload = "w",
		.exe = program,
		.op = op,
		.object = path,
		.uid = CORDON_NONE,
	};
	struct evaluation evaluation;

	if (any_saw(capture, op, path))
		return;
	ck_assert(evaluate(policy, &question, &evaluation));
	/* An executable may be loaded by itself, and no rule says so. */
	ck_assert_msg(evaluation.verdict.action == CORDON_ACTION_DENY ||
		      evaluation.verdict.reason == CORDON_REASON_SELF,
		      "%s may %u %s", program, op, path);
}

/* Another name of the same shape: digits for digits, letters for letters. */
static char *beside(const char *path)
{
	char *other = strdup(path), *at;

	for (at = strrchr(other, '/'); *at; at++) {
		if (*at >= '0' && *at <= '9')
			*at = (char)('0' + any(10));
		else if (*at >= 'a' && *at <= 'f')
			*at = (char)('a' + any(6));
		else if (*at >= 'A' && *at <= 'Z')
			*at = (char)('A' + any(26));
	}
	return other;
}

/* Beside every sensitive path that was seen there are others. */
static void probe_neighbours(const struct cordon_policy *policy,
			     const struct capture *capture)
{
	u32 round;

	for (round = 0; round < PROBES; round++) {
		const struct behaviour *behaviour =
			&capture->set.items[any((u32)capture->set.count)];
		const char *path = behaviour->object;
		char *other;

		if (!behaviour_is_file(behaviour) ||
		    !place_is_sensitive(path) || strchr(path, '\xff') ||
		    !strncmp(path, "/proc/self/task/", 16))
			continue;
		other = beside(path);
		if (place_is_sensitive(other))
			assert_denied(policy, capture, behaviour->program,
				      behaviour->op, other);
		free(other);
	}
}

static void probe(const struct capture *capture, const char *text)
{
	static const unsigned int ops[] = {
		CORDON_OP_READ, CORDON_OP_WRITE, CORDON_OP_LOAD,
	};
	char *directory = reader_directory(), path[64];
	const struct manifest_options options = { .foreign = true };
	struct manifest_set set;
	struct cordon_policy *policy;
	struct report report;
	size_t i, k, l;

	reader_write(directory, "w.json", "%s", text);
	snprintf(path, sizeof(path), "%s/w.json", directory);
	set = reader_set(path, &options);
	report_init(&report);
	for (i = 0; i < CORDON_CLASS_KERNEL; i++)
		set.drafts[0]->mode[i] = CORDON_MODE_ENFORCE;
	policy = manifest_set_compile(&set, false, &report);
	ck_assert_ptr_nonnull(policy);
	for (i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		for (k = 0; k < PROGRAMS; k++)
			for (l = 0; l < 3; l++)
				assert_denied(policy, capture, programs[k],
					      ops[l], probes[i]);
	probe_neighbours(policy, capture);
	free(policy);
	manifest_set_free(&set);
	report_free(&report);
	reader_remove(directory);
}

START_TEST(all_that_was_seen_and_nothing_sensitive_else)
{
	const struct capture_options options = { .exact = _i % 4 == 3 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;
	u32 count;
	char *text;

	state = 77 + (u64)_i;
	place = (u32)_i;
	for (count = 1 + any(600); count; count--)
		add_random(&set);
	document = capture_made(&capture, &set, &options);
	text = manifest_write(document);
	probe(&capture, text);
	free(text);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

Suite *capture_random_suite(void)
{
	Suite *suite = suite_create("capture/random");
	TCase *test = tcase_create("random");

	tcase_add_loop_test(test, all_that_was_seen_and_nothing_sensitive_else,
			    0, ROUNDS);
	suite_add_tcase(suite, test);
	return suite;
}
