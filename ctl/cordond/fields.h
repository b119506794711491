/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an item says, as names and values: for formats that are made of these.
 * The names are the keys of docs/events.md, with _ for the dots.
 */
#ifndef CTL_CORDOND_FIELDS_H
#define CTL_CORDOND_FIELDS_H

#include "ctl/cordond/sink.h"

/** enum field - what may be said of an item */
enum field {
	FIELD_TYPE,
	FIELD_INSTANCE,
	FIELD_SEQUENCE,
	FIELD_CLASS,
	FIELD_ACTION,
	FIELD_WORKLOAD,
	FIELD_PROGRAM,
	FIELD_OP,
	FIELD_OBJECT,
	FIELD_KIND,
	FIELD_REASON,
	FIELD_RULE_TEXT,
	FIELD_RULE_FILE,
	FIELD_RULE_LINE,
	FIELD_PID,
	FIELD_TGID,
	FIELD_PARENT,
	FIELD_UID,
	FIELD_COMM,
	FIELD_PROTOCOL,
	FIELD_LOCAL_ADDRESS,
	FIELD_LOCAL_PORT,
	FIELD_REMOTE_ADDRESS,
	FIELD_REMOTE_PORT,
	FIELD_PEER,
	FIELD_COUNT,
	FIELD_FIRST_SEQUENCE,
	FIELD_GENERATION,
	FIELD_RULE_ID,
	FIELD_UNLISTED,
	FIELD_FROM_SEGMENTS,
	FIELD_SEGMENTS,
	FIELD_RESPONSE,
	FIELD_PHASE,
	FIELD_TTL,
	FIELD_PENDING,
	FIELD_EVIDENCE,
	FIELD_MISSED,
	FIELD_OF,
	FIELDS
};

/**
 * struct fields - the values of one item
 * @value: each harmless in one line of text, see output_escape(); NULL: does
 *	not apply
 * @text: the item as a line for people
 */
struct fields {
	char *value[FIELDS];
	char *text;
};

/** fields_name - what a field is called */
const char *fields_name(enum field field);

/**
 * fields_fill - read an item
 * @fields: filled, for fields_free(), even on failure
 * @item: the item
 *
 * Return: false without memory.
 */
bool fields_fill(struct fields *fields, const struct sink_item *item);

/** fields_free - release the values */
void fields_free(struct fields *fields);

/** fields_severity - how bad an item is, as syslog counts: LOG_WARNING, … */
int fields_severity(const struct sink_item *item);

#endif /* CTL_CORDOND_FIELDS_H */
