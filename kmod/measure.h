/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Measures: responses that last, of whole workloads.
 *
 * They belong to the workload's name, whatever becomes of policies and of who
 * ordered them, and end by the clock that entries of segments end by.
 */
#ifndef _CORDON_MEASURE_H
#define _CORDON_MEASURE_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <uapi/cordon.h>

struct cordon_label;
struct cordon_label_signal;
struct task_struct;

enum cordon_measure {
	CORDON_MEASURE_SUSPEND,
	CORDON_MEASURE_QUARANTINE,
	CORDON_MEASURE_COUNT
};

/** struct cordon_measure_info - what is told of one that is in force */
struct cordon_measure_info {
	char name[CORDON_NAME_MAX + 1];
	enum cordon_measure measure;
	u32 left;		/* seconds; 0: for ever */
};

extern atomic_t cordon_measure_number[CORDON_MEASURE_COUNT];

/** cordon_measure_is_any - is any workload under this measure; context: any */
static __always_inline bool cordon_measure_is_any(enum cordon_measure measure)
{
	return unlikely(atomic_read(&cordon_measure_number[measure]));
}

bool cordon_measure_is_on(const char *name, enum cordon_measure measure);
bool cordon_measure_suspends(const char *name);
int cordon_measure_begin(const char *name, enum cordon_measure measure,
			 u32 ttl, bool is_order);
void cordon_measure_kill(const char *name);
bool cordon_measure_end(const char *name, enum cordon_measure measure);
void cordon_measure_stop(struct task_struct *task,
			 const struct cordon_label *label);
bool cordon_measure_may_stop(const struct cordon_label *label);
void cordon_measure_leave(struct task_struct *task,
			  const struct cordon_label *old, bool may_be_stopped);
bool cordon_measure_info(u32 index, struct cordon_measure_info *info,
			 bool *is_on);

u32 cordon_measure_signal(const struct cordon_label_signal *order);

bool cordon_measure_tick(void);
int cordon_measure_init(void);
void cordon_measure_close(void);
void cordon_measure_exit(void);

#endif /* _CORDON_MEASURE_H */
