/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The handlers of all hooks, by the file they are in.  Each gets the hooked
 * function's arguments; what these are stands in hook_table.c.
 */
#ifndef _CORDON_HANDLERS_H
#define _CORDON_HANDLERS_H

#include <linux/types.h>

struct sock;
struct task_struct;

/* exec.c */
long cordon_exec_ask(const unsigned long *arg);
long cordon_exec_check(const unsigned long *arg);
long cordon_exec_commit(const unsigned long *arg);
bool cordon_exec_is_pending(void);
void cordon_exec_forget(struct task_struct *task);
void cordon_exec_exit(void);

/* fork.c */
long cordon_fork_alloc(const unsigned long *arg);
void cordon_fork_wake(unsigned long task);
void cordon_fork_free(unsigned long task);

/* custody.c */
long cordon_custody_signal(const unsigned long *arg);
long cordon_custody_own_signal(const unsigned long *arg);
long cordon_custody_sent(const unsigned long *arg);
long cordon_custody_timer(const unsigned long *arg);
long cordon_custody_trace(const unsigned long *arg);

/* load.c */
long cordon_load_map(const unsigned long *arg);
long cordon_load_protect(const unsigned long *arg);
long cordon_load_grow(const unsigned long *arg);

/* file.c */
long cordon_file_open(const unsigned long *arg);
long cordon_file_receive(const unsigned long *arg);
long cordon_file_truncate(const unsigned long *arg);
long cordon_path_change(const unsigned long *arg);
long cordon_path_mknod(const unsigned long *arg);
long cordon_path_child(const unsigned long *arg);
long cordon_path_rename(const unsigned long *arg);
long cordon_path_link(const unsigned long *arg);

/* mount.c */
long cordon_mount_mount(const unsigned long *arg);
long cordon_mount_unmount(const unsigned long *arg);
long cordon_mount_move(const unsigned long *arg);
long cordon_mount_pivot(const unsigned long *arg);
long cordon_mount_configure(const unsigned long *arg);
long cordon_mount_create(const unsigned long *arg);
long cordon_mount_chroot(const unsigned long *arg);
long cordon_mount_enter(const unsigned long *arg);
long cordon_mount_credentials(const unsigned long *arg);

/* net_call.c */
long cordon_call_create(const unsigned long *arg);
long cordon_call_created(const unsigned long *arg);
long cordon_call_bind(const unsigned long *arg);
long cordon_call_listen(const unsigned long *arg);
long cordon_call_accept(const unsigned long *arg);
long cordon_call_graft(const unsigned long *arg);
long cordon_call_connect(const unsigned long *arg);
long cordon_call_send(const unsigned long *arg);
long cordon_call_send_page(const unsigned long *arg);
long cordon_call_receive(const unsigned long *arg);
long cordon_call_clone(const unsigned long *arg);
void cordon_call_free(unsigned long address);
long cordon_call_take_over(struct sock *sk);

/* net_packet.c */
bool cordon_packet_is_answered(unsigned long sk, unsigned long skb);
long cordon_packet_receive(const unsigned long *arg);

/* net_unix.c */
void *cordon_unix_prepare_connect(const unsigned long *arg);
void *cordon_unix_prepare_send(const unsigned long *arg);
long cordon_unix_stream(const unsigned long *arg);
long cordon_unix_datagram(const unsigned long *arg);

#endif /* _CORDON_HANDLERS_H */
