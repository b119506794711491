// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl/cordond/evidence_keep.h"
#include "ctl/cordond/evidence_take.h"
#include "ctl/cordond/pace.h"
#include "names.h"
#include "output.h"

/* Events that are looked at again after a start: of what may still wait */
#define EVIDENCE_BACK 1024

/* Of a suspension, so many milliseconds later it is no evidence any more */
#define EVIDENCE_LATE 60000

/* Wake-ups are not relied upon: at the latest after so many milliseconds */
#define EVIDENCE_PATIENCE 10000

/* How often is looked whether the module is there, in milliseconds */
#define EVIDENCE_ABSENT 1000

/* Processes that are read, or copied, at a time */
#define EVIDENCE_JOBS 64

/**
 * struct batch - the processes of one response
 * @lock: of @references and @taking, and of @about while it is copied
 * @references: of who uses it; the last one releases it
 * @taking: processes that are not read yet; whoever reads the last lets the kill
 *	come.  One that makes its reader wait has it come by itself
 * @hold: id of the kill that waits; 0: none does
 * @config: where it is kept
 * @proc: of /proc
 * @flows: what sockets are connected to
 * @about: what all documents say
 * @target: what all have in common
 * @id: likewise
 */
struct batch {
	pthread_mutex_t lock;
	unsigned int references;
	unsigned int taking;
	uint32_t hold;
	const struct config_evidence *config;
	int proc;
	struct client_dump flows;
	json_t *about;
	struct evidence_target target;
	struct evidence_id id;
};

/** struct job - one process of it; a thread */
struct job {
	struct batch *batch;
	struct evidence_target target;
	int folder;
};

static pthread_mutex_t jobs_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int jobs;	/* that run, under that lock */

static void jobs_change(int by)
{
	pthread_mutex_lock(&jobs_lock);
	jobs += (unsigned int)by;
	pthread_mutex_unlock(&jobs_lock);
}

static unsigned int jobs_number(void)
{
	unsigned int number;

	pthread_mutex_lock(&jobs_lock);
	number = jobs;
	pthread_mutex_unlock(&jobs_lock);
	return number;
}

static void batch_put(struct batch *batch)
{
	unsigned int left;

	pthread_mutex_lock(&batch->lock);
	left = --batch->references;
	pthread_mutex_unlock(&batch->lock);
	if (left)
		return;
	pthread_mutex_destroy(&batch->lock);
	client_dump_free(&batch->flows);
	json_decref(batch->about);
	close(batch->proc);
	free(batch);
}

/* By a connection of its own: threads do not share them */
static void let_come(uint32_t hold)
{
	struct client *client;
	bool waited;

	if (client_open_quietly(&client))
		return;
	client_hold_end(client, hold, &waited);
	client_close(client);
}

static void taken(struct batch *batch)
{
	unsigned int left;

	pthread_mutex_lock(&batch->lock);
	left = --batch->taking;
	pthread_mutex_unlock(&batch->lock);
	if (!left && batch->hold)
		let_come(batch->hold);
}

static json_t *time_text(uint64_t nanoseconds)
{
	time_t seconds = (time_t)(nanoseconds / 1000000000);
	char text[64], whole[80];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(whole, sizeof(whole), "%s.%09" PRIu64 "Z", text,
		 nanoseconds % 1000000000);
	return json_string(whole);
}

static uint64_t clock_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* --- one process ------------------------------------------------------------ */

/* What all of the batch have in common, shared by threads: copied */
static void say_about(struct batch *batch, const struct evidence_id *id,
		      json_t *document)
{
	char text[EVIDENCE_ID];
	json_t *about;

	pthread_mutex_lock(&batch->lock);
	about = json_deep_copy(batch->about);
	pthread_mutex_unlock(&batch->lock);
	json_object_update(document, about);
	json_decref(about);
	json_object_set_new(document, "id",
			    json_string(evidence_id_print(id, text)));
	json_object_set_new(document, "taken",
			    time_text(clock_of(CLOCK_REALTIME)));
}

static void *run_job(void *argument)
{
	struct job *job = argument;
	struct batch *batch = job->batch;
	struct evidence_id id = batch->id;
	struct evidence evidence;
	char why[EVIDENCE_WHY] = "out of memory";
	char text[EVIDENCE_ID];
	bool done;

	id.tgid = job->target.tgid;
	done = evidence_take(batch->proc, job->folder, &job->target,
			     &evidence);
	taken(batch);
	close(job->folder);
	if (done) {
		say_about(batch, &id, evidence.document);
		done = evidence_keep(batch->config, &id, &evidence, why);
		evidence_free(&evidence);
	}
	if (!done)
		output_warn("evidence %s is not kept: %s",
			    evidence_id_print(&id, text), why);
	free(job);
	batch_put(batch);
	jobs_change(-1);
	return NULL;
}

static void start_job(struct batch *batch, uint32_t tgid, bool unlisted)
{
	struct evidence_id id = batch->id;
	pthread_attr_t attributes;
	int error = ENOMEM;
	pthread_t thread;
	struct job *job;

	/* By who was killed since */
	id.tgid = tgid;
	if (evidence_is_kept(batch->config, &id))
		return;
	job = calloc(1, sizeof(*job));
	if (!job)
		return;
	job->batch = batch;
	job->target = batch->target;
	job->target.tgid = tgid;
	job->target.unlisted = unlisted;
	if (tgid != batch->target.tgid)
		job->target.start = 0;
	job->folder = evidence_open(batch->proc, &job->target);
	if (job->folder < 0) {
		free(job);
		return;
	}
	pthread_mutex_lock(&batch->lock);
	batch->references++;
	batch->taking++;
	pthread_mutex_unlock(&batch->lock);
	jobs_change(1);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (jobs_number() <= EVIDENCE_JOBS)
		error = pthread_create(&thread, &attributes, run_job, job);
	pthread_attr_destroy(&attributes);
	if (!error)
		return;
	output_warn("no evidence of process %" PRIu32 ": %u are being read or copied already",
		    tgid, jobs_number() - 1);
	jobs_change(-1);
	close(job->folder);
	free(job);
	taken(batch);
	batch_put(batch);
}

/* --- one response ------------------------------------------------------------- */

static json_t *about_event(const struct client_event *event)
{
	json_t *about = json_object();
	char text[32];

	snprintf(text, sizeof(text), "%016" PRIx64, event->instance);
	json_object_set_new(about, "evidence", json_integer(1));
	json_object_set_new(about, "instance", json_string(text));
	json_object_set_new(about, "sequence",
			    json_integer((json_int_t)event->sequence));
	json_object_set_new(about, "time", time_text(event->time));
	json_object_set_new(about, "response",
			    json_string(cordon_response_name(event->response)));
	json_object_set_new(about, "workload",
			    evidence_text(event->workload,
					  strlen(event->workload)));
	json_object_set_new(about, "acting", json_integer(event->tgid));
	return about;
}

static struct batch *batch_new(const struct config *config,
			       const struct client_event *event)
{
	struct batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return NULL;
	batch->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pthread_mutex_init(&batch->lock, NULL);
	/* Of who starts the others */
	batch->references = 1;
	batch->taking = 1;
	batch->hold = event->hold;
	batch->config = &config->evidence;
	batch->about = about_event(event);
	batch->target = (struct evidence_target){
		.tgid = event->tgid, .start = event->start,
		.before = event->boottime,
	};
	batch->id = (struct evidence_id){
		.instance = event->instance, .sequence = event->sequence,
	};
	return batch;
}

static bool is_listed(const uint32_t *tgids, size_t count, uint32_t tgid)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (tgids[i] == tgid)
			return true;
	return false;
}

/* Who acted first, then others of the workload if these are meant too */
static void start_jobs(struct batch *batch, const struct client_event *event,
		       const struct client_dump *tasks)
{
	bool all = event->response != CORDON_RESPONSE_KILL;
	uint32_t tgids[CORDON_EVIDENCE_MAX];
	size_t count = 0, i;
	bool unlisted = false;
	bool is_member = false;

	for (i = 0; i < tasks->count; i++)
		if (tasks->tasks[i].tgid == event->tgid) {
			is_member = true;
			unlisted = !tasks->tasks[i].program;
		}
	/* By hand it is no member who orders it */
	if (event->tgid && (!all || is_member)) {
		start_job(batch, event->tgid, unlisted);
		tgids[count++] = event->tgid;
	}
	for (i = 0; all && i < tasks->count; i++) {
		const struct client_task *task = &tasks->tasks[i];

		if (strcmp(task->workload, event->workload) ||
		    is_listed(tgids, count, task->tgid))
			continue;
		if (count == CORDON_EVIDENCE_MAX) {
			output_warn("workload %s has more than %u processes: evidence is taken of so many",
				    event->workload, CORDON_EVIDENCE_MAX);
			break;
		}
		start_job(batch, task->tgid, !task->program);
		tgids[count++] = task->tgid;
	}
}

static void respond(const struct config *config, struct client *client,
		    const struct client_event *event)
{
	struct batch *batch = batch_new(config, event);
	struct client_dump tasks = { .count = 0 };

	if (!batch)
		return;
	client_dump(client, CORDON_CMD_TASK_DUMP, &tasks);
	client_dump(client, CORDON_CMD_FLOW_DUMP, &batch->flows);
	batch->target.flows = batch->flows.flows;
	batch->target.flow_count = batch->flows.count;
	start_jobs(batch, event, &tasks);
	client_dump_free(&tasks);
	taken(batch);
	batch_put(batch);
}

/* After a start: a kill may have come already, and a suspension be known */
static bool is_wanted(const struct client_event *event)
{
	uint64_t age;

	if (event->type != CORDON_EVENT_RESPONSE ||
	    event->evidence != CORDON_EVIDENCE_WANTED)
		return false;
	age = (clock_of(CLOCK_BOOTTIME) - event->boottime) / 1000000;
	return age <= (event->hold ? CORDON_HOLD_TIME : EVIDENCE_LATE);
}

/* --- the module ----------------------------------------------------------------- */

/**
 * struct watch - connections to the module, and where it was read to
 * @reader: reads events
 * @waker: waits for them
 * @orders: dumps, and lets kills come
 * @instance: of the module
 * @next: number of the next event
 */
struct watch {
	struct client *reader;
	struct client *waker;
	struct client *orders;
	uint64_t instance;
	uint64_t next;
};

static void leave(struct watch *watch)
{
	client_close(watch->reader);
	client_close(watch->waker);
	client_close(watch->orders);
	watch->reader = watch->waker = watch->orders = NULL;
}

static bool enter(struct watch *watch)
{
	struct client_status status;

	if (client_open_quietly(&watch->orders) ||
	    client_open_quietly(&watch->reader) ||
	    client_open_quietly(&watch->waker) ||
	    client_subscribe(watch->waker) ||
	    client_status(watch->orders, &status))
		return false;
	if (watch->instance != status.instance) {
		watch->instance = status.instance;
		watch->next = status.events > EVIDENCE_BACK ?
			      status.events - EVIDENCE_BACK + 1 : 1;
	}
	client_event_from(watch->reader, watch->instance, watch->next);
	return true;
}

static bool read_events(const struct config *config, struct hub *hub,
			struct watch *watch)
{
	struct client_event event;
	bool got;

	while (!hub_is_stopping(hub)) {
		if (client_event_next(watch->reader, &event, &got))
			return false;
		if (!got)
			return true;
		watch->next = event.sequence + 1;
		if (is_wanted(&event))
			respond(config, watch->orders, &event);
	}
	return true;
}

static void wait_events(struct hub *hub, struct watch *watch)
{
	struct pollfd wait[] = {
		{ .fd = client_descriptor(watch->waker), .events = POLLIN },
		{ .fd = hub->stop, .events = POLLIN },
	};

	poll(wait, 2, EVIDENCE_PATIENCE);
	client_wakeups_drop(watch->waker);
}

void evidence_run(const struct config *config, struct hub *hub)
{
	struct watch watch = { .instance = 0 };
	unsigned int tries, refusals = 0;

	evidence_clean(&config->evidence);
	while (!hub_is_stopping(hub)) {
		if (enter(&watch)) {
			refusals = 0;
			while (read_events(config, hub, &watch) &&
			       !hub_is_stopping(hub))
				wait_events(hub, &watch);
		} else if (watch.orders) {
			/* Why was said by who found it */
			refusals++;
		}
		leave(&watch);
		hub_pause(hub, EVIDENCE_ABSENT + pace_delay(refusals));
	}
	/* What was taken is kept, as far as the end can wait for it */
	for (tries = 0; jobs_number() && tries < 100; tries++)
		poll(NULL, 0, 20);
}
