// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "ctl/provision/unit_file.h"
#include "provision_fixture.h"
#include "reader_fixture.h"
#include "suites.h"

#define UNITS "usr/lib/systemd/system/"

static void unit(const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), UNITS "%s", name);
	reader_write(provision_root, path, "%s", text);
}

/* That of a draft, at a place, there is this */
static void assert_at(const json_t *whole, const char *list, const char *name,
		      const char *key, const char *expected)
{
	char *text = provision_at(whole, list, name, key);

	ck_assert_msg(!strcmp(text, expected), "%s %s %s: %s, not %s", list,
		      name ? name : "", key, text, expected);
	free(text);
}

START_TEST(commands_become_programs)
{
	json_t *whole;

	provision_executable("usr/sbin/daemon", "x");
	provision_executable("usr/bin/tool", "x");
	provision_executable("usr/bin/dash", "x");
	provision_executable("usr/bin/more", "x");
	provision_link("bin", "usr/bin");
	provision_link("usr/bin/sh", "dash");
	provision_link("var/run", "/run");
	reader_write(provision_root, "etc/d/a.conf", "x");
	reader_write(provision_root, "etc/d/b c.conf", "x");
	reader_write(provision_root, "etc/default/d", "# no\nOPTS=\"-x /etc/d/a.conf\"\n;\nF=/etc/d/a.conf\n");
	unit("d.service",
	     "[Unit]\nDescription=no\n[Service]\n"
	     "EnvironmentFile=-/etc/default/d\n"
	     "ExecStartPre=-/usr/bin/tool --pidfile=/var/run/d.pid ; /usr/bin/more\n"
	     "ExecStart=@!/usr/sbin/daemon name $OPTS \\\n"
	     "# a comment within\n"
	     "  \"-c/etc/d/b\\x20c.conf\" '/etc/d/b c.conf' /nowhere\n"
	     "ExecReload=/bin/sh -c '/usr/bin/more ${F}'\n"
	     "ExecStop=daemon -s stop\n");
	whole = provision_draft("unit d");
	assert_at(whole, "members", NULL, "any", "unit:d.service");
	assert_at(whole, "programs", "/usr/sbin/daemon", "read",
		  "/etc/d/a.conf /etc/d/b c.conf");
	assert_at(whole, "programs", "/usr/bin/tool", "write", "/run/d.pid");
	assert_at(whole, "programs", "/usr/bin/dash", "exec", "/usr/bin/more");
	assert_at(whole, "programs", "/usr/bin/dash", "read",
		  "/etc/d/a.conf /usr/bin/more");
	ck_assert(provision_asks(whole, "shell of ExecReload of d.service"));
	ck_assert(!provision_asks(whole, "is no such program"));
	json_decref(whole);
}
END_TEST

START_TEST(directives_become_rules)
{
	json_t *whole;

	provision_executable("usr/sbin/d", "x");
	unit("d.service",
	     "[Service]\nType=notify\nExecStart=/usr/sbin/d\nPIDFile=d.pid\n"
	     "RuntimeDirectory=d d/e:f\nStateDirectory=d\nLogsDirectory=d\n"
	     "ConfigurationDirectory=d\nReadWritePaths=-/srv/d\n"
	     "ReadOnlyPaths=/srv/r\nInaccessiblePaths=/secret\n"
	     "ProtectSystem=full\nProtectHome=yes\nPrivateTmp=true\n"
	     "MemoryDenyWriteExecute=1\nNoExecPaths=/srv\n"
	     "RestrictAddressFamilies=AF_UNIX AF_INET AF_PACKET AF_NETLINK\n"
	     "IPAddressDeny=any\nIPAddressAllow=localhost 10.0.0.0/8\n"
	     "SocketBindAllow=tcp:80-81\nSocketBindAllow=ipv6:udp:53\n");
	whole = provision_draft("unit d.service");
	assert_at(whole, "allow", "PIDFile of d.service", "write",
		  "/run/d.pid");
	assert_at(whole, "allow", "RuntimeDirectory of d.service", "write",
		  "/run/d/e{,/**} /run/d{,/**}");
	assert_at(whole, "allow", "StateDirectory of d.service", "read",
		  "/var/lib/d{,/**}");
	assert_at(whole, "allow", "ConfigurationDirectory of d.service",
		  "read", "/etc/d{,/**}");
	assert_at(whole, "allow", "ConfigurationDirectory of d.service",
		  "write", "-");
	assert_at(whole, "allow", "ReadWritePaths of d.service", "write",
		  "/srv/d{,/**}");
	assert_at(whole, "allow", "PrivateTmp of d.service", "write",
		  "/tmp{,/**} /var/tmp{,/**}");
	assert_at(whole, "allow", "Type of d.service", "connect",
		  "/run/systemd/notify");
	assert_at(whole, "allow", "RestrictAddressFamilies of d.service",
		  "sockets", "packet");
	assert_at(whole, "allow", "IPAddressAllow of d.service", "connect",
		  "{\"to\": \"10.0.0.0/8\"} {\"to\": \"loopback\"}");
	assert_at(whole, "allow", "SocketBindAllow of d.service", "listen",
		  "tcp/80-81 udp/53");
	assert_at(whole, "deny", "ReadOnlyPaths of d.service", "write",
		  "/srv/r{,/**}");
	assert_at(whole, "deny", "InaccessiblePaths of d.service", "read",
		  "/secret{,/**}");
	assert_at(whole, "deny", "ProtectSystem of d.service", "write",
		  "/boot{,/**} /etc{,/**} /usr{,/**}");
	assert_at(whole, "deny", "ProtectHome of d.service", "read",
		  "/home{,/**} /root{,/**} /run/user{,/**}");
	assert_at(whole, "deny", "MemoryDenyWriteExecute of d.service", "load",
		  "anon:");
	assert_at(whole, "deny", "NoExecPaths of d.service", "exec",
		  "/srv{,/**}");
	ck_assert(provision_asks(whole, "netlink"));
	ck_assert(!provision_asks(whole, "Which ports"));
	ck_assert(!provision_asks(whole, "Which hosts"));
	json_decref(whole);
}
END_TEST

/* Each of these once with nothing, and once with no path */
START_TEST(directives_that_say_nothing)
{
	static const char *const keys[] = {
		"ReadWritePaths", "ReadOnlyPaths", "InaccessiblePaths",
		"NoExecPaths", "ExecPaths", "RuntimeDirectory", "PIDFile",
		"SocketBindAllow", "IPAddressDeny", "IPAddressAllow",
		"RestrictAddressFamilies", "EnvironmentFile", "Environment",
		"Sockets", "ExecStart", "Type", "ProtectSystem",
	};
	json_t *whole;
	size_t i;

	provision_executable("usr/sbin/d", "x");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "[Service]\nExecStop=/usr/sbin/d ''\n%s=\"\" - '' + / -+\n",
			 keys[i]);
		unit("d.service", text);
		whole = provision_draft("unit d.service");
		json_decref(whole);
	}
}
END_TEST

START_TEST(what_a_unit_may_is_not_denied)
{
	json_t *whole;

	provision_executable("usr/sbin/d", "x");
	unit("d.service",
	     "[Service]\nExecStart=/usr/sbin/d\nReadWritePaths=/etc/d\n"
	     "ProtectSystem=full\nProtectHome=no\nNoExecPaths=/\n"
	     "IPAddressDeny=192.0.2.0/24\n");
	whole = provision_draft("unit d.service");
	assert_at(whole, "deny", "ProtectSystem of d.service", "write",
		  "/boot{,/**} /usr{,/**}");
	assert_at(whole, "deny", "NoExecPaths of d.service", "exec", "-");
	assert_at(whole, "deny", "IPAddressDeny of d.service", "connect",
		  "{\"to\": \"192.0.2.0/24\"}");
	ck_assert(provision_asks(whole, "Which ports does d.service"));
	ck_assert(provision_asks(whole, "Which hosts"));
	json_decref(whole);
}
END_TEST

START_TEST(sockets_say_what_is_listened_on)
{
	json_t *whole;

	provision_executable("usr/sbin/d", "x");
	unit("d.service", "[Service]\nExecStart=/usr/sbin/d\n");
	unit("d.socket",
	     "[Socket]\nListenStream=99\nListenStream=\nListenStream=80\n"
	     "ListenStream=[::1]:81\nListenDatagram=0.0.0.0:53\n"
	     "ListenStream=/run/d.sock\nListenStream=@abstract\n"
	     "ListenStream=65536\nListenFIFO=/run/d.fifo\n");
	unit("other.socket", "[Socket]\nService=d.service\nListenStream=82\n");
	unit("e.socket", "[Socket]\nListenStream=83\n");
	whole = provision_draft("unit d.socket");
	assert_at(whole, "members", NULL, "any", "unit:d.service");
	assert_at(whole, "allow", "ListenStream of d.socket", "listen",
		  "tcp/80 tcp/81");
	assert_at(whole, "allow", "ListenStream of d.socket", "accept",
		  "{\"from\": \"any\", \"port\": \"tcp/80\"} {\"from\": \"loopback\", \"port\": \"tcp/81\"}");
	assert_at(whole, "allow", "ListenDatagram of d.socket", "listen",
		  "udp/53");
	assert_at(whole, "allow", "ListenFIFO of d.socket", "read",
		  "/run/d.fifo");
	assert_at(whole, "allow", "ListenStream of other.socket", "listen",
		  "tcp/82");
	assert_at(whole, "allow", "ListenStream of e.socket", "listen", "-");
	json_decref(whole);
}
END_TEST

START_TEST(drop_ins_count_as_systemd_reads_them)
{
	json_t *whole;

	provision_executable("usr/bin/one", "x");
	provision_executable("usr/bin/two", "x");
	provision_executable("usr/bin/three", "x");
	unit("a-b.service", "[Service]\nExecStart=/usr/bin/one\n");
	/* The list begins anew; the higher directory's of one name counts */
	unit("a-b.service.d/50.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/one\n");
	reader_write(provision_root, "etc/systemd/system/a-b.service.d/50.conf",
		     "[Service]\nExecStart=\nExecStart=/usr/bin/two\n");
	reader_write(provision_root, "etc/systemd/system/a-.service.d/40.conf",
		     "[Service]\nStateDirectory=dash\n");
	reader_write(provision_root, "run/systemd/system/service.d/99.conf",
		     "[Service]\nExecStop=/usr/bin/three\n");
	reader_write(provision_root, "run/systemd/system/a-b.service.d/no",
		     "[Service]\nExecStop=/usr/bin/one\n");
	whole = provision_draft("unit a-b");
	assert_at(whole, "programs", "/usr/bin/one", "note", "-");
	ck_assert_uint_eq(json_array_size(json_object_get(
		json_object_get(whole, "manifest"), "programs")), 2);
	assert_at(whole, "allow", "StateDirectory of a-b.service", "read",
		  "/var/lib/dash{,/**}");
	json_decref(whole);

	/* A drop-in that is masked is none */
	provision_link("etc/systemd/system.control/a-b.service.d/50.conf",
		       "/dev/null");
	whole = provision_draft("unit a-b");
	assert_at(whole, "allow", "StateDirectory of a-b.service", "read",
		  "/var/lib/dash{,/**}");
	ck_assert_uint_eq(json_array_size(json_object_get(
		json_object_get(whole, "manifest"), "programs")), 2);
	json_decref(whole);
}
END_TEST

START_TEST(templates_and_escapes)
{
	json_t *whole;

	provision_executable("usr/bin/d", "x");
	unit("d@.service",
	     "[Service]\nExecStart=/usr/bin/d -c /etc/%p/%i.conf --root=%f\n"
	     "StateDirectory=%p-%i\nRuntimeDirectory=%I\nPIDFile=%t/%N.pid\nCacheDirectory=%%x-%H\n");
	whole = provision_draft("unit d@a\\x2db-c.service");
	assert_at(whole, "members", NULL, "any",
		  "unit:d@a\\\\x2db-c.service");
	assert_at(whole, "programs", "/usr/bin/d", "read",
		  "/etc/d/a\\\\x2db-c.conf");
	assert_at(whole, "allow", "StateDirectory of d@a\\x2db-c.service",
		  "read", "/var/lib/d-a\\\\x2db-c{,/**}");
	assert_at(whole, "allow", "RuntimeDirectory of d@a\\x2db-c.service",
		  "read", "/run/a-b/c{,/**}");
	assert_at(whole, "allow", "CacheDirectory of d@a\\x2db-c.service",
		  "read", "/var/cache/%x-*{,/**}");
	json_decref(whole);

	/* All instances */
	whole = provision_draft("unit d@.service");
	assert_at(whole, "members", NULL, "any", "unit:d@*.service");
	assert_at(whole, "allow", "PIDFile of d@.service", "read",
		  "/run/d@.pid");
	assert_at(whole, "programs", "/usr/bin/d", "read", "/etc/d/*.conf");
	ck_assert_str_eq(json_string_value(json_object_get(
		json_object_get(whole, "manifest"), "workload")), "d");
	json_decref(whole);
}
END_TEST

START_TEST(aliases_masks_and_what_is_not_there)
{
	json_t *whole;

	provision_executable("usr/bin/d", "x");
	unit("d.service", "[Service]\nExecStart=/usr/bin/d\n");
	unit("empty.service", "");
	unit("x.mount", "[Mount]\n");
	unit("loop.socket", "[Socket]\nService=loop.socket\n");
	unit("gone.service", "[Service]\nExecStart=/usr/bin/gone\n");
	provision_link("etc/systemd/system/alias.service",
		       "/usr/lib/systemd/system/d.service");
	provision_link("etc/systemd/system/off.service", "/dev/null");
	provision_link("etc/systemd/system/ring.service", "ring2.service");
	provision_link("etc/systemd/system/ring2.service", "ring.service");
	whole = provision_draft("unit alias --name w");
	assert_at(whole, "members", NULL, "any", "unit:d.service");
	json_decref(whole);
	whole = provision_draft("unit gone");
	ck_assert(provision_asks(whole, "What is \"/usr/bin/gone\""));
	json_decref(whole);
	ck_assert_int_eq(provision_code("unit none"), EXIT_UNKNOWN);
	ck_assert_int_eq(provision_code("unit off"), EXIT_UNKNOWN);
	ck_assert_int_eq(provision_code("unit empty"), EXIT_UNKNOWN);
	ck_assert_int_eq(provision_code("unit ring"), EXIT_UNKNOWN);
	ck_assert_int_eq(provision_code("unit x.mount"), EXIT_USAGE);
	ck_assert_int_eq(provision_code("unit loop.socket"), EXIT_USAGE);
	ck_assert_int_eq(provision_code("unit ../d.service"), EXIT_USAGE);
	ck_assert_int_eq(provision_code("unit d --name -w"), EXIT_USAGE);
	ck_assert_int_eq(provision_code("units d"), EXIT_USAGE);
	assert_outcome(&command_draft, "unit d --root /none", EXIT_FAILED, "");
}
END_TEST

START_TEST(names_are_as_long_and_odd_as_they_may_be)
{
	char name[300], words[320];
	json_t *whole;
	size_t i;

	memset(name, 'n', sizeof(name));
	strcpy(name + 247, ".service");
	provision_executable("usr/bin/\xc3\xa4 {x}*\xff", "x");
	unit(name, "[Service]\nExecStart=\"/usr/bin/\xc3\xa4 {x}*\xff\"\n");
	snprintf(words, sizeof(words), "unit %s", name);
	whole = provision_draft(words);
	assert_at(whole, "programs", "/usr/bin/\xc3\xa4 \\{x\\}\\*?", "note",
		  "");
	json_decref(whole);
	/* As many bytes of a pattern that are escaped as can be */
	for (i = 0; i < 244; i += 4)
		memcpy(name + i, "\\x2d", 4);
	strcpy(name + 247, ".service");
	unit(name, "[Service]\nExecStart=/usr/bin/\xc3\xa4\n");
	snprintf(words, sizeof(words), "unit %s", name);
	whole = provision_draft(words);
	json_decref(whole);
	strcpy(name + 248, ".service");
	snprintf(words, sizeof(words), "unit %s", name);
	ck_assert_int_eq(provision_code(words), EXIT_USAGE);
}
END_TEST

START_TEST(links_do_not_lead_out_of_the_root)
{
	json_t *whole;

	provision_executable("opt/real", "x");
	provision_link("usr/bin/d", "/../../../../opt/real");
	provision_link("etc/out", "/etc/passwd");
	unit("d.service", "[Service]\nExecStart=/usr/bin/d /etc/out /../etc/./out\n");
	whole = provision_draft("unit d");
	assert_at(whole, "programs", "/opt/real", "read", "/etc/passwd");
	json_decref(whole);
}
END_TEST

START_TEST(scripts_have_interpreters)
{
	json_t *whole;

	provision_executable("usr/bin/python3.11", "x");
	provision_link("usr/bin/python3", "python3.11");
	provision_executable("usr/bin/env", "x");
	provision_executable("usr/bin/bash", "x");
	provision_executable("usr/bin/one", "#! /usr/bin/bash -e\n");
	provision_executable("usr/bin/two", "#!/usr/bin/env -S python3 -x\n");
	provision_executable("usr/bin/self", "#!/usr/bin/self");
	unit("d.service",
	     "[Service]\nExecStart=/usr/bin/one\nExecStop=/usr/bin/two\nExecReload=/usr/bin/self\n");
	whole = provision_draft("unit d");
	assert_at(whole, "programs", "/usr/bin/one", "exec", "/usr/bin/bash");
	assert_at(whole, "programs", "/usr/bin/one", "read", "/usr/bin/one");
	assert_at(whole, "programs", "/usr/bin/two", "exec",
		  "/usr/bin/env /usr/bin/python3.11");
	assert_at(whole, "programs", "/usr/bin/python3.11", "load",
		  "/usr/lib/python3{,.*}/**/*.so");
	ck_assert(provision_asks(whole, "script /usr/bin/one start"));
	json_decref(whole);
}
END_TEST

START_TEST(the_same_root_gives_the_same_text)
{
	char *one, *other;

	provision_executable("usr/bin/a", "x");
	provision_executable("usr/bin/b", "x");
	unit("a.service", "[Service]\nExecStart=/usr/bin/a\nStateDirectory=a\n");
	unit("b.service", "[Service]\nExecStart=/usr/bin/b\nProtectHome=yes\n");
	one = provision_text("unit a b --name w");
	other = provision_text("unit b a b --name w");
	/* But for what it was drafted from */
	ck_assert_str_eq(strstr(one, "\"members\""),
			 strstr(other, "\"members\""));
	ck_assert_ptr_null(strstr(one, "\"deny\": ["));
	free(one);
	free(other);
}
END_TEST

/* Whatever a file holds, reading it ends, and with text */
START_TEST(any_bytes_are_a_unit_file)
{
	static const char bytes[] = "[]=\\\n#;%\"'x Service\nExecStart=$\r\t{}@-";
	unsigned int seed = 3, i, k;

	provision_executable("usr/bin/x", "x");
	for (i = 0; i < 300; i++) {
		char text[400] = "[Service]\nExecStart=/usr/bin/x ";
		size_t length = strlen(text);
		json_t *whole;

		for (k = 0; k < 200; k++) {
			seed = seed * 1103515245 + 12345;
			text[length++] = bytes[(seed >> 16) %
					       (sizeof(bytes) - 1)];
		}
		text[length] = 0;
		unit("x.service", text);
		whole = provision_draft("unit x");
		json_decref(whole);
	}
}
END_TEST

START_TEST(words_are_split_as_systemd_does)
{
	static const struct {
		const char *text;
		const char *words[5];
	} cases[] = {
		{ "a  b\tc", { "a", "b", "c" } },
		{ "'a b' \"c d\"e", { "a b", "c de" } },
		{ "a\\ b", { "a\\", "b" } },
		{ "\\x41\\101\\s\\n\\q", { "AA \n\\q" } },
		{ "'open", { "open" } },
		{ "\"\" a", { "", "a" } },
		{ "a\\", { "a\\" } },
		{ "\\x4", { "\\x4" } },
		{ "", { NULL } },
	};
	struct texts words;
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		words = (struct texts){ 0 };
		unit_split(cases[i].text, &words);
		for (k = 0; cases[i].words[k]; k++) {
			ck_assert_uint_gt(words.count, k);
			ck_assert_str_eq(words.text[k], cases[i].words[k]);
		}
		ck_assert_uint_eq(words.count, k);
		texts_free(&words);
	}
}
END_TEST

Suite *provision_unit_suite(void)
{
	Suite *suite = suite_create("provision: units");
	TCase *units = tcase_create("units");

	tcase_add_checked_fixture(units, provision_set_up,
				  provision_tear_down);
	tcase_add_test(units, commands_become_programs);
	tcase_add_test(units, directives_become_rules);
	tcase_add_test(units, directives_that_say_nothing);
	tcase_add_test(units, what_a_unit_may_is_not_denied);
	tcase_add_test(units, sockets_say_what_is_listened_on);
	tcase_add_test(units, drop_ins_count_as_systemd_reads_them);
	tcase_add_test(units, templates_and_escapes);
	tcase_add_test(units, aliases_masks_and_what_is_not_there);
	tcase_add_test(units, names_are_as_long_and_odd_as_they_may_be);
	tcase_add_test(units, links_do_not_lead_out_of_the_root);
	tcase_add_test(units, scripts_have_interpreters);
	tcase_add_test(units, the_same_root_gives_the_same_text);
	tcase_add_test(units, any_bytes_are_a_unit_file);
	tcase_add_test(units, words_are_split_as_systemd_does);
	suite_add_tcase(suite, units);
	return suite;
}
