/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tools of the system that are asked: dpkg-query, ldconfig. */
#ifndef CTL_PROVISION_COMMAND_RUN_H
#define CTL_PROVISION_COMMAND_RUN_H

/**
 * command_run - run a program and take what it says
 * @words: its command line, ended by NULL; looked for as a shell does, and in
 *	/usr/sbin and /sbin
 * @text: what it wrote to stdout, ended by a NUL, for free()
 *
 * What it writes to stderr is ours too; its messages are not translated.
 *
 * Return: its exit status, 128 and the signal that ended it, or -1 with errno:
 * it could not be started.
 */
int command_run(const char *const *words, char **text);

/** command_run_quietly - the same, with nothing on stderr */
int command_run_quietly(const char *const *words, char **text);

#endif /* CTL_PROVISION_COMMAND_RUN_H */
