// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Members: which processes a manifest is about.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "manifest_source.h"
#include "names.h"
#include "suggest.h"

/*
 * A number for a user whom this machine does not know, of a manifest for
 * another one: its own as far as possible, and of the upper half, where
 * systems put nobody.
 */
static u32 foreign_uid(const char *name)
{
	u32 hash = 2166136261u;		/* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return 0x80000000u | hash >> 2;
}

static void add_member(struct manifest_reader *reader,
		       const struct position *value,
		       struct manifest_source *source,
		       enum cordon_member_kind kind, const char *pattern,
		       u32 uid)
{
	struct manifest_member *members =
		realloc(source->members,
			(source->member_count + 1) * sizeof(*members));
	char *copy = pattern ? strdup(pattern) : NULL;

	if (members)
		source->members = members;
	if (!members || (pattern && !copy)) {
		manifest_error(reader, value, NULL, "out of memory");
		free(copy);
		return;
	}
	members[source->member_count++] = (struct manifest_member){
		.origin = { reader->document, value },
		.kind = kind,
		.pattern = copy,
		.uid = uid,
		.segment = CORDON_NONE,
	};
}

static void read_patterns(struct manifest_reader *reader,
			  const struct position *value, size_t start,
			  struct manifest_source *source,
			  enum cordon_member_kind kind)
{
	enum manifest_pattern_use use = kind == CORDON_MEMBER_UNIT ?
					MANIFEST_PATTERN_UNIT :
					MANIFEST_PATTERN_MEMBER;
	struct expansion expansion;
	size_t i;

	if (!manifest_pattern_read(reader, value, start, use, &expansion))
		return;
	for (i = 0; i < expansion.count; i++)
		add_member(reader, value, source, kind,
			   expansion.patterns[i].text, 0);
	expansion_free(&expansion);
}

static void read_user(struct manifest_reader *reader,
		      const struct position *value, const char *name,
		      bool foreign, struct manifest_source *source)
{
	const struct passwd *user;
	unsigned long uid;
	char *end;

	if (!*name)
		return manifest_error(reader, value, NULL, "names no user");
	errno = 0;
	uid = strtoul(name, &end, 10);
	if (*name >= '0' && *name <= '9' && !*end) {
		if (errno || uid >= U32_MAX)
			manifest_error(reader, value, NULL,
				       "%s is no user id", name);
		else
			add_member(reader, value, source, CORDON_MEMBER_USER,
				   NULL, uid);
		return;
	}
	errno = 0;
	user = getpwnam(name);
	if (user)
		uid = user->pw_uid;
	else if (foreign)
		uid = foreign_uid(name);
	else if (errno && errno != ENOENT && errno != ESRCH)
		return manifest_error(reader, value,
				      "a numeric user id needs no look-up",
				      "user \"%s\" cannot be looked up: %s",
				      name, strerror(errno));
	else
		return manifest_error(reader, value,
				      "create it first, or name it by its number",
				      "this machine has no user \"%s\"", name);
	add_member(reader, value, source, CORDON_MEMBER_USER, NULL, uid);
}

static void tell_unknown(struct manifest_reader *reader,
			 const struct position *value, const char *text,
			 size_t length)
{
	static const char *const kinds[] = { "exe", "unit", "cgroup", "user" };
	const char *nearest;
	char *kind = strndup(text, length), *hint = NULL;

	nearest = kind && text[length] ? suggest_nearest(kind, kinds, 4) : NULL;
	if (text[0] == '/') {
		if (asprintf(&hint, "a program is selected by \"exe:%s\"",
			     text) < 0)
			hint = NULL;
	} else if (nearest) {
		if (asprintf(&hint, "did you mean \"%s%s\"?", nearest,
			     text + length) < 0)
			hint = NULL;
	}
	manifest_error(reader, value, hint,
		       "a member begins with exe:, unit:, cgroup: or user:");
	free(hint);
	free(kind);
}

void manifest_member_read(struct manifest_reader *reader,
			  const struct position *value, bool foreign,
			  struct manifest_source *source)
{
	const char *text = json_string_value(value->value);
	size_t length = strcspn(text, ":");
	int kind = cordon_member_parse(text, length);

	if (kind == CORDON_MEMBER_HOST)
		manifest_error(reader, value, "write \"members\": \"host\"",
			       "the host cannot be one member of several");
	else if (kind < 0 || !text[length])
		tell_unknown(reader, value, text, length);
	else if (kind == CORDON_MEMBER_USER)
		read_user(reader, value, text + length + 1, foreign, source);
	else
		read_patterns(reader, value, length + 1, source, kind);
}
