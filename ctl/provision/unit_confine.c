// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Directories of units, and their sandboxes: what systemd gives a service to
 * write to, and what it hides from it.
 */
#include <stdlib.h>
#include <string.h>

#include "manifest_edit.h"
#include "output.h"
#include "unit_private.h"

/* ConfigurationDirectory= is only read */
static const struct {
	const char *key;
	const char *place;
	bool written;
} owned[] = {
	{ "RuntimeDirectory", "/run", true },
	{ "StateDirectory", "/var/lib", true },
	{ "CacheDirectory", "/var/cache", true },
	{ "LogsDirectory", "/var/log", true },
	{ "ConfigurationDirectory", "/etc", false },
};

static void add_tree(struct provision *provision, json_t *rules,
		     const char *path, bool written)
{
	provision_rule(provision, rules, "read", path, PROVISION_TREE);
	if (written)
		provision_rule(provision, rules, "write", path,
			       PROVISION_TREE);
}

static void add_owned(struct provision *provision, const struct unit *unit,
		      size_t which)
{
	bool dynamic = unit_flag(unit, "Service", "DynamicUser") &&
		       which >= 1 && which <= 3;
	struct texts words = { 0 };
	size_t i;

	unit_words(unit, "Service", owned[which].key, &words);
	for (i = 0; i < words.count; i++) {
		char *path = memory_format("%s%s/%.*s", owned[which].place,
					   dynamic ? "/private" : "",
					   (int)strcspn(words.text[i], ":"),
					   words.text[i]);

		add_tree(provision,
			 unit_rules(provision, unit, owned[which].key,
				    "allow"), path, owned[which].written);
		free(path);
	}
	texts_free(&words);
}

static void add_pid_file(struct provision *provision, const struct unit *unit)
{
	const char *value = unit_value(unit, "Service", "PIDFile");
	char *path, *whole;
	json_t *rules;

	if (!value)
		return;
	path = unit_expand(unit, value);
	whole = memory_format("%s%s", *path == '/' ? "" : "/run/", path);
	rules = unit_rules(provision, unit, "PIDFile", "allow");
	provision_rule(provision, rules, "read", whole, "");
	provision_rule(provision, rules, "write", whole, "");
	free(whole);
	free(path);
}

void unit_directories(struct provision *provision, const struct unit *unit)
{
	struct texts words = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(owned); i++)
		add_owned(provision, unit, i);
	add_pid_file(provision, unit);
	unit_words(unit, "Service", "ReadWritePaths", &words);
	for (i = 0; i < words.count; i++) {
		const char *path = words.text[i] +
				   strspn(words.text[i], "-+");
		json_t *rules;
		bool file;

		if (*path != '/')
			continue;
		/* What is not there yet is a file if it looks like one */
		file = !root_is_directory(&provision->root, path) &&
		       strchr(strrchr(path, '/'), '.');
		rules = unit_rules(provision, unit, "ReadWritePaths", "allow");
		provision_rule(provision, rules, "read", path,
			       file ? "" : PROVISION_TREE);
		provision_rule(provision, rules, "write", path,
			       file ? "" : PROVISION_TREE);
	}
	texts_free(&words);
	if (unit_flag(unit, "Service", "PrivateTmp")) {
		json_t *rules = unit_rules(provision, unit, "PrivateTmp",
					   "allow");

		add_tree(provision, rules, "/tmp", true);
		add_tree(provision, rules, "/var/tmp", true);
	}
}

/* --- what is denied ------------------------------------------------------- */

static bool meets(const json_t *list, const char *tree)
{
	size_t i, length = strlen(tree);
	const json_t *text;

	json_array_foreach(list, i, text) {
		const char *path = json_string_value(text);
		size_t plain = strcspn(path, "*?[{\\");

		if (!strncmp(path, tree, plain < length ? plain : length))
			return true;
	}
	return false;
}

/* Does any path that was drafted lie below a tree, or above it */
static bool is_open(const struct provision *provision, const char *list,
		    const char *tree)
{
	static const char *const places[] = { "allow", "programs" };
	const json_t *rules;
	size_t i, k;

	for (k = 0; k < ARRAY_SIZE(places); k++)
		json_array_foreach(json_object_get(provision->document,
						   places[k]), i, rules)
			if (meets(json_object_get(rules, list), tree))
				return true;
	return false;
}

/* A deny outweighs all that allows: only where nothing does is it one */
static void deny_tree(struct provision *provision, const struct unit *unit,
		      const char *key, const char *list, const char *path)
{
	char *pattern = provision_pattern(provision, path);

	if (!is_open(provision, list, pattern))
		provision_rule(provision,
			       unit_rules(provision, unit, key, "deny"), list,
			       path, PROVISION_TREE);
	free(pattern);
}

static void deny_paths(struct provision *provision, const struct unit *unit,
		       const char *key, bool read)
{
	struct texts words = { 0 };
	size_t i;

	unit_words(unit, "Service", key, &words);
	for (i = 0; i < words.count; i++) {
		const char *path = words.text[i] +
				   strspn(words.text[i], "-+");

		if (*path != '/')
			continue;
		deny_tree(provision, unit, key, "write", path);
		if (read)
			deny_tree(provision, unit, key, "read", path);
	}
	texts_free(&words);
}

static bool is_word(const char *value, const char *one, const char *other)
{
	return value && (!strcmp(value, one) || !strcmp(value, other));
}

static void protect_system(struct provision *provision,
			   const struct unit *unit)
{
	static const char key[] = "ProtectSystem";
	const char *value = unit_value(unit, "Service", key);
	bool full = is_word(value, "full", "strict");

	if (!full && !unit_flag(unit, "Service", key))
		return;
	deny_tree(provision, unit, key, "write", "/usr");
	deny_tree(provision, unit, key, "write", "/boot");
	if (full)
		deny_tree(provision, unit, key, "write", "/etc");
}

static void protect_home(struct provision *provision, const struct unit *unit)
{
	static const char *const homes[] = { "/home", "/root", "/run/user" };
	static const char key[] = "ProtectHome";
	const char *value = unit_value(unit, "Service", key);
	bool hidden = unit_flag(unit, "Service", key) ||
		      is_word(value, "tmpfs", "tmpfs");
	size_t i;

	if (!hidden && !is_word(value, "read-only", "read-only"))
		return;
	for (i = 0; i < ARRAY_SIZE(homes); i++) {
		deny_tree(provision, unit, key, "write", homes[i]);
		if (hidden)
			deny_tree(provision, unit, key, "read", homes[i]);
	}
}

/* Executables that its own entries name must stay: see provision_program() */
static bool holds_program(const struct provision *provision, const char *tree)
{
	size_t i, length = strlen(tree);
	const json_t *program;

	json_array_foreach(json_object_get(provision->document, "programs"), i,
			   program) {
		const char *exe = json_string_value(json_object_get(program,
								    "exe"));

		if (!strncmp(exe, tree, length) &&
		    (exe[length] == '/' || !exe[length]))
			return true;
	}
	return false;
}

static void deny_exec(struct provision *provision, const struct unit *unit)
{
	struct texts denied = { 0 }, allowed = { 0 };
	size_t i, k;

	unit_words(unit, "Service", "NoExecPaths", &denied);
	unit_words(unit, "Service", "ExecPaths", &allowed);
	for (i = 0; i < denied.count; i++) {
		const char *path = denied.text[i] +
				   strspn(denied.text[i], "-+");
		char *tree = *path == '/' ? provision_pattern(provision, path) :
					    memory_copy("/");
		bool open = !strcmp(tree, "/") ||
			    holds_program(provision, tree);

		for (k = 0; k < allowed.count; k++)
			open |= !strncmp(allowed.text[k] +
					 strspn(allowed.text[k], "-+"), path,
					 strlen(path));
		if (!open) {
			json_t *rules = unit_rules(provision, unit,
						   "NoExecPaths", "deny");

			provision_rule(provision, rules, "exec", path,
				       PROVISION_TREE);
		}
		free(tree);
	}
	texts_free(&denied);
	texts_free(&allowed);
}

void unit_confinement(struct provision *provision, const struct unit *unit)
{
	deny_paths(provision, unit, "ReadOnlyPaths", false);
	deny_paths(provision, unit, "InaccessiblePaths", true);
	protect_system(provision, unit);
	protect_home(provision, unit);
	deny_exec(provision, unit);
	if (unit_flag(unit, "Service", "MemoryDenyWriteExecute"))
		manifest_edit_add_text(unit_rules(provision, unit,
						  "MemoryDenyWriteExecute",
						  "deny"), "load", "anon:");
	if (unit_value(unit, "Service", "RootDirectory") ||
	    unit_value(unit, "Service", "RootImage"))
		provision_ask(provision,
			      "%s has a root of its own: are the paths those that it sees?",
			      unit->name);
}
