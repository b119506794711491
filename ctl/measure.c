// SPDX-License-Identifier: LGPL-2.1-or-later
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duration.h"
#include "names.h"

enum {
	DONE_RESPONSE,
	DONE_PHASE,
	DONE_WORKLOAD,
	DONE_ADDRESS,
	DONE_TGID,
	DONE_ID,
	DONE_TTL,
	DONE_EXPIRES,
	DONE_NEXT,
};

static const struct output_column done_columns[] = {
	[DONE_RESPONSE] = { "response", "response", OUTPUT_TEXT },
	[DONE_PHASE] = { "phase", NULL, OUTPUT_TEXT },
	[DONE_WORKLOAD] = { "workload", "workload", OUTPUT_TEXT },
	[DONE_ADDRESS] = { "address", "address", OUTPUT_TEXT },
	[DONE_TGID] = { "tgid", "process", OUTPUT_NUMBER },
	[DONE_ID] = { "id", "id", OUTPUT_NUMBER },
	[DONE_TTL] = { "ttl", NULL, OUTPUT_NUMBER },
	[DONE_EXPIRES] = { NULL, "expires", OUTPUT_TEXT },
	[DONE_NEXT] = { NULL, "next", OUTPUT_TEXT },
};

/* What it has come to: of a kill with evidence, that it waits */
static enum cordon_phase phase_of(const struct client_order *order)
{
	if (order->end)
		return order->id ? CORDON_PHASE_REJECT : CORDON_PHASE_END;
	return order->evidence && order->response != CORDON_RESPONSE_SUSPEND ?
		CORDON_PHASE_HOLD : CORDON_PHASE_BEGIN;
}

static int tell(struct output *output, const struct client_order *order,
		const char *word, const char *undo)
{
	enum cordon_phase phase = phase_of(order);
	char text[DURATION_TEXT];

	output_open(output, OUTPUT_FORM, done_columns,
		    ARRAY_SIZE(done_columns));
	if (order->id) {
		output_number(output, DONE_ID, order->id);
	} else {
		output_text(output, DONE_RESPONSE,
			    cordon_response_name(order->response));
		if (order->tgid)
			output_number(output, DONE_TGID, order->tgid);
		else
			output_text(output, order->address ? DONE_ADDRESS :
							     DONE_WORKLOAD,
				    word);
	}
	output_text(output, DONE_PHASE, cordon_phase_name(phase));
	if (order->ttl) {
		output_number(output, DONE_TTL, order->ttl);
		output_format(output, DONE_EXPIRES, "in %s",
			      duration_print(order->ttl, text));
	}
	if (undo)
		output_format(output, DONE_NEXT, "`cordonctl %s %s` ends it",
			      undo, word);
	else if (phase == CORDON_PHASE_HOLD)
		output_text(output, DONE_NEXT,
			    "dead within a second; `cordonctl evidence` shows what was kept");
	output_record(output);
	return output_close(output);
}

static int read_ttl(const char *ttl, uint32_t *seconds)
{
	if (!ttl || duration_parse(ttl, CORDON_TTL_MAX, seconds))
		return EXIT_OK;
	output_error("--ttl takes a time such as 90s, 15m, 6h or 7d, up to %ud, not \"%s\"",
		     CORDON_TTL_MAX / 86400, ttl);
	return EXIT_USAGE;
}

/* What the order is about. */
static int read_word(const struct command_line *line,
		     struct client_order *order,
		     struct cordon_address *address)
{
	const char *why = "only single addresses are blocked, and /64 of IPv6";
	const char *word = line->words[0];
	struct cordon_prefix prefix;

	if (order->tgid)
		return EXIT_OK;
	if (order->id || order->response != CORDON_RESPONSE_BLOCK_PEER) {
		order->workload = order->id ? NULL : word;
		return EXIT_OK;
	}
	if (!cordon_prefix_parse(&prefix, word, strlen(word), &why) &&
	    (prefix.length == 128 ||
	     (prefix.length == 64 &&
	      cordon_address_is_network(&prefix.address)))) {
		*address = prefix.address;
		order->address = address;
		return EXIT_OK;
	}
	output_error("\"%s\" cannot be blocked: %s", word, why);
	return EXIT_USAGE;
}

int measure_order(const struct command_line *line, struct client_order *order,
		  const char *ttl, const char *undo)
{
	struct cordon_address address;
	struct client *client;
	char doing[256];
	int code;

	code = read_ttl(ttl, &order->ttl);
	if (!code)
		code = read_word(line, order, &address);
	if (!code)
		code = client_open(&client);
	if (code)
		return code;
	snprintf(doing, sizeof(doing), "%s %.*s", order->id ?
		 "response" : order->end ? "the response on" :
		 cordon_response_name(order->response), CORDON_NAME_MAX,
		 line->words[0]);
	code = client_order(client, order, doing);
	client_close(client);
	return code ? code : tell(line->output, order, line->words[0], undo);
}

/* --- lists ------------------------------------------------------------------ */

enum {
	LIST_ID,
	LIST_RESPONSES,
	LIST_WORKLOAD,
	LIST_ADDRESS,
	LIST_TGID,
	LIST_OP,
	LIST_RULE,
	LIST_STEP,
	LIST_LEFT_SHOWN,
	LIST_LEFT,
};

static const struct output_column pending_columns[] = {
	[LIST_ID] = { "id", "ID", OUTPUT_NUMBER },
	[LIST_RESPONSES] = { "responses", "RESPONSES", OUTPUT_WORDS },
	[LIST_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[LIST_ADDRESS] = { "address", "ADDRESS", OUTPUT_TEXT },
	[LIST_TGID] = { "tgid", "PROCESS", OUTPUT_NUMBER },
	[LIST_OP] = { "op", "AFTER", OUTPUT_TEXT },
	[LIST_RULE] = { "rule", "RULE", OUTPUT_PATH },
	[LIST_STEP] = { NULL, NULL, OUTPUT_NUMBER },
	[LIST_LEFT_SHOWN] = { NULL, "LAPSES IN", OUTPUT_TEXT },
	[LIST_LEFT] = { "left", NULL, OUTPUT_NUMBER },
};

static const struct output_column blocked_columns[] = {
	[LIST_ID] = { NULL, NULL, OUTPUT_NUMBER },
	[LIST_RESPONSES] = { NULL, NULL, OUTPUT_WORDS },
	[LIST_WORKLOAD] = { NULL, NULL, OUTPUT_TEXT },
	[LIST_ADDRESS] = { "address", "ADDRESS", OUTPUT_TEXT },
	[LIST_TGID] = { NULL, NULL, OUTPUT_NUMBER },
	[LIST_OP] = { NULL, NULL, OUTPUT_TEXT },
	[LIST_RULE] = { NULL, NULL, OUTPUT_PATH },
	[LIST_STEP] = { "step", "STEP", OUTPUT_NUMBER },
	[LIST_LEFT_SHOWN] = { NULL, "LEFT", OUTPUT_TEXT },
	[LIST_LEFT] = { "left", NULL, OUTPUT_NUMBER },
};

static bool is_wanted(const struct client_measure *measure, bool pending)
{
	return pending ? measure->id :
	       !measure->id && measure->responses ==
			       1u << CORDON_RESPONSE_BLOCK_PEER;
}

static int compare(const void *left, const void *right)
{
	const struct client_measure *a = left, *b = right;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return memcmp(&a->address, &b->address, sizeof(a->address));
}

static void print(struct output *output, const struct client_measure *measure,
		  bool pending)
{
	char text[CORDON_ADDRESS_TEXT], left[DURATION_TEXT];
	u32 i;

	if (measure->has_address) {
		cordon_address_print_block(text, &measure->address);
		output_text(output, LIST_ADDRESS, text);
	}
	output_number(output, LIST_LEFT, measure->left);
	output_text(output, LIST_LEFT_SHOWN,
		    duration_print(measure->left, left));
	if (pending) {
		output_number(output, LIST_ID, measure->id);
		output_text(output, LIST_WORKLOAD, measure->workload);
		for (i = 0; i < CORDON_RESPONSE_COUNT; i++)
			if (measure->responses & 1u << i)
				output_word(output, LIST_RESPONSES,
					    cordon_response_name(i));
		if (measure->tgid)
			output_number(output, LIST_TGID, measure->tgid);
		output_text(output, LIST_OP, cordon_op_name(measure->op));
		if (*measure->rule)
			output_text(output, LIST_RULE, measure->rule);
	} else {
		output_number(output, LIST_STEP, measure->step);
	}
	output_record(output);
}

static int show(struct output *output, struct client_dump *measures,
		bool pending)
{
	size_t i, count = 0;

	if (measures->count)
		qsort(measures->measures, measures->count,
		      sizeof(*measures->measures), compare);
	for (i = 0; i < measures->count; i++)
		count += is_wanted(&measures->measures[i], pending);
	if (!count)
		output_line(output, "%s", pending ?
			    "no response waits for an answer" :
			    "no address is blocked");
	output_open(output, OUTPUT_TABLE, pending ? pending_columns :
						    blocked_columns,
		    ARRAY_SIZE(pending_columns));
	for (i = 0; i < measures->count; i++)
		if (is_wanted(&measures->measures[i], pending))
			print(output, &measures->measures[i], pending);
	return output_close(output);
}

int measure_list(const struct command_line *line, bool pending)
{
	struct client_dump measures;
	struct client *client;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = client_dump(client, CORDON_CMD_MEASURE_DUMP, &measures);
	if (!code)
		code = show(line->output, &measures, pending);
	client_dump_free(&measures);
	client_close(client);
	return code;
}
