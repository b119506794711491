/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the kernels that Cordon runs on.  The rest of the
 * module is written for the newest; each block here names the version in
 * which it can go.  No other file tests LINUX_VERSION_CODE.
 */
#ifndef _CORDON_COMPAT_H
#define _CORDON_COMPAT_H

#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/hrtimer.h>
#include <linux/magic.h>
#include <linux/pid.h>
#include <linux/posix-timers.h>
#include <linux/signal_types.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

/* 6.12 names the setter after the structure it sets. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define ftrace_regs_set_instruction_pointer(fregs, ip) \
	ftrace_instruction_pointer_set(fregs, ip)
#define ftrace_regs_get_argument(fregs, n) \
	regs_get_kernel_argument(&(fregs)->regs, n)
#endif

/* 6.12 moved the accessors of unaligned words. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* 6.7 gave struct genl_info to dumps. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define cordon_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
#else
#define cordon_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#endif

/*
 * A file that a stacked file system opened below one that has been judged
 * already.  6.5 gave such files a mode bit of their own; before, only they
 * were opened without being accounted for.
 */
static inline bool cordon_file_is_backing(const struct file *file)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	return (__force unsigned int)(file->f_mode & FMODE_NOACCOUNT) != 0;
#else
	return (__force unsigned int)(file->f_mode & FMODE_BACKING) != 0;
#endif
}

/* A descriptor of a process.  6.9 opens it as a file of a file system. */
static inline bool cordon_file_is_pidfd(const struct file *file)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	return false;
#else
	return file_inode(file)->i_sb->s_magic == PID_FS_MAGIC;
#endif
}

/*
 * The path a user knows a mapped file by.  From 6.5 the file behind a mapping
 * of a stacked file system is the lower one, which remembers the upper path;
 * before, it pretended to have that path.
 */
static inline const struct path *cordon_file_user_path(struct file *file)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	return &file->f_path;
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	return file_real_path(file);
#else
	return file_user_path(file);
#endif
}

/* 6.7 passes get_file_rcu() the place of the pointer. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct file *cordon_get_file_rcu(struct file __rcu **place)
{
	struct file *file;

	rcu_read_lock();
	file = rcu_dereference(*place);
	if (file && !get_file_rcu(file))
		file = NULL;
	rcu_read_unlock();
	return file;
}
#else
static inline struct file *cordon_get_file_rcu(struct file __rcu **place)
{
	struct file *file;

	rcu_read_lock();
	file = get_file_rcu(place);
	rcu_read_unlock();
	return file;
}
#endif

/* 6.14 lets a program ask whether a file could be executed. */
static inline bool cordon_bprm_is_check(const struct linux_binprm *bprm)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	return false;
#else
	return bprm->is_check;
#endif
}

/*
 * 6.18 finds the table of TCP's sockets by itself.  To be written where it
 * stands among the arguments, without a comma behind it.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define cordon_hashinfo(net) (net)->ipv4.tcp_death_row.hashinfo,
#else
#define cordon_hashinfo(net)
#endif

/*
 * 6.13 hands over the timer to what sends its signal, instead of the signal and
 * whom it is for.  @arg: of posixtimer_send_sigqueue() or send_sigqueue().
 */
static inline int cordon_timer_signal(const unsigned long *arg,
				      struct pid **pid, enum pid_type *type)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	*pid = (struct pid *)arg[1];
	*type = (enum pid_type)arg[2];
	return ((const struct sigqueue *)arg[0])->info.si_signo;
#else
	const struct k_itimer *timer = (const struct k_itimer *)arg[0];

	*pid = timer->it_pid;
	*type = timer->it_pid_type;
	return timer->sigq.info.si_signo;
#endif
}

/* 6.16 keeps the prototype to itself; the function is exported as before. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
struct sock *unix_peer_get(struct sock *sk);
#endif

/*
 * 6.16 tells probes of the end of a task whether its process ends.  To be
 * written behind the task, without a comma before it.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define cordon_exit_probe_more
#else
#define cordon_exit_probe_more , bool group_dead
#endif

/* 6.18 calls the queue that is no processor's the default. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define cordon_unbound_queue system_unbound_wq
#else
#define cordon_unbound_queue system_dfl_wq
#endif

/* 6.16 renamed the accessor of a timer's owner. */
#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	from_timer(var, callback_timer, timer_fieldname)
#endif

/* 6.13 sets a timer up with its function. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* 6.17 renamed the queue of works that any processor may do. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define system_dfl_wq system_unbound_wq
#endif

#endif /* _CORDON_COMPAT_H */
