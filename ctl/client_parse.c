// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Attributes to records.
 *
 * Attributes that this build does not know are passed over, so that a newer
 * module can be read; those without which a record means nothing must be there.
 */
#include <limits.h>

#include "client_parse.h"

/* Of topics that only one of the two knows, none were made. */
static void made_of(const struct nlattr *attr,
		    uint64_t made[CORDON_TOPIC_COUNT])
{
	size_t size = CORDON_TOPIC_COUNT * sizeof(*made);

	memset(made, 0, size);
	if (!attr)
		return;
	if ((size_t)nla_len(attr) < size)
		size = (size_t)nla_len(attr) / sizeof(*made) * sizeof(*made);
	memcpy(made, nla_data(attr), size);
}

bool client_status_parse(struct nlattr *nest, struct client_status *status)
{
	static const struct nla_policy policy[CORDON_STATUS_A_COUNT] = {
		[CORDON_STATUS_A_VERSION] = TEXT,
		[CORDON_STATUS_A_GENERATION] = U64,
		[CORDON_STATUS_A_PREVIOUS] = U64,
		[CORDON_STATUS_A_CONFIRM] = U32,
		[CORDON_STATUS_A_FORCED_MONITOR] = FLAG,
		[CORDON_STATUS_A_WORKLOADS] = U32,
		[CORDON_STATUS_A_RULES] = U32,
		[CORDON_STATUS_A_BYTES] = U64,
		[CORDON_STATUS_A_TASKS] = U32,
		[CORDON_STATUS_A_HOOKS] = U32,
		[CORDON_STATUS_A_HOOKS_MISSING] = U32,
		[CORDON_STATUS_A_DENIED] = U64,
		[CORDON_STATUS_A_WOULD_DENY] = U64,
		[CORDON_STATUS_A_EVENTS] = U64,
		[CORDON_STATUS_A_FIRST] = U64,
		[CORDON_STATUS_A_RING] = U64,
		[CORDON_STATUS_A_INSTANCE] = U64,
		[CORDON_STATUS_A_TRANSACTION] = U32,
		[CORDON_STATUS_A_SUSPENDED] = U32,
		[CORDON_STATUS_A_QUARANTINED] = U32,
		[CORDON_STATUS_A_BLOCKED] = U32,
		[CORDON_STATUS_A_PENDING] = U32,
		[CORDON_STATUS_A_DISPLACED] = U64,
		[CORDON_STATUS_A_LEARNING] = U32,
		[CORDON_STATUS_A_BEHAVIOURS] = U32,
		[CORDON_STATUS_A_BEHAVIOURS_MAX] = U32,
		[CORDON_STATUS_A_BEHAVIOUR_BYTES] = U64,
		[CORDON_STATUS_A_BEHAVIOUR_BYTES_MAX] = U64,
		[CORDON_STATUS_A_BEHAVIOURS_DROPPED] = U64,
	};
	struct nlattr *part[CORDON_STATUS_A_COUNT];

	if (!parse(nest, part, CORDON_STATUS_A_COUNT, policy) ||
	    !part[CORDON_STATUS_A_GENERATION])
		return false;
	*status = (struct client_status){
		.version = text_of(part[CORDON_STATUS_A_VERSION]),
		.generation = u64_of(part[CORDON_STATUS_A_GENERATION]),
		.previous = u64_of(part[CORDON_STATUS_A_PREVIOUS]),
		.confirming = part[CORDON_STATUS_A_CONFIRM],
		.confirm = u32_of(part[CORDON_STATUS_A_CONFIRM]),
		.forced_monitor = part[CORDON_STATUS_A_FORCED_MONITOR],
		.workloads = u32_of(part[CORDON_STATUS_A_WORKLOADS]),
		.rules = u32_of(part[CORDON_STATUS_A_RULES]),
		.bytes = u64_of(part[CORDON_STATUS_A_BYTES]),
		.tasks = u32_of(part[CORDON_STATUS_A_TASKS]),
		.hooks = u32_of(part[CORDON_STATUS_A_HOOKS]),
		.hooks_missing = u32_of(part[CORDON_STATUS_A_HOOKS_MISSING]),
		.denied = u64_of(part[CORDON_STATUS_A_DENIED]),
		.would_deny = u64_of(part[CORDON_STATUS_A_WOULD_DENY]),
		.events = u64_of(part[CORDON_STATUS_A_EVENTS]),
		.first = u64_of(part[CORDON_STATUS_A_FIRST]),
		.ring = u64_of(part[CORDON_STATUS_A_RING]),
		.instance = u64_of(part[CORDON_STATUS_A_INSTANCE]),
		.transaction = u32_of(part[CORDON_STATUS_A_TRANSACTION]),
		.suspended = u32_of(part[CORDON_STATUS_A_SUSPENDED]),
		.quarantined = u32_of(part[CORDON_STATUS_A_QUARANTINED]),
		.blocked = u32_of(part[CORDON_STATUS_A_BLOCKED]),
		.pending = u32_of(part[CORDON_STATUS_A_PENDING]),
		.displaced = u64_of(part[CORDON_STATUS_A_DISPLACED]),
		.learning = u32_of(part[CORDON_STATUS_A_LEARNING]),
		.behaviours = u32_of(part[CORDON_STATUS_A_BEHAVIOURS]),
		.behaviours_max = u32_of(part[CORDON_STATUS_A_BEHAVIOURS_MAX]),
		.behaviour_bytes =
			u64_of(part[CORDON_STATUS_A_BEHAVIOUR_BYTES]),
		.behaviour_bytes_max =
			u64_of(part[CORDON_STATUS_A_BEHAVIOUR_BYTES_MAX]),
		.behaviours_dropped =
			u64_of(part[CORDON_STATUS_A_BEHAVIOURS_DROPPED]),
	};
	made_of(part[CORDON_STATUS_A_MADE], status->made);
	return true;
}

static bool parse_modes(struct nlattr *nest, uint8_t *mode)
{
	static const struct nla_policy policy[CORDON_MODES_A_COUNT] = {
		[CORDON_MODES_A_EXEC] = U8, [CORDON_MODES_A_LOAD] = U8,
		[CORDON_MODES_A_FILE] = U8, [CORDON_MODES_A_NET] = U8,
		[CORDON_MODES_A_KERNEL] = U8,
	};
	struct nlattr *part[CORDON_MODES_A_COUNT];
	size_t i;

	memset(mode, CORDON_MODE_MONITOR, CORDON_CLASS_COUNT);
	if (!nest)
		return true;
	if (!parse(nest, part, CORDON_MODES_A_COUNT, policy))
		return false;
	for (i = 0; i < CORDON_CLASS_COUNT; i++)
		if (part[CORDON_MODES_A_EXEC + i])
			mode[i] = nla_get_u8(part[CORDON_MODES_A_EXEC + i]);
	return true;
}

bool client_workload_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_WORKLOAD_A_COUNT] = {
		[CORDON_WORKLOAD_A_NAME] = TEXT,
		[CORDON_WORKLOAD_A_DESCRIPTION] = TEXT,
		[CORDON_WORKLOAD_A_OWNER] = TEXT,
		[CORDON_WORKLOAD_A_FILE] = TEXT,
		[CORDON_WORKLOAD_A_DEFAULT] = U8,
		[CORDON_WORKLOAD_A_MODES] = NEST,
		[CORDON_WORKLOAD_A_MEMBERS] = U32,
		[CORDON_WORKLOAD_A_PROGRAMS] = U32,
		[CORDON_WORKLOAD_A_RULES] = U32,
		[CORDON_WORKLOAD_A_TASKS] = U32,
		[CORDON_WORKLOAD_A_DENIED] = U64,
		[CORDON_WORKLOAD_A_WOULD_DENY] = U64,
		[CORDON_WORKLOAD_A_KIND] = U8,
		[CORDON_WORKLOAD_A_REJECT] = FLAG,
		[CORDON_WORKLOAD_A_SINCE] = U64,
	};
	struct nlattr *part[CORDON_WORKLOAD_A_COUNT];
	struct client_workload *workload = record;

	if (!parse(nest, part, CORDON_WORKLOAD_A_COUNT, policy) ||
	    !part[CORDON_WORKLOAD_A_NAME] || !part[CORDON_WORKLOAD_A_DEFAULT])
		return false;
	*workload = (struct client_workload){
		.name = text_of(part[CORDON_WORKLOAD_A_NAME]),
		.description = text_of(part[CORDON_WORKLOAD_A_DESCRIPTION]),
		.owner = text_of(part[CORDON_WORKLOAD_A_OWNER]),
		.file = text_of(part[CORDON_WORKLOAD_A_FILE]),
		.kind = u8_of(part[CORDON_WORKLOAD_A_KIND]),
		.effect = u8_of(part[CORDON_WORKLOAD_A_DEFAULT]),
		.reject = part[CORDON_WORKLOAD_A_REJECT],
		.members = u32_of(part[CORDON_WORKLOAD_A_MEMBERS]),
		.programs = u32_of(part[CORDON_WORKLOAD_A_PROGRAMS]),
		.rules = u32_of(part[CORDON_WORKLOAD_A_RULES]),
		.tasks = u32_of(part[CORDON_WORKLOAD_A_TASKS]),
		.denied = u64_of(part[CORDON_WORKLOAD_A_DENIED]),
		.would_deny = u64_of(part[CORDON_WORKLOAD_A_WOULD_DENY]),
		.since = u64_of(part[CORDON_WORKLOAD_A_SINCE]),
	};
	return parse_modes(part[CORDON_WORKLOAD_A_MODES], workload->mode);
}

bool client_member_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_MEMBER_A_COUNT] = {
		[CORDON_MEMBER_A_KIND] = U8,
		[CORDON_MEMBER_A_PATTERN] = TEXT,
		[CORDON_MEMBER_A_UID] = U32,
		[CORDON_MEMBER_A_WORKLOAD] = TEXT,
		[CORDON_MEMBER_A_PROGRAM] = U32,
	};
	struct nlattr *part[CORDON_MEMBER_A_COUNT];
	struct client_member *member = record;

	if (!parse(nest, part, CORDON_MEMBER_A_COUNT, policy) ||
	    !part[CORDON_MEMBER_A_KIND] || !part[CORDON_MEMBER_A_WORKLOAD])
		return false;
	*member = (struct client_member){
		.workload = text_of(part[CORDON_MEMBER_A_WORKLOAD]),
		.kind = u8_of(part[CORDON_MEMBER_A_KIND]),
		.pattern = text_of(part[CORDON_MEMBER_A_PATTERN]),
		.uid = u32_of(part[CORDON_MEMBER_A_UID]),
		.program = CORDON_NONE,
	};
	if (part[CORDON_MEMBER_A_PROGRAM])
		member->program = nla_get_u32(part[CORDON_MEMBER_A_PROGRAM]);
	return true;
}

bool client_program_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_PROGRAM_A_COUNT] = {
		[CORDON_PROGRAM_A_EXE] = TEXT,
		[CORDON_PROGRAM_A_WORKLOAD] = TEXT,
		[CORDON_PROGRAM_A_INDEX] = U32,
		[CORDON_PROGRAM_A_ISOLATED] = FLAG,
		[CORDON_PROGRAM_A_MANAGEMENT] = FLAG,
		[CORDON_PROGRAM_A_PROTECTED] = FLAG,
	};
	struct nlattr *part[CORDON_PROGRAM_A_COUNT];
	struct client_program *program = record;

	if (!parse(nest, part, CORDON_PROGRAM_A_COUNT, policy) ||
	    !part[CORDON_PROGRAM_A_EXE] || !part[CORDON_PROGRAM_A_WORKLOAD] ||
	    !part[CORDON_PROGRAM_A_INDEX])
		return false;
	*program = (struct client_program){
		.workload = text_of(part[CORDON_PROGRAM_A_WORKLOAD]),
		.exe = text_of(part[CORDON_PROGRAM_A_EXE]),
		.index = u32_of(part[CORDON_PROGRAM_A_INDEX]),
		.isolated = part[CORDON_PROGRAM_A_ISOLATED],
		.management = part[CORDON_PROGRAM_A_MANAGEMENT],
		.protected = part[CORDON_PROGRAM_A_PROTECTED],
	};
	return true;
}

bool client_rule_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_RULE_A_COUNT] = {
		[CORDON_RULE_A_PROGRAM] = U32, [CORDON_RULE_A_EFFECT] = U8,
		[CORDON_RULE_A_OPS] = U32, [CORDON_RULE_A_TEXT] = TEXT,
		[CORDON_RULE_A_PATTERN] = TEXT, [CORDON_RULE_A_FILE] = TEXT,
		[CORDON_RULE_A_LINE] = U32, [CORDON_RULE_A_COLUMN] = U32,
		[CORDON_RULE_A_NOTE] = TEXT, [CORDON_RULE_A_ID] = U32,
		[CORDON_RULE_A_WORKLOAD] = TEXT, [CORDON_RULE_A_HITS] = U64,
		[CORDON_RULE_A_LAST] = U64,
	};
	struct nlattr *part[CORDON_RULE_A_COUNT];
	struct client_rule *rule = record;

	if (!parse(nest, part, CORDON_RULE_A_COUNT, policy) ||
	    !part[CORDON_RULE_A_EFFECT] || !part[CORDON_RULE_A_OPS] ||
	    !part[CORDON_RULE_A_TEXT] || !part[CORDON_RULE_A_ID] ||
	    !part[CORDON_RULE_A_WORKLOAD])
		return false;
	*rule = (struct client_rule){
		.workload = text_of(part[CORDON_RULE_A_WORKLOAD]),
		.id = u32_of(part[CORDON_RULE_A_ID]),
		.program = CORDON_NONE,
		.effect = u8_of(part[CORDON_RULE_A_EFFECT]),
		.ops = u32_of(part[CORDON_RULE_A_OPS]),
		.text = text_of(part[CORDON_RULE_A_TEXT]),
		.file = text_of(part[CORDON_RULE_A_FILE]),
		.line = u32_of(part[CORDON_RULE_A_LINE]),
		.column = u32_of(part[CORDON_RULE_A_COLUMN]),
		.note = text_of(part[CORDON_RULE_A_NOTE]),
		.hits = u64_of(part[CORDON_RULE_A_HITS]),
		.last = u64_of(part[CORDON_RULE_A_LAST]),
	};
	if (part[CORDON_RULE_A_PROGRAM])
		rule->program = nla_get_u32(part[CORDON_RULE_A_PROGRAM]);
	return true;
}

bool client_task_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_TASK_A_COUNT] = {
		[CORDON_TASK_A_PID] = U32, [CORDON_TASK_A_TGID] = U32,
		[CORDON_TASK_A_PARENT] = U32, [CORDON_TASK_A_UID] = U32,
		[CORDON_TASK_A_COMM] = TEXT, [CORDON_TASK_A_WORKLOAD] = TEXT,
		[CORDON_TASK_A_EXE] = TEXT, [CORDON_TASK_A_PROGRAM] = TEXT,
		[CORDON_TASK_A_STALE] = FLAG,
	};
	struct nlattr *part[CORDON_TASK_A_COUNT];
	struct client_task *task = record;

	if (!parse(nest, part, CORDON_TASK_A_COUNT, policy) ||
	    !part[CORDON_TASK_A_PID] || !part[CORDON_TASK_A_TGID] ||
	    !part[CORDON_TASK_A_WORKLOAD])
		return false;
	*task = (struct client_task){
		.pid = u32_of(part[CORDON_TASK_A_PID]),
		.tgid = u32_of(part[CORDON_TASK_A_TGID]),
		.parent = u32_of(part[CORDON_TASK_A_PARENT]),
		.uid = u32_of(part[CORDON_TASK_A_UID]),
		.comm = text_of(part[CORDON_TASK_A_COMM]),
		.workload = text_of(part[CORDON_TASK_A_WORKLOAD]),
		.exe = text_of(part[CORDON_TASK_A_EXE]),
		.stale = part[CORDON_TASK_A_STALE],
	};
	if (part[CORDON_TASK_A_PROGRAM])
		task->program = nla_get_string(part[CORDON_TASK_A_PROGRAM]);
	return true;
}

bool client_hook_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_HOOK_A_COUNT] = {
		[CORDON_HOOK_A_NAME] = TEXT, [CORDON_HOOK_A_CLASS] = U8,
		[CORDON_HOOK_A_STATE] = U8, [CORDON_HOOK_A_REQUIRED] = FLAG,
		[CORDON_HOOK_A_CALLS] = U64, [CORDON_HOOK_A_WHY] = TEXT,
	};
	struct nlattr *part[CORDON_HOOK_A_COUNT];
	struct client_hook *hook = record;

	if (!parse(nest, part, CORDON_HOOK_A_COUNT, policy) ||
	    !part[CORDON_HOOK_A_NAME] || !part[CORDON_HOOK_A_STATE])
		return false;
	*hook = (struct client_hook){
		.name = text_of(part[CORDON_HOOK_A_NAME]),
		.class = u8_of(part[CORDON_HOOK_A_CLASS]),
		.state = u8_of(part[CORDON_HOOK_A_STATE]),
		.required = part[CORDON_HOOK_A_REQUIRED],
		.calls = u64_of(part[CORDON_HOOK_A_CALLS]),
		.why = text_of(part[CORDON_HOOK_A_WHY]),
	};
	return true;
}

bool client_entry_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_ENTRY_A_COUNT] = {
		[CORDON_ENTRY_A_SEGMENT] = TEXT,
		[CORDON_ENTRY_A_WORKLOAD] = TEXT,
		[CORDON_ENTRY_A_ADDRESS] = ADDRESS,
		[CORDON_ENTRY_A_LENGTH] = U8, [CORDON_ENTRY_A_ORIGIN] = U8,
		[CORDON_ENTRY_A_LEFT] = U32, [CORDON_ENTRY_A_HITS] = U64,
	};
	struct nlattr *part[CORDON_ENTRY_A_COUNT];
	struct client_entry *entry = record;

	if (!parse(nest, part, CORDON_ENTRY_A_COUNT, policy) ||
	    !part[CORDON_ENTRY_A_SEGMENT] || !part[CORDON_ENTRY_A_ADDRESS] ||
	    !part[CORDON_ENTRY_A_LENGTH] || !part[CORDON_ENTRY_A_ORIGIN] ||
	    nla_get_u8(part[CORDON_ENTRY_A_LENGTH]) > 128)
		return false;
	*entry = (struct client_entry){
		.segment = text_of(part[CORDON_ENTRY_A_SEGMENT]),
		.workload = text_of(part[CORDON_ENTRY_A_WORKLOAD]),
		.prefix.length = u8_of(part[CORDON_ENTRY_A_LENGTH]),
		.origin = u8_of(part[CORDON_ENTRY_A_ORIGIN]),
		.expires = part[CORDON_ENTRY_A_LEFT],
		.left = u32_of(part[CORDON_ENTRY_A_LEFT]),
		.hits = u64_of(part[CORDON_ENTRY_A_HITS]),
	};
	address_of(part[CORDON_ENTRY_A_ADDRESS], &entry->prefix.address);
	return true;
}

bool client_flow_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_FLOW_A_COUNT] = {
		[CORDON_FLOW_A_WORKLOAD] = TEXT,
		[CORDON_FLOW_A_PROGRAM] = TEXT,
		[CORDON_FLOW_A_TGID] = U32, [CORDON_FLOW_A_FAMILY] = U16,
		[CORDON_FLOW_A_PROTOCOL] = U8, [CORDON_FLOW_A_STATE] = U8,
		[CORDON_FLOW_A_LOCAL] = ADDRESS,
		[CORDON_FLOW_A_LOCAL_PORT] = U16,
		[CORDON_FLOW_A_REMOTE] = ADDRESS,
		[CORDON_FLOW_A_REMOTE_PORT] = U16,
		[CORDON_FLOW_A_SEGMENTS] = TEXT,
		[CORDON_FLOW_A_NETNS] = U32, [CORDON_FLOW_A_INODE] = U64,
	};
	struct nlattr *part[CORDON_FLOW_A_COUNT];
	struct client_flow *flow = record;

	if (!parse(nest, part, CORDON_FLOW_A_COUNT, policy) ||
	    !part[CORDON_FLOW_A_WORKLOAD] || !part[CORDON_FLOW_A_STATE])
		return false;
	*flow = (struct client_flow){
		.workload = text_of(part[CORDON_FLOW_A_WORKLOAD]),
		.program = text_of(part[CORDON_FLOW_A_PROGRAM]),
		.tgid = u32_of(part[CORDON_FLOW_A_TGID]),
		.family = u16_of(part[CORDON_FLOW_A_FAMILY]),
		.protocol = u8_of(part[CORDON_FLOW_A_PROTOCOL]),
		.state = u8_of(part[CORDON_FLOW_A_STATE]),
		.local = end_of(part[CORDON_FLOW_A_LOCAL],
				part[CORDON_FLOW_A_LOCAL_PORT], NULL),
		.remote = end_of(part[CORDON_FLOW_A_REMOTE],
				 part[CORDON_FLOW_A_REMOTE_PORT],
				 part[CORDON_FLOW_A_SEGMENTS]),
		.netns = u32_of(part[CORDON_FLOW_A_NETNS]),
		.inode = u64_of(part[CORDON_FLOW_A_INODE]),
	};
	return true;
}

/* One that waits may be of several responses. */
static uint32_t responses_of(struct nlattr *nest)
{
	uint32_t responses = 0;
	struct nlattr *attribute;
	int rest;

	nla_for_each_nested(attribute, nest, rest)
		if (nla_type(attribute) == CORDON_MEASURE_A_RESPONSE &&
		    nla_len(attribute) == 1 && nla_get_u8(attribute) < 32)
			responses |= 1u << nla_get_u8(attribute);
	return responses;
}

bool client_measure_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_MEASURE_A_COUNT] = {
		[CORDON_MEASURE_A_RESPONSE] = U8,
		[CORDON_MEASURE_A_WORKLOAD] = TEXT,
		[CORDON_MEASURE_A_ADDRESS] = ADDRESS,
		[CORDON_MEASURE_A_LEFT] = U32, [CORDON_MEASURE_A_STEP] = U32,
		[CORDON_MEASURE_A_ID] = U32, [CORDON_MEASURE_A_TGID] = U32,
		[CORDON_MEASURE_A_OP] = U8, [CORDON_MEASURE_A_RULE] = TEXT,
	};
	struct nlattr *part[CORDON_MEASURE_A_COUNT];
	struct client_measure *measure = record;

	if (!parse(nest, part, CORDON_MEASURE_A_COUNT, policy) ||
	    !part[CORDON_MEASURE_A_RESPONSE])
		return false;
	*measure = (struct client_measure){
		.responses = responses_of(nest),
		.workload = text_of(part[CORDON_MEASURE_A_WORKLOAD]),
		.has_address = part[CORDON_MEASURE_A_ADDRESS],
		.expires = part[CORDON_MEASURE_A_LEFT],
		.left = u32_of(part[CORDON_MEASURE_A_LEFT]),
		.step = u32_of(part[CORDON_MEASURE_A_STEP]),
		.id = u32_of(part[CORDON_MEASURE_A_ID]),
		.tgid = u32_of(part[CORDON_MEASURE_A_TGID]),
		.op = u8_of(part[CORDON_MEASURE_A_OP]),
		.rule = text_of(part[CORDON_MEASURE_A_RULE]),
	};
	if (measure->has_address)
		address_of(part[CORDON_MEASURE_A_ADDRESS], &measure->address);
	return true;
}

static uint32_t ladder_of(struct nlattr *nest, uint32_t *ttl)
{
	struct nlattr *attribute;
	uint32_t steps = 0;
	int rest;

	nla_for_each_nested(attribute, nest, rest)
		if (nla_type(attribute) == CORDON_RESPONSE_A_TTL &&
		    nla_len(attribute) == 4 && steps < CORDON_LADDER_MAX)
			ttl[steps++] = nla_get_u32(attribute);
	return steps;
}

bool client_response_parse(struct nlattr *nest, void *record)
{
	static const struct nla_policy policy[CORDON_RESPONSE_A_COUNT] = {
		[CORDON_RESPONSE_A_OPS] = U32, [CORDON_RESPONSE_A_DO] = U32,
		[CORDON_RESPONSE_A_RULE] = U32, [CORDON_RESPONSE_A_RULES] = U32,
		[CORDON_RESPONSE_A_TIMES] = U32,
		[CORDON_RESPONSE_A_WITHIN] = U32,
		[CORDON_RESPONSE_A_PER] = U8, [CORDON_RESPONSE_A_TTL] = U32,
		[CORDON_RESPONSE_A_ASK] = U32,
		[CORDON_RESPONSE_A_WORKLOAD] = TEXT,
	};
	struct nlattr *part[CORDON_RESPONSE_A_COUNT];
	struct client_response *response = record;

	if (!parse(nest, part, CORDON_RESPONSE_A_COUNT, policy) ||
	    !part[CORDON_RESPONSE_A_WORKLOAD] || !part[CORDON_RESPONSE_A_DO] ||
	    !part[CORDON_RESPONSE_A_OPS])
		return false;
	*response = (struct client_response){
		.workload = text_of(part[CORDON_RESPONSE_A_WORKLOAD]),
		.ops = u32_of(part[CORDON_RESPONSE_A_OPS]),
		.responses = u32_of(part[CORDON_RESPONSE_A_DO]),
		.rule = part[CORDON_RESPONSE_A_RULE] ?
			u32_of(part[CORDON_RESPONSE_A_RULE]) : CORDON_NONE,
		.rules = u32_of(part[CORDON_RESPONSE_A_RULES]),
		.times = u32_of(part[CORDON_RESPONSE_A_TIMES]),
		.within = u32_of(part[CORDON_RESPONSE_A_WITHIN]),
		.lapse = u32_of(part[CORDON_RESPONSE_A_ASK]),
		.per = u8_of(part[CORDON_RESPONSE_A_PER]),
	};
	response->steps = ladder_of(nest, response->ttl);
	return true;
}

bool client_event_parse(struct nlattr *nest, struct client_event *event)
{
	static const struct nla_policy policy[CORDON_EVENT_A_COUNT] = {
		[CORDON_EVENT_A_SEQUENCE] = U64, [CORDON_EVENT_A_TYPE] = U8,
		[CORDON_EVENT_A_TOPIC] = U8, [CORDON_EVENT_A_NUMBER] = U64,
		[CORDON_EVENT_A_TIME] = U64, [CORDON_EVENT_A_BOOTTIME] = U64,
		[CORDON_EVENT_A_GENERATION] = U64,
		[CORDON_EVENT_A_ACTION] = U8, [CORDON_EVENT_A_REASON] = U8,
		[CORDON_EVENT_A_CLASS] = U8, [CORDON_EVENT_A_OP] = U8,
		[CORDON_EVENT_A_KIND] = U8, [CORDON_EVENT_A_OBJECT] = TEXT,
		[CORDON_EVENT_A_WORKLOAD] = TEXT,
		[CORDON_EVENT_A_PROGRAM] = TEXT,
		[CORDON_EVENT_A_UNLISTED] = FLAG,
		[CORDON_EVENT_A_PID] = U32, [CORDON_EVENT_A_TGID] = U32,
		[CORDON_EVENT_A_PARENT] = U32, [CORDON_EVENT_A_UID] = U32,
		[CORDON_EVENT_A_COMM] = TEXT,
		[CORDON_EVENT_A_RULE] = U32, [CORDON_EVENT_A_RULE_TEXT] = TEXT,
		[CORDON_EVENT_A_RULE_FILE] = TEXT,
		[CORDON_EVENT_A_RULE_LINE] = U32,
		[CORDON_EVENT_A_PROTOCOL] = U8,
		[CORDON_EVENT_A_LOCAL] = ADDRESS,
		[CORDON_EVENT_A_LOCAL_PORT] = U16,
		[CORDON_EVENT_A_REMOTE] = ADDRESS,
		[CORDON_EVENT_A_REMOTE_PORT] = U16,
		[CORDON_EVENT_A_FROM_SEGMENTS] = TEXT,
		[CORDON_EVENT_A_SEGMENTS] = TEXT,
		[CORDON_EVENT_A_PEER] = TEXT, [CORDON_EVENT_A_FIRST] = U64,
		[CORDON_EVENT_A_FIRST_TIME] = U64,
		[CORDON_EVENT_A_LAST_TIME] = U64,
		[CORDON_EVENT_A_BEFORE] = U64, [CORDON_EVENT_A_CONFIRM] = U32,
		[CORDON_EVENT_A_STATUS] = U32, [CORDON_EVENT_A_LIFETIME] = U64,
		[CORDON_EVENT_A_CUT] = FLAG, [CORDON_EVENT_A_RESPONSE] = U8,
		[CORDON_EVENT_A_PHASE] = U8, [CORDON_EVENT_A_TTL] = U32,
		[CORDON_EVENT_A_PENDING] = U32,
		[CORDON_EVENT_A_EVIDENCE] = U8, [CORDON_EVENT_A_HOLD] = U32,
		[CORDON_EVENT_A_START] = U64,
	};
	struct nlattr *part[CORDON_EVENT_A_COUNT];

	if (!parse(nest, part, CORDON_EVENT_A_COUNT, policy) ||
	    !part[CORDON_EVENT_A_SEQUENCE] || !part[CORDON_EVENT_A_TYPE])
		return false;
	*event = (struct client_event){
		.sequence = u64_of(part[CORDON_EVENT_A_SEQUENCE]),
		.type = u8_of(part[CORDON_EVENT_A_TYPE]),
		.topic = u8_of(part[CORDON_EVENT_A_TOPIC]),
		.number = u64_of(part[CORDON_EVENT_A_NUMBER]),
		.time = u64_of(part[CORDON_EVENT_A_TIME]),
		.boottime = u64_of(part[CORDON_EVENT_A_BOOTTIME]),
		.generation = u64_of(part[CORDON_EVENT_A_GENERATION]),
		.action = u8_of(part[CORDON_EVENT_A_ACTION]),
		.reason = u8_of(part[CORDON_EVENT_A_REASON]),
		.class = u8_of(part[CORDON_EVENT_A_CLASS]),
		.op = u8_of(part[CORDON_EVENT_A_OP]),
		.kind = u8_of(part[CORDON_EVENT_A_KIND]),
		.object = name_of(part[CORDON_EVENT_A_OBJECT]),
		.workload = text_of(part[CORDON_EVENT_A_WORKLOAD]),
		.program = text_of(part[CORDON_EVENT_A_PROGRAM]),
		.unlisted = part[CORDON_EVENT_A_UNLISTED],
		.pid = u32_of(part[CORDON_EVENT_A_PID]),
		.tgid = u32_of(part[CORDON_EVENT_A_TGID]),
		.parent = u32_of(part[CORDON_EVENT_A_PARENT]),
		.uid = u32_of(part[CORDON_EVENT_A_UID]),
		.comm = text_of(part[CORDON_EVENT_A_COMM]),
		.ruled = part[CORDON_EVENT_A_RULE],
		.rule = u32_of(part[CORDON_EVENT_A_RULE]),
		.rule_text = text_of(part[CORDON_EVENT_A_RULE_TEXT]),
		.rule_file = text_of(part[CORDON_EVENT_A_RULE_FILE]),
		.rule_line = u32_of(part[CORDON_EVENT_A_RULE_LINE]),
		.protocol = u8_of(part[CORDON_EVENT_A_PROTOCOL]),
		.local = end_of(part[CORDON_EVENT_A_LOCAL],
				part[CORDON_EVENT_A_LOCAL_PORT],
				part[CORDON_EVENT_A_FROM_SEGMENTS]),
		.remote = end_of(part[CORDON_EVENT_A_REMOTE],
				 part[CORDON_EVENT_A_REMOTE_PORT],
				 part[CORDON_EVENT_A_SEGMENTS]),
		.peer = text_of(part[CORDON_EVENT_A_PEER]),
		.first = u64_of(part[CORDON_EVENT_A_FIRST]),
		.first_time = u64_of(part[CORDON_EVENT_A_FIRST_TIME]),
		.last_time = u64_of(part[CORDON_EVENT_A_LAST_TIME]),
		.before = u64_of(part[CORDON_EVENT_A_BEFORE]),
		.confirm = u32_of(part[CORDON_EVENT_A_CONFIRM]),
		.status = u32_of(part[CORDON_EVENT_A_STATUS]),
		.lifetime = u64_of(part[CORDON_EVENT_A_LIFETIME]),
		.cut = part[CORDON_EVENT_A_CUT],
		.record = nest,
		.record_size = nest->nla_len,
		.response = u8_of(part[CORDON_EVENT_A_RESPONSE]),
		.phase = u8_of(part[CORDON_EVENT_A_PHASE]),
		.ttl = u32_of(part[CORDON_EVENT_A_TTL]),
		.pending = u32_of(part[CORDON_EVENT_A_PENDING]),
		.evidence = u8_of(part[CORDON_EVENT_A_EVIDENCE]),
		.hold = u32_of(part[CORDON_EVENT_A_HOLD]),
		.start = u64_of(part[CORDON_EVENT_A_START]),
	};
	made_of(part[CORDON_EVENT_A_MADE], event->made);
	return true;
}

bool client_event_read(const void *record, size_t size,
		       struct client_event *event)
{
	struct nlattr *nest = (struct nlattr *)record;

	return size <= INT_MAX && nla_ok(nest, (int)size) &&
	       client_event_parse(nest, event);
}
