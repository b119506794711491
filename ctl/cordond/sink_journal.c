// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events as entries of systemd's journal, with a field for each value. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "ctl/cordond/fields.h"

/*
 * Without this socket the library says that it has delivered, and has not; so
 * it is looked for first.
 */
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

#define JOURNAL_FIELDS (FIELDS + 3)

/* CORDON_LOCAL_ADDRESS=10.0.1.7, ended by NUL; no value has one */
static void print_field(const char *name, const char *value, FILE *stream)
{
	fputs("CORDON_", stream);
	for (; *name; name++)
		fputc(toupper((unsigned char)*name), stream);
	fprintf(stream, "=%s%c", value, '\0');
}

static bool format(const struct sink *sink, const struct sink_item *item,
		   FILE *stream)
{
	struct fields fields;
	bool done = fields_fill(&fields, item);
	size_t i;

	(void)sink;
	if (done) {
		fprintf(stream, "MESSAGE=%s%c", fields.text, '\0');
		fprintf(stream, "PRIORITY=%d%c", fields_severity(item), '\0');
		fprintf(stream, "SYSLOG_IDENTIFIER=cordond%c", '\0');
	}
	for (i = 0; done && i < FIELDS; i++)
		if (fields.value[i])
			print_field(fields_name((enum field)i),
				    fields.value[i], stream);
	fields_free(&fields);
	return done;
}

static int send_entry(const struct sink_message *message)
{
	struct iovec vector[JOURNAL_FIELDS];
	char *at = message->text;
	int count = 0;

	while (at < message->text + message->length && count < JOURNAL_FIELDS) {
		vector[count].iov_base = at;
		vector[count].iov_len = strlen(at);
		at += vector[count++].iov_len + 1;
	}
	return sd_journal_sendv(vector, count);
}

static size_t deliver(struct sink *sink, const struct sink_message *messages,
		      size_t count)
{
	size_t i;
	int error;

	for (i = 0; i < count; i++) {
		if (access(JOURNAL_SOCKET, F_OK)) {
			sink_fail(sink, "cannot reach the journal: %s: %s",
				  JOURNAL_SOCKET, strerror(errno));
			break;
		}
		error = send_entry(&messages[i]);
		if (error) {
			sink_fail(sink, "cannot send to the journal: %s",
				  strerror(-error));
			break;
		}
	}
	return i;
}

/* The library keeps its socket to itself */
static void close_journal(struct sink *sink)
{
	(void)sink;
}

const struct sink_kind sink_journal = {
	.format = format,
	.deliver = deliver,
	.close = close_journal,
};
