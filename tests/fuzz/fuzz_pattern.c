// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Patterns against the reference: the input is a pattern, a NUL, and a path.
 * What the engine accepts must match as the reference says, component by
 * component, and as the only rule of a policy.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../reference.h"
#include "pattern.h"
#include "policy.h"

#define MOST 512	/* bytes; the reference is slow */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

/* Is it a path as the kernel resolves it? */
static bool is_path(const char *path, size_t length)
{
	size_t i;

	if (!length || path[0] != '/' || memchr(path, '\0', length))
		return false;
	for (i = 1; i < length; i++) {
		if (path[i] == '/' && path[i - 1] == '/')
			return false;
	}
	return length == 1 || path[length - 1] != '/';
}

static void check_components(const char *pattern, size_t pattern_length,
			     const char *name, size_t name_length)
{
	struct cordon_component component;
	char plain[CORDON_COMPONENT_MAX];
	size_t at = 0;
	bool is;

	while (cordon_pattern_next(pattern, pattern_length, &at, &component)) {
		insist(component.length <= CORDON_COMPONENT_MAX);
		if (component.kind == CORDON_COMPONENT_STARSTAR)
			continue;
		is = cordon_component_match(component.text, component.length,
					    name, name_length);
		insist(is == reference_component(component.text,
						 component.length, name,
						 name_length));
		if (component.kind != CORDON_COMPONENT_LITERAL)
			continue;
		insist(is == (cordon_component_unescape(component.text,
							component.length,
							plain) ==
				      name_length &&
			      memcmp(plain, name, name_length) == 0));
	}
	insist(at == pattern_length || pattern_length == 1);
}

static struct cordon_draft *draft_of(const char *pattern, size_t length)
{
	const struct cordon_workload_spec spec = {
		.name = "w",
		.effect = CORDON_EFFECT_DENY,
		.counts = { .members = 1, .rules = 1, .patterns = 1,
			    .bytes = (u32)length + 4 },
	};
	const struct cordon_rule_spec rule = {
		.program = CORDON_NONE,
		.effect = CORDON_EFFECT_ALLOW,
		.ops = 1 << CORDON_OP_READ,
		.patterns = &pattern,
		.pattern_count = 1,
	};
	struct cordon_fault fault;
	const size_t size = cordon_draft_size(&spec.counts, &fault);
	struct cordon_draft *draft =
		cordon_draft_init(calloc(1, size), size, &spec, &fault);

	insist(draft);
	insist(!cordon_draft_add_member(draft, CORDON_MEMBER_HOST, NULL, 0,
					&fault));
	insist(!cordon_draft_add_rule(draft, &rule, &fault));
	insist(!cordon_draft_complete(draft, &fault));
	return draft;
}

static void check_path(const char *pattern, size_t pattern_length,
		       const char *path, size_t path_length)
{
	struct cordon_draft *draft = draft_of(pattern, pattern_length);
	const struct cordon_draft *const drafts[] = { draft };
	const struct cordon_subject subject = { .program = CORDON_NONE };
	const struct cordon_object object = {
		.path = path,
		.length = (u32)path_length,
	};
	struct cordon_fault fault;
	const size_t size = cordon_policy_size(drafts, 1, &fault);
	void *image = calloc(1, size);
	struct cordon_policy *policy;
	struct cordon_verdict verdict;

	policy = cordon_policy_build(image, size, drafts, 1, 1, size, false,
				     &fault);
	if (policy) {
		cordon_policy_decide(policy, &subject, CORDON_OP_READ, &object,
				     &verdict);
		insist((verdict.action == CORDON_ACTION_ALLOW) ==
		       reference_path(pattern, pattern_length, path,
				      path_length));
	} else {
		/* What is long behind "**" can crowd by itself. */
		insist(strstr(fault.what, "half matched"));
	}
	free(image);
	free(draft);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, 0, size);
	size_t pattern_length = nul ? (size_t)(nul - data) : size;
	size_t path_length = nul ? size - pattern_length - 1 : 0;
	size_t offset = 0;
	char *pattern;
	char *path;

	if (pattern_length > MOST || path_length > MOST)
		return 0;
	/* Exact copies, so that a byte too far is seen. */
	pattern = malloc(pattern_length + 1);
	memcpy(pattern, data, pattern_length);
	pattern[pattern_length] = '\0';
	path = malloc(path_length ? path_length : 1);
	if (path_length)
		memcpy(path, nul + 1, path_length);

	cordon_unit_check(pattern, pattern_length, NULL);
	if (cordon_pattern_check(pattern, pattern_length, &offset)) {
		insist(offset <= pattern_length);
	} else if (cordon_pattern_kind(pattern, pattern_length) ==
		   CORDON_OBJECT_PATH) {
		if (path_length > 1 && !memchr(path + 1, '/', path_length - 1))
			check_components(pattern, pattern_length, path + 1,
					 path_length - 1);
		if (is_path(path, path_length))
			check_path(pattern, pattern_length, path, path_length);
	}
	free(path);
	free(pattern);
	return 0;
}
