// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "provision.h"

/* Where units lie, the first first; systemd.unit(5) */
static const char *const directories[] = {
	"/etc/systemd/system.control",
	"/run/systemd/system.control",
	"/run/systemd/transient",
	"/run/systemd/generator.early",
	"/etc/systemd/system",
	"/etc/systemd/system.attached",
	"/run/systemd/system",
	"/run/systemd/system.attached",
	"/run/systemd/generator",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
	"/run/systemd/generator.late",
};

/* How far an alias may lead, so that a ring of them ends */
#define ALIAS_MAX 8

static void add_setting(struct unit *unit, const char *section,
			const char *key, const char *value)
{
	struct unit_setting *setting;

	if (!(unit->count & (unit->count - 1)))
		unit->settings = memory_sure(realloc(unit->settings,
						     (unit->count ?
						      unit->count * 2 : 1) *
						     sizeof(*setting)));
	setting = &unit->settings[unit->count++];
	setting->section = memory_copy(section);
	setting->key = memory_copy(key);
	setting->value = memory_copy(value);
}

static char *trim(char *text)
{
	static const char blanks[] = " \t\r\n";
	char *end;

	text += strspn(text, blanks);
	end = text + strlen(text);
	while (end > text && strchr(blanks, end[-1]))
		*--end = 0;
	return text;
}

/*
 * Takes the next line off *rest, with those that continue it, of which each
 * backslash becomes a blank; comments between them are none of it.
 */
static char *next_line(char **rest)
{
	char *line = memory_copy(""), *more;
	bool continued = true;

	while (continued && **rest) {
		char *end = *rest + strcspn(*rest, "\n");
		char *text = *rest;
		size_t length;

		*rest = *end ? end + 1 : end;
		*end = 0;
		text += strspn(text, " \t");
		if ((*text == '#' || *text == ';') && (*line || **rest)) {
			if (*line)
				continue;
			break;
		}
		length = strlen(text);
		if (length && text[length - 1] == '\r')
			text[--length] = 0;
		continued = length && text[length - 1] == '\\';
		if (continued)
			text[length - 1] = ' ';
		more = memory_format("%s%s", line, text);
		free(line);
		line = more;
	}
	return line;
}

static void parse(struct unit *unit, char *text)
{
	char *section = memory_copy("");

	while (*text) {
		char *whole = next_line(&text), *line = trim(whole), *value;
		size_t length = strlen(line);

		if (*line == '[' && line[length - 1] == ']') {
			line[length - 1] = 0;
			free(section);
			section = memory_copy(line + 1);
		} else if (*line != '#' && *line != ';') {
			value = strchr(line, '=');
			if (value) {
				*value++ = 0;
				add_setting(unit, section, trim(line),
					    trim(value));
			}
		}
		free(whole);
	}
	free(section);
}

static bool read_file(struct unit *unit, const struct root *root,
		      const char *path)
{
	char *text, *at;
	size_t length;

	text = root_read(root, path, &length);
	if (!text)
		return false;
	/* Only specifiers may leave open what they stand for */
	for (at = text; (at = strchr(at, PROVISION_ANY)); )
		*at = '?';
	parse(unit, text);
	free(text);
	texts_add(&unit->files, memory_copy(path));
	return true;
}

bool unit_is_name(const char *name)
{
	static const char *const types[] = {
		"service", "socket", "mount", "swap", "slice", "scope",
		"target", "timer", "path", "device", "automount",
	};
	const char *dot = strrchr(name, '.');
	size_t i;

	if (!dot || dot == name || strlen(name) > 255 || *name == '@')
		return false;
	for (; *name; name++)
		if (!strchr("0123456789abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@", *name))
			return false;
	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(dot + 1, types[i]))
			return true;
	return false;
}

/* "getty@.service" of "getty@tty1.service"; NULL if it is no instance */
static char *template_of(const char *name)
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	if (!at || at > dot || at + 1 == dot)
		return NULL;
	return memory_format("%.*s%s", (int)(at + 1 - name), name, dot);
}

/* What the last component of a link is called, if it is a unit's alias */
static char *alias_of(const struct root *root, const char *path)
{
	int fd = root_file(root, path, O_PATH | O_NOFOLLOW);
	char target[PATH_MAX];
	const char *name;
	ssize_t length;

	if (fd < 0)
		return NULL;
	length = readlinkat(fd, "", target, sizeof(target) - 1);
	close(fd);
	if (length <= 0)
		return NULL;
	target[length] = 0;
	name = strrchr(target, '/');
	name = name ? name + 1 : target;
	return unit_is_name(name) ? memory_copy(name) : NULL;
}

/* The file of a unit: the first directory that has it decides */
static char *find_file(const struct root *root, const char *name)
{
	struct stat status;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(directories); i++) {
		char *path = memory_format("%s/%s", directories[i], name);

		fd = root_file(root, path, O_PATH | O_NOFOLLOW);
		if (fd >= 0 && !fstat(fd, &status)) {
			close(fd);
			return path;
		}
		free(path);
	}
	return NULL;
}

static bool is_masked(const struct root *root, const char *path)
{
	char *real = root_resolve(root, path);
	struct stat status;
	bool masked = !strcmp(real, "/dev/null") ||
		      (!root_stat(root, path, &status) &&
		       S_ISREG(status.st_mode) && !status.st_size);

	free(real);
	return masked;
}

/*
 * The name that a unit really has, and its file.  An instance whose alias leads
 * to a template keeps its instance.
 */
static char *follow(const struct root *root, char **name)
{
	char *path = NULL, *template, *alias;
	size_t steps;

	for (steps = 0; steps < ALIAS_MAX; steps++) {
		free(path);
		path = find_file(root, *name);
		template = path ? NULL : template_of(*name);
		if (template)
			path = find_file(root, template);
		alias = path && !is_masked(root, path) ?
			alias_of(root, path) : NULL;
		if (!alias || !strcmp(alias, template ? template : *name)) {
			free(alias);
			free(template);
			return path;
		}
		if (template && strstr(alias, "@.")) {
			char *at = strchr(*name, '@');
			char *whole = memory_format("%.*s%.*s%s",
				(int)(strchr(alias, '@') + 1 - alias), alias,
				(int)(strrchr(*name, '.') - at - 1), at + 1,
				strrchr(alias, '.'));

			free(alias);
			alias = whole;
		}
		free(template);
		free(*name);
		*name = alias;
	}
	return path;
}

static void find_drop_ins(const struct root *root, const char *directory,
			  struct texts *names, struct texts *paths)
{
	int fd = root_file(root, directory, O_RDONLY | O_DIRECTORY);
	DIR *listing = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (fd >= 0 && !listing)
		close(fd);
	while (listing && (entry = readdir(listing))) {
		const char *dot = strrchr(entry->d_name, '.');

		/* The first directory that has a name decides what it is */
		if (!dot || dot == entry->d_name || strcmp(dot, ".conf") ||
		    texts_have(names, entry->d_name))
			continue;
		texts_add(names, memory_copy(entry->d_name));
		texts_add(paths, memory_format("%s/%s", entry->d_name,
					       directory));
	}
	if (listing)
		closedir(listing);
}

/*
 * Names whose drop-ins count: its own, its template's, those of its name up to
 * each dash, and its type's.
 */
static void drop_in_names(const char *name, struct texts *names)
{
	char *template = template_of(name), *copy = memory_copy(name);
	const char *type = strrchr(name, '.');
	size_t length = (size_t)(type - name);

	texts_add(names, memory_copy(name));
	if (template)
		texts_add(names, template);
	while (length-- > 1)
		if (copy[length] == '-' && length + 1 < (size_t)(type - name))
			texts_add(names, memory_format("%.*s-%s",
						       (int)length, copy,
						       type));
	texts_add(names, memory_copy(type + 1));
	free(copy);
}

static void read_drop_ins(struct unit *unit, const struct root *root)
{
	struct texts owners = { 0 }, names = { 0 }, paths = { 0 };
	size_t i, k;

	drop_in_names(unit->name, &owners);
	for (k = 0; k < owners.count; k++)
		for (i = 0; i < ARRAY_SIZE(directories); i++) {
			char *path = memory_format("%s/%s.d", directories[i],
						   owners.text[k]);

			find_drop_ins(root, path, &names, &paths);
			free(path);
		}
	/* "NAME/DIRECTORY": by their names, wherever they lie */
	texts_sort(&paths);
	for (i = 0; i < paths.count; i++) {
		const char *slash = strchr(paths.text[i], '/');
		char *path = memory_format("%s/%.*s", slash,
					   (int)(slash - paths.text[i]),
					   paths.text[i]);

		read_file(unit, root, path);
		free(path);
	}
	texts_free(&owners);
	texts_free(&names);
	texts_free(&paths);
}

enum unit_found unit_read(struct unit *unit, const struct root *root,
			  const char *name)
{
	enum unit_found found = UNIT_FOUND;
	char *path;

	*unit = (struct unit){ 0 };
	if (!unit_is_name(name))
		return UNIT_INVALID;
	unit->name = memory_copy(name);
	path = follow(root, &unit->name);
	if (!path)
		found = UNIT_ABSENT;
	else if (is_masked(root, path))
		found = UNIT_MASKED;
	else if (!read_file(unit, root, path))
		found = UNIT_ABSENT;
	if (found == UNIT_FOUND)
		read_drop_ins(unit, root);
	else
		unit_free(unit);
	free(path);
	return found;
}

void unit_free(struct unit *unit)
{
	size_t i;

	for (i = 0; i < unit->count; i++) {
		free(unit->settings[i].section);
		free(unit->settings[i].key);
		free(unit->settings[i].value);
	}
	free(unit->settings);
	free(unit->name);
	texts_free(&unit->files);
	*unit = (struct unit){ 0 };
}

static bool is_setting(const struct unit_setting *setting, const char *section,
		       const char *key)
{
	return !strcmp(setting->section, section) &&
	       !strcmp(setting->key, key);
}

const char *unit_value(const struct unit *unit, const char *section,
		       const char *key)
{
	size_t i = unit->count;

	while (i--)
		if (is_setting(&unit->settings[i], section, key))
			return *unit->settings[i].value ?
			       unit->settings[i].value : NULL;
	return NULL;
}

bool unit_flag(const struct unit *unit, const char *section, const char *key)
{
	const char *value = unit_value(unit, section, key);

	return value && (!strcasecmp(value, "yes") ||
			 !strcasecmp(value, "true") ||
			 !strcasecmp(value, "on") || !strcmp(value, "1") ||
			 !strcasecmp(value, "y") || !strcasecmp(value, "t"));
}

void unit_raw(const struct unit *unit, const char *section, const char *key,
	      struct texts *values)
{
	size_t i, first = 0;

	for (i = 0; i < unit->count; i++)
		if (is_setting(&unit->settings[i], section, key) &&
		    !*unit->settings[i].value)
			first = i + 1;
	for (i = first; i < unit->count; i++)
		if (is_setting(&unit->settings[i], section, key))
			texts_add(values, memory_copy(unit->settings[i].value));
}

void unit_values(const struct unit *unit, const char *section, const char *key,
		 struct texts *values)
{
	struct texts raw = { 0 };
	size_t i;

	unit_raw(unit, section, key, &raw);
	for (i = 0; i < raw.count; i++)
		texts_add(values, unit_expand(unit, raw.text[i]));
	texts_free(&raw);
}

void unit_words(const struct unit *unit, const char *section, const char *key,
		struct texts *words)
{
	struct texts values = { 0 }, raw = { 0 };
	size_t i;

	unit_raw(unit, section, key, &values);
	for (i = 0; i < values.count; i++)
		unit_split(values.text[i], &raw);
	for (i = 0; i < raw.count; i++)
		texts_add(words, unit_expand(unit, raw.text[i]));
	texts_free(&values);
	texts_free(&raw);
}
