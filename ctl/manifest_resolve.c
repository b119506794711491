// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Segments and workloads by their names, over all documents: those that are
 * read together, and those that they will stand beside once loaded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest_parse.h"
#include "net_pattern.h"
#include "suggest.h"

/**
 * struct names - who has a name
 * @segments: from a segment's name to where it is defined, for people
 * @workloads: from a workload's name to true
 */
struct names {
	json_t *segments;
	json_t *workloads;
};

/**
 * struct resolving - what goes on
 * @sources: that were read
 * @count: how many
 * @report: told
 * @names: known so far
 * @absent: segments that are named and that no source has, as keys
 * @complete: nobody else can have any
 */
struct resolving {
	struct manifest_source *const *sources;
	size_t count;
	struct report *report;
	struct names names;
	json_t *absent;
	bool complete;
};

static bool is_segments(const struct manifest_source *source)
{
	return source->kind == CORDON_DOCUMENT_SEGMENTS;
}

static void tell_defined(struct resolving *resolving,
			 const struct manifest_program *segment,
			 const char *where)
{
	struct manifest_reader reader = {
		segment->origin.document, resolving->report, NULL
	};

	manifest_error(&reader, segment->origin.position,
		       "rename one of them, or join their members",
		       "there is a segment \"%s\" already, at %s",
		       segment->exe, where);
}

static void know_segment(struct resolving *resolving,
			 const struct manifest_program *segment)
{
	const struct manifest_origin *origin = &segment->origin;
	json_t *segments = resolving->names.segments;
	const json_t *before = json_object_get(segments, segment->exe);

	if (before)
		tell_defined(resolving, segment, json_string_value(before));
	else
		json_object_set_new(segments, segment->exe,
				    json_sprintf("%s:%u:%u",
						 origin->document->file,
						 origin->position->line,
						 origin->position->column));
}

static void know_source(struct resolving *resolving,
			const struct manifest_source *source)
{
	size_t i;

	if (!is_segments(source)) {
		if (source->name)
			json_object_set_new(resolving->names.workloads,
					    source->name, json_true());
		return;
	}
	for (i = 0; i < source->program_count; i++)
		know_segment(resolving, &source->programs[i]);
}

/* Does what was read take the place of a loaded document. */
static bool is_replaced(const struct resolving *resolving,
			const struct cordon_draft *draft)
{
	const char *name = cordon_draft_text(draft, draft->name);
	size_t i;

	for (i = 0; i < resolving->count; i++)
		if (resolving->sources[i]->name &&
		    !strcmp(resolving->sources[i]->name, name))
			return true;
	return false;
}

static const struct manifest_program *
find_segment(const struct resolving *resolving, const char *name)
{
	const json_t *index;
	size_t i;

	for (i = 0; i < resolving->count; i++) {
		const struct manifest_source *source = resolving->sources[i];

		index = is_segments(source) ?
			json_object_get(source->program_index, name) : NULL;
		if (index)
			return &source->programs[json_integer_value(index)];
	}
	return NULL;
}

static void know_draft(struct resolving *resolving,
		       const struct cordon_draft *draft)
{
	const char *file = cordon_draft_text(draft, draft->file);
	uint32_t i;

	if (draft->kind != CORDON_DOCUMENT_SEGMENTS) {
		json_object_set_new(resolving->names.workloads,
				    cordon_draft_text(draft, draft->name),
				    json_true());
		return;
	}
	for (i = 0; i < draft->used.programs; i++) {
		const char *name = cordon_draft_text(draft,
				cordon_draft_program(draft, i)->exe);
		const struct manifest_program *own = find_segment(resolving,
								  name);

		if (own)
			tell_defined(resolving, own, file);
		else
			json_object_set_new(resolving->names.segments, name,
					    json_string(file));
	}
}

/* The string of a rule that names a peer. */
static const struct position *find_string(const struct position *rule,
					  const char *kind, const char *name)
{
	static const char *const keys[] = { "to", "from" };
	const struct position *value, *one;
	size_t i;

	for (i = 0; i < ARRAY_COUNT(keys); i++) {
		value = position_member(rule, keys[i]);
		for (one = value && value->first ? value->first : value; one;
		     one = one == value ? NULL : one->next) {
			const char *text = json_string_value(one->value);

			if (text && !strncmp(text, kind, strlen(kind)))
				text += strlen(kind);
			if (text && !strcmp(text, name))
				return one;
		}
	}
	return rule;
}

static char *hint_name(const json_t *names, const char *name,
		       const char *otherwise)
{
	const char *known[json_object_size(names) + 1], *nearest, *key;
	size_t count = 0;
	char *hint;
	json_t *value;

	json_object_foreach((json_t *)names, key, value)
		known[count++] = key;
	nearest = suggest_nearest(name, known, count);
	if (!nearest)
		return strdup(otherwise);
	return asprintf(&hint, "did you mean \"%s\"?", nearest) < 0 ? NULL :
								       hint;
}

static void tell_unknown(struct resolving *resolving,
			 const struct manifest_rule *rule, bool segment,
			 const char *name)
{
	const struct position *at = find_string(rule->origin.position,
						segment ? "segment:" :
						"workload:", name);
	struct manifest_reader reader = {
		rule->origin.document, resolving->report, NULL
	};
	char *hint = hint_name(segment ? resolving->names.segments :
			       resolving->names.workloads, name,
			       segment ?
			       "give the document that defines it along with this one" :
			       "give its manifest along with this one");

	if (segment && resolving->complete)
		manifest_error(&reader, at, hint,
			       "there is no segment \"%s\"", name);
	else
		manifest_warning(&reader, at, hint,
				 segment ?
				 "no document that was given has the segment \"%s\"" :
				 "there is no workload \"%s\" here", name);
	free(hint);
}

/* Is what a pattern names known; if not, what it is is filled in. */
static bool resolve_pattern(const struct resolving *resolving,
			    const struct manifest_rule *rule, const char *text,
			    bool *segment, char *name)
{
	struct cordon_net_pattern pattern;
	enum cordon_op op = CORDON_OP_PASS;
	const char *why;

	if (rule->ops & 1u << CORDON_OP_CONNECT)
		op = CORDON_OP_CONNECT;
	else if (rule->ops & 1u << CORDON_OP_ACCEPT)
		op = CORDON_OP_ACCEPT;
	if (!cordon_net_pattern_is(text) ||
	    cordon_net_pattern_parse(&pattern, op, text, &why) ||
	    (pattern.kind != CORDON_PEER_SEGMENT &&
	     pattern.kind != CORDON_PEER_WORKLOAD))
		return true;
	*segment = pattern.kind == CORDON_PEER_SEGMENT;
	snprintf(name, CORDON_NAME_MAX + 1, "%.*s", (int)pattern.name_length,
		 pattern.name);
	return json_object_get(*segment ? resolving->names.segments :
			       resolving->names.workloads, name) != NULL;
}

#define NET_PEERS (1u << CORDON_OP_CONNECT | 1u << CORDON_OP_ACCEPT | \
		   1u << CORDON_OP_PASS)

static bool resolve_rule(struct resolving *resolving,
			 const struct manifest_rule *rule, bool tell)
{
	char name[CORDON_NAME_MAX + 1];
	bool segment, good = true;
	size_t i;

	if (!(rule->ops & NET_PEERS))
		return true;
	for (i = 0; i < rule->patterns.count; i++) {
		if (resolve_pattern(resolving, rule,
				    rule->patterns.patterns[i].text, &segment,
				    name))
			continue;
		good = false;
		if (segment)
			json_object_set_new(resolving->absent, name,
					    json_true());
		if (tell)
			tell_unknown(resolving, rule, segment, name);
	}
	return good;
}

static bool resolve_all(struct resolving *resolving, bool tell)
{
	bool good = true;
	size_t i, k;

	for (i = 0; i < resolving->count; i++) {
		const struct manifest_source *source = resolving->sources[i];

		/* A piece is as good as the manifest that includes it. */
		for (k = 0; source->name && k < source->rule_count; k++)
			good &= resolve_rule(resolving, &source->rules[k],
					     tell);
	}
	return good;
}

static void know_loaded(struct resolving *resolving,
			const struct manifest_options *options)
{
	struct cordon_draft *const *drafts;
	size_t count = 0, i;

	drafts = options->loaded(options->context, &count);
	resolving->complete = drafts != NULL;
	for (i = 0; drafts && i < count; i++)
		if (!is_replaced(resolving, drafts[i]))
			know_draft(resolving, drafts[i]);
}

json_t *manifest_sources_resolve(struct manifest_source *const *sources,
				 size_t count,
				 const struct manifest_options *options,
				 struct report *report)
{
	struct resolving resolving = {
		.sources = sources,
		.count = count,
		.report = report,
		.names = { json_object(), json_object() },
		.absent = json_object(),
	};
	bool segments = false, good;
	size_t i;

	for (i = 0; i < count; i++) {
		segments |= is_segments(sources[i]);
		know_source(&resolving, sources[i]);
	}
	good = resolve_all(&resolving, false);
	if (options->loaded && (segments || !good))
		know_loaded(&resolving, options);
	resolve_all(&resolving, true);
	json_decref(resolving.names.segments);
	json_decref(resolving.names.workloads);
	return resolving.absent;
}

bool manifest_set_holds(const struct manifest_set *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (!strcmp(cordon_draft_text(set->drafts[i],
					      set->drafts[i]->name), name))
			return true;
	return false;
}

struct cordon_draft *manifest_elsewhere(const struct manifest_set *set,
					json_t *segments)
{
	char name[CORDON_NAME_MAX + 1] = "elsewhere";
	struct cordon_workload_spec spec = {
		.name = name,
		.kind = CORDON_DOCUMENT_SEGMENTS,
		.effect = CORDON_EFFECT_ALLOW,
	};
	struct cordon_draft *draft = NULL;
	struct cordon_fault fault;
	const char *segment;
	void *buffer;
	json_t *value;
	size_t size;

	while (manifest_set_holds(set, name) && strlen(name) < CORDON_NAME_MAX)
		strcat(name, "-");
	for (size = 0; size < CORDON_CLASS_COUNT; size++)
		spec.mode[size] = CORDON_MODE_MONITOR;
	spec.counts.bytes = strlen(name) + 2;
	json_object_foreach(segments, segment, value)
		spec.counts.bytes += strlen(segment) + 1;
	spec.counts.programs = json_object_size(segments);
	size = cordon_draft_size(&spec.counts, &fault);
	buffer = size ? calloc(1, size) : NULL;
	if (buffer)
		draft = cordon_draft_init(buffer, size, &spec, &fault);
	if (!draft) {
		free(buffer);
		return NULL;
	}
	json_object_foreach(segments, segment, value)
		cordon_draft_add_segment(draft, segment, false, &fault);
	return draft;
}
