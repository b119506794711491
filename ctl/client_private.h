/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the client share, and its tests. */
#ifndef CTL_CLIENT_PRIVATE_H
#define CTL_CLIENT_PRIVATE_H

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "client.h"

/* Messages are filled up to this, which the kernel takes in one page order */
#define CLIENT_MESSAGE_SIZE	(16u << 10)

/**
 * struct client_answer - the kernel's answer to one request
 * @error: 0, or a positive errno
 * @text: what it says of it, perhaps empty
 * @offset: of the attribute at fault in the request, in bytes from its header
 * @placed: @offset is filled
 */
struct client_answer {
	int error;
	char text[512];
	uint32_t offset;
	bool placed;
};

/**
 * struct client - a connection
 * @socket: libnl's; sequence checks and acks are ours
 * @family: number of the generic netlink family
 * @group: number of the multicast group of events
 * @answer: to the last request
 * @reply: what the last status lies in
 * @cursor: number of the next event
 * @instance: of the module that answered
 * @asked_instance: the one that is to answer; 0: any
 * @request: sequence number of the message that asked for events; 0: none is
 *	under way
 * @answered: the last datagram of its answer is in @events
 * @got_event: that had an event
 * @events: datagram that events are taken from
 * @message_at: where in @events the current message stands
 * @attribute_at: where in @events the next attribute stands; 0: at the first
 *	of the current message
 */
struct client {
	struct nl_sock *socket;
	uint16_t family;
	uint32_t group;
	struct client_answer answer;
	struct client_dump reply;
	uint64_t cursor;
	uint64_t instance;
	uint64_t asked_instance;
	uint32_t request;
	bool answered;
	bool got_event;
	struct client_buffer events;
	size_t message_at;
	size_t attribute_at;
};

/**
 * client_message - begin a request
 * @client: the connection
 * @command: of the family, enum cordon_command
 * @flags: NLM_F_ACK or NLM_F_DUMP
 * @size: bytes that it may grow to
 *
 * Return: the message for nlmsg_free(), or NULL without memory (which is told).
 */
struct nl_msg *client_message(const struct client *client,
			      uint8_t command, int flags,
			      size_t size);

/**
 * client_receive - wait for one datagram of the kernel
 * @client: the connection
 * @flags: 0, or MSG_DONTWAIT
 * @buffer: filled on success; its data is for free()
 *
 * Return: 0 or a negative errno; -EAGAIN if the kernel stayed silent.
 */
int client_receive(struct client *client, int flags,
		   struct client_buffer *buffer);

/**
 * client_answer_scan - is an answer complete
 * @client: whose answer it is
 * @sequence: of the request
 * @buffer: a datagram of it
 * @interrupted: if not NULL: set if the kernel marked the dump as interrupted
 *
 * Return: 1 if the answer is complete with it, 0 if more must come, -1 if it
 * makes no sense.
 */
int client_answer_scan(struct client *client, uint32_t sequence,
		       const struct client_buffer *buffer, bool *interrupted);

/**
 * client_exchange - send a request and read its answer to the end
 * @client: the connection
 * @message: the request
 * @keep: if not NULL: messages that came are kept in its buffers
 * @interrupted: if not NULL: set if the kernel marked the dump as interrupted
 *
 * Fills @client->answer with what the kernel said.
 *
 * Return: EXIT_OK if there is an answer, be it a refusal; else EXIT_FAILED,
 * told.
 */
int client_exchange(struct client *client, struct nl_msg *message,
		    struct client_dump *keep, bool *interrupted);

/**
 * client_request - likewise, for requests whose answer is yes or no
 * @client: the connection
 * @message: the request; freed
 * @doing: what was tried, for the error: "cannot commit"
 */
int client_request(struct client *client, struct nl_msg *message,
		   const char *doing);

/**
 * client_refused - tell why the kernel refused
 * @client: whose answer holds an error
 * @doing: what was tried, which begins the line
 *
 * Return: the exit code that fits.
 */
int client_refused(struct client *client, const char *doing);

/** client_owner - name who holds port @port: "pid 812 (cordonctl)" */
void client_owner(uint32_t port, char *text, size_t size);

/** client_document_word - what to call that which a draft is of */
static inline const char *client_document_word(const struct cordon_draft *draft)
{
	return draft->kind == CORDON_DOCUMENT_SEGMENTS ? "document" :
							 "workload";
}

/** client_program_word - what to call one of its programs */
static inline const char *client_program_word(const struct cordon_draft *draft)
{
	return draft->kind == CORDON_DOCUMENT_SEGMENTS ? "segment" : "program";
}

/**
 * client_answer_parse - read an acknowledgement or the end of a dump
 * @header: of type NLMSG_ERROR or NLMSG_DONE, wholly received
 * @answer: filled
 *
 * Return: false if the message is too short to be one.
 */
bool client_answer_parse(const struct nlmsghdr *header,
			 struct client_answer *answer);

/*
 * Read one nested attribute into a record, whose text points into it.
 * False if the attribute is not what the contract says.
 */
bool client_status_parse(struct nlattr *nest, struct client_status *status);
bool client_workload_parse(struct nlattr *nest, void *record);
bool client_member_parse(struct nlattr *nest, void *record);
bool client_program_parse(struct nlattr *nest, void *record);
bool client_rule_parse(struct nlattr *nest, void *record);
bool client_task_parse(struct nlattr *nest, void *record);
bool client_hook_parse(struct nlattr *nest, void *record);
bool client_entry_parse(struct nlattr *nest, void *record);
bool client_flow_parse(struct nlattr *nest, void *record);
bool client_measure_parse(struct nlattr *nest, void *record);
bool client_response_parse(struct nlattr *nest, void *record);
bool client_behaviour_parse(struct nlattr *nest, void *record);
bool client_learning_parse(struct nlattr *nest, void *record);
bool client_event_parse(struct nlattr *nest, struct client_event *event);

/**
 * client_event_take - the next event of the datagram in @client->events
 *
 * Return: its attribute, or NULL: all are taken.
 */
struct nlattr *client_event_take(struct client *client);

/**
 * client_dump_records - parse the kept messages of a dump
 * @dump: its buffers are filled
 * @command: whose dump it is
 *
 * Return: EXIT_OK, or EXIT_FAILED, told.
 */
int client_dump_records(struct client_dump *dump, enum cordon_command command);

/**
 * client_dump_keep - keep a received datagram in a dump
 * @dump: in its buffers
 * @buffer: its data is taken over, and is NULL afterwards
 *
 * Return: false without memory; the data is still the caller's then.
 */
bool client_dump_keep(struct client_dump *dump, struct client_buffer *buffer);

/*
 * Messages of a transaction.  Each function appends attributes and returns
 * false if the message has no room for them.
 */
bool client_put_workload(struct nl_msg *message,
			 const struct cordon_draft *draft);
bool client_put_member(struct nl_msg *message, const struct cordon_draft *draft,
		       uint32_t index);
bool client_put_program(struct nl_msg *message,
			const struct cordon_draft *draft, uint32_t index);
bool client_put_rule(struct nl_msg *message, const struct cordon_draft *draft,
		     uint32_t index);
bool client_put_response(struct nl_msg *message,
			 const struct cordon_draft *draft, uint32_t index);

/**
 * CLIENT_ENTRIES_SIZE - bytes of a message that brings addresses
 * CLIENT_ENTRIES_MAX - how many it holds beside its headers, name and flag
 */
#define CLIENT_ENTRIES_SIZE	(32u << 10)
#define CLIENT_ENTRIES_MAX \
	((CLIENT_ENTRIES_SIZE - 256) / sizeof(struct cordon_segment_entry))

/**
 * client_put_entries - addresses of a segment
 * @message: to it
 * @name: of the segment
 * @entries: @count of them
 * @count: up to CLIENT_ENTRIES_MAX
 * @last: no more follow
 *
 * Return: false if the message has no room for them.
 */
bool client_put_entries(struct nl_msg *message, const char *name,
			const struct cordon_segment_entry *entries,
			size_t count, bool last);

/**
 * client_segments_sort - pick the segments out of the dumps
 * @segments: its dumps are filled
 */
int client_segments_sort(struct client_segments *segments);

/** client_rule_size - bytes that a rule's attribute takes in a message */
size_t client_rule_size(const struct cordon_draft *draft, uint32_t index);

/**
 * client_diagnose - name what makes a change impossible as a whole
 * @client: the connection; no transaction is open any more
 * @change: what the module would not publish
 *
 * Compiles what the change would have led to as the module does, and tells on
 * stderr the manifest, or the line of it, that is at fault.  What it cannot
 * find out it does not tell: the refusal itself was told before.
 */
void client_diagnose(struct client *client, const struct client_change *change);

/**
 * client_policy_build - drafts from the dumps of a policy
 * @workloads: records of CORDON_CMD_WORKLOAD_DUMP
 * @members: likewise; @programs and @rules too
 * @policy: drafts and count are filled
 */
int client_policy_build(const struct client_dump *workloads,
			const struct client_dump *members,
			const struct client_dump *programs,
			const struct client_dump *rules,
			struct client_policy *policy);

#endif /* CTL_CLIENT_PRIVATE_H */
