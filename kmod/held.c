// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was there before learning began: what is mapped, open, connected when a
 * class of a workload begins to learn, from the kernel's own tables.  It is
 * held against the rules as if it were done now; what they do not allow is
 * recorded, and marked.
 *
 * Who opens something meanwhile is learnt by that: the policy is in force.
 */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <net/ip.h>

#include "compat.h"
#include "event.h"
#include "generation.h"
#include "label.h"
#include "learn.h"
#include "net_judge.h"
#include "path.h"
#include "socket.h"

#define FILES_AT_ONCE	64

/* Tries, of a millisecond, to look at the mappings of a process. */
#define PATIENCE	100

/**
 * struct look - what is looked for
 * @generation: in force
 * @begins: for each of its workloads, classes that begin to learn, as bits
 */
struct look {
	const struct cordon_generation *generation;
	u8 *begins;
};

/**
 * struct holder - who holds something
 * @look: what is looked for
 * @subject: a task's, or a socket's
 * @uid: real user, initial user namespace
 */
struct holder {
	const struct look *look;
	struct cordon_subject subject;
	u32 uid;
};

static bool begins(const struct holder *holder, enum cordon_class class)
{
	const u32 workload = holder->subject.workload;

	return workload < holder->look->generation->count &&
	       holder->look->begins[workload] & 1U << class;
}

static void record(const struct holder *holder,
		   const struct cordon_verdict *verdict,
		   const struct cordon_object *object,
		   const struct cordon_event_peer *peer)
{
	const struct cordon_learn_act act = {
		.generation = holder->look->generation,
		.subject = &holder->subject,
		.verdict = verdict,
		.object = object,
		.peer = peer,
		.workload = CORDON_NONE,
		.uid = holder->uid,
		.held = true,
	};

	if (verdict->action != CORDON_ACTION_ALLOW)
		cordon_learn_act(&act);
}

static void judge(const struct holder *holder, enum cordon_op op,
		  const struct cordon_object *object)
{
	struct cordon_verdict verdict;

	cordon_policy_decide(holder->look->generation->policy,
			     &holder->subject, op, object, &verdict);
	record(holder, &verdict, object, NULL);
}

static u32 uid_of(struct task_struct *task)
{
	u32 uid;

	rcu_read_lock();
	uid = from_kuid(&init_user_ns, __task_cred(task)->uid);
	rcu_read_unlock();
	return uid;
}

/* --- what is mapped ------------------------------------------------------------- */

static void look_at_mapping(const struct holder *holder,
			    const struct vm_area_struct *vma)
{
	static const char memory[] = "anon:memory";
	const struct cordon_object anonymous = {
		.kind = CORDON_OBJECT_ANON,
		.path = memory,
		.length = sizeof(memory) - 1,
	};
	struct cordon_path name cordon_uninitialized;

	if (!(vma->vm_flags & VM_EXEC))
		return;
	if (vma->vm_file) {
		cordon_path_of_held(&name, vma->vm_file);
		judge(holder, CORDON_OP_LOAD, &name.object);
		cordon_path_put(&name);
	}
	/* What the kernel maps by itself (vdso) has operations, and no file. */
	if (vma_is_anonymous((struct vm_area_struct *)vma) ||
	    (vma->vm_file && (vma->vm_flags & (VM_SHARED | VM_WRITE)) ==
			     VM_WRITE))
		judge(holder, CORDON_OP_LOAD, &anonymous);
}

/*
 * A member can keep its memory locked for as long as it likes, by a fault that
 * nobody serves: policies must not wait for that.
 */
static bool mappings_lock(struct mm_struct *mm, struct task_struct *task)
{
	unsigned int tries;

	for (tries = 0; tries < PATIENCE; tries++) {
		if (mmap_read_trylock(mm))
			return true;
		msleep(1);
	}
	pr_warn("pid %d keeps its memory locked: what it has mapped is not learnt\n",
		task_pid_nr(task));
	return false;
}

static void look_at_mappings(const struct holder *holder,
			     struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct vm_area_struct *vma;

	if (!mm)
		return;
	/* Names are built under this lock by mprotect(2), too. */
	if (mappings_lock(mm, task)) {
		VMA_ITERATOR(iterator, mm, 0);

		for_each_vma(iterator, vma)
			look_at_mapping(holder, vma);
		mmap_read_unlock(mm);
	}
	mmput(mm);
}

/* --- what is open --------------------------------------------------------------- */

/* Files of one task, referenced: they cannot be named under the table's lock. */
struct files {
	struct file *file[FILES_AT_ONCE];
	unsigned int count;
	unsigned int next;	/* descriptor to go on with */
};

static int file_take(const void *data, struct file *file, unsigned int fd)
{
	/* iterate_fd() takes a const pointer, whatever is behind it. */
	struct files *files = (struct files *)data;

	if (files->count == FILES_AT_ONCE)
		return 1;
	files->next = fd + 1;
	if (file->f_mode & FMODE_PATH || sock_from_file(file) ||
	    file->f_path.mnt->mnt_flags & MNT_INTERNAL)
		return 0;
	files->file[files->count++] = get_file(file);
	return 0;
}

static void look_at_file(const struct holder *holder, struct file *file)
{
	struct cordon_path name cordon_uninitialized;

	cordon_path_of_held(&name, file);
	if (file->f_mode & FMODE_READ)
		judge(holder, CORDON_OP_READ, &name.object);
	if (file->f_mode & FMODE_WRITE)
		judge(holder, CORDON_OP_WRITE, &name.object);
	cordon_path_put(&name);
}

static void look_at_files(const struct holder *holder,
			  struct task_struct *task)
{
	struct files *files = kzalloc(sizeof(*files), GFP_KERNEL);
	unsigned int i;

	if (!files) {
		pr_err("no memory to learn what pid %d has open\n",
		       task_pid_nr(task));
		return;
	}
	do {
		files->count = 0;
		task_lock(task);
		if (task->files)
			iterate_fd(task->files, files->next, file_take, files);
		task_unlock(task);
		for (i = 0; i < files->count; i++) {
			look_at_file(holder, files->file[i]);
			fput(files->file[i]);
		}
	} while (files->count == FILES_AT_ONCE);
	kfree(files);
}

/* --- who was started by whom ------------------------------------------------------ */

static void look_at_parent(const struct look *look, struct task_struct *task,
			   struct cordon_label *label)
{
	const struct cordon_policy *policy = look->generation->policy;
	const struct cordon_object exe = {
		.kind = CORDON_OBJECT_PATH,
		.path = cordon_label_exe(label),
		.length = label->exe_length,
	};
	struct holder holder = { .look = look };
	struct cordon_label *above;
	struct task_struct *parent;

	rcu_read_lock();
	parent = rcu_dereference(task->real_parent);
	above = cordon_label_get(parent);
	holder.uid = from_kuid(&init_user_ns, __task_cred(parent)->uid);
	rcu_read_unlock();
	/* Of another program, of the same workload; kept by cordon_srcu. */
	if (!above || strcmp(cordon_label_name(above),
			     cordon_label_name(label)) ||
	    !strcmp(cordon_label_exe(above), cordon_label_exe(label)))
		return;
	cordon_label_resolve(above, policy, &holder.subject);
	if (begins(&holder, CORDON_CLASS_EXEC))
		judge(&holder, CORDON_OP_EXEC, &exe);
}

static int look_at_task(struct task_struct *task, struct cordon_label *label,
			void *data)
{
	struct holder holder = { .look = data, .uid = uid_of(task) };
	const bool is_leader = thread_group_leader(task);

	cordon_label_resolve(label, holder.look->generation->policy,
			     &holder.subject);
	if (is_leader && begins(&holder, CORDON_CLASS_EXEC))
		look_at_parent(data, task, label);
	if (is_leader && begins(&holder, CORDON_CLASS_LOAD))
		look_at_mappings(&holder, task);
	/* Threads share theirs, mostly. */
	if (begins(&holder, CORDON_CLASS_FILE) &&
	    (is_leader || READ_ONCE(task->files) !=
			  READ_ONCE(task->group_leader->files)))
		look_at_files(&holder, task);
	cond_resched();
	return 0;
}

/* --- sockets ------------------------------------------------------------------------ */

static enum cordon_op op_of(const struct cordon_socket_info *info)
{
	if (info->state == CORDON_FLOW_LISTENING ||
	    cordon_net_is_any(&info->remote))
		return CORDON_OP_LISTEN;
	if (info->state == CORDON_FLOW_OPEN)
		return cordon_net_is_own_port(info->net, info->local_port) ?
		       CORDON_OP_ACCEPT : CORDON_OP_CONNECT;
	return info->state == CORDON_FLOW_INBOUND ? CORDON_OP_ACCEPT :
						    CORDON_OP_CONNECT;
}

static int look_at_socket(const struct cordon_socket_info *info, void *data)
{
	const struct look *look = data;
	const struct cordon_net_ends ends = {
		.net = info->net,
		.protocol = info->protocol,
		.local = info->local,
		.remote = info->remote,
		.local_port = info->local_port,
		.remote_port = info->remote_port,
	};
	struct cordon_peer peer = { .workload = CORDON_NONE };
	const struct cordon_event_peer both = {
		.net = info->net,
		.protocol = info->protocol,
		.local = info->local,
		.remote = info->remote,
		.local_port = info->local_port,
		.remote_port = info->remote_port,
		.to = &peer,
	};
	struct cordon_flow flow = { .protocol = info->protocol };
	struct holder holder = { .look = look, .uid = info->uid };
	u64 expires = CORDON_SEGMENT_NEVER;
	struct cordon_verdict verdict;

	cordon_label_resolve(info->label, look->generation->policy,
			     &holder.subject);
	if ((info->family != AF_INET && info->family != AF_INET6) ||
	    !info->local_port || !begins(&holder, CORDON_CLASS_NET))
		return 0;
	flow.op = op_of(info);
	flow.port = flow.op == CORDON_OP_CONNECT ? info->remote_port :
						   info->local_port;
	if (flow.op != CORDON_OP_LISTEN) {
		cordon_net_peer_find(&peer, look->generation, &ends, NULL,
				     &expires);
		flow.peer = &peer;
	}
	cordon_policy_decide_flow(look->generation->policy, &holder.subject,
				  &flow, &verdict);
	record(&holder, &verdict, NULL, &both);
	return 0;
}

/* --- who begins ------------------------------------------------------------- */

static u8 classes_of(const struct cordon_draft *draft,
		     const struct cordon_policy *before)
{
	const char *name = cordon_draft_text(draft, draft->name);
	const u32 old = cordon_policy_document(before, name, strlen(name));
	unsigned int class;
	u8 classes = 0;

	for (class = 0; class < CORDON_CLASS_COUNT; class++)
		if (draft->mode[class] == CORDON_MODE_LEARN &&
		    (old == CORDON_NONE ||
		     cordon_policy_draft(before, old)->mode[class] !=
			CORDON_MODE_LEARN))
			classes |= 1U << class;
	return classes;
}

/**
 * cordon_learn_held - learn what was there before
 * @generation: in force, and its tasks are labelled
 * @before: that was in force before it
 *
 * Context: may sleep; both are kept by the caller.
 */
void cordon_learn_held(const struct cordon_generation *generation,
		       const struct cordon_policy *before)
{
	struct cordon_table_cursor tasks = { };
	struct cordon_table_cursor sockets = { };
	struct look look = { .generation = generation };
	u8 any = 0;
	int srcu;
	u32 i;

	look.begins = kvcalloc(generation->count, sizeof(*look.begins),
			       GFP_KERNEL);
	if (!look.begins) {
		pr_err("no memory to learn what was there before: load the policy again\n");
		return;
	}
	for (i = 0; i < generation->count; i++) {
		look.begins[i] = classes_of(generation->blocks[i]->draft,
					    before);
		any |= look.begins[i];
	}
	srcu = srcu_read_lock(&cordon_srcu);
	if (any)
		cordon_label_walk(&tasks, look_at_task, &look);
	if (any & 1U << CORDON_CLASS_NET)
		cordon_socket_walk(&sockets, look_at_socket, &look);
	srcu_read_unlock(&cordon_srcu, srcu);
	kvfree(look.begins);
}
