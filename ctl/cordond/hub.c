// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/hub.h"

#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

bool hub_init(struct hub *hub)
{
	pthread_condattr_t attributes;

	memset(hub, 0, sizeof(*hub));
	hub->stop = eventfd(0, EFD_CLOEXEC);
	if (hub->stop < 0)
		return false;
	pthread_mutex_init(&hub->lock, NULL);
	/* A clock that is set must not make anybody wait for hours */
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&hub->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return true;
}

void hub_free(struct hub *hub)
{
	pthread_cond_destroy(&hub->changed);
	pthread_mutex_destroy(&hub->lock);
	close(hub->stop);
}

void hub_stop(struct hub *hub)
{
	pthread_mutex_lock(&hub->lock);
	hub->stopping = true;
	eventfd_write(hub->stop, 1);
	pthread_cond_broadcast(&hub->changed);
	pthread_mutex_unlock(&hub->lock);
}

bool hub_is_stopping(struct hub *hub)
{
	bool stopping;

	pthread_mutex_lock(&hub->lock);
	stopping = hub->stopping;
	pthread_mutex_unlock(&hub->lock);
	return stopping;
}

void hub_reopen(struct hub *hub)
{
	pthread_mutex_lock(&hub->lock);
	hub->reopens++;
	pthread_mutex_unlock(&hub->lock);
	/* Who waits for events looks at this, too. */
	hub_commit(hub);
}

unsigned int hub_reopens(struct hub *hub)
{
	unsigned int reopens;

	pthread_mutex_lock(&hub->lock);
	reopens = hub->reopens;
	pthread_mutex_unlock(&hub->lock);
	return reopens;
}

void hub_commit(struct hub *hub)
{
	pthread_mutex_lock(&hub->lock);
	hub->commits++;
	pthread_cond_broadcast(&hub->changed);
	pthread_mutex_unlock(&hub->lock);
}

static struct timespec deadline_in(unsigned int milliseconds)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_sec += milliseconds / 1000;
	time.tv_nsec += milliseconds % 1000 * 1000000L;
	if (time.tv_nsec >= 1000000000) {
		time.tv_sec++;
		time.tv_nsec -= 1000000000;
	}
	return time;
}

bool hub_wait(struct hub *hub, uint64_t *seen, unsigned int milliseconds)
{
	struct timespec deadline = deadline_in(milliseconds);
	bool stopping;

	pthread_mutex_lock(&hub->lock);
	while (!hub->stopping && hub->commits == *seen)
		if (pthread_cond_timedwait(&hub->changed, &hub->lock,
					   &deadline))
			break;
	*seen = hub->commits;
	stopping = hub->stopping;
	pthread_mutex_unlock(&hub->lock);
	return !stopping;
}

bool hub_pause(struct hub *hub, unsigned int milliseconds)
{
	struct timespec deadline = deadline_in(milliseconds);
	bool stopping;

	pthread_mutex_lock(&hub->lock);
	while (!hub->stopping)
		if (pthread_cond_timedwait(&hub->changed, &hub->lock,
					   &deadline))
			break;
	stopping = hub->stopping;
	pthread_mutex_unlock(&hub->lock);
	return !stopping;
}
