// SPDX-License-Identifier: LGPL-2.1-or-later
#include "elf_file.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than this no program is linked to */
#define NEEDED_MAX 1024

static void read_interpreter(struct elf_file *elf, Elf *file,
			     const GElf_Phdr *segment)
{
	const Elf_Data *data = elf_getdata_rawchunk(file,
						    (int64_t)segment->p_offset,
						    segment->p_filesz,
						    ELF_T_BYTE);

	if (data && data->d_size && !elf->interpreter &&
	    memchr(data->d_buf, 0, data->d_size))
		elf->interpreter = memory_copy(data->d_buf);
}

/* Where in the file an address is, or -1 */
static int64_t offset_of(Elf *file, size_t segments, GElf_Addr address)
{
	GElf_Phdr segment;
	size_t i;

	for (i = 0; i < segments; i++)
		if (gelf_getphdr(file, (int)i, &segment) &&
		    segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
		    address - segment.p_vaddr < segment.p_filesz)
			return (int64_t)(segment.p_offset + address -
					 segment.p_vaddr);
	return -1;
}

/* Text of the dynamic section's table of strings */
static const char *string_at(const Elf_Data *strings, GElf_Xword offset)
{
	const char *text = strings->d_buf;

	if (offset >= strings->d_size ||
	    !memchr(text + offset, 0, strings->d_size - offset))
		return NULL;
	return text + offset;
}

static void read_entries(struct elf_file *elf, Elf_Data *dynamic,
			 const Elf_Data *strings, size_t count)
{
	GElf_Dyn entry;
	const char *text;
	size_t i;

	for (i = 0; i < count && gelf_getdyn(dynamic, (int)i, &entry) &&
	     entry.d_tag != DT_NULL; i++) {
		text = string_at(strings, entry.d_un.d_val);
		if (!text)
			continue;
		if (entry.d_tag == DT_NEEDED && elf->needed.count < NEEDED_MAX)
			texts_add(&elf->needed, memory_copy(text));
		if (entry.d_tag == DT_RUNPATH ||
		    (entry.d_tag == DT_RPATH && !elf->run_path)) {
			free(elf->run_path);
			elf->run_path = memory_copy(text);
		}
	}
}

static void read_dynamic(struct elf_file *elf, Elf *file, size_t segments,
			 const GElf_Phdr *segment)
{
	Elf_Data *dynamic = elf_getdata_rawchunk(file,
						 (int64_t)segment->p_offset,
						 segment->p_filesz, ELF_T_DYN);
	GElf_Addr table = 0;
	GElf_Xword size = 0;
	Elf_Data *strings;
	GElf_Dyn entry;
	int64_t offset;
	size_t i, count;

	if (!dynamic)
		return;
	count = dynamic->d_size / gelf_fsize(file, ELF_T_DYN, 1, EV_CURRENT);
	for (i = 0; i < count && gelf_getdyn(dynamic, (int)i, &entry); i++) {
		if (entry.d_tag == DT_STRTAB)
			table = entry.d_un.d_ptr;
		if (entry.d_tag == DT_STRSZ)
			size = entry.d_un.d_val;
	}
	offset = offset_of(file, segments, table);
	strings = offset < 0 ? NULL :
		  elf_getdata_rawchunk(file, offset, size, ELF_T_BYTE);
	if (strings && strings->d_buf)
		read_entries(elf, dynamic, strings, count);
}

static bool read_head(struct elf_file *elf, Elf *file)
{
	GElf_Phdr segment;
	GElf_Ehdr head;
	size_t segments, i;

	if (elf_kind(file) != ELF_K_ELF || !gelf_getehdr(file, &head) ||
	    elf_getphdrnum(file, &segments))
		return false;
	elf->machine = head.e_machine;
	elf->class = head.e_ident[EI_CLASS];
	for (i = 0; i < segments; i++) {
		if (!gelf_getphdr(file, (int)i, &segment))
			continue;
		if (segment.p_type == PT_INTERP)
			read_interpreter(elf, file, &segment);
		if (segment.p_type == PT_DYNAMIC)
			read_dynamic(elf, file, segments, &segment);
	}
	return true;
}

bool elf_file_read(struct elf_file *elf, const struct root *root,
		   const char *path)
{
	struct stat status;
	bool read = false;
	Elf *file;
	int fd;

	*elf = (struct elf_file){ 0 };
	if (elf_version(EV_CURRENT) == EV_NONE)
		return false;
	fd = root_file(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	file = !fstat(fd, &status) && S_ISREG(status.st_mode) ?
	       elf_begin(fd, ELF_C_READ, NULL) : NULL;
	if (file) {
		read = read_head(elf, file);
		elf_end(file);
	}
	close(fd);
	if (!read)
		elf_file_free(elf);
	return read;
}

void elf_file_free(struct elf_file *elf)
{
	free(elf->interpreter);
	free(elf->run_path);
	texts_free(&elf->needed);
	*elf = (struct elf_file){ 0 };
}
