// SPDX-License-Identifier: LGPL-2.1-or-later
/* RFC 5424: a header, structured data, and a line for people. */
#include "ctl/cordond/format.h"

#include <string.h>
#include <time.h>

/*
 * Structured data of one's own needs the number of an enterprise.  We have
 * none; this is the one that RFC 5612 sets aside for those who have none.
 */
#define FORMAT_ELEMENT "cordon@32473"

/* RFC 5424 has microseconds at most */
static void print_time(uint64_t nanoseconds, FILE *stream)
{
	time_t seconds = (time_t)(nanoseconds / 1000000000);
	char text[64];
	struct tm tm;

	if (!gmtime_r(&seconds, &tm)) {
		fputc('-', stream);
		return;
	}
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(stream, "%s.%06uZ", text,
		(unsigned int)(nanoseconds % 1000000000 / 1000));
}

/* A name of the header is printable ASCII, without blanks */
static void print_name(const char *name, FILE *stream)
{
	if (!*name)
		fputc('-', stream);
	for (; *name; name++)
		fputc(*name > ' ' && *name < 0x7f ? *name : '?', stream);
}

static void print_value(const char *text, FILE *stream)
{
	for (; *text; text++) {
		if (strchr("\"\\]", *text))
			fputc('\\', stream);
		fputc(*text, stream);
	}
}

static void print_element(const struct fields *fields, FILE *stream)
{
	size_t i;

	fputs("[" FORMAT_ELEMENT, stream);
	for (i = 0; i < FIELDS; i++) {
		if (!fields->value[i])
			continue;
		fprintf(stream, " %s=\"", fields_name((enum field)i));
		print_value(fields->value[i], stream);
		fputc('"', stream);
	}
	fputs("]", stream);
}

bool format_message(const struct format_frame *frame,
		    const struct sink_item *item, FILE *stream)
{
	struct fields fields;
	bool done = fields_fill(&fields, item);

	if (!done)
		goto out;
	fprintf(stream, "<%u>1 ", frame->facility << 3 |
		(uint32_t)fields_severity(item));
	print_time(item->time, stream);
	fputc(' ', stream);
	print_name(frame->host, stream);
	fprintf(stream, " cordond %d %s ", (int)frame->pid,
		fields.value[FIELD_TYPE]);
	switch (frame->format) {
	case CONFIG_CEF:
		fputs("- ", stream);
		format_cef(&fields, item, stream);
		break;
	case CONFIG_LEEF:
		fputs("- ", stream);
		format_leef(&fields, item, stream);
		break;
	case CONFIG_RFC5424:
		print_element(&fields, stream);
		fprintf(stream, " %s", fields.text);
		break;
	}
out:
	fields_free(&fields);
	return done;
}
