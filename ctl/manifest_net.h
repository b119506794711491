/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules about peers and ports: of manifests, and of segments documents. */
#ifndef CTL_MANIFEST_NET_H
#define CTL_MANIFEST_NET_H

#include "manifest_source.h"

/**
 * manifest_words_check - a string, or a list of strings
 * @reader: told of what is wrong, each at its own string
 * @value: position of a string or an array
 * @what: what they name, for errors
 * @check: tells if a string is none
 */
bool manifest_words_check(struct manifest_reader *reader,
			  const struct position *value, const char *what,
			  bool (*check)(struct manifest_reader *reader,
					const struct position *value));

/** manifest_check_ports - the value of MANIFEST_PORT */
void manifest_check_ports(struct manifest_reader *reader,
			  const struct position *value);

/* A string or a list of strings; and the key that names ports so. */
#define MANIFEST_WORDS (MANIFEST_STRING | MANIFEST_ARRAY)
#define MANIFEST_PORT { "port", MANIFEST_WORDS, MANIFEST_OPTIONAL, \
			manifest_check_ports, NULL }

/**
 * manifest_flow_rule - text and patterns of a rule of peers and ports
 * @reader: told if these are too many
 * @value: position of the rule
 * @ports: checked strings, or NULL: any
 * @peers: checked strings
 * @before: what stands before each peer in the engine's words: "segment:"
 * @rule: its text, made and patterns are filled on success
 */
bool manifest_flow_rule(struct manifest_reader *reader,
			const struct position *value,
			const struct position *ports,
			const struct position *peers, const char *before,
			struct manifest_rule *rule);

/**
 * manifest_warn_of_repeated_rules - warn of rules that a list has twice
 * @reader: told
 * @first: number of the list's first rule; it reaches to the last one
 */
void manifest_warn_of_repeated_rules(struct manifest_reader *reader,
				     size_t first);

#endif /* CTL_MANIFEST_NET_H */
