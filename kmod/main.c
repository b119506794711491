// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cordon: keeps every process to what it was meant to do.
 *
 *   hook_table.c    where the kernel asks
 *   hook.c          how: ftrace; stub_x86_64.S takes a call to its handler
 *   exec.c fork.c exit.c
 *                   who becomes which subject
 *   load.c file.c mount.c
 *                   the other handlers
 *   judge.c         from a question to an answer
 *   net_call.c net_packet.c net_unix.c
 *                   what is done with sockets, what comes and goes
 *   net_judge.c     from both ends of a flow to an answer; net_address.c,
 *                   net_peer.c, net_reply.c: what it asks
 *   socket.c        whose a socket is
 *   path.c          what an object is called
 *   label.c         which subject a task is
 *   table.c         what is known of an object of the kernel, by its address
 *   identity.c      what membership depends on
 *   sweep.c         tasks that ran before the policy came
 *   generation.c    which policy is in force
 *   segment.c segment_table.c segment_runtime.c port.c
 *                   which segments an address, or an interface, is in
 *   netfilter.c passage.c passage_memory.c neighbour.c frame.c frame_plain.c
 *   frame_sender.c recall.c
 *                   packets between segments
 *   claim.c         who may say that he is who
 *   event.c notice.c
 *                   telling of departures, and of all else
 *   journal.c       what was told, for a while
 *   learn.c held.c  what is learnt: what is done, what was there before
 *   behaviour.c behaviour_dump.c
 *                   the table of that, and reading it
 *   audit.c         for the Linux audit log
 *   respond.c       what follows a departure, beside the denial
 *   measure.c blocked.c pending.c hold.c
 *                   what is in force of that: of workloads, of addresses;
 *                   what waits for an answer, or for evidence
 *   netlink.c transaction.c record.c dump.c event_get.c order.c
 *                   speaking with cordonctl
 *   engine/         the decision itself
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "behaviour.h"
#include "exit.h"
#include "generation.h"
#include "handlers.h"
#include "hook.h"
#include "journal.h"
#include "label.h"
#include "netfilter.h"
#include "netlink.h"
#include "net_judge.h"
#include "notice.h"
#include "path.h"
#include "respond.h"
#include "segment.h"
#include "socket.h"
#include "version.h"

static char *mode = "enforce";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "enforce (default): as the manifests say; monitor: deny nothing, only tell");

/*
 * modprobe hands "cordon.mode=…" from the kernel's command line to the module,
 * insmod does not; it has to hold either way, since it is the way back in for
 * who is locked out.
 */
static bool command_line_says_monitor(void)
{
	static const char wanted[] = "cordon.mode=monitor";
	const size_t size = 4096;
	bool found = false;
	struct file *file;
	ssize_t length;
	char *rest;
	char *word;
	char *text;
	loff_t at = 0;

	text = kzalloc(size, GFP_KERNEL);
	if (!text)
		return false;
	file = filp_open("/proc/cmdline", O_RDONLY, 0);
	if (IS_ERR(file)) {
		pr_warn("/proc/cmdline cannot be read (%ld): cordon.mode on the kernel command line counts only with modprobe\n",
			PTR_ERR(file));
		goto out;
	}
	length = kernel_read(file, text, size - 1, &at);
	filp_close(file, NULL);
	rest = length > 0 ? text : NULL;
	while ((word = strsep(&rest, " \n")))
		found |= !strcmp(word, wanted);
out:
	kfree(text);
	return found;
}

static int __init cordon_init(void)
{
	bool monitor = command_line_says_monitor();
	unsigned int attached;
	unsigned int missing;
	int err;

	if (!strcmp(mode, "monitor")) {
		monitor = true;
	} else if (strcmp(mode, "enforce")) {
		pr_err("mode=%s is neither enforce nor monitor\n", mode);
		return -EINVAL;
	}
	err = cordon_behaviour_init();
	if (err)
		return err;
	err = cordon_journal_init();
	if (err)
		return err;
	err = cordon_label_init();
	if (err)
		goto out_journal;
	err = cordon_socket_init();
	if (err)
		goto out_label;
	cordon_net_reply_init();
	err = cordon_respond_init();
	if (err)
		goto out_socket;
	err = cordon_segment_init();
	if (err)
		goto out_respond;
	err = cordon_generation_init(monitor);
	if (err)
		goto out_segment;
	err = cordon_hook_attach();
	if (err)
		goto out_generation;
	cordon_exit_attach();
	cordon_path_know_root();
	cordon_notice_module(CORDON_EVENT_MODULE_LOAD);
	err = cordon_netlink_init();
	if (err) {
		pr_err("the netlink family cannot be registered (%d)\n", err);
		goto out_hook;
	}
	cordon_hook_count(&attached, &missing);
	pr_info("version %s, %u hooks attached%s; no policy is loaded yet\n",
		CORDON_VERSION, attached,
		monitor ? ", mode=monitor: nothing will be denied" : "");
	return 0;

out_hook:
	cordon_generation_stop();
	cordon_segment_stop();
	cordon_netfilter_exit();
	cordon_exit_detach();
	cordon_hook_detach();
	cordon_hook_exit();
out_generation:
	cordon_generation_exit();
	cordon_behaviour_exit();
out_segment:
	cordon_segment_exit();
out_respond:
	cordon_respond_exit();
out_socket:
	cordon_socket_exit();
out_label:
	cordon_label_exit();
out_journal:
	cordon_journal_exit();
	return err;
}

static void __exit cordon_exit(void)
{
	cordon_respond_stop();
	cordon_generation_stop();
	cordon_segment_stop();
	cordon_netfilter_exit();
	cordon_exit_detach();
	cordon_hook_detach();
	/* No departure follows, and somebody can still read those that were. */
	cordon_journal_close();
	cordon_notice_module(CORDON_EVENT_MODULE_UNLOAD);
	cordon_netlink_linger();
	cordon_netlink_exit();
	cordon_hook_exit();
	cordon_exec_exit();
	cordon_respond_exit();
	cordon_generation_exit();
	cordon_behaviour_exit();
	cordon_segment_exit();
	cordon_socket_exit();
	cordon_label_exit();
	cordon_journal_exit();
	pr_info("unloaded; nothing is enforced any more\n");
}

module_init(cordon_init);
module_exit(cordon_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Keeps every process to what it was meant to do");
MODULE_VERSION(CORDON_VERSION);
