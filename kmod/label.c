// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "generation.h"
#include "label.h"

#define TABLE_BITS	12
#define LOCK_BITS	6

/**
 * struct entry - the label of one task
 * @node: in its bucket
 * @task: key; never followed without a reference taken under the bucket lock
 * @label: the entry holds a reference
 * @born: the task exists; before wake_up_new_task() its fork may still fail in
 *	a way that leaves the entry behind, and @task must not be followed
 * @rcu: for the deferred free
 */
struct entry {
	struct hlist_node node;
	struct task_struct *task;
	struct cordon_label __rcu *label;
	bool born;
	struct rcu_head rcu;
};

static struct hlist_head table[1 << TABLE_BITS];
static spinlock_t locks[1 << LOCK_BITS];
static struct kmem_cache *entries;
static atomic_t tasks;

static struct hlist_head *bucket_of(const struct task_struct *task)
{
	return &table[hash_ptr((void *)task, TABLE_BITS)];
}

/* Taken with interrupts off: task_free may come from an RCU callback. */
static spinlock_t *lock_of(const struct hlist_head *bucket)
{
	return &locks[(bucket - table) & ((1 << LOCK_BITS) - 1)];
}

static struct entry *entry_find(struct hlist_head *bucket,
				const struct task_struct *task)
{
	struct entry *entry;

	hlist_for_each_entry_rcu(entry, bucket, node,
				 srcu_read_lock_held(&cordon_srcu) ||
				 lockdep_is_held(lock_of(bucket)))
		if (entry->task == task)
			return entry;
	return NULL;
}

static void label_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct cordon_label, rcu));
}

/**
 * cordon_label_put - drop a reference
 * @label: may be NULL
 *
 * Context: any.
 */
void cordon_label_put(struct cordon_label *label)
{
	if (label && refcount_dec_and_test(&label->references))
		call_srcu(&cordon_srcu, &label->rcu, label_free);
}

/* Only the callback reads entries under RCU alone, and it reads no label. */
static void entry_free(struct rcu_head *rcu)
{
	struct entry *entry = container_of(rcu, struct entry, rcu);

	cordon_label_put(rcu_dereference_protected(entry->label, true));
	kmem_cache_free(entries, entry);
}

static void entry_free_srcu(struct rcu_head *rcu)
{
	call_rcu(rcu, entry_free);
}

/**
 * cordon_label_new - make a label
 * @name: the workload's name; empty for the host
 * @name_length: its size in bytes
 * @program: path its entry is looked up by
 * @program_length: its size in bytes, below CORDON_PATH_MAX
 * @exe: path of the executable
 * @exe_length: its size in bytes, below CORDON_PATH_MAX
 *
 * Context: may sleep.
 * Return: a label with one reference, or NULL without memory.
 */
struct cordon_label *cordon_label_new(const char *name, u32 name_length,
				      const char *program, u32 program_length,
				      const char *exe, u32 exe_length)
{
	struct cordon_label *label;
	char *text;

	label = kmalloc(struct_size(label, text, (size_t)name_length +
				    program_length + exe_length + 3),
			GFP_KERNEL_ACCOUNT);
	if (!label)
		return NULL;
	refcount_set(&label->references, 1);
	atomic64_set(&label->resolved, 0);
	label->name_length = name_length;
	label->program_length = program_length;
	label->exe_length = exe_length;
	text = label->text;
	memcpy(text, name, name_length);
	text[name_length] = '\0';
	text += name_length + 1;
	memcpy(text, program, program_length);
	text[program_length] = '\0';
	text += program_length + 1;
	memcpy(text, exe, exe_length);
	text[exe_length] = '\0';
	return label;
}

/**
 * cordon_label_for - make a label of a workload
 * @draft: the workload
 * @program: what its entry is looked up by
 * @exe: what it runs
 *
 * Context: may sleep.
 * Return: a label with one reference, or NULL without memory.
 */
struct cordon_label *cordon_label_for(const struct cordon_draft *draft,
				      const struct cordon_object *program,
				      const struct cordon_object *exe)
{
	const char *name = cordon_draft_text(draft, draft->name);

	return cordon_label_new(name, strlen(name), program->path,
				program->length, exe->path, exe->length);
}

/** cordon_label_same - do two labels, perhaps NULL, say the same */
bool cordon_label_same(const struct cordon_label *a,
		       const struct cordon_label *b)
{
	return a && b && a->name_length == b->name_length &&
	       a->program_length == b->program_length &&
	       a->exe_length == b->exe_length &&
	       !memcmp(a->text, b->text, (size_t)a->name_length +
		       a->program_length + a->exe_length + 3);
}

/*
 * What a label resolved to, in one word so that it can be read and replaced
 * without a lock: the generation's low half, workload and program each in 16
 * bits, all ones for none.
 */
static u64 resolved_pack(u64 generation, u32 workload, u32 program)
{
	static_assert(CORDON_WORKLOADS_MAX < U16_MAX);
	static_assert(CORDON_PROGRAMS_MAX < U16_MAX);
	return generation << 32 | (u32)(u16)workload << 16 | (u16)program;
}

static u32 resolved_index(u16 packed)
{
	return packed == U16_MAX ? CORDON_NONE : packed;
}

/**
 * cordon_label_resolve - the subject a label is in a policy
 * @label: the label; remembers the answer
 * @policy: the policy
 * @subject: filled; @subject->self points into @label
 *
 * A label whose workload is not loaded is the host's.
 *
 * Context: any; under cordon_srcu.
 */
void cordon_label_resolve(struct cordon_label *label,
			  const struct cordon_policy *policy,
			  struct cordon_subject *subject)
{
	u64 generation = cordon_policy_generation(policy);
	u64 resolved = atomic64_read(&label->resolved);

	if (!resolved || resolved >> 32 != (u32)generation) {
		u32 workload = CORDON_NONE;
		u32 program = CORDON_NONE;

		if (label->name_length)
			workload = cordon_policy_workload(policy,
							  cordon_label_name(label),
							  label->name_length);
		if (workload == CORDON_NONE)
			workload = cordon_policy_host(policy);
		if (workload != CORDON_NONE)
			program = cordon_policy_program(policy, workload,
							cordon_label_program(label),
							label->program_length);
		resolved = resolved_pack(generation, workload, program);
		atomic64_set(&label->resolved, resolved);
	}
	subject->workload = resolved_index(resolved >> 16);
	subject->program = resolved_index(resolved);
	subject->self = cordon_label_exe(label);
	subject->self_length = label->exe_length;
}

/**
 * cordon_label_exists - has this task an entry
 * @task: any task, or the address one had
 *
 * Context: any.
 */
bool cordon_label_exists(struct task_struct *task)
{
	struct hlist_head *bucket = bucket_of(task);
	bool found;

	if (likely(!READ_ONCE(bucket->first)))
		return false;
	rcu_read_lock();
	found = entry_find(bucket, task);
	rcu_read_unlock();
	return found;
}

/**
 * cordon_label_is_exempt - is this task nobody's, not even the host's
 * @task: any task
 *
 * Kernel threads and the first process: a manifest of the host must not be
 * able to stop the machine from being administered.
 *
 * Context: any.
 */
bool cordon_label_is_exempt(struct task_struct *task)
{
	return task->flags & PF_KTHREAD || is_global_init(task);
}

/**
 * cordon_label_subject - does a manifest speak of this task
 * @task: any task
 *
 * Context: any.
 */
bool cordon_label_subject(struct task_struct *task)
{
	if (READ_ONCE(cordon_generation_state) == CORDON_GENERATION_HOST &&
	    !cordon_label_is_exempt(task))
		return true;
	return cordon_label_exists(task);
}

/**
 * cordon_label_get - the label of a task
 * @task: any task
 *
 * Context: any; under cordon_srcu, which keeps the label.
 * Return: the label, or NULL: the host's.
 */
struct cordon_label *cordon_label_get(struct task_struct *task)
{
	struct hlist_head *bucket = bucket_of(task);
	struct entry *entry;

	if (!READ_ONCE(bucket->first))
		return NULL;
	entry = entry_find(bucket, task);
	return entry ? srcu_dereference(entry->label, &cordon_srcu) : NULL;
}

static struct entry *entry_new(struct task_struct *task,
			       struct cordon_label *label, gfp_t gfp)
{
	struct entry *entry = kmem_cache_alloc(entries, gfp);

	if (!entry)
		return NULL;
	refcount_inc(&label->references);
	RCU_INIT_POINTER(entry->label, label);
	entry->task = task;
	entry->born = task == current;
	return entry;
}

/**
 * cordon_label_set - give a task a label, whatever it had
 * @task: current, or a task that is being made: cordon_label_born() follows
 * @label: the caller holds a reference; the table takes its own
 * @gfp: for the entry
 *
 * Context: as @gfp.
 * Return: 0 or -ENOMEM, then the task has what it had.
 */
int cordon_label_set(struct task_struct *task, struct cordon_label *label,
		     gfp_t gfp)
{
	struct hlist_head *bucket = bucket_of(task);
	spinlock_t *lock = lock_of(bucket);
	struct cordon_label *old = NULL;
	struct entry *entry;
	struct entry *fresh;
	unsigned long flags;

	fresh = entry_new(task, label, gfp);
	if (!fresh)
		return -ENOMEM;
	spin_lock_irqsave(lock, flags);
	entry = entry_find(bucket, task);
	if (entry) {
		old = rcu_replace_pointer(entry->label, label,
					  lockdep_is_held(lock));
	} else {
		hlist_add_head_rcu(&fresh->node, bucket);
		atomic_inc(&tasks);
	}
	spin_unlock_irqrestore(lock, flags);
	if (entry) {
		/* The old entry took over the reference of the fresh one. */
		kmem_cache_free(entries, fresh);
		cordon_label_put(old);
	}
	return 0;
}

/**
 * cordon_label_born - a task that is being made will not fail any more
 * @task: whose label was set before
 *
 * Context: any.
 */
void cordon_label_born(struct task_struct *task)
{
	struct hlist_head *bucket = bucket_of(task);
	spinlock_t *lock = lock_of(bucket);
	struct entry *entry;
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	entry = entry_find(bucket, task);
	if (entry)
		entry->born = true;
	spin_unlock_irqrestore(lock, flags);
}

/**
 * cordon_label_replace - set a label only where it still is what was seen
 * @task: referenced by the caller
 * @old: what it must have; NULL: no entry
 * @label: the caller holds a reference; the table takes its own.  NULL: no
 *	entry
 *
 * Context: may sleep.
 * Return: false if another label was there, or there was no memory.
 */
bool cordon_label_replace(struct task_struct *task, struct cordon_label *old,
			  struct cordon_label *label)
{
	struct hlist_head *bucket = bucket_of(task);
	spinlock_t *lock = lock_of(bucket);
	struct cordon_label *found = NULL;
	struct entry *entry;
	struct entry *fresh = NULL;
	bool done = false;

	if (label) {
		fresh = entry_new(task, label, GFP_KERNEL_ACCOUNT);
		if (!fresh)
			return false;
		fresh->born = true;
	}
	spin_lock_irq(lock);
	entry = entry_find(bucket, task);
	if (entry)
		found = rcu_dereference_protected(entry->label,
						  lockdep_is_held(lock));
	if (found == old && (found || label)) {
		if (entry && fresh) {
			hlist_replace_rcu(&entry->node, &fresh->node);
		} else if (entry) {
			hlist_del_rcu(&entry->node);
			atomic_dec(&tasks);
		} else {
			hlist_add_head_rcu(&fresh->node, bucket);
			atomic_inc(&tasks);
		}
		done = true;
	}
	spin_unlock_irq(lock);
	if (done && entry)
		call_srcu(&cordon_srcu, &entry->rcu, entry_free_srcu);
	if (!done && fresh) {
		cordon_label_put(label);
		kmem_cache_free(entries, fresh);
	}
	return done;
}

/**
 * cordon_label_remove - a task is gone
 * @task: its address is about to be free for another
 *
 * Context: any.
 */
void cordon_label_remove(struct task_struct *task)
{
	struct hlist_head *bucket = bucket_of(task);
	spinlock_t *lock = lock_of(bucket);
	struct entry *entry;
	unsigned long flags;

	if (!READ_ONCE(bucket->first))
		return;
	spin_lock_irqsave(lock, flags);
	entry = entry_find(bucket, task);
	if (entry) {
		hlist_del_rcu(&entry->node);
		atomic_dec(&tasks);
	}
	spin_unlock_irqrestore(lock, flags);
	if (entry)
		call_srcu(&cordon_srcu, &entry->rcu, entry_free_srcu);
}

/** cordon_label_tasks - how many tasks are labelled */
unsigned int cordon_label_tasks(void)
{
	return atomic_read(&tasks);
}

/*
 * The @skip-th labelled task of a bucket, referenced, or NULL.  An entry is
 * taken out before its task is freed, but the count may have fallen to zero
 * already: such a task is passed over.
 */
static struct task_struct *bucket_task(struct hlist_head *bucket,
				       unsigned int skip,
				       struct cordon_label **label)
{
	spinlock_t *lock = lock_of(bucket);
	struct task_struct *task = NULL;
	struct entry *entry;

	spin_lock_irq(lock);
	hlist_for_each_entry(entry, bucket, node) {
		if (skip) {
			skip--;
			continue;
		}
		if (!entry->born ||
		    !refcount_inc_not_zero(&entry->task->usage))
			continue;
		task = entry->task;
		*label = rcu_dereference_protected(entry->label,
						   lockdep_is_held(lock));
		break;
	}
	spin_unlock_irq(lock);
	return task;
}

/**
 * cordon_label_walk - visit labelled tasks
 * @cursor: 0 at the start; where to go on in a later call
 * @visit: called for each
 * @data: for @visit
 *
 * Tasks that come or go meanwhile may be missed, none is visited twice unless
 * others of its bucket go.
 *
 * Context: may sleep; under cordon_srcu.
 * Return: 0 at the end, or what @visit returned; the visit that stopped the
 * walk is repeated by the next call.
 */
int cordon_label_walk(unsigned long *cursor, cordon_label_visit_t visit,
		      void *data)
{
	const unsigned int shift = BITS_PER_LONG / 2;
	struct cordon_label *label;
	struct task_struct *task;
	int err;

	while (*cursor >> shift < ARRAY_SIZE(table)) {
		struct hlist_head *bucket = &table[*cursor >> shift];
		unsigned int skip = *cursor & ((1UL << shift) - 1);

		task = bucket_task(bucket, skip, &label);
		if (!task) {
			*cursor = ((*cursor >> shift) + 1) << shift;
			continue;
		}
		err = visit(task, label, data);
		put_task_struct(task);
		if (err)
			return err;
		++*cursor;
	}
	return 0;
}

int cordon_label_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(locks); i++)
		spin_lock_init(&locks[i]);
	entries = KMEM_CACHE(entry, SLAB_ACCOUNT);
	return entries ? 0 : -ENOMEM;
}

/**
 * cordon_label_exit - forget all labels
 *
 * Context: may sleep; the hooks are detached.
 */
void cordon_label_exit(void)
{
	struct hlist_node *next;
	struct entry *entry;
	unsigned int i;

	/* Both stages of entry_free_srcu(), and the labels' own. */
	srcu_barrier(&cordon_srcu);
	rcu_barrier();
	for (i = 0; i < ARRAY_SIZE(table); i++)
		hlist_for_each_entry_safe(entry, next, &table[i], node)
			entry_free(&entry->rcu);
	srcu_barrier(&cordon_srcu);
	kmem_cache_destroy(entries);
}
