// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "learn.h"
#include "names.h"

#define DESCRIPTION "what `cordonctl learn start` watches"

/** struct selector - one word of the command line, taken apart */
struct selector {
	enum cordon_member_kind kind;
	const char *pattern;		/* behind the colon; "" of the host */
	u32 uid;
};

static bool read_user(const char *name, u32 *uid)
{
	const struct passwd *user = *name ? getpwnam(name) : NULL;
	unsigned long number;
	char *end;

	if (user) {
		*uid = user->pw_uid;
		return true;
	}
	number = strtoul(name, &end, 10);
	if (isdigit((unsigned char)*name) && !*end && number < U32_MAX) {
		*uid = (u32)number;
		return true;
	}
	output_error("learn: this machine has no user \"%s\"", name);
	return false;
}

static bool read_selector(const char *word, struct selector *selector)
{
	size_t length = strcspn(word, ":");
	int kind = cordon_member_parse(word, length);

	if (kind < 0 || kind > CORDON_MEMBER_HOST ||
	    (kind == CORDON_MEMBER_HOST) != !word[length]) {
		output_error("learn: \"%s\" selects nothing: say unit:NAME, exe:PATH, cgroup:PATH, user:NAME, or host; or the name of a loaded workload",
			     word);
		return false;
	}
	*selector = (struct selector){
		.kind = (enum cordon_member_kind)kind,
		.pattern = word[length] ? word + length + 1 : "",
	};
	return kind != CORDON_MEMBER_USER ||
	       read_user(selector->pattern, &selector->uid);
}

/* "unit:nginx@1.service" → "nginx-1", "exe:/usr/bin/python3*" → "python3". */
static void derive(const struct selector *selector,
		   char name[CORDON_NAME_MAX + 1])
{
	static const char service[] = ".service";
	const char *at = selector->kind == CORDON_MEMBER_HOST ? "host" :
							selector->pattern;
	const char *slash = strrchr(at, '/');
	size_t length, used = 0, i;

	if (slash && slash[1])
		at = slash + 1;
	length = strlen(at);
	if (length > strlen(service) &&
	    !strcmp(at + length - strlen(service), service))
		length -= strlen(service);
	for (i = 0; i < length && used < CORDON_NAME_MAX; i++) {
		bool good = isalnum((unsigned char)at[i]) ||
			    (used && strchr("._-", at[i]));

		if (good)
			name[used++] = at[i];
		else if (used && name[used - 1] != '-')
			name[used++] = '-';
	}
	while (used && name[used - 1] == '-')
		used--;
	name[used] = '\0';
	if (!used)
		strcpy(name, "learned");
}

static struct cordon_draft *build(const char *name,
				  const struct selector *selectors,
				  size_t count)
{
	struct cordon_workload_spec spec = {
		.name = name,
		.description = DESCRIPTION,
		.kind = CORDON_DOCUMENT_MANIFEST,
		.effect = CORDON_EFFECT_DENY,
		.mode = {
			[CORDON_CLASS_EXEC] = CORDON_MODE_LEARN,
			[CORDON_CLASS_LOAD] = CORDON_MODE_LEARN,
			[CORDON_CLASS_FILE] = CORDON_MODE_LEARN,
			[CORDON_CLASS_NET] = CORDON_MODE_LEARN,
			[CORDON_CLASS_KERNEL] = CORDON_MODE_MONITOR,
		},
	};
	struct cordon_draft *draft = NULL;
	struct cordon_fault fault;
	void *buffer = NULL;
	size_t size, i;
	int error = 0;

	cordon_fault_set(&fault, "there is no memory for it");
	spec.counts.members = (u32)count;
	spec.counts.bytes = (u32)(strlen(name) + sizeof(DESCRIPTION) + 2);
	for (i = 0; i < count; i++)
		spec.counts.bytes += (u32)strlen(selectors[i].pattern) + 1;
	size = cordon_draft_size(&spec.counts, &fault);
	if (size)
		buffer = calloc(1, size);
	if (buffer)
		draft = cordon_draft_init(buffer, size, &spec, &fault);
	for (i = 0; draft && !error && i < count; i++) {
		bool named = selectors[i].kind != CORDON_MEMBER_USER &&
			     selectors[i].kind != CORDON_MEMBER_HOST;

		error = cordon_draft_add_member(draft, selectors[i].kind,
						named ? selectors[i].pattern :
							NULL,
						selectors[i].uid, &fault);
	}
	if (draft && !error && !cordon_draft_complete(draft, &fault))
		return draft;
	output_error("learn: workload \"%s\", %s \"%s\": %s", name,
		     i ? "selector" : "of", i ? selectors[i - 1].pattern :
		     selectors[0].pattern, fault.what);
	free(buffer);
	return NULL;
}

struct cordon_draft *learn_draft(const char *name, char *const *words,
				 size_t count)
{
	struct selector *selectors = calloc(count, sizeof(*selectors));
	struct cordon_draft *draft = NULL;
	char derived[CORDON_NAME_MAX + 1];
	bool good = selectors != NULL;
	size_t i;

	for (i = 0; good && i < count; i++)
		good = read_selector(words[i], &selectors[i]);
	if (good && !name) {
		derive(&selectors[0], derived);
		name = derived;
	}
	if (good)
		draft = build(name, selectors, count);
	free(selectors);
	return draft;
}
