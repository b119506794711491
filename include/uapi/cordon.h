/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The contract between cordon.ko and user space.
 *
 * Everything that crosses the boundary is named here: the generic netlink
 * family, its commands and attributes, the enumerations that manifests,
 * verdicts and events speak in, and every limit.  Numbers are never reused;
 * additions go to the end of an enumeration.
 */
#ifndef _UAPI_CORDON_H
#define _UAPI_CORDON_H

#include <linux/types.h>

#define CORDON_GENL_NAME	"cordon"
#define CORDON_GENL_VERSION	2
#define CORDON_GENL_MCGRP	"verdicts"

/* --- limits: checked by cordonctl, and again by the module -------------- */

#define CORDON_NAME_MAX		64	/* workload name, without the NUL */
#define CORDON_TEXT_MAX		256	/* description, owner, note */
#define CORDON_PATH_MAX		4096	/* a path or pattern, with the NUL */
#define CORDON_COMPONENT_MAX	255	/* bytes between two slashes */
#define CORDON_DEPTH_MAX	128	/* components of a pattern */
#define CORDON_STARSTAR_MAX	2	/* '**' components of a pattern */
#define CORDON_GLOBS_MAX	64	/* wildcard names below one directory */
#define CORDON_STATES_MAX	64	/* patterns that may be half matched */
#define CORDON_WORKLOADS_MAX	1024	/* in one policy */
#define CORDON_PROGRAMS_MAX	16384	/* in one policy */
#define CORDON_MEMBERS_MAX	256	/* of one workload */
#define CORDON_RULES_MAX	262144	/* in one policy */
#define CORDON_PATTERNS_MAX	64	/* of one rule, after {a,b} */
#define CORDON_RULE_BYTES_MAX	56000	/* of those patterns, NULs included */
#define CORDON_BYTES_MAX	(64u << 20) /* text of one workload */
#define CORDON_POLICY_BYTES_MAX	(256u << 20) /* text of one policy */
#define CORDON_CONFIRM_MAX	86400	/* seconds */
#define CORDON_BLOCKS_MAX	4194304	/* blocks that ranges of ports make up,
					   2^n ports each; all rules together */
#define CORDON_SEGMENTS_MAX	4096	/* in one policy */
#define CORDON_SEGMENT_MEMBERS_MAX 65536 /* of one segments document */
#define CORDON_ENTRIES_MAX	1048576	/* addresses of all segments */
#define CORDON_NESTING_MAX	16	/* segments that one address is in */
#define CORDON_TTL_MAX		31536000 /* seconds an entry may live */
#define CORDON_RESPONSES_MAX	64	/* of one workload */
#define CORDON_LADDER_MAX	8	/* times to live of one response */
#define CORDON_THRESHOLD_MAX	65535	/* departures before a response */
#define CORDON_WITHIN_MAX	86400	/* seconds in which they are counted */
#define CORDON_LAPSE_MAX	86400	/* seconds that one waits for an answer */
#define CORDON_PENDING_MAX	64	/* responses that wait for an answer */
#define CORDON_BLOCKED_MAX	16384	/* addresses that are blocked, or were
					   not long ago */
#define CORDON_HOLDS_MAX	64	/* kills that wait for evidence */
#define CORDON_HOLD_TIME	1000	/* milliseconds that they wait, at most */
#define CORDON_EVIDENCE_MAX	16	/* processes of one response that evidence
					   is taken of */
#define CORDON_EVENT_TEXT_MAX	1024	/* what an event shows of a rule's text
					   and file, with the NUL */

/* --- words -------------------------------------------------------------- */

/**
 * enum cordon_document - what kind of document a block of the policy is
 * @CORDON_DOCUMENT_MANIFEST: one workload, its programs and their rules
 * @CORDON_DOCUMENT_SEGMENTS: segments, and rules between them.  It is told in
 *	the same words: its programs are the segments (EXE is the name), its
 *	members are what lies in them, its rules are of CORDON_OP_PASS, from the
 *	segment that is the rule's program.  No process ever belongs to it
 */
enum cordon_document {
	CORDON_DOCUMENT_MANIFEST,
	CORDON_DOCUMENT_SEGMENTS,
	CORDON_DOCUMENT_COUNT
};

/**
 * enum cordon_class - what a rule, a mode or a response is about
 * @CORDON_CLASS_EXEC: starting a program
 * @CORDON_CLASS_LOAD: executable memory: mapped files and anonymous
 * @CORDON_CLASS_FILE: reading and changing files
 * @CORDON_CLASS_NET: sockets, and traffic between segments
 * @CORDON_CLASS_KERNEL: reserved for the rest of the kernel's surface
 */
enum cordon_class {
	CORDON_CLASS_EXEC,
	CORDON_CLASS_LOAD,
	CORDON_CLASS_FILE,
	CORDON_CLASS_NET,
	CORDON_CLASS_KERNEL,
	CORDON_CLASS_COUNT
};

/**
 * enum cordon_op - what was tried; each belongs to one class
 * @CORDON_OP_EXEC: execute a file, or use it as a script's interpreter
 * @CORDON_OP_LOAD: map a file, or memory, executable
 * @CORDON_OP_READ: open for reading; list a directory
 * @CORDON_OP_WRITE: open for writing, create, delete, rename, link, truncate,
 *	change attributes; change the mount tree
 * @CORDON_OP_ENTER: execute a file outside of the workload: what it starts
 *	belongs to whichever workload would claim it if the host started it
 * @CORDON_OP_CONNECT: open a connection, or send a datagram, to a peer; or to
 *	a unix socket, which has a path or an abstract name
 * @CORDON_OP_LISTEN: wait for connections, or datagrams, on a port
 * @CORDON_OP_ACCEPT: take a connection, or a datagram, from a peer
 * @CORDON_OP_SOCKET: make a socket of another family or type than unix, inet
 *	and inet6 with TCP or UDP, and netlink/route, which need no rule
 * @CORDON_OP_PASS: a flow is opened from one segment to another
 */
enum cordon_op {
	CORDON_OP_EXEC,
	CORDON_OP_LOAD,
	CORDON_OP_READ,
	CORDON_OP_WRITE,
	CORDON_OP_ENTER,
	CORDON_OP_CONNECT,
	CORDON_OP_LISTEN,
	CORDON_OP_ACCEPT,
	CORDON_OP_SOCKET,
	CORDON_OP_PASS,
	CORDON_OP_COUNT
};

/**
 * enum cordon_object_kind - how an object is known
 * @CORDON_OBJECT_PATH: by its path from the root of the mount namespace
 * @CORDON_OBJECT_MEMFD: a file of memfd_create(); patterns say "memfd:"
 * @CORDON_OBJECT_DELETED: a file whose last name is gone; "deleted:"
 * @CORDON_OBJECT_DETACHED: a file outside the task's mount tree; "detached:"
 * @CORDON_OBJECT_ANON: memory, or a file that never had a name; "anon:"
 * @CORDON_OBJECT_UNNAMEABLE: a path longer than CORDON_PATH_MAX; no pattern
 *	can name it, so that only a default of allow lets it pass
 * @CORDON_OBJECT_ABSTRACT: an abstract name of a unix socket; patterns say
 *	"abstract:NAME", byte for byte, or "abstract:" for all
 * @CORDON_OBJECT_UNNAMED: a unix socket without a name
 * @CORDON_OBJECT_PEER: "tcp/443@192.0.2.7": see kmod/engine/net_pattern.h
 * @CORDON_OBJECT_SOCKET: "packet/raw/3": family, type, protocol
 */
enum cordon_object_kind {
	CORDON_OBJECT_PATH,
	CORDON_OBJECT_MEMFD,
	CORDON_OBJECT_DELETED,
	CORDON_OBJECT_DETACHED,
	CORDON_OBJECT_ANON,
	CORDON_OBJECT_UNNAMEABLE,
	CORDON_OBJECT_ABSTRACT,
	CORDON_OBJECT_UNNAMED,
	CORDON_OBJECT_PEER,
	CORDON_OBJECT_SOCKET,
	CORDON_OBJECT_COUNT
};

/**
 * enum cordon_mode - what becomes of a departure, per workload and class
 * @CORDON_MODE_LEARN: what no rule speaks of is allowed and recorded as a
 *	behaviour; what a rule denies is denied; what no rule could allow is
 *	allowed, recorded, and told as would-deny
 * @CORDON_MODE_MONITOR: allowed and told as would-deny
 * @CORDON_MODE_ENFORCE: denied and told
 */
enum cordon_mode {
	CORDON_MODE_LEARN,
	CORDON_MODE_MONITOR,
	CORDON_MODE_ENFORCE,
	CORDON_MODE_COUNT
};

/** enum cordon_effect - what a rule, or a workload's default, says */
enum cordon_effect {
	CORDON_EFFECT_ALLOW,
	CORDON_EFFECT_DENY,
	CORDON_EFFECT_COUNT
};

/**
 * enum cordon_action - the outcome of a verdict
 * @CORDON_ACTION_ALLOW: it may
 * @CORDON_ACTION_WOULD_DENY: it may, for the mode denies nothing
 * @CORDON_ACTION_DENY: it may not
 * @CORDON_ACTION_LEARN: it may, and is a behaviour that a manifest could allow
 */
enum cordon_action {
	CORDON_ACTION_ALLOW,
	CORDON_ACTION_WOULD_DENY,
	CORDON_ACTION_DENY,
	CORDON_ACTION_LEARN,
	CORDON_ACTION_COUNT
};

/**
 * enum cordon_reason - what decided
 * @CORDON_REASON_NONE: no manifest speaks of this subject
 * @CORDON_REASON_RULE: the rule that the verdict names
 * @CORDON_REASON_DEFAULT: no rule matched; the manifest's default
 * @CORDON_REASON_SELF: a program may map its own executable
 * @CORDON_REASON_NO_ENTRY: allowed to start, but has no entry in "programs"
 * @CORDON_REASON_UNNAMEABLE: the object's path is too long to be judged
 * @CORDON_REASON_LIMIT: more patterns half matched than CORDON_STATES_MAX, or
 *	far more wildcards to try than any sensible policy has
 * @CORDON_REASON_LINK: the new name would give more than the old one
 * @CORDON_REASON_MOUNT: a member may not change or leave its mount tree
 * @CORDON_REASON_CREDENTIALS: a member may not borrow credentials (io_uring)
 * @CORDON_REASON_MEMORY: no memory to judge or to label
 * @CORDON_REASON_DEVICE: a member may not make a device node: it is a second
 *	name of the device
 * @CORDON_REASON_ISOLATED: a segment is isolated, and no rule lets this flow
 *	into or out of it
 * @CORDON_REASON_CLAIM: a bridge port claims an address that is not its own
 * @CORDON_REASON_FRAGMENT: a fragment whose beginning has not been seen
 * @CORDON_REASON_MALFORMED: headers that contradict themselves
 * @CORDON_REASON_QUARANTINE: the workload is in quarantine, and the peer in no
 *	management segment
 * @CORDON_REASON_BLOCKED: the peer's address is blocked
 */
enum cordon_reason {
	CORDON_REASON_NONE,
	CORDON_REASON_RULE,
	CORDON_REASON_DEFAULT,
	CORDON_REASON_SELF,
	CORDON_REASON_NO_ENTRY,
	CORDON_REASON_UNNAMEABLE,
	CORDON_REASON_LIMIT,
	CORDON_REASON_LINK,
	CORDON_REASON_MOUNT,
	CORDON_REASON_CREDENTIALS,
	CORDON_REASON_MEMORY,
	CORDON_REASON_DEVICE,
	CORDON_REASON_ISOLATED,
	CORDON_REASON_CLAIM,
	CORDON_REASON_FRAGMENT,
	CORDON_REASON_MALFORMED,
	CORDON_REASON_QUARANTINE,
	CORDON_REASON_BLOCKED,
	CORDON_REASON_COUNT
};

/**
 * enum cordon_member_kind - how a manifest selects its processes
 * @CORDON_MEMBER_EXE: pattern of the executable's path
 * @CORDON_MEMBER_UNIT: systemd unit: last-but-any component of the cgroup path
 * @CORDON_MEMBER_CGROUP: pattern of the cgroup v2 path
 * @CORDON_MEMBER_USER: real user id, in the initial user namespace
 * @CORDON_MEMBER_HOST: every process that no other manifest selects
 *
 * @CORDON_MEMBER_PREFIX: of a segment: addresses, "10.0.0.0/8"
 * @CORDON_MEMBER_INTERFACE: of a segment: what arrives or leaves by this
 *	interface or bridge port
 * @CORDON_MEMBER_CLAIM: of a segments document: an address, IP prefix or MAC,
 *	that a bridge port may send from: "vnet3 10.0.0.7", "vnet3
 *	52:54:00:12:34:56".  A port with a claim may send from no other address
 *	of that kind
 *
 * In order of precedence, as far as processes go: where two manifests could claim one process, the
 * lower kind wins, then (of nested units) the innermost, then the more specific
 * pattern, then the workload whose name sorts first.
 */
enum cordon_member_kind {
	CORDON_MEMBER_EXE,
	CORDON_MEMBER_UNIT,
	CORDON_MEMBER_CGROUP,
	CORDON_MEMBER_USER,
	CORDON_MEMBER_HOST,
	CORDON_MEMBER_PREFIX,
	CORDON_MEMBER_INTERFACE,
	CORDON_MEMBER_CLAIM,
	CORDON_MEMBER_COUNT
};

/** enum cordon_hook_state - what `doctor` reports of a hook */
enum cordon_hook_state {
	CORDON_HOOK_ATTACHED,	/* registered and proved by self-test */
	CORDON_HOOK_UNPROVED,	/* registered; has not fired since load */
	CORDON_HOOK_ABSENT,	/* optional, and this kernel has it not */
	CORDON_HOOK_DEAD,	/* ftrace has let go of it */
	CORDON_HOOK_STATE_COUNT
};

/** enum cordon_origin - where an entry of a segment comes from */
enum cordon_origin {
	CORDON_ORIGIN_DOCUMENT,	/* the segments document */
	CORDON_ORIGIN_ADDED,	/* `cordonctl segment add` */
	CORDON_ORIGIN_LOADED,	/* `cordonctl segment load` */
	CORDON_ORIGIN_COUNT
};

/**
 * enum cordon_response - what follows a departure, beside the denial
 * @CORDON_RESPONSE_KILL: the process that acted is killed
 * @CORDON_RESPONSE_KILL_WORKLOAD: all processes of the workload are
 * @CORDON_RESPONSE_SUSPEND: all tasks of the workload are stopped
 * @CORDON_RESPONSE_QUARANTINE: all network of the workload is cut, but for
 *	segments of management
 * @CORDON_RESPONSE_BLOCK_PEER: the remote address is blocked, for all
 */
enum cordon_response {
	CORDON_RESPONSE_KILL,
	CORDON_RESPONSE_KILL_WORKLOAD,
	CORDON_RESPONSE_SUSPEND,
	CORDON_RESPONSE_QUARANTINE,
	CORDON_RESPONSE_BLOCK_PEER,
	CORDON_RESPONSE_COUNT
};

/** enum cordon_per - whose departures are counted together */
enum cordon_per {
	CORDON_PER_SUBJECT,	/* those of one program of the workload */
	CORDON_PER_PEER,	/* those with one remote address */
	CORDON_PER_COUNT
};

/**
 * enum cordon_phase - what becomes of a response
 * @CORDON_PHASE_BEGIN: it is in force; of a kill: the signal is sent
 * @CORDON_PHASE_END: somebody has ended it
 * @CORDON_PHASE_EXPIRE: its time is over
 * @CORDON_PHASE_ASK: it waits for an answer
 * @CORDON_PHASE_REJECT: the answer was no
 * @CORDON_PHASE_LAPSE: there was no answer in time
 * @CORDON_PHASE_HOLD: of a kill: who is to be killed is stopped, until evidence
 *	is taken
 * @CORDON_PHASE_REFUSE: somebody tried to let who is stopped go on, and may not
 */
enum cordon_phase {
	CORDON_PHASE_BEGIN,
	CORDON_PHASE_END,
	CORDON_PHASE_EXPIRE,
	CORDON_PHASE_ASK,
	CORDON_PHASE_REJECT,
	CORDON_PHASE_LAPSE,
	CORDON_PHASE_HOLD,
	CORDON_PHASE_REFUSE,
	CORDON_PHASE_COUNT
};

/**
 * enum cordon_evidence - what becomes of the evidence of a response
 * @CORDON_EVIDENCE_NONE: none is wanted
 * @CORDON_EVIDENCE_WANTED: now is the time to take it
 * @CORDON_EVIDENCE_TAKEN: who takes it has said that he has it
 * @CORDON_EVIDENCE_LOST: it was wanted, and nobody has said so in time; or
 *	there was no time
 */
enum cordon_evidence {
	CORDON_EVIDENCE_NONE,
	CORDON_EVIDENCE_WANTED,
	CORDON_EVIDENCE_TAKEN,
	CORDON_EVIDENCE_LOST,
	CORDON_EVIDENCE_COUNT
};

/** enum cordon_flow_state - what a labelled socket is doing */
enum cordon_flow_state {
	CORDON_FLOW_OPEN,	/* neither of the following */
	CORDON_FLOW_LISTENING,
	CORDON_FLOW_OUTBOUND,	/* connected by this host's process */
	CORDON_FLOW_INBOUND,	/* accepted by it */
	CORDON_FLOW_STATE_COUNT
};

/**
 * enum cordon_topic - what events are counted by
 *
 * The first are those of enum cordon_class, for departures.
 *
 * @CORDON_TOPIC_EXEC: departures of class exec, likewise the next four
 * @CORDON_TOPIC_LOAD: of class load
 * @CORDON_TOPIC_FILE: of class file
 * @CORDON_TOPIC_NET: of class net
 * @CORDON_TOPIC_KERNEL: of class kernel
 * @CORDON_TOPIC_TASK: labelled tasks: exec, exit, sweep
 * @CORDON_TOPIC_POLICY: what is in force
 * @CORDON_TOPIC_SEGMENT: addresses of segments, while a policy is in force
 * @CORDON_TOPIC_MODULE: the module itself
 * @CORDON_TOPIC_RESPONSE: what was done about departures, or by hand
 */
enum cordon_topic {
	CORDON_TOPIC_EXEC,
	CORDON_TOPIC_LOAD,
	CORDON_TOPIC_FILE,
	CORDON_TOPIC_NET,
	CORDON_TOPIC_KERNEL,
	CORDON_TOPIC_TASK,
	CORDON_TOPIC_POLICY,
	CORDON_TOPIC_SEGMENT,
	CORDON_TOPIC_MODULE,
	CORDON_TOPIC_RESPONSE,
	CORDON_TOPIC_COUNT
};

/**
 * enum cordon_event_type - what an event tells
 * @CORDON_EVENT_DEPARTURE: a departure
 * @CORDON_EVENT_REPEATS: how often a departure that was told was repeated
 * @CORDON_EVENT_EXEC: a labelled task executes something, or one becomes
 *	labelled, or ceases to be, by that
 * @CORDON_EVENT_EXIT: a labelled process has ended
 * @CORDON_EVENT_SWEEP: tasks that ran already were labelled
 * @CORDON_EVENT_PUBLISH: a policy was published
 * @CORDON_EVENT_CONFIRM: the generation that waited is to stay
 * @CORDON_EVENT_ROLLBACK: the previous policy is in force again: asked for
 * @CORDON_EVENT_LAPSE: likewise: what was in force was not confirmed in time
 * @CORDON_EVENT_MODE: modes of a workload were changed
 * @CORDON_EVENT_SEGMENT_ADD: addresses were added to a segment
 * @CORDON_EVENT_SEGMENT_DEL: addresses were taken out of a segment
 * @CORDON_EVENT_SEGMENT_LOAD: a list replaced what was loaded before
 * @CORDON_EVENT_SEGMENT_EXPIRE: addresses of a segment have expired
 * @CORDON_EVENT_MODULE_LOAD: the module begins: always the first event
 * @CORDON_EVENT_MODULE_UNLOAD: the module goes: nothing follows that a reader
 *	could still get
 * @CORDON_EVENT_RESPONSE: a response began, ended, or waits for an answer
 * @CORDON_EVENT_BEHAVIOUR: a behaviour was learnt that was not known: of a
 *	class's topic, as a departure, and with CORDON_ACTION_LEARN
 */
enum cordon_event_type {
	CORDON_EVENT_DEPARTURE,
	CORDON_EVENT_REPEATS,
	CORDON_EVENT_EXEC,
	CORDON_EVENT_EXIT,
	CORDON_EVENT_SWEEP,
	CORDON_EVENT_PUBLISH,
	CORDON_EVENT_CONFIRM,
	CORDON_EVENT_ROLLBACK,
	CORDON_EVENT_LAPSE,
	CORDON_EVENT_MODE,
	CORDON_EVENT_SEGMENT_ADD,
	CORDON_EVENT_SEGMENT_DEL,
	CORDON_EVENT_SEGMENT_LOAD,
	CORDON_EVENT_SEGMENT_EXPIRE,
	CORDON_EVENT_MODULE_LOAD,
	CORDON_EVENT_MODULE_UNLOAD,
	CORDON_EVENT_RESPONSE,
	CORDON_EVENT_BEHAVIOUR,
	CORDON_EVENT_TYPE_COUNT
};

/**
 * struct cordon_segment_entry - an address of a segment, on the wire
 * @address: network byte order; IPv4 as ::ffff:a.b.c.d
 * @ttl: seconds to live, up to CORDON_TTL_MAX; 0: for ever
 * @length: of the prefix, in bits of @address: for IPv4 96 to 128
 * @reserved: zero
 */
struct cordon_segment_entry {
	__u8 address[16];
	__u32 ttl;
	__u8 length;
	__u8 reserved[3];
};

/* --- netlink ------------------------------------------------------------ */

/**
 * enum cordon_command - commands of the family
 *
 * Changes need CAP_MAC_ADMIN in the initial user namespace; reading needs
 * that or CAP_AUDIT_READ.  A transaction belongs to the socket that began it:
 * there is one at a time, and it is aborted when the socket closes.
 *
 * @CORDON_CMD_STATUS_GET: answers with a CORDON_A_STATUS
 * @CORDON_CMD_BEGIN: begin a transaction.  CORDON_A_GENERATION: the generation
 *	it was made against (ESTALE if it has moved).  CORDON_A_REPLACE: start
 *	from nothing instead of from what is loaded
 * @CORDON_CMD_WORKLOAD_ADD: one CORDON_A_WORKLOAD, with the counts of what is
 *	to follow; replaces a loaded workload of that name
 * @CORDON_CMD_RULE_ADD: any number of CORDON_A_MEMBER, CORDON_A_PROGRAM,
 *	CORDON_A_RULE and CORDON_A_RESPONSE for the workload last added, programs
 *	before their rules
 * @CORDON_CMD_WORKLOAD_DEL: CORDON_A_NAME: drop that workload
 * @CORDON_CMD_COMMIT: build and publish.  CORDON_A_CONFIRM: seconds after
 *	which the previous generation returns unless confirmed
 * @CORDON_CMD_ABORT: forget the transaction
 * @CORDON_CMD_CONFIRM: keep the generation that waits for confirmation
 * @CORDON_CMD_ROLLBACK: return to the previous generation
 * @CORDON_CMD_MODE_SET: CORDON_A_NAME and CORDON_A_MODES: a new generation
 *	which differs only in those modes.  CORDON_A_CONFIRM: as for a commit
 * @CORDON_CMD_WORKLOAD_DUMP: dump of CORDON_A_WORKLOAD
 * @CORDON_CMD_MEMBER_DUMP: dump of CORDON_A_MEMBER, each with its workload
 * @CORDON_CMD_PROGRAM_DUMP: dump of CORDON_A_PROGRAM, each with its workload
 * @CORDON_CMD_RULE_DUMP: dump of CORDON_A_RULE with hits
 * @CORDON_CMD_TASK_DUMP: dump of CORDON_A_TASK
 * @CORDON_CMD_HOOK_DUMP: dump of CORDON_A_HOOK
 * @CORDON_CMD_SEGMENT_ADD: CORDON_A_NAME, a segment of the loaded policy, and
 *	CORDON_A_ENTRIES: add them; what is there gets the new time to live
 * @CORDON_CMD_SEGMENT_DEL: the same: take them out again.  What a document
 *	states stays
 * @CORDON_CMD_SEGMENT_LOAD: the same, in any number of messages, the last of
 *	which has CORDON_A_LAST: they replace what was loaded like this before,
 *	at once
 * @CORDON_CMD_ENTRY_DUMP: dump of CORDON_A_ENTRY, of one segment if there is
 *	a CORDON_A_NAME
 * @CORDON_CMD_FLOW_DUMP: dump of CORDON_A_FLOW: labelled sockets
 * @CORDON_CMD_EVENT: notification in the group CORDON_GENL_MCGRP: there are new
 *	events.  It says no more, since anybody may listen
 * @CORDON_CMD_EVENT_GET: answers with any number of CORDON_A_EVENT, from
 *	CORDON_A_SEQUENCE on; without that, or where it is not held any more, from
 *	the first that is.  None: there is nothing new.  With CORDON_A_INSTANCE:
 *	only if the module is still that one, else ESTALE.  The answer has it
 *	too.  The module remembers nothing of its readers
 * @CORDON_CMD_RESPOND: CORDON_A_MEASURE: begin a response by hand, or end it
 * @CORDON_CMD_ANSWER: CORDON_A_MEASURE with an id: begin a response that waits
 *	for an answer, or reject it
 * @CORDON_CMD_MEASURE_DUMP: dump of CORDON_A_MEASURE: responses that are in
 *	force, or wait for an answer
 * @CORDON_CMD_RESPONSE_DUMP: dump of CORDON_A_RESPONSE, as manifests declare
 *	them
 * @CORDON_CMD_HOLD_END: CORDON_A_HOLD: the evidence is taken, the kill need wait
 *	no longer.  Whoever may read may say so: the kill comes all the same
 * @CORDON_CMD_BEHAVIOUR_DUMP: dump of CORDON_A_BEHAVIOUR: what is recorded, of
 *	one workload if there is a CORDON_A_NAME
 * @CORDON_CMD_BEHAVIOUR_CLEAR: CORDON_A_NAME: forget what is recorded of that
 *	workload, which need not be loaded
 * @CORDON_CMD_LEARNING_DUMP: dump of CORDON_A_LEARNING: one for each workload
 *	that anything was recorded of, or dropped
 */
enum cordon_command {
	CORDON_CMD_UNSPEC,
	CORDON_CMD_STATUS_GET,
	CORDON_CMD_BEGIN,
	CORDON_CMD_WORKLOAD_ADD,
	CORDON_CMD_RULE_ADD,
	CORDON_CMD_WORKLOAD_DEL,
	CORDON_CMD_COMMIT,
	CORDON_CMD_ABORT,
	CORDON_CMD_CONFIRM,
	CORDON_CMD_ROLLBACK,
	CORDON_CMD_MODE_SET,
	CORDON_CMD_WORKLOAD_DUMP,
	CORDON_CMD_MEMBER_DUMP,
	CORDON_CMD_PROGRAM_DUMP,
	CORDON_CMD_RULE_DUMP,
	CORDON_CMD_TASK_DUMP,
	CORDON_CMD_HOOK_DUMP,
	CORDON_CMD_EVENT,
	CORDON_CMD_SEGMENT_ADD,
	CORDON_CMD_SEGMENT_DEL,
	CORDON_CMD_SEGMENT_LOAD,
	CORDON_CMD_ENTRY_DUMP,
	CORDON_CMD_FLOW_DUMP,
	CORDON_CMD_EVENT_GET,
	CORDON_CMD_RESPOND,
	CORDON_CMD_ANSWER,
	CORDON_CMD_MEASURE_DUMP,
	CORDON_CMD_RESPONSE_DUMP,
	CORDON_CMD_HOLD_END,
	CORDON_CMD_BEHAVIOUR_DUMP,
	CORDON_CMD_BEHAVIOUR_CLEAR,
	CORDON_CMD_LEARNING_DUMP,
	CORDON_CMD_COUNT
};

/** enum cordon_attribute - top-level attributes of every message */
enum cordon_attribute {
	CORDON_A_UNSPEC,
	CORDON_A_PAD,
	CORDON_A_GENERATION,	/* u64 */
	CORDON_A_REPLACE,	/* flag */
	CORDON_A_CONFIRM,	/* u32, seconds, 1 … CORDON_CONFIRM_MAX */
	CORDON_A_NAME,		/* string, a workload's name */
	CORDON_A_MODES,		/* nested, enum cordon_modes_attribute */
	CORDON_A_STATUS,	/* nested, enum cordon_status_attribute */
	CORDON_A_WORKLOAD,	/* nested, enum cordon_workload_attribute */
	CORDON_A_MEMBER,	/* nested, enum cordon_member_attribute */
	CORDON_A_PROGRAM,	/* nested, enum cordon_program_attribute */
	CORDON_A_RULE,		/* nested, enum cordon_rule_attribute */
	CORDON_A_TASK,		/* nested, enum cordon_task_attribute */
	CORDON_A_HOOK,		/* nested, enum cordon_hook_attribute */
	CORDON_A_EVENT,		/* nested, enum cordon_event_attribute */
	CORDON_A_ENTRIES,	/* array of struct cordon_segment_entry */
	CORDON_A_LAST,		/* flag */
	CORDON_A_ENTRY,		/* nested, enum cordon_entry_attribute */
	CORDON_A_FLOW,		/* nested, enum cordon_flow_attribute */
	CORDON_A_SEQUENCE,	/* u64, of an event */
	CORDON_A_INSTANCE,	/* u64, CORDON_STATUS_A_INSTANCE */
	CORDON_A_RESPONSE,	/* nested, enum cordon_response_attribute */
	CORDON_A_MEASURE,	/* nested, enum cordon_measure_attribute */
	CORDON_A_HOLD,		/* u32, CORDON_EVENT_A_HOLD */
	CORDON_A_BEHAVIOUR,	/* nested, enum cordon_behaviour_attribute */
	CORDON_A_LEARNING,	/* nested, enum cordon_learning_attribute */
	CORDON_A_COUNT
};

/** enum cordon_modes_attribute - one u8 (enum cordon_mode) a class */
enum cordon_modes_attribute {
	CORDON_MODES_A_UNSPEC,
	CORDON_MODES_A_EXEC,
	CORDON_MODES_A_LOAD,
	CORDON_MODES_A_FILE,
	CORDON_MODES_A_NET,
	CORDON_MODES_A_KERNEL,
	CORDON_MODES_A_COUNT
};

enum cordon_status_attribute {
	CORDON_STATUS_A_UNSPEC,
	CORDON_STATUS_A_PAD,
	CORDON_STATUS_A_VERSION,	/* string, the module's */
	CORDON_STATUS_A_GENERATION,	/* u64, 0: no policy */
	CORDON_STATUS_A_PREVIOUS,	/* u64, what rollback returns to */
	CORDON_STATUS_A_CONFIRM,	/* u32, seconds left to confirm */
	CORDON_STATUS_A_FORCED_MONITOR,	/* flag, cordon.mode=monitor */
	CORDON_STATUS_A_WORKLOADS,	/* u32 */
	CORDON_STATUS_A_RULES,		/* u32 */
	CORDON_STATUS_A_BYTES,		/* u64, size of the compiled policy */
	CORDON_STATUS_A_TASKS,		/* u32, labelled tasks */
	CORDON_STATUS_A_HOOKS,		/* u32, attached */
	CORDON_STATUS_A_HOOKS_MISSING,	/* u32, wanted and not attached */
	CORDON_STATUS_A_DENIED,		/* u64, acts since load of the module */
	CORDON_STATUS_A_WOULD_DENY,	/* u64, likewise */
	CORDON_STATUS_A_EVENTS,		/* u64, last sequence number */
	CORDON_STATUS_A_LOST,		/* of version 1 only */
	CORDON_STATUS_A_TRANSACTION,	/* u32, port id that holds one */
	CORDON_STATUS_A_FIRST,		/* u64, the first event that is held */
	CORDON_STATUS_A_MADE,		/* u64 for each topic: events up to
					   CORDON_STATUS_A_EVENTS */
	CORDON_STATUS_A_RING,		/* u64, bytes that events are held in */
	CORDON_STATUS_A_INSTANCE,	/* u64, by chance at load: sequence
					   numbers are of one instance */
	CORDON_STATUS_A_SUSPENDED,	/* u32, workloads */
	CORDON_STATUS_A_QUARANTINED,	/* u32, workloads */
	CORDON_STATUS_A_BLOCKED,	/* u32, addresses */
	CORDON_STATUS_A_PENDING,	/* u32, responses that wait */
	CORDON_STATUS_A_DISPLACED,	/* u64, addresses that were blocked no
					   longer, or not at all, for want of
					   room */
	CORDON_STATUS_A_LEARNING,	/* u32, workloads that learn */
	CORDON_STATUS_A_BEHAVIOURS,	/* u32, recorded */
	CORDON_STATUS_A_BEHAVIOURS_MAX,	/* u32, that there is room for; absent:
					   nothing was ever recorded */
	CORDON_STATUS_A_BEHAVIOUR_BYTES, /* u64, of their texts */
	CORDON_STATUS_A_BEHAVIOUR_BYTES_MAX, /* u64, likewise */
	CORDON_STATUS_A_BEHAVIOURS_DROPPED, /* u64, acts that there was no room
					   for, since the table was empty */
	CORDON_STATUS_A_COUNT
};

enum cordon_workload_attribute {
	CORDON_WORKLOAD_A_UNSPEC,
	CORDON_WORKLOAD_A_PAD,
	CORDON_WORKLOAD_A_NAME,		/* string */
	CORDON_WORKLOAD_A_DESCRIPTION,	/* string, optional */
	CORDON_WORKLOAD_A_OWNER,	/* string, optional */
	CORDON_WORKLOAD_A_FILE,		/* string, the manifest's file */
	CORDON_WORKLOAD_A_DEFAULT,	/* u8, enum cordon_effect */
	CORDON_WORKLOAD_A_MODES,	/* nested; absent classes: monitor */
	CORDON_WORKLOAD_A_MEMBERS,	/* u32, how many follow */
	CORDON_WORKLOAD_A_PROGRAMS,	/* u32, likewise */
	CORDON_WORKLOAD_A_RULES,	/* u32, likewise */
	CORDON_WORKLOAD_A_PATTERNS,	/* u32, of all those rules */
	CORDON_WORKLOAD_A_BYTES,	/* u32, all text, NULs included */
	CORDON_WORKLOAD_A_TASKS,	/* u32, dump: labelled tasks */
	CORDON_WORKLOAD_A_DENIED,	/* u64, dump */
	CORDON_WORKLOAD_A_WOULD_DENY,	/* u64, dump */
	CORDON_WORKLOAD_A_KIND,		/* u8, enum cordon_document; absent:
					   a manifest */
	CORDON_WORKLOAD_A_REJECT,	/* flag, who is refused from outside is
					   told so by ICMP */
	CORDON_WORKLOAD_A_RESPONSES,	/* u32, how many follow */
	CORDON_WORKLOAD_A_SINCE,	/* u64, dump: ns, CLOCK_REALTIME, in whole
					   seconds: when its counters began */
	CORDON_WORKLOAD_A_COUNT
};

enum cordon_member_attribute {
	CORDON_MEMBER_A_UNSPEC,
	CORDON_MEMBER_A_KIND,		/* u8, enum cordon_member_kind */
	CORDON_MEMBER_A_PATTERN,	/* string: exe, unit, cgroup */
	CORDON_MEMBER_A_UID,		/* u32: user */
	CORDON_MEMBER_A_WORKLOAD,	/* string, dump: its workload */
	CORDON_MEMBER_A_PROGRAM,	/* u32, index of the segment it lies in;
					   not for claims */
	CORDON_MEMBER_A_COUNT
};

enum cordon_program_attribute {
	CORDON_PROGRAM_A_UNSPEC,
	CORDON_PROGRAM_A_EXE,		/* string, pattern of the executable */
	CORDON_PROGRAM_A_WORKLOAD,	/* string, dump: its workload */
	CORDON_PROGRAM_A_INDEX,		/* u32, dump: place in the workload */
	CORDON_PROGRAM_A_ISOLATED,	/* flag, a segment that is closed but
					   for what a rule allows */
	CORDON_PROGRAM_A_MANAGEMENT,	/* flag, a segment that a workload in
					   quarantine may still talk to */
	CORDON_PROGRAM_A_PROTECTED,	/* flag, a segment whose addresses are
					   never blocked */
	CORDON_PROGRAM_A_COUNT
};

enum cordon_rule_attribute {
	CORDON_RULE_A_UNSPEC,
	CORDON_RULE_A_PAD,
	CORDON_RULE_A_PROGRAM,		/* u32, index; absent: the workload */
	CORDON_RULE_A_EFFECT,		/* u8, enum cordon_effect */
	CORDON_RULE_A_OPS,		/* u32, bits of enum cordon_op */
	CORDON_RULE_A_TEXT,		/* string, as the manifest has it */
	CORDON_RULE_A_PATTERN,		/* string, one or more: TEXT expanded;
					   not in dumps */
	CORDON_RULE_A_FILE,		/* string, where the rule stands */
	CORDON_RULE_A_LINE,		/* u32, from 1 */
	CORDON_RULE_A_COLUMN,		/* u32, from 1 */
	CORDON_RULE_A_NOTE,		/* string, optional */
	CORDON_RULE_A_ID,		/* u32, dump: place in the workload */
	CORDON_RULE_A_WORKLOAD,		/* string, dump */
	CORDON_RULE_A_HITS,		/* u64, dump */
	CORDON_RULE_A_LAST,		/* u64, dump: ns, CLOCK_REALTIME, in whole
					   seconds: when it decided last; absent:
					   never since CORDON_WORKLOAD_A_SINCE */
	CORDON_RULE_A_COUNT
};

/** enum cordon_response_attribute - a response as a manifest declares it */
enum cordon_response_attribute {
	CORDON_RESPONSE_A_UNSPEC,
	CORDON_RESPONSE_A_OPS,		/* u32, bits of enum cordon_op */
	CORDON_RESPONSE_A_DO,		/* u32, bits of enum cordon_response */
	CORDON_RESPONSE_A_RULE,		/* u32, first rule that it is about;
					   absent: any departure */
	CORDON_RESPONSE_A_RULES,	/* u32, how many from there on */
	CORDON_RESPONSE_A_TIMES,	/* u32, departures; absent: 1 */
	CORDON_RESPONSE_A_WITHIN,	/* u32, seconds, if more than one */
	CORDON_RESPONSE_A_PER,		/* u8, enum cordon_per */
	CORDON_RESPONSE_A_TTL,		/* u32, seconds; one for each step of
					   the ladder; absent: for ever */
	CORDON_RESPONSE_A_ASK,		/* u32, seconds that an answer is waited
					   for; absent: no answer is needed */
	CORDON_RESPONSE_A_WORKLOAD,	/* string, dump */
	CORDON_RESPONSE_A_EVIDENCE,	/* flag, evidence is taken first */
	CORDON_RESPONSE_A_COUNT
};

/** enum cordon_measure_attribute - a response that is, or is to be, in force */
enum cordon_measure_attribute {
	CORDON_MEASURE_A_UNSPEC,
	CORDON_MEASURE_A_RESPONSE,	/* u8, enum cordon_response */
	CORDON_MEASURE_A_WORKLOAD,	/* string; not of a blocked address that
					   somebody blocked by hand */
	CORDON_MEASURE_A_ADDRESS,	/* 16 bytes, IPv4 as ::ffff:a.b.c.d; of
					   IPv6 with a last half of zeroes: its
					   /64 */
	CORDON_MEASURE_A_TTL,		/* u32, request: seconds; absent: for
					   ever */
	CORDON_MEASURE_A_LEFT,		/* u32, dump: seconds; absent: ever */
	CORDON_MEASURE_A_STEP,		/* u32, dump: of the ladder, from 1 */
	CORDON_MEASURE_A_ID,		/* u32, of what waits for an answer */
	CORDON_MEASURE_A_TGID,		/* u32, the process to be killed, in the
					   initial pid namespace */
	CORDON_MEASURE_A_END,		/* flag, request: end it, or reject it */
	CORDON_MEASURE_A_OP,		/* u8, enum cordon_op, of what waits: of
					   the departure */
	CORDON_MEASURE_A_RULE,		/* string, likewise, if a rule denied:
					   its text, cut where it is long */
	CORDON_MEASURE_A_EVIDENCE,	/* flag, request: of who is killed or
					   suspended evidence is taken */
	CORDON_MEASURE_A_COUNT
};

enum cordon_task_attribute {
	CORDON_TASK_A_UNSPEC,
	CORDON_TASK_A_PID,		/* u32, initial pid namespace */
	CORDON_TASK_A_TGID,		/* u32 */
	CORDON_TASK_A_PARENT,		/* u32, tgid of the parent */
	CORDON_TASK_A_UID,		/* u32, initial user namespace */
	CORDON_TASK_A_COMM,		/* string */
	CORDON_TASK_A_WORKLOAD,		/* string */
	CORDON_TASK_A_EXE,		/* string, what it runs */
	CORDON_TASK_A_PROGRAM,		/* string, its entry; absent: unlisted */
	CORDON_TASK_A_STALE,		/* flag, the workload is not loaded */
	CORDON_TASK_A_COUNT
};

enum cordon_hook_attribute {
	CORDON_HOOK_A_UNSPEC,
	CORDON_HOOK_A_PAD,
	CORDON_HOOK_A_NAME,		/* string, the kernel's function */
	CORDON_HOOK_A_CLASS,		/* u8, enum cordon_class */
	CORDON_HOOK_A_STATE,		/* u8, enum cordon_hook_state */
	CORDON_HOOK_A_REQUIRED,		/* flag */
	CORDON_HOOK_A_CALLS,		/* u64, judged so far */
	CORDON_HOOK_A_WHY,		/* string, for what is not attached */
	CORDON_HOOK_A_COUNT
};

enum cordon_event_attribute {
	CORDON_EVENT_A_UNSPEC,
	CORDON_EVENT_A_PAD,
	CORDON_EVENT_A_SEQUENCE,	/* u64, from 1 without gaps */
	CORDON_EVENT_A_LOST,		/* of version 1 only */
	CORDON_EVENT_A_TIME,		/* u64, ns, CLOCK_REALTIME */
	CORDON_EVENT_A_BOOTTIME,	/* u64, ns, CLOCK_BOOTTIME */
	CORDON_EVENT_A_GENERATION,	/* u64, the policy that decided */
	CORDON_EVENT_A_ACTION,		/* u8, enum cordon_action */
	CORDON_EVENT_A_REASON,		/* u8, enum cordon_reason */
	CORDON_EVENT_A_CLASS,		/* u8, enum cordon_class */
	CORDON_EVENT_A_OP,		/* u8, enum cordon_op */
	CORDON_EVENT_A_KIND,		/* u8, enum cordon_object_kind */
	CORDON_EVENT_A_OBJECT,		/* string: the path, or what is known */
	CORDON_EVENT_A_WORKLOAD,	/* string */
	CORDON_EVENT_A_PROGRAM,		/* string, the subject's executable */
	CORDON_EVENT_A_UNLISTED,	/* flag, it has no entry */
	CORDON_EVENT_A_PID,		/* u32, initial pid namespace */
	CORDON_EVENT_A_TGID,		/* u32 */
	CORDON_EVENT_A_PARENT,		/* u32, tgid of the parent */
	CORDON_EVENT_A_UID,		/* u32, initial user namespace */
	CORDON_EVENT_A_COMM,		/* string */
	CORDON_EVENT_A_RULE,		/* u32, id in the workload, if a rule */
	CORDON_EVENT_A_RULE_TEXT,	/* string */
	CORDON_EVENT_A_RULE_FILE,	/* string */
	CORDON_EVENT_A_RULE_LINE,	/* u32 */
	CORDON_EVENT_A_PROTOCOL,	/* u8, IPPROTO_; class net only */
	CORDON_EVENT_A_LOCAL,		/* 16 bytes, IPv4 as ::ffff:a.b.c.d; of
					   what passes: where it comes from */
	CORDON_EVENT_A_LOCAL_PORT,	/* u16 */
	CORDON_EVENT_A_REMOTE,		/* 16 bytes; where it goes */
	CORDON_EVENT_A_REMOTE_PORT,	/* u16 */
	CORDON_EVENT_A_FROM_SEGMENTS,	/* string, names with commas */
	CORDON_EVENT_A_SEGMENTS,	/* string, of the remote end */
	CORDON_EVENT_A_PEER,		/* string, workload at the other end */
	CORDON_EVENT_A_TYPE,		/* u8, enum cordon_event_type */
	CORDON_EVENT_A_TOPIC,		/* u8, enum cordon_topic */
	CORDON_EVENT_A_MADE,		/* u64 for each topic: events before
					   this one */
	CORDON_EVENT_A_NUMBER,	/* u64: departure: 1; repeats: how many;
					   else tasks or addresses */
	CORDON_EVENT_A_FIRST,		/* u64, repeats: sequence number of the
					   departure */
	CORDON_EVENT_A_FIRST_TIME,	/* u64, ns, CLOCK_REALTIME: of that */
	CORDON_EVENT_A_LAST_TIME,	/* u64, likewise, of the last repeat */
	CORDON_EVENT_A_BEFORE,		/* u64, the generation that was in
					   force before */
	CORDON_EVENT_A_CONFIRM,		/* u32, seconds to confirm it */
	CORDON_EVENT_A_STATUS,		/* u32, exit: as wait(2) has it */
	CORDON_EVENT_A_LIFETIME,	/* u64, ns, exit: since its fork */
	CORDON_EVENT_A_CUT,		/* flag, a text was too long */
	CORDON_EVENT_A_RESPONSE,	/* u8, enum cordon_response */
	CORDON_EVENT_A_PHASE,		/* u8, enum cordon_phase */
	CORDON_EVENT_A_TTL,		/* u32, response: seconds; absent: ever */
	CORDON_EVENT_A_PENDING,		/* u32, response: id of what waits, or
					   was answered */
	CORDON_EVENT_A_EVIDENCE,	/* u8, response: enum cordon_evidence;
					   absent: none is wanted */
	CORDON_EVENT_A_HOLD,		/* u32, response: id of the kill that
					   waits for it */
	CORDON_EVENT_A_START,		/* u64, ns, CLOCK_BOOTTIME, of a hold:
					   when the process began */
	CORDON_EVENT_A_COUNT
};

enum cordon_entry_attribute {
	CORDON_ENTRY_A_UNSPEC,
	CORDON_ENTRY_A_PAD,
	CORDON_ENTRY_A_SEGMENT,		/* string, the segment's name */
	CORDON_ENTRY_A_WORKLOAD,	/* string, the document it is of */
	CORDON_ENTRY_A_ADDRESS,		/* 16 bytes */
	CORDON_ENTRY_A_LENGTH,		/* u8, bits of these */
	CORDON_ENTRY_A_ORIGIN,		/* u8, enum cordon_origin */
	CORDON_ENTRY_A_LEFT,		/* u32, seconds to live; absent: ever */
	CORDON_ENTRY_A_HITS,		/* u64, verdicts that looked at it */
	CORDON_ENTRY_A_COUNT
};

enum cordon_flow_attribute {
	CORDON_FLOW_A_UNSPEC,
	CORDON_FLOW_A_PAD,
	CORDON_FLOW_A_WORKLOAD,		/* string */
	CORDON_FLOW_A_PROGRAM,		/* string, the executable */
	CORDON_FLOW_A_TGID,		/* u32, who made or accepted it */
	CORDON_FLOW_A_FAMILY,		/* u16, AF_ */
	CORDON_FLOW_A_PROTOCOL,		/* u8, IPPROTO_ */
	CORDON_FLOW_A_STATE,		/* u8, enum cordon_flow_state */
	CORDON_FLOW_A_LOCAL,		/* 16 bytes; inet only */
	CORDON_FLOW_A_LOCAL_PORT,	/* u16 */
	CORDON_FLOW_A_REMOTE,		/* 16 bytes, if it has a peer */
	CORDON_FLOW_A_REMOTE_PORT,	/* u16 */
	CORDON_FLOW_A_SEGMENTS,		/* string, of the peer */
	CORDON_FLOW_A_NETNS,		/* u32, inode of the namespace */
	CORDON_FLOW_A_INODE,		/* u64, as in /proc/PID/fd; absent: no
					   process has it open */
	CORDON_FLOW_A_COUNT
};

/**
 * enum cordon_behaviour_attribute - what was done, and how often
 *
 * Two acts are one behaviour if they have the same workload, program, user, op,
 * object, action and reason.  The object of a flow is its protocol, the port
 * that is opened to and the other end's address: the client's own port is not
 * part of it.
 */
enum cordon_behaviour_attribute {
	CORDON_BEHAVIOUR_A_UNSPEC,
	CORDON_BEHAVIOUR_A_PAD,
	CORDON_BEHAVIOUR_A_WORKLOAD,	/* string */
	CORDON_BEHAVIOUR_A_PROGRAM,	/* string, the subject's executable */
	CORDON_BEHAVIOUR_A_UNLISTED,	/* flag, it had no entry at first */
	CORDON_BEHAVIOUR_A_UID,		/* u32, initial user namespace */
	CORDON_BEHAVIOUR_A_OP,		/* u8, enum cordon_op */
	CORDON_BEHAVIOUR_A_KIND,	/* u8, enum cordon_object_kind */
	CORDON_BEHAVIOUR_A_OBJECT,	/* string */
	CORDON_BEHAVIOUR_A_ACTION,	/* u8, enum cordon_action */
	CORDON_BEHAVIOUR_A_REASON,	/* u8, enum cordon_reason */
	CORDON_BEHAVIOUR_A_HELD,	/* flag, it was open, or mapped, when the
					   class began to learn */
	CORDON_BEHAVIOUR_A_NUMBER,	/* u64, acts; 0: it was only held */
	CORDON_BEHAVIOUR_A_FIRST,	/* u64, ns, CLOCK_BOOTTIME */
	CORDON_BEHAVIOUR_A_LAST,	/* u64, likewise */
	CORDON_BEHAVIOUR_A_PROTOCOL,	/* u8, IPPROTO_; of flows only, as all
					   that follows up to REMOTE_PORT */
	CORDON_BEHAVIOUR_A_LOCAL,	/* 16 bytes, of listen */
	CORDON_BEHAVIOUR_A_LOCAL_PORT,	/* u16, of listen and accept */
	CORDON_BEHAVIOUR_A_REMOTE,	/* 16 bytes, of connect and accept */
	CORDON_BEHAVIOUR_A_REMOTE_PORT,	/* u16, of connect */
	CORDON_BEHAVIOUR_A_SEGMENTS,	/* string, of the remote end at first */
	CORDON_BEHAVIOUR_A_PEER,	/* string, workload there at first */
	CORDON_BEHAVIOUR_A_RULE,	/* u32, id in the workload, if a rule
					   decided; likewise the next three */
	CORDON_BEHAVIOUR_A_RULE_TEXT,	/* string */
	CORDON_BEHAVIOUR_A_RULE_FILE,	/* string */
	CORDON_BEHAVIOUR_A_RULE_LINE,	/* u32 */
	CORDON_BEHAVIOUR_A_COUNT
};

/** enum cordon_learning_attribute - how the record of a workload fares */
enum cordon_learning_attribute {
	CORDON_LEARNING_A_UNSPEC,
	CORDON_LEARNING_A_PAD,
	CORDON_LEARNING_A_WORKLOAD,	/* string */
	CORDON_LEARNING_A_BEHAVIOURS,	/* u32, recorded */
	CORDON_LEARNING_A_SINCE,	/* u64, ns, CLOCK_BOOTTIME: of the first */
	CORDON_LEARNING_A_NEWEST,	/* u64, likewise: of the newest */
	CORDON_LEARNING_A_DROPPED,	/* u64 for each class: acts that there
					   was no room for */
	CORDON_LEARNING_A_FULL,		/* u64, ns, CLOCK_BOOTTIME: of the first
					   of these; absent: there are none */
	CORDON_LEARNING_A_COUNT
};

#endif /* _UAPI_CORDON_H */
