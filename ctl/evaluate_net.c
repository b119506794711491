// SPDX-License-Identifier: LGPL-2.1-or-later
/* Acts of class net: who the other end is, and where it lies. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"
#include "names.h"
#include "net_pattern.h"
#include "own_address.h"

static const char unix_peer[] = "unix@workload:";
static const char abstract[] = "abstract:";

bool evaluation_is_net(enum cordon_op op)
{
	return cordon_op_class(op) == CORDON_CLASS_NET;
}

/* A question names one port, where there are any, and one peer. */
static bool check_one(const struct cordon_net_pattern *pattern,
		      const char **why)
{
	if (pattern->protocol == CORDON_PROTOCOL_ANY)
		*why = "a question names the protocol: \"tcp/443\"";
	else if (pattern->protocol != IPPROTO_ICMP &&
		 pattern->first != pattern->last)
		*why = "a question names one port: \"tcp/443\"";
	else if (pattern->kind == CORDON_PEER_ANY)
		*why = "a question names one peer: an address, \"loopback\", \"segment:NAME\" or \"workload:NAME\"";
	else if (pattern->kind == CORDON_PEER_PREFIX &&
		 pattern->prefix.length < 128)
		*why = "a question names one address, not a prefix";
	else
		return true;
	return false;
}

static bool check_socket(const char *object, const char **why)
{
	struct cordon_socket_pattern pattern;

	if (cordon_socket_pattern_parse(&pattern, object, why))
		return false;
	return true;
}

bool evaluation_net_check(enum cordon_op op, const char *object,
			  const char **why)
{
	struct cordon_net_pattern pattern;

	if (op == CORDON_OP_SOCKET)
		return check_socket(object, why);
	if (op == CORDON_OP_CONNECT && object[0] == '/') {
		*why = evaluation_path_check(object);
		return !*why;
	}
	if (op == CORDON_OP_CONNECT &&
	    (!strncmp(object, abstract, strlen(abstract)) ||
	     !strncmp(object, unix_peer, strlen(unix_peer)))) {
		if (strchr(object, ':')[1])
			return true;
		*why = "names nothing";
		return false;
	}
	return !cordon_net_pattern_parse(&pattern, op, object, why) &&
	       check_one(&pattern, why);
}

static bool is_segment(const char *end)
{
	return !strncmp(end, "segment:", 8);
}

bool evaluation_end_check(const char *end, const char **why)
{
	struct cordon_address address;

	if (!cordon_address_parse(&address, end, strlen(end)))
		return true;
	if (is_segment(end) && end[8])
		return true;
	*why = strchr(end, '/') ?
	       "a question names one address, not a prefix" :
	       "an end is an address, or \"segment:NAME\"";
	return false;
}

bool evaluation_port_check(const char *port, const char **why)
{
	struct cordon_net_pattern pattern;

	if (cordon_net_pattern_parse(&pattern, CORDON_OP_LISTEN, port, why))
		return false;
	return check_one(&pattern, why);
}

/** struct found - a segment that an address is in, and by which prefix */
struct found {
	u32 segment;
	u8 length;
};

/* The longest prefixes come first, as the module has them. */
static void add_segment(struct found *found, u32 *count, u32 segment, u8 length)
{
	u32 at, i;

	for (i = 0; i < *count; i++)
		if (found[i].segment == segment)
			break;
	if (i < *count) {
		if (found[i].length >= length)
			return;
		memmove(&found[i], &found[i + 1],
			(--*count - i) * sizeof(*found));
	}
	for (at = 0; at < *count && found[at].length >= length; at++)
		;
	if (at == CORDON_NESTING_MAX)
		return;
	if (*count == CORDON_NESTING_MAX)
		--*count;
	memmove(&found[at + 1], &found[at], (*count - at) * sizeof(*found));
	found[at] = (struct found){ segment, length };
	++*count;
}

static void search_draft(const struct cordon_policy *policy,
			 const struct cordon_draft *draft,
			 const struct cordon_address *address,
			 struct found *found, u32 *count)
{
	struct cordon_prefix prefix;
	const char *text, *why;
	u32 i;

	for (i = 0; i < draft->used.members; i++) {
		const struct cordon_draft_member *member =
			cordon_draft_member(draft, i);

		text = cordon_draft_text(draft, member->pattern);
		if (member->kind != CORDON_MEMBER_PREFIX ||
		    cordon_prefix_parse(&prefix, text, strlen(text), &why) ||
		    !cordon_prefix_contains(&prefix, address))
			continue;
		text = cordon_draft_text(draft,
			cordon_draft_program(draft, member->program)->exe);
		add_segment(found, count,
			    cordon_policy_segment(policy, text, strlen(text)),
			    prefix.length);
	}
}

static void find_segments(const struct evaluation_question *question,
			  const struct cordon_policy *policy,
			  struct cordon_peer *peer)
{
	struct found found[CORDON_NESTING_MAX + 1];
	const char *name;
	u32 count = 0, i;
	size_t k;

	for (i = 0; i < cordon_policy_workloads(policy); i++) {
		const struct cordon_draft *draft =
			cordon_policy_draft(policy, i);

		if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
			search_draft(policy, draft, &peer->address, found,
				     &count);
	}
	for (k = 0; k < question->entry_count; k++) {
		u32 segment;

		if (!cordon_prefix_contains(&question->entries[k].prefix,
					    &peer->address))
			continue;
		name = question->entries[k].segment;
		segment = cordon_policy_segment(policy, name, strlen(name));
		if (segment != CORDON_NONE)
			add_segment(found, &count, segment,
				    question->entries[k].prefix.length);
	}
	for (i = 0; i < count; i++)
		peer->segments[i] = found[i].segment;
	peer->segment_count = count;
}

static bool is_own(const struct cordon_address *address)
{
	struct own_address *all;
	size_t count = own_addresses(&all), i;

	for (i = 0; i < count; i++)
		if (cordon_address_equals(&all[i].address, address))
			break;
	free(all);
	return i < count;
}

static void set_address(const struct evaluation_question *question,
			const struct cordon_policy *policy,
			struct cordon_peer *peer,
			const struct cordon_address *address)
{
	peer->address = *address;
	peer->is_local = cordon_address_is_loopback(address) ||
			 (question->local && is_own(address));
	find_segments(question, policy, peer);
}

static bool set_segment(struct evaluation *evaluation,
			struct cordon_peer *peer, const char *name,
			size_t length)
{
	u32 segment = cordon_policy_segment(evaluation->policy, name, length);

	if (segment == CORDON_NONE) {
		evaluation->unknown = name;
		return false;
	}
	peer->segments[0] = segment;
	peer->segment_count = 1;
	return true;
}

/* A process of the workload: where, nobody says; on this host. */
static bool set_workload(const struct evaluation_question *question,
			 struct evaluation *evaluation,
			 struct cordon_peer *peer, const char *name,
			 size_t length)
{
	struct cordon_address loopback;

	peer->workload = cordon_policy_workload(evaluation->policy, name,
						length);
	if (peer->workload == CORDON_NONE) {
		evaluation->unknown = name;
		return false;
	}
	cordon_address_parse(&loopback, "127.0.0.1", 9);
	set_address(question, evaluation->policy, peer, &loopback);
	return true;
}

static bool set_peer(const struct evaluation_question *question,
		     struct evaluation *evaluation,
		     const struct cordon_net_pattern *pattern)
{
	struct cordon_peer *peer = &evaluation->peer;
	struct cordon_address loopback;

	switch (pattern->kind) {
	case CORDON_PEER_SEGMENT:
		return set_segment(evaluation, peer, pattern->name,
				   pattern->name_length);
	case CORDON_PEER_WORKLOAD:
		return set_workload(question, evaluation, peer, pattern->name,
				    pattern->name_length);
	case CORDON_PEER_LOOPBACK:
		cordon_address_parse(&loopback, "127.0.0.1", 9);
		set_address(question, evaluation->policy, peer, &loopback);
		return true;
	case CORDON_PEER_PREFIX:
		set_address(question, evaluation->policy, peer,
			    &pattern->prefix.address);
		return true;
	default:
		return true;
	}
}

static bool decide_flow(const struct evaluation_question *question,
			struct evaluation *evaluation)
{
	struct cordon_net_pattern pattern;
	const char *why;
	struct cordon_flow flow = { .op = question->op };

	if (cordon_net_pattern_parse(&pattern, question->op, question->object,
				     &why) ||
	    !set_peer(question, evaluation, &pattern))
		return false;
	evaluation->protocol = pattern.protocol;
	evaluation->port = pattern.first;
	flow.protocol = pattern.protocol;
	flow.port = pattern.first;
	if (question->op != CORDON_OP_LISTEN)
		flow.peer = &evaluation->peer;
	if (question->op == CORDON_OP_CONNECT)
		evaluation->peer.port = pattern.first;
	cordon_policy_decide_flow(evaluation->policy, &evaluation->subject,
				  &flow, &evaluation->verdict);
	return true;
}

static bool decide_unix(const struct evaluation_question *question,
			struct evaluation *evaluation)
{
	struct cordon_object *object = &evaluation->object;
	const char *name = question->object;

	*object = (struct cordon_object){
		.kind = CORDON_OBJECT_PATH,
		.path = name,
	};
	if (!strncmp(name, abstract, strlen(abstract))) {
		object->kind = CORDON_OBJECT_ABSTRACT;
		object->path = name + strlen(abstract);
	} else if (!strncmp(name, unix_peer, strlen(unix_peer))) {
		object->kind = CORDON_OBJECT_UNNAMED;
		object->path = "";
		name += strlen(unix_peer);
		evaluation->peer.workload =
			cordon_policy_workload(evaluation->policy, name,
					       strlen(name));
		evaluation->unknown = name;
		if (evaluation->peer.workload == CORDON_NONE)
			return false;
		evaluation->unknown = NULL;
	}
	object->length = strlen(object->path);
	cordon_policy_decide_unix(evaluation->policy, &evaluation->subject,
				  object, evaluation->peer.workload,
				  &evaluation->verdict);
	return true;
}

static bool decide_socket(const struct evaluation_question *question,
			  struct evaluation *evaluation)
{
	struct cordon_socket_pattern pattern;
	u32 family, protocol;
	const char *why;

	if (cordon_socket_pattern_parse(&pattern, question->object, &why))
		return false;
	family = pattern.family < 0 ? 0 : pattern.family;
	protocol = pattern.protocol < 0 ? 0 : pattern.protocol;
	cordon_policy_decide_socket(evaluation->policy, &evaluation->subject,
				    family,
				    pattern.type < 0 ? SOCK_RAW : pattern.type,
				    cordon_socket_protocol(family, protocol),
				    &evaluation->verdict);
	return true;
}

static bool set_end(const struct evaluation_question *question,
		    struct evaluation *evaluation, struct cordon_peer *peer,
		    const char *text)
{
	struct cordon_address address;

	if (is_segment(text))
		return set_segment(evaluation, peer, text + 8,
				   strlen(text + 8));
	if (cordon_address_parse(&address, text, strlen(text)))
		return false;
	set_address(question, evaluation->policy, peer, &address);
	return true;
}

static bool decide_passage(const struct evaluation_question *question,
			   struct evaluation *evaluation)
{
	struct cordon_net_pattern pattern;
	struct cordon_passage passage = {
		.from = &evaluation->from,
		.to = &evaluation->peer,
	};
	const char *why;

	if (!set_end(question, evaluation, &evaluation->from, question->from) ||
	    !set_end(question, evaluation, &evaluation->peer, question->to) ||
	    cordon_net_pattern_parse(&pattern, CORDON_OP_LISTEN,
				     question->port, &why))
		return false;
	evaluation->protocol = pattern.protocol;
	evaluation->port = pattern.first;
	evaluation->peer.port = pattern.first;
	passage.protocol = pattern.protocol;
	passage.port = pattern.first;
	cordon_policy_decide_passage(evaluation->policy, &passage,
				     &evaluation->verdict);
	return true;
}

bool evaluate_net(const struct evaluation_question *question,
		  struct evaluation *evaluation)
{
	const char *object = question->object;

	evaluation->from.workload = CORDON_NONE;
	evaluation->peer.workload = CORDON_NONE;
	if (question->op == CORDON_OP_PASS)
		return decide_passage(question, evaluation);
	if (question->op == CORDON_OP_SOCKET)
		return decide_socket(question, evaluation);
	if (question->op == CORDON_OP_CONNECT &&
	    (object[0] == '/' || !strncmp(object, abstract, strlen(abstract)) ||
	     !strncmp(object, unix_peer, strlen(unix_peer))))
		return decide_unix(question, evaluation);
	return decide_flow(question, evaluation);
}

static const struct cordon_draft_program *
find_program(const struct cordon_policy *policy, u32 segment,
	     const struct cordon_draft **draft)
{
	*draft = cordon_policy_draft(policy,
				     cordon_policy_program_workload(policy,
								    segment));
	return cordon_draft_program(*draft,
				    cordon_policy_program_index(policy,
								segment));
}

const char *evaluation_segment(const struct evaluation *evaluation, u32 segment)
{
	const struct cordon_draft *draft;
	const struct cordon_draft_program *program =
		find_program(evaluation->policy, segment, &draft);

	return cordon_draft_text(draft, program->exe);
}

char *evaluation_segments(const struct evaluation *evaluation,
			  const struct cordon_peer *peer)
{
	char *text = NULL;
	FILE *stream;
	size_t size;
	u32 i;

	if (!peer->segment_count)
		return NULL;
	stream = open_memstream(&text, &size);
	for (i = 0; stream && i < peer->segment_count; i++)
		fprintf(stream, "%s%s", i ? "," : "",
			evaluation_segment(evaluation, peer->segments[i]));
	if (!stream || fclose(stream)) {
		free(text);
		return NULL;
	}
	return text;
}

static bool is_in(const struct cordon_peer *peer, u32 segment)
{
	u32 i;

	for (i = 0; i < peer->segment_count; i++)
		if (peer->segments[i] == segment)
			return true;
	return false;
}

/* An isolated segment that one end is in and the other is not. */
static u32 find_isolated(const struct evaluation *evaluation,
			 const struct cordon_peer *one,
			 const struct cordon_peer *other)
{
	const struct cordon_draft *draft;
	u32 i;

	for (i = 0; i < one->segment_count; i++)
		if (find_program(evaluation->policy, one->segments[i],
				 &draft)->isolated &&
		    !is_in(other, one->segments[i]))
			return one->segments[i];
	return CORDON_NONE;
}

u32 evaluation_isolated(const struct evaluation *evaluation)
{
	u32 segment = find_isolated(evaluation, &evaluation->peer,
				    &evaluation->from);

	return segment != CORDON_NONE ? segment :
	       find_isolated(evaluation, &evaluation->from, &evaluation->peer);
}

char *evaluation_why_passage(const struct evaluation *evaluation)
{
	u32 segment = evaluation_isolated(evaluation);
	int size;
	char *text;

	if (evaluation->verdict.reason != CORDON_REASON_ISOLATED)
		size = asprintf(&text, "no rule speaks of it, and neither end is in an isolated segment that the other is not in");
	else
		size = asprintf(&text, "the segment \"%s\" is isolated, and no rule lets this flow into or out of it",
				segment == CORDON_NONE ? "?" :
				evaluation_segment(evaluation, segment));
	return size < 0 ? NULL : text;
}
