// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hygiene.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "capture/grow.h"
#include "cover.h"
#include "names.h"
#include "net_pattern.h"
#include "output.h"
#include "rule_set.h"

const char *hygiene_kind_name(enum hygiene_kind kind)
{
	return kind == HYGIENE_SHADOWED ? "shadowed" : "broad";
}

void hygiene_free(struct hygiene *hygiene)
{
	while (hygiene->count)
		free(hygiene->findings[--hygiene->count].why);
	free(hygiene->findings);
	hygiene->findings = NULL;
}

static void add(struct hygiene *hygiene, enum hygiene_kind kind,
		const struct cordon_draft *draft, u32 rule, char *why)
{
	struct hygiene_finding *finding =
		memory_grow(&hygiene->findings, &hygiene->count,
			    sizeof(*finding));

	*finding = (struct hygiene_finding){ kind, draft, rule, why };
}

/* "the rule "/etc/shadow", which denies read, at web.json:12" */
static char *name_rule(const struct cordon_draft *draft, u32 index, u8 op)
{
	const struct cordon_draft_rule *rule = cordon_draft_rule(draft, index);

	return memory_format("the rule \"%s\", which %s %s, at %s:%u",
			     cordon_draft_text(draft, rule->text),
			     rule->effect == CORDON_EFFECT_DENY ? "denies" :
								  "allows",
			     cordon_op_name(op),
			     cordon_draft_text(draft, rule->file), rule->line);
}

/* --- shadowed ------------------------------------------------------------- */

/**
 * struct scope - the rules of a draft that count
 * @draft: it
 * @set: all its items
 * @gone: by rule: it changes nothing, so that it covers nothing
 * @patterns: room for one of each item
 */
struct scope {
	const struct cordon_draft *draft;
	struct rule_set set;
	bool *gone;
	const char **patterns;
};

static bool speaks_of(const struct rule_item *other,
		      const struct rule_item *item)
{
	return other->op == item->op && other->rule != item->rule &&
	       (!other->program ||
		(item->program && !strcmp(other->program, item->program)));
}

/*
 * Is an item covered by rules of an effect.  If one of them alone does, it is
 * @by; else that is CORDON_NONE.
 */
static bool is_covered(const struct scope *scope, const struct rule_item *item,
		       u8 effect, u32 *by)
{
	size_t count = 0, i;

	*by = CORDON_NONE;
	for (i = 0; i < scope->set.count; i++) {
		const struct rule_item *other = &scope->set.items[i];

		if (other->effect != effect || !speaks_of(other, item) ||
		    scope->gone[other->rule])
			continue;
		if (cover_pattern(item->op, other->pattern, item->pattern)) {
			*by = other->rule;
			return true;
		}
		scope->patterns[count++] = other->pattern;
	}
	return cover_patterns(item->op, scope->patterns, count, item->pattern);
}

/* What covers a rule as a whole, for free(); NULL: nothing does. */
static char *find_cover(const struct scope *scope, u32 rule)
{
	const struct rule_item *item;
	char *why = NULL, *name;
	size_t i;
	u32 by;

	for (i = 0; i < scope->set.count; i++) {
		item = &scope->set.items[i];
		if (item->rule != rule || item->implied)
			continue;
		if (!(item->effect == CORDON_EFFECT_ALLOW &&
		      is_covered(scope, item, CORDON_EFFECT_DENY, &by)) &&
		    !is_covered(scope, item, item->effect, &by)) {
			free(why);
			return NULL;
		}
		if (why)
			continue;
		if (by == CORDON_NONE) {
			why = memory_copy("others cover it together");
			continue;
		}
		name = name_rule(scope->draft, by, item->op);
		why = memory_format("covered by %s", name);
		free(name);
	}
	return why;
}

static bool has_response(const struct cordon_draft *draft, u32 rule)
{
	u32 i;

	for (i = 0; i < draft->used.responses; i++) {
		const struct cordon_draft_response *response =
			cordon_draft_response(draft, i);

		if (response->rule != CORDON_NONE && rule >= response->rule &&
		    rule - response->rule < response->rules)
			return true;
	}
	return false;
}

void hygiene_shadowed(struct hygiene *hygiene,
		      const struct cordon_draft *draft)
{
	struct scope scope = { .draft = draft };
	u32 rules = draft->used.rules, i;
	char **why;

	rule_set_make(&scope.set, draft);
	scope.gone = memory_sure(calloc(rules + 1, sizeof(*scope.gone)));
	scope.patterns = memory_sure(calloc(scope.set.count + 1,
					    sizeof(*scope.patterns)));
	why = memory_sure(calloc(rules + 1, sizeof(*why)));
	/* From the last: of those that cover each other the first stays. */
	for (i = rules; i--;) {
		why[i] = has_response(draft, i) ? NULL : find_cover(&scope, i);
		scope.gone[i] = why[i];
	}
	for (i = 0; i < rules; i++)
		if (why[i])
			add(hygiene, HYGIENE_SHADOWED, draft, i, why[i]);
	free(why);
	free(scope.patterns);
	free(scope.gone);
	rule_set_free(&scope.set);
}

/* --- broad ---------------------------------------------------------------- */

/**
 * struct probe - a path that no wildcard should take in
 * @path: it
 * @ops: bits of enum cordon_op that it is about
 * @what: what is there
 */
struct probe {
	const char *path;
	u32 ops;
	const char *what;
};

#define READS	(1u << CORDON_OP_READ)
#define WRITES	(1u << CORDON_OP_WRITE)
#define STARTS	(1u << CORDON_OP_EXEC | 1u << CORDON_OP_ENTER)

static const struct probe probes[] = {
	{ "/etc/shadow", READS | WRITES, "hashes of passwords" },
	{ "/etc/ssh/ssh_host_ed25519_key", READS | WRITES,
	  "the host's keys" },
	{ "/root/.ssh/id_ed25519", READS | WRITES, "root's keys" },
	{ "/home/user/.ssh/id_ed25519", READS | WRITES, "users' keys" },
	{ "/etc/ssl/private/host.key", READS | WRITES,
	  "keys of certificates" },
	{ "/proc/1/environ", READS | WRITES, "other processes" },
	{ "/dev/sda", READS | WRITES, "disks, past all file systems" },
	{ "/var/log/audit/audit.log", READS | WRITES,
	  "the audit log" },
	{ "/var/backups/shadow.bak", READS | WRITES, "backups of passwords" },
	{ "/usr/bin/sh", WRITES, "programs that others execute" },
	{ "/usr/sbin/sshd", WRITES, "programs that others execute" },
	{ "/usr/local/bin/tool", WRITES, "programs that others execute" },
	{ "/usr/lib/systemd/system/ssh.service", WRITES,
	  "what the system starts" },
	{ "/etc/systemd/system/ssh.service", WRITES,
	  "what the system starts" },
	{ "/etc/cron.d/job", WRITES, "what cron starts" },
	{ "/var/spool/cron/crontabs/root", WRITES, "what cron starts" },
	{ "/boot/vmlinuz", WRITES, "the kernel" },
	{ "/sys/kernel/debug/x", WRITES, "the kernel's own switches" },
	{ "/usr/bin/sh", STARTS, "a shell" },
	{ "/usr/bin/curl", STARTS, "whatever is installed" },
};

static bool is_pattern(const char *text)
{
	return text[strcspn(text, "*?[")];
}

static char *why_path(const struct rule_item *item)
{
	size_t i;

	if (item->pattern[0] != '/' || !is_pattern(item->pattern))
		return NULL;
	if (cover_path(item->pattern, "/*/**"))
		return memory_copy("all files there are");
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i].ops & 1u << item->op &&
		    cover_path(item->pattern, probes[i].path))
			return memory_format("it takes in %s: %s",
					     probes[i].path, probes[i].what);
	return NULL;
}

static bool is_any_peer(const struct cordon_net_pattern *flow)
{
	if (flow->kind != CORDON_PEER_PREFIX)
		return flow->kind == CORDON_PEER_ANY;
	return !flow->prefix.length ||
	       (flow->prefix.length == CORDON_IPV4_BITS &&
		cordon_address_is_ipv4(&flow->prefix.address));
}

static bool is_any_port(const struct cordon_net_pattern *flow)
{
	return flow->first <= 1 && flow->last == UINT16_MAX &&
	       flow->protocol != IPPROTO_ICMP;
}

static char *why_flow(const struct rule_item *item)
{
	struct cordon_net_pattern flow;
	const char *why;

	if (item->op != CORDON_OP_CONNECT && item->op != CORDON_OP_ACCEPT &&
	    item->op != CORDON_OP_LISTEN && item->op != CORDON_OP_PASS)
		return NULL;
	if ((item->op != CORDON_OP_LISTEN &&
	     !cordon_net_pattern_is(item->pattern)) ||
	    cordon_net_pattern_parse(&flow, item->op, item->pattern, &why) ||
	    !is_any_port(&flow))
		return NULL;
	if (item->op == CORDON_OP_LISTEN)
		return memory_copy("all ports");
	if (!is_any_peer(&flow) ||
	    (item->op == CORDON_OP_PASS && item->program))
		return NULL;
	return memory_copy(item->op == CORDON_OP_PASS ?
			   "from anywhere to anywhere, on all ports" :
			   "any peer, on all ports");
}

static bool share_program(const struct rule_item *one,
			  const struct rule_item *other)
{
	return !one->program || !other->program ||
	       !strcmp(one->program, other->program);
}

/* What may be written, and then run or loaded. */
static char *why_writable(const struct cordon_draft *draft,
			  const struct rule_set *set,
			  const struct rule_item *item)
{
	char *rule, *why;
	size_t i;

	if (item->op != CORDON_OP_WRITE || item->pattern[0] != '/')
		return NULL;
	for (i = 0; i < set->count; i++) {
		const struct rule_item *other = &set->items[i];

		if (other->effect != CORDON_EFFECT_ALLOW ||
		    (other->op != CORDON_OP_LOAD &&
		     !(STARTS & 1u << other->op)) ||
		    other->pattern[0] != '/' || !share_program(item, other) ||
		    (!cover_path(item->pattern, other->pattern) &&
		     !cover_path(other->pattern, item->pattern)))
			continue;
		rule = name_rule(draft, other->rule, other->op);
		why = memory_format("what is written there may be run: %s",
				    rule);
		free(rule);
		return why;
	}
	return NULL;
}

static char *why_broad(const struct cordon_draft *draft,
		       const struct rule_set *set,
		       const struct rule_item *item)
{
	char *why = why_path(item);

	if (!why)
		why = why_flow(item);
	if (!why)
		why = why_writable(draft, set, item);
	return why;
}

void hygiene_broad(struct hygiene *hygiene, const struct cordon_draft *draft)
{
	u32 told = CORDON_NONE;
	struct rule_set set;
	size_t i;

	rule_set_make(&set, draft);
	for (i = 0; i < set.count; i++) {
		const struct rule_item *item = &set.items[i];
		char *why;

		/* One reason is enough. */
		if (item->effect != CORDON_EFFECT_ALLOW || item->rule == told)
			continue;
		why = why_broad(draft, &set, item);
		if (!why)
			continue;
		told = item->rule;
		add(hygiene, HYGIENE_BROAD, draft, item->rule, why);
	}
	rule_set_free(&set);
}
