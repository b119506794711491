/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Items as messages for syslog: RFC 5424, and CEF or LEEF within that. */
#ifndef CTL_CORDOND_FORMAT_H
#define CTL_CORDOND_FORMAT_H

#include "ctl/cordond/fields.h"

/**
 * struct format_frame - what a message says of itself
 * @format: of its text
 * @facility: of syslog
 * @host: name of this machine
 * @pid: of cordond
 */
struct format_frame {
	enum config_format format;
	uint32_t facility;
	const char *host;
	pid_t pid;
};

/**
 * format_message - write an item as one message, without a newline
 * @frame: what it says of itself
 * @item: the item
 * @stream: where to
 *
 * Return: false without memory.
 */
bool format_message(const struct format_frame *frame,
		    const struct sink_item *item, FILE *stream);

/** format_cef - the text of a message in ArcSight's Common Event Format */
void format_cef(const struct fields *fields, const struct sink_item *item,
		FILE *stream);

/** format_leef - the text of a message in QRadar's LEEF 2.0 */
void format_leef(const struct fields *fields, const struct sink_item *item,
		 FILE *stream);

#endif /* CTL_CORDOND_FORMAT_H */
