/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Holds: kills that wait for evidence.
 *
 * Who is to be killed is stopped at once, and killed when somebody has said that
 * the evidence is taken, or after CORDON_HOLD_TIME.  Whatever might let him go
 * on before that kills him.
 */
#ifndef _CORDON_HOLD_H
#define _CORDON_HOLD_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <uapi/cordon.h>

struct cordon_deed;
struct cordon_deed_cause;
struct task_struct;

extern atomic_t cordon_hold_number;

/** cordon_hold_is_any - does any kill wait; context: any */
static __always_inline bool cordon_hold_is_any(void)
{
	return unlikely(atomic_read(&cordon_hold_number));
}

bool cordon_hold_begin(const struct cordon_deed *deed,
		       const struct cordon_deed_cause *cause,
		       enum cordon_response response);
bool cordon_hold_find(struct task_struct *task, enum cordon_response *response,
		      char workload[CORDON_NAME_MAX + 1]);
bool cordon_hold_has(struct task_struct *task);
bool cordon_hold_has_workload(const char *name);
void cordon_hold_again(struct task_struct *task);

void cordon_hold_init(bool is_safe);
void cordon_hold_close(void);
void cordon_hold_exit(void);

#endif /* _CORDON_HOLD_H */
