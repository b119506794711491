// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs all suites of suites.h; CK_RUN_SUITE and CK_RUN_CASE in the environment
 * choose one, CK_FORK=no keeps it in one process for a debugger.
 */
#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

int main(void)
{
	static Suite *(*const suites[])(void) = {
#define SUITE_ENTRY(suite) suite,
		SUITES(SUITE_ENTRY)
#undef SUITE_ENTRY
	};
	SRunner *runner = srunner_create(NULL);
	int failed;
	int run;
	size_t i;

	/* A sanitiser on a busy machine is slow; only an endless loop is not. */
	setenv("CK_DEFAULT_TIMEOUT", "60", 0);
	for (i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_ENV);
	run = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	printf("unit: %d passed, %d failed\n", run - failed, failed);
	return failed || !run ? EXIT_FAILURE : EXIT_SUCCESS;
}
