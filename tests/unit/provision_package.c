// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/cover.h"
#include "ctl/expand.h"
#include "ctl/provision/provision.h"
#include "provision_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

/* The status of a database, as it grows */
static char status[8192];

/* A package that is installed, with these fields and files */
static void package(const char *name, const char *fields, const char *files)
{
	char path[300];

	snprintf(status + strlen(status), sizeof(status) - strlen(status),
		 "Package: %s\nStatus: install ok installed\nMaintainer: x\nArchitecture: all\nVersion: 1\n%sDescription: x\n\n",
		 name, fields);
	reader_write(provision_root, "var/lib/dpkg/status", "%s", status);
	snprintf(path, sizeof(path), "var/lib/dpkg/info/%s.list", name);
	reader_write(provision_root, path, "/.\n%s", files);
	reader_write(provision_root, "var/lib/dpkg/info/format", "1\n");
}

static void set_up(void)
{
	provision_set_up();
	status[0] = 0;
}

static void assert_at(const json_t *whole, const char *list, const char *name,
		      const char *key, const char *expected)
{
	char *text = provision_at(whole, list, name, key);

	ck_assert_msg(!strcmp(text, expected), "%s %s %s: %s, not %s", list,
		      name ? name : "", key, text, expected);
	free(text);
}

START_TEST(a_package_is_what_it_brought)
{
	json_t *whole;

	provision_executable("usr/sbin/d", "x");
	provision_executable("usr/bin/d-tool", "x");
	reader_write(provision_root, "etc/d/d.conf", "x");
	reader_write(provision_root, "etc/default/d", "x");
	reader_write(provision_root, "etc/d.conf", "x");
	reader_write(provision_root, "usr/share/d/x", "x");
	reader_write(provision_root, "usr/share/doc/d/x", "x");
	reader_write(provision_root, "var/lib/d/x", "x");
	reader_write(provision_root, "usr/lib/d/modules/m.so", "x");
	reader_write(provision_root, "usr/share/common/d", "x");
	package("d", "Source: src (2)\nDepends: d-common (>= 1) | none, other, cycle:any\nProvides: d-abi-1\nConffiles:\n /etc/d.conf 0\n",
		"/usr\n/usr/sbin\n/usr/sbin/d\n/usr/bin\n/usr/bin/d-tool\n/etc\n/etc/d.conf\n/etc/default\n/etc/default/d\n"
		"/usr/share\n/usr/share/common\n/usr/share/common/d\n/usr/share/doc\n/usr/share/doc/d\n/usr/share/doc/d/x\n");
	package("d-common", "Source: src\nDepends: d\n",
		"/etc\n/etc/d\n/etc/d/d.conf\n/usr/share\n/usr/share/d\n/var\n/var/lib\n/var/lib/d\n");
	package("d-mod", "Depends: d-abi-1\n",
		"/usr/lib\n/usr/lib/d\n/usr/lib/d/modules\n/usr/lib/d/modules/m.so\n/etc\n/etc/d\n");
	package("other", "Depends: d\n", "/usr/bin/other\n/usr/share/d\n");
	package("cycle", "Source: src\nPre-Depends: cycle, d\n", "");
	package("stranger", "", "/usr/share/common\n/etc\n");
	whole = provision_draft("package d");
	assert_at(whole, "members", NULL, "any",
		  "exe:/usr/bin/d-tool exe:/usr/sbin/d");
	assert_at(whole, "allow", "configuration of package d", "read",
		  "/etc/d.conf /etc/d{,/**}");
	assert_at(whole, "allow", "configuration of package d", "write", "-");
	assert_at(whole, "allow", "data of package d", "read",
		  "/usr/lib/d{,/**} /usr/share/d{,/**}");
	assert_at(whole, "allow", "state of package d", "write",
		  "/var/lib/d{,/**}");
	assert_at(whole, "allow", "modules of package d", "load",
		  "/usr/lib/d/modules/*.so{,.*}");
	assert_at(whole, "programs", "/usr/bin/other", "note", "-");
	ck_assert_uint_eq(json_array_size(json_object_get(
		json_object_get(whole, "manifest"), "programs")), 2);
	json_decref(whole);
}
END_TEST

START_TEST(units_of_a_package_are_its_members)
{
	json_t *whole;

	provision_executable("usr/sbin/d", "x");
	reader_write(provision_root, "usr/lib/systemd/system/d.service",
		     "[Service]\nExecStart=/usr/sbin/d\nRuntimeDirectory=d\n");
	provision_link("lib", "usr/lib");
	package("d", "", "/usr/sbin/d\n/lib/systemd/system/d.service\n");
	whole = provision_draft("package d");
	assert_at(whole, "members", NULL, "any", "unit:d.service");
	assert_at(whole, "allow", "RuntimeDirectory of d.service", "write",
		  "/run/d{,/**}");
	json_decref(whole);
}
END_TEST

START_TEST(a_diverted_file_is_where_it_lies)
{
	json_t *whole;

	provision_executable("usr/bin/d.real", "x");
	provision_executable("usr/bin/d", "x");
	reader_write(provision_root, "var/lib/dpkg/diversions",
		     "/usr/bin/d\n/usr/bin/d.real\nother\n");
	package("d", "", "/usr/bin/d\n");
	package("other", "", "/usr/bin/d\n");
	whole = provision_draft("package d");
	assert_at(whole, "members", NULL, "any", "exe:/usr/bin/d.real");
	json_decref(whole);
	whole = provision_draft("package other");
	assert_at(whole, "members", NULL, "any", "exe:/usr/bin/d");
	json_decref(whole);
}
END_TEST

START_TEST(odd_names_of_files)
{
	char name[240], list[600];
	json_t *whole;

	memset(name, 'n', sizeof(name));
	name[239] = 0;
	snprintf(list, sizeof(list), "usr/bin/%s", name);
	provision_executable(list, "x");
	provision_executable("usr/bin/[x] {y}\xc3\xa4", "x");
	provision_executable("usr/bin/a\nb", "x");
	snprintf(list, sizeof(list),
		 "/usr/bin/%s\n/usr/bin/[x] {y}\xc3\xa4\n/usr/bin/a\nb\n",
		 name);
	package("d", "", list);
	/* dpkg may read such a list, or refuse it: neither harms */
	if (provision_code("package d") != EXIT_OK)
		return;
	whole = provision_draft("package d");
	assert_at(whole, "programs", "/usr/bin/\\[x] \\{y\\}\xc3\xa4", "note",
		  "");
	json_decref(whole);
}
END_TEST

START_TEST(packages_that_are_not_there)
{
	provision_executable("usr/bin/d", "x");
	package("d", "", "/usr/bin/d\n");
	package("data", "", "/usr/share/data\n");
	strcat(status, "Package: gone\nStatus: deinstall ok config-files\nMaintainer: x\nArchitecture: all\nVersion: 1\nDescription: x\n\n");
	reader_write(provision_root, "var/lib/dpkg/status", "%s", status);
	ck_assert_int_eq(provision_code("package d"), EXIT_OK);
	ck_assert_int_eq(provision_code("package none"), EXIT_UNKNOWN);
	ck_assert_int_eq(provision_code("package gone"), EXIT_UNKNOWN);
	ck_assert_int_eq(provision_code("package d none"), EXIT_UNKNOWN);
	ck_assert_int_eq(provision_code("package data"), EXIT_UNKNOWN);
	ck_assert_int_eq(provision_code("package d --admindir /none"),
			 EXIT_UNKNOWN);
}
END_TEST

/* This machine's own, of which only is known that it runs what runs here */
START_TEST(libraries_are_found_without_running_anything)
{
	struct outcome outcome = run_command(&command_draft,
					     "package dpkg", true);
	json_t *whole = json_loads(outcome.text, 0, NULL);

	ck_assert_int_eq(outcome.code, EXIT_OK);
	ck_assert(!provision_asks(whole, "is linked to"));
	json_decref(whole);
	free(outcome.text);
	/* nginx-light: its library of ciphers has settings */
	assert_outcome(&command_draft, "unit nginx.service", EXIT_OK,
		       "\"read\": [ \"/etc/ssl/openssl.cnf\" ]");
}
END_TEST

/* An executable may say anything of itself: reading it ends all the same */
START_TEST(broken_executables_harm_nobody)
{
	char path[300];
	unsigned char *image;
	unsigned int seed = 5, i, k;
	long size;
	FILE *file = fopen("/usr/bin/dpkg-query", "r");

	ck_assert_ptr_nonnull(file);
	image = malloc(1 << 20);
	size = (long)fread(image, 1, 1 << 20, file);
	fclose(file);
	ck_assert_int_gt(size, 4096);
	provision_executable("usr/bin/d", "x");
	reader_write(provision_root, "usr/lib/systemd/system/d.service",
		     "[Service]\nExecStart=/usr/bin/d\n");
	snprintf(path, sizeof(path), "%s/usr/bin/d", provision_root);
	for (i = 0; i < 60; i++) {
		json_t *whole;

		/* The head, the segments; and wherever else */
		for (k = 0; k < 8; k++) {
			seed = seed * 1103515245 + 12345;
			image[(seed >> 8) % (k < 6 ? 1024 : size)] ^=
				(unsigned char)(1u << (seed >> 28) % 8);
			memcpy(image, "\177ELF\2\1\1", 7);
		}
		file = fopen(path, "w");
		fwrite(image, 1, (size_t)(size >> seed % 3), file);
		fclose(file);
		whole = provision_draft("unit d");
		json_decref(whole);
	}
	free(image);
}
END_TEST

/* Does a pattern of a piece's lists of "load" match */
static bool piece_allows(const json_t *piece, const char *path)
{
	const json_t *rules, *rule;
	bool allows = false;
	size_t i, k, n;

	json_array_foreach(json_object_get(piece, "allow"), i, rules)
		json_array_foreach(json_object_get(rules, "load"), k, rule) {
			const char *text = json_string_value(rule);
			struct expansion patterns;
			struct expand_fault fault;

			if (strstr(text, "/gconv/"))
				continue;
			ck_assert_int_eq(expand_braces(text, strlen(text), 64,
						       &patterns, &fault), 0);
			for (n = 0; n < patterns.count; n++)
				allows |= cover_path(patterns.patterns[n].text,
						     path);
			expansion_free(&patterns);
		}
	return allows;
}

START_TEST(common_libraries_are_those_of_the_piece)
{
	static const char *const paths[] = {
		"/usr/lib/x86_64-linux-gnu/libz.so.1.2.13",
		"/usr/lib/x86_64-linux-gnu/libfoo.so",
		"/usr/lib/i386-linux-gnux/libfoo.so",
		"/usr/lib/x86_64-linux-gnu/nss/libfoo.so",
		"/usr/lib/x86_64-linux-gnu/libfoo.so2",
		"/usr/lib/x86_64-linux-musl/libfoo.so",
		"/usr/lib/libfoo.so.1", "/usr/lib32/libfoo.so.1",
		"/usr/lib64/ld-linux-x86-64.so.2", "/usr/libx32/libx.so.1",
		"/usr/lib/x/libfoo.so", "/usr/local/lib/libfoo.so",
		"/opt/x-linux-gnu/libfoo.so", "/usr/lib64/x/libfoo.so",
		"/usr/lib/systemd/libsystemd-shared-252.so",
	};
	json_t *piece = json_load_file("manifests/base/shared-libraries.json",
				       0, NULL);
	size_t i;

	ck_assert_ptr_nonnull(piece);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		ck_assert_msg(provision_is_common(paths[i]) ==
			      piece_allows(piece, paths[i]), "%s", paths[i]);
	json_decref(piece);
}
END_TEST

Suite *provision_package_suite(void)
{
	Suite *suite = suite_create("provision: packages");
	TCase *packages = tcase_create("packages");

	tcase_add_checked_fixture(packages, set_up, provision_tear_down);
	tcase_add_test(packages, a_package_is_what_it_brought);
	tcase_add_test(packages, units_of_a_package_are_its_members);
	tcase_add_test(packages, a_diverted_file_is_where_it_lies);
	tcase_add_test(packages, odd_names_of_files);
	tcase_add_test(packages, packages_that_are_not_there);
	tcase_add_test(packages,
		       libraries_are_found_without_running_anything);
	tcase_add_test(packages, broken_executables_harm_nobody);
	tcase_add_test(packages, common_libraries_are_those_of_the_piece);
	suite_add_tcase(suite, packages);
	return suite;
}
