// SPDX-License-Identifier: LGPL-2.1-or-later
/* Transactions, and the other requests that change the policy. */
#include <errno.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "client_private.h"
#include "names.h"
#include "output.h"

/* Room for the headers and small attributes around a text */
#define HEADERS_SIZE 64
/* A workload: its texts, each at its longest, and the small attributes */
#define WORKLOAD_SIZE (CORDON_NAME_MAX + 2 * CORDON_TEXT_MAX + \
		       CORDON_PATH_MAX + 512)
/* A response: a few numbers, and a ladder of them */
#define RESPONSE_SIZE 256
/* Smallest attribute that a batch holds: bounds how many there can be */
#define BATCH_MAX (CLIENT_MESSAGE_SIZE / 8)

/** enum batch_kind - what an attribute of a batch was made of */
enum batch_kind {
	BATCH_MEMBER,
	BATCH_PROGRAM,
	BATCH_RULE,
	BATCH_RESPONSE,
};

/** struct batch_entry - where in the message an attribute begins, and whose */
struct batch_entry {
	uint32_t offset;
	enum batch_kind kind;
	uint32_t index;
};

/**
 * struct batch - one CORDON_CMD_RULE_ADD in the making
 * @client: the connection
 * @draft: the workload it belongs to
 * @message: NULL while there is nothing in it
 * @count: of @entry
 * @entry: its attributes, by offset
 */
struct batch {
	struct client *client;
	const struct cordon_draft *draft;
	struct nl_msg *message;
	size_t count;
	struct batch_entry entry[BATCH_MAX];
};

static const char *text_of(const struct cordon_draft *draft, uint32_t text)
{
	return cordon_draft_text(draft, text);
}

/* Name what the kernel refused: the entry its offset lies in, if it said one */
static void describe_refused(const struct batch *batch, char *text, size_t size)
{
	const struct cordon_draft *draft = batch->draft;
	const struct client_answer *answer = &batch->client->answer;
	const struct cordon_draft_member *member;
	const struct cordon_draft_rule *rule;
	const struct batch_entry *entry;
	size_t i = batch->count;

	while (answer->placed && i && batch->entry[i - 1].offset >
				      answer->offset)
		i--;
	if (!answer->placed || !i) {
		snprintf(text, size, "%s: %s \"%s\" cannot be added",
			 text_of(draft, draft->file),
			 client_document_word(draft),
			 text_of(draft, draft->name));
		return;
	}
	entry = &batch->entry[i - 1];
	switch (entry->kind) {
	case BATCH_MEMBER:
		member = cordon_draft_member(draft, entry->index);
		snprintf(text, size,
			 "%s: member \"%s:%s\" of %s \"%s\" cannot be added",
			 text_of(draft, draft->file),
			 cordon_member_name(member->kind),
			 text_of(draft, member->pattern),
			 client_document_word(draft),
			 text_of(draft, draft->name));
		break;
	case BATCH_PROGRAM:
		snprintf(text, size,
			 "%s: %s \"%s\" of %s \"%s\" cannot be added",
			 text_of(draft, draft->file),
			 client_program_word(draft),
			 text_of(draft, cordon_draft_program(draft,
							     entry->index)->exe),
			 client_document_word(draft),
			 text_of(draft, draft->name));
		break;
	case BATCH_RULE:
		rule = cordon_draft_rule(draft, entry->index);
		snprintf(text, size,
			 "%s:%u:%u: rule \"%s\" of %s \"%s\" cannot be added",
			 text_of(draft, rule->file), rule->line, rule->column,
			 text_of(draft, rule->text),
			 client_document_word(draft),
			 text_of(draft, draft->name));
		break;
	case BATCH_RESPONSE:
		snprintf(text, size,
			 "%s: response %u of %s \"%s\" cannot be added",
			 text_of(draft, draft->file), entry->index + 1,
			 client_document_word(draft),
			 text_of(draft, draft->name));
		break;
	}
}

static int batch_send(struct batch *batch)
{
	char doing[2 * CORDON_PATH_MAX];
	int code;

	if (!batch->message)
		return EXIT_OK;
	code = client_exchange(batch->client, batch->message, NULL, NULL);
	nlmsg_free(batch->message);
	batch->message = NULL;
	if (!code && batch->client->answer.error) {
		describe_refused(batch, doing, sizeof(doing));
		code = client_refused(batch->client, doing);
	}
	batch->count = 0;
	return code;
}

static int batch_put(struct batch *batch, enum batch_kind kind, uint32_t index,
		     size_t size)
{
	struct batch_entry *entry;
	bool put = false;
	int code;

	if (batch->message &&
	    (batch->count == BATCH_MAX ||
	     nlmsg_hdr(batch->message)->nlmsg_len + size >
			CLIENT_MESSAGE_SIZE)) {
		code = batch_send(batch);
		if (code)
			return code;
	}
	if (!batch->message) {
		size_t room = size + HEADERS_SIZE;

		if (room < CLIENT_MESSAGE_SIZE)
			room = CLIENT_MESSAGE_SIZE;
		batch->message = client_message(batch->client,
						CORDON_CMD_RULE_ADD, NLM_F_ACK,
						room);
		if (!batch->message)
			return EXIT_FAILED;
	}
	entry = &batch->entry[batch->count++];
	entry->offset = nlmsg_hdr(batch->message)->nlmsg_len;
	entry->kind = kind;
	entry->index = index;
	switch (kind) {
	case BATCH_MEMBER:
		put = client_put_member(batch->message, batch->draft, index);
		break;
	case BATCH_PROGRAM:
		put = client_put_program(batch->message, batch->draft, index);
		break;
	case BATCH_RULE:
		put = client_put_rule(batch->message, batch->draft, index);
		break;
	case BATCH_RESPONSE:
		put = client_put_response(batch->message, batch->draft, index);
		break;
	}
	if (put)
		return EXIT_OK;
	output_error("workload \"%s\" does not fit into a message to the module",
		     text_of(batch->draft, batch->draft->name));
	return EXIT_FAILED;
}

static size_t entry_size(const struct cordon_draft *draft, uint32_t text)
{
	return HEADERS_SIZE + strlen(text_of(draft, text));
}

static int fill_batches(struct batch *batch)
{
	const struct cordon_draft *draft = batch->draft;
	int code = EXIT_OK;
	uint32_t i;

	/* Members may lie in segments, which are programs */
	for (i = 0; !code && i < draft->used.programs; i++)
		code = batch_put(batch, BATCH_PROGRAM, i,
				 entry_size(draft, cordon_draft_program(
							draft, i)->exe));
	for (i = 0; !code && i < draft->used.members; i++)
		code = batch_put(batch, BATCH_MEMBER, i,
				 entry_size(draft, cordon_draft_member(
							draft, i)->pattern));
	for (i = 0; !code && i < draft->used.rules; i++)
		code = batch_put(batch, BATCH_RULE, i,
				 client_rule_size(draft, i));
	for (i = 0; !code && i < draft->used.responses; i++)
		code = batch_put(batch, BATCH_RESPONSE, i, RESPONSE_SIZE);
	return code ? code : batch_send(batch);
}

static int add_workload(struct client *client, const struct cordon_draft *draft)
{
	struct batch *batch;
	struct nl_msg *message;
	char doing[2 * CORDON_PATH_MAX];
	int code;

	message = client_message(client, CORDON_CMD_WORKLOAD_ADD, NLM_F_ACK,
				 WORKLOAD_SIZE);
	if (!message)
		return EXIT_FAILED;
	if (!client_put_workload(message, draft)) {
		nlmsg_free(message);
		output_error("workload \"%s\" does not fit into a message to the module",
			     text_of(draft, draft->name));
		return EXIT_FAILED;
	}
	snprintf(doing, sizeof(doing), "%s: %s \"%s\" cannot be added",
		 text_of(draft, draft->file), client_document_word(draft),
		 text_of(draft, draft->name));
	code = client_request(client, message, doing);
	if (code)
		return code;
	batch = calloc(1, sizeof(*batch));
	if (!batch) {
		output_error("out of memory for a request to the module");
		return EXIT_FAILED;
	}
	batch->client = client;
	batch->draft = draft;
	code = fill_batches(batch);
	nlmsg_free(batch->message);
	free(batch);
	return code;
}

static int begin(struct client *client, const struct client_change *change)
{
	struct nl_msg *message;

	message = client_message(client, CORDON_CMD_BEGIN, NLM_F_ACK, 256);
	if (!message)
		return EXIT_FAILED;
	nla_put_u64(message, CORDON_A_GENERATION, change->generation);
	if (change->replace)
		nla_put_flag(message, CORDON_A_REPLACE);
	return client_request(client, message, "cannot begin a transaction");
}

static int drop_workload(struct client *client, const char *name)
{
	struct nl_msg *message;
	char doing[256];

	message = client_message(client, CORDON_CMD_WORKLOAD_DEL, NLM_F_ACK,
				 512);
	if (!message)
		return EXIT_FAILED;
	nla_put_string(message, CORDON_A_NAME, name);
	snprintf(doing, sizeof(doing), "cannot unload \"%.*s\"",
		 CORDON_NAME_MAX, name);
	return client_request(client, message, doing);
}

static int commit(struct client *client, uint32_t confirm)
{
	struct nl_msg *message;

	message = client_message(client, CORDON_CMD_COMMIT, NLM_F_ACK, 256);
	if (!message)
		return EXIT_FAILED;
	if (confirm)
		nla_put_u32(message, CORDON_A_CONFIRM, confirm);
	return client_request(client, message, "cannot put the policy in force");
}

static int request_plain(struct client *client, enum cordon_command command,
			 const char *doing)
{
	struct nl_msg *message;
	int code;

	message = client_message(client, (uint8_t)command, NLM_F_ACK, 256);
	if (!message)
		return EXIT_FAILED;
	code = client_request(client, message, doing);
	/* What is not there is no workload: nothing to confirm, to return to */
	return code == EXIT_UNKNOWN ? EXIT_REFUSED : code;
}

/* After an error that is told already: its own failure would only confuse */
static void abort_quietly(struct client *client)
{
	struct nl_msg *message;

	message = client_message(client, CORDON_CMD_ABORT, NLM_F_ACK, 256);
	if (!message)
		return;
	client_exchange(client, message, NULL, NULL);
	nlmsg_free(message);
}

int client_change(struct client *client, const struct client_change *change)
{
	int code = EXIT_OK;
	bool refused = false;
	size_t i;

	code = begin(client, change);
	if (code)
		return code;
	for (i = 0; !code && i < change->name_count; i++)
		code = drop_workload(client, change->names[i]);
	for (i = 0; !code && i < change->draft_count; i++)
		code = add_workload(client, change->drafts[i]);
	if (!code && change->dry_run)
		return request_plain(client, CORDON_CMD_ABORT,
				     "cannot abort the transaction");
	if (!code) {
		code = commit(client, change->confirm);
		refused = client->answer.error == EINVAL;
	}
	if (code)
		abort_quietly(client);
	if (code && refused)
		client_diagnose(client, change);
	return code;
}

int client_confirm(struct client *client)
{
	return request_plain(client, CORDON_CMD_CONFIRM, "cannot confirm");
}

int client_rollback(struct client *client)
{
	return request_plain(client, CORDON_CMD_ROLLBACK, "cannot roll back");
}

int client_mode_set(struct client *client, const char *workload,
		    const int mode[CORDON_CLASS_COUNT], uint32_t confirm)
{
	struct nl_msg *message;
	struct nlattr *nest;
	char doing[256];
	int i;

	message = client_message(client, CORDON_CMD_MODE_SET, NLM_F_ACK, 512);
	if (!message)
		return EXIT_FAILED;
	nla_put_string(message, CORDON_A_NAME, workload);
	nest = nla_nest_start(message, NLA_F_NESTED | CORDON_A_MODES);
	for (i = 0; i < CORDON_CLASS_COUNT; i++)
		if (mode[i] >= 0)
			nla_put_u8(message, CORDON_MODES_A_EXEC + i,
				   (uint8_t)mode[i]);
	nla_nest_end(message, nest);
	if (confirm)
		nla_put_u32(message, CORDON_A_CONFIRM, confirm);
	snprintf(doing, sizeof(doing), "cannot change the modes of \"%.*s\"",
		 CORDON_NAME_MAX, workload);
	return client_request(client, message, doing);
}
