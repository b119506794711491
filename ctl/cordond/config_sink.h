/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read the configuration share. */
#ifndef CTL_CORDOND_CONFIG_SINK_H
#define CTL_CORDOND_CONFIG_SINK_H

#include "ctl/cordond/config.h"
#include "manifest_document.h"

/**
 * struct config_parse - where in a configuration the reading is
 * @config: that is filled
 * @sink: the sink whose keys are read
 * @named: it has a name of its own
 */
struct config_parse {
	struct config *config;
	struct config_sink *sink;
	bool named;
};

/** config_read_sink - read one element of "sinks" */
void config_read_sink(struct manifest_reader *reader,
		      const struct position *value);

/**
 * config_sink_default - what a sink is before anything is said of it
 * @sink: filled
 * @kind: of the sink
 *
 * Return: false without memory.
 */
bool config_sink_default(struct config_sink *sink, enum config_kind kind);

/** config_sink_free - release what it holds */
void config_sink_free(struct config_sink *sink);

/** config_read_path - read an absolute path into *@path, or tell */
void config_read_path(struct manifest_reader *reader,
		      const struct position *value, char **path);

/** config_read_size - read a size of at least @min bytes, or tell */
void config_read_size(struct manifest_reader *reader,
		      const struct position *value, uint64_t min,
		      uint64_t *size);

#endif /* CTL_CORDOND_CONFIG_SINK_H */
