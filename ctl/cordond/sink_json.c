// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events as lines of a file, exactly as `cordonctl monitor --json` writes them.
 * The file is rotated by size; it is also noticed when somebody else has moved
 * or removed it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/cordond/sink.h"
#include "event_table.h"

static bool format(const struct sink *sink, const struct sink_item *item,
		   FILE *stream)
{
	struct output *output = output_create(stream, true,
					      OUTPUT_COLOUR_NEVER);
	int code;

	(void)sink;
	if (!output)
		return false;
	if (item->event) {
		event_table_open(output);
		event_table_add(output, item->event, NULL);
	} else {
		event_table_add_missed(output, item->missed, item->of);
	}
	code = output_close(output);
	output_destroy(output);
	return code == EXIT_OK;
}

static void close_file(struct sink *sink)
{
	if (sink->descriptor >= 0)
		close(sink->descriptor);
	sink->descriptor = -1;
}

/*
 * A line that was cut off by the end of cordond or of the disk's space comes
 * again as a whole: its event was not counted as delivered.
 */
static bool drop_torn_line(struct sink *sink)
{
	char text[4096];
	uint64_t end = sink->size;

	while (end) {
		size_t part = end < sizeof(text) ? end : sizeof(text);
		ssize_t got = pread(sink->descriptor, text, part,
				    (off_t)(end - part));
		const char *newline;

		if (got != (ssize_t)part)
			return false;
		newline = memrchr(text, '\n', part);
		if (newline) {
			end -= part - (size_t)(newline + 1 - text);
			break;
		}
		end -= part;
	}
	if (end != sink->size && ftruncate(sink->descriptor, (off_t)end))
		return false;
	sink->size = end;
	return true;
}

static bool open_file(struct sink *sink)
{
	const char *path = sink->config->path;
	struct stat status;

	sink->reopens = hub_reopens(sink->hub);
	/* Nobody can make us write through a link, or wait for a reader */
	sink->descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC |
				O_NOFOLLOW | O_NONBLOCK, 0600);
	if (sink->descriptor < 0 || fstat(sink->descriptor, &status))
		return sink_fail(sink, "cannot write to %s: %s", path,
				 strerror(errno));
	if (!S_ISREG(status.st_mode))
		return sink_fail(sink, "cannot write to %s: it is no ordinary file",
				 path);
	sink->size = (uint64_t)status.st_size;
	if (!drop_torn_line(sink))
		return sink_fail(sink, "cannot mend the last line of %s: %s",
				 path, strerror(errno));
	return true;
}

/* Is the file at the path not ours any more, or was it cut */
static bool is_moved(const struct sink *sink)
{
	struct stat ours, theirs;

	if (sink->reopens != hub_reopens(sink->hub))
		return true;
	return fstat(sink->descriptor, &ours) ||
	       stat(sink->config->path, &theirs) ||
	       ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino ||
	       (uint64_t)ours.st_size != sink->size;
}

/* events.json.1 is the newest of the old ones; 0 is the file itself */
static char *name_of(const struct sink *sink, uint32_t number)
{
	char *name;

	if (!number)
		return strdup(sink->config->path);
	if (asprintf(&name, "%s.%u", sink->config->path, number) < 0)
		return NULL;
	return name;
}

static bool move_up(struct sink *sink, uint32_t number)
{
	char *from = name_of(sink, number), *to = name_of(sink, number + 1);
	bool done = from && to;

	if (!done)
		sink_fail(sink, "out of memory");
	else if (rename(from, to) && errno != ENOENT)
		done = sink_fail(sink, "cannot rename %s to %s: %s", from, to,
				 strerror(errno));
	free(from);
	free(to);
	return done;
}

static bool rotate(struct sink *sink)
{
	const char *path = sink->config->path;
	uint32_t n;

	close_file(sink);
	if (!sink->config->keep && unlink(path) && errno != ENOENT)
		return sink_fail(sink, "cannot remove %s: %s", path,
				 strerror(errno));
	for (n = sink->config->keep; n; n--)
		if (!move_up(sink, n - 1))
			return false;
	return open_file(sink);
}

static bool make_ready(struct sink *sink, size_t length)
{
	if (sink->descriptor >= 0 && is_moved(sink))
		close_file(sink);
	if (sink->descriptor < 0 && !open_file(sink))
		return false;
	if (sink->size && sink->size + length > sink->config->size)
		return rotate(sink);
	return true;
}

/* All of it, or nothing */
static bool write_line(struct sink *sink, const struct sink_message *message)
{
	size_t done = 0;

	while (done < message->length) {
		ssize_t wrote = write(sink->descriptor, message->text + done,
				      message->length - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			break;
		done += (size_t)wrote;
	}
	if (done == message->length) {
		sink->size += done;
		return true;
	}
	sink_fail(sink, "cannot write to %s: %s", sink->config->path,
		  strerror(errno));
	/* What is left of it is mended when the file is opened again */
	return false;
}

static size_t deliver(struct sink *sink, const struct sink_message *messages,
		      size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!make_ready(sink, messages[i].length) ||
		    !write_line(sink, &messages[i]))
			break;
	return i;
}

const struct sink_kind sink_json = {
	.format = format,
	.deliver = deliver,
	.close = close_file,
};
