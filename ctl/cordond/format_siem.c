// SPDX-License-Identifier: LGPL-2.1-or-later
/* What SIEMs read: CEF and LEEF. */
#include <inttypes.h>
#include <string.h>
#include <syslog.h>

#include "ctl/cordond/format.h"
#include "kmod/version.h"
#include "names.h"

/**
 * struct key - where a field goes
 * @field: the field
 * @cef: key of CEF; NULL: nowhere
 * @label: CEF: what a key without a meaning of its own is said to hold
 * @leef: key of LEEF
 */
struct key {
	enum field field;
	const char *cef;
	const char *label;
	const char *leef;
};

/* The ends of flows are not here: in these formats it matters who opened it */
static const struct key keys[] = {
	{ FIELD_ACTION, "act", NULL, "action" },
	{ FIELD_CLASS, "cat", NULL, NULL },
	{ FIELD_WORKLOAD, "cs1", "workload", "workload" },
	{ FIELD_RULE_TEXT, "cs2", "rule", "rule" },
	{ FIELD_RULE_FILE, "cs3", "ruleFile", "ruleFile" },
	{ FIELD_RULE_LINE, "cn1", "ruleLine", "ruleLine" },
	{ FIELD_OP, "cs4", "op", "op" },
	{ FIELD_OBJECT, "filePath", NULL, "resource" },
	{ FIELD_KIND, "fileType", NULL, "kind" },
	{ FIELD_REASON, "reason", NULL, "reason" },
	{ FIELD_PROGRAM, "sproc", NULL, "program" },
	{ FIELD_TGID, "spid", NULL, "pid" },
	{ FIELD_PARENT, "cn2", "parent", "parent" },
	{ FIELD_UID, "suid", NULL, "uid" },
	{ FIELD_COMM, "cs5", "comm", "comm" },
	{ FIELD_PEER, "cs6", "peer", "peer" },
	{ FIELD_COUNT, "cnt", NULL, "count" },
	{ FIELD_GENERATION, "cn3", "generation", "generation" },
	{ FIELD_PROTOCOL, "proto", NULL, "proto" },
	{ FIELD_MISSED, "cn1", "missed", "missed" },
	{ FIELD_OF, "cs1", "of", "of" },
};

/* From 0 to 10 */
static unsigned int severity(const struct sink_item *item)
{
	switch (fields_severity(item)) {
	case LOG_WARNING:
		return 7;
	case LOG_NOTICE:
		return 5;
	default:
		return 2;
	}
}

/* Classes and kinds of departures; what else happens is named by its type */
static void print_signature(const struct fields *fields, FILE *stream)
{
	if (fields->value[FIELD_OP])
		fprintf(stream, "%s.%s", fields->value[FIELD_CLASS],
			fields->value[FIELD_OP]);
	else
		fputs(fields->value[FIELD_TYPE], stream);
}

/* In the header "|" separates, in the extension "=" does */
static void print_cef(const char *text, char separator, FILE *stream)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == separator)
			fputc('\\', stream);
		fputc(*text, stream);
	}
}

static void print_cef_key(const char *key, const char *value, FILE *stream)
{
	if (!value)
		return;
	fprintf(stream, " %s=", key);
	print_cef(value, '=', stream);
}

/* Who opens the flow is its source; of what is accepted, the other end */
static bool is_inbound(const struct sink_item *item)
{
	return item->event && item->event->topic == CORDON_TOPIC_NET &&
	       item->event->op == CORDON_OP_ACCEPT;
}

static const char *end_of(const struct fields *fields,
			  const struct sink_item *item, bool source, bool port)
{
	if (source == is_inbound(item))
		return fields->value[port ? FIELD_REMOTE_PORT :
					    FIELD_REMOTE_ADDRESS];
	return fields->value[port ? FIELD_LOCAL_PORT : FIELD_LOCAL_ADDRESS];
}

void format_cef(const struct fields *fields, const struct sink_item *item,
		FILE *stream)
{
	size_t i;

	fputs("CEF:0|Cordon|cordon|" CORDON_VERSION "|", stream);
	print_signature(fields, stream);
	fputc('|', stream);
	if (fields->value[FIELD_ACTION]) {
		fprintf(stream, "%s %s of ", fields->value[FIELD_ACTION],
			fields->value[FIELD_OP]);
		print_cef(fields->value[FIELD_WORKLOAD] ?
			  fields->value[FIELD_WORKLOAD] : "the host", '|',
			  stream);
	} else {
		fputs(fields->value[FIELD_TYPE], stream);
	}
	fprintf(stream, "|%u|rt=%" PRIu64 " externalId=%s-%s", severity(item),
		item->time / 1000000, fields->value[FIELD_INSTANCE],
		fields->value[FIELD_SEQUENCE]);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = fields->value[keys[i].field];

		print_cef_key(keys[i].cef, value, stream);
		if (value && keys[i].label)
			fprintf(stream, " %sLabel=%s", keys[i].cef,
				keys[i].label);
	}
	print_cef_key("src", end_of(fields, item, true, false), stream);
	print_cef_key("spt", end_of(fields, item, true, true), stream);
	print_cef_key("dst", end_of(fields, item, false, false), stream);
	print_cef_key("dpt", end_of(fields, item, false, true), stream);
	print_cef_key("msg", fields->text, stream);
}

/* LEEF knows no escapes: a tab, which separates, was escaped with the rest */
static void print_leef_key(const char *key, const char *value, FILE *stream)
{
	if (value)
		fprintf(stream, "\t%s=%s", key, value);
}

void format_leef(const struct fields *fields, const struct sink_item *item,
		 FILE *stream)
{
	size_t i;

	fputs("LEEF:2.0|Cordon|cordon|" CORDON_VERSION "|", stream);
	print_signature(fields, stream);
	fprintf(stream, "|x09|cat=%s\tsev=%u\tdevTime=%" PRIu64
		"\tidentity=%s-%s",
		fields->value[FIELD_CLASS] ? fields->value[FIELD_CLASS] :
					     fields->value[FIELD_TYPE],
		severity(item), item->time / 1000000,
		fields->value[FIELD_INSTANCE], fields->value[FIELD_SEQUENCE]);
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].leef)
			print_leef_key(keys[i].leef,
				       fields->value[keys[i].field], stream);
	print_leef_key("src", end_of(fields, item, true, false), stream);
	print_leef_key("srcPort", end_of(fields, item, true, true), stream);
	print_leef_key("dst", end_of(fields, item, false, false), stream);
	print_leef_key("dstPort", end_of(fields, item, false, true), stream);
	print_leef_key("msg", fields->text, stream);
}
