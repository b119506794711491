// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words of the contract, one table for each enumeration.
 */
#include "names.h"

#define WORDS(table) (sizeof(table) / sizeof((table)[0]))

static const char *const class_words[] = {
	[CORDON_CLASS_EXEC] = "exec",
	[CORDON_CLASS_LOAD] = "load",
	[CORDON_CLASS_FILE] = "file",
	[CORDON_CLASS_NET] = "net",
	[CORDON_CLASS_KERNEL] = "kernel",
};
static_assert(WORDS(class_words) == CORDON_CLASS_COUNT, "a class has no word");

static const char *const topic_words[] = {
	[CORDON_TOPIC_EXEC] = "exec",
	[CORDON_TOPIC_LOAD] = "load",
	[CORDON_TOPIC_FILE] = "file",
	[CORDON_TOPIC_NET] = "net",
	[CORDON_TOPIC_KERNEL] = "kernel",
	[CORDON_TOPIC_TASK] = "task",
	[CORDON_TOPIC_POLICY] = "policy",
	[CORDON_TOPIC_SEGMENT] = "segment",
	[CORDON_TOPIC_MODULE] = "module",
	[CORDON_TOPIC_RESPONSE] = "response",
};
static_assert(WORDS(topic_words) == CORDON_TOPIC_COUNT, "a topic has no word");
static_assert((int)CORDON_TOPIC_KERNEL == (int)CORDON_CLASS_KERNEL &&
	      (int)CORDON_TOPIC_TASK == (int)CORDON_CLASS_COUNT,
	      "the first topics are the classes");

static const char *const event_words[] = {
	[CORDON_EVENT_DEPARTURE] = "departure",
	[CORDON_EVENT_REPEATS] = "repeats",
	[CORDON_EVENT_EXEC] = "exec",
	[CORDON_EVENT_EXIT] = "exit",
	[CORDON_EVENT_SWEEP] = "sweep",
	[CORDON_EVENT_PUBLISH] = "publish",
	[CORDON_EVENT_CONFIRM] = "confirm",
	[CORDON_EVENT_ROLLBACK] = "rollback",
	[CORDON_EVENT_LAPSE] = "lapse",
	[CORDON_EVENT_MODE] = "mode",
	[CORDON_EVENT_SEGMENT_ADD] = "segment-add",
	[CORDON_EVENT_SEGMENT_DEL] = "segment-del",
	[CORDON_EVENT_SEGMENT_LOAD] = "segment-load",
	[CORDON_EVENT_SEGMENT_EXPIRE] = "segment-expire",
	[CORDON_EVENT_MODULE_LOAD] = "module-load",
	[CORDON_EVENT_MODULE_UNLOAD] = "module-unload",
	[CORDON_EVENT_RESPONSE] = "response",
	[CORDON_EVENT_BEHAVIOUR] = "behaviour",
};
static_assert(WORDS(event_words) == CORDON_EVENT_TYPE_COUNT,
	      "an event has no word");

static const char *const op_words[] = {
	[CORDON_OP_EXEC] = "exec",
	[CORDON_OP_LOAD] = "load",
	[CORDON_OP_READ] = "read",
	[CORDON_OP_WRITE] = "write",
	[CORDON_OP_ENTER] = "enter",
	[CORDON_OP_CONNECT] = "connect",
	[CORDON_OP_LISTEN] = "listen",
	[CORDON_OP_ACCEPT] = "accept",
	[CORDON_OP_SOCKET] = "socket",
	[CORDON_OP_PASS] = "pass",
};
static_assert(WORDS(op_words) == CORDON_OP_COUNT, "an op has no word");

static const u8 op_classes[] = {
	[CORDON_OP_EXEC] = CORDON_CLASS_EXEC,
	[CORDON_OP_LOAD] = CORDON_CLASS_LOAD,
	[CORDON_OP_READ] = CORDON_CLASS_FILE,
	[CORDON_OP_WRITE] = CORDON_CLASS_FILE,
	[CORDON_OP_ENTER] = CORDON_CLASS_EXEC,
	[CORDON_OP_CONNECT] = CORDON_CLASS_NET,
	[CORDON_OP_LISTEN] = CORDON_CLASS_NET,
	[CORDON_OP_ACCEPT] = CORDON_CLASS_NET,
	[CORDON_OP_SOCKET] = CORDON_CLASS_NET,
	[CORDON_OP_PASS] = CORDON_CLASS_NET,
};
static_assert(WORDS(op_classes) == CORDON_OP_COUNT, "an op has no class");

static const char *const mode_words[] = {
	[CORDON_MODE_LEARN] = "learn",
	[CORDON_MODE_MONITOR] = "monitor",
	[CORDON_MODE_ENFORCE] = "enforce",
};
static_assert(WORDS(mode_words) == CORDON_MODE_COUNT, "a mode has no word");

static const char *const effect_words[] = {
	[CORDON_EFFECT_ALLOW] = "allow",
	[CORDON_EFFECT_DENY] = "deny",
};
static_assert(WORDS(effect_words) == CORDON_EFFECT_COUNT,
	      "an effect has no word");

static const char *const action_words[] = {
	[CORDON_ACTION_ALLOW] = "allow",
	[CORDON_ACTION_WOULD_DENY] = "would-deny",
	[CORDON_ACTION_DENY] = "deny",
	[CORDON_ACTION_LEARN] = "learn",
};
static_assert(WORDS(action_words) == CORDON_ACTION_COUNT,
	      "an action has no word");

static const char *const result_words[] = {
	[CORDON_ACTION_ALLOW] = "allowed",
	[CORDON_ACTION_WOULD_DENY] = "would-deny",
	[CORDON_ACTION_DENY] = "denied",
	[CORDON_ACTION_LEARN] = "learned",
};
static_assert(WORDS(result_words) == CORDON_ACTION_COUNT,
	      "an action has no word for what came of it");

static const char *const reason_words[] = {
	[CORDON_REASON_NONE] = "none",
	[CORDON_REASON_RULE] = "rule",
	[CORDON_REASON_DEFAULT] = "default",
	[CORDON_REASON_SELF] = "self",
	[CORDON_REASON_NO_ENTRY] = "no-entry",
	[CORDON_REASON_UNNAMEABLE] = "unnameable",
	[CORDON_REASON_LIMIT] = "limit",
	[CORDON_REASON_LINK] = "link",
	[CORDON_REASON_MOUNT] = "mount",
	[CORDON_REASON_CREDENTIALS] = "credentials",
	[CORDON_REASON_MEMORY] = "memory",
	[CORDON_REASON_DEVICE] = "device",
	[CORDON_REASON_ISOLATED] = "isolated",
	[CORDON_REASON_CLAIM] = "claim",
	[CORDON_REASON_FRAGMENT] = "fragment",
	[CORDON_REASON_MALFORMED] = "malformed",
	[CORDON_REASON_QUARANTINE] = "quarantine",
	[CORDON_REASON_BLOCKED] = "blocked",
};
static_assert(WORDS(reason_words) == CORDON_REASON_COUNT,
	      "a reason has no word");

static const char *const reason_texts[] = {
	[CORDON_REASON_NONE] = "no manifest speaks of it",
	[CORDON_REASON_RULE] = "a rule says so",
	[CORDON_REASON_DEFAULT] = "no rule matches, and so the default decides",
	[CORDON_REASON_SELF] =
		"it is its own: a program may map its executable, and connect to its workload's unix sockets",
	[CORDON_REASON_NO_ENTRY] =
		"it may be started, but has no entry in \"programs\"",
	[CORDON_REASON_UNNAMEABLE] = "its path is too long for any rule",
	[CORDON_REASON_LIMIT] = "too many patterns match it halfway",
	[CORDON_REASON_LINK] =
		"the new name would give more than the old one does",
	[CORDON_REASON_MOUNT] =
		"a member may not change or leave its mount tree",
	[CORDON_REASON_CREDENTIALS] =
		"a member may not act with borrowed credentials",
	[CORDON_REASON_MEMORY] = "there was no memory to judge it with",
	[CORDON_REASON_DEVICE] = "a member may not make a device node, a second name of the device",
	[CORDON_REASON_ISOLATED] =
		"one end is in an isolated segment, and no rule opens it for this flow",
	[CORDON_REASON_CLAIM] =
		"the bridge port sends from an address that its claims do not list",
	[CORDON_REASON_FRAGMENT] =
		"it is a later fragment, and the packet's beginning has not been seen",
	[CORDON_REASON_MALFORMED] =
		"its headers contradict themselves, so that no rule can be held against it",
	[CORDON_REASON_QUARANTINE] =
		"the workload is in quarantine, and the peer in no segment of management",
	[CORDON_REASON_BLOCKED] = "the peer's address is blocked",
};
static_assert(WORDS(reason_texts) == CORDON_REASON_COUNT,
	      "a reason has no text");

static const char *const object_words[] = {
	[CORDON_OBJECT_PATH] = "path",
	[CORDON_OBJECT_MEMFD] = "memfd:",
	[CORDON_OBJECT_DELETED] = "deleted:",
	[CORDON_OBJECT_DETACHED] = "detached:",
	[CORDON_OBJECT_ANON] = "anon:",
	[CORDON_OBJECT_UNNAMEABLE] = "unnameable",
	[CORDON_OBJECT_ABSTRACT] = "abstract:",
	[CORDON_OBJECT_UNNAMED] = "unnamed",
	[CORDON_OBJECT_PEER] = "peer",
	[CORDON_OBJECT_SOCKET] = "socket",
};
static_assert(WORDS(object_words) == CORDON_OBJECT_COUNT,
	      "a kind of object has no word");

static const char *const member_words[] = {
	[CORDON_MEMBER_EXE] = "exe",
	[CORDON_MEMBER_UNIT] = "unit",
	[CORDON_MEMBER_CGROUP] = "cgroup",
	[CORDON_MEMBER_USER] = "user",
	[CORDON_MEMBER_HOST] = "host",
	[CORDON_MEMBER_PREFIX] = "prefix",
	[CORDON_MEMBER_INTERFACE] = "interface",
	[CORDON_MEMBER_CLAIM] = "claim",
};
static_assert(WORDS(member_words) == CORDON_MEMBER_COUNT,
	      "a kind of member has no word");

static const char *const hook_state_words[] = {
	[CORDON_HOOK_ATTACHED] = "attached",
	[CORDON_HOOK_UNPROVED] = "unproved",
	[CORDON_HOOK_ABSENT] = "absent",
	[CORDON_HOOK_DEAD] = "dead",
};
static_assert(WORDS(hook_state_words) == CORDON_HOOK_STATE_COUNT,
	      "a hook's state has no word");

static const char *const origin_words[] = {
	[CORDON_ORIGIN_DOCUMENT] = "document",
	[CORDON_ORIGIN_ADDED] = "added",
	[CORDON_ORIGIN_LOADED] = "loaded",
};
static_assert(WORDS(origin_words) == CORDON_ORIGIN_COUNT,
	      "an origin has no word");

static const char *const flow_state_words[] = {
	[CORDON_FLOW_OPEN] = "open",
	[CORDON_FLOW_LISTENING] = "listening",
	[CORDON_FLOW_OUTBOUND] = "outbound",
	[CORDON_FLOW_INBOUND] = "inbound",
};
static_assert(WORDS(flow_state_words) == CORDON_FLOW_STATE_COUNT,
	      "a flow's state has no word");

static const char *const document_words[] = {
	[CORDON_DOCUMENT_MANIFEST] = "manifest",
	[CORDON_DOCUMENT_SEGMENTS] = "segments",
};
static_assert(WORDS(document_words) == CORDON_DOCUMENT_COUNT,
	      "a kind of document has no word");

static const char *const response_words[] = {
	[CORDON_RESPONSE_KILL] = "kill",
	[CORDON_RESPONSE_KILL_WORKLOAD] = "kill-workload",
	[CORDON_RESPONSE_SUSPEND] = "suspend",
	[CORDON_RESPONSE_QUARANTINE] = "quarantine",
	[CORDON_RESPONSE_BLOCK_PEER] = "block-peer",
};
static_assert(WORDS(response_words) == CORDON_RESPONSE_COUNT,
	      "a response has no word");

static const char *const phase_words[] = {
	[CORDON_PHASE_BEGIN] = "begin",
	[CORDON_PHASE_END] = "end",
	[CORDON_PHASE_EXPIRE] = "expire",
	[CORDON_PHASE_ASK] = "ask",
	[CORDON_PHASE_REJECT] = "reject",
	[CORDON_PHASE_LAPSE] = "lapse",
	[CORDON_PHASE_HOLD] = "hold",
	[CORDON_PHASE_REFUSE] = "refuse",
};
static_assert(WORDS(phase_words) == CORDON_PHASE_COUNT,
	      "a phase of a response has no word");

static const char *const evidence_words[] = {
	[CORDON_EVIDENCE_NONE] = "none",
	[CORDON_EVIDENCE_WANTED] = "wanted",
	[CORDON_EVIDENCE_TAKEN] = "taken",
	[CORDON_EVIDENCE_LOST] = "lost",
};
static_assert(WORDS(evidence_words) == CORDON_EVIDENCE_COUNT,
	      "what becomes of evidence has no word");

static const char *word_of(const char *const *table, size_t words, u32 number)
{
	return number < words ? table[number] : "?";
}

static int number_of(const char *const *table, size_t words, const char *word,
		     size_t length)
{
	size_t i;

	for (i = 0; i < words; i++) {
		if (strlen(table[i]) == length &&
		    memcmp(table[i], word, length) == 0)
			return (int)i;
	}
	return -EINVAL;
}

const char *cordon_class_name(u32 class)
{
	return word_of(class_words, WORDS(class_words), class);
}

const char *cordon_op_name(u32 op)
{
	return word_of(op_words, WORDS(op_words), op);
}

const char *cordon_mode_name(u32 mode)
{
	return word_of(mode_words, WORDS(mode_words), mode);
}

const char *cordon_effect_name(u32 effect)
{
	return word_of(effect_words, WORDS(effect_words), effect);
}

const char *cordon_action_name(u32 action)
{
	return word_of(action_words, WORDS(action_words), action);
}

const char *cordon_result_name(u32 action)
{
	return word_of(result_words, WORDS(result_words), action);
}

const char *cordon_reason_name(u32 reason)
{
	return word_of(reason_words, WORDS(reason_words), reason);
}

const char *cordon_reason_text(u32 reason)
{
	return word_of(reason_texts, WORDS(reason_texts), reason);
}

const char *cordon_object_name(u32 kind)
{
	return word_of(object_words, WORDS(object_words), kind);
}

const char *cordon_member_name(u32 kind)
{
	return word_of(member_words, WORDS(member_words), kind);
}

const char *cordon_hook_state_name(u32 state)
{
	return word_of(hook_state_words, WORDS(hook_state_words), state);
}

const char *cordon_origin_name(u32 origin)
{
	return word_of(origin_words, WORDS(origin_words), origin);
}

const char *cordon_flow_state_name(u32 state)
{
	return word_of(flow_state_words, WORDS(flow_state_words), state);
}

const char *cordon_topic_name(u32 topic)
{
	return word_of(topic_words, WORDS(topic_words), topic);
}

const char *cordon_event_name(u32 type)
{
	return word_of(event_words, WORDS(event_words), type);
}

const char *cordon_document_name(u32 kind)
{
	return word_of(document_words, WORDS(document_words), kind);
}

const char *cordon_response_name(u32 response)
{
	return word_of(response_words, WORDS(response_words), response);
}

const char *cordon_phase_name(u32 phase)
{
	return word_of(phase_words, WORDS(phase_words), phase);
}

const char *cordon_evidence_name(u32 evidence)
{
	return word_of(evidence_words, WORDS(evidence_words), evidence);
}

int cordon_class_parse(const char *word, size_t length)
{
	return number_of(class_words, WORDS(class_words), word, length);
}

int cordon_op_parse(const char *word, size_t length)
{
	return number_of(op_words, WORDS(op_words), word, length);
}

int cordon_mode_parse(const char *word, size_t length)
{
	return number_of(mode_words, WORDS(mode_words), word, length);
}

int cordon_effect_parse(const char *word, size_t length)
{
	return number_of(effect_words, WORDS(effect_words), word, length);
}

int cordon_member_parse(const char *word, size_t length)
{
	return number_of(member_words, WORDS(member_words), word, length);
}

int cordon_response_parse(const char *word, size_t length)
{
	return number_of(response_words, WORDS(response_words), word, length);
}

enum cordon_class cordon_op_class(enum cordon_op op)
{
	return op < CORDON_OP_COUNT ? op_classes[op] : CORDON_CLASS_KERNEL;
}
