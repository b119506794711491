/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was seen, put to manifests: by their reader, and the engine that the
 * module has.  capture proves by it what it made, whatif asks what would become
 * of what was done, review what is open.
 */
#ifndef CTL_CAPTURE_REPLAY_H
#define CTL_CAPTURE_REPLAY_H

#include "behaviour.h"
#include "evaluate.h"
#include "manifest.h"
#include "report.h"

/**
 * struct replay_options - how manifests are asked
 * @reading: how they are read
 * @peers: behaviours that will be asked about; the workloads at their other
 *	ends are there, whether or not a manifest has them.  Or NULL
 * @as_written: in the modes that stand in them, instead of all enforced
 */
struct replay_options {
	struct manifest_options reading;
	const struct behaviour_set *peers;
	bool as_written;
};

/**
 * struct replay - manifests that can be asked
 * @set: what was read
 * @named: how many drafts of @set come from files; behind them are stand-ins
 * @policy: compiled
 */
struct replay {
	struct manifest_set set;
	size_t named;
	struct cordon_policy *policy;
};

/**
 * struct replay_answer - what would come of a behaviour
 * @allowed: the rules allow it, whatever the mode is
 * @goes_on: it is allowed, or the mode only tells of it
 * @beyond: why no rule can speak of it, or NULL: the members below are filled
 * @object: the object of @question
 * @question: what the engine was asked
 * @evaluation: what it answered; points into the policy and the question
 */
struct replay_answer {
	bool allowed;
	bool goes_on;
	const char *beyond;
	char *object;
	struct evaluation_question question;
	struct evaluation evaluation;
};

/**
 * replay_open - read and compile manifests
 * @replay: filled; for replay_close() in any case
 * @paths: files or directories
 * @count: how many
 * @options: how
 * @report: told of what is wrong with them
 *
 * Return: 0, or -1 with an error in @report.
 */
int replay_open(struct replay *replay, const char *const *paths, size_t count,
		const struct replay_options *options, struct report *report);

/** replay_close - release them */
void replay_close(struct replay *replay);

/**
 * replay_ask - what would come of a behaviour
 * @policy: the manifests, compiled
 * @workload: whose process it is of; one of those that the policy has
 * @behaviour: what was done
 * @answer: filled, for replay_answer_free()
 *
 * A flow is asked about by all that is known of its other end: the workload,
 * the segment, the address.  What one of them denies is denied; else what one
 * of them allows is allowed, as in the kernel, where the end is all of it.
 */
void replay_ask(const struct cordon_policy *policy, const char *workload,
		const struct behaviour *behaviour,
		struct replay_answer *answer);

/** replay_answer_free - release what an answer holds */
void replay_answer_free(struct replay_answer *answer);

/** replay_draft - the manifest of that name, or NULL */
const struct cordon_draft *replay_draft(const struct replay *replay,
					const char *workload);

/** replay_has_program - has a workload an entry for this executable */
bool replay_has_program(const struct replay *replay, const char *workload,
			const char *path);

#endif /* CTL_CAPTURE_REPLAY_H */
