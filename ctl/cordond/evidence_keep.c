// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/evidence_keep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is not finished; no id begins like that */
#define UNFINISHED "unfinished-"

/* Bytes of the pieces that an executable is copied in */
#define COPY_PIECE 65536

/* One at a time looks how much there is, and removes some of it */
static pthread_mutex_t making_room = PTHREAD_MUTEX_INITIALIZER;

static bool fail(char why[EVIDENCE_WHY], const char *what, const char *name)
{
	snprintf(why, EVIDENCE_WHY, "cannot %s %s: %s", what, name,
		 strerror(errno));
	return false;
}

static bool write_all(int file, const char *data, size_t size)
{
	while (size) {
		ssize_t done = write(file, data, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		size -= (size_t)done;
	}
	return true;
}

static int create(int folder, const char *name)
{
	return openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
		      O_NOFOLLOW, 0600);
}

static bool write_file(int folder, const char *name, const char *data,
		       size_t size, char why[EVIDENCE_WHY])
{
	int file = create(folder, name);
	bool done;

	if (file < 0)
		return fail(why, "make", name);
	done = write_all(file, data, size) && !fsync(file);
	if (!done)
		fail(why, "write", name);
	close(file);
	return done;
}

/* --- the executable --------------------------------------------------------- */

/**
 * struct copy - an executable that is being copied
 * @from: it
 * @to: the copy
 * @digest: of what was copied
 * @size: bytes of that
 * @most: of these at most
 */
struct copy {
	int from;
	int to;
	EVP_MD_CTX *digest;
	uint64_t size;
	uint64_t most;
};

/* Return: 0 or an errno. */
static int copy_all(struct copy *copy, bool *cut)
{
	static _Thread_local char piece[COPY_PIECE];
	ssize_t got;

	*cut = false;
	for (;;) {
		got = pread(copy->from, piece, sizeof(piece),
			    (off_t)copy->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (!got)
			return 0;
		if ((uint64_t)got > copy->most - copy->size) {
			got = (ssize_t)(copy->most - copy->size);
			*cut = true;
		}
		if (!write_all(copy->to, piece, (size_t)got))
			return errno;
		EVP_DigestUpdate(copy->digest, piece, (size_t)got);
		copy->size += (uint64_t)got;
		if (*cut)
			return 0;
	}
}

static json_t *digest_text(EVP_MD_CTX *digest)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	char text[2 * EVP_MAX_MD_SIZE + 1] = "";
	unsigned int length = 0, i;

	if (!EVP_DigestFinal_ex(digest, bytes, &length))
		return json_null();
	for (i = 0; i < length; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return json_string(text);
}

/* A copy that fails is told in the document; the rest is worth keeping */
static void keep_executable(int folder, const struct config_evidence *config,
			    struct evidence *evidence)
{
	struct copy copy = {
		.from = evidence->executable, .most = config->executable,
		.to = create(folder, "executable"),
		.digest = EVP_MD_CTX_new(),
	};
	json_t *told = json_object();
	bool cut = false;
	int error = ENOMEM;

	if (copy.to < 0)
		error = errno;
	else if (copy.digest &&
		 EVP_DigestInit_ex(copy.digest, EVP_sha256(), NULL))
		error = copy_all(&copy, &cut);
	if (copy.to >= 0 && fsync(copy.to) && !error)
		error = errno;
	json_object_set_new(told, "size", json_integer((json_int_t)copy.size));
	json_object_set_new(told, "cut", json_boolean(cut));
	json_object_set_new(told, "sha256",
			    error ? json_null() : digest_text(copy.digest));
	json_object_set_new(told, "error",
			    error ? json_string(strerror(error)) : json_null());
	json_object_set_new(evidence->document, "executable", told);
	EVP_MD_CTX_free(copy.digest);
	if (copy.to >= 0)
		close(copy.to);
}

/* --- room --------------------------------------------------------------------- */

/* Our own folders have files only. */
static uint64_t folder_size(int top, const char *name, bool remove)
{
	int folder = openat(top, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
			    O_NOFOLLOW);
	DIR *directory = folder < 0 ? NULL : fdopendir(folder);
	struct dirent *entry;
	struct stat stat;
	uint64_t size = 0;

	while (directory && (entry = readdir(directory))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (!fstatat(folder, entry->d_name, &stat,
			     AT_SYMLINK_NOFOLLOW))
			size += (uint64_t)stat.st_blocks * 512;
		if (remove)
			unlinkat(folder, entry->d_name, 0);
	}
	if (directory)
		closedir(directory);
	else if (folder >= 0)
		close(folder);
	if (remove)
		unlinkat(top, name, AT_REMOVEDIR);
	return size;
}

/**
 * struct kept - a folder that is there
 * @id: of it
 * @time: when it was made
 * @size: bytes that it takes
 */
struct kept {
	struct evidence_id id;
	struct timespec time;
	uint64_t size;
};

static int older(const void *left, const void *right)
{
	const struct kept *a = left, *b = right;

	if (a->time.tv_sec != b->time.tv_sec)
		return a->time.tv_sec < b->time.tv_sec ? -1 : 1;
	if (a->time.tv_nsec != b->time.tv_nsec)
		return a->time.tv_nsec < b->time.tv_nsec ? -1 : 1;
	return 0;
}

/* All but the one that has just been made may go. */
static void make_room(int top, const struct config_evidence *config,
		      const struct evidence_id *newest)
{
	struct evidence_id *ids;
	struct kept *all = NULL;
	uint64_t total = 0;
	char name[EVIDENCE_ID];
	size_t count, i;
	struct stat stat;

	if (evidence_list(config->path, &ids, &count))
		return;
	all = calloc(count + 1, sizeof(*all));
	for (i = 0; all && i < count; i++) {
		all[i].id = ids[i];
		evidence_id_print(&ids[i], name);
		if (!fstatat(top, name, &stat, AT_SYMLINK_NOFOLLOW))
			all[i].time = stat.st_mtim;
		all[i].size = folder_size(top, name, false);
		total += all[i].size;
	}
	if (all)
		qsort(all, count, sizeof(*all), older);
	for (i = 0; all && i < count && total > config->size; i++) {
		if (evidence_id_same(&all[i].id, newest))
			continue;
		folder_size(top, evidence_id_print(&all[i].id, name), true);
		total -= all[i].size;
	}
	free(all);
	free(ids);
}

/* --- all of it ------------------------------------------------------------------ */

static bool write_parts(int folder, const struct config_evidence *config,
			struct evidence *evidence, char why[EVIDENCE_WHY])
{
	char *text;
	bool done;

	if (evidence->maps &&
	    !write_file(folder, "maps", evidence->maps, evidence->maps_size,
			why))
		return false;
	if (evidence->executable >= 0)
		keep_executable(folder, config, evidence);
	else
		json_object_set_new(evidence->document, "executable",
				    json_null());
	text = json_dumps(evidence->document, JSON_INDENT(2));
	if (!text) {
		errno = ENOMEM;
		return fail(why, "write", "evidence.json");
	}
	done = write_file(folder, "evidence.json", text, strlen(text), why);
	free(text);
	return done;
}

bool evidence_keep(const struct config_evidence *config,
		   const struct evidence_id *id, struct evidence *evidence,
		   char why[EVIDENCE_WHY])
{
	char name[EVIDENCE_ID], unfinished[EVIDENCE_ID + sizeof(UNFINISHED)];
	bool done = false;
	int folder = -1;
	int top;

	if (mkdir(config->path, 0700) && errno != EEXIST)
		return fail(why, "make", config->path);
	top = open(config->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return fail(why, "open", config->path);
	snprintf(unfinished, sizeof(unfinished), UNFINISHED "%s",
		 evidence_id_print(id, name));
	if (mkdirat(top, unfinished, 0700)) {
		fail(why, "make", unfinished);
		goto out;
	}
	folder = openat(top, unfinished, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
			O_NOFOLLOW);
	if (folder < 0)
		fail(why, "open", unfinished);
	else
		done = write_parts(folder, config, evidence, why);
	if (done && (fsync(folder) || renameat(top, unfinished, top, name) ||
		     fsync(top)))
		done = fail(why, "finish", name);
	if (folder >= 0)
		close(folder);
	if (!done)
		folder_size(top, unfinished, true);
	pthread_mutex_lock(&making_room);
	make_room(top, config, id);
	pthread_mutex_unlock(&making_room);
out:
	close(top);
	return done;
}

bool evidence_is_kept(const struct config_evidence *config,
		      const struct evidence_id *id)
{
	char name[EVIDENCE_ID], path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", config->path,
		 evidence_id_print(id, name));
	return !access(path, F_OK);
}

void evidence_clean(const struct config_evidence *config)
{
	int top = open(config->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = top < 0 ? NULL : fdopendir(dup(top));
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (!strncmp(entry->d_name, UNFINISHED, strlen(UNFINISHED)))
			folder_size(top, entry->d_name, true);
	if (directory)
		closedir(directory);
	if (top >= 0)
		close(top);
}
