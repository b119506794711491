// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of hooks: every place where the kernel asks Cordon.  Prototypes
 * are those of 7.3; a handler uses only what they have in common since 6.1.
 * Some are no LSM hooks, where there is none: wake_up_new_task(), what sends
 * the signals of timers, and mntns_install() and inet_sendpage(), which are
 * reached through tables of operations.
 */
#include <linux/kernel.h>

#include "handlers.h"
#include "hook.h"
#include "net_kept.h"

#define JUDGE(_name, _class, _wants, _handler) { \
	.name = _name, \
	.class = CORDON_CLASS_##_class, \
	.wants = CORDON_WANTS_##_wants, \
	.required = true, \
	.judge = _handler, \
}

#define PREPARE(_name, _class, _wants, _handler, _prepare) { \
	.name = _name, \
	.class = CORDON_CLASS_##_class, \
	.wants = CORDON_WANTS_##_wants, \
	.required = true, \
	.judge = _handler, \
	.prepare = _prepare, \
}

#define UNKEPT(_name, _class, _handler, _is_answered) { \
	.name = _name, \
	.class = CORDON_CLASS_##_class, \
	.required = true, \
	.is_answered = _is_answered, \
	.judge = _handler, \
}

#define NOTE(_name, _class, _handler) { \
	.name = _name, \
	.class = CORDON_CLASS_##_class, \
	.required = true, \
	.note = _handler, \
}

const struct cordon_hook_desc cordon_hook_table[] = {
	/*
	 * Labels first: (struct task_struct *task, u64 clone_flags), then the
	 * task alone.
	 */
	NOTE("security_task_free", EXEC, cordon_fork_free),
	JUDGE("security_task_alloc", EXEC, FORK, cordon_fork_alloc),
	NOTE("wake_up_new_task", EXEC, cordon_fork_wake),

	/* (struct linux_binprm *bprm) */
	JUDGE("security_bprm_creds_for_exec", EXEC, SUBJECT, cordon_exec_ask),
	JUDGE("security_bprm_check", EXEC, EXEC, cordon_exec_check),
	JUDGE("security_bprm_committed_creds", EXEC, EXEC, cordon_exec_commit),

	/* (struct file *file, unsigned long prot, unsigned long flags) */
	JUDGE("security_mmap_file", LOAD, SUBJECT, cordon_load_map),
	/* (struct vm_area_struct *vma, unsigned long, unsigned long prot) */
	JUDGE("security_file_mprotect", LOAD, SUBJECT, cordon_load_protect),

	/* (struct mm_struct *mm, long pages) */
	JUDGE("security_vm_enough_memory_mm", LOAD, SUBJECT, cordon_load_grow),

	/* (struct file *file) */
	JUDGE("security_file_open", FILE, SUBJECT, cordon_file_open),
	JUDGE("security_file_receive", FILE, SUBJECT, cordon_file_receive),
	/* Since 6.2; before, security_path_truncate() sees these too. */
	{
		.name = "security_file_truncate",
		.class = CORDON_CLASS_FILE,
		.wants = CORDON_WANTS_SUBJECT,
		.judge = cordon_file_truncate,
	},

	/* (const struct path *path, …) */
	JUDGE("security_path_truncate", FILE, SUBJECT, cordon_path_change),
	JUDGE("security_path_chmod", FILE, SUBJECT, cordon_path_change),
	JUDGE("security_path_chown", FILE, SUBJECT, cordon_path_change),
	/* (const struct path *dir, struct dentry *dentry, …) */
	JUDGE("security_path_mknod", FILE, SUBJECT, cordon_path_mknod),
	JUDGE("security_path_mkdir", FILE, SUBJECT, cordon_path_child),
	JUDGE("security_path_rmdir", FILE, SUBJECT, cordon_path_child),
	JUDGE("security_path_unlink", FILE, SUBJECT, cordon_path_child),
	JUDGE("security_path_symlink", FILE, SUBJECT, cordon_path_child),
	/* (const struct path *, struct dentry *, same two of the new name, …) */
	JUDGE("security_path_rename", FILE, SUBJECT, cordon_path_rename),
	/* (struct dentry *old, const struct path *dir, struct dentry *new) */
	JUDGE("security_path_link", FILE, SUBJECT, cordon_path_link),

	/* (struct task_struct *, struct kernel_siginfo *, int signal, …) */
	JUDGE("security_task_kill", EXEC, CONTINUE, cordon_custody_signal),
	/* (struct task_struct *, struct fown_struct *, int signal) */
	JUDGE("security_file_send_sigiotask", EXEC, CONTINUE,
	      cordon_custody_own_signal),
	/* (int signal, struct kernel_siginfo *, struct task_struct *, …) */
	JUDGE("do_send_sig_info", EXEC, CONTINUED, cordon_custody_sent),
	/* (struct k_itimer *): since 6.13, instead of the next */
	{
		.name = "posixtimer_send_sigqueue",
		.class = CORDON_CLASS_EXEC,
		.wants = CORDON_WANTS_SUSPENDED,
		.judge = cordon_custody_timer,
	},
	/* (struct sigqueue *, struct pid *, enum pid_type) */
	{
		.name = "send_sigqueue",
		.class = CORDON_CLASS_EXEC,
		.wants = CORDON_WANTS_SUSPENDED,
		.required = true,
		.replaced_by = "posixtimer_send_sigqueue",
		.judge = cordon_custody_timer,
	},
	/* (struct task_struct *child, unsigned int mode) */
	JUDGE("security_ptrace_access_check", EXEC, HELD, cordon_custody_trace),

	/* (const char *dev, const struct path *path, …) */
	JUDGE("security_sb_mount", FILE, ALWAYS, cordon_mount_mount),
	/* (struct vfsmount *mnt, int flags) */
	JUDGE("security_sb_umount", FILE, ALWAYS, cordon_mount_unmount),
	/* (const struct path *from, const struct path *to) */
	JUDGE("security_move_mount", FILE, ALWAYS, cordon_mount_move),
	/* (const struct path *old, const struct path *new) */
	JUDGE("security_sb_pivotroot", FILE, ALWAYS, cordon_mount_pivot),
	/* (struct fs_context *fc, struct fs_parameter *param) */
	JUDGE("security_fs_context_parse_param", FILE, SUBJECT,
	      cordon_mount_configure),
	/* (struct super_block *sb) */
	JUDGE("security_sb_kern_mount", FILE, SUBJECT, cordon_mount_create),
	/* (struct nsset *nsset, struct ns_common *ns) */
	JUDGE("mntns_install", FILE, SUBJECT, cordon_mount_enter),
	/* (const struct path *path) */
	JUDGE("security_path_chroot", FILE, SUBJECT, cordon_mount_chroot),
	/* (const struct cred *new) */
	JUDGE("security_uring_override_creds", FILE, SUBJECT,
	      cordon_mount_credentials),

	/* (struct sock *sk), then with what is made of it */
	NOTE("security_sk_free", NET, cordon_call_free),
	JUDGE("security_sk_clone", NET, LABELLED, cordon_call_clone),
	/* (int family, int type, int protocol, int kern) */
	JUDGE("security_socket_create", NET, SUBJECT, cordon_call_create),
	/* (struct socket *sock, …) */
	JUDGE("security_socket_post_create", NET, SUBJECT,
	      cordon_call_created),
	JUDGE("security_socket_bind", NET, SUBJECT, cordon_call_bind),
	JUDGE("security_socket_listen", NET, SUBJECT, cordon_call_listen),
	JUDGE("security_socket_accept", NET, SUBJECT, cordon_call_accept),
	PREPARE("security_socket_connect", NET, SUBJECT, cordon_call_connect,
		cordon_unix_prepare_connect),
	{
		.name = "security_socket_sendmsg",
		.class = CORDON_CLASS_NET,
		.required = true,
		.is_answered = cordon_kept_send,
		.prepare = cordon_unix_prepare_send,
		.judge = cordon_call_send,
	},
	/* Before 6.5, what is spliced into a stream; since, sendmsg sees it. */
	{
		.name = "inet_sendpage",
		.class = CORDON_CLASS_NET,
		.wants = CORDON_WANTS_SUBJECT,
		.judge = cordon_call_send_page,
	},
	UNKEPT("security_socket_recvmsg", NET, cordon_call_receive,
	       cordon_kept_receive),
	/* (struct sock *sk, struct socket *parent) */
	JUDGE("security_sock_graft", NET, SUBJECT, cordon_call_graft),
	/* (struct sock *sk, struct sk_buff *skb) */
	UNKEPT("security_sock_rcv_skb", NET, cordon_packet_receive,
	       cordon_packet_is_answered),
	/* (struct sock *sk, struct sock *other, struct sock *newsk) */
	JUDGE("security_unix_stream_connect", NET, SUBJECT,
	      cordon_unix_stream),
	/* (struct socket *sock, struct socket *other) */
	JUDGE("security_unix_may_send", NET, SUBJECT, cordon_unix_datagram),
};

const unsigned int cordon_hook_table_size = ARRAY_SIZE(cordon_hook_table);
