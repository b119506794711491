// SPDX-License-Identifier: LGPL-2.1-or-later
#include "lockout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "net_pattern.h"
#include "output.h"
#include "own_address.h"

/* Where a shell on another machine is asked for, unless it says otherwise. */
#define SSH_PORT 22

/** struct machine - what an administrator needs */
struct machine {
	struct own_address *addresses;
	size_t count;
	u16 port;
};

static u16 ssh_port(void)
{
	const char *connection = getenv("SSH_CONNECTION");
	unsigned int port;

	if (connection && sscanf(connection, "%*s %*s %*s %u", &port) == 1 &&
	    port && port < 65536)
		return port;
	return SSH_PORT;
}

/* The address or interface of this machine that a member holds, or NULL. */
static const char *held(const struct machine *machine, u32 kind,
			const char *pattern, char *text)
{
	struct cordon_prefix prefix;
	const char *why;
	size_t i;

	if (kind == CORDON_MEMBER_PREFIX &&
	    cordon_prefix_parse(&prefix, pattern, strlen(pattern), &why))
		return NULL;
	/* All of IPv4 or IPv6, which an address may be configured in later. */
	if (kind == CORDON_MEMBER_PREFIX &&
	    (prefix.length == 0 ||
	     (prefix.length == CORDON_IPV4_BITS &&
	      cordon_address_is_ipv4(&prefix.address))))
		return pattern;
	for (i = 0; i < machine->count; i++) {
		const struct own_address *own = &machine->addresses[i];

		if (cordon_address_is_loopback(&own->address))
			continue;
		if (kind == CORDON_MEMBER_INTERFACE &&
		    !strcmp(own->interface, pattern))
			return pattern;
		if (kind != CORDON_MEMBER_PREFIX ||
		    !cordon_prefix_contains(&prefix, &own->address))
			continue;
		cordon_address_print(text, &own->address);
		return text;
	}
	return NULL;
}

/* Does a rule deny everyone the port of ssh, to this segment; "": to all. */
static bool is_denied(const struct cordon_draft *draft, const char *segment,
		      u16 port)
{
	struct cordon_net_pattern pattern;
	const char *why;
	u32 i, k;

	for (i = 0; i < draft->used.rules; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(draft, i);

		if (rule->effect != CORDON_EFFECT_DENY ||
		    rule->program != CORDON_NONE)
			continue;
		for (k = 0; k < rule->patterns; k++)
			if (!cordon_net_pattern_parse(&pattern, CORDON_OP_PASS,
					cordon_draft_pattern(draft,
							     rule->pattern + k),
					&why) &&
			    (pattern.protocol == CORDON_PROTOCOL_ANY ||
			     pattern.protocol == CORDON_PROTOCOL_TCP) &&
			    pattern.first <= port && port <= pattern.last &&
			    (pattern.kind == CORDON_PEER_ANY ||
			     (strlen(segment) == pattern.name_length &&
			      !memcmp(segment, pattern.name,
				      pattern.name_length))))
				return true;
	}
	return false;
}

static char *lockout_member(const struct machine *machine,
			    const struct cordon_draft *draft,
			    const struct cordon_draft_member *member)
{
	const struct cordon_draft_program *segment;
	char text[CORDON_ADDRESS_TEXT], *how;
	const char *name, *what, *verb;

	if (member->kind == CORDON_MEMBER_CLAIM)
		return NULL;
	segment = cordon_draft_program(draft, member->program);
	name = cordon_draft_text(draft, segment->exe);
	if (segment->isolated)
		verb = "is isolated";
	else if (is_denied(draft, name, machine->port))
		verb = "is denied ssh from everywhere";
	else
		return NULL;
	what = held(machine, member->kind,
		    cordon_draft_text(draft, member->pattern), text);
	if (!what ||
	    asprintf(&how, "the segment %s of %s %s, and %s, where this host is, lies in it: your own connection may be cut",
		     name, cordon_draft_text(draft, draft->name), verb,
		     what) < 0)
		return NULL;
	return how;
}

static char *lockout_segments(const struct cordon_draft *draft)
{
	struct machine machine = { .port = ssh_port() };
	char *how = NULL;
	u32 i;

	if (draft->mode[CORDON_CLASS_NET] != CORDON_MODE_ENFORCE)
		return NULL;
	if (is_denied(draft, "", machine.port))
		return asprintf(&how, "a rule of %s denies ssh from everywhere to everywhere, this host included: your own connection may be cut",
				cordon_draft_text(draft, draft->name)) < 0 ?
		       NULL : how;
	machine.count = own_addresses(&machine.addresses);
	for (i = 0; !how && i < draft->used.members; i++)
		how = lockout_member(&machine, draft,
				     cordon_draft_member(draft, i));
	free(machine.addresses);
	return how;
}

/* May this workload deny what an administrator's own shell does? */
static bool governs_host(const struct cordon_draft *draft)
{
	u32 i;
	int class;

	if (draft->effect == CORDON_EFFECT_ALLOW)
		return false;
	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		if (draft->mode[class] == CORDON_MODE_ENFORCE)
			break;
	if (class == CORDON_CLASS_COUNT)
		return false;
	for (i = 0; i < draft->used.members; i++)
		if (cordon_draft_member(draft, i)->kind == CORDON_MEMBER_HOST)
			return true;
	return false;
}

static char *lockout_host(const struct cordon_draft *draft)
{
	const char *name = cordon_draft_text(draft, draft->name);
	u32 entries = draft->used.programs;
	char *how;
	int size;

	if (draft->mode[CORDON_CLASS_EXEC] == CORDON_MODE_ENFORCE)
		size = asprintf(&how, "workload %s governs the whole host and denies by default: what it does not list, your shell and this command too, would be denied. It has %u entr%s in \"programs\", and with exec enforced a program without an entry will not start, though a rule allows it (no-entry): leave exec in monitor, and give an entry to what `cordonctl monitor` tells of, or deny by rules under \"default\": \"allow\"",
				name, entries, entries == 1 ? "y" : "ies");
	else
		size = asprintf(&how, "workload %s governs the whole host and denies by default: what it does not list, your shell and this command too, would be denied",
				name);
	return size < 0 ? NULL : how;
}

char *lockout_of(const struct cordon_draft *draft)
{
	if (draft->kind == CORDON_DOCUMENT_SEGMENTS)
		return lockout_segments(draft);
	return governs_host(draft) ? lockout_host(draft) : NULL;
}

char *lockout_of_mode(struct cordon_draft *draft,
		      const int mode[CORDON_CLASS_COUNT])
{
	bool more = false;
	int class;

	for (class = 0; class < CORDON_CLASS_COUNT; class++) {
		if (mode[class] < 0)
			continue;
		more |= mode[class] == CORDON_MODE_ENFORCE &&
			draft->mode[class] != CORDON_MODE_ENFORCE;
		draft->mode[class] = (u8)mode[class];
	}
	return more ? lockout_of(draft) : NULL;
}

int lockout_refuse(const char *how, const char *verb)
{
	output_error("%s. To %s it, add --confirm SECONDS, or, if you are sure, --force",
		     how, verb);
	return EXIT_USAGE;
}
