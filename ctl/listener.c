// SPDX-License-Identifier: LGPL-2.1-or-later
#include "listener.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endpoint.h"

/**
 * struct waiting - a socket that waits
 * @flow: its record
 * @found: a process has it open
 */
struct waiting {
	const struct client_flow *flow;
	bool found;
};

/** struct search - the sockets, by inode, and who was found to have them */
struct search {
	struct waiting *sockets;
	size_t socket_count;
	struct listeners *listeners;
	size_t room;
	bool failed;
};

static int compare_waiting(const void *left, const void *right)
{
	const struct waiting *a = left, *b = right;

	return (a->flow->inode > b->flow->inode) -
	       (a->flow->inode < b->flow->inode);
}

static int compare_listeners(const void *left, const void *right)
{
	const struct listener *a = left, *b = right;
	int order = (a->tgid > b->tgid) - (a->tgid < b->tgid);

	return order ? order : strverscmp(a->text, b->text);
}

static void add(struct search *search, const struct waiting *waiting,
		uint32_t tgid)
{
	struct listeners *listeners = search->listeners;
	struct listener *list;
	char *text;

	if (listeners->count == search->room) {
		search->room = search->room ? search->room * 2 : 16;
		list = reallocarray(listeners->list, search->room,
				    sizeof(*list));
		if (!list) {
			search->failed = true;
			search->room = listeners->count;
			return;
		}
		listeners->list = list;
	}
	text = endpoint_listens(waiting->flow);
	if (!text) {
		search->failed = true;
		return;
	}
	listeners->list[listeners->count++] =
		(struct listener){ .tgid = tgid, .text = text };
}

static void look_at_file(struct search *search, uint32_t tgid, uint64_t inode)
{
	const struct client_flow flow = { .inode = inode };
	const struct waiting wanted = { .flow = &flow };
	struct waiting *waiting;

	waiting = bsearch(&wanted, search->sockets, search->socket_count,
			  sizeof(wanted), compare_waiting);
	if (!waiting || !inode)
		return;
	waiting->found = true;
	add(search, waiting, tgid);
}

/* What cannot be read, or has gone meanwhile, has nothing to tell */
static void look_at_process(struct search *search, uint32_t tgid,
			    const char *root)
{
	static const char word[] = "socket:[";
	char path[256], target[64];
	struct dirent *entry;
	ssize_t length;
	DIR *files;

	snprintf(path, sizeof(path), "%s/proc/%u/fd", root, tgid);
	files = opendir(path);
	if (!files)
		return;
	while ((entry = readdir(files))) {
		length = readlinkat(dirfd(files), entry->d_name, target,
				    sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		if (!strncmp(target, word, strlen(word)))
			look_at_file(search, tgid,
				     strtoull(target + strlen(word), NULL, 10));
	}
	closedir(files);
}

static void find_waiting(struct search *search, const struct client_dump *flows)
{
	size_t i;

	for (i = 0; i < flows->count; i++) {
		const struct client_flow *flow = &flows->flows[i];

		if (flow->state == CORDON_FLOW_LISTENING && flow->local.known)
			search->sockets[search->socket_count++].flow = flow;
	}
	qsort(search->sockets, search->socket_count, sizeof(*search->sockets),
	      compare_waiting);
}

/* Both versions of the protocol on one port, or SO_REUSEPORT */
static void fold(struct listeners *listeners)
{
	size_t kept = 0, i;

	if (!listeners->count)
		return;
	qsort(listeners->list, listeners->count, sizeof(*listeners->list),
	      compare_listeners);
	for (i = 1; i < listeners->count; i++) {
		if (compare_listeners(&listeners->list[kept],
				      &listeners->list[i]))
			listeners->list[++kept] = listeners->list[i];
		else
			free(listeners->list[i].text);
	}
	listeners->count = kept + 1;
}

int listeners_read(struct listeners *listeners, const struct client_dump *flows,
		   const uint32_t *tgids, size_t count, const char *root)
{
	struct search search = { .listeners = listeners };
	size_t i;

	search.sockets = calloc(flows->count + 1, sizeof(*search.sockets));
	if (!search.sockets) {
		output_error("out of memory");
		return EXIT_FAILED;
	}
	find_waiting(&search, flows);
	for (i = 0; search.socket_count && i < count; i++)
		look_at_process(&search, tgids[i], root);
	for (i = 0; i < search.socket_count; i++)
		if (!search.sockets[i].found)
			add(&search, &search.sockets[i],
			    search.sockets[i].flow->tgid);
	free(search.sockets);
	fold(listeners);
	if (!search.failed)
		return EXIT_OK;
	output_error("out of memory");
	listeners_free(listeners);
	return EXIT_FAILED;
}

void listeners_free(struct listeners *listeners)
{
	size_t i;

	for (i = 0; i < listeners->count; i++)
		free(listeners->list[i].text);
	free(listeners->list);
	memset(listeners, 0, sizeof(*listeners));
}

size_t listeners_first(const struct listeners *listeners, uint32_t tgid)
{
	size_t low = 0, high = listeners->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (listeners->list[middle].tgid < tgid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
