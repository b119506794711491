/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The module as cordonctl sees it: requests, dumps, transactions and events
 * over generic netlink.  include/uapi/cordon.h is the contract.
 *
 * Functions that return int return EXIT_OK, or the enum exit_code that fits
 * after having said on stderr, in one line, what failed and what to do.
 */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uapi/cordon.h>

#include "client_record.h"
#include "draft.h"
#include "exit.h"

struct client;

/** struct client_buffer - one datagram as it came */
struct client_buffer {
	void *data;
	size_t size;
};

/**
 * struct client_dump - all records of one dump
 * @records: @count records of the command's kind; the others are its aliases.
 *	Their text lies in @buffers
 * @count: how many
 * @buffers: datagrams
 * @buffer_count: how many
 */
struct client_dump {
	union {
		void *records;
		struct client_workload *workloads;
		struct client_member *members;
		struct client_program *programs;
		struct client_rule *rules;
		struct client_task *tasks;
		struct client_hook *hooks;
		struct client_entry *entries;
		struct client_flow *flows;
		struct client_measure *measures;
		struct client_response *responses;
		struct client_behaviour *behaviours;
		struct client_learning *learnings;
	};
	size_t count;
	struct client_buffer *buffers;
	size_t buffer_count;
};

/**
 * struct client_change - one transaction
 * @drafts: completed drafts to add, or to put in place of workloads of the
 *	same name
 * @draft_count: how many
 * @names: workloads to drop
 * @name_count: how many
 * @generation: what the change was made against
 * @replace: start from nothing instead of from what is loaded
 * @confirm: seconds after which the previous generation returns unless
 *	confirmed; 0: it stays
 * @dry_run: let the module check all of it, then abort
 */
struct client_change {
	struct cordon_draft *const *drafts;
	size_t draft_count;
	const char *const *names;
	size_t name_count;
	uint64_t generation;
	bool replace;
	uint32_t confirm;
	bool dry_run;
};

/**
 * struct client_policy - the loaded policy
 * @drafts: its workloads, sorted by name
 * @count: how many
 * @generation: its number
 * @forced_monitor: whatever it says, nothing is denied
 */
struct client_policy {
	struct cordon_draft **drafts;
	size_t count;
	uint64_t generation;
	bool forced_monitor;
};

/**
 * client_open - connect to the module
 * @client: filled on success, for client_close(); else NULL
 *
 * Return: EXIT_NO_MODULE, after saying so, if it is not loaded.
 */
int client_open(struct client **client);

/**
 * client_open_quietly - likewise, but an absent module is no error to tell
 *
 * For commands which have something to say without it.
 */
int client_open_quietly(struct client **client);

/** client_close - disconnect; an open transaction is aborted by that */
void client_close(struct client *client);

/**
 * client_status - how the module fares
 * @client: the connection
 * @status: filled; its text is valid until the next client_status() on @client
 */
int client_status(struct client *client, struct client_status *status);

/**
 * client_dump - read all records of one kind
 * @client: the connection
 * @command: one of the CORDON_CMD_…_DUMP
 * @dump: filled on success, for client_dump_free(); else empty
 *
 * A dump that the module says was interrupted by a change is begun again.
 */
int client_dump(struct client *client, enum cordon_command command,
		struct client_dump *dump);

/**
 * client_dump_named - likewise, of one segment, or workload
 * @client: the connection
 * @command: CORDON_CMD_ENTRY_DUMP or CORDON_CMD_BEHAVIOUR_DUMP
 * @name: of the segment or workload; NULL: of all
 * @dump: as for client_dump()
 */
int client_dump_named(struct client *client, enum cordon_command command,
		      const char *name, struct client_dump *dump);

/** client_dump_free - release a dump; it is empty afterwards */
void client_dump_free(struct client_dump *dump);

/** client_workload_seek - a workload of a dump by its name, or NULL */
const struct client_workload *
client_workload_seek(const struct client_dump *workloads, const char *name);

/**
 * client_workload_find - likewise, as the user gave it
 * @workloads: records of CORDON_CMD_WORKLOAD_DUMP
 * @name: as the user gave it
 *
 * Return: its record; or NULL, after saying that there is none of that name,
 * and which one is nearest.
 */
const struct client_workload *
client_workload_find(const struct client_dump *workloads, const char *name);

/**
 * client_change - change the policy in one transaction
 * @client: the connection
 * @change: what is to change
 *
 * On any failure the transaction is aborted and nothing has changed.  What
 * the module says against a rule is told with the place of that rule in its
 * manifest.
 */
int client_change(struct client *client, const struct client_change *change);

/** client_confirm - keep the generation that awaits it */
int client_confirm(struct client *client);

/** client_rollback - return to the previous generation */
int client_rollback(struct client *client);

/**
 * client_mode_set - change modes of one loaded workload
 * @client: the connection
 * @workload: its name
 * @mode: by class: an enum cordon_mode, or -1 to leave that class alone
 * @confirm: seconds after which they return unless confirmed; 0: they stay
 */
int client_mode_set(struct client *client, const char *workload,
		    const int mode[CORDON_CLASS_COUNT], uint32_t confirm);

/**
 * struct client_order - a response by hand, or an answer to one that asks
 * @response: which
 * @workload: of which workload, or NULL
 * @address: of which address, or NULL
 * @ttl: seconds; 0: for ever
 * @tgid: of which process, or 0
 * @evidence: of who is killed or suspended is taken
 * @id: of what waits for an answer, then nothing of the above counts; or 0
 * @end: end it, or reject it
 */
struct client_order {
	enum cordon_response response;
	const char *workload;
	const struct cordon_address *address;
	uint32_t ttl;
	uint32_t tgid;
	bool evidence;
	uint32_t id;
	bool end;
};

/**
 * client_order - begin or end a response, or answer one that waits
 * @client: the connection
 * @order: what is to be done
 * @doing: what is being tried, for an error
 */
int client_order(struct client *client, const struct client_order *order,
		 const char *doing);

/**
 * client_hold_end - let a kill come: the evidence is taken
 * @client: the connection
 * @hold: its id
 *
 * That it has come already is no failure.
 *
 * Return: whether it was waiting still, in @waited.
 */
int client_hold_end(struct client *client, uint32_t hold, bool *waited);

/**
 * struct client_segments - the segments that the loaded policy defines
 * @list: sorted by name, which is their exe
 * @count: how many
 * @workloads: records of CORDON_CMD_WORKLOAD_DUMP
 * @programs: records of CORDON_CMD_PROGRAM_DUMP
 */
struct client_segments {
	const struct client_program **list;
	size_t count;
	struct client_dump workloads;
	struct client_dump programs;
};

/**
 * client_behaviours - what is recorded
 * @client: the connection
 * @workload: of which workload, loaded or not; NULL: of all
 * @dump: filled on success, for client_dump_free(); else empty: its behaviours
 *	are sorted by workload, program, op, object, user
 */
int client_behaviours(struct client *client, const char *workload,
		      struct client_dump *dump);

/**
 * client_behaviours_clear - forget what is recorded of a workload
 * @client: the connection
 * @workload: its name, loaded or not
 */
int client_behaviours_clear(struct client *client, const char *workload);

/**
 * client_segments_read - which segments there are
 * @client: the connection
 * @segments: filled on success, for client_segments_free(); else empty
 */
int client_segments_read(struct client *client,
			 struct client_segments *segments);

/** client_segments_free - release them */
void client_segments_free(struct client_segments *segments);

/**
 * client_segments_find - a segment by its name
 * @segments: all there are
 * @name: as the user gave it
 *
 * Return: its record; or NULL, after saying that there is none of that name,
 * and which one is nearest.
 */
const struct client_program *
client_segments_find(const struct client_segments *segments, const char *name);

/** CLIENT_CHANGE_MAX - addresses that client_segment_change() takes at once */
#define CLIENT_CHANGE_MAX 1024

/**
 * client_segment_change - add addresses to a segment, or take them out
 * @client: the connection
 * @remove: take them out
 * @name: of the segment
 * @entries: @count of them, all changed at once or none
 * @count: 1 to CLIENT_CHANGE_MAX
 */
int client_segment_change(struct client *client, bool remove, const char *name,
			  const struct cordon_segment_entry *entries,
			  size_t count);

/**
 * client_segment_load - replace what was loaded into a segment before, at once
 * @client: the connection
 * @name: of the segment
 * @entries: @count of them
 * @count: any number; 0 leaves nothing of what was loaded
 */
int client_segment_load(struct client *client, const char *name,
			const struct cordon_segment_entry *entries,
			size_t count);

/**
 * client_policy_read - the loaded policy as drafts
 * @client: the connection
 * @policy: filled on success, for client_policy_free(); else empty
 *
 * All of one generation: if the policy moves while it is read, it is read
 * again.
 */
int client_policy_read(struct client *client, struct client_policy *policy);

/** client_policy_free - release the drafts; the policy is empty afterwards */
void client_policy_free(struct client_policy *policy);

/**
 * client_subscribe - be woken when there are new events
 * @client: the connection; it is for client_wakeups_drop() only from here on
 */
int client_subscribe(struct client *client);

/** client_descriptor - what to poll for wake-ups */
int client_descriptor(const struct client *client);

/** client_wakeups_drop - forget the wake-ups that have come */
void client_wakeups_drop(struct client *client);

/**
 * client_event_from - which event is the next to be read
 * @client: the connection; it is for client_event_next() only from here on
 * @instance: of struct client_status: if the module is loaded anew, events end
 *	with an error; 0: numbers may begin again, unnoticed
 * @sequence: number of the event; 0: the first that is held
 */
void client_event_from(struct client *client, uint64_t instance,
		       uint64_t sequence);

/**
 * client_event_next - the next event that is held, without waiting for one
 * @client: from client_event_from()
 * @event: filled if there is one; its text is valid until the next call
 * @got: false if there is none now
 *
 * What was overwritten before it could be read is passed over: @event->made
 * tells.
 *
 * Return: EXIT_NO_MODULE if the module has gone.
 */
int client_event_next(struct client *client, struct client_event *event,
		      bool *got);

/**
 * client_event_read - an event that was kept as the module sent it
 * @record: &client_event.record of before, aligned as malloc() does; the
 *	event's text lies in it
 * @size: bytes of it
 * @event: filled on success
 *
 * Return: is it one.
 */
bool client_event_read(const void *record, size_t size,
		       struct client_event *event);

#endif /* CTL_CLIENT_H */
