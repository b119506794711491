// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Entries of programs: what they are linked to, and what interprets them.
 */
#include <stdlib.h>
#include <string.h>

#include "command_run.h"
#include "elf_file.h"
#include "manifest.h"
#include "manifest_edit.h"
#include "output.h"
#include "provision.h"

/* How far libraries may be linked to others, so that a ring of them ends */
#define LIBRARIES_MAX 4096

/* As the piece has it; a unit test holds this against it */
bool provision_is_common(const char *path)
{
	static const char *const plain[] = {
		"/usr/lib/", "/usr/lib32/", "/usr/lib64/", "/usr/libx32/",
	};
	const char *name = strrchr(path, '/') + 1, *dot;
	size_t length = (size_t)(name - path), i;

	dot = strstr(name, ".so");
	if (!dot || (dot[3] && dot[3] != '.'))
		return false;
	for (i = 0; i < ARRAY_SIZE(plain); i++)
		if (length == strlen(plain[i]) &&
		    !strncmp(path, plain[i], length))
			return true;
	if (strncmp(path, "/usr/lib/", 9))
		return false;
	path += 9;
	/* "x86_64-linux-gnu/", and nothing below it */
	return strstr(path, "-linux-gnu") && strchr(path, '/') + 1 == name;
}

/* --- libraries ------------------------------------------------------------ */

/* Of "\tlibz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1" */
static void read_cache_line(json_t *libraries, char *line)
{
	char *path = strstr(line, " => "), *name = line + strspn(line, " \t");
	char *kind = strstr(line, " (");
	json_t *paths;

	if (!path || !kind || kind > path)
		return;
	*kind = 0;
	paths = json_object_get(libraries, name);
	if (!paths) {
		paths = memory_sure(json_array());
		json_object_set_new(libraries, name, paths);
	}
	json_array_append_new(paths, json_string(path + 4));
}

static void read_cache(struct provision *provision)
{
	char *cache = memory_format("%s/etc/ld.so.cache",
				    provision->root.path);
	const char *const words[] = { "ldconfig", "-p", "-C", cache, NULL };
	char *text = NULL, *line, *save;

	provision->libraries = memory_sure(json_object());
	/* Without a cache, the usual places are all that there is */
	if (!command_run_quietly(words, &text))
		for (line = strtok_r(text, "\n", &save); line;
		     line = strtok_r(NULL, "\n", &save))
			read_cache_line(provision->libraries, line);
	free(text);
	free(cache);
}

static bool is_kin(struct provision *provision, const char *path,
		   const struct elf_file *elf)
{
	struct elf_file other;
	bool kin;

	if (!elf_file_read(&other, &provision->root, path))
		return false;
	kin = other.machine == elf->machine && other.class == elf->class;
	elf_file_free(&other);
	return kin;
}

/* The library of a name in a directory of a run path; $ORIGIN is the file's */
static char *look_in(struct provision *provision, const char *directory,
		     size_t length, const char *origin, const char *name,
		     const struct elf_file *elf)
{
	size_t from = strrchr(origin, '/') - origin;
	static const char *const words[] = { "$ORIGIN", "${ORIGIN}" };
	char *path = NULL;
	size_t i;

	for (i = 0; i < 2 && !path; i++)
		if (length >= strlen(words[i]) &&
		    !strncmp(directory, words[i], strlen(words[i])))
			path = memory_format("%.*s%.*s/%s", (int)from, origin,
					     (int)(length - strlen(words[i])),
					     directory + strlen(words[i]),
					     name);
	if (!path)
		path = memory_format("%.*s/%s", (int)length, directory, name);
	if (*path == '/' && is_kin(provision, path, elf))
		return path;
	free(path);
	return NULL;
}

static char *find_library(struct provision *provision, const char *origin,
			  const struct elf_file *elf, const char *name)
{
	static const char usual[] =
		"/lib:/usr/lib:/lib64:/usr/lib64:/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu";
	const char *paths[2] = { elf->run_path ? elf->run_path : "", usual };
	const json_t *known, *path;
	char *found = NULL;
	size_t i, k;

	if (strchr(name, '/'))
		return memory_copy(name);
	for (i = 0; i < 2 && !found; i++) {
		const char *at = paths[i];

		known = json_object_get(provision->libraries, name);
		json_array_foreach(i ? known : NULL, k, path)
			if (is_kin(provision, json_string_value(path), elf))
				return memory_copy(json_string_value(path));
		while (*at && !found) {
			size_t length = strcspn(at, ":");

			if (length)
				found = look_in(provision, at, length, origin,
						name, elf);
			at += length + (at[length] == ':');
		}
	}
	return found;
}

/* What a library reads by itself, whoever it is linked to */
static void add_settings(struct provision *provision, json_t *program,
			 const char *name)
{
	static const struct {
		const char *name;
		const char *file;
	} settings[] = {
		{ "libcrypto.so.", "/etc/ssl/openssl.cnf" },
		{ "libkrb5.so.", "/etc/krb5.conf" },
		{ "libldap-2.5.so.", "/etc/ldap/ldap.conf" },
		{ "libldap.so.", "/etc/ldap/ldap.conf" },
		{ "libgnutls.so.", "/etc/gnutls/config" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strncmp(name, settings[i].name,
			     strlen(settings[i].name)))
			provision_rule(provision, program, "read",
				       settings[i].file, "");
}

/* Each library once, in the order in which they are found */
static void walk_libraries(struct provision *provision, json_t *program,
			   struct texts *files)
{
	size_t i, k;

	for (i = 0; i < files->count && files->count < LIBRARIES_MAX; i++) {
		struct elf_file elf;

		if (!elf_file_read(&elf, &provision->root, files->text[i]))
			continue;
		for (k = 0; k < elf.needed.count; k++) {
			const char *name = elf.needed.text[k];
			char *path = find_library(provision, files->text[i],
						  &elf, name), *real;

			if (!path) {
				provision_ask(provision,
					      "Where is the library %s, which %s is linked to? It was not found",
					      name, files->text[i]);
				continue;
			}
			add_settings(provision, program, name);
			real = root_resolve(&provision->root, path);
			if (!provision_is_common(real))
				provision_rule(provision, program, "load",
					       path, "");
			if (texts_have(files, real))
				free(real);
			else
				texts_add(files, real);
			free(path);
		}
		elf_file_free(&elf);
	}
}

void provision_libraries(struct provision *provision, json_t *program,
			 const char *path)
{
	struct texts files = { 0 };

	if (!provision->libraries)
		read_cache(provision);
	texts_add(&files, root_resolve(&provision->root, path));
	walk_libraries(provision, program, &files);
	texts_free(&files);
}

/* --- scripts -------------------------------------------------------------- */

/* What interpreters read and load beside the script: their own libraries */
static const struct {
	const char *name;
	const char *list;
	const char *pattern;
} libraries[] = {
	{ "python", "read", "/usr/lib/python3{,.*}/**" },
	{ "python", "read", "/usr/lib/python3{,.*}" },
	{ "python", "load", "/usr/lib/python3{,.*}/**/*.so" },
	{ "python", "read", "/usr/bin/pyvenv.cfg" },
	{ "perl", "read", "/etc/perl/**" },
	{ "perl", "read", "/usr/share/perl{,5}/**" },
	{ "perl", "read", "/usr/lib/*-linux-gnu/perl{,5,-base}/**" },
	{ "perl", "load", "/usr/lib/*-linux-gnu/perl{,5,-base}/**/*.so" },
	{ "ruby", "read", "/usr/{lib,share}/ruby/**" },
	{ "ruby", "load", "/usr/lib/*-linux-gnu/ruby/**/*.so" },
	{ "ruby", "read", "/usr/lib/*-linux-gnu/ruby/**" },
	{ "php", "read", "/etc/php/**" },
	{ "php", "load", "/usr/lib/php/*/*.so" },
};

static void add_interpreter_rules(json_t *program, const char *interpreter)
{
	const char *name = strrchr(interpreter, '/') + 1;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(libraries); i++)
		if (!strncmp(name, libraries[i].name,
			     strlen(libraries[i].name)))
			manifest_edit_add_text(program, libraries[i].list,
					       libraries[i].pattern);
}

/* The program that "#!/usr/bin/env NAME" leads to, or NULL */
static char *through_env(struct provision *provision, const char *interpreter,
			 char *arguments)
{
	static const char *const places[] = { "/usr/local/bin", "/usr/bin" };
	const char *base = strrchr(interpreter, '/');
	char *word, *save, *path;
	size_t i;

	if (!base || strcmp(base, "/env"))
		return NULL;
	for (word = strtok_r(arguments, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (*word == '-' || strchr(word, '='))
			continue;
		for (i = 0; i < ARRAY_SIZE(places); i++) {
			path = memory_format("%s/%s", places[i], word);
			if (root_is_program(&provision->root, path))
				return path;
			free(path);
		}
		return NULL;
	}
	return NULL;
}

static void add_script(struct provision *provision, json_t *program,
		       const char *path, char *line, const char *note)
{
	char *interpreter = line + strspn(line, " \t"), *arguments, *inner;
	char *pattern;

	interpreter[strcspn(interpreter, "\n")] = 0;
	arguments = interpreter + strcspn(interpreter, " \t");
	if (*arguments)
		*arguments++ = 0;
	provision_rule(provision, program, "read", path, "");
	if (*interpreter != '/')
		return;
	pattern = provision_pattern(provision, interpreter);
	provision_rule(provision, program, "exec", interpreter, "");
	add_interpreter_rules(program, pattern);
	free(pattern);
	provision_libraries(provision, program, interpreter);
	inner = through_env(provision, interpreter, arguments);
	if (inner) {
		json_t *entry = provision_program(provision, inner, note);

		provision_rule(provision, program, "exec", inner, "");
		/* That one is a program like any other, and reads the script */
		if (entry)
			provision_rule(provision, entry, "read", path, "");
		free(inner);
	}
	provision_ask(provision,
		      "What does the script %s start? Each program wants a line in its \"exec\", and an entry",
		      path);
}

json_t *provision_program(struct provision *provision, const char *path,
			  const char *note)
{
	size_t before = json_array_size(json_object_get(provision->document,
							"programs"));
	char *real, *pattern, *text;
	json_t *program;
	size_t length;

	if (!root_is_program(&provision->root, path)) {
		provision_ask(provision,
			      "What is \"%s\", which %s names? There is no such program here",
			      path, note);
		return NULL;
	}
	real = root_resolve(&provision->root, path);
	pattern = provision_pattern(provision, path);
	program = provision_can_be(provision, pattern) ?
		  manifest_edit_program(provision->document, pattern) : NULL;
	free(pattern);
	if (!program) {
		free(real);
		return NULL;
	}
	/* One that was there is not looked at again: scripts name themselves */
	if (json_array_size(json_object_get(provision->document, "programs")) ==
	    before) {
		free(real);
		return program;
	}
	json_object_set_new(program, "note", manifest_edit_note(note));
	text = root_read(&provision->root, real, &length);
	if (text && length > 2 && text[0] == '#' && text[1] == '!') {
		add_script(provision, program, real, text + 2, note);
	} else {
		add_interpreter_rules(program, real);
		provision_libraries(provision, program, real);
	}
	free(text);
	free(real);
	return program;
}
