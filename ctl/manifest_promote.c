// SPDX-License-Identifier: LGPL-2.1-or-later
/* "promote" of a manifest: when what it monitors may be enforced. */
#include <string.h>

#include "manifest_parse.h"
#include "promotion.h"

/* Who reads the terms does so once the document is taken; here they are checked. */
static void check_time(struct manifest_reader *reader,
		       const struct position *value)
{
	u32 seconds;

	manifest_read_duration(reader, value, PROMOTION_MAX, &seconds);
}

static void check_to(struct manifest_reader *reader,
		     const struct position *value)
{
	if (strcmp(json_string_value(value->value), "enforce"))
		manifest_error(reader, value, NULL,
			       "a workload is promoted to \"enforce\", and to nothing else");
}

static const struct manifest_key promote_keys[] = {
	{ "after", MANIFEST_STRING, MANIFEST_REQUIRED, check_time,
	  "how long it is watched for, at least: \"14d\"" },
	{ "quiet", MANIFEST_STRING, MANIFEST_REQUIRED, check_time,
	  "for how long nothing may depart before it: \"3d\"" },
	{ "to", MANIFEST_STRING, MANIFEST_OPTIONAL, check_to, NULL },
	{ "ask", MANIFEST_BOOLEAN, MANIFEST_OPTIONAL, NULL, NULL },
};

void manifest_read_promote(struct manifest_reader *reader,
			   const struct position *value)
{
	struct promotion_terms terms;

	manifest_read_object(reader, value, "\"promote\"", promote_keys,
			     ARRAY_COUNT(promote_keys));
	if (promotion_terms_read(reader->document->json, &terms) &&
	    terms.after < terms.quiet)
		manifest_error(reader, position_member(value, "after"), NULL,
			       "it is watched for less time than it is to be quiet for");
}
