/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Promotion: when what a manifest only monitors has been quiet for so long that
 * it may be enforced.  What happened is read from cordond's store; nothing here
 * asks or changes the module.
 */
#ifndef CTL_PROMOTION_H
#define CTL_PROMOTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "store.h"

/** PROMOTION_MAX - seconds that a manifest may want to wait: a year */
#define PROMOTION_MAX (366u * 24 * 60 * 60)

/**
 * struct promotion_terms - what a manifest says of it, in "promote"
 * @after: seconds that it wants to have been watched for
 * @quiet: seconds without a departure, and without a loss
 * @ask: somebody is to say so, even then
 */
struct promotion_terms {
	uint32_t after;
	uint32_t quiet;
	bool ask;
};

/**
 * struct promotion_record - what is known of a workload
 * @classes: bits of enum cordon_class: what would be promoted
 * @watched: ns, CLOCK_REALTIME: since when these are monitored, as far as the
 *	store knows; 0: it knows nothing of the workload
 * @departed: likewise: the last departure of one of them; 0: there is none
 * @departures: acts, since @watched
 * @what: the last one: "/usr/sbin/nginx read /etc/hosts"; or NULL
 * @lost: ns, CLOCK_REALTIME: when events were last missed that may have been of
 *	these; 0: never
 * @losses: how many, since @watched
 */
struct promotion_record {
	uint32_t classes;
	uint64_t watched;
	uint64_t departed;
	uint64_t departures;
	char *what;
	uint64_t lost;
	uint64_t losses;
};

/**
 * enum promotion_state - may it be promoted
 * @PROMOTION_NOTHING: it monitors nothing
 * @PROMOTION_DUE: it may
 * @PROMOTION_UNKNOWN: the store knows nothing of it
 * @PROMOTION_YOUNG: it has not been watched for long enough
 * @PROMOTION_DEPARTED: it departs from its manifest still
 * @PROMOTION_LOST: what it did was not all seen
 */
enum promotion_state {
	PROMOTION_NOTHING,
	PROMOTION_DUE,
	PROMOTION_UNKNOWN,
	PROMOTION_YOUNG,
	PROMOTION_DEPARTED,
	PROMOTION_LOST,
};

/**
 * promotion_terms_read - what a manifest says of its promotion
 * @document: that the reader has taken
 * @terms: filled on success
 *
 * Return: does it say anything.
 */
bool promotion_terms_read(const json_t *document,
			  struct promotion_terms *terms);

/**
 * promotion_record_add - take a row of the store into account
 * @record: its classes are set; rows come in their order
 * @row: of this workload, or of what was missed of anyone's
 *
 * What is denied, learnt, or has its modes changed begins to be watched anew.
 */
void promotion_record_add(struct promotion_record *record,
			  const struct store_row *row);

/** promotion_record_free - release what it holds */
void promotion_record_free(struct promotion_record *record);

/**
 * promotion_decide - may it be promoted
 * @record: what is known
 * @terms: what the manifest wants
 * @now: ns, CLOCK_REALTIME
 * @due: set to when, if nothing more happens, it will be; 0: nobody can say
 *
 * Return: if not, why; of several reasons the one that lasts longest.
 */
enum promotion_state promotion_decide(const struct promotion_record *record,
				      const struct promotion_terms *terms,
				      uint64_t now, uint64_t *due);

/** promotion_state_name - its word: "due", "departed" */
const char *promotion_state_name(enum promotion_state state);

/**
 * promotion_document - the manifest that enforces what it has monitored
 * @document: that the reader has taken
 * @classes: bits of enum cordon_class
 *
 * Return: a copy, for json_decref(); all else is as it was, in its order.
 */
json_t *promotion_document(const json_t *document, uint32_t classes);

#endif /* CTL_PROMOTION_H */
