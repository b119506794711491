// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Attaches BPF programs that do nothing to functions of the kernel, as tracing
 * tools do, until stdin ends:
 *
 *	bpf fentry|fexit|modify FUNCTION...
 *
 * Prints "attached" when all are.  No library is used, for the one that is
 * usual needs more than this machine is sure to have.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef BTF_KIND_ENUM64
#define BTF_KIND_ENUM64 19
#endif

static void die(const char *what)
{
	fprintf(stderr, "bpf: %s: %s\n", what, strerror(errno));
	exit(1);
}

static char *read_types(void)
{
	size_t used = 0, size = 1 << 20;
	char *types = malloc(size);
	ssize_t part;
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || !types)
		die("types of the kernel");
	while ((part = read(fd, types + used, size - used)) > 0) {
		used += part;
		if (used == size) {
			size *= 2;
			types = realloc(types, size);
			if (!types)
				die("types of the kernel");
		}
	}
	close(fd);
	return types;
}

/* What follows a type's head, in bytes. */
static size_t type_tail(const struct btf_type *type)
{
	size_t count = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return count * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return count * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return count * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return count * sizeof(struct btf_var_secinfo);
	case BTF_KIND_ENUM64:
		return count * 12;
	default:
		return 0;
	}
}

static int find_function(const char *types, const char *name)
{
	const struct btf_header *head = (const void *)types;
	const char *at = types + head->hdr_len + head->type_off;
	const char *last = at + head->type_len;
	const char *names = types + head->hdr_len + head->str_off;
	int id;

	for (id = 1; at < last; id++) {
		const struct btf_type *type = (const void *)at;

		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC &&
		    !strcmp(names + type->name_off, name))
			return id;
		at += sizeof(*type) + type_tail(type);
	}
	errno = ENOENT;
	return -1;
}

static void attach(const char *types, enum bpf_attach_type kind,
		   const char *name)
{
	static char log[16384];
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.expected_attach_type = kind,
		.insns = (uintptr_t)code,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
		.log_level = 1,
	};
	int program, id = find_function(types, name);

	if (id < 0)
		die(name);
	attr.attach_btf_id = id;
	program = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (program < 0) {
		fputs(log, stderr);
		die(name);
	}
	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = program;
	if (syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr)) < 0)
		die(name);
}

int main(int argc, char **argv)
{
	enum bpf_attach_type kind;
	char *types;
	char byte;
	int i;

	if (argc >= 3 && !strcmp(argv[1], "fentry")) {
		kind = BPF_TRACE_FENTRY;
	} else if (argc >= 3 && !strcmp(argv[1], "fexit")) {
		kind = BPF_TRACE_FEXIT;
	} else if (argc >= 3 && !strcmp(argv[1], "modify")) {
		kind = BPF_MODIFY_RETURN;
	} else {
		fprintf(stderr, "usage: bpf fentry|fexit|modify FUNCTION...\n");
		return 2;
	}
	types = read_types();
	for (i = 2; i < argc; i++)
		attach(types, kind, argv[i]);
	puts("attached");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
