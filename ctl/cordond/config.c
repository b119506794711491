// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ctl/cordond/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cordond/config_sink.h"
#include "duration.h"
#include "ctl/evidence.h"
#include "store.h"

#define CONFIG_STORE_SIZE (256ull << 20)
#define CONFIG_STORE_SIZE_MIN (1ull << 20)
#define CONFIG_STORE_AGE (30u * 86400)
#define CONFIG_AGE_MAX (3660u * 86400)
#define CONFIG_METRICS_EVERY 15
#define CONFIG_EVIDENCE_SIZE (1ull << 30)
#define CONFIG_EVIDENCE_SIZE_MIN (1ull << 20)
#define CONFIG_EXECUTABLE (64ull << 20)
#define CONFIG_EXECUTABLE_MIN (64ull << 10)

static struct config *config_of(const struct manifest_reader *reader)
{
	return ((struct config_parse *)reader->context)->config;
}

static void read_version(struct manifest_reader *reader,
			 const struct position *value)
{
	if (json_integer_value(value->value) != 1)
		manifest_error(reader, value, "write 1",
			       "this cordond reads version 1 of the configuration");
}

void config_read_path(struct manifest_reader *reader,
		      const struct position *value, char **path)
{
	const char *text = json_string_value(value->value);

	if (*text != '/') {
		manifest_error(reader, value, NULL,
			       "\"%s\" is no absolute path", text);
		return;
	}
	free(*path);
	*path = strdup(text);
	if (!*path)
		manifest_error(reader, value, NULL, "out of memory");
}

void config_read_size(struct manifest_reader *reader,
		      const struct position *value, uint64_t min,
		      uint64_t *size)
{
	const char *text = json_string_value(value->value), *units = "KMG";
	unsigned long long number = 0;
	const char *unit = NULL;
	char *end = NULL;

	errno = 0;
	if (*text >= '0' && *text <= '9')
		number = strtoull(text, &end, 10);
	if (end && *end && !end[1])
		unit = strchr(units, *end);
	if (!unit || errno || number > UINT32_MAX) {
		manifest_error(reader, value, NULL,
			       "\"%s\" is no size: a number and its unit are, like \"256M\" (K, M or G)",
			       text);
		return;
	}
	number <<= 10 * (unit - units + 1);
	if (number < min) {
		manifest_error(reader, value, NULL,
			       "\"%s\" is too small: at least \"%lluK\"", text,
			       (unsigned long long)min >> 10);
		return;
	}
	*size = number;
}

static void read_duration(struct manifest_reader *reader,
			  const struct position *value, uint32_t *seconds)
{
	const char *text = json_string_value(value->value);

	if (!duration_parse(text, CONFIG_AGE_MAX, seconds))
		manifest_error(reader, value, NULL,
			       "\"%s\" is no time: a number and its unit are, like \"30d\" (s, m, h or d)",
			       text);
}

static void read_store_path(struct manifest_reader *reader,
			    const struct position *value)
{
	config_read_path(reader, value, &config_of(reader)->store.path);
}

static void read_store_size(struct manifest_reader *reader,
			    const struct position *value)
{
	config_read_size(reader, value, CONFIG_STORE_SIZE_MIN,
			 &config_of(reader)->store.size);
}

static void read_store_age(struct manifest_reader *reader,
			   const struct position *value)
{
	read_duration(reader, value, &config_of(reader)->store.age);
}

static const struct manifest_key store_keys[] = {
	{ "path", MANIFEST_STRING, MANIFEST_OPTIONAL, read_store_path, NULL },
	{ "size", MANIFEST_STRING, MANIFEST_OPTIONAL, read_store_size, NULL },
	{ "age", MANIFEST_STRING, MANIFEST_OPTIONAL, read_store_age, NULL },
};

static void read_store(struct manifest_reader *reader,
		       const struct position *value)
{
	manifest_read_object(reader, value, "the store", store_keys,
			     ARRAY_SIZE(store_keys));
}

static void read_metrics_path(struct manifest_reader *reader,
			      const struct position *value)
{
	config_read_path(reader, value, &config_of(reader)->metrics.path);
}

static void read_metrics_every(struct manifest_reader *reader,
			       const struct position *value)
{
	read_duration(reader, value, &config_of(reader)->metrics.every);
}

static const struct manifest_key metrics_keys[] = {
	{ "path", MANIFEST_STRING, MANIFEST_REQUIRED, read_metrics_path,
	  "where the collector looks for files that end in .prom" },
	{ "every", MANIFEST_STRING, MANIFEST_OPTIONAL, read_metrics_every,
	  NULL },
};

static void read_metrics(struct manifest_reader *reader,
			 const struct position *value)
{
	manifest_read_object(reader, value, "the metrics", metrics_keys,
			     ARRAY_SIZE(metrics_keys));
}

static void read_evidence_path(struct manifest_reader *reader,
			       const struct position *value)
{
	config_read_path(reader, value, &config_of(reader)->evidence.path);
}

static void read_evidence_size(struct manifest_reader *reader,
			       const struct position *value)
{
	config_read_size(reader, value, CONFIG_EVIDENCE_SIZE_MIN,
			 &config_of(reader)->evidence.size);
}

static void read_executable(struct manifest_reader *reader,
			    const struct position *value)
{
	config_read_size(reader, value, CONFIG_EXECUTABLE_MIN,
			 &config_of(reader)->evidence.executable);
}

static const struct manifest_key evidence_keys[] = {
	{ "path", MANIFEST_STRING, MANIFEST_OPTIONAL, read_evidence_path,
	  NULL },
	{ "size", MANIFEST_STRING, MANIFEST_OPTIONAL, read_evidence_size,
	  NULL },
	{ "executable", MANIFEST_STRING, MANIFEST_OPTIONAL, read_executable,
	  NULL },
};

static void read_evidence(struct manifest_reader *reader,
			  const struct position *value)
{
	manifest_read_object(reader, value, "the evidence", evidence_keys,
			     ARRAY_SIZE(evidence_keys));
}

static void read_sinks(struct manifest_reader *reader,
		       const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_OBJECT, config_read_sink);
}

static const struct manifest_key config_keys[] = {
	{ "cordond", MANIFEST_INTEGER, MANIFEST_REQUIRED, read_version,
	  "the version of the configuration: 1" },
	{ "store", MANIFEST_OBJECT, MANIFEST_OPTIONAL, read_store, NULL },
	{ "sinks", MANIFEST_ARRAY, MANIFEST_OPTIONAL, read_sinks, NULL },
	{ "metrics", MANIFEST_OBJECT, MANIFEST_OPTIONAL, read_metrics, NULL },
	{ "evidence", MANIFEST_OBJECT, MANIFEST_OPTIONAL, read_evidence, NULL },
};

static bool set_defaults(struct config *config)
{
	memset(config, 0, sizeof(*config));
	config->store.path = strdup(STORE_PATH);
	config->store.size = CONFIG_STORE_SIZE;
	config->store.age = CONFIG_STORE_AGE;
	config->metrics.every = CONFIG_METRICS_EVERY;
	config->evidence.path = strdup(EVIDENCE_PATH);
	config->evidence.size = CONFIG_EVIDENCE_SIZE;
	config->evidence.executable = CONFIG_EXECUTABLE;
	return config->store.path && config->evidence.path;
}

bool config_default(struct config *config)
{
	if (!set_defaults(config))
		return false;
	config->sinks = calloc(1, sizeof(*config->sinks));
	if (!config->sinks)
		return false;
	config->sink_count = 1;
	return config_sink_default(&config->sinks[0], CONFIG_JSON);
}

bool config_read(const char *path, struct config *config,
		 struct report *report)
{
	struct config_parse parse = { .config = config };
	struct manifest_reader reader = { .report = report, .context = &parse };
	struct manifest_document *document;

	if (!set_defaults(config)) {
		const struct report_place place = { .file = path };

		report_add(report, REPORT_ERROR, &place, NULL, "out of memory");
		return false;
	}
	document = manifest_document_read(path, report);
	if (!document)
		return false;
	reader.document = document;
	manifest_read_object(&reader, manifest_document_root(document),
			     "a configuration of cordond", config_keys,
			     ARRAY_SIZE(config_keys));
	/* What says nothing of sinks is no wish to have none */
	if (!position_member(manifest_document_root(document), "sinks")) {
		config->sinks = calloc(1, sizeof(*config->sinks));
		if (config->sinks) {
			config->sink_count = 1;
			config_sink_default(config->sinks, CONFIG_JSON);
		}
	}
	manifest_document_free(document);
	return !report->errors;
}

void config_free(struct config *config)
{
	size_t i;

	for (i = 0; i < config->sink_count; i++)
		config_sink_free(&config->sinks[i]);
	free(config->sinks);
	free(config->store.path);
	free(config->metrics.path);
	free(config->evidence.path);
	memset(config, 0, sizeof(*config));
}
