// SPDX-License-Identifier: LGPL-2.1-or-later
/* Command lines of units: what is started, and what its arguments name. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "manifest_edit.h"
#include "output.h"
#include "unit_private.h"

static const char *const keys[] = {
	"ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost",
	"ExecReload", "ExecStop", "ExecStopPost",
};

/* Where systemd looks for what is named without a slash */
static const char *const places[] = {
	"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin",
	"/bin",
};

/* --- environment ---------------------------------------------------------- */

static void read_environment(struct provision *provision,
			     const struct unit *unit, struct texts *environment)
{
	struct texts files = { 0 };
	size_t i, length;

	unit_words(unit, "Service", "Environment", environment);
	unit_words(unit, "Service", "EnvironmentFile", &files);
	for (i = 0; i < files.count; i++) {
		const char *path = files.text[i] + (*files.text[i] == '-');
		char *text = *path == '/' ?
			     root_read(&provision->root, path, &length) : NULL;
		char *line, *save;

		for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
		     line = strtok_r(NULL, "\n", &save)) {
			line += strspn(line, " \t");
			if (strchr("#;", *line) || !strchr(line, '='))
				continue;
			/* One word, so that quotes go: NAME="a b" */
			unit_split(line, environment);
		}
		free(text);
	}
	texts_free(&files);
}

static const char *value_of(const struct texts *environment, const char *name,
			    size_t length)
{
	size_t i = environment->count;

	while (i--) {
		const char *text = environment->text[i];

		if (!strncmp(text, name, length) && text[length] == '=')
			return text + length + 1;
	}
	return NULL;
}

/* "$NAME" as a word of its own becomes words, "${NAME}" within one a part */
static void substitute(const char *word, const struct texts *environment,
		       struct texts *words)
{
	char *made = NULL;
	FILE *stream;
	size_t size;

	if (word[0] == '$' && (isalpha((unsigned char)word[1]) ||
			       word[1] == '_')) {
		const char *value = value_of(environment, word + 1,
					     strlen(word + 1));

		if (value)
			unit_split(value, words);
		return;
	}
	stream = memory_sure(open_memstream(&made, &size));
	while (*word) {
		const char *end = !strncmp(word, "${", 2) ?
				  strchr(word, '}') : NULL, *value;

		if (!end) {
			fputc(*word++, stream);
			continue;
		}
		value = value_of(environment, word + 2,
				 (size_t)(end - word - 2));
		fputs(value ? value : "", stream);
		word = end + 1;
	}
	fclose(stream);
	texts_add(words, memory_sure(made));
}

/* --- arguments ------------------------------------------------------------ */

/* Where programs keep what they write: a name there is of such a file */
static bool is_written(const char *path)
{
	static const char *const trees[] = {
		"/run/", "/var/run/", "/var/log/", "/var/lib/", "/var/cache/",
		"/var/spool/",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(trees); i++)
		if (!strncmp(path, trees[i], strlen(trees[i])))
			return true;
	return false;
}

static void add_path(struct provision *provision, json_t *program,
		     const char *path, const char *note)
{
	bool directory = root_is_directory(&provision->root, path);
	const char *below = directory ? PROVISION_TREE : "";

	if (!path[strspn(path, "/")])
		return;
	if (is_written(path)) {
		provision_rule(provision, program, "read", path, below);
		provision_rule(provision, program, "write", path, below);
		return;
	}
	provision_rule(provision, program, "read", path, below);
	if (directory || !root_is_program(&provision->root, path))
		return;
	/* start-stop-daemon --exec, env, sh: what it is to start */
	provision_rule(provision, program, "exec", path, "");
	provision_program(provision, path, note);
}

/* Does this look like the beginning of a path within an argument */
static bool begins_path(const char *argument, const char *at)
{
	if (*at != '/' || !at[1] || at[1] == '/')
		return false;
	return at == argument || strchr("=: \t\"',(<>;&|", at[-1]) ||
	       (at == argument + 2 && argument[0] == '-');
}

/*
 * Bytes of the path that an argument has at @at: the rest of it if there is
 * such a file, else up to what ends a word, in a text of several as a shell
 * reads it.
 */
static size_t path_length(struct provision *provision, const char *argument,
			  const char *at)
{
	struct stat status;

	if (!root_stat(&provision->root, at, &status))
		return strlen(at);
	if (strpbrk(argument, " \t\n"))
		return strcspn(at, " \t\n\"'`,;:&|<>(){}*?$\\");
	return strcspn(at, "\"'`,;:&|<>()");
}

static void read_argument(struct provision *provision, json_t *program,
			  const char *argument, const char *note)
{
	const char *at = argument;
	struct stat status;

	while (*at) {
		size_t length;
		char *path;

		if (!begins_path(argument, at)) {
			at++;
			continue;
		}
		length = path_length(provision, argument, at);
		path = memory_format("%.*s", (int)length, at);
		if (is_written(path) ||
		    !root_stat(&provision->root, path, &status) ||
		    !strncmp(path, "/etc/", 5))
			add_path(provision, program, path, note);
		free(path);
		at += length;
	}
}

/* --- commands ------------------------------------------------------------- */

static char *find_program(struct provision *provision, const char *name)
{
	size_t i;

	if (strchr(name, '/'))
		return memory_copy(name);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		char *path = memory_format("%s/%s", places[i], name);

		if (root_is_program(&provision->root, path))
			return path;
		free(path);
	}
	return NULL;
}

static bool is_shell(const char *path)
{
	static const char *const shells[] = {
		"sh", "bash", "dash", "zsh", "ksh", "busybox",
	};
	const char *name = strrchr(path, '/');
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shells); i++)
		if (name && !strcmp(name + 1, shells[i]))
			return true;
	return false;
}

static void ask_of_shell(struct provision *provision, const char *note,
			 const struct texts *words)
{
	size_t i;

	for (i = 0; i < words->count; i++)
		if (*words->text[i] == '-' && strchr(words->text[i], 'c')) {
			provision_ask(provision,
				      "What else does the shell of %s start? Each program wants a line in its \"exec\", and an entry",
				      note);
			return;
		}
}

/* One command, whose first word is its program, prefixes included */
static void add_command(struct provision *provision, const char *note,
			char *const *words, size_t count,
			const struct texts *environment)
{
	const char *name = words[0] + strspn(words[0], "-@:+!|");
	size_t prefix = (size_t)(name - words[0]), i;
	bool renamed = memchr(words[0], '@', prefix);
	struct texts arguments = { 0 };
	json_t *program;
	char *path;

	path = *name ? find_program(provision, name) : NULL;
	if (!path) {
		provision_ask(provision,
			      "What is \"%s\", which %s names? There is no such program here",
			      name, note);
		return;
	}
	for (i = renamed ? 2 : 1; i < count; i++)
		substitute(words[i], environment, &arguments);
	program = provision_program(provision, path, note);
	for (i = 0; program && i < arguments.count; i++)
		read_argument(provision, program, arguments.text[i], note);
	if (program && is_shell(path))
		ask_of_shell(provision, note, &arguments);
	texts_free(&arguments);
	free(path);
}

/* A line may hold several, with a ";" of its own between them */
static void add_line(struct provision *provision, const struct unit *unit,
		     const char *note, const char *line,
		     const struct texts *environment)
{
	struct texts raw = { 0 }, words = { 0 };
	size_t i, from = 0;

	/* Specifiers come last: what they bring in is one word */
	unit_split(line, &raw);
	for (i = 0; i < raw.count; i++)
		texts_add(&words, unit_expand(unit, raw.text[i]));
	texts_free(&raw);
	for (i = 0; i <= words.count; i++) {
		if (i < words.count && strcmp(words.text[i], ";"))
			continue;
		if (i > from)
			add_command(provision, note, words.text + from,
				    i - from, environment);
		from = i + 1;
	}
	texts_free(&words);
}

void unit_commands(struct provision *provision, const struct unit *unit)
{
	struct texts environment = { 0 };
	size_t i, k;

	read_environment(provision, unit, &environment);
	for (k = 0; k < ARRAY_SIZE(keys); k++) {
		char *note = memory_format("%s of %s", keys[k], unit->name);
		struct texts lines = { 0 };

		unit_raw(unit, "Service", keys[k], &lines);
		for (i = 0; i < lines.count; i++)
			add_line(provision, unit, note, lines.text[i],
				 &environment);
		texts_free(&lines);
		free(note);
	}
	texts_free(&environment);
}
