// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/doctor.h"

#include "reader_fixture.h"
#include "suites.h"

#define RELEASE "6.1.0-1-amd64"

static char root[64];
static struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
static size_t count;

static void make_root(void)
{
	strcpy(root, "/tmp/cordon-doctor-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static void remove_root(void)
{
	reader_clear(root);
}

static void put(const char *name, const char *text)
{
	char path[256], *slash;
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", root, name);
	for (slash = strchr(path + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void put_good_kernel(void)
{
	put("/proc/sys/kernel/ftrace_enabled", "1\n");
	put("/proc/self/status", "Name:\tx\nCapEff:\t000001ffffffffff\n");
	put("/sys/kernel/security/lockdown", "[none] integrity\n");
	put("/sys/module/module/parameters/sig_enforce", "N\n");
	put("/boot/config-" RELEASE,
	    "CONFIG_MODULES=y\nCONFIG_SECURITY=y\nCONFIG_SECURITY_PATH=y\n"
	    "CONFIG_SECURITY_NETWORK=y\nCONFIG_NETFILTER=y\n"
	    "CONFIG_NETFILTER_FAMILY_BRIDGE=y\n"
	    "CONFIG_DYNAMIC_FTRACE_WITH_REGS=y\n");
}

static const struct doctor_finding *examine(bool loaded, const char *name)
{
	size_t i;

	count = doctor_kernel(root, RELEASE, loaded, findings);
	for (i = 0; i < count; i++)
		if (!strcmp(findings[i].name, name))
			return &findings[i];
	return NULL;
}

START_TEST(a_good_kernel_is_good)
{
	size_t i;

	put_good_kernel();
	ck_assert_ptr_nonnull(examine(true, "ftrace"));
	for (i = 0; i < count; i++)
		ck_assert_msg(findings[i].state == DOCTOR_OK, "%s: %s",
			      findings[i].name, findings[i].detail);
}
END_TEST

START_TEST(what_keeps_hooks_from_firing_is_bad)
{
	put_good_kernel();
	put("/proc/sys/kernel/ftrace_enabled", "0\n");
	ck_assert_int_eq(examine(true, "ftrace")->state, DOCTOR_BAD);
	remove_root();
	mkdir(root, 0755);
	ck_assert_int_eq(examine(true, "ftrace")->state, DOCTOR_BAD);
	/* Not knowing is no failure */
	ck_assert_int_eq(examine(true, "kernel options")->state, DOCTOR_NOTE);
}
END_TEST

START_TEST(a_kernel_without_an_option_is_bad)
{
	put_good_kernel();
	put("/boot/config-" RELEASE,
	    "CONFIG_MODULES=y\nCONFIG_SECURITY=y\n"
	    "# CONFIG_SECURITY_PATH is not set\n"
	    "CONFIG_DYNAMIC_FTRACE_WITH_ARGS=y\n");
	ck_assert_int_eq(examine(true, "SECURITY_PATH")->state, DOCTOR_BAD);
	ck_assert_int_eq(examine(true, "SECURITY_NETWORK")->state, DOCTOR_BAD);
	ck_assert_int_eq(examine(true, "NETFILTER")->state, DOCTOR_BAD);
	ck_assert_int_eq(examine(true, "NETFILTER_FAMILY_BRIDGE")->state,
			 DOCTOR_BAD);
	ck_assert_int_eq(examine(true, "SECURITY")->state, DOCTOR_OK);
	ck_assert_int_eq(examine(true, "DYNAMIC_FTRACE_WITH_ARGS")->state,
			 DOCTOR_OK);
}
END_TEST

START_TEST(what_only_keeps_the_module_out_is_noted)
{
	put_good_kernel();
	put("/sys/kernel/security/lockdown", "none [integrity]\n");
	put("/sys/module/module/parameters/sig_enforce", "Y\n");
	put("/proc/self/status", "CapEff:\t0000000000000000\n");
	put("/proc/sys/kernel/modules_disabled", "1\n");
	ck_assert_int_eq(examine(true, "lockdown")->state, DOCTOR_NOTE);
	ck_assert_int_eq(examine(true, "module signatures")->state,
			 DOCTOR_NOTE);
	ck_assert_int_eq(examine(true, "permission")->state, DOCTOR_NOTE);
	ck_assert_int_eq(examine(true, "modules_disabled")->state, DOCTOR_OK);
	ck_assert_int_eq(examine(false, "modules_disabled")->state, DOCTOR_BAD);
}
END_TEST

Suite *doctor_kernel_suite(void)
{
	Suite *suite = suite_create("doctor_kernel");
	TCase *test = tcase_create("kernel");

	tcase_add_checked_fixture(test, make_root, remove_root);
	tcase_add_test(test, a_good_kernel_is_good);
	tcase_add_test(test, what_keeps_hooks_from_firing_is_bad);
	tcase_add_test(test, a_kernel_without_an_option_is_bad);
	tcase_add_test(test, what_only_keeps_the_module_out_is_noted);
	suite_add_tcase(suite, test);
	return suite;
}
