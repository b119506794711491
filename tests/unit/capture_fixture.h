/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of capture share: a world, and behaviours in few words. */
#ifndef _CORDON_TESTS_CAPTURE_FIXTURE_H
#define _CORDON_TESTS_CAPTURE_FIXTURE_H

#include <check.h>

#include "ctl/capture/capture.h"
#include "ctl/capture/shape.h"

/*
 * A machine on which packages have all below /usr, homes lie below /home and
 * /data/users, and the kernel gives out ports from 32768 to 60999.
 */
extern const struct capture_world capture_world_fake;

/* Add "program op object", all of the workload "w", of user 33. */
struct behaviour *capture_add(struct behaviour_set *set, const char *program,
			      unsigned int op, const char *object);

/* The same of a flow: "tcp/443@10.0.0.7", of a listen "tcp/443". */
struct behaviour *capture_add_flow(struct behaviour_set *set,
				   const char *program, unsigned int op,
				   const char *object);

/* Make a manifest, and see that it allows what it was made of. */
json_t *capture_made(struct capture *capture, struct behaviour_set *set,
		     const struct capture_options *options);

/* All rules of a program and op as text: "/a /b", for free() */
char *capture_rules_text(const struct capture *capture, const char *program,
			 unsigned int op);

#endif /* _CORDON_TESTS_CAPTURE_FIXTURE_H */
