// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * "respond": what is to follow departures, of a manifest or of one element of
 * its "deny".
 */
#include <string.h>

#include "manifest_parse.h"
#include "names.h"
#include "suggest.h"

/* While an element is read, it is the last one of the source. */
static struct cordon_draft_response *
response_of(const struct manifest_reader *reader)
{
	struct manifest_source *source = manifest_parse_of(reader)->source;

	return &source->responses[source->response_count - 1].response;
}

/* Each string of a list, or the one that stands in its place. */
static void read_words(struct manifest_reader *reader,
		       const struct position *value,
		       void (*read)(struct manifest_reader *reader,
				    const struct position *value))
{
	if (json_is_string(value->value)) {
		read(reader, value);
		return;
	}
	if (!value->first)
		manifest_error(reader, value, NULL, "\"%s\" names nothing",
			       value->key);
	manifest_read_array(reader, value, MANIFEST_STRING, read);
	manifest_warn_of_repeated(reader, value);
}

static void tell_word(struct manifest_reader *reader,
		      const struct position *value, const char *what,
		      const char *(*name)(u32), u32 count)
{
	const char *word = json_string_value(value->value);
	const char *names[count], *nearest;
	char hint[128];
	u32 i;

	for (i = 0; i < count; i++)
		names[i] = name(i);
	nearest = suggest_nearest(word, names, count);
	if (nearest)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	manifest_error(reader, value, nearest ? hint : NULL,
		       "\"%s\" is no %s", word, what);
}

static void read_op(struct manifest_reader *reader,
		    const struct position *value)
{
	const char *word = json_string_value(value->value);
	int op = cordon_op_parse(word, strlen(word));

	/* What passes between segments comes last. */
	if (op < 0 || op == CORDON_OP_PASS)
		tell_word(reader, value, "op", cordon_op_name, CORDON_OP_PASS);
	else
		response_of(reader)->ops |= 1u << op;
}

static void read_act(struct manifest_reader *reader,
		     const struct position *value)
{
	const char *word = json_string_value(value->value);
	int response = cordon_response_parse(word, strlen(word));

	if (response < 0)
		tell_word(reader, value, "response", cordon_response_name,
			  CORDON_RESPONSE_COUNT);
	else
		response_of(reader)->responses |= 1u << response;
}

static void read_on(struct manifest_reader *reader,
		    const struct position *value)
{
	read_words(reader, value, read_op);
}

static void read_do(struct manifest_reader *reader,
		    const struct position *value)
{
	read_words(reader, value, read_act);
}

static void read_count(struct manifest_reader *reader,
		       const struct position *value)
{
	json_int_t count = json_integer_value(value->value);

	if (count < 1 || count > CORDON_THRESHOLD_MAX)
		manifest_error(reader, value, NULL, "\"count\" is 1 to %d",
			       CORDON_THRESHOLD_MAX);
	else
		response_of(reader)->times = (u32)count;
}

static void read_within(struct manifest_reader *reader,
			const struct position *value)
{
	manifest_read_duration(reader, value, CORDON_WITHIN_MAX,
			       &response_of(reader)->within);
}

static void read_step(struct manifest_reader *reader,
		      const struct position *value)
{
	struct cordon_draft_response *response = response_of(reader);
	u32 seconds;

	if (response->steps == CORDON_LADDER_MAX)
		manifest_error(reader, value, NULL,
			       "a ladder has at most %d steps",
			       CORDON_LADDER_MAX);
	else if (manifest_read_duration(reader, value, CORDON_TTL_MAX,
					&seconds))
		response->ttl[response->steps++] = seconds;
}

static void read_ttl(struct manifest_reader *reader,
		     const struct position *value)
{
	read_words(reader, value, read_step);
}

static void read_per(struct manifest_reader *reader,
		     const struct position *value)
{
	static const char *const words[] = { "subject", "peer" };
	int word = manifest_read_word(reader, value, "\"per\"", words);

	if (word >= 0)
		response_of(reader)->per = word ? CORDON_PER_PEER :
						  CORDON_PER_SUBJECT;
}

static void read_ask(struct manifest_reader *reader,
		     const struct position *value)
{
	struct cordon_draft_response *response = response_of(reader);

	if (json_is_true(value->value) && !response->lapse)
		response->lapse = MANIFEST_LAPSE;
}

static void read_lapse(struct manifest_reader *reader,
		       const struct position *value)
{
	manifest_read_duration(reader, value, CORDON_LAPSE_MAX,
			       &response_of(reader)->lapse);
}

static void read_evidence(struct manifest_reader *reader,
			  const struct position *value)
{
	response_of(reader)->evidence = json_is_true(value->value);
}

#define WORDS (MANIFEST_STRING | MANIFEST_ARRAY)

#define RESPONSE_KEYS \
	{ "do", WORDS, MANIFEST_REQUIRED, read_do, "what is to follow" }, \
	{ "count", MANIFEST_INTEGER, MANIFEST_OPTIONAL, read_count, NULL }, \
	{ "within", MANIFEST_STRING, MANIFEST_OPTIONAL, read_within, NULL }, \
	{ "per", MANIFEST_STRING, MANIFEST_OPTIONAL, read_per, NULL }, \
	{ "ttl", WORDS, MANIFEST_OPTIONAL, read_ttl, NULL }, \
	{ "ask", MANIFEST_BOOLEAN, MANIFEST_OPTIONAL, read_ask, NULL }, \
	{ "lapse", MANIFEST_STRING, MANIFEST_OPTIONAL, read_lapse, NULL }, \
	{ "evidence", MANIFEST_BOOLEAN, MANIFEST_OPTIONAL, read_evidence, \
	  NULL }, \
	MANIFEST_NOTE

static const struct manifest_key response_keys[] = {
	{ "on", WORDS, MANIFEST_REQUIRED, read_on,
	  "after which departures: \"exec\", \"connect\" and so on" },
	RESPONSE_KEYS,
};

static const struct manifest_key rule_response_keys[] = {
	{ "on", 0, MANIFEST_REFUSED, NULL,
	  "it is about what the rules beside it deny" },
	RESPONSE_KEYS,
};

static bool is_true(const struct position *object, const char *key)
{
	const struct position *member = position_member(object, key);

	return member && json_is_true(member->value);
}

/* What the engine cannot say as well, or does not mind. */
static void check(struct manifest_reader *reader, const struct position *value,
		  const struct cordon_draft_response *response)
{
	const u32 quarantine = 1u << CORDON_RESPONSE_QUARANTINE;

	if (position_member(value, "lapse") && !is_true(value, "ask"))
		manifest_error(reader, value, "add \"ask\": true",
			       "only a response that asks can lapse");
	if (response->times > 1 && !response->within)
		manifest_error(reader, value, "add \"within\": \"60s\"",
			       "\"count\" needs the time in which it is counted");
	if (response->within && response->times < 2)
		manifest_error(reader, value, "add \"count\", or leave it out",
			       "\"within\" means nothing without a \"count\" of 2 or more");
	if (response->responses & quarantine &&
	    response->ops & 1u << CORDON_OP_ACCEPT && !response->lapse)
		manifest_warning(reader, value,
				 "take \"block-peer\", or \"ask\": true",
				 "whoever can send a packet can put the workload into quarantine by this");
}

static void read_response(struct manifest_reader *reader,
			  const struct position *value,
			  const struct cordon_draft_response *begin,
			  const struct manifest_key *keys, size_t count)
{
	struct manifest_source *source = manifest_parse_of(reader)->source;
	size_t errors = reader->report->errors;
	struct cordon_draft_response *response;
	struct manifest_response *added;

	added = manifest_grow(reader, value, (void **)&source->responses,
			      source->response_count, sizeof(*added));
	if (!added)
		return;
	*added = (struct manifest_response){
		.origin = { reader->document, value },
		.response = *begin,
	};
	source->response_count++;
	manifest_read_object(reader, value, "an element of \"respond\"", keys,
			     count);
	response = response_of(reader);
	if (!position_member(value, "per") &&
	    response->responses & 1u << CORDON_RESPONSE_BLOCK_PEER)
		response->per = CORDON_PER_PEER;
	if (reader->report->errors == errors)
		check(reader, value, response);
}

static void read_of_manifest(struct manifest_reader *reader,
			     const struct position *value)
{
	const struct cordon_draft_response begin = {
		.rule = CORDON_NONE,
		.times = 1,
	};

	read_response(reader, value, &begin, response_keys,
		      ARRAY_COUNT(response_keys));
}

void manifest_read_respond(struct manifest_reader *reader,
			   const struct position *value)
{
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_of_manifest);
}

/* The rules of the element are the last ones that the source has. */
static void read_of_rules(struct manifest_reader *reader,
			  const struct position *value)
{
	const struct manifest_parse *parse = manifest_parse_of(reader);
	const struct manifest_source *source = parse->source;
	struct cordon_draft_response begin = {
		.rule = (u32)parse->first_rule,
		.rules = (u32)(source->rule_count - parse->first_rule),
		.times = 1,
	};
	size_t i;

	/* None of them could be read, which has been told. */
	if (!begin.rules)
		return;
	for (i = parse->first_rule; i < source->rule_count; i++)
		begin.ops |= source->rules[i].ops;
	read_response(reader, value, &begin, rule_response_keys,
		      ARRAY_COUNT(rule_response_keys));
}

void manifest_read_rule_responses(struct manifest_reader *reader,
				  const struct position *element,
				  size_t first_rule)
{
	const struct position *value = position_member(element, "respond");

	if (!value || !json_is_array(value->value))
		return;
	manifest_parse_of(reader)->first_rule = first_rule;
	manifest_read_array(reader, value, MANIFEST_OBJECT, read_of_rules);
}
