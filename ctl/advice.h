/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What to do about a verdict: the line to add, and where.
 */
#ifndef CTL_ADVICE_H
#define CTL_ADVICE_H

#include "evaluate.h"

/**
 * advice_for - what to do if the verdict is not as it should be
 * @evaluation: the verdict
 * @question: what it answers
 *
 * Return: a sentence or two for free(); NULL if there is nothing to say, or
 * without memory.
 */
char *advice_for(const struct evaluation *evaluation,
		 const struct evaluation_question *question);

#endif /* CTL_ADVICE_H */
