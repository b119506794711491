// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "blocked.h"
#include "compat.h"
#include "custody.h"
#include "engine/names.h"
#include "engine/respond.h"
#include "event.h"
#include "generation.h"
#include "hold.h"
#include "label.h"
#include "measure.h"
#include "net_judge.h"
#include "notice.h"
#include "pending.h"
#include "respond.h"

/* Departures that are counted at one time, of each kind. */
#define THRESHOLDS	2048

/*
 * Under thresholds_lock.  Each kind has its own table: who sends under many
 * addresses must not have a subject's departures forgotten.
 */
static struct cordon_thresholds thresholds[CORDON_PER_COUNT];
static DEFINE_SPINLOCK(thresholds_lock);	/* interrupts are off */
static siphash_key_t seeds[2];

/* Of blocked addresses one after the other is told, unless it is a flood. */
static DEFINE_RATELIMIT_STATE(block_limit, 5 * HZ, 100);
static atomic_t untold;

static void tick(struct work_struct *work);
static DECLARE_DELAYED_WORK(tick_work, tick);

/* --- telling ---------------------------------------------------------------- */

/**
 * cordon_respond_tell - make events of what becomes of a deed
 * @deed: what
 * @cause: why
 * @phase: what becomes of it
 *
 * Context: any.
 */
void cordon_respond_tell(const struct cordon_deed *deed,
			 const struct cordon_deed_cause *cause,
			 enum cordon_phase phase)
{
	unsigned long left = deed->responses;
	unsigned int bit;

	for_each_set_bit(bit, &left, CORDON_RESPONSE_COUNT)
		cordon_notice_response(&(struct cordon_notice_response){
			.response = bit,
			.phase = phase,
			.workload = deed->workload,
			.address = bit == CORDON_RESPONSE_BLOCK_PEER ?
				&deed->address : NULL,
			.owner = cause->owner,
			.ttl = deed->steps ? deed->ttl[0] : 0,
			.pending = cause->pending,
		});
}

static void log_begin(const struct cordon_deed *deed,
		      enum cordon_response response, u32 ttl)
{
	static const char *const ends[CORDON_RESPONSE_COUNT] = {
		[CORDON_RESPONSE_SUSPEND] = "resume",
		[CORDON_RESPONSE_QUARANTINE] = "release",
	};

	if (!ends[response])
		pr_notice_ratelimited("response: workload %s: %s\n",
				      deed->workload,
				      cordon_response_name(response));
	else if (ttl)
		pr_notice_ratelimited("response: workload %s: %s for %u s; `cordonctl %s %s` ends it\n",
				      deed->workload,
				      cordon_response_name(response), ttl,
				      ends[response], deed->workload);
	else
		pr_notice_ratelimited("response: workload %s: %s, until `cordonctl %s %s`\n",
				      deed->workload,
				      cordon_response_name(response),
				      ends[response], deed->workload);
}

/* Of a kill that does not wait there is none. */
static enum cordon_evidence evidence_of(const struct cordon_deed *deed,
					enum cordon_response response)
{
	if (!deed->evidence)
		return CORDON_EVIDENCE_NONE;
	switch (response) {
	case CORDON_RESPONSE_SUSPEND:
		return CORDON_EVIDENCE_WANTED;
	case CORDON_RESPONSE_KILL:
	case CORDON_RESPONSE_KILL_WORKLOAD:
		return CORDON_EVIDENCE_LOST;
	default:
		return CORDON_EVIDENCE_NONE;
	}
}

static void tell_begin(const struct cordon_deed *deed,
		       const struct cordon_deed_cause *cause,
		       enum cordon_response response)
{
	u32 ttl = deed->steps ? deed->ttl[0] : 0;

	log_begin(deed, response, ttl);
	cordon_notice_response(&(struct cordon_notice_response){
		.response = response,
		.phase = CORDON_PHASE_BEGIN,
		.workload = deed->workload,
		.owner = cause->owner,
		.ttl = ttl,
		.pending = cause->pending,
		.evidence = evidence_of(deed, response),
	});
}

/* The next one that is told of stands for those that were not. */
static void tell_block(const struct cordon_deed *deed,
		       const struct cordon_deed_cause *cause, u32 step)
{
	if (!__ratelimit(&block_limit)) {
		atomic_inc(&untold);
		return;
	}
	cordon_notice_response(&(struct cordon_notice_response){
		.response = CORDON_RESPONSE_BLOCK_PEER,
		.phase = CORDON_PHASE_BEGIN,
		.workload = deed->workload,
		.address = &deed->address,
		.owner = cause->owner,
		.number = 1 + atomic_xchg(&untold, 0),
		.ttl = deed->ttl[step - 1],
		.pending = cause->pending,
	});
}

/* --- doing ------------------------------------------------------------------ */

/**
 * cordon_deed_is_on - is a process the one that a deed is on
 * @deed: which
 * @task: one of its threads: current, or under RCU
 *
 * Context: any.
 */
bool cordon_deed_is_on(const struct cordon_deed *deed, struct task_struct *task)
{
	return deed->tgid && task_tgid_nr(task) == deed->tgid &&
	       pid_alive(task) &&
	       task->group_leader->start_boottime == deed->start;
}

/* Return: is there such a process still. */
static bool kill_other(const struct cordon_deed *deed)
{
	const struct cordon_label_signal order = {
		.name = deed->workload,
		.signal = SIGKILL,
		.tgid = deed->tgid,
		.start = deed->start,
	};

	/* Without a number all would be meant. */
	return deed->tgid && cordon_measure_signal(&order);
}

/* The host's processes have no label to be found by. */
static bool kill_current(void)
{
	if (cordon_label_is_exempt(current))
		return false;
	send_sig(SIGKILL, current, 1);
	return true;
}

static bool kill_process(const struct cordon_deed *deed)
{
	return cordon_deed_is_on(deed, current) ? kill_current() :
						  kill_other(deed);
}

static bool is_held(const struct cordon_deed *deed,
		    const struct cordon_deed_cause *cause,
		    enum cordon_response response)
{
	return deed->evidence && cordon_hold_begin(deed, cause, response);
}

static int measure_begin(const struct cordon_deed *deed,
			 const struct cordon_deed_cause *cause,
			 enum cordon_response response)
{
	int began = cordon_measure_begin(deed->workload,
					 response == CORDON_RESPONSE_SUSPEND ?
						 CORDON_MEASURE_SUSPEND :
						 CORDON_MEASURE_QUARANTINE,
					 deed->steps ? deed->ttl[0] : 0,
					 cause->is_order);

	if (began > 0 || (!began && cause->is_order))
		tell_begin(deed, cause, response);
	return min(began, 0);
}

static bool has(const struct cordon_deed *deed, enum cordon_response response)
{
	return deed->responses & 1U << response;
}

/**
 * cordon_respond_do - do what is to be done
 * @deed: what
 * @cause: why
 *
 * All of it is in force when this returns, but for a kill that waits for
 * evidence: who is to be killed is stopped then.
 *
 * Context: any but with interrupts off.
 * Return: 0, or -ENOSPC: there is no room for another measure.
 */
int cordon_respond_do(const struct cordon_deed *deed,
		      const struct cordon_deed_cause *cause)
{
	int err = 0;
	u32 step;

	if (has(deed, CORDON_RESPONSE_BLOCK_PEER)) {
		step = cordon_blocked_add(&deed->address, deed->ttl,
					  deed->steps, cause->is_order);
		if (step)
			tell_block(deed, cause, step);
	}
	if (has(deed, CORDON_RESPONSE_QUARANTINE))
		err = measure_begin(deed, cause, CORDON_RESPONSE_QUARANTINE);
	if (has(deed, CORDON_RESPONSE_SUSPEND))
		err = measure_begin(deed, cause, CORDON_RESPONSE_SUSPEND) ?:
		      err;
	if (has(deed, CORDON_RESPONSE_KILL_WORKLOAD) &&
	    !is_held(deed, cause, CORDON_RESPONSE_KILL_WORKLOAD)) {
		cordon_measure_kill(deed->workload);
		tell_begin(deed, cause, CORDON_RESPONSE_KILL_WORKLOAD);
	}
	if (has(deed, CORDON_RESPONSE_KILL) &&
	    !is_held(deed, cause, CORDON_RESPONSE_KILL) &&
	    kill_process(deed))
		tell_begin(deed, cause, CORDON_RESPONSE_KILL);
	schedule_delayed_work(&tick_work, HZ);
	return err;
}

/* --- what follows a departure ----------------------------------------------- */

static u64 text_hash(const char *text, const siphash_key_t *seed)
{
	return siphash(text, strlen(text), seed);
}

static const char *program_name(const struct cordon_policy *policy,
				const struct cordon_subject *subject)
{
	const struct cordon_draft *draft;
	u32 index;

	index = cordon_policy_program_index(policy, subject->program);
	if (index == CORDON_NONE)
		return "";
	draft = cordon_policy_draft(policy, subject->workload);
	return cordon_draft_text(draft, cordon_draft_program(draft, index)->exe);
}

/*
 * What is counted, and blocked, for a peer.  Of IPv6 whoever has one address
 * has its /64; but not on a link of this host, where others have theirs.
 */
static struct cordon_address address_of(const struct cordon_event_peer *peer)
{
	struct cordon_address address = peer->to->address;

	if (cordon_address_has_network(&address) &&
	    !cordon_net_is_near(peer->net, &address))
		address.word[1] = 0;
	return address;
}

/*
 * Whose addresses they are: anybody may have networks of his own, and in them
 * any addresses, which say nothing of who has them outside.
 */
static u64 realm_of(const struct cordon_event_peer *peer)
{
	return peer->net && peer->net->user_ns != &init_user_ns ?
		peer->net->net_cookie : 0;
}

/*
 * By names, so that a new policy does not make who was counted innocent.
 * @peer: per which it is counted; NULL: per subject
 */
static void key_of(struct cordon_threshold_key *key, const char *workload,
		   const char *program, u64 number,
		   const struct cordon_event_peer *peer)
{
	struct cordon_address address;
	unsigned int i;

	if (peer)
		address = address_of(peer);

	for (i = 0; i < ARRAY_SIZE(key->word); i++) {
		u64 who = text_hash(workload, &seeds[i]) ^ number;

		key->word[i] = peer ?
			siphash_4u64(who, address.word[0], address.word[1],
				     realm_of(peer), &seeds[i]) :
			siphash_3u64(who, text_hash(program, &seeds[i]), 0,
				     &seeds[i]);
	}
}

static bool is_reached(const struct cordon_draft_response *response,
		       const struct cordon_threshold_key *key)
{
	unsigned long flags;
	bool reached;

	spin_lock_irqsave(&thresholds_lock, flags);
	reached = cordon_threshold_reached(&thresholds[response->per], key,
					   response->times,
					   (u64)response->within * NSEC_PER_SEC,
					   ktime_get_boottime_ns());
	spin_unlock_irqrestore(&thresholds_lock, flags);
	return reached;
}

/* Is it an address that must not be blocked, whoever sends under it? */
static bool is_protected(const struct cordon_policy *policy,
			 const struct cordon_event_peer *peer)
{
	if (!peer || !peer->to ||
	    cordon_policy_is_protected(policy, peer->to))
		return true;
	/* Anyone may have networks of his own, and any addresses in them. */
	if (!peer->net || peer->net->user_ns != &init_user_ns)
		return true;
	/* What comes from outside is not believed to be this host's. */
	return cordon_net_is_own(peer->net, &peer->to->address);
}

static const char *rule_text(const struct cordon_draft *draft,
			     const struct cordon_verdict *verdict)
{
	if (verdict->reason != CORDON_REASON_RULE)
		return "";
	return cordon_draft_text(draft,
				 cordon_draft_rule(draft, verdict->rule)->text);
}

static void follow(const struct cordon_policy *policy,
		   const struct cordon_draft_response *response,
		   const struct cordon_verdict *verdict,
		   const struct cordon_event_peer *peer,
		   const struct cordon_event_owner *owner)
{
	const struct cordon_draft *draft =
		cordon_policy_draft(policy, verdict->workload);
	struct cordon_deed_cause cause = { .owner = owner };
	struct cordon_deed deed = {
		.op = verdict->op,
		.responses = response->responses,
		.steps = response->steps,
		.tgid = owner->tgid,
		.start = owner->start,
		.evidence = response->evidence,
	};

	strscpy(deed.workload, cordon_draft_text(draft, draft->name),
		sizeof(deed.workload));
	strscpy(deed.rule, rule_text(draft, verdict), sizeof(deed.rule));
	memcpy(deed.ttl, response->ttl, sizeof(deed.ttl));
	if (has(&deed, CORDON_RESPONSE_BLOCK_PEER)) {
		if (is_protected(policy, peer))
			deed.responses &= ~(1U << CORDON_RESPONSE_BLOCK_PEER);
		else
			deed.address = address_of(peer);
	}
	if (!deed.responses)
		return;
	if (!response->lapse) {
		cordon_respond_do(&deed, &cause);
		return;
	}
	cause.pending = cordon_pending_add(&deed, response->lapse);
	if (!cause.pending)
		return;
	cordon_respond_tell(&deed, &cause, CORDON_PHASE_ASK);
	pr_notice_ratelimited("response %u of workload %s waits for an answer, for %u s: `cordonctl pending`\n",
			      cause.pending, deed.workload, response->lapse);
	schedule_delayed_work(&tick_work, HZ);
}

/*
 * Is it anybody's doing now: of who comes, or of who acts?  What comes by a flow
 * that this end has opened says nothing of this end.  What a stream sends was
 * asked about when somebody wrote it; the kernel sends it again for minutes, and
 * its end after its owner's, though a policy may have come that denies it.  (What
 * a raw socket sends is not asked about before, whatever its header says.)
 */
static bool is_doing(const struct cordon_event_peer *peer,
		     const struct cordon_verdict *verdict)
{
	if (peer->comes)
		return verdict->op == CORDON_OP_ACCEPT;
	return !peer->is_written;
}

/**
 * cordon_respond - do what is to follow a departure
 * @generation: that decided
 * @subject: who; NULL: it only passes
 * @verdict: what; nothing follows what monitor mode lets pass
 * @peer: both ends of a flow; NULL: it is none
 * @owner: the process; NULL: none.  With a pid it is current
 *
 * Repeats count like the first time, whether they are told or not.
 *
 * Context: any but with interrupts off; under cordon_srcu.
 */
void cordon_respond(const struct cordon_generation *generation,
		    const struct cordon_subject *subject,
		    const struct cordon_verdict *verdict,
		    const struct cordon_event_peer *peer,
		    const struct cordon_event_owner *owner)
{
	const struct cordon_policy *policy = generation->policy;
	const struct cordon_draft_response *response;
	struct cordon_threshold_key key;
	const struct cordon_draft *draft;
	const char *workload;
	u32 index = 0;

	if (!subject || !owner)
		return;
	if (peer && !is_doing(peer, verdict))
		return;
	while ((response = cordon_respond_next(policy, verdict, &index))) {
		draft = cordon_policy_draft(policy, verdict->workload);
		workload = cordon_draft_text(draft, draft->name);
		if (response->per == CORDON_PER_PEER && !(peer && peer->to))
			continue;
		/* Else a guest could fill the table, by which others are found. */
		if (response->responses == 1U << CORDON_RESPONSE_BLOCK_PEER &&
		    realm_of(peer))
			continue;
		if (response->times > 1) {
			key_of(&key, workload, program_name(policy, subject),
			       index, response->per == CORDON_PER_PEER ?
			       peer : NULL);
			if (!is_reached(response, &key))
				continue;
		}
		follow(policy, response, verdict, peer, owner);
	}
}

/* --- what time does ------------------------------------------------------------ */

static void lapse(void)
{
	struct cordon_deed_cause cause = { };
	struct cordon_deed deed;

	while (cordon_pending_lapsed(&cause.pending, &deed)) {
		cordon_respond_tell(&deed, &cause, CORDON_PHASE_LAPSE);
		pr_notice_ratelimited("response %u of workload %s has lapsed: nobody has answered\n",
				      cause.pending, deed.workload);
	}
}

static void tell_blocks(enum cordon_phase phase, u32 number)
{
	if (number)
		cordon_notice_response(&(struct cordon_notice_response){
			.response = CORDON_RESPONSE_BLOCK_PEER,
			.phase = phase,
			.number = number,
		});
}

/* Once a second while there is anything that may end. */
static void tick(struct work_struct *work)
{
	u32 ended;
	bool more;

	more = cordon_measure_tick();
	more |= cordon_blocked_tick(&ended);
	tell_blocks(CORDON_PHASE_BEGIN, atomic_xchg(&untold, 0));
	tell_blocks(CORDON_PHASE_EXPIRE, ended);
	lapse();
	if (more || cordon_pending_count())
		schedule_delayed_work(&tick_work, HZ);
}

/** cordon_respond_status - what is in force; context: any */
void cordon_respond_status(struct cordon_respond_status *status)
{
	*status = (struct cordon_respond_status){
		.suspended = atomic_read(&cordon_measure_number[CORDON_MEASURE_SUSPEND]),
		.quarantined = atomic_read(&cordon_measure_number[CORDON_MEASURE_QUARANTINE]),
		.blocked = atomic_read(&cordon_blocked_number),
		.pending = cordon_pending_count(),
		.displaced = cordon_blocked_displaced(),
	};
}

static void thresholds_free(void)
{
	unsigned int i;

	for (i = 0; i < CORDON_PER_COUNT; i++)
		kvfree(thresholds[i].entries);
}

static int thresholds_init(void)
{
	unsigned int i;

	for (i = 0; i < CORDON_PER_COUNT; i++) {
		thresholds[i].count = THRESHOLDS;
		thresholds[i].entries = kvcalloc(THRESHOLDS,
						 sizeof(*thresholds[i].entries),
						 GFP_KERNEL_ACCOUNT);
		if (!thresholds[i].entries)
			return -ENOMEM;
	}
	return 0;
}

/** cordon_respond_init - before the hooks; may sleep; Return: 0 or -ENOMEM */
int cordon_respond_init(void)
{
	int err;

	ratelimit_set_flags(&block_limit, RATELIMIT_MSG_ON_RELEASE);
	get_random_bytes(seeds, sizeof(seeds));
	err = thresholds_init();
	if (!err)
		err = cordon_measure_init();
	if (err)
		thresholds_free();
	else
		cordon_hold_init(cordon_custody_init());
	return err;
}

/**
 * cordon_respond_stop - end what is in force, before the module goes
 *
 * Context: may sleep; the hooks are attached still.
 */
void cordon_respond_stop(void)
{
	cordon_hold_close();
	cordon_measure_close();
	cancel_delayed_work_sync(&tick_work);
}

/**
 * cordon_respond_exit - forget all
 *
 * Context: may sleep; neither hooks nor requests come any more.
 */
void cordon_respond_exit(void)
{
	cancel_delayed_work_sync(&tick_work);
	cordon_hold_exit();
	cordon_custody_exit();
	cordon_measure_exit();
	cordon_blocked_exit();
	thresholds_free();
}
