/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An act is one thing that a process may try: one technique, as an attacker
 * or an ordinary program would use it.  All acts live in one program,
 *
 *	act NAME [ARGUMENT]…
 *
 * whose exit status is what became of the try.  Acts that run another act
 * (in a thread, in a user namespace, …) take its name and arguments behind
 * their own.
 */
#ifndef _ATTACK_ACT_H
#define _ATTACK_ACT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Exit status of an act: 0 is success, below ACT_USAGE the errno that the act
 * itself met (13: EACCES, it was denied), 128 + n a death by signal n in a
 * child, and:
 */
#define ACT_USAGE	200	/* no such act, or wrong arguments */
#define ACT_SETUP	201	/* something before the act failed */

/**
 * struct act - one technique
 * @name: what the command line calls it
 * @arguments: for the list of acts
 * @what: for the list of acts
 * @least: how many arguments it needs
 * @run: tries it; arguments only, without @name, NULL behind the last.
 *	Returns the exit status
 */
struct act {
	const char *name;
	const char *arguments;
	const char *what;
	int least;
	int (*run)(int argc, char **argv);
};

/* One table a file, each ended by an entry without a name. */
extern const struct act exec_acts[];
extern const struct act load_acts[];
extern const struct act file_acts[];
extern const struct act name_acts[];
extern const struct act attribute_acts[];
extern const struct act mount_acts[];
extern const struct act uring_acts[];
extern const struct act passing_acts[];
extern const struct act process_acts[];
extern const struct act restless_acts[];
extern const struct act service_acts[];
extern const struct act hammer_acts[];
extern const struct act hold_acts[];
extern const struct act snapshot_acts[];
extern const struct act borrow_acts[];
extern const struct act net_acts[];
extern const struct act net_connect_acts[];
extern const struct act net_datagram_acts[];
extern const struct act net_listen_acts[];
extern const struct act net_frame_acts[];
extern const struct act net_fuzz_acts[];
extern const struct act net_wire_acts[];
extern const struct act net_hear_acts[];
extern const struct act silent_acts[];
/* Only in the dynamically linked act. */
extern const struct act library_acts[] __attribute__((weak));

/**
 * act_run - try the act that a command line names
 * @argc: number of words in @argv
 * @argv: name and arguments, NULL behind the last
 *
 * Return: its exit status.
 */
int act_run(int argc, char **argv);

/** act_status - exit status for a system call's result: 0, or errno if < 0 */
int act_status(long result);

/** act_setup - say that @what failed, with errno; returns ACT_SETUP */
int act_setup(const char *what);

/** act_wait - exit status of child @pid, which is waited for */
int act_wait(int pid);

/**
 * act_stay - go on in a child without the shell's files, and print its PID
 *
 * Return: 0 in the child, its PID in who called, -1 with errno.
 */
int act_stay(void);

/** act_copy - copy the file @from to the open file @to; 0 or -1 with errno */
int act_copy(const char *from, int to);

/** act_number - a number in @text, whatever its base; ends the act if none */
long act_number(const char *text);

/* Machine code of a function that returns ACT_CODE_RESULT. */
#define ACT_CODE_RESULT 42
extern const unsigned char act_code[];
extern const size_t act_code_size;

/**
 * act_call - run machine code
 * @code: where; if it does not begin with act_code, it is only read
 *
 * Return: 0 if it could be executed, EFAULT if the processor refused.
 */
int act_call(const void *code);

#endif /* _ATTACK_ACT_H */
