// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "ctl/command.h"

#include "suites.h"

#define WORDS_MAX 8

static const struct command_option options[] = {
	{ "confirm", "SECONDS", "" },
	{ "replace", NULL, "" },
	{ NULL, NULL, NULL },
};

static const struct command command = {
	.name = "load",
	.arguments = "FILE…",
	.help = "",
	.options = options,
	.words_min = 1,
	.words_max = 2,
};

static struct command_line line;
static struct command_globals globals;
static char *words[WORDS_MAX + 1];

static int parse(const char *const *given)
{
	int count = 0;

	memset(&line, 0, sizeof(line));
	memset(&globals, 0, sizeof(globals));
	for (; given[count]; count++)
		words[count] = (char *)given[count];
	words[count] = NULL;
	return command_parse(&command, count, words, &line, &globals);
}

static void silence(void)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

START_TEST(options_stand_anywhere)
{
	static const char *const orders[][WORDS_MAX] = {
		{ "--confirm", "60", "--replace", "a", "b" },
		{ "a", "--confirm=60", "b", "--replace" },
		{ "a", "--json", "--replace", "--confirm", "60", "b" },
		{ "--replace", "--confirm=60", "--", "a", "b" },
	};

	ck_assert_int_eq(parse(orders[_i]), EXIT_OK);
	ck_assert_str_eq(line.value[0], "60");
	ck_assert_str_eq(line.value[1], "");
	ck_assert_uint_eq(line.count, 2);
	ck_assert_str_eq(line.words[0], "a");
	ck_assert_str_eq(line.words[1], "b");
	ck_assert_ptr_null(line.words[2]);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
	static const char *const given[] = { "--", "--replace", NULL };

	ck_assert_int_eq(parse(given), EXIT_OK);
	ck_assert_ptr_null(line.value[1]);
	ck_assert_uint_eq(line.count, 1);
	ck_assert_str_eq(line.words[0], "--replace");
}
END_TEST

START_TEST(options_of_all_commands)
{
	static const char *const given[] = {
		"a", "--json", "--color=never", "--verbose", NULL,
	};
	static const char *const help[] = { "-h", NULL };

	ck_assert_int_eq(parse(given), EXIT_OK);
	ck_assert(globals.json && globals.verbose && !globals.help);
	ck_assert_int_eq(globals.colour, OUTPUT_COLOUR_NEVER);
	/* Asking for help is right even where words are missing */
	ck_assert_int_eq(parse(help), EXIT_OK);
	ck_assert(globals.help);
}
END_TEST

START_TEST(what_is_wrong_is_refused)
{
	static const char *const wrong[][WORDS_MAX] = {
		{ NULL },
		{ "a", "b", "c" },
		{ "a", "--confrim", "60" },
		{ "a", "--confirm" },
		{ "a", "--replace=yes" },
		{ "a", "--replace", "--replace" },
		{ "a", "--color=blue" },
		{ "a", "-x" },
		{ "a", "--=" },
		{ "a", "--confir=60" },
	};

	silence();
	ck_assert_int_eq(parse(wrong[_i]), EXIT_USAGE);
}
END_TEST

START_TEST(numbers_are_whole_and_within)
{
	static const char *const wrong[] = {
		"", "-1", "+1", " 1", "1 ", "0", "101", "0x10", "1e1",
		"99999999999999999999999",
	};
	uint64_t number;

	silence();
	ck_assert_int_eq(command_number("--n", "1", 1, 100, &number), EXIT_OK);
	ck_assert_uint_eq(number, 1);
	ck_assert_int_eq(command_number("--n", "100", 1, 100, &number),
			 EXIT_OK);
	ck_assert_int_eq(command_number("--n", wrong[_i], 1, 100, &number),
			 EXIT_USAGE);
}
END_TEST

/* The whole of a file, for free() */
static char *read_all(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	ck_assert_msg(file != NULL, "%s: run from the source's root", path);
	ck_assert_int_gt(getdelim(&text, &room, '\0', file), 0);
	fclose(file);
	return text;
}

/* Does @text hold @word, not as a part of a longer one */
static bool has_word(const char *text, const char *word)
{
	static const char inside[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	size_t length = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word))) {
		if ((at == text || !strchr(inside, at[-1]) ||
		     !strchr(inside, word[0])) &&
		    (!at[length] || !strchr(inside, at[length])))
			return true;
		at += length;
	}
	return false;
}

/* What the manual says of a command: from its ".Ss" to the next heading */
static char *manual_section(const char *manual, const char *name)
{
	char heading[64];
	const char *from;
	size_t length;

	snprintf(heading, sizeof(heading), "\n.Ss %s", name);
	from = manual;
	do {
		from = strstr(from + 1, heading);
		ck_assert_msg(from != NULL, "cordonctl(8) lacks %s", name);
	} while (from[strlen(heading)] != ' ' && from[strlen(heading)] != '\n');
	length = strcspn(from + 1, "\n") + 1;
	while (from[length] && strncmp(from + length, "\n.Ss", 4) &&
	       strncmp(from + length, "\n.Sh", 4))
		length++;
	return strndup(from, length);
}

START_TEST(manual_page_and_commands_agree)
{
	const struct command *subject = commands[_i];
	const struct command_option *option;
	char *manual = read_all("docs/cordonctl.8");
	char *section = manual_section(manual, subject->name);
	const char *at = section;
	char word[64];

	for (option = subject->options; option && option->name; option++) {
		snprintf(word, sizeof(word), "\n.It Fl -%s", option->name);
		ck_assert_msg(has_word(section, word),
			      "cordonctl(8): %s lacks --%s", subject->name,
			      option->name);
	}
	/* The other way: no option that the command has not */
	while ((at = strstr(at, "\n.It Fl -"))) {
		at += strlen("\n.It Fl -");
		for (option = subject->options; option && option->name;
		     option++)
			if (!strncmp(at, option->name, strlen(option->name)) &&
			    strchr(" \n", at[strlen(option->name)]))
				break;
		ck_assert_msg(option && option->name,
			      "cordonctl(8): %s has no --%.10s", subject->name,
			      at);
	}
	free(section);
	free(manual);
}
END_TEST

START_TEST(manual_page_has_the_common_options)
{
	char *manual = read_all("docs/cordonctl.8");
	const struct command_option *option;
	char word[64];

	for (option = command_globals_options; option->name; option++) {
		snprintf(word, sizeof(word), ".It Fl -%s", option->name);
		ck_assert_msg(has_word(manual, word), "cordonctl(8) lacks --%s",
			      option->name);
	}
	free(manual);
}
END_TEST

/* The options that the completion offers after a command */
static void completion_offers(const char *name, char *offered, size_t size)
{
	char shell[512];
	FILE *pipe;
	size_t got;

	snprintf(shell, sizeof(shell),
		 "bash -c 'source ctl/completion/cordonctl.bash; compopt() { :; }; COMP_WORDS=(cordonctl %s %s); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _cordonctl; echo \"${COMPREPLY[*]}\"'",
		 name, *name ? "--" : "\"\"");
	pipe = popen(shell, "r");
	ck_assert_ptr_nonnull(pipe);
	got = fread(offered, 1, size - 1, pipe);
	offered[got] = '\0';
	ck_assert_int_eq(pclose(pipe), 0);
}

static size_t count_words(const char *text)
{
	size_t count = 0;

	while (*(text += strspn(text, " \n"))) {
		text += strcspn(text, " \n");
		count++;
	}
	return count;
}

START_TEST(completion_and_commands_agree)
{
	const struct command *subject = commands[_i];
	const struct command_option *option;
	size_t expected = 0;
	char offered[1024], word[64];

	completion_offers(subject->name, offered, sizeof(offered));
	for (option = subject->options; option && option->name; option++) {
		snprintf(word, sizeof(word), "--%s", option->name);
		ck_assert_msg(has_word(offered, word),
			      "completion: %s lacks %s", subject->name, word);
		expected++;
	}
	for (option = command_globals_options; option->name; option++)
		expected++;
	ck_assert_msg(count_words(offered) == expected,
		      "completion: %s offers too much: %s", subject->name,
		      offered);
}
END_TEST

START_TEST(completion_offers_the_commands)
{
	char offered[1024];
	size_t i;

	completion_offers("", offered, sizeof(offered));
	for (i = 0; i < commands_count; i++)
		ck_assert_msg(has_word(offered, commands[i]->name),
			      "completion lacks %s", commands[i]->name);
	ck_assert_uint_eq(count_words(offered), commands_count);
}
END_TEST

START_TEST(a_command_is_found_by_its_name)
{
	size_t i;

	for (i = 0; i < commands_count; i++) {
		ck_assert_ptr_eq(command_find(commands[i]->name), commands[i]);
		ck_assert_str_ne(commands[i]->summary, "");
		ck_assert_str_ne(commands[i]->help, "");
		ck_assert_ptr_nonnull(commands[i]->run);
	}
	ck_assert_ptr_null(command_find("lod"));
	ck_assert_ptr_null(command_find(""));
}
END_TEST

Suite *command_line_suite(void)
{
	Suite *suite = suite_create("command_line");
	TCase *parsing = tcase_create("parse");
	TCase *agreeing = tcase_create("agree");

	tcase_add_loop_test(parsing, options_stand_anywhere, 0, 4);
	tcase_add_test(parsing, two_dashes_end_the_options);
	tcase_add_test(parsing, options_of_all_commands);
	tcase_add_loop_test(parsing, what_is_wrong_is_refused, 0, 10);
	tcase_add_loop_test(parsing, numbers_are_whole_and_within, 0, 10);
	suite_add_tcase(suite, parsing);
	tcase_add_test(agreeing, a_command_is_found_by_its_name);
	tcase_add_test(agreeing, manual_page_has_the_common_options);
	tcase_add_loop_test(agreeing, manual_page_and_commands_agree, 0,
			    (int)commands_count);
	tcase_add_test(agreeing, completion_offers_the_commands);
	tcase_add_loop_test(agreeing, completion_and_commands_agree, 0,
			    (int)commands_count);
	suite_add_tcase(suite, agreeing);
	return suite;
}
