// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/evidence_take.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/cordond/evidence_socket.h"

/* Bytes, or items, of each part */
#define COMMAND_MAX (64u << 10)
#define ENVIRON_MAX (256u << 10)
#define WORDS_MAX 2048
#define KEY_MAX 128
#define FILES_MAX 4096
#define MAPS_MAX (4u << 20)
#define TEXT_MAX (16u << 10)
#define ANCESTORS_MAX 32

json_t *evidence_text(const char *text, size_t length)
{
	json_t *value = json_stringn(text, length);
	char *plain;
	size_t used = 0, i;

	if (value)
		return value;
	plain = malloc(4 * length + 1);
	if (!plain)
		return NULL;
	for (i = 0; i < length; i++)
		used += (size_t)sprintf(plain + used,
					(text[i] & 0x80) ? "\\x%02x" : "%c",
					(unsigned char)text[i]);
	value = json_stringn(plain, used);
	free(plain);
	return value;
}

/* --- reading -------------------------------------------------------------- */

/**
 * struct piece - what a file of /proc holds
 * @data: @size bytes and a NUL
 * @size: how many
 * @cut: there is more
 */
struct piece {
	char *data;
	size_t size;
	bool cut;
};

/*
 * What is small is read into one place, so that it can be wiped out there.
 * Return: 0, or errno.
 */
static int piece_read(int folder, const char *name, size_t most,
		      struct piece *piece)
{
	int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t room = 0;
	ssize_t got;

	*piece = (struct piece){ .data = NULL };
	if (file < 0)
		return errno;
	do {
		if (piece->size + 1 >= room) {
			char *larger;

			room = room ? room * 2 :
			       most <= ENVIRON_MAX ? most + 2 : 4096;
			larger = realloc(piece->data, room);
			if (!larger) {
				errno = ENOMEM;
				got = -1;
				break;
			}
			piece->data = larger;
		}
		got = read(file, piece->data + piece->size,
			   room - piece->size - 1);
		if (got > 0)
			piece->size += (size_t)got;
	} while ((got > 0 && piece->size <= most) ||
		 (got < 0 && errno == EINTR));
	got = got < 0 ? errno : 0;
	close(file);
	if (piece->size > most) {
		piece->size = most;
		piece->cut = true;
	}
	if (piece->data)
		piece->data[piece->size] = '\0';
	/* What was read before it went is worth something */
	return piece->size ? 0 : (int)got;
}

/* Where a link leads to; NULL if that cannot be known */
static json_t *link_read(int folder, const char *name)
{
	char target[PATH_MAX + 1];
	ssize_t length = readlinkat(folder, name, target, sizeof(target));

	return length < 0 ? NULL : evidence_text(target, (size_t)length);
}

static void note(json_t *document, const char *list, const char *part)
{
	json_array_append_new(json_object_get(document, list),
			      json_string(part));
}

/* A part that could be read is set, else it is null, and named */
static void set(json_t *document, const char *part, json_t *value)
{
	if (!value)
		note(document, "missing", part);
	json_object_set_new(document, part, value ? value : json_null());
}

static void set_text(json_t *document, int folder, const char *part,
		     const char *name)
{
	struct piece piece;
	int error = piece_read(folder, name, TEXT_MAX, &piece);

	set(document, part, error ? NULL :
	    evidence_text(piece.data, piece.size));
	if (piece.cut)
		note(document, "cut", part);
	free(piece.data);
}

/* --- who it is ------------------------------------------------------------ */

/**
 * struct stat_line - what /proc/PID/stat says
 * @comm: name of the thread
 * @parent: process
 * @start: clock ticks of CLOCK_BOOTTIME
 */
struct stat_line {
	char comm[64];
	uint32_t parent;
	uint64_t start;
};

/* The name may hold blanks, brackets and line ends: the last bracket counts */
static bool stat_read(int folder, struct stat_line *line)
{
	struct piece piece;
	char *open, *close_at = NULL, *rest;
	bool right = false;
	int field;

	if (piece_read(folder, "stat", TEXT_MAX, &piece))
		goto out;
	open = strchr(piece.data, '(');
	close_at = strrchr(piece.data, ')');
	if (!open || !close_at || close_at < open)
		goto out;
	*close_at = '\0';
	snprintf(line->comm, sizeof(line->comm), "%s", open + 1);
	/* State, the third field, follows */
	rest = close_at + 1;
	for (field = 3; field <= 22 && rest; field++) {
		rest = strchr(rest, ' ');
		if (!rest)
			break;
		rest++;
		if (field == 4)
			line->parent = (uint32_t)strtoul(rest, NULL, 10);
		if (field == 22) {
			line->start = strtoull(rest, NULL, 10);
			right = true;
		}
	}
out:
	free(piece.data);
	return right;
}

static bool is_meant(int folder, const struct evidence_target *target)
{
	const uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	struct stat_line line = { .parent = 0 };

	if (!stat_read(folder, &line))
		return false;
	return target->start ? line.start == target->start / tick :
			       line.start <= target->before / tick;
}

static int open_number(int proc, uint32_t tgid)
{
	char name[16];

	snprintf(name, sizeof(name), "%" PRIu32, tgid);
	return openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int evidence_open(int proc, const struct evidence_target *target)
{
	int folder = open_number(proc, target->tgid);

	if (folder >= 0 && !is_meant(folder, target)) {
		close(folder);
		folder = -1;
	}
	return folder;
}

static void take_ancestors(json_t *document, int proc, int folder)
{
	json_t *list = json_array();
	struct stat_line line = { .parent = 0 };
	int count;

	if (!stat_read(folder, &line)) {
		set(document, "ancestors", NULL);
		json_decref(list);
		return;
	}
	for (count = 0; line.parent && count < ANCESTORS_MAX; count++) {
		uint32_t tgid = line.parent;
		int parent = open_number(proc, tgid);
		json_t *one, *exe;

		line.parent = 0;
		if (parent < 0 || !stat_read(parent, &line)) {
			if (parent >= 0)
				close(parent);
			break;
		}
		one = json_object();
		exe = link_read(parent, "exe");
		json_object_set_new(one, "pid", json_integer(tgid));
		json_object_set_new(one, "comm",
				    evidence_text(line.comm,
						  strlen(line.comm)));
		json_object_set_new(one, "exe", exe ? exe : json_null());
		json_array_append_new(list, one);
		close(parent);
	}
	set(document, "ancestors", list);
}

/* --- what it was told ------------------------------------------------------- */

/* Words that each end with a NUL */
static void take_command(json_t *document, int folder)
{
	struct piece piece;
	json_t *list = NULL;
	size_t at = 0;

	if (!piece_read(folder, "cmdline", COMMAND_MAX, &piece))
		list = json_array();
	while (list && at < piece.size && json_array_size(list) < WORDS_MAX) {
		size_t length = strnlen(piece.data + at, piece.size - at);

		json_array_append_new(list, evidence_text(piece.data + at,
							  length));
		at += length + 1;
	}
	if (piece.cut || (list && at < piece.size))
		note(document, "cut", "command");
	set(document, "command", list);
	free(piece.data);
}

/* Return: its length; 0: it is none, and might be part of a value */
static size_t key_length(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length && i <= KEY_MAX; i++) {
		if (text[i] == '=')
			return i;
		if (!isalnum((unsigned char)text[i]) && !strchr("_-.", text[i]))
			break;
	}
	return 0;
}

/* Names only: values are what secrets are kept in */
static void take_environment(json_t *document, int folder)
{
	struct piece piece;
	json_t *list = NULL;
	json_int_t others = 0;
	size_t at = 0;

	if (!piece_read(folder, "environ", ENVIRON_MAX, &piece))
		list = json_array();
	while (list && at < piece.size && json_array_size(list) < WORDS_MAX) {
		const char *text = piece.data + at;
		size_t length = strnlen(text, piece.size - at);
		size_t key = key_length(text, length);

		if (key)
			json_array_append_new(list, json_stringn(text, key));
		else
			others += !!length;
		at += length + 1;
	}
	if (piece.cut || (list && at < piece.size))
		note(document, "cut", "environment");
	/* What it has cleared it may have overwritten with anything */
	if (piece.data)
		explicit_bzero(piece.data, piece.size);
	free(piece.data);
	set(document, "environment", list);
	json_object_set_new(document, "environment_others",
			    json_integer(others));
}

/* --- what it has open ----------------------------------------------------- */

static json_t *file_of(int folder, const char *name,
		       const struct evidence_target *target)
{
	json_t *one = json_object(), *link = link_read(folder, name);
	json_t *socket = NULL;
	uint64_t inode;

	if (link && sscanf(json_string_value(link), "socket:[%" SCNu64 "]",
			   &inode) == 1)
		socket = evidence_socket(inode, target->flows,
					 target->flow_count);
	json_object_set_new(one, "fd", json_integer(atoi(name)));
	json_object_set_new(one, "target", link ? link : json_null());
	json_object_set_new(one, "socket", socket ? socket : json_null());
	return one;
}

static void take_files(json_t *document, int folder,
		       const struct evidence_target *target)
{
	int list_at = openat(folder, "fd",
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *directory = list_at < 0 ? NULL : fdopendir(list_at);
	json_t *list = directory ? json_array() : NULL;
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		if (json_array_size(list) == FILES_MAX) {
			note(document, "cut", "files");
			break;
		}
		json_array_append_new(list, file_of(list_at, entry->d_name,
						    target));
	}
	if (directory)
		closedir(directory);
	else if (list_at >= 0)
		close(list_at);
	set(document, "files", list);
}

static void take_namespaces(json_t *document, int folder)
{
	static const char *const names[] = {
		"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts",
	};
	json_t *object = json_object();
	char name[32];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		json_t *link;

		snprintf(name, sizeof(name), "ns/%s", names[i]);
		link = link_read(folder, name);
		json_object_set_new(object, names[i],
				    link ? link : json_null());
	}
	json_object_set_new(document, "namespaces", object);
}

static void take_maps(json_t *document, int folder, struct evidence *evidence)
{
	struct piece piece;
	int error = piece_read(folder, "maps", MAPS_MAX, &piece);

	if (piece.cut)
		note(document, "cut", "maps");
	set(document, "maps", error ? NULL :
	    json_integer((json_int_t)piece.size));
	evidence->maps = piece.data;
	evidence->maps_size = piece.size;
}

/* What is gone with the process, or what nobody has declared, is worth a copy */
static void take_executable(json_t *document, int folder,
			    const struct evidence_target *target,
			    struct evidence *evidence)
{
	int file = openat(folder, "exe", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;
	bool wanted;

	if (file < 0 || fstat(file, &stat)) {
		note(document, "missing", "executable");
		if (file >= 0)
			close(file);
		return;
	}
	wanted = S_ISREG(stat.st_mode) && (!stat.st_nlink || target->unlisted);
	json_object_set_new(document, "deleted", json_boolean(!stat.st_nlink));
	if (wanted)
		evidence->executable = file;
	else
		close(file);
}

/*
 * What needs nothing of the process but its number comes first; its memory may
 * be slow, and what it runs slower.
 */
static void take_all(int proc, int folder, const struct evidence_target *target,
		     struct evidence *evidence)
{
	json_t *document = evidence->document;

	set(document, "exe", link_read(folder, "exe"));
	set(document, "cwd", link_read(folder, "cwd"));
	set(document, "root", link_read(folder, "root"));
	set_text(document, folder, "status", "status");
	set_text(document, folder, "cgroup", "cgroup");
	take_namespaces(document, folder);
	take_ancestors(document, proc, folder);
	take_files(document, folder, target);
	take_maps(document, folder, evidence);
	take_command(document, folder);
	take_environment(document, folder);
	take_executable(document, folder, target, evidence);
}

bool evidence_take(int proc, int folder, const struct evidence_target *target,
		   struct evidence *evidence)
{
	*evidence = (struct evidence){ .executable = -1 };
	evidence->document = json_object();
	if (!evidence->document)
		return false;
	json_object_set_new(evidence->document, "tgid",
			    json_integer(target->tgid));
	json_object_set_new(evidence->document, "unlisted",
			    json_boolean(target->unlisted));
	json_object_set_new(evidence->document, "cut", json_array());
	json_object_set_new(evidence->document, "missing", json_array());
	json_object_set_new(evidence->document, "deleted", json_false());
	take_all(proc, folder, target, evidence);
	return true;
}

void evidence_free(struct evidence *evidence)
{
	json_decref(evidence->document);
	free(evidence->maps);
	if (evidence->executable >= 0)
		close(evidence->executable);
	*evidence = (struct evidence){ .executable = -1 };
}
