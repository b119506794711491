/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of review share: a manifest, what was seen, and answers. */
#ifndef _CORDON_TESTS_REVIEW_FIXTURE_H
#define _CORDON_TESTS_REVIEW_FIXTURE_H

#include <jansson.h>

#include "capture_fixture.h"
#include "command_fixture.h"
#include "ctl/review/question.h"
#include "reader_fixture.h"

/* The directory that all lies in, between review_set_up() and tear_down(). */
extern char *review_directory;

void review_set_up(void);
void review_tear_down(void);

/* Write web.json: workload w, whose program /usr/sbin/nginx has these keys. */
void review_manifest(const char *program, const char *more);

/* Questions about behaviours by web.json, in the fake world. */
void review_questions(struct question_set *set,
		      struct behaviour_set *behaviours);

/* The question with this op and title, or NULL. */
const struct question *review_find(const struct question_set *set,
				   unsigned int op, const char *title);

/* Write seen.json: behaviours, as `learn show` and `monitor` tell them. */
void review_seen(const struct behaviour_set *behaviours);

/* Run the command on both with these answers, and free the behaviours. */
struct outcome review_run(struct behaviour_set *behaviours, const char *answers,
			  bool json);

/* The same, whose end and some of whose text is known. */
void review_assert(struct behaviour_set *behaviours, const char *answers,
		   int code, const char *text);

/* A file of the directory as it is, for free(). */
char *review_text(const char *name);

/* web.json, for json_decref(); it is right, or the test fails. */
json_t *review_result(void);

/* The strings of a list of a program as "a b", for free(); "" if it has none. */
char *review_list(const json_t *document, const char *exe, const char *key);

#endif /* _CORDON_TESTS_REVIEW_FIXTURE_H */
