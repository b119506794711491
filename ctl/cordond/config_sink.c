// SPDX-License-Identifier: LGPL-2.1-or-later
/* The sinks of a configuration. */
#include "ctl/cordond/config_sink.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <syslog.h>

#include "suggest.h"

#define CONFIG_JSON_PATH "/var/log/cordon/events.json"
#define CONFIG_JSON_SIZE (64ull << 20)
#define CONFIG_JSON_SIZE_MIN (64ull << 10)
#define CONFIG_JSON_KEEP 8
#define CONFIG_JSON_KEEP_MAX 1000
#define CONFIG_NAME_MAX 64

static const char *const kinds[] = {
	[CONFIG_JSON] = "json",
	[CONFIG_JOURNAL] = "journal",
	[CONFIG_SYSLOG] = "syslog",
};

static const char *const formats[] = {
	[CONFIG_RFC5424] = "rfc5424",
	[CONFIG_CEF] = "cef",
	[CONFIG_LEEF] = "leef",
};

static const char *const events[] = { "all", "departures" };

static const char *const facilities[] = {
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news",
	"uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6",
	"local7",
};

static struct config_sink *sink_of(const struct manifest_reader *reader)
{
	return ((struct config_parse *)reader->context)->sink;
}

/* Place of a string's value in a list of words; tells if it is in none */
static bool read_word(struct manifest_reader *reader,
		      const struct position *value, const char *what,
		      const char *const *words, size_t count, size_t *at)
{
	const char *text = json_string_value(value->value), *nearest;
	char *hint = NULL;

	for (*at = 0; *at < count; ++*at)
		if (!strcmp(words[*at], text))
			return true;
	nearest = suggest_nearest(text, words, count);
	if (!nearest)
		nearest = words[0];
	if (asprintf(&hint, "did you mean \"%s\"?", nearest) < 0)
		hint = NULL;
	manifest_error(reader, value, hint, "\"%s\" is no %s", text, what);
	free(hint);
	return false;
}

bool config_sink_default(struct config_sink *sink, enum config_kind kind)
{
	*sink = (struct config_sink){
		.kind = kind,
		.name = strdup(kinds[kind]),
		.departures = kind == CONFIG_SYSLOG,
		.size = CONFIG_JSON_SIZE,
		.keep = CONFIG_JSON_KEEP,
		.facility = LOG_AUTHPRIV >> 3,
	};
	if (kind == CONFIG_JSON)
		sink->path = strdup(CONFIG_JSON_PATH);
	return sink->name && (kind != CONFIG_JSON || sink->path);
}

void config_sink_free(struct config_sink *sink)
{
	free(sink->name);
	free(sink->path);
	free(sink->host);
	free(sink->port);
}

static void read_name(struct manifest_reader *reader,
		      const struct position *value)
{
	const char *text = json_string_value(value->value);
	struct config_parse *parse = reader->context;

	parse->named = true;
	if (!*text || strlen(text) > CONFIG_NAME_MAX) {
		manifest_error(reader, value, NULL,
			       "a name has 1 to %d bytes", CONFIG_NAME_MAX);
		return;
	}
	free(parse->sink->name);
	parse->sink->name = strdup(text);
}

static void read_events(struct manifest_reader *reader,
			const struct position *value)
{
	size_t at;

	if (read_word(reader, value, "choice of events", events,
		      ARRAY_SIZE(events), &at))
		sink_of(reader)->departures = at;
}

static void read_path(struct manifest_reader *reader,
		      const struct position *value)
{
	config_read_path(reader, value, &sink_of(reader)->path);
}

static void read_size(struct manifest_reader *reader,
		      const struct position *value)
{
	config_read_size(reader, value, CONFIG_JSON_SIZE_MIN,
			 &sink_of(reader)->size);
}

static void read_keep(struct manifest_reader *reader,
		      const struct position *value)
{
	json_int_t number = json_integer_value(value->value);

	if (number < 0 || number > CONFIG_JSON_KEEP_MAX)
		manifest_error(reader, value, NULL,
			       "0 to %d old files can be kept",
			       CONFIG_JSON_KEEP_MAX);
	else
		sink_of(reader)->keep = (uint32_t)number;
}

static void read_format(struct manifest_reader *reader,
			const struct position *value)
{
	size_t at;

	if (read_word(reader, value, "format of messages", formats,
		      ARRAY_SIZE(formats), &at))
		sink_of(reader)->format = (enum config_format)at;
}

static void read_facility(struct manifest_reader *reader,
			  const struct position *value)
{
	size_t at;

	if (read_word(reader, value, "facility", facilities,
		      ARRAY_SIZE(facilities), &at))
		sink_of(reader)->facility = (uint32_t)at;
}

/* "HOST:PORT" or "[ADDRESS]:PORT", as it stands behind the transport */
static bool split_host(const char *text, char **host, char **port)
{
	const char *colon = strrchr(text, ':'), *end = colon;

	if (!colon || !colon[1])
		return false;
	if (*text == '[') {
		if (end[-1] != ']')
			return false;
		text++;
		end--;
	} else if (memchr(text, ':', (size_t)(colon - text))) {
		return false;
	}
	if (end <= text)
		return false;
	*host = strndup(text, (size_t)(end - text));
	*port = strdup(colon + 1);
	return *host && *port;
}

static void read_to(struct manifest_reader *reader,
		    const struct position *value)
{
	const char *text = json_string_value(value->value);
	struct config_sink *sink = sink_of(reader);

	if (!strncmp(text, "unix:/", 6) &&
	    strlen(text + 5) < sizeof(((struct sockaddr_un *)0)->sun_path)) {
		sink->transport = CONFIG_UNIX;
		sink->path = strdup(text + 5);
		return;
	}
	sink->transport = text[0] == 't' ? CONFIG_TCP : CONFIG_UDP;
	if ((!strncmp(text, "tcp:", 4) || !strncmp(text, "udp:", 4)) &&
	    split_host(text + 4, &sink->host, &sink->port))
		return;
	manifest_error(reader, value,
		       "write \"unix:/dev/log\", \"udp:HOST:514\" or \"tcp:[2001:db8::1]:601\"",
		       "\"%s\" is nothing that messages can be sent to", text);
}

#define COMMON_KEYS \
	{ "sink", MANIFEST_STRING, MANIFEST_REQUIRED, NULL, \
	  "its kind: json, journal or syslog" }, \
	{ "name", MANIFEST_STRING, MANIFEST_OPTIONAL, read_name, NULL }, \
	{ "events", MANIFEST_STRING, MANIFEST_OPTIONAL, read_events, NULL }

static const struct manifest_key json_keys[] = {
	COMMON_KEYS,
	{ "path", MANIFEST_STRING, MANIFEST_OPTIONAL, read_path, NULL },
	{ "size", MANIFEST_STRING, MANIFEST_OPTIONAL, read_size, NULL },
	{ "keep", MANIFEST_INTEGER, MANIFEST_OPTIONAL, read_keep, NULL },
};

static const struct manifest_key journal_keys[] = {
	COMMON_KEYS,
};

static const struct manifest_key syslog_keys[] = {
	COMMON_KEYS,
	{ "to", MANIFEST_STRING, MANIFEST_REQUIRED, read_to,
	  "where messages go: \"unix:/dev/log\", \"tcp:HOST:PORT\"" },
	{ "format", MANIFEST_STRING, MANIFEST_OPTIONAL, read_format, NULL },
	{ "facility", MANIFEST_STRING, MANIFEST_OPTIONAL, read_facility,
	  NULL },
};

static const struct {
	const char *what;
	const struct manifest_key *keys;
	size_t count;
} tables[] = {
	[CONFIG_JSON] = { "a json sink", json_keys, ARRAY_SIZE(json_keys) },
	[CONFIG_JOURNAL] = { "a journal sink", journal_keys,
			     ARRAY_SIZE(journal_keys) },
	[CONFIG_SYSLOG] = { "a syslog sink", syslog_keys,
			    ARRAY_SIZE(syslog_keys) },
};

/* Two sinks of one name would share a place; two json sinks of one file, it */
static void check_others(struct manifest_reader *reader,
			 const struct position *value)
{
	const struct config_parse *parse = reader->context;
	const struct config_sink *sink = parse->sink, *other;

	for (other = parse->config->sinks; other < sink; other++) {
		if (!sink->name || !other->name)
			continue;
		if (!strcmp(sink->name, other->name))
			manifest_error(reader, value,
				       parse->named ? NULL :
				       "give it a \"name\"",
				       "there is a sink \"%s\" already",
				       sink->name);
		if (sink->kind == CONFIG_JSON && other->kind == CONFIG_JSON &&
		    sink->path && other->path &&
		    !strcmp(sink->path, other->path))
			manifest_error(reader, value,
				       "give it a \"path\" of its own",
				       "%s is the file of another sink",
				       sink->path);
	}
}

void config_read_sink(struct manifest_reader *reader,
		      const struct position *value)
{
	const struct position *kind = position_member(value, "sink");
	struct config_parse *parse = reader->context;
	struct config *config = parse->config;
	struct config_sink *sinks;
	size_t at = CONFIG_JSON;

	if (!kind) {
		manifest_error(reader, value, NULL,
			       "a sink needs the key \"sink\": json, journal or syslog");
		return;
	}
	if (!manifest_type_check(reader, kind, MANIFEST_STRING) ||
	    !read_word(reader, kind, "kind of sink", kinds, ARRAY_SIZE(kinds),
		       &at))
		return;
	sinks = reallocarray(config->sinks, config->sink_count + 1,
			     sizeof(*sinks));
	if (!sinks) {
		manifest_error(reader, value, NULL, "out of memory");
		return;
	}
	config->sinks = sinks;
	parse->sink = &sinks[config->sink_count++];
	parse->named = false;
	if (!config_sink_default(parse->sink, (enum config_kind)at))
		manifest_error(reader, value, NULL, "out of memory");
	manifest_read_object(reader, value, tables[at].what, tables[at].keys,
			     tables[at].count);
	check_others(reader, value);
	parse->sink = NULL;
}
