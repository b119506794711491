// SPDX-License-Identifier: LGPL-2.1-or-later
/* Behaviours from the module. */
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "behaviour_kernel.h"
#include "grow.h"
#include "names.h"

void behaviour_host_read(struct behaviour_host *host)
{
	host->count = own_addresses(&host->items);
}

void behaviour_host_free(struct behaviour_host *host)
{
	free(host->items);
}

static char *copy_word(const char *word)
{
	return word && *word ? memory_copy_part(word, strcspn(word, ",")) :
			       NULL;
}

static bool is_own(const struct behaviour_host *host,
		   const struct cordon_address *address)
{
	size_t i;

	if (cordon_address_is_loopback(address))
		return true;
	for (i = 0; i < host->count; i++)
		if (cordon_address_equals(&host->items[i].address, address))
			return true;
	return false;
}

static void set_flow(struct behaviour *behaviour,
		     const struct client_behaviour *told,
		     const struct behaviour_host *host)
{
	behaviour->protocol = told->protocol;
	behaviour->port = told->op == CORDON_OP_CONNECT ? told->remote.port :
							  told->local.port;
	if (told->op == CORDON_OP_LISTEN)
		return;
	behaviour->remote = told->remote.address;
	behaviour->loopback = is_own(host, &told->remote.address);
	behaviour->segment = copy_word(told->remote.segments);
}

static enum behaviour_result result_of(const struct client_behaviour *told)
{
	switch (told->action) {
	case CORDON_ACTION_LEARN:
		return BEHAVIOUR_LEARNED;
	case CORDON_ACTION_ALLOW:
		return BEHAVIOUR_ALLOWED;
	case CORDON_ACTION_WOULD_DENY:
		return BEHAVIOUR_WOULD_DENY;
	default:
		return BEHAVIOUR_DENIED;
	}
}

void behaviour_set_tell(struct behaviour_set *set,
			const struct client_behaviour *told,
			const struct behaviour_host *host)
{
	struct behaviour behaviour = {
		.workload = memory_copy(told->workload),
		.program = memory_copy(told->program),
		.object = memory_copy(told->object),
		.peer = copy_word(told->peer),
		.reason = memory_copy(cordon_reason_name(told->reason)),
		.op = told->op,
		.kind = told->kind,
		.result = result_of(told),
		.held = told->held,
		.count = told->count,
		.first = told->first,
		.last = told->last,
		.uid = told->uid,
	};

	if (told->op >= CORDON_OP_COUNT || told->kind >= CORDON_OBJECT_COUNT) {
		behaviour_free(&behaviour);
		return;
	}
	if (told->kind == CORDON_OBJECT_PEER)
		set_flow(&behaviour, told, host);
	behaviour_set_add(set, &behaviour);
}

static int count_drops(struct behaviour_set *set, struct client *client,
		       const char *workload)
{
	struct client_dump dump;
	size_t i, class;
	int code;

	code = client_dump(client, CORDON_CMD_LEARNING_DUMP, &dump);
	if (code)
		return code;
	for (i = 0; i < dump.count; i++) {
		const struct client_learning *learning = &dump.learnings[i];

		if (workload && strcmp(learning->workload, workload))
			continue;
		for (class = 0; class < CORDON_CLASS_COUNT; class++)
			set->dropped += learning->dropped[class];
	}
	client_dump_free(&dump);
	return 0;
}

int behaviour_set_fetch(struct behaviour_set *set, struct client *client,
			const char *workload)
{
	struct client_dump dump;
	struct behaviour_host host;
	size_t i;
	int code;

	code = client_behaviours(client, workload, &dump);
	if (code)
		return code;
	behaviour_host_read(&host);
	for (i = 0; i < dump.count; i++)
		behaviour_set_tell(set, &dump.behaviours[i], &host);
	behaviour_host_free(&host);
	client_dump_free(&dump);
	return count_drops(set, client, workload);
}

/* As it was given, most likely: by name, where there is one. */
static char *user_of(uint32_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return user ? memory_format("user:%s", user->pw_name) :
		      memory_format("user:%" PRIu32, uid);
}

static char *selector_of(const struct client_member *member)
{
	const char *kind = cordon_member_name(member->kind);

	switch (member->kind) {
	case CORDON_MEMBER_HOST:
		return memory_copy("host");
	case CORDON_MEMBER_USER:
		return user_of(member->uid);
	default:
		return memory_format("%s:%s", kind, member->pattern);
	}
}

int behaviour_members_fetch(struct client *client, const char *workload,
			    char ***members, size_t *count)
{
	struct client_dump dump;
	char **added;
	size_t i;
	int code;

	code = client_dump(client, CORDON_CMD_MEMBER_DUMP, &dump);
	if (code)
		return code;
	for (i = 0; i < dump.count; i++) {
		const struct client_member *member = &dump.members[i];

		if (strcmp(member->workload, workload) ||
		    member->kind > CORDON_MEMBER_HOST)
			continue;
		added = memory_grow(members, count, sizeof(*added));
		*added = selector_of(member);
	}
	client_dump_free(&dump);
	return 0;
}
