// SPDX-License-Identifier: GPL-2.0-only
/*
 * A policy is published by moving one pointer.  The generation before it is
 * kept for rollback; the one before that is freed behind its last reader.
 *
 * Numbers only ever grow: a rollback publishes the old policy under a new
 * number, so that nobody can mistake what is in force for what was.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "behaviour.h"
#include "generation.h"
#include "hits.h"
#include "measure.h"
#include "journal.h"
#include "learn.h"
#include "netfilter.h"
#include "notice.h"
#include "port.h"
#include "segment.h"
#include "sweep.h"

DEFINE_SRCU(cordon_srcu);
u64 cordon_generation_word;
u64 cordon_generation_host;

/* Serialises publication; readers of @current_generation hold cordon_srcu. */
static DEFINE_MUTEX(lock);
static struct cordon_generation __rcu *current_generation;
static struct cordon_generation *previous;	/* under lock */
static u64 last_number;				/* under lock */
static unsigned long confirm_by;		/* under lock; jiffies */
static bool confirm_waits;			/* under lock */
static bool stopped;				/* under lock */
static bool forced_monitor;			/* before the first reader */

static void confirm_expired(struct work_struct *work);
static DECLARE_DELAYED_WORK(confirm_work, confirm_expired);

/* --- blocks ------------------------------------------------------------- */

/**
 * cordon_block_new - begin a workload
 * @spec: as for cordon_draft_init()
 * @fault: filled if the specification is at fault
 *
 * Context: may sleep.
 * Return: a block with one reference; -EINVAL with @fault, or -ENOMEM.
 */
struct cordon_block *cordon_block_new(const struct cordon_workload_spec *spec,
				      struct cordon_fault *fault)
{
	size_t size = cordon_draft_size(&spec->counts, fault);
	struct cordon_block *block;
	int err = -ENOMEM;

	if (!size)
		return ERR_PTR(-EINVAL);
	block = kzalloc(sizeof(*block), GFP_KERNEL_ACCOUNT);
	if (!block)
		return ERR_PTR(-ENOMEM);
	refcount_set(&block->references, 1);
	block->hits = cordon_hits_new(spec->counts.rules);
	if (!block->hits)
		goto out;
	block->draft = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!block->draft)
		goto out;
	if (!cordon_draft_init(block->draft, size, spec, fault)) {
		err = -EINVAL;
		goto out;
	}
	return block;
out:
	cordon_block_put(block);
	return ERR_PTR(err);
}

/**
 * cordon_block_with_modes - the same workload in other modes
 * @block: stays as it is; its counters are shared
 * @mode: a mode a class
 *
 * Context: may sleep.
 * Return: a block with one reference, or NULL without memory.
 */
struct cordon_block *cordon_block_with_modes(struct cordon_block *block,
					     const u8 *mode)
{
	struct cordon_block *copy = kzalloc(sizeof(*copy), GFP_KERNEL_ACCOUNT);

	if (!copy)
		return NULL;
	copy->draft = kvmalloc(block->draft->size, GFP_KERNEL_ACCOUNT);
	if (!copy->draft) {
		kfree(copy);
		return NULL;
	}
	refcount_set(&copy->references, 1);
	memcpy(copy->draft, block->draft, block->draft->size);
	memcpy(copy->draft->mode, mode, sizeof(copy->draft->mode));
	copy->hits = block->hits;
	cordon_hits_get(copy->hits);
	copy->set = block->set;
	cordon_segment_set_get(copy->set);
	return copy;
}

void cordon_block_get(struct cordon_block *block)
{
	refcount_inc(&block->references);
}

/** cordon_block_put - drop a reference; @block may be NULL */
void cordon_block_put(struct cordon_block *block)
{
	if (!block || !refcount_dec_and_test(&block->references))
		return;
	cordon_segment_set_put(block->set);
	cordon_hits_put(block->hits);
	kvfree(block->draft);
	kfree(block);
}

/* --- generations -------------------------------------------------------- */

static void generation_free(struct rcu_head *rcu)
{
	struct cordon_generation *generation =
		container_of(rcu, struct cordon_generation, rcu);
	u32 i;

	cordon_segment_view_free(generation->segments);
	for (i = 0; i < generation->count; i++)
		cordon_block_put(generation->blocks[i]);
	kvfree(generation->image);
	kvfree(generation);
}

/* For one that was published: readers may still be in it. */
static void generation_retire(struct cordon_generation *generation)
{
	if (generation)
		call_srcu(&cordon_srcu, &generation->rcu, generation_free);
}

static struct cordon_generation *generation_current(void)
{
	return rcu_dereference_protected(current_generation,
					 lockdep_is_held(&lock));
}

static bool block_learns(const struct cordon_block *block)
{
	return memchr(block->draft->mode, CORDON_MODE_LEARN,
		      sizeof(block->draft->mode));
}

/*
 * Compile blocks.  The generation takes its own references.
 * Return: -EINVAL with @fault filled, or -ENOMEM.
 */
static struct cordon_generation *
generation_build(struct cordon_block *const *blocks, u32 count, u64 number,
		 struct cordon_fault *fault)
{
	const struct cordon_draft **drafts;
	struct cordon_generation *generation;
	int err = -ENOMEM;
	u32 i;

	generation = kvzalloc(struct_size(generation, blocks, count),
			      GFP_KERNEL_ACCOUNT);
	drafts = kvcalloc(max(count, 1U), sizeof(*drafts), GFP_KERNEL);
	if (!generation || !drafts)
		goto out;
	for (i = 0; i < count; i++) {
		drafts[i] = blocks[i]->draft;
		generation->rules += drafts[i]->used.rules;
		generation->learning += block_learns(blocks[i]);
	}
	err = -EINVAL;
	generation->bytes = cordon_policy_size(drafts, count, fault);
	if (!generation->bytes)
		goto out;
	err = -ENOMEM;
	generation->image = kvzalloc(generation->bytes, GFP_KERNEL_ACCOUNT);
	if (!generation->image)
		goto out;
	err = -EINVAL;
	generation->policy = cordon_policy_build(generation->image,
						 generation->bytes, drafts,
						 count, number,
						 get_random_u64(),
						 forced_monitor, fault);
	if (!generation->policy)
		goto out;
	for (i = 0, err = 0; i < count && !err; i++)
		err = cordon_segment_set_make(blocks[i], fault);
	if (err)
		goto out;
	generation->segments = cordon_segment_view_new(generation->policy,
						       blocks, count);
	if (IS_ERR(generation->segments)) {
		err = PTR_ERR(generation->segments);
		generation->segments = NULL;
		goto out;
	}
	generation->has_interfaces = generation->segments &&
		cordon_port_has_segments(cordon_segment_view_ports(generation->segments));
	generation->number = number;
	generation->count = count;
	if (generation->learning)
		err = cordon_behaviour_reserve();
	if (!err)
		err = cordon_netfilter_prepare(generation);
	if (err)
		goto out;
	for (i = 0; i < count; i++) {
		generation->blocks[i] = blocks[i];
		cordon_block_get(blocks[i]);
	}
	kvfree(drafts);
	return generation;
out:
	if (generation) {
		cordon_segment_view_free(generation->segments);
		kvfree(generation->image);
	}
	kvfree(generation);
	kvfree(drafts);
	return ERR_PTR(err);
}

static void confirm_cancel(void)
{
	lockdep_assert_held(&lock);
	confirm_waits = false;
	cancel_delayed_work(&confirm_work);
}

/*
 * Put a generation in force.  The hooks see the new state before the tasks
 * are swept: whoever the sweep misses is caught at its fork or exec.
 */
static void generation_enact(struct cordon_generation *generation,
			     struct cordon_notice_policy *notice)
{
	const u32 host = cordon_policy_host(generation->policy);
	struct cordon_generation *old = generation_current();
	u64 word = generation->number << 32 | CORDON_GENERATION_NONE;

	lockdep_assert_held(&lock);
	if (host != CORDON_NONE)
		word |= CORDON_GENERATION_HOST;
	else if (generation->count)
		word |= CORDON_GENERATION_MEMBERS;
	if (generation->has_interfaces)
		word |= CORDON_GENERATION_INTERFACES;
	last_number = generation->number;
	/* Whoever learns by it finds the table. */
	if (generation->learning)
		cordon_behaviour_switch(generation->learning);
	rcu_assign_pointer(current_generation, generation);
	WRITE_ONCE(cordon_generation_host,
		   cordon_who_pack(generation->number, host, CORDON_NONE));
	WRITE_ONCE(cordon_generation_word, word);
	generation_retire(previous);
	previous = old;
	notice->before = old->number;
	notice->generation = generation->number;
	cordon_notice_policy(notice);
	/* What is repeated from here on departs from another policy. */
	cordon_journal_close();
	if (generation->count)
		cordon_notice_sweep(generation->number,
				    cordon_sweep(generation->policy));
	cordon_netfilter_settle(generation);
	if (generation->learning)
		cordon_learn_held(generation, old->policy);
	else
		cordon_behaviour_switch(0);
}

/**
 * cordon_generation_publish - put a policy in force
 * @blocks: its workloads, sorted by name; the caller keeps its references
 * @count: how many; 0 unloads everything
 * @publication: how
 * @fault: filled if the policy is at fault
 *
 * Context: may sleep, long for a large policy.
 * Return: 0; -ESTALE if another generation is in force than @base; -EBUSY if
 * one waits for confirmation; -EINVAL with @fault; -ENOMEM; -ESHUTDOWN while
 * the module goes.
 */
int cordon_generation_publish(struct cordon_block *const *blocks, u32 count,
			      const struct cordon_publication *publication,
			      struct cordon_fault *fault)
{
	struct cordon_notice_policy notice = {
		.type = publication->workload ? CORDON_EVENT_MODE :
						CORDON_EVENT_PUBLISH,
		.workloads = count,
		.confirm = publication->confirm,
		.workload = publication->workload,
		.mode = publication->mode,
	};
	u32 confirm = publication->confirm;
	struct cordon_generation *generation;
	int err = 0;

	mutex_lock(&lock);
	if (stopped) {
		err = -ESHUTDOWN;
		goto out;
	}
	if (publication->base &&
	    publication->base != generation_current()->number) {
		err = -ESTALE;
		goto out;
	}
	/* What it would return to must stay what was confirmed last. */
	if (confirm_waits) {
		err = -EBUSY;
		goto out;
	}
	generation = generation_build(blocks, count, last_number + 1, fault);
	if (IS_ERR(generation)) {
		err = PTR_ERR(generation);
		goto out;
	}
	generation_enact(generation, &notice);
	if (confirm) {
		confirm_waits = true;
		confirm_by = jiffies + confirm * HZ;
		schedule_delayed_work(&confirm_work, confirm * HZ);
	}
	pr_info("generation %llu: %u workloads, %u rules%s\n",
		generation->number, count, generation->rules,
		confirm ? ", returns to the previous one unless confirmed" : "");
out:
	mutex_unlock(&lock);
	return err;
}

/**
 * cordon_generation_confirm - keep the generation that waits
 *
 * Context: may sleep.
 * Return: 0, or -ENOENT if none waits.
 */
int cordon_generation_confirm(void)
{
	struct cordon_notice_policy notice = { .type = CORDON_EVENT_CONFIRM };
	int err = -ENOENT;

	mutex_lock(&lock);
	if (confirm_waits) {
		confirm_cancel();
		notice.before = generation_current()->number;
		notice.generation = notice.before;
		notice.workloads = generation_current()->count;
		cordon_notice_policy(&notice);
		pr_info("generation %llu: confirmed\n", notice.generation);
		err = 0;
	}
	mutex_unlock(&lock);
	return err;
}

static int rollback_locked(enum cordon_event_type type, const char *why)
{
	struct cordon_notice_policy notice = { .type = type };
	struct cordon_generation *generation;
	struct cordon_fault fault;
	u64 from = generation_current()->number;

	lockdep_assert_held(&lock);
	if (!previous)
		return -ENOENT;
	generation = generation_build(previous->blocks, previous->count,
				      last_number + 1, &fault);
	if (IS_ERR(generation))
		return PTR_ERR(generation);
	confirm_cancel();
	notice.workloads = generation->count;
	pr_info("generation %llu: generation %llu again, instead of %llu: %s\n",
		generation->number, previous->number, from, why);
	generation_enact(generation, &notice);
	return 0;
}

/**
 * cordon_generation_rollback - put the previous policy in force again
 *
 * What was in force becomes the previous one: a second rollback undoes it.
 *
 * Context: may sleep.
 * Return: 0, -ENOENT if there was none, -ENOMEM.
 */
int cordon_generation_rollback(void)
{
	int err = -ESHUTDOWN;

	mutex_lock(&lock);
	if (!stopped)
		err = rollback_locked(CORDON_EVENT_ROLLBACK, "asked for");
	mutex_unlock(&lock);
	return err;
}

/* Without memory the wrong policy must not stay for ever: try again. */
static void confirm_expired(struct work_struct *work)
{
	mutex_lock(&lock);
	/* Another may wait by now than the one this was scheduled for. */
	if (confirm_waits && !stopped && !time_before(jiffies, confirm_by) &&
	    rollback_locked(CORDON_EVENT_LAPSE,
			    "not confirmed in time") == -ENOMEM)
		schedule_delayed_work(&confirm_work, HZ);
	mutex_unlock(&lock);
}

/**
 * cordon_generation_get - the policy in force
 *
 * Context: any; under cordon_srcu, which keeps it.
 */
const struct cordon_generation *cordon_generation_get(void)
{
	return srcu_dereference(current_generation, &cordon_srcu);
}

/** cordon_generation_status - what is in force; may sleep */
void cordon_generation_status(struct cordon_generation_status *status)
{
	const struct cordon_generation *generation;

	mutex_lock(&lock);
	generation = generation_current();
	*status = (struct cordon_generation_status){
		.number = generation->number,
		.previous = previous ? previous->number : 0,
		.workloads = generation->count,
		.rules = generation->rules,
		.bytes = generation->bytes,
	};
	if (confirm_waits)
		status->confirm = time_before(jiffies, confirm_by) ?
			DIV_ROUND_UP(confirm_by - jiffies, HZ) : 1;
	mutex_unlock(&lock);
}

/** cordon_generation_forced_monitor - does cordon.mode=monitor hold */
bool cordon_generation_forced_monitor(void)
{
	return forced_monitor;
}

/**
 * cordon_generation_is_quarantined - is a workload in quarantine
 * @generation: whose it is
 * @workload: index in the policy; CORDON_NONE: nobody's
 *
 * Context: any; under cordon_srcu.
 */
bool cordon_generation_is_quarantined(const struct cordon_generation *generation,
				      u32 workload)
{
	const struct cordon_draft *draft;

	/* A name that was a service's may be the host's in another policy. */
	if (!cordon_measure_is_any(CORDON_MEASURE_QUARANTINE) ||
	    workload >= generation->count ||
	    workload == cordon_policy_host(generation->policy))
		return false;
	draft = generation->blocks[workload]->draft;
	return cordon_measure_is_on(cordon_draft_text(draft, draft->name),
				    CORDON_MEASURE_QUARANTINE);
}

/**
 * cordon_generation_init - publish the empty policy, generation 0
 * @monitor: no policy may ever deny anything
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cordon_generation_init(bool monitor)
{
	struct cordon_generation *generation;
	struct cordon_fault fault;

	forced_monitor = monitor;
	generation = generation_build(NULL, 0, 0, &fault);
	if (IS_ERR(generation))
		return PTR_ERR(generation);
	RCU_INIT_POINTER(current_generation, generation);
	return 0;
}

/**
 * cordon_generation_stop - enforce nothing any more, publish nothing any more
 *
 * Context: may sleep.
 */
void cordon_generation_stop(void)
{
	mutex_lock(&lock);
	stopped = true;
	confirm_waits = false;
	WRITE_ONCE(cordon_generation_word, CORDON_GENERATION_NONE);
	mutex_unlock(&lock);
	cancel_delayed_work_sync(&confirm_work);
}

/**
 * cordon_generation_exit - free all policies
 *
 * Context: may sleep; the hooks are detached, nobody reads.
 */
void cordon_generation_exit(void)
{
	mutex_lock(&lock);
	generation_retire(previous);
	generation_retire(generation_current());
	RCU_INIT_POINTER(current_generation, NULL);
	mutex_unlock(&lock);
	srcu_barrier(&cordon_srcu);
}
