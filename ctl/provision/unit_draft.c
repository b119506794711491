// SPDX-License-Identifier: LGPL-2.1-or-later
/* A service: its member, its programs, and all that its unit says of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uapi/cordon.h>

#include "exit.h"
#include "manifest.h"
#include "manifest_edit.h"
#include "output.h"
#include "unit_private.h"

json_t *unit_rules(struct provision *provision, const struct unit *unit,
		   const char *key, const char *effect)
{
	char *note = memory_format("%s of %s", key, unit->name);
	json_t *rules = manifest_edit_rules(provision->document, effect, note);

	free(note);
	return rules;
}

/* A name may be too long with its backslashes escaped: "?" is each of them */
static void shorten(char *pattern)
{
	char *from, *to = pattern;

	if (strlen(pattern) <= CORDON_COMPONENT_MAX)
		return;
	for (from = pattern; *from; from++) {
		if (from[0] == '\\' && from[1] == '\\') {
			*to++ = '?';
			from++;
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
}

/* "unit:getty@*.service" for a template, which is all its instances */
static void add_member(struct provision *provision, const char *name)
{
	const char *at = strstr(name, "@.");
	char *whole = at ? memory_format("%.*s@%c%s", (int)(at - name), name,
					 PROVISION_ANY, at + 1) :
			   memory_copy(name);
	char *pattern = memory_sure(manifest_pattern_quote(whole));
	char *any = strchr(pattern, PROVISION_ANY), *member;

	if (any)
		*any = '*';
	shorten(pattern);
	member = memory_format("unit:%s", pattern);
	manifest_edit_add_text(json_object_get(provision->document, "members"),
			       "any", member);
	free(member);
	free(pattern);
	free(whole);
}

static int tell(const struct provision *provision, const char *name,
		enum unit_found found)
{
	const char *where = *provision->root.path ? provision->root.path : "/";

	switch (found) {
	case UNIT_FOUND:
		return EXIT_OK;
	case UNIT_ABSENT:
		output_error("draft: there is no unit %s below %s: see `systemctl list-unit-files`",
			     name, where);
		return EXIT_UNKNOWN;
	case UNIT_MASKED:
		output_error("draft: the unit %s is masked below %s: it never runs",
			     name, where);
		return EXIT_UNKNOWN;
	case UNIT_INVALID:
		break;
	}
	output_error("draft: \"%s\" is no name of a unit: as in nginx.service, getty@tty1.service",
		     name);
	return EXIT_USAGE;
}

/* The service that a socket starts */
static int draft_activated(struct provision *provision,
			   const struct unit *socket)
{
	const char *service = unit_value(socket, "Socket", "Service");
	const char *dot = strrchr(socket->name, '.');
	const char *accept = unit_flag(socket, "Socket", "Accept") ? "@" : "";
	char *name = service ? unit_expand(socket, service) :
			       memory_format("%.*s%s.service",
					     (int)(dot - socket->name),
					     socket->name, accept);
	const char *type = strrchr(name, '.');
	int code = EXIT_USAGE;

	/* One that named itself would go round for ever */
	if (type && !strcmp(type, ".service"))
		code = provision_unit(provision, name);
	else
		output_error("draft: %s starts \"%s\", which is no service",
			     socket->name, name);
	free(name);
	return code;
}

static void draft_service(struct provision *provision, const struct unit *unit)
{
	if (texts_have(&provision->units, unit->name))
		return;
	texts_add(&provision->units, memory_copy(unit->name));
	add_member(provision, unit->name);
	unit_commands(provision, unit);
	unit_directories(provision, unit);
	unit_network(provision, unit);
}

int provision_unit(struct provision *provision, const char *name)
{
	char *whole = unit_is_name(name) ? memory_copy(name) :
		      memory_format("%s.service", name);
	struct unit unit;
	int code = tell(provision, whole,
			unit_read(&unit, &provision->root, whole));
	const char *type;

	free(whole);
	if (code)
		return code;
	type = strrchr(unit.name, '.');
	if (!strcmp(type, ".service")) {
		draft_service(provision, &unit);
	} else if (!strcmp(type, ".socket")) {
		code = draft_activated(provision, &unit);
	} else {
		output_error("draft: %s starts no process: name a service, or a socket that starts one",
			     unit.name);
		code = EXIT_USAGE;
	}
	unit_free(&unit);
	return code;
}

void unit_confine(struct provision *provision)
{
	struct unit unit;

	if (provision->units.count > 1)
		provision_ask(provision,
			      "The sandboxes of %zu units were not drafted, since what one may not another may need: which paths should be denied to all?",
			      provision->units.count);
	if (provision->units.count != 1 ||
	    unit_read(&unit, &provision->root, provision->units.text[0]) !=
	    UNIT_FOUND)
		return;
	unit_confinement(provision, &unit);
	unit_peers_denied(provision, &unit);
	unit_free(&unit);
}
