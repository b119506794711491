// SPDX-License-Identifier: LGPL-2.1-or-later
/* cordonctl flows: the sockets that belong to workloads. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "client.h"
#include "command.h"
#include "endpoint.h"
#include "names.h"
#include "net_pattern.h"

enum flows_option {
	FLOWS_WORKLOAD,
	FLOWS_LISTENING,
};

static const struct command_option options[] = {
	[FLOWS_WORKLOAD] = { "workload", "W", "only sockets of that workload" },
	[FLOWS_LISTENING] = { "listening", NULL,
		"only sockets that wait for connections or datagrams" },
	{ NULL, NULL, NULL },
};

enum {
	FLOW_WORKLOAD,
	FLOW_PROGRAM,
	FLOW_PID,
	FLOW_PROTOCOL,
	FLOW_STATE,
	FLOW_LOCAL_SHOWN,
	FLOW_REMOTE_SHOWN,
	FLOW_SEGMENTS,
	FLOW_NETNS_SHOWN,
	FLOW_FAMILY,
	FLOW_LOCAL,
	FLOW_LOCAL_PORT,
	FLOW_REMOTE,
	FLOW_REMOTE_PORT,
	FLOW_NETNS,
	FLOW_COLUMNS,
};

static const struct output_column columns[FLOW_COLUMNS] = {
	[FLOW_WORKLOAD] = { "workload", "WORKLOAD", OUTPUT_TEXT },
	[FLOW_PROGRAM] = { "program", "PROGRAM", OUTPUT_PATH },
	[FLOW_PID] = { "pid", "PID", OUTPUT_NUMBER },
	[FLOW_PROTOCOL] = { "protocol", "PROTOCOL", OUTPUT_TEXT },
	[FLOW_STATE] = { "state", "STATE", OUTPUT_TEXT },
	[FLOW_LOCAL_SHOWN] = { NULL, "LOCAL", OUTPUT_TEXT },
	[FLOW_REMOTE_SHOWN] = { NULL, "REMOTE", OUTPUT_TEXT },
	[FLOW_SEGMENTS] = { "segments", "SEGMENTS", OUTPUT_WORDS },
	[FLOW_NETNS_SHOWN] = { NULL, "NETNS", OUTPUT_NUMBER },
	[FLOW_FAMILY] = { "family", NULL, OUTPUT_TEXT },
	[FLOW_LOCAL] = { "local.address", NULL, OUTPUT_TEXT },
	[FLOW_LOCAL_PORT] = { "local.port", NULL, OUTPUT_NUMBER },
	[FLOW_REMOTE] = { "remote.address", NULL, OUTPUT_TEXT },
	[FLOW_REMOTE_PORT] = { "remote.port", NULL, OUTPUT_NUMBER },
	[FLOW_NETNS] = { "netns", NULL, OUTPUT_NUMBER },
};

static bool is_inet(const struct client_flow *flow)
{
	return flow->family == AF_INET || flow->family == AF_INET6;
}

static void print_end(struct output *output, const struct client_end *end,
		      size_t shown, size_t address, size_t port)
{
	char text[ENDPOINT_TEXT];

	if (!end->known)
		return;
	output_text(output, shown, endpoint_print(end, text));
	cordon_address_print(text, &end->address);
	output_text(output, address, text);
	output_number(output, port, end->port);
}

static void print_flow(struct output *output, const struct client_flow *flow)
{
	char family[48], protocol[8];

	cordon_socket_print(family, sizeof(family), flow->family, 0, 0);
	family[strcspn(family, "/")] = '\0';
	output_text(output, FLOW_WORKLOAD, flow->workload);
	output_text(output, FLOW_PROGRAM, *flow->program ? flow->program :
							   NULL);
	if (flow->tgid)
		output_number(output, FLOW_PID, flow->tgid);
	output_text(output, FLOW_PROTOCOL, is_inet(flow) ?
		    endpoint_protocol(flow->protocol, protocol) : family);
	output_text(output, FLOW_STATE, cordon_flow_state_name(flow->state));
	if (is_inet(flow)) {
		print_end(output, &flow->local, FLOW_LOCAL_SHOWN, FLOW_LOCAL,
			  FLOW_LOCAL_PORT);
		print_end(output, &flow->remote, FLOW_REMOTE_SHOWN,
			  FLOW_REMOTE, FLOW_REMOTE_PORT);
	}
	endpoint_words(output, FLOW_SEGMENTS, flow->remote.segments);
	output_text(output, FLOW_FAMILY, family);
	if (flow->netns) {
		output_number(output, FLOW_NETNS_SHOWN, flow->netns);
		output_number(output, FLOW_NETNS, flow->netns);
	}
	output_record(output);
}

static int compare_flows(const void *left, const void *right)
{
	const struct client_flow *a = left, *b = right;
	int order = strcmp(a->workload, b->workload);

	if (!order)
		order = (a->tgid > b->tgid) - (a->tgid < b->tgid);
	if (!order)	/* Who listens stands before what was accepted */
		order = (b->state == CORDON_FLOW_LISTENING) -
			(a->state == CORDON_FLOW_LISTENING);
	if (!order)
		order = a->protocol - b->protocol;
	if (!order)
		order = a->local.port - b->local.port;
	if (!order)
		order = memcmp(&a->remote.address, &b->remote.address,
			       sizeof(a->remote.address));
	return order ? order : a->remote.port - b->remote.port;
}

static bool is_wanted(const struct command_line *line,
		      const struct client_flow *flow)
{
	const char *workload = line->value[FLOWS_WORKLOAD];

	if (workload && strcmp(flow->workload, workload))
		return false;
	return !line->value[FLOWS_LISTENING] ||
	       flow->state == CORDON_FLOW_LISTENING;
}

/* Is there a socket of another network namespace than this command's */
static bool spans_namespaces(const struct client_dump *flows)
{
	struct stat own;
	size_t i;

	if (stat("/proc/self/ns/net", &own))
		return true;
	for (i = 0; i < flows->count; i++)
		if (flows->flows[i].netns &&
		    flows->flows[i].netns != own.st_ino)
			return true;
	return false;
}

static int show(const struct command_line *line, struct client_dump *flows)
{
	struct output_column shown[FLOW_COLUMNS];
	size_t i, count = 0;

	if (flows->count)
		qsort(flows->flows, flows->count, sizeof(*flows->flows),
		      compare_flows);
	for (i = 0; i < flows->count; i++)
		count += is_wanted(line, &flows->flows[i]);
	if (!count)
		output_line(line->output, "no socket is labelled%s",
			    flows->count ? " that was asked for" : "");
	memcpy(shown, columns, sizeof(shown));
	if (!spans_namespaces(flows))
		shown[FLOW_NETNS_SHOWN].heading = NULL;
	output_open(line->output, OUTPUT_TABLE, shown, ARRAY_SIZE(shown));
	for (i = 0; i < flows->count; i++)
		if (is_wanted(line, &flows->flows[i]))
			print_flow(line->output, &flows->flows[i]);
	return output_close(line->output);
}

/* A workload that is gone may still have sockets that bear its name */
static int check_workload(const struct command_line *line,
			  struct client *client,
			  const struct client_dump *flows)
{
	const char *name = line->value[FLOWS_WORKLOAD];
	struct client_dump workloads;
	size_t i;
	int code;

	for (i = 0; i < flows->count; i++)
		if (!name || !strcmp(flows->flows[i].workload, name))
			return EXIT_OK;
	if (!name)
		return EXIT_OK;
	code = client_dump(client, CORDON_CMD_WORKLOAD_DUMP, &workloads);
	if (!code && !client_workload_find(&workloads, name))
		code = EXIT_UNKNOWN;
	client_dump_free(&workloads);
	return code;
}

static int run(const struct command_line *line)
{
	struct client_dump flows;
	struct client *client;
	int code;

	code = client_open(&client);
	if (code)
		return code;
	code = client_dump(client, CORDON_CMD_FLOW_DUMP, &flows);
	if (!code)
		code = check_workload(line, client, &flows);
	if (!code)
		code = show(line, &flows);
	client_dump_free(&flows);
	client_close(client);
	return code;
}

const struct command command_flows = {
	.name = "flows",
	.arguments = "",
	.summary = "show the sockets of workloads, and what they talk to",
	.help =
"A line for each socket that belongs to a workload: its program and the process\n"
"that made or accepted it (in the initial namespace), protocol, state, both ends\n"
"and the segments that the other end lies in.  States: \"listening\", \"outbound\"\n"
"(connected by the process), \"inbound\" (accepted by it), \"open\" (neither yet).\n"
"A column with the inode of the network namespace is added where there are\n"
"sockets of more than one.",
	.options = options,
	.words_min = 0,
	.words_max = 0,
	.run = run,
};
