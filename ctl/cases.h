/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Documents of test cases: acts, and what the verdict on each must be.
 */
#ifndef CTL_CASES_H
#define CTL_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "evaluate.h"
#include "manifest_document.h"

/**
 * struct test_case - one act and what is expected of it
 * @position: where it stands
 * @question: the act
 * @action: enum cordon_action that must come of it
 * @becomes: workload that the process must belong to after an exec, or NULL
 * @note: why it is expected, or NULL
 * @made: the question's object, if it is made of several keys
 */
struct test_case {
	const struct position *position;
	struct evaluation_question question;
	enum cordon_action action;
	const char *becomes;
	const char *note;
	char *made;
};

/**
 * struct cases - one document of test cases
 * @document: it; all text belongs to it
 * @manifests: paths of the manifests, from where the user stands
 * @manifest_count: how many
 * @enforce: judge as if all classes were enforced, whatever the manifests say
 * @cases: @count of them
 * @count: how many
 */
struct cases {
	struct manifest_document *document;
	char **manifests;
	size_t manifest_count;
	bool enforce;
	struct test_case *cases;
	size_t count;
};

/**
 * cases_read - read a document of test cases
 * @cases: filled on success; empty on failure
 * @file: its name
 * @report: told of what is wrong
 *
 * Return: 0, or -1 with an error in @report.
 */
int cases_read(struct cases *cases, const char *file, struct report *report);

/** cases_free - release what was read */
void cases_free(struct cases *cases);

#endif /* CTL_CASES_H */
