// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts that need a dynamically linked program. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act.h"

/* The dynamic loader says why only in words. */
static int library_open(int argc, char **argv)
{
	const char *why;

	(void)argc;
	if (dlopen(argv[0], RTLD_NOW))
		return 0;
	why = dlerror();
	fprintf(stderr, "act: %s\n", why);
	return strstr(why, strerror(EACCES)) ||
	       strstr(why, "failed to map segment") ? EACCES : ENOEXEC;
}

/* Becomes a program that is told to load a library before all others. */
static int library_preload(int argc, char **argv)
{
	(void)argc;
	if (setenv("LD_PRELOAD", argv[0], 1) < 0)
		return act_setup("setenv");
	return act_status(execv(argv[1], argv + 1));
}

/* The loader only warns of what it could not preload. */
static int library_loaded(int argc, char **argv)
{
	(void)argc;
	return dlopen(argv[0], RTLD_NOW | RTLD_NOLOAD) ? 0 : EACCES;
}

const struct act library_acts[] = {
	{ "dlopen", "LIBRARY", "load a library", 1, library_open },
	{ "preload", "LIBRARY PROGRAM [ARGUMENT]...",
	  "start a program with LD_PRELOAD", 2, library_preload },
	{ "loaded", "LIBRARY",
	  "succeed if it is in this process, else as if denied", 1,
	  library_loaded },
	{ }
};
