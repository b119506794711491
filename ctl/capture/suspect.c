// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suspect.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "output.h"

/** struct suspect - names of one sort, with a blank around each */
struct suspect {
	const char *names;
	const char *what;
};

static const struct suspect tools[] = {
	{ " nc ncat netcat socat telnet ", "carries a connection" },
	{ " ssh scp sftp rsync ftp tftp ", "logs in elsewhere" },
	{ " nmap masscan tcpdump tshark dumpcap ", "looks into the network" },
	{ " gcc g++ cc c++ cpp cc1 cc1plus clang clang++ tcc as ld gold lld make cmake rustc go javac ",
	  "a compiler" },
	{ " apt apt-get aptitude dpkg dpkg-deb rpm yum dnf pip pipx npm gem cargo snap flatpak ",
	  "a package manager" },
	{ " su sudo doas pkexec newgrp runuser setpriv capsh nsenter unshare chroot ",
	  "changes who acts" },
	{ " crontab at batch systemd-run ", "makes others run something" },
	{ " gdb gdbserver lldb strace ltrace perf bpftrace bpftool ",
	  "a debugger" },
	{ " ld-linux ld-linux-x86-64.so ld-linux-aarch64.so ld-linux-armhf.so ",
	  "runs any file as a program" },
	{ " insmod modprobe kmod rmmod ", "loads kernel modules" },
};

static const struct suspect shells[] = {
	{ " sh dash bash zsh ksh mksh fish ash csh tcsh rbash busybox ",
	  "a shell" },
	{ " python perl ruby php lua node nodejs awk gawk mawk tclsh expect java ",
	  "an interpreter" },
	{ " curl wget aria ", "fetches files" },
};

/* Is @name, @length bytes, one of these. */
static bool is_named(const char *names, const char *name, size_t length)
{
	const char *at = names;

	while ((at = memmem(at, strlen(at), name, length))) {
		if (at[-1] == ' ' && at[length] == ' ')
			return true;
		at++;
	}
	return false;
}

/* A version, or what update-alternatives(1) tells variants by. */
static bool is_variant(const char *rest)
{
	if (!rest[strspn(rest, "-.0123456789")])
		return true;
	return *rest == '.' &&
	       !rest[1 + strspn(rest + 1, "abcdefghijklmnopqrstuvwxyz")];
}

static bool matches(const char *names, const char *name)
{
	size_t length = strlen(name), end;

	if (!length || strchr(name, ' '))
		return false;
	for (end = length; end; end--)
		if (is_variant(name + end) && is_named(names, name, end))
			return true;
	return false;
}

static const char *find(const struct suspect *suspects, size_t count,
			const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	/* A cross compiler's name begins with what it is for. */
	const char *bare = strstr(name, "-linux-gnu-");
	size_t i;

	if (bare)
		name = bare + strlen("-linux-gnu-");
	for (i = 0; i < count; i++)
		if (matches(suspects[i].names, name))
			return suspects[i].what;
	return NULL;
}

const char *suspect_tool(const char *path)
{
	return find(tools, ARRAY_SIZE(tools), path);
}

const char *suspect_shell(const char *path)
{
	return find(shells, ARRAY_SIZE(shells), path);
}
