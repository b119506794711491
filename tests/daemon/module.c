// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A module that is not there: what cordond asks it for, answered by the clock.
 *
 * Events are made at a steady rate, from the time that MODULE_BEGIN says (s,
 * CLOCK_REALTIME): MODULE_RATE a second, until there are MODULE_EVENTS, of which
 * the last MODULE_HELD are held.  What an event says follows from its number
 * alone, so that whoever reads it twice, or after a crash, reads the same.  A
 * quarter of them is of class net, the others of class file.
 *
 * With MODULE_KILL, a process, the last event is that this one is held; it is
 * killed when the evidence is taken.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "ctl/client_private.h"

/* Wake-ups, in ns; as often as the module has them at most */
#define WAKE 10000000

static uint64_t number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : 0;
}

static uint64_t newest(void)
{
	uint64_t made, most = number("MODULE_EVENTS");
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if ((uint64_t)now.tv_sec < number("MODULE_BEGIN"))
		return 0;
	made = ((uint64_t)now.tv_sec - number("MODULE_BEGIN")) *
	       number("MODULE_RATE") +
	       (uint64_t)now.tv_nsec * number("MODULE_RATE") / 1000000000;
	return made < most ? made : most;
}

static uint64_t oldest(void)
{
	uint64_t last = newest(), held = number("MODULE_HELD");

	return last > held ? last - held + 1 : 1;
}

/* Events of each topic up to and including one */
static void count_made(uint64_t sequence, uint64_t made[CORDON_TOPIC_COUNT])
{
	memset(made, 0, CORDON_TOPIC_COUNT * sizeof(*made));
	made[CORDON_TOPIC_NET] = sequence / 4;
	made[CORDON_TOPIC_FILE] = sequence - sequence / 4;
}

/* What the connection is for is the number of the next event */
struct connection {
	struct client client;
	int timer;
};

static struct connection *connection_of(const struct client *client)
{
	return (struct connection *)client;
}

int client_open_quietly(struct client **client)
{
	const struct itimerspec ticks = {
		.it_value.tv_nsec = WAKE, .it_interval.tv_nsec = WAKE,
	};
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		return EXIT_FAILED;
	connection->timer = timerfd_create(CLOCK_MONOTONIC,
					   TFD_CLOEXEC | TFD_NONBLOCK);
	timerfd_settime(connection->timer, 0, &ticks, NULL);
	*client = &connection->client;
	return EXIT_OK;
}

int client_open(struct client **client)
{
	return client_open_quietly(client);
}

void client_close(struct client *client)
{
	if (!client)
		return;
	close(connection_of(client)->timer);
	free(client->events.data);
	free(connection_of(client));
}

int client_subscribe(struct client *client)
{
	(void)client;
	return EXIT_OK;
}

int client_descriptor(const struct client *client)
{
	return connection_of(client)->timer;
}

void client_wakeups_drop(struct client *client)
{
	uint64_t ticks;

	while (read(connection_of(client)->timer, &ticks, sizeof(ticks)) > 0)
		;
}

int client_status(struct client *client, struct client_status *status)
{
	(void)client;
	*status = (struct client_status){
		.version = "none", .events = newest(), .first = oldest(),
		.ring = 4096, .instance = number("MODULE_BEGIN"),
	};
	count_made(status->events, status->made);
	return EXIT_OK;
}

/* It knows of nobody. */
int client_dump(struct client *client, enum cordon_command command,
		struct client_dump *dump)
{
	(void)client;
	(void)command;
	memset(dump, 0, sizeof(*dump));
	return EXIT_OK;
}

void client_dump_free(struct client_dump *dump)
{
	(void)dump;
}

int client_hold_end(struct client *client, uint32_t hold, bool *waited)
{
	(void)client;
	*waited = hold == 7;
	if (*waited)
		kill((pid_t)number("MODULE_KILL"), SIGKILL);
	return EXIT_OK;
}

void client_event_from(struct client *client, uint64_t instance,
		       uint64_t sequence)
{
	client->asked_instance = instance;
	client->cursor = sequence;
}

/* Just now: of what is over there would be no evidence. */
static void put_hold(struct nl_msg *message, uint64_t sequence)
{
	uint64_t made[CORDON_TOPIC_COUNT];
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	count_made(sequence - 1, made);
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, sequence);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_RESPONSE);
	nla_put_u8(message, CORDON_EVENT_A_TOPIC, CORDON_TOPIC_RESPONSE);
	nla_put_u64(message, CORDON_EVENT_A_NUMBER, 1);
	nla_put(message, CORDON_EVENT_A_MADE, sizeof(made), made);
	nla_put_u64(message, CORDON_EVENT_A_TIME,
		    number("MODULE_BEGIN") * 1000000000 + sequence);
	nla_put_u64(message, CORDON_EVENT_A_BOOTTIME,
		    (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "web");
	nla_put_u32(message, CORDON_EVENT_A_TGID,
		    (uint32_t)number("MODULE_KILL"));
	nla_put_u8(message, CORDON_EVENT_A_RESPONSE, CORDON_RESPONSE_KILL);
	nla_put_u8(message, CORDON_EVENT_A_PHASE, CORDON_PHASE_HOLD);
	nla_put_u8(message, CORDON_EVENT_A_EVIDENCE, CORDON_EVIDENCE_WANTED);
	nla_put_u32(message, CORDON_EVENT_A_HOLD, 7);
}

static void put_event(struct nl_msg *message, uint64_t sequence)
{
	uint64_t made[CORDON_TOPIC_COUNT];
	bool net = !(sequence % 4);
	uint8_t topic = net ? CORDON_TOPIC_NET : CORDON_TOPIC_FILE;
	char object[64];

	count_made(sequence - 1, made);
	snprintf(object, sizeof(object), "/srv/secret/%llu",
		 (unsigned long long)sequence);
	nla_put_u64(message, CORDON_EVENT_A_SEQUENCE, sequence);
	nla_put_u8(message, CORDON_EVENT_A_TYPE, CORDON_EVENT_DEPARTURE);
	nla_put_u8(message, CORDON_EVENT_A_TOPIC, topic);
	nla_put_u64(message, CORDON_EVENT_A_NUMBER, 1);
	nla_put(message, CORDON_EVENT_A_MADE, sizeof(made), made);
	nla_put_u64(message, CORDON_EVENT_A_TIME,
		    number("MODULE_BEGIN") * 1000000000 + sequence);
	nla_put_u64(message, CORDON_EVENT_A_BOOTTIME, sequence);
	nla_put_u8(message, CORDON_EVENT_A_ACTION, CORDON_ACTION_DENY);
	nla_put_u8(message, CORDON_EVENT_A_CLASS,
		   net ? CORDON_CLASS_NET : CORDON_CLASS_FILE);
	nla_put_u8(message, CORDON_EVENT_A_OP,
		   net ? CORDON_OP_CONNECT : CORDON_OP_WRITE);
	nla_put_string(message, CORDON_EVENT_A_OBJECT, object);
	nla_put_string(message, CORDON_EVENT_A_WORKLOAD, "web");
	nla_put_string(message, CORDON_EVENT_A_PROGRAM, "/usr/sbin/nginx");
	nla_put_u32(message, CORDON_EVENT_A_PID, 812);
	nla_put_u32(message, CORDON_EVENT_A_TGID, 812);
	nla_put_u32(message, CORDON_EVENT_A_PARENT, 1);
	nla_put_string(message, CORDON_EVENT_A_COMM, "nginx");
}

int client_event_next(struct client *client, struct client_event *event,
		      bool *got)
{
	struct nl_msg *message;
	struct nlattr *nest;

	*got = false;
	if (client->asked_instance != number("MODULE_BEGIN"))
		return EXIT_NO_MODULE;
	if (client->cursor < oldest())
		client->cursor = oldest();
	*got = client->cursor <= newest();
	if (!*got)
		return EXIT_OK;
	message = nlmsg_alloc();
	nest = nla_nest_start(message, CORDON_A_EVENT);
	if (number("MODULE_KILL") && client->cursor == number("MODULE_EVENTS"))
		put_hold(message, client->cursor);
	else
		put_event(message, client->cursor);
	nla_nest_end(message, nest);
	free(client->events.data);
	client->events.data = malloc(nest->nla_len);
	memcpy(client->events.data, nest, nest->nla_len);
	nlmsg_free(message);
	client->cursor++;
	nest = client->events.data;
	if (!client_event_parse(nest, event))
		return EXIT_FAILED;
	event->instance = client->asked_instance;
	return EXIT_OK;
}
