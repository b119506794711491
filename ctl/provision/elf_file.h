/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an executable or library says that it is linked to. */
#ifndef CTL_PROVISION_ELF_FILE_H
#define CTL_PROVISION_ELF_FILE_H

#include <stdbool.h>

#include "memory.h"
#include "root.h"

/**
 * struct elf_file - what is wanted of one
 * @machine: EM_ of its head, so that only libraries of its kind count
 * @class: ELFCLASS_ of its head
 * @interpreter: the loader, or NULL
 * @needed: names of libraries
 * @run_path: where they are looked for first, as it stands there; or NULL
 */
struct elf_file {
	unsigned int machine;
	unsigned int class;
	char *interpreter;
	struct texts needed;
	char *run_path;
};

/**
 * elf_file_read - read one
 * @elf: filled on success, for elf_file_free()
 * @root: where
 * @path: absolute
 *
 * Return: is it an ELF file; one that is broken is none.
 */
bool elf_file_read(struct elf_file *elf, const struct root *root,
		   const char *path);

/** elf_file_free - release one */
void elf_file_free(struct elf_file *elf);

#endif /* CTL_PROVISION_ELF_FILE_H */
