/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cordond is to do: its configuration, or what holds without one. */
#ifndef CTL_CORDOND_CONFIG_H
#define CTL_CORDOND_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report.h"

/** CONFIG_PATH - where the configuration is looked for */
#define CONFIG_PATH "/etc/cordon/cordond.json"

/** enum config_kind - kinds of sinks */
enum config_kind {
	CONFIG_JSON,
	CONFIG_JOURNAL,
	CONFIG_SYSLOG,
};

/** enum config_format - what a syslog message looks like */
enum config_format {
	CONFIG_RFC5424,
	CONFIG_CEF,
	CONFIG_LEEF,
};

/** enum config_transport - how it gets there */
enum config_transport {
	CONFIG_UNIX,
	CONFIG_UDP,
	CONFIG_TCP,
};

/**
 * struct config_sink - one sink
 * @kind: its kind
 * @name: its own, under which the store remembers how far it was fed
 * @departures: it gets departures, their repeats, and what was missed; else
 *	every event
 * @path: json: its file; syslog: the unix socket
 * @size: json: bytes at which the file is rotated
 * @keep: json: how many old ones are kept
 * @format: syslog: of its messages
 * @transport: syslog: how they get there
 * @host: syslog: name or address
 * @port: syslog: name or number
 * @facility: syslog: number
 */
struct config_sink {
	enum config_kind kind;
	char *name;
	bool departures;
	char *path;
	uint64_t size;
	uint32_t keep;
	enum config_format format;
	enum config_transport transport;
	char *host;
	char *port;
	uint32_t facility;
};

/**
 * struct config_evidence - evidence of processes that are killed or suspended
 * @path: folder that it is kept in
 * @size: bytes that all of it may take
 * @executable: bytes of a copy of what a process ran
 */
struct config_evidence {
	char *path;
	uint64_t size;
	uint64_t executable;
};

/**
 * struct config - all of it
 * @store: the store: its file, and what it may hold, in bytes and seconds
 * @metrics: file of the metrics, or NULL; written that often, in seconds
 * @evidence: see there
 * @sinks: @sink_count of them
 */
struct config {
	struct {
		char *path;
		uint64_t size;
		uint32_t age;
	} store;
	struct {
		char *path;
		uint32_t every;
	} metrics;
	struct config_evidence evidence;
	struct config_sink *sinks;
	size_t sink_count;
};

/**
 * config_default - what holds without a configuration
 * @config: filled, for config_free()
 *
 * Return: false without memory.
 */
bool config_default(struct config *config);

/**
 * config_read - read a configuration
 * @path: of its file
 * @config: filled, for config_free(), even if something is wrong with it
 * @report: told of all that is wrong, with line and column
 *
 * Return: is it right.
 */
bool config_read(const char *path, struct config *config,
		 struct report *report);

/** config_free - release what it holds */
void config_free(struct config *config);

#endif /* CTL_CORDOND_CONFIG_H */
