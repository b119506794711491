// SPDX-License-Identifier: LGPL-2.1-or-later
/* Status and dumps. */
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "client_private.h"
#include "output.h"
#include "suggest.h"

/* How often a dump that changed under the reader is begun again */
#define DUMP_TRIES 8

/** struct dump_kind - how the records of one dump command are read */
struct dump_kind {
	int attribute;
	size_t size;
	bool (*parse)(struct nlattr *nest, void *record);
	const char *doing;
};

static const struct dump_kind dump_kinds[CORDON_CMD_COUNT] = {
	[CORDON_CMD_WORKLOAD_DUMP] = {
		CORDON_A_WORKLOAD, sizeof(struct client_workload),
		client_workload_parse, "cannot read the workloads",
	},
	[CORDON_CMD_MEMBER_DUMP] = {
		CORDON_A_MEMBER, sizeof(struct client_member),
		client_member_parse, "cannot read the members",
	},
	[CORDON_CMD_PROGRAM_DUMP] = {
		CORDON_A_PROGRAM, sizeof(struct client_program),
		client_program_parse, "cannot read the programs",
	},
	[CORDON_CMD_RULE_DUMP] = {
		CORDON_A_RULE, sizeof(struct client_rule),
		client_rule_parse, "cannot read the rules",
	},
	[CORDON_CMD_TASK_DUMP] = {
		CORDON_A_TASK, sizeof(struct client_task),
		client_task_parse, "cannot read the labelled tasks",
	},
	[CORDON_CMD_HOOK_DUMP] = {
		CORDON_A_HOOK, sizeof(struct client_hook),
		client_hook_parse, "cannot read the hooks",
	},
	[CORDON_CMD_ENTRY_DUMP] = {
		CORDON_A_ENTRY, sizeof(struct client_entry),
		client_entry_parse, "cannot read the segments' addresses",
	},
	[CORDON_CMD_FLOW_DUMP] = {
		CORDON_A_FLOW, sizeof(struct client_flow),
		client_flow_parse, "cannot read the labelled sockets",
	},
	[CORDON_CMD_MEASURE_DUMP] = {
		CORDON_A_MEASURE, sizeof(struct client_measure),
		client_measure_parse, "cannot read what is in force",
	},
	[CORDON_CMD_RESPONSE_DUMP] = {
		CORDON_A_RESPONSE, sizeof(struct client_response),
		client_response_parse, "cannot read the responses",
	},
	[CORDON_CMD_BEHAVIOUR_DUMP] = {
		CORDON_A_BEHAVIOUR, sizeof(struct client_behaviour),
		client_behaviour_parse, "cannot read the behaviours",
	},
	[CORDON_CMD_LEARNING_DUMP] = {
		CORDON_A_LEARNING, sizeof(struct client_learning),
		client_learning_parse, "cannot read how learning goes",
	},
};

bool client_dump_keep(struct client_dump *dump, struct client_buffer *buffer)
{
	struct client_buffer *buffers;

	buffers = reallocarray(dump->buffers, dump->buffer_count + 1,
			       sizeof(*buffers));
	if (!buffers)
		return false;
	buffers[dump->buffer_count++] = *buffer;
	dump->buffers = buffers;
	buffer->data = NULL;
	return true;
}

void client_dump_free(struct client_dump *dump)
{
	size_t i;

	for (i = 0; i < dump->buffer_count; i++)
		free(dump->buffers[i].data);
	free(dump->buffers);
	free(dump->records);
	memset(dump, 0, sizeof(*dump));
}

static bool is_control(const struct nlmsghdr *header)
{
	return header->nlmsg_type < NLMSG_MIN_TYPE ||
	       !genlmsg_valid_hdr((struct nlmsghdr *)header, 0);
}

/* Parse every nest of @kind in one message onto the end of @dump's records */
static bool parse_message(struct client_dump *dump, struct nlmsghdr *header,
			  const struct dump_kind *kind, size_t *capacity)
{
	struct genlmsghdr *message = nlmsg_data(header);
	struct nlattr *nest;
	int left;

	nla_for_each_attr(nest, genlmsg_attrdata(message, 0),
			  genlmsg_attrlen(message, 0), left) {
		if (nla_type(nest) != kind->attribute)
			continue;
		if (dump->count == *capacity) {
			size_t wanted = *capacity ? *capacity * 2 : 64;
			void *records;

			records = reallocarray(dump->records, wanted,
					       kind->size);
			if (!records) {
				output_error("out of memory for what the module dumps");
				return false;
			}
			dump->records = records;
			*capacity = wanted;
		}
		if (!kind->parse(nest, (char *)dump->records +
				       dump->count * kind->size)) {
			output_error("%s: the module sent a record that this cordonctl cannot read: see `cordonctl version`",
				     kind->doing);
			return false;
		}
		dump->count++;
	}
	return true;
}

int client_dump_records(struct client_dump *dump, enum cordon_command command)
{
	const struct dump_kind *kind = &dump_kinds[command];
	size_t capacity = 0, i;

	for (i = 0; i < dump->buffer_count; i++) {
		struct nlmsghdr *header = dump->buffers[i].data;
		int left = (int)dump->buffers[i].size;

		for (; nlmsg_ok(header, left);
		     header = nlmsg_next(header, &left)) {
			if (is_control(header))
				continue;
			if (!parse_message(dump, header, kind, &capacity))
				return EXIT_FAILED;
		}
	}
	return EXIT_OK;
}

int client_dump(struct client *client, enum cordon_command command,
		struct client_dump *dump)
{
	return client_dump_named(client, command, NULL, dump);
}

int client_dump_named(struct client *client, enum cordon_command command,
		      const char *name, struct client_dump *dump)
{
	const struct dump_kind *kind = &dump_kinds[command];
	bool interrupted;
	int code, tries;

	memset(dump, 0, sizeof(*dump));
	for (tries = 0; tries < DUMP_TRIES; tries++) {
		struct nl_msg *message = client_message(client, command,
							NLM_F_DUMP, 256);

		if (!message)
			return EXIT_FAILED;
		if (name)
			nla_put_string(message, CORDON_A_NAME, name);
		interrupted = false;
		code = client_exchange(client, message, dump, &interrupted);
		nlmsg_free(message);
		if (!code && client->answer.error)
			code = client_refused(client, kind->doing);
		if (!code && !interrupted)
			code = client_dump_records(dump, command);
		if (code || interrupted)
			client_dump_free(dump);
		if (code || !interrupted)
			return code;
	}
	output_error("%s: the policy keeps changing while it is read: try again",
		     kind->doing);
	return EXIT_CONFLICT;
}

const struct client_workload *
client_workload_seek(const struct client_dump *workloads, const char *name)
{
	size_t i;

	for (i = 0; i < workloads->count; i++)
		if (!strcmp(workloads->workloads[i].name, name))
			return &workloads->workloads[i];
	return NULL;
}

const struct client_workload *
client_workload_find(const struct client_dump *workloads, const char *name)
{
	const struct client_workload *found;
	const char *nearest = NULL;
	const char **names;
	size_t i;

	found = client_workload_seek(workloads, name);
	if (found)
		return found;
	names = calloc(workloads->count + 1, sizeof(*names));
	for (i = 0; names && i < workloads->count; i++)
		names[i] = workloads->workloads[i].name;
	if (names)
		nearest = suggest_nearest(name, names, workloads->count);
	if (nearest)
		output_error("no workload \"%s\" is loaded; did you mean \"%s\"?",
			     name, nearest);
	else
		output_error("no workload \"%s\" is loaded: see `cordonctl workloads`",
			     name);
	free(names);
	return NULL;
}

static bool find_status(struct client *client, struct client_status *status)
{
	struct nlmsghdr *header;
	struct nlattr *nest;
	int left;

	if (!client->reply.buffer_count)
		return false;
	header = client->reply.buffers[0].data;
	left = (int)client->reply.buffers[0].size;
	if (!nlmsg_ok(header, left) || is_control(header))
		return false;
	nest = nlmsg_find_attr(header, GENL_HDRLEN, CORDON_A_STATUS);
	return nest && client_status_parse(nest, status);
}

int client_status(struct client *client, struct client_status *status)
{
	struct nl_msg *message;
	int code;

	client_dump_free(&client->reply);
	message = client_message(client, CORDON_CMD_STATUS_GET, NLM_F_ACK, 256);
	if (!message)
		return EXIT_FAILED;
	code = client_exchange(client, message, &client->reply, NULL);
	nlmsg_free(message);
	if (code)
		return code;
	if (client->answer.error)
		return client_refused(client, "cannot read the status");
	if (find_status(client, status))
		return EXIT_OK;
	output_error("the module's status cannot be read: see `cordonctl version`");
	return EXIT_FAILED;
}
