// SPDX-License-Identifier: LGPL-2.1-or-later
#include "review.h"

#include <stdlib.h>
#include <string.h>

#include "capture/grow.h"
#include "capture/place.h"
#include "capture/replay.h"

void review_begin(struct review *review)
{
	review->answers = memory_sure(calloc(review->questions->count + 1,
					     sizeof(*review->answers)));
	review->document = json_incref(review->file->document);
}

void review_end(struct review *review)
{
	size_t i;

	for (i = 0; review->answers && i < review->questions->count; i++)
		answer_free(&review->answers[i]);
	for (i = 0; i < review->step_count; i++)
		answer_free(&review->steps[i].before);
	free(review->answers);
	free(review->steps);
	manifest_trial_free(&review->now);
	json_decref(review->document);
}

static bool allows(const struct answer *answer)
{
	return answer->kind == ANSWER_EXACT || answer->kind == ANSWER_PATTERN;
}

static bool changes(const struct answer *answer)
{
	return allows(answer) || answer->kind == ANSWER_DENY;
}

bool review_is_changed(const struct review *review)
{
	return !json_equal(review->document, review->file->document);
}

/* What holds after the answers so far. */
static const struct cordon_policy *policy_of(const struct review *review)
{
	return review->now.policy ? review->now.policy :
				    review->file->original.policy;
}

bool review_is_open(const struct review *review, size_t index)
{
	bool allowed;

	if (review->answers[index].kind != ANSWER_OPEN)
		return false;
	return !question_is_settled(&review->questions->items[index],
				    policy_of(review), review->file->workload,
				    &allowed);
}

/* --- what an answer comes to -------------------------------------------- */

/* From the file, so that an answer that is taken back leaves nothing. */
static json_t *make_document(const struct review *review)
{
	json_t *document =
		memory_sure(json_deep_copy(review->file->document));
	size_t i;

	for (i = 0; i < review->questions->count; i++)
		if (changes(&review->answers[i]))
			answer_apply(document, &review->questions->items[i],
				     &review->answers[i]);
	return document;
}

/* Why a question is not allowed, by a policy; the first that is not. */
static char *why_denied(const struct review *review,
			const struct question *question,
			const struct cordon_policy *policy)
{
	struct replay_answer answer;
	char *why = NULL;
	size_t i;

	for (i = 0; i < question->count && !why; i++) {
		replay_ask(policy, review->file->workload,
			   question->items[i].behaviour, &answer);
		if (!answer.beyond && !answer.allowed)
			why = evaluation_why(&answer.evaluation);
		replay_answer_free(&answer);
	}
	return why;
}

/* An allow that is given must be one. */
static bool is_effective(const struct review *review, size_t index,
			 const struct manifest_trial *trial,
			 struct texts *told)
{
	const struct question *question = &review->questions->items[index];
	bool allowed;
	char *why;

	question_is_settled(question, trial->policy, review->file->workload,
			    &allowed);
	if (allowed)
		return true;
	why = why_denied(review, question, trial->policy);
	texts_add(told, memory_format("it does not allow all that was seen: what would still be denied is decided by %s",
				      why ? why : "what this manifest does not name"));
	free(why);
	return false;
}

/* What else it allows that would have wanted the full answer. */
static bool is_careless(const struct review *review, size_t index,
			const struct manifest_trial *trial,
			struct texts *told)
{
	const struct answer *answer = &review->answers[index];
	const char *text = json_string_value(answer->value);
	bool allowed, before, careless = false;
	size_t i;

	if (text && text[0] == '/' && !strcmp(answer->shape, ANSWER_EDITED) &&
	    place_may_be_sensitive(text)) {
		texts_add(told, memory_copy("the pattern may match what lies in sensitive places"));
		careless = true;
	}
	for (i = 0; i < review->questions->count; i++) {
		const struct question *other = &review->questions->items[i];

		if (i == index || !other->caution ||
		    allows(&review->answers[i]))
			continue;
		question_is_settled(other, policy_of(review),
				    review->file->workload, &before);
		question_is_settled(other, trial->policy,
				    review->file->workload, &allowed);
		if (before || !allowed)
			continue;
		texts_add(told, memory_format("it also allows %s: %s",
					      other->title, other->caution));
		careless = true;
	}
	return careless;
}

static enum review_outcome judge(struct review *review, size_t index, bool full,
				 struct texts *told)
{
	const struct question *question = &review->questions->items[index];
	const struct answer *answer = &review->answers[index];
	json_t *document = make_document(review);
	enum review_outcome outcome = REVIEW_TAKEN;
	struct manifest_trial trial = { 0 };

	if (!manifest_file_try(review->file, document, &trial, told))
		outcome = REVIEW_WRONG;
	else if (allows(answer) && !is_effective(review, index, &trial, told))
		outcome = REVIEW_WRONG;
	else if (allows(answer) && !full &&
		 (question->caution ||
		  is_careless(review, index, &trial, told)))
		outcome = REVIEW_CAREFUL;
	if (outcome != REVIEW_TAKEN) {
		if (outcome == REVIEW_CAREFUL && question->caution)
			texts_add(told, memory_copy(question->caution));
		manifest_trial_free(&trial);
		json_decref(document);
		return outcome;
	}
	manifest_trial_free(&review->now);
	json_decref(review->document);
	review->now = trial;
	review->document = document;
	return outcome;
}

enum review_outcome review_answer(struct review *review, size_t index,
				  const struct answer *answer, bool full,
				  struct texts *told)
{
	struct answer before = review->answers[index];
	enum review_outcome outcome = REVIEW_TAKEN;
	struct review_step *step;

	review->answers[index] = answer_copy(answer);
	if (changes(&before) || changes(answer))
		outcome = judge(review, index, full, told);
	if (outcome != REVIEW_TAKEN) {
		answer_free(&review->answers[index]);
		review->answers[index] = before;
		return outcome;
	}
	step = memory_grow(&review->steps, &review->step_count, sizeof(*step));
	*step = (struct review_step){ index, before };
	return outcome;
}

size_t review_undo(struct review *review)
{
	struct texts told = { 0 };
	struct review_step *step;
	struct answer given;

	if (!review->step_count)
		return SIZE_MAX;
	step = &review->steps[review->step_count - 1];
	given = review->answers[step->index];
	review->answers[step->index] = step->before;
	/* It was taken before, when it was given. */
	if ((changes(&given) || changes(&step->before)) &&
	    judge(review, step->index, true, &told)) {
		review->answers[step->index] = given;
		texts_free(&told);
		return SIZE_MAX;
	}
	answer_free(&given);
	texts_free(&told);
	review->step_count--;
	return step->index;
}
