// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Shapes of paths: each with the evidence that it wants, and the near miss
 * which stays as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "capture_fixture.h"
#include "ctl/capture/place.h"
#include "ctl/capture/suspect.h"
#include "suites.h"

#define PATHS_MAX 14

/**
 * struct shape_case - paths, and what becomes of them
 * @ops: 'r', 'w' or 'l' for each path; the last one is for all that follow
 * @users: that act
 * @paths: seen
 * @rules: of op read, or if nothing is read of write; sorted
 */
struct shape_case {
	const char *ops;
	size_t users;
	const char *paths[PATHS_MAX + 1];
	const char *rules;
};

#define UUID_A "0f8fad5b-d9cb-469f-a165-70867728950e"
#define UUID_B "7c9e6679-7425-40de-944b-e07fc1f90ae7"
#define HASH_A "b7f54b2df7773722d382f4809d65029c"
#define HASH_B "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
#define HASH_C "ffee00112233445566778899aabbccdd"

static const struct shape_case shape_cases[] = {
	/* Temporary names: three of them, mixed; not words, not two. */
	{ "w", 1, { "/tmp/x.Xa9kQz", "/tmp/x.bZ81sQ", "/tmp/x.9sLq2B" },
	  "/tmp/x.??????" },
	{ "w", 1, { "/tmp/x.Xa9kQz", "/tmp/x.bZ81sQ" },
	  "/tmp/x.Xa9kQz /tmp/x.bZ81sQ" },
	{ "w", 1, { "/srv/d/on-Monday", "/srv/d/on-Sunday", "/srv/d/on-Friday" },
	  "/srv/d/on-Friday /srv/d/on-Monday /srv/d/on-Sunday" },
	{ "w", 1, { "/srv/d/report", "/srv/d/backup", "/srv/d/config" },
	  "/srv/d/backup /srv/d/config /srv/d/report" },
	/* One that looks chosen is of the shape all the same. */
	{ "w", 1, { "/tmp/x.Xa9kQz", "/tmp/x.bZ81sQ", "/tmp/x.9sLq2B",
		    "/tmp/x.abcdef" }, "/tmp/x.??????" },
	{ "w", 1, { "/tmp/x.Xa9kQz", "/tmp/x.bZ81sQ", "/tmp/x.9sLq2B",
		    "/tmp/x.keep" }, "/tmp/x.?????? /tmp/x.keep" },
	/* With an ending of their own. */
	{ "w", 1, { "/tmp/aXa9kQz.c", "/tmp/abZ81sQ.c", "/tmp/a9sLq2B.c" },
	  "/tmp/a??????.c" },
	{ "w", 1, { "/tmp/tmpab12cd9x", "/tmp/tmp8_7xqzaa", "/tmp/tmpw0rdw0rd" },
	  "/tmp/tmp????????" },
	/* Python's with a prefix, and with none; a word and a number is neither. */
	{ "w", 1, { "/tmp/wgunicorn-0ni7a8mb", "/tmp/wgunicorn-2nna8cym",
		    "/tmp/wgunicorn-5eqv7trg", "/tmp/wgunicorn-nhfmizd_" },
	  "/tmp/wgunicorn-????????" },
	{ "w", 1, { "/tmp/1epv54gb", "/tmp/2zvz6klo", "/tmp/frp1lun2" },
	  "/tmp/????????" },
	{ "w", 1, { "/srv/d/backup01", "/srv/d/report02", "/srv/d/backup03" },
	  "/srv/d/backup01 /srv/d/backup03 /srv/d/report02" },
	{ "w", 1, { "/tmp/tmpabcdefgh", "/tmp/tmpijklmnop", "/tmp/tmpqrstuvwx" },
	  "/tmp/tmpabcdefgh /tmp/tmpijklmnop /tmp/tmpqrstuvwx" },
	/* Numbers: four of them, or two that are counted up. */
	{ "w", 1, { "/run/a/9.pid", "/run/a/812.pid", "/run/a/813.pid",
		    "/run/a/7.pid" },
	  "/run/a/[0-9]*.pid" },
	{ "w", 1, { "/run/a/9.pid", "/run/a/812.pid", "/run/a/813.pid" },
	  "/run/a/812.pid /run/a/813.pid /run/a/9.pid" },
	{ "w", 1, { "/var/lib/nginx/body/0000000001",
		    "/var/lib/nginx/body/0000000002" },
	  "/var/lib/nginx/body/[0-9]?????????" },
	{ "w", 1, { "/srv/d/20240131", "/srv/d/20240201" },
	  "/srv/d/20240131 /srv/d/20240201" },
	/* What nobody calls a number: one file, and its neighbours. */
	{ "r", 1, { "/srv/x86", "/srv/x64" }, "/srv/x64 /srv/x86" },
	/* Identifiers: unmistakable from two on. */
	{ "w", 1, { "/var/lib/a/" UUID_A "/log", "/var/lib/a/" UUID_B "/log" },
	  "/var/lib/a/????????" "-????" "-????" "-????" "-????????????" "/log" },
	{ "w", 1, { "/var/lib/a/" UUID_A "/log" },
	  "/var/lib/a/" UUID_A "/log" },
	/* Hashes: three; words of a to f are none. */
	{ "w", 1, { "/var/lib/a/h-" HASH_A, "/var/lib/a/h-" HASH_B,
		    "/var/lib/a/h-" HASH_C },
	  "/var/lib/a/h-[0-9a-f]???????????????????????????????" },
	{ "w", 1, { "/var/lib/a/h-" HASH_A, "/var/lib/a/h-" HASH_B },
	  "/var/lib/a/h-" HASH_B " /var/lib/a/h-" HASH_A },
	{ "w", 1, { "/srv/deadbeef", "/srv/feedface", "/srv/cafebabe" },
	  "/srv/cafebabe /srv/deadbeef /srv/feedface" },
	/* A tree of hashes, and what is beside it. */
	{ "w", 1, { "/var/cache/n/c/29/" HASH_A, "/var/cache/n/9/8f/" HASH_B,
		    "/var/cache/n/d/dd/" HASH_C, "/var/cache/n/index" },
	  "/var/cache/n/[0-9a-f]/[0-9a-f][0-9a-f]/[0-9a-f]??????????????????????????????? /var/cache/n/index" },
	/* Its directories are called likewise. */
	{ "w", 1, { "/var/cache/n/c", "/var/cache/n/c/29", "/var/cache/n/cc",
		    "/var/cache/n/c/29/" HASH_A, "/var/cache/n/9/8f/" HASH_B,
		    "/var/cache/n/d/dd/" HASH_C },
	  "/var/cache/n/[0-9a-f] /var/cache/n/[0-9a-f]/[0-9a-f][0-9a-f] /var/cache/n/[0-9a-f]/[0-9a-f][0-9a-f]/[0-9a-f]??????????????????????????????? /var/cache/n/cc" },
	/* A level that never varied keeps its name. */
	{ "w", 1, { "/var/cache/n/c/29/" HASH_A, "/var/cache/n/c/8f/" HASH_B,
		    "/var/cache/n/c/dd/" HASH_C },
	  "/var/cache/n/c/[0-9a-f][0-9a-f]/[0-9a-f]???????????????????????????????" },
	/* A database: the directory is one, its files are many. */
	{ "w", 1, { "/var/lib/p/base/16384/1259", "/var/lib/p/base/16384/2601",
		    "/var/lib/p/base/16384/2602", "/var/lib/p/base/16384/2603",
		    "/var/lib/p/base/16384/PG_VERSION" },
	  "/var/lib/p/base/16384/PG_VERSION /var/lib/p/base/16384/[0-9]*" },
	/* Rotated: the log itself, and one that was. */
	{ "w", 1, { "/var/log/a/a.log", "/var/log/a/a.log.1",
		    "/var/log/a/a.log.2.gz", "/var/log/a/b.log" },
	  "/var/log/a/a.log{,.[0-9]*} /var/log/a/b.log" },
	{ "w", 1, { "/var/log/a/a.log", "/var/log/a/a.log-20240131.gz" },
	  "/var/log/a/a.log{,-[0-9]*}" },
	{ "w", 1, { "/var/log/a/a.log.1", "/var/log/a/a.log.2.gz" },
	  "/var/log/a/a.log.1 /var/log/a/a.log.2.gz" },
	{ "w", 1, { "/var/log/a/a.log", "/var/log/a/a.log.bak",
		    "/var/log/a/a.logs" },
	  "/var/log/a/a.log /var/log/a/a.log.bak /var/log/a/a.logs" },
	{ "r", 1, { "/srv/d/libx.so", "/srv/d/libx.so.1" },
	  "/srv/d/libx.so /srv/d/libx.so.1" },
	/* Homes: of two users, if two act; never their keys. */
	{ "r", 2, { "/home/ann/.forward", "/home/bob/.forward" },
	  "/home/*/.forward" },
	{ "r", 2, { "/data/users/ann/web/a", "/data/users/bob/web/a",
		    "/data/users/bob/web/b" },
	  "/data/users/*/web/a /data/users/bob/web/b" },
	{ "r", 1, { "/home/ann/.forward", "/home/bob/.forward" },
	  "/home/ann/.forward /home/bob/.forward" },
	{ "r", 2, { "/home/ann/.ssh/authorized_keys",
		    "/home/bob/.ssh/authorized_keys" },
	  "/home/ann/.ssh/authorized_keys /home/bob/.ssh/authorized_keys" },
	{ "r", 2, { "/home/ann/a", "/home/bob/b" }, "/home/ann/a /home/bob/b" },
	/* Its own threads, from one; another process's, never. */
	{ "r", 1, { "/proc/self/task/812/comm", "/proc/self/status" },
	  "/proc/self/status /proc/self/task/[0-9]*/comm" },
	{ "r", 1, { "/proc/self/net/812" }, "/proc/self/net/812" },
	/* /etc and its like are named, whatever they look like. */
	{ "r", 1, { "/etc/a/1", "/etc/a/2", "/etc/a/3", "/etc/a/4" },
	  "/etc/a/1 /etc/a/2 /etc/a/3 /etc/a/4" },
	{ "r", 1, { "/dev/pts/1", "/dev/pts/2", "/dev/pts/3", "/dev/pts/4" },
	  "/dev/pts/1 /dev/pts/2 /dev/pts/3 /dev/pts/4" },
	{ "w", 1, { "/dev/shm/q.1", "/dev/shm/q.2", "/dev/shm/q.3",
		    "/dev/shm/q.4" }, "/dev/shm/q.[0-9]*" },
	{ "r", 1, { "/srv/k/1.key", "/srv/k/2.key", "/srv/k/3.key",
		    "/srv/k/4.key" },
	  "/srv/k/1.key /srv/k/2.key /srv/k/3.key /srv/k/4.key" },
	/* Folders: eight names, read only, of a package or to be served. */
	{ "r", 1, { "/srv/w/a", "/srv/w/b", "/srv/w/c", "/srv/w/d", "/srv/w/e",
		    "/srv/w/f", "/srv/w/g", "/srv/w/h" }, "/srv/w/*" },
	{ "r", 1, { "/srv/w/a", "/srv/w/b", "/srv/w/c", "/srv/w/d", "/srv/w/e",
		    "/srv/w/f", "/srv/w/g" },
	  "/srv/w/a /srv/w/b /srv/w/c /srv/w/d /srv/w/e /srv/w/f /srv/w/g" },
	{ "r", 1, { "/usr/share/z/a/1", "/usr/share/z/b/x", "/usr/share/z/c",
		    "/usr/share/z/d", "/usr/share/z/e", "/usr/share/z/f",
		    "/usr/share/z/g", "/usr/share/z/h" }, "/usr/share/z/**" },
	{ "r", 1, { "/opt/z/a", "/opt/z/b", "/opt/z/c", "/opt/z/d", "/opt/z/e",
		    "/opt/z/f", "/opt/z/g", "/opt/z/h" },
	  "/opt/z/a /opt/z/b /opt/z/c /opt/z/d /opt/z/e /opt/z/f /opt/z/g /opt/z/h" },
	{ "r", 1, { "/usr/share/a", "/usr/share/b", "/usr/share/c",
		    "/usr/share/d", "/usr/share/e", "/usr/share/f",
		    "/usr/share/g", "/usr/share/h" },
	  "/usr/share/a /usr/share/b /usr/share/c /usr/share/d /usr/share/e /usr/share/f /usr/share/g /usr/share/h" },
	{ "wr", 1, { "/srv/w/upload", "/srv/w/a", "/srv/w/b", "/srv/w/c",
		     "/srv/w/d", "/srv/w/e", "/srv/w/f", "/srv/w/g",
		     "/srv/w/h" },
	  "/srv/w/a /srv/w/b /srv/w/c /srv/w/d /srv/w/e /srv/w/f /srv/w/g /srv/w/h" },
	{ "r", 1, { "/srv/w/.env", "/srv/w/a", "/srv/w/b", "/srv/w/c",
		    "/srv/w/d", "/srv/w/e", "/srv/w/f", "/srv/w/g",
		    "/srv/w/h" },
	  "/srv/w/.env /srv/w/a /srv/w/b /srv/w/c /srv/w/d /srv/w/e /srv/w/f /srv/w/g /srv/w/h" },
	/* Modules that are called like secrets are none. */
	{ "r", 1, { "/usr/lib/x/a.py", "/usr/lib/x/b.py", "/usr/lib/x/c.py",
		    "/usr/lib/x/d.py", "/usr/lib/x/e.py", "/usr/lib/x/secrets.py",
		    "/usr/lib/x/token.py", "/usr/lib/x/shadow.pyc" },
	  "/usr/lib/x/*" },
	{ "r", 1, { "/usr/lib/x/a.py", "/usr/lib/x/b.py", "/usr/lib/x/c.py",
		    "/usr/lib/x/d.py", "/usr/lib/x/e.py", "/usr/lib/x/f.py",
		    "/usr/lib/x/g.py", "/usr/lib/x/secrets" },
	  "/usr/lib/x/a.py /usr/lib/x/b.py /usr/lib/x/c.py /usr/lib/x/d.py /usr/lib/x/e.py /usr/lib/x/f.py /usr/lib/x/g.py /usr/lib/x/secrets" },
	/* Libraries: of a package, with more than one number. */
	{ "l", 1, { "/usr/lib/x/liba.so.1.2.3", "/usr/lib/x/libb.so.1",
		    "/usr/lib/x/libc-2.36.so", "/opt/lib/liba.so.1.2.3" },
	  "/opt/lib/liba.so.1.2.3 /usr/lib/x/liba.so.1.* /usr/lib/x/libb.so.1 /usr/lib/x/libc-2.*.so" },
	/* Names that mean something in patterns, and what JSON cannot spell. */
	{ "r", 1, { "/srv/a*b", "/srv/a?b", "/srv/[x]", "/srv/{a,b}",
		    "/srv/a\\b", "/srv/new\nline", "/srv/\xc3\xa4",
		    "/srv/\xff" },
	  "/srv/? /srv/\\[x] /srv/\\{a,b\\} /srv/a\\*b /srv/a\\?b /srv/a\\\\b /srv/new\nline /srv/\xc3\xa4" },
	/* Wildcards are put around what stands for itself. */
	{ "w", 1, { "/run/*/1", "/run/*/2", "/run/*/3", "/run/*/4" },
	  "/run/\\*/[0-9]*" },
};

static unsigned int op_of(char letter)
{
	return letter == 'w' ? CORDON_OP_WRITE :
	       letter == 'l' ? CORDON_OP_LOAD : CORDON_OP_READ;
}

START_TEST(shapes_want_their_evidence)
{
	const struct shape_case *shape = &shape_cases[_i];
	const struct capture_options options = { 0 };
	const char *ops = shape->ops;
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;
	char *rules;
	size_t i;

	for (i = 0; shape->paths[i]; i++) {
		struct behaviour *behaviour =
			capture_add(&set, "/usr/bin/p", op_of(*ops),
				    shape->paths[i]);

		behaviour->uid = 1000 + (int64_t)(i % shape->users);
		if (ops[1])
			ops++;
	}
	document = capture_made(&capture, &set, &options);
	rules = capture_rules_text(&capture, "/usr/bin/p", op_of(*ops));
	ck_assert_str_eq(rules, shape->rules);
	free(rules);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

START_TEST(exact_names_everything)
{
	const struct capture_options options = { .exact = true };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;
	char *rules;

	capture_add(&set, "/usr/bin/p", CORDON_OP_WRITE, "/tmp/x.Xa9kQz");
	capture_add(&set, "/usr/bin/p", CORDON_OP_WRITE, "/tmp/x.bZ81sQ");
	capture_add(&set, "/usr/bin/p", CORDON_OP_WRITE, "/tmp/x.9sLq2B");
	document = capture_made(&capture, &set, &options);
	rules = capture_rules_text(&capture, "/usr/bin/p", CORDON_OP_WRITE);
	ck_assert_str_eq(rules, "/tmp/x.9sLq2B /tmp/x.Xa9kQz /tmp/x.bZ81sQ");
	free(rules);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* What one program wrote and another reads is one shape to both. */
START_TEST(shapes_are_of_the_workload)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document;
	char *rules;

	capture_add(&set, "/usr/bin/p", CORDON_OP_WRITE, "/tmp/x.Xa9kQz");
	capture_add(&set, "/usr/bin/p", CORDON_OP_WRITE, "/tmp/x.bZ81sQ");
	capture_add(&set, "/usr/bin/q", CORDON_OP_READ, "/tmp/x.9sLq2B");
	document = capture_made(&capture, &set, &options);
	rules = capture_rules_text(&capture, "/usr/bin/q", CORDON_OP_READ);
	ck_assert_str_eq(rules, "/tmp/x.??????");
	free(rules);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

/* A name may be longer than a pattern of it can be. */
START_TEST(long_names_are_told)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	char stars[261] = "/srv/", plain[261] = "/srv/";
	json_t *document;
	char *rules;

	memset(stars + 5, '*', 255);
	memset(plain + 5, 'a', 255);
	capture_add(&set, "/usr/bin/p", CORDON_OP_READ, stars);
	capture_add(&set, "/usr/bin/p", CORDON_OP_READ, plain);
	document = capture_made(&capture, &set, &options);
	rules = capture_rules_text(&capture, "/usr/bin/p", CORDON_OP_READ);
	ck_assert_str_eq(rules, plain);
	ck_assert_uint_eq(capture.decisions.count, 1);
	ck_assert_int_eq(capture.decisions.items[0].kind,
			 DECISION_UNSPELLABLE);
	free(rules);
	json_decref(document);
	capture_free(&capture);
}
END_TEST

START_TEST(evidence_is_counted)
{
	const struct capture_options options = { 0 };
	struct behaviour_set set = { 0 };
	struct capture capture;
	json_t *document, *seen;
	size_t i;

	for (i = 0; i < 5; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/run/a/%zu", i);
		capture_add(&set, "/usr/bin/p", CORDON_OP_WRITE,
			    path)->count = i + 1;
		/* The same by another user is no other object. */
		capture_add(&set, "/usr/bin/p", CORDON_OP_WRITE,
			    path)->uid = 34;
	}
	document = capture_made(&capture, &set, &options);
	seen = json_object_get(json_object_get(json_array_get(json_object_get(document,
						"programs"), 0), "seen"),
			       "/run/a/[0-9]*");
	ck_assert_int_eq(json_integer_value(json_object_get(seen, "objects")),
			 5);
	ck_assert_int_eq(json_integer_value(json_object_get(seen, "count")),
			 20);
	ck_assert_str_eq(json_string_value(json_object_get(seen, "shape")),
			 "number");
	ck_assert_str_eq(json_string_value(json_object_get(seen, "example")),
			 "/run/a/0");
	ck_assert_str_eq(json_string_value(json_object_get(seen, "first")),
			 "2023-11-14T22:13:20Z");
	json_decref(document);
	capture_free(&capture);
}
END_TEST

START_TEST(places_are_known)
{
	static const char *const sensitive[] = {
		"/etc", "/etc/hosts", "/root/x", "/dev/sda", "/proc/1/environ",
		"/sys/x", "/boot/x", "/srv/a/id_rsa", "/srv/a/server.PEM",
		"/home/a/.ssh/config", "/srv/.git/config", "/srv/my_password",
		"/var/spool/cron/a", "/usr/bin/x", "/srv/.env",
	};
	static const char *const open[] = {
		"/etcetera", "/rooted/x", "/dev/shm/x", "/srv/www/a.html",
		"/var/lib/x/y", "/tmp/a", "/usr/share/doc/a", "/srv/keys.txt",
	};
	size_t i;

	for (i = 0; i < sizeof(sensitive) / sizeof(*sensitive); i++)
		ck_assert_msg(place_is_sensitive(sensitive[i]), "%s",
			      sensitive[i]);
	for (i = 0; i < sizeof(open) / sizeof(*open); i++)
		ck_assert_msg(!place_is_sensitive(open[i]), "%s", open[i]);
	ck_assert(place_is_process("/proc/812/stat"));
	ck_assert(!place_is_process("/proc/812x/stat"));
	ck_assert(!place_is_process("/proc/self/stat"));
	ck_assert(place_is_shared("/usr/lib/x86_64-linux-gnu"));
	ck_assert(!place_is_shared("/usr/lib/python3.11"));
}
END_TEST

START_TEST(suspects_are_known_by_name)
{
	static const char *const tools[] = {
		"/usr/bin/nc.openbsd", "/usr/bin/gcc-12", "/usr/bin/apt-get",
		"/usr/bin/x86_64-linux-gnu-gcc-12", "/usr/bin/at", "/opt/socat",
		"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
	};
	static const char *const others[] = {
		"/usr/libexec/at-spi2-registryd", "/usr/bin/ncdu",
		"/usr/sbin/nginx", "/usr/bin/asx", "/usr/bin/makeself",
	};
	size_t i;

	for (i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		ck_assert_msg(suspect_tool(tools[i]) != NULL, "%s", tools[i]);
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(!suspect_tool(others[i]), "%s", others[i]);
	ck_assert_ptr_nonnull(suspect_shell("/usr/bin/dash"));
	ck_assert_ptr_nonnull(suspect_shell("/usr/bin/python3.11"));
	ck_assert_ptr_null(suspect_shell("/usr/bin/shred"));
}
END_TEST

Suite *capture_shape_suite(void)
{
	Suite *suite = suite_create("capture/shape");
	TCase *test = tcase_create("shapes");

	tcase_add_loop_test(test, shapes_want_their_evidence, 0,
			    sizeof(shape_cases) / sizeof(shape_cases[0]));
	tcase_add_test(test, exact_names_everything);
	tcase_add_test(test, shapes_are_of_the_workload);
	tcase_add_test(test, long_names_are_told);
	tcase_add_test(test, evidence_is_counted);
	tcase_add_test(test, places_are_known);
	tcase_add_test(test, suspects_are_known_by_name);
	suite_add_tcase(suite, test);
	return suite;
}
