/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One act put to the engine, outside of the kernel: what `explain` and `test`
 * have in common.  The engine is the module's own, so that the answer is too.
 */
#ifndef CTL_EVALUATE_H
#define CTL_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>

#include "draft.h"
#include "net.h"
#include "policy.h"

/**
 * struct evaluation_entry - an address that a segment was given at run time
 * @segment: its name
 * @prefix: where it lies
 */
struct evaluation_entry {
	const char *segment;
	struct cordon_prefix prefix;
};

/**
 * struct evaluation_question - who does what
 * @workload: of the process; NULL: whichever claims it, or the host
 * @exe: path of what it runs
 * @op: any but CORDON_OP_ENTER.  An exec may be answered as that
 * @object: path, or the word of a nameless kind: "memfd:"; of class net see
 *	evaluation_net_check().  For CORDON_OP_PASS: NULL, as @exe
 * @from: CORDON_OP_PASS: the end that opens the flow
 * @to: CORDON_OP_PASS: the end that it is opened to
 * @port: CORDON_OP_PASS: "tcp/5432"
 * @entries: what segments were given at run time
 * @entry_count: how many
 * @local: addresses of this host count as its own
 * @cgroup: cgroup v2 path of the process, or NULL: not known
 * @uid: its real user id, or CORDON_NONE: not known
 */
struct evaluation_question {
	const char *workload;
	const char *exe;
	enum cordon_op op;
	const char *object;
	const char *cgroup;
	u32 uid;
	const char *from;
	const char *to;
	const char *port;
	const struct evaluation_entry *entries;
	size_t entry_count;
	bool local;
};

/**
 * struct evaluation - the answer
 * @policy: that was asked
 * @verdict: of the engine
 * @subject: who acts
 * @next: who it is after an exec, unless that was denied
 * @object: on what
 * @from: CORDON_OP_PASS: the end that opens the flow
 * @peer: the other end; class net
 * @protocol: IPPROTO_
 * @port: that rules speak of
 * @unknown: the segment or workload that the question names and nobody has
 * @draft: whose manifest decided, or NULL
 * @rule: of @draft that decided, or NULL
 */
struct evaluation {
	const struct cordon_policy *policy;
	struct cordon_verdict verdict;
	struct cordon_subject subject;
	struct cordon_subject next;
	struct cordon_object object;
	struct cordon_peer from;
	struct cordon_peer peer;
	u8 protocol;
	u16 port;
	const char *unknown;
	const struct cordon_draft *draft;
	const struct cordon_draft_rule *rule;
};

/**
 * evaluation_path_check - can the kernel come to this path
 * @path: what is to be one
 *
 * Return: NULL if it is absolute and normal, else why not.
 */
const char *evaluation_path_check(const char *path);

/**
 * evaluation_object_check - likewise, or the word of a nameless kind
 * @object: what is to be one
 */
const char *evaluation_object_check(const char *object);

/**
 * evaluate - ask the engine
 * @policy: the policy to ask
 * @question: whose paths have been checked
 * @evaluation: the answer; it points into policy and question
 *
 * Return: false if there is no such workload, or segment; see @evaluation's
 * unknown.
 */
bool evaluate(const struct cordon_policy *policy,
	      const struct evaluation_question *question,
	      struct evaluation *evaluation);

/**
 * evaluation_net_check - is this what an op of class net is done to
 * @op: CORDON_OP_CONNECT, LISTEN, ACCEPT or SOCKET
 * @object: "tcp/443@10.0.0.7"; the peer may be an address, "loopback",
 *	"segment:NAME" or "workload:NAME".  LISTEN: "tcp/443"; SOCKET: "packet";
 *	CONNECT also: the path of a unix socket, "abstract:NAME",
 *	"unix@workload:NAME"
 * @why: set to what is wrong
 */
bool evaluation_net_check(enum cordon_op op, const char *object,
			  const char **why);

/** evaluation_end_check - an end of a passage: address, segment:NAME or any */
bool evaluation_end_check(const char *end, const char **why);

/** evaluation_port_check - what is opened: "tcp/5432", "icmp" */
bool evaluation_port_check(const char *port, const char **why);

/**
 * evaluate_net - ask the engine about an act of class net
 * @question: whose texts have been checked
 * @evaluation: its policy and subject are set
 *
 * For evaluate().
 */
bool evaluate_net(const struct evaluation_question *question,
		  struct evaluation *evaluation);

/** evaluation_is_net - is an op judged by peers, not by paths */
bool evaluation_is_net(enum cordon_op op);

/**
 * evaluation_segments - names of the segments that a peer is in
 *
 * Return: names with commas, for free(); NULL if it is in none.
 */
char *evaluation_segments(const struct evaluation *evaluation,
			  const struct cordon_peer *peer);

/** evaluation_segment - name of a segment by its program in the policy */
const char *evaluation_segment(const struct evaluation *evaluation,
			       u32 segment);

/**
 * evaluation_isolated - the isolated segment that a passage would cross into
 *
 * Return: its program in the policy, or CORDON_NONE.
 */
u32 evaluation_isolated(const struct evaluation *evaluation);

/** evaluation_why_passage - evaluation_why() where no rule decided a passage */
char *evaluation_why_passage(const struct evaluation *evaluation);

/**
 * evaluation_workload - name of a subject's workload
 *
 * Return: it, or "host" if no manifest speaks of the subject.
 */
const char *evaluation_workload(const struct evaluation *evaluation,
				const struct cordon_subject *subject);

/** evaluation_program - exe of a subject's entry, or NULL: it is unlisted */
const char *evaluation_program(const struct evaluation *evaluation,
			       const struct cordon_subject *subject);

/**
 * evaluation_mode - mode of the class that the act belongs to
 *
 * Return: its word, or NULL if no manifest decided.
 */
const char *evaluation_mode(const struct evaluation *evaluation);

/**
 * evaluation_why - what decided, for people
 *
 * ``the rule "/etc/shadow" which denies write, at web.json:12:20``
 *
 * Return: a clause for free(), or NULL without memory.
 */
char *evaluation_why(const struct evaluation *evaluation);

#endif /* CTL_EVALUATE_H */
