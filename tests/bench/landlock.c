// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a program under Landlock:
 *
 *	landlock PATH... -- PROGRAM [ARGUMENT]...
 *
 * with a rule for each PATH that allows reading and executing below it, and
 * nothing else of what the first version of Landlock controls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GRANTED (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
		 LANDLOCK_ACCESS_FS_READ_DIR)

static void die(const char *what)
{
	fprintf(stderr, "landlock: %s: %s\n", what, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	struct landlock_ruleset_attr handled = {
		.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1,
	};
	struct landlock_path_beneath_attr rule = {
		.allowed_access = GRANTED,
	};
	int set, i;

	set = syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled),
		      0);
	if (set < 0)
		die("no rule set (is lsm=landlock on?)");
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		rule.parent_fd = open(argv[i], O_PATH | O_CLOEXEC);
		if (rule.parent_fd < 0 ||
		    syscall(SYS_landlock_add_rule, set,
			    LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
			die(argv[i]);
		close(rule.parent_fd);
	}
	if (i >= argc - 1) {
		fprintf(stderr,
			"usage: landlock PATH... -- PROGRAM [ARGUMENT]...\n");
		return 2;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, set, 0) < 0)
		die("restricting");
	close(set);
	execv(argv[i + 1], argv + i + 1);
	die(argv[i + 1]);
}
