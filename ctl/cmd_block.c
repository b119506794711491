// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses, by hand: block, unblock, blocked. */
#include "measure.h"

enum { TTL };

static const struct command_option options[] = {
	[TTL] = { "ttl", "TIME", "for how long: 90s, 15m, 6h, 7d" },
	{ NULL, NULL, NULL },
};

static int block(const struct command_line *line)
{
	struct client_order order = { .response = CORDON_RESPONSE_BLOCK_PEER };

	if (line->value[TTL])
		return measure_order(line, &order, line->value[TTL],
				     "unblock");
	output_error("block: say for how long: --ttl 1h");
	return EXIT_USAGE;
}

static int unblock(const struct command_line *line)
{
	struct client_order order = {
		.response = CORDON_RESPONSE_BLOCK_PEER,
		.end = true,
	};

	return measure_order(line, &order, NULL, NULL);
}

static int blocked(const struct command_line *line)
{
	return measure_list(line, false);
}

const struct command command_block = {
	.name = "block",
	.arguments = "ADDRESS --ttl TIME",
	.summary = "let nobody talk to an address, for a time",
	.help =
"From the next packet on, no workload talks to that address, nor it to them; nor,\n"
"where documents of segments are loaded, anybody else on or through this host.\n"
"Refused for addresses of this host and of segments that are protected or of\n"
"management.",
	.options = options,
	.words_min = 1,
	.words_max = 1,
	.run = block,
};

const struct command command_unblock = {
	.name = "unblock",
	.arguments = "ADDRESS",
	.summary = "end the block of an address, and forget it",
	.help =
"When it is blocked the next time, it begins at the first step of the ladder\n"
"again.  Ends with 10 if the address is not blocked.",
	.words_min = 1,
	.words_max = 1,
	.run = unblock,
};

const struct command command_blocked = {
	.name = "blocked",
	.arguments = "",
	.summary = "show the addresses that are blocked",
	.help =
"A line for each: for how long it still is, and on which step of its ladder it\n"
"stands.",
	.words_min = 0,
	.words_max = 0,
	.run = blocked,
};
