// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Policies from bytes: drafts are filled as the netlink side of the module
 * would fill them for a hostile sender, compiled, and asked.  Where the input
 * makes a policy, verdicts are held against a plain reading of the rules.
 *
 * A second form, chosen by the first byte, takes the rest of the input for a
 * draft as it lies in memory.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../reference.h"
#include "../reference_net.h"
#include "names.h"
#include "pattern.h"
#include "policy.h"
#include "respond.h"

#define WORKLOADS 3
#define TEXT 200
#define ASKS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t next_byte(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->at++;
}

/*
 * A text: mostly parts of paths, so that rules and acts meet; else bytes as
 * they come.
 */
static void next_text(struct input *input, char *text)
{
	static const char *const parts[] = {
		"/", "/a", "/b", "/**", "/*", "/a*", "/*b", "/[ab]", "/?",
		"a", "b", "*", "memfd:", "deleted:", "x.service", "/abcdefghi",
	};
	uint8_t count = next_byte(input);
	size_t length = 0;
	const char *part;
	uint8_t byte;

	if (count & 0x80) {
		for (count &= 0x7f; count; count--)
			text[length++] = (char)next_byte(input);
		text[length] = '\0';
		return;
	}
	for (count &= 7; count; count--) {
		byte = next_byte(input);
		part = parts[byte % (sizeof(parts) / sizeof(parts[0]))];
		memcpy(text + length, part, strlen(part));
		length += strlen(part);
	}
	text[length] = '\0';
}

/* Likewise, mostly parts of what rules about peers, and members, say. */
static void next_net_text(struct input *input, char *text)
{
	static const char *const parts[] = {
		"tcp", "udp", "icmp", "any", "/22", "/22-23", "/0-65535",
		"/1-65535", "/5432", "@any", "@loopback", "@10.0.0.0/8",
		"@10.0.0.1", "@::/0", "@0.0.0.0/0", "@2001:db8::/33",
		"@segment:s", "@segment:t", "@workload:a", "@workload:b",
		"packet", "/raw", "/3", "netlink", "/audit", "inet", "abstract:",
		"vnet3 ", "10.0.0.7", "52:54:00:12:34:56", "::1", "/64", "/",
	};
	uint8_t count = next_byte(input);
	size_t length = 0;
	const char *part;

	if (count & 0x80) {
		next_text(input, text);
		return;
	}
	for (count &= 3; count; count--) {
		part = parts[next_byte(input) %
			     (sizeof(parts) / sizeof(parts[0]))];
		memcpy(text + length, part, strlen(part));
		length += strlen(part);
	}
	text[length] = '\0';
}

static void next_member(struct input *input, struct cordon_draft *draft,
			struct cordon_fault *fault)
{
	const uint8_t kind = next_byte(input) % (CORDON_MEMBER_COUNT + 1);
	const uint8_t whose = next_byte(input) & 3;
	char text[TEXT];

	if (draft->kind == CORDON_DOCUMENT_SEGMENTS) {
		next_net_text(input, text);
		cordon_draft_add_segment_member(
			draft, kind, whose == 3 ? CORDON_NONE : whose,
			*text ? text : NULL, fault);
		return;
	}
	next_text(input, text);
	cordon_draft_add_member(draft, kind, *text ? text : NULL,
				whose ? 0 : U32_MAX, fault);
}

/* Few names, so that some are there twice. */
static void next_program(struct input *input, struct cordon_draft *draft,
			 struct cordon_fault *fault)
{
	static const char *const names[] = { "s", "t", "u", "/" };
	uint8_t byte;
	char text[TEXT];
	int index;

	if (draft->kind == CORDON_DOCUMENT_SEGMENTS) {
		byte = next_byte(input);
		index = cordon_draft_add_segment(draft, names[byte & 3],
						 byte >> 2 & 1, fault);
		if (index >= 0)
			cordon_draft_guard_segment(draft, (u32)index,
						   byte >> 3 & 1,
						   byte >> 4 & 1);
		return;
	}
	next_text(input, text);
	cordon_draft_add_program(draft, text, fault);
}

/* Few numbers, of which many fit together; or bytes as they come. */
static void next_response(struct input *input, struct cordon_draft *draft,
			  struct cordon_fault *fault)
{
	const uint8_t head = next_byte(input);
	struct cordon_draft_response response = {
		.rule = head & 1 ? CORDON_NONE : next_byte(input) & 7,
		.rules = head & 1 ? 0 : next_byte(input) & 3,
		.times = 1,
		.per = head >> 1 & 1,
		.steps = head >> 2 & 3,
		.responses = next_byte(input),
		.ops = (u16)(1u << (next_byte(input) & 15)),
	};
	u32 i;

	if (head & 0x10)
		response.times = next_byte(input);
	if (head & 0x20)
		response.within = next_byte(input);
	if (head & 0x40)
		response.lapse = (u32)next_byte(input) << 10;
	if (head & 0x80) {
		response.steps = next_byte(input);
		response.ops |= (u16)(next_byte(input) << 8);
		response.per = next_byte(input);
		response.rules |= (u32)next_byte(input) << 24;
	}
	for (i = 0; i < response.steps && i < CORDON_LADDER_MAX; i++)
		response.ttl[i] = next_byte(input);
	cordon_draft_add_response(draft, &response, fault);
}

static void next_rule(struct input *input, struct cordon_draft *draft,
		      struct cordon_fault *fault)
{
	char text[2][TEXT];
	const char *const patterns[] = { text[0], text[1] };
	const uint8_t head = next_byte(input);
	struct cordon_rule_spec spec = {
		.program = head & 1 ? CORDON_NONE : (head >> 1 & 3),
		.effect = head >> 3 & 1,
		.patterns = patterns,
		.pattern_count = 1 + (head >> 4 & 1),
		.text = text[0],
		.file = head & 0x20 ? "file" : NULL,
	};

	spec.ops = next_byte(input);
	if (head & 0x80 || draft->kind == CORDON_DOCUMENT_SEGMENTS) {
		spec.ops = (uint16_t)(1 << (CORDON_OP_CONNECT + spec.ops % 6));
		next_net_text(input, text[0]);
		next_net_text(input, text[1]);
	} else {
		next_text(input, text[0]);
		next_text(input, text[1]);
		if (!(head & 0x40))
			spec.ops &= 31;
	}
	cordon_draft_add_rule(draft, &spec, fault);
}

/*
 * Not all that is added is accepted; what was is made the whole of it, so that
 * the draft is complete.
 */
static void announce_what_is_there(struct cordon_draft **draft)
{
	struct cordon_draft *old = *draft;
	struct cordon_workload_spec spec = {
		.name = cordon_draft_text(old, old->name),
		.kind = old->kind,
		.effect = old->effect,
		.counts = old->used,
	};
	struct cordon_fault fault;
	struct cordon_draft *whole;
	size_t size;
	u32 i;
	u32 k;

	memcpy(spec.mode, old->mode, sizeof(spec.mode));
	size = cordon_draft_size(&spec.counts, &fault);
	whole = cordon_draft_init(calloc(1, size), size, &spec, &fault);
	insist(whole);
	for (i = 0; i < old->used.members; i++) {
		const struct cordon_draft_member *member =
			cordon_draft_member(old, i);
		const char *text = cordon_draft_text(old, member->pattern);

		if (old->kind == CORDON_DOCUMENT_MANIFEST) {
			insist(!cordon_draft_add_member(whole, member->kind,
							text, member->uid,
							&fault));
			continue;
		}
		/* What lies in a segment that never came is left out. */
		if (cordon_draft_add_segment_member(whole, member->kind,
						    member->program, text,
						    &fault))
			whole->capacity.members--;
	}
	for (i = 0; i < old->used.programs; i++) {
		const struct cordon_draft_program *program =
			cordon_draft_program(old, i);
		const char *text = cordon_draft_text(old, program->exe);

		if (old->kind == CORDON_DOCUMENT_MANIFEST)
			insist(cordon_draft_add_program(whole, text, &fault) ==
			       (int)i);
		else
			insist(cordon_draft_add_segment(whole, text,
							program->isolated,
							&fault) == (int)i);
		if (old->kind == CORDON_DOCUMENT_SEGMENTS)
			cordon_draft_guard_segment(whole, i,
						   program->management,
						   program->protected);
	}
	for (i = 0; i < old->used.rules; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(old, i);
		const char *patterns[CORDON_PATTERNS_MAX];
		const struct cordon_rule_spec again = {
			.program = rule->program,
			.effect = rule->effect,
			.ops = rule->ops,
			.text = cordon_draft_text(old, rule->text),
			.file = cordon_draft_text(old, rule->file),
			.patterns = patterns,
			.pattern_count = rule->patterns,
		};

		for (k = 0; k < rule->patterns; k++)
			patterns[k] = cordon_draft_pattern(old, rule->pattern +
									k);
		insist(cordon_draft_add_rule(whole, &again, &fault) ==
		       (int)i);
	}
	/* What is about rules that never came is left out. */
	for (i = 0; i < old->used.responses; i++)
		if (cordon_draft_add_response(whole,
					      cordon_draft_response(old, i),
					      &fault) < 0)
			whole->capacity.responses--;
	free(old);
	*draft = whole;
}

static struct cordon_draft *next_draft(struct input *input, const char *name)
{
	const uint8_t head = next_byte(input);
	struct cordon_workload_spec spec = {
		.name = name,
		.kind = (head >> 3 & 3) == 3 ? CORDON_DOCUMENT_SEGMENTS :
					       CORDON_DOCUMENT_MANIFEST,
		.effect = (head >> 3 & 3) == 3 ? CORDON_EFFECT_ALLOW : head & 1,
		.counts = { .members = 8, .programs = 8, .rules = 64,
			    .patterns = 80, .bytes = 8192, .responses = 8 },
	};
	struct cordon_fault fault = { 0 };
	struct cordon_draft *draft;
	size_t size;
	u32 i;

	for (i = 0; i < CORDON_CLASS_COUNT; i++)
		spec.mode[i] = (u8)((head >> 1 & 3) % CORDON_MODE_COUNT);
	size = cordon_draft_size(&spec.counts, &fault);
	draft = cordon_draft_init(calloc(1, size), size, &spec, &fault);
	insist(draft);
	for (i = next_byte(input) & 7; i; i--)
		next_member(input, draft, &fault);
	for (i = next_byte(input) & 7; i; i--)
		next_program(input, draft, &fault);
	for (i = next_byte(input) & 63; i; i--)
		next_rule(input, draft, &fault);
	for (i = next_byte(input) & 7; i; i--)
		next_response(input, draft, &fault);
	announce_what_is_there(&draft);
	return draft;
}

/* The best rule of one effect, read off the draft. */
static u32 best_rule(const struct cordon_draft *draft, u32 program,
		     enum cordon_op op, enum cordon_effect effect,
		     const struct cordon_object *object)
{
	const struct cordon_draft_rule *rule;
	u32 best = CORDON_NONE;
	u32 best_rank = 0;
	const char *text;
	size_t length;
	bool matches;
	u32 rank;
	u32 i;
	u32 k;

	for (i = 0; i < draft->used.rules; i++) {
		rule = cordon_draft_rule(draft, i);
		if (rule->effect != effect || !(rule->ops & 1 << op) ||
		    (rule->program != CORDON_NONE && rule->program != program))
			continue;
		for (k = 0; k < rule->patterns; k++) {
			text = cordon_draft_pattern(draft, rule->pattern + k);
			if (op >= CORDON_OP_CONNECT && reference_is_peer(op, text))
				continue;
			length = strlen(text);
			matches = cordon_pattern_kind(text, length) ==
				  object->kind;
			if (matches && object->kind == CORDON_OBJECT_PATH)
				matches = reference_path(text, length,
							 object->path,
							 object->length);
			rank = cordon_pattern_rank(text, length);
			if (matches &&
			    (best == CORDON_NONE || rank > best_rank)) {
				best = i;
				best_rank = rank;
			}
		}
	}
	return best;
}

/* A path as the kernel resolves it? */
static bool is_object(const char *path)
{
	const size_t length = strlen(path);

	if (cordon_pattern_kind(path, length) != CORDON_OBJECT_PATH)
		return true;
	return path[0] == '/' && !strstr(path, "//") &&
	       (length == 1 || path[length - 1] != '/');
}

static void ask(const struct cordon_policy *policy, struct input *input)
{
	const u32 workload = next_byte(input) %
			     cordon_policy_workloads(policy);
	const struct cordon_draft *draft =
		cordon_policy_draft(policy, workload);
	const enum cordon_op op = next_byte(input) % CORDON_OP_COUNT;
	struct cordon_subject subject = { .workload = workload };
	struct cordon_identity identity = { 0 };
	struct cordon_subject next = { 0 };
	struct cordon_verdict verdict;
	struct cordon_object object;
	char path[TEXT];
	u32 allow;
	u32 deny;

	if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
		return;
	next_text(input, path);
	object = (struct cordon_object){
		.kind = cordon_pattern_kind(path, strlen(path)),
		.path = path,
		.length = (u32)strlen(path),
	};
	subject.program =
		cordon_policy_program(policy, workload, path, strlen(path));
	cordon_policy_decide(policy, &subject, op, &object, &verdict);
	insist(verdict.reason != CORDON_REASON_LIMIT);
	if (is_object(path)) {
		const u32 program = cordon_policy_program_index(
			policy, subject.program);

		deny = best_rule(draft, program, op, CORDON_EFFECT_DENY,
				 &object);
		allow = best_rule(draft, program, op, CORDON_EFFECT_ALLOW,
				  &object);
		insist(verdict.rule == (deny != CORDON_NONE ? deny : allow));
		if (deny != CORDON_NONE)
			insist(verdict.action != CORDON_ACTION_ALLOW);
		else if (allow != CORDON_NONE ||
			 draft->effect == CORDON_EFFECT_ALLOW)
			insist(verdict.action == CORDON_ACTION_ALLOW);
		else
			insist(verdict.action != CORDON_ACTION_ALLOW);
	}
	identity.exe = path;
	identity.exe_length = object.length;
	identity.cgroup = path;
	identity.cgroup_length = object.length;
	identity.uid = next_byte(input) & 1;
	cordon_policy_decide_exec(policy, &subject, &object, &identity, &next,
				  &verdict);
	insist(next.workload == CORDON_NONE ||
	       next.workload < cordon_policy_workloads(policy));
	if (verdict.action == CORDON_ACTION_ALLOW &&
	    verdict.op == CORDON_OP_EXEC &&
	    workload != cordon_policy_host(policy))
		insist(next.workload == workload);
}

static void next_peer(const struct cordon_policy *policy, struct input *input,
		      struct cordon_peer *peer)
{
	const uint8_t head = next_byte(input);
	u32 i;

	*peer = (struct cordon_peer){
		.is_local = head & 1,
		.workload = next_byte(input) %
			    (cordon_policy_workloads(policy) + 1),
	};
	if (peer->workload == cordon_policy_workloads(policy))
		peer->workload = CORDON_NONE;
	if (head & 2) {
		memset(peer->address.byte + 10, 0xff, 2);
		peer->address.byte[12] = head & 4 ? 10 : next_byte(input);
		peer->address.byte[15] = next_byte(input) & 3;
	} else {
		for (i = 0; i < 16 && head & 4; i++)
			peer->address.byte[i] = next_byte(input);
		if (!(head & 4))
			peer->address.byte[15] = 1;
	}
	for (i = head >> 4; i; i--)
		peer->segments[peer->segment_count++] = next_byte(input) & 15;
}

static void agree(const struct cordon_verdict *have,
		  const struct cordon_verdict *want)
{
	insist(have->action == want->action && have->reason == want->reason &&
	       have->rule == want->rule);
}

/* Each is about what was denied; who is cut off does not depend on rules. */
static void ask_responses(const struct cordon_policy *policy,
			  const struct cordon_verdict *verdict,
			  const struct cordon_peer *peer, uint8_t bits)
{
	const struct cordon_cut cut = { bits & 1, bits >> 1 & 1 };
	const struct cordon_draft_response *response;
	struct cordon_verdict cutting;
	u32 index = 0;
	u32 last = 0;

	while ((response = cordon_respond_next(policy, verdict, &index))) {
		insist(verdict->action == CORDON_ACTION_DENY);
		insist(response->ops & 1u << verdict->op);
		insist(response->responses && index > last);
		insist(response->rule == CORDON_NONE ||
		       verdict->rule - response->rule < response->rules);
		last = index;
	}
	if (cordon_policy_decide_cut(policy, verdict->workload, verdict->op,
				     peer, cut, &cutting)) {
		insist(cut.quarantined || cut.blocked);
		insist(cutting.action != CORDON_ACTION_ALLOW);
		insist(cutting.reason != CORDON_REASON_BLOCKED ||
		       !cordon_policy_is_protected(policy, peer));
		index = 0;
		insist(!cordon_respond_next(policy, &cutting, &index));
	}
}

static void ask_net(const struct cordon_policy *policy,
		    const struct reference_drafts *drafts, struct input *input)
{
	const u32 workload = next_byte(input) % drafts->count;
	struct cordon_subject subject = { .workload = workload };
	struct cordon_verdict have;
	struct cordon_verdict want;
	struct cordon_peer peer;
	struct cordon_peer other;
	struct cordon_flow flow = {
		.op = CORDON_OP_CONNECT + next_byte(input) % 3,
		.protocol = next_byte(input),
		.peer = &peer,
	};
	struct cordon_passage passage = { .protocol = flow.protocol,
					  .from = &peer, .to = &other };
	struct cordon_object object = { .kind = CORDON_OBJECT_ABSTRACT };
	u32 program;
	char text[TEXT];

	flow.port = next_byte(input);
	flow.port = (u16)(flow.port << 8 | next_byte(input));
	passage.port = flow.port;
	next_peer(policy, input, &peer);
	next_peer(policy, input, &other);
	if (flow.op == CORDON_OP_LISTEN)
		flow.peer = NULL;
	subject.program = next_byte(input);
	program = cordon_policy_program_workload(policy, subject.program) ==
				  workload ?
			  cordon_policy_program_index(policy, subject.program) :
			  CORDON_NONE;

	cordon_policy_decide_passage(policy, &passage, &have);
	reference_passage(drafts, &passage, &want);
	agree(&have, &want);
	/* Nobody is in a segments document. */
	if (drafts->draft[workload]->kind == CORDON_DOCUMENT_SEGMENTS)
		return;
	cordon_policy_decide_flow(policy, &subject, &flow, &have);
	reference_flow(drafts, workload, program, &flow, &want);
	agree(&have, &want);
	ask_responses(policy, &have, &peer, next_byte(input));
	cordon_policy_decide_socket(policy, &subject, flow.protocol,
				    flow.port & 15, flow.port, &have);
	reference_socket(drafts, workload, program, flow.protocol,
			 flow.port & 15, flow.port, &want);
	agree(&have, &want);
	next_text(input, text);
	object.path = text;
	object.length = (u32)strlen(text);
	cordon_policy_decide_unix(policy, &subject, &object, peer.workload,
				  &have);
	insist(have.op == CORDON_OP_CONNECT);
	if (have.reason == CORDON_REASON_RULE)
		insist(have.rule < drafts->draft[workload]->used.rules);
}

static void compile(struct cordon_draft *const *list, u32 count,
		    struct input *input)
{
	const struct cordon_draft *const *drafts =
		(const struct cordon_draft *const *)list;
	struct cordon_fault fault = { 0 };
	const size_t size = cordon_policy_size(drafts, count, &fault);
	struct cordon_policy *policy;
	void *image;
	u32 i;

	if (!size) {
		insist(fault.what);
		return;
	}
	image = calloc(1, size);
	policy = cordon_policy_build(image, size, drafts, count, 1,
				     next_byte(input), false, &fault);
	if (policy) {
		const struct reference_drafts all = { drafts, count };

		for (i = 0; i < ASKS; i++) {
			ask(policy, input);
			ask_net(policy, &all, input);
		}
	} else {
		insist(fault.what);
		insist(fault.workload == CORDON_NONE ||
		       fault.workload < count);
		/* The size was right, whatever else was wrong. */
		insist(!strstr(fault.what, "too small"));
	}
	free(image);
}

static void compile_raw(struct input *input)
{
	struct cordon_draft *draft;

	if (input->left < sizeof(*draft))
		return;
	draft = malloc(input->left);
	memcpy(draft, input->at, input->left);
	/* The caller vouches for the size, and for nothing else. */
	draft->size = (u32)input->left;
	compile(&draft, 1, input);
	free(draft);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[WORKLOADS] = { "a", "b", "c" };
	struct cordon_draft *drafts[WORKLOADS];
	struct input input = { .at = data, .left = size };
	const uint8_t head = next_byte(&input);
	u32 count;
	u32 i;

	if (head == 0xff) {
		compile_raw(&input);
		return 0;
	}
	count = 1 + head % WORKLOADS;
	for (i = 0; i < count; i++)
		drafts[i] = next_draft(&input, names[i]);
	compile(drafts, count, &input);
	for (i = 0; i < count; i++)
		free(drafts[i]);
	return 0;
}
