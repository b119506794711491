// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checking, ranking and matching of patterns; see pattern.h for what they are.
 */
#include "pattern.h"

#include "names.h"

static const char abstract[] = "abstract:";

/* Reads one byte of a set, without its backslash. */
static bool byte_next(const char *text, size_t length, size_t *at, u8 *byte)
{
	if (*at < length && text[*at] == '\\')
		(*at)++;
	if (*at >= length)
		return false;
	*byte = (u8)text[(*at)++];
	return true;
}

/*
 * Reads one range of a set; the only place that says what a hyphen means: it
 * makes a range unless it comes first, last or right behind a range.
 */
static bool range_next(const char *text, size_t length, size_t *at, u8 *low,
		       u8 *high)
{
	if (!byte_next(text, length, at, low))
		return false;
	*high = *low;
	if (*at + 1 < length && text[*at] == '-' && text[*at + 1] != ']') {
		(*at)++;
		return byte_next(text, length, at, high);
	}
	return true;
}

/* Moves @at from behind "[" to behind "]", or to what is wrong. */
static const char *set_check(const char *text, size_t length, size_t *at)
{
	static const char open[] = "a set is not closed by \"]\"";
	size_t i = *at;
	size_t first;
	u8 high;
	u8 low;

	if (i < length && text[i] == '^')
		return "a set that excludes begins with \"[!\", not \"[^\"";
	if (i < length && text[i] == '!')
		i++;
	first = i;
	while (i < length && text[i] != ']') {
		*at = i;
		if (text[i] == '[')
			return "\"[\" within a set must be written \"\\[\"";
		if (!range_next(text, length, &i, &low, &high))
			return open;
		if (low == '/' || high == '/' || !low || !high)
			return open;
		if (low > high)
			return "a range in a set runs backwards";
	}
	if (i >= length)
		return open;
	*at = i;
	if (i == first)
		return "a set is empty (a bracket in it is written \"\\]\")";
	*at = i + 1;
	return NULL;
}

/*
 * Moves @at from the start of a component to its end, or to what is wrong,
 * and says what it is.
 */
static const char *component_check(const char *text, size_t length, size_t *at,
				   struct cordon_component *component)
{
	const size_t start = *at;
	bool wildcard = false;
	bool dots = true;
	size_t bytes = 0;
	bool starstar = false;
	size_t behind_star = 0;
	const char *why;
	size_t i = start;

	while (i < length && text[i] != '/') {
		*at = i;
		switch (text[i]) {
		case '\0':
			return "a NUL byte";
		case '{':
		case '}':
			return "a brace must be expanded, or follow a backslash";
		case '*':
			if (wildcard && behind_star == i)
				starstar = true;
			behind_star = ++i;
			wildcard = true;
			break;
		case '?':
			wildcard = true;
			i++;
			break;
		case '[':
			i++;
			why = set_check(text, length, &i);
			if (why) {
				*at = i;
				return why;
			}
			wildcard = true;
			break;
		case '\\':
			i++;
			if (i == length || text[i] == '/' || !text[i])
				return "a backslash with nothing to escape";
			fallthrough;
		default:
			bytes++;
			dots = dots && text[i] == '.';
			i++;
			break;
		}
	}
	*at = start;
	if (i == start)
		return "an empty component: a slash too many";
	if (i - start > CORDON_COMPONENT_MAX)
		return "a component is longer than "
			CORDON_STRING(CORDON_COMPONENT_MAX) " bytes";
	if (starstar && i - start != 2)
		return "\"**\" must be a component of its own";
	if (!wildcard && dots && bytes <= 2)
		return "\".\" and \"..\" never occur in a resolved path";
	component->text = text + start;
	component->length = (u32)(i - start);
	component->kind = starstar ? CORDON_COMPONENT_STARSTAR :
			  wildcard ? CORDON_COMPONENT_GLOB :
				     CORDON_COMPONENT_LITERAL;
	*at = i;
	return NULL;
}

static const char *path_check(const char *text, size_t length, size_t *at)
{
	struct cordon_component component = { 0 };
	bool starstar = false;
	u32 starstars = 0;
	const char *why;
	size_t start;
	u32 depth = 0;

	if (length == 1)
		return NULL;
	while (*at < length) {
		start = ++*at;
		why = component_check(text, length, at, &component);
		if (why)
			return why;
		if (++depth > CORDON_DEPTH_MAX) {
			*at = start;
			return "more than " CORDON_STRING(CORDON_DEPTH_MAX)
				" components";
		}
		if (component.kind != CORDON_COMPONENT_STARSTAR) {
			starstar = false;
			continue;
		}
		if (starstar) {
			*at = start;
			return "\"**\" after \"**\" adds nothing";
		}
		if (++starstars > CORDON_STARSTAR_MAX) {
			*at = start;
			return "\"**\" more than "
				CORDON_STRING(CORDON_STARSTAR_MAX) " times";
		}
		starstar = true;
	}
	return NULL;
}

/* A name is taken as it is: it has no wildcards, and nothing to escape. */
static const char *abstract_check(const char *text, size_t length, size_t *at)
{
	const size_t name = sizeof(abstract) - 1;

	*at = name;
	if (memchr(text + name, '\0', length - name))
		return "a NUL byte";
	if (length - name > CORDON_ABSTRACT_MAX)
		return "an abstract name has at most "
			CORDON_STRING(CORDON_ABSTRACT_MAX) " bytes";
	*at = 0;
	return NULL;
}

const char *cordon_pattern_check(const char *text, size_t length,
				 size_t *offset)
{
	const char *why;
	size_t at = 0;

	if (!length)
		why = "an empty pattern";
	else if (length >= CORDON_PATH_MAX)
		why = "a pattern must be shorter than "
			CORDON_STRING(CORDON_PATH_MAX) " bytes";
	else if (text[0] == '/')
		why = path_check(text, length, &at);
	else if (cordon_pattern_kind(text, length) == CORDON_OBJECT_ABSTRACT)
		why = abstract_check(text, length, &at);
	else if (cordon_pattern_kind(text, length) != CORDON_OBJECT_PATH)
		why = NULL;
	else
		why = "a pattern begins with a slash, or is memfd:, deleted:, detached: or anon:";
	if (why && offset)
		*offset = at;
	return why;
}

const char *cordon_unit_check(const char *text, size_t length, size_t *offset)
{
	struct cordon_component component = { 0 };
	const char *why;
	size_t at = 0;

	if (!length) {
		why = "an empty unit name";
	} else {
		why = component_check(text, length, &at, &component);
		if (!why && at < length)
			why = "a unit name has no slash";
		else if (!why && component.kind == CORDON_COMPONENT_STARSTAR)
			why = "\"**\" has no meaning in a unit name";
		else if (!why && component.kind == CORDON_COMPONENT_LITERAL &&
			 !memchr(text, '.', length))
			why = "a unit name ends in its type, as in nginx.service";
	}
	if (why && offset)
		*offset = at;
	return why;
}

const char *cordon_name_check(const char *name, size_t length)
{
	size_t i;

	if (!length || length > CORDON_NAME_MAX)
		return "a name has 1 to " CORDON_STRING(
			CORDON_NAME_MAX) " characters";
	for (i = 0; i < length; i++) {
		if ((name[i] >= 'a' && name[i] <= 'z') ||
		    (name[i] >= 'A' && name[i] <= 'Z') ||
		    (name[i] >= '0' && name[i] <= '9'))
			continue;
		if (i && (name[i] == '.' || name[i] == '_' || name[i] == '-'))
			continue;
		return "a name consists of letters, digits, '.', '_' and '-', and begins with a letter or digit";
	}
	return NULL;
}

enum cordon_object_kind cordon_pattern_kind(const char *text, size_t length)
{
	const char *word;
	u32 kind;

	for (kind = CORDON_OBJECT_MEMFD; kind < CORDON_OBJECT_UNNAMEABLE;
	     kind++) {
		word = cordon_object_name(kind);
		if (strlen(word) == length && memcmp(word, text, length) == 0)
			return kind;
	}
	if (length >= sizeof(abstract) - 1 &&
	    memcmp(text, abstract, sizeof(abstract) - 1) == 0)
		return CORDON_OBJECT_ABSTRACT;
	return CORDON_OBJECT_PATH;
}

/* Moves @at from "[" to behind the set. */
static void set_skip(const char *text, size_t length, size_t *at)
{
	u8 high;
	u8 low;

	if (++*at < length && text[*at] == '!')
		++*at;
	while (*at < length && text[*at] != ']') {
		if (!range_next(text, length, at, &low, &high))
			break;
	}
	if (*at < length)
		++*at;
}

static_assert(CORDON_PATH_MAX <= 1 << 12, "a rank's bytes need more bits");
static_assert(CORDON_STARSTAR_MAX < 1 << 2, "a rank's \"**\" need more bits");

u32 cordon_pattern_rank(const char *text, size_t length)
{
	u32 starstars = 0;
	u32 prefix = 0;
	u32 bytes = 0;
	bool wildcard = false;
	size_t i = 0;

	if (cordon_pattern_kind(text, length) == CORDON_OBJECT_ABSTRACT)
		return length == sizeof(abstract) - 1 ? 0 : U32_MAX;
	while (i < length) {
		switch (text[i]) {
		case '*':
			if (i + 1 < length && text[i + 1] == '*') {
				starstars++;
				i++;
			}
			wildcard = true;
			i++;
			break;
		case '?':
			wildcard = true;
			i++;
			break;
		case '[':
			wildcard = true;
			set_skip(text, length, &i);
			break;
		case '\\':
			i++;
			fallthrough;
		default:
			bytes++;
			if (!wildcard)
				prefix++;
			i++;
			break;
		}
	}
	if (!wildcard)
		return U32_MAX;
	if (starstars > CORDON_STARSTAR_MAX)
		starstars = CORDON_STARSTAR_MAX;
	return prefix << 14 | (CORDON_STARSTAR_MAX - starstars) << 12 | bytes;
}

enum cordon_component_kind cordon_component_kind(const char *text,
						 size_t length)
{
	size_t i;

	if (length == 2 && memcmp(text, "**", 2) == 0)
		return CORDON_COMPONENT_STARSTAR;
	for (i = 0; i < length; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '*' || text[i] == '?' || text[i] == '[')
			return CORDON_COMPONENT_GLOB;
	}
	return CORDON_COMPONENT_LITERAL;
}

bool cordon_pattern_next(const char *text, size_t length, size_t *offset,
			 struct cordon_component *component)
{
	const size_t start = *offset + 1;
	const char *slash;

	if (start >= length)
		return false;
	/* No slash is escaped or in a set: it always ends a component. */
	slash = memchr(text + start, '/', length - start);
	*offset = slash ? (size_t)(slash - text) : length;
	component->text = text + start;
	component->length = (u32)(*offset - start);
	component->kind = cordon_component_kind(text + start,
						component->length);
	return true;
}

u32 cordon_component_unescape(const char *pattern, size_t length, char *to)
{
	u32 written = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		if (pattern[i] == '\\' && i + 1 < length)
			i++;
		to[written++] = pattern[i];
	}
	return written;
}

/* Moves @at from behind "[" to behind the set; is @byte in it? */
static bool set_match(const char *text, size_t length, size_t *at, u8 byte)
{
	bool exclude = false;
	bool found = false;
	u8 high;
	u8 low;

	if (*at < length && text[*at] == '!') {
		exclude = true;
		++*at;
	}
	while (*at < length && text[*at] != ']') {
		if (!range_next(text, length, at, &low, &high))
			return false;
		if (low <= byte && byte <= high)
			found = true;
	}
	++*at;
	return found != exclude;
}

/* Does the item at @at, not "*", take @byte?  If so moves @at behind it. */
static bool item_match(const char *pattern, size_t length, size_t *at, u8 byte)
{
	size_t i = *at;

	if (pattern[i] == '?') {
		i++;
	} else if (pattern[i] == '[') {
		i++;
		if (!set_match(pattern, length, &i, byte))
			return false;
	} else {
		if (pattern[i] == '\\' && i + 1 < length)
			i++;
		if ((u8)pattern[i] != byte)
			return false;
		i++;
	}
	*at = i;
	return true;
}

bool cordon_component_match(const char *pattern, size_t pattern_length,
			    const char *name, size_t name_length)
{
	bool starred = false;
	size_t behind_star = 0;	/* in pattern */
	size_t taken = 0;	/* where the last star ends in name */
	size_t p = 0;
	size_t n = 0;

	while (n < name_length) {
		if (p < pattern_length && pattern[p] == '*') {
			starred = true;
			behind_star = ++p;
			taken = n;
		} else if (p < pattern_length &&
			   item_match(pattern, pattern_length, &p,
				      (u8)name[n])) {
			n++;
		} else if (starred) {
			p = behind_star;
			n = ++taken;
		} else {
			return false;
		}
	}
	while (p < pattern_length && pattern[p] == '*')
		p++;
	return p == pattern_length;
}
