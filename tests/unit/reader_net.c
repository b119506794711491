// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What rules about peers, and documents of segments, come to: drafts, names
 * over several documents, and answers.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/cases.h"
#include "ctl/evaluate.h"
#include "ctl/expand.h"
#include "ctl/lockout.h"
#include "names.h"
#include "reader_fixture.h"
#include "suites.h"

static void assert_rule(const struct cordon_draft *draft, u32 index,
			const char *expected)
{
	char *text = reader_rule(draft, index);

	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(a_draft_says_what_its_rules_about_peers_say)
{
	struct manifest_set set = reader_set(READER_MANIFESTS "/good/net.json",
					     NULL);
	const struct cordon_draft *draft = set.drafts[0];

	ck_assert_uint_eq(draft->kind, CORDON_DOCUMENT_MANIFEST);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_NET], CORDON_MODE_ENFORCE);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_EXEC], CORDON_MODE_MONITOR);
	assert_rule(draft, 26, "- allow connect udp/53@loopback = udp/53@loopback net.json:22:29");
	assert_rule(draft, 27, "- allow socket netlink/generic = netlink/generic net.json:22:84");
	assert_rule(draft, 28, "- deny socket bluetooth = bluetooth net.json:23:28");
	assert_rule(draft, 0, "0 allow listen tcp/80 = tcp/80 net.json:7:19");
	assert_rule(draft, 7, "0 allow accept any@any = any@any net.json:9:9");
	assert_rule(draft, 8, "0 allow accept tcp/443@{10.0.0.0/8,192.0.2.7,2001:db8::/32,::1,loopback} = tcp/443@10.0.0.0/8 tcp/443@192.0.2.7 tcp/443@2001:db8::/32 tcp/443@::1 tcp/443@loopback net.json:10:9");
	assert_rule(draft, 9, "0 allow connect {tcp/1,tcp/2-3,icmp}@workload:web = tcp/1@workload:web tcp/2-3@workload:web icmp@workload:web net.json:13:9");
	assert_rule(draft, 11, "0 allow connect sctp@10.0.0.1 = sctp@10.0.0.1 net.json:15:9");
	assert_rule(draft, 13, "0 allow connect /run/{two,three}/*.sock = /run/two/*.sock /run/three/*.sock net.json:16:26");
	assert_rule(draft, 15, "0 allow connect abstract:{a,b = abstract:{a,b net.json:16:66");
	assert_rule(draft, 25, "0 deny listen udp = udp net.json:19:75 (no metadata)");
	manifest_set_free(&set);
}
END_TEST

static const char *text_of(const struct cordon_draft *draft, u32 offset)
{
	return cordon_draft_text(draft, offset);
}

START_TEST(a_draft_says_what_its_segments_say)
{
	struct manifest_set set = reader_set(READER_MANIFESTS "/good/segments.json",
					     NULL);
	const struct cordon_draft *draft = set.drafts[0];
	static const struct {
		u32 kind;
		u32 segment;
		const char *pattern;
	} members[] = {
		{ CORDON_MEMBER_PREFIX, 0, "10.0.2.0/24" },
		{ CORDON_MEMBER_PREFIX, 0, "2001:db8:2::/64" },
		{ CORDON_MEMBER_INTERFACE, 0, "vnet3" },
		{ CORDON_MEMBER_PREFIX, 1, "10.0.1.0/24" },
		{ CORDON_MEMBER_INTERFACE, 1, "br-web.10" },
		{ CORDON_MEMBER_PREFIX, 2, "10.0.0.0/8" },
		{ CORDON_MEMBER_PREFIX, 2, "0.0.0.0/0" },
		{ CORDON_MEMBER_PREFIX, 2, "::/0" },
		{ CORDON_MEMBER_PREFIX, 2, "192.0.2.7" },
		{ CORDON_MEMBER_CLAIM, CORDON_NONE, "vnet3 10.0.2.7" },
		{ CORDON_MEMBER_CLAIM, CORDON_NONE, "vnet3 2001:db8:2::7" },
		{ CORDON_MEMBER_CLAIM, CORDON_NONE, "vnet3 52:54:00:12:34:56" },
		{ CORDON_MEMBER_CLAIM, CORDON_NONE, "vnet4 52:54:00:12:34:57" },
		{ CORDON_MEMBER_CLAIM, CORDON_NONE, "vnet4 52:54:00:12:34:58" },
		{ CORDON_MEMBER_CLAIM, CORDON_NONE, "vnet5 10.0.1.0/28" },
	};
	u32 i;

	ck_assert_uint_eq(draft->kind, CORDON_DOCUMENT_SEGMENTS);
	ck_assert_uint_eq(draft->effect, CORDON_EFFECT_ALLOW);
	ck_assert_uint_eq(draft->reject, true);
	ck_assert_uint_eq(draft->mode[CORDON_CLASS_NET], CORDON_MODE_ENFORCE);
	ck_assert_str_eq(text_of(draft, draft->name), "site");
	ck_assert_str_eq(text_of(draft, draft->owner), "net team");
	ck_assert_uint_eq(draft->used.programs, 4);
	ck_assert_str_eq(text_of(draft, cordon_draft_program(draft, 3)->exe),
			 "blocked");
	ck_assert(cordon_draft_program(draft, 0)->isolated);
	ck_assert(!cordon_draft_program(draft, 1)->isolated);
	ck_assert_uint_eq(draft->used.members,
			  sizeof(members) / sizeof(members[0]));
	for (i = 0; i < draft->used.members; i++) {
		const struct cordon_draft_member *member =
			cordon_draft_member(draft, i);

		ck_assert_uint_eq(member->kind, members[i].kind);
		ck_assert_uint_eq(member->program, members[i].segment);
		ck_assert_str_eq(text_of(draft, member->pattern),
				 members[i].pattern);
	}
	ck_assert_uint_eq(draft->used.rules, 5);
	assert_rule(draft, 0, "1 allow pass tcp/5432@segment:db = tcp/5432@segment:db segments.json:13:5 (queries)");
	assert_rule(draft, 1, "1 allow pass any@any = any@any segments.json:14:5");
	assert_rule(draft, 2, "- allow pass any@any = any@any segments.json:14:5");
	assert_rule(draft, 3, "- deny pass {tcp/22,icmp}@{segment:db,segment:web} = tcp/22@segment:db tcp/22@segment:web icmp@segment:db icmp@segment:web segments.json:17:5");
	assert_rule(draft, 4, "3 deny pass any@any = any@any segments.json:18:5");
	manifest_set_free(&set);
}
END_TEST

/* Whoever reads a dump has the text alone, and must find the same patterns. */
START_TEST(a_rules_text_expands_to_its_patterns)
{
	static const char *const files[] = { "net", "segments" };
	struct manifest_set set;
	char path[128];
	size_t seen = 0;
	u32 i, k;

	snprintf(path, sizeof(path), READER_MANIFESTS "/good/%s.json",
		 files[_i]);
	set = reader_set(path, NULL);
	for (i = 0; i < set.drafts[0]->used.rules; i++) {
		const struct cordon_draft_rule *rule =
			cordon_draft_rule(set.drafts[0], i);
		const char *text = text_of(set.drafts[0], rule->text);
		struct expansion expansion;
		struct expand_fault fault;

		ck_assert_int_eq(expand_braces(text, strlen(text),
					       CORDON_PATTERNS_MAX, &expansion,
					       &fault), 0);
		ck_assert_uint_eq(expansion.count, rule->patterns);
		for (k = 0; k < rule->patterns; k++, seen++)
			ck_assert_str_eq(expansion.patterns[k].text,
					 cordon_draft_pattern(set.drafts[0],
							      rule->pattern + k));
		expansion_free(&expansion);
	}
	ck_assert_uint_ge(seen, i);
	manifest_set_free(&set);
}
END_TEST

/* ---- names over several documents ------------------------------------------ */

/** struct loaded - what is in force, as options.loaded() has it */
struct loaded {
	struct manifest_set set;
	bool missing;
	unsigned int asked;
};

static struct cordon_draft *const *loaded(void *context, size_t *count)
{
	struct loaded *loaded = context;

	loaded->asked++;
	*count = loaded->missing ? 0 : loaded->set.count;
	return loaded->missing ? NULL : loaded->set.drafts;
}

/* What is said of a document beside a loaded one, for free(). */
static char *beside(struct loaded *context, const char *directory,
		    const char *name)
{
	const struct manifest_options options = {
		.loaded = loaded, .context = context, .foreign = true,
	};

	return reader_said(directory, name, &options);
}

#define WEB "{\"manifest\":1,\"workload\":\"web\",\"members\":{\"any\":[\"exe:/usr/w\"]},\"default\":\"deny\",\n" \
	    "\"allow\":[{\"connect\":[{\"to\":[\"10.0.0.1\",\"segment:%s\"]}]}]}"

START_TEST(names_are_found_in_what_is_loaded)
{
	char *directory = reader_directory(), path[512], *text;
	struct loaded context = { .asked = 0 };

	reader_write(directory, "site.json",
		     "{\"segments\":1,\"name\":\"site\",\"define\":[{\"segment\":\"db\",\"members\":[]}]}");
	reader_write(directory, "good.json", WEB, "db");
	reader_write(directory, "misspelt.json", WEB, "dbb");
	reader_write(directory, "again.json",
		     "{\"segments\":1,\"name\":\"again\",\"define\":[{\"segment\":\"db\",\"members\":[]}]}");
	reader_write(directory, "new/site.json",
		     "{\"segments\":1,\"name\":\"site\",\"define\":[{\"segment\":\"lan\",\"members\":[]}]}");
	reader_write(directory, "new/web.json", WEB, "db");
	reader_write(directory, "plain.json", "{\"manifest\":1,\"workload\":\"p\",\"members\":{\"any\":[\"exe:/usr/p\"]},\"default\":\"deny\"}");
	snprintf(path, sizeof(path), "%s/site.json", directory);
	context.set = reader_set(path, NULL);

	text = beside(&context, directory, "plain.json");
	ck_assert_str_eq(text, "");
	ck_assert_uint_eq(context.asked, 0);
	free(text);

	text = beside(&context, directory, "good.json");
	ck_assert_str_eq(text, "");
	ck_assert_uint_eq(context.asked, 1);
	free(text);

	text = beside(&context, directory, "misspelt.json");
	ck_assert_ptr_nonnull(strstr(text, "misspelt.json:2:40: error: /allow/0/connect/0/to/1: there is no segment \"dbb\" (did you mean \"db\"?)\n"));
	free(text);

	text = beside(&context, directory, "again.json");
	ck_assert_ptr_nonnull(strstr(text, "again.json:1:51: error: /define/0/segment: there is a segment \"db\" already, at "));
	free(text);

	/* The loaded document that has it is replaced by one that has not. */
	text = beside(&context, directory, "new");
	ck_assert_ptr_nonnull(strstr(text, "new/web.json:2:40: error: /allow/0/connect/0/to/1: there is no segment \"db\""));
	free(text);

	context.missing = true;
	text = beside(&context, directory, "good.json");
	ck_assert_ptr_nonnull(strstr(text, "good.json:2:40: warning: /allow/0/connect/0/to/1: no document that was given has the segment \"db\""));
	free(text);
	manifest_set_free(&context.set);
	reader_remove(directory);
}
END_TEST

START_TEST(what_lies_elsewhere_is_compiled_and_not_loaded)
{
	const struct manifest_options options = { .foreign = true };
	struct manifest_set set = reader_set(READER_MANIFESTS "/warned/net.json",
					     &options);
	struct cordon_policy *policy;
	struct report report;

	report_init(&report);
	ck_assert_uint_eq(set.count, 1);
	ck_assert_ptr_nonnull(set.elsewhere);
	policy = manifest_set_compile(&set, false, &report);
	ck_assert_ptr_nonnull(policy);
	ck_assert_uint_ne(cordon_policy_segment(policy, "db", 2), CORDON_NONE);
	free(policy);
	manifest_set_free(&set);

	set = reader_set(READER_MANIFESTS "/good/site", &options);
	ck_assert_uint_eq(set.count, 3);
	ck_assert_ptr_null(set.elsewhere);
	manifest_set_free(&set);
	report_free(&report);
}
END_TEST

/* ---- what could lock out ---------------------------------------------------- */

#define SEGMENTS(mode, members, isolate, deny) \
	"{\"segments\":1,\"name\":\"s\",\"mode\":{\"net\":\"" mode "\"},\"define\":[" \
	"{\"segment\":\"a\",\"members\":[" members "],\"isolate\":" isolate "}]," \
	"\"deny\":[" deny "]}"

START_TEST(closing_this_host_is_seen)
{
	static const struct {
		const char *document;
		const char *how;
	} cases[] = {
		{ SEGMENTS("enforce", "\"0.0.0.0/0\"", "true", ""),
		  "the segment a of s is isolated, and 0.0.0.0/0" },
		{ SEGMENTS("enforce", "\"198.18.0.0/24\",\"::/0\"", "true", ""),
		  "the segment a of s is isolated, and ::/0" },
		{ SEGMENTS("enforce", "\"0.0.0.0/0\"", "false",
			   "{\"from\":\"any\",\"to\":\"a\",\"port\":\"tcp/1-1024\"}"),
		  "is denied ssh from everywhere" },
		{ SEGMENTS("enforce", "", "false",
			   "{\"from\":\"any\",\"to\":\"any\",\"port\":[\"udp\",\"tcp\"]}"),
		  "a rule of s denies ssh" },
		{ SEGMENTS("monitor", "\"0.0.0.0/0\"", "true", ""), NULL },
		{ SEGMENTS("enforce", "\"0.0.0.0/0\"", "false", ""), NULL },
		{ SEGMENTS("enforce", "\"0.0.0.0/0\"", "false",
			   "{\"from\":\"any\",\"to\":\"a\",\"port\":[\"tcp/80\",\"udp/22\"]}"),
		  NULL },
		{ SEGMENTS("enforce", "\"0.0.0.0/0\"", "false",
			   "{\"from\":\"a\",\"to\":\"a\"}"), NULL },
		/* Addresses and interfaces that no machine has. */
		{ SEGMENTS("enforce", "\"203.0.113.0/24\",\"127.0.0.0/8\",\"interface:none0\",\"interface:lo\"",
			   "true", ""), NULL },
		{ "{\"manifest\":1,\"workload\":\"h\",\"members\":\"host\",\"default\":\"deny\",\"mode\":{\"net\":\"enforce\"}}",
		  "workload h governs the whole host" },
		{ "{\"manifest\":1,\"workload\":\"h\",\"members\":\"host\",\"default\":\"allow\",\"mode\":{\"net\":\"enforce\"}}",
		  NULL },
		{ "{\"manifest\":1,\"workload\":\"h\",\"members\":\"host\",\"default\":\"deny\"}",
		  NULL },
	};
	char *directory = reader_directory(), path[512], *how;
	struct manifest_set set;

	unsetenv("SSH_CONNECTION");
	reader_write(directory, "d.json", "%s", cases[_i].document);
	snprintf(path, sizeof(path), "%s/d.json", directory);
	set = reader_set(path, NULL);
	how = lockout_of(set.drafts[0]);
	ck_assert_msg(!how == !cases[_i].how, "%s: %s", cases[_i].document,
		      how ? how : "nothing");
	if (how)
		ck_assert_msg(strstr(how, cases[_i].how), "%s", how);
	free(how);
	manifest_set_free(&set);
	reader_remove(directory);
}
END_TEST

START_TEST(ssh_is_where_the_session_says)
{
	char *directory = reader_directory(), path[512], *how;
	struct manifest_set set;

	reader_write(directory, "d.json", "%s",
		     SEGMENTS("enforce", "\"0.0.0.0/0\"", "false",
			      "{\"from\":\"any\",\"to\":\"a\",\"port\":\"tcp/2222\"}"));
	snprintf(path, sizeof(path), "%s/d.json", directory);
	set = reader_set(path, NULL);
	unsetenv("SSH_CONNECTION");
	ck_assert_ptr_null(lockout_of(set.drafts[0]));
	setenv("SSH_CONNECTION", "192.0.2.1 40000 192.0.2.2 2222", 1);
	how = lockout_of(set.drafts[0]);
	ck_assert_ptr_nonnull(how);
	free(how);
	unsetenv("SSH_CONNECTION");
	manifest_set_free(&set);
	reader_remove(directory);
}
END_TEST

#define MODE_CASES 14

/* What is refused, each beside its twin that is not. */
START_TEST(enforcing_more_is_seen)
{
	static const char closed[] = SEGMENTS("monitor", "\"0.0.0.0/0\"",
					      "true", "");
	static const char barred[] = SEGMENTS("monitor", "\"0.0.0.0/0\"",
			"false", "{\"from\":\"any\",\"to\":\"a\",\"port\":\"tcp/22\"}");
	static const char host[] =
		"{\"manifest\":1,\"workload\":\"h\",\"members\":\"host\",\"default\":\"deny\",\"mode\":{\"file\":\"enforce\"},\"programs\":[{\"exe\":\"/usr/bin/bash\"}]}";
	static const struct {
		const char *document;
		enum cordon_class class;
		enum cordon_mode mode;
		const char *how;
	} cases[] = {
		{ closed, CORDON_CLASS_NET, CORDON_MODE_ENFORCE,
		  "the segment a of s is isolated" },
		{ closed, CORDON_CLASS_NET, CORDON_MODE_MONITOR, NULL },
		{ barred, CORDON_CLASS_NET, CORDON_MODE_ENFORCE,
		  "is denied ssh from everywhere" },
		{ barred, CORDON_CLASS_NET, CORDON_MODE_MONITOR, NULL },
		/* It is so already */
		{ SEGMENTS("enforce", "\"0.0.0.0/0\"", "true", ""),
		  CORDON_CLASS_NET, CORDON_MODE_ENFORCE, NULL },
		{ SEGMENTS("monitor", "\"0.0.0.0/0\"", "false", ""),
		  CORDON_CLASS_NET, CORDON_MODE_ENFORCE, NULL },
		{ SEGMENTS("monitor", "\"203.0.113.0/24\"", "true", ""),
		  CORDON_CLASS_NET, CORDON_MODE_ENFORCE, NULL },
		{ host, CORDON_CLASS_LOAD, CORDON_MODE_ENFORCE,
		  "workload h governs the whole host" },
		{ host, CORDON_CLASS_EXEC, CORDON_MODE_ENFORCE,
		  "It has 1 entry in \"programs\", and with exec enforced a program without an entry will not start" },
		{ host, CORDON_CLASS_EXEC, CORDON_MODE_MONITOR, NULL },
		{ host, CORDON_CLASS_FILE, CORDON_MODE_ENFORCE, NULL },
		{ host, CORDON_CLASS_FILE, CORDON_MODE_MONITOR, NULL },
		{ "{\"manifest\":1,\"workload\":\"h\",\"members\":\"host\",\"default\":\"allow\"}",
		  CORDON_CLASS_NET, CORDON_MODE_ENFORCE, NULL },
		{ "{\"manifest\":1,\"workload\":\"w\",\"members\":{\"any\":[\"exe:/w\"]},\"default\":\"deny\"}",
		  CORDON_CLASS_NET, CORDON_MODE_ENFORCE, NULL },
	};
	char *directory = reader_directory(), path[512], *how;
	int mode[CORDON_CLASS_COUNT] = { -1, -1, -1, -1, -1 };
	struct manifest_set set;

	ck_assert_uint_eq(ARRAY_SIZE(cases), MODE_CASES);
	unsetenv("SSH_CONNECTION");
	reader_write(directory, "d.json", "%s", cases[_i].document);
	snprintf(path, sizeof(path), "%s/d.json", directory);
	set = reader_set(path, NULL);
	mode[cases[_i].class] = cases[_i].mode;
	how = lockout_of_mode(set.drafts[0], mode);
	ck_assert_msg(!how == !cases[_i].how, "%s: %s", cases[_i].document,
		      how ? how : "nothing");
	if (how)
		ck_assert_msg(strstr(how, cases[_i].how), "%s", how);
	/* Of programs without an entry only where these would be stopped */
	if (how && cases[_i].class != CORDON_CLASS_EXEC)
		ck_assert_msg(!strstr(how, "no-entry"), "%s", how);
	ck_assert_uint_eq(set.drafts[0]->mode[cases[_i].class],
			  cases[_i].mode);
	free(how);
	manifest_set_free(&set);
	reader_remove(directory);
}
END_TEST

/* ---- answers --------------------------------------------------------------- */

START_TEST(what_was_given_at_run_time_counts)
{
	struct manifest_set set = reader_set(READER_MANIFESTS "/good/segments.json",
					     NULL);
	struct evaluation_entry entry = { .segment = "blocked" };
	struct evaluation_question question = {
		.op = CORDON_OP_PASS,
		.from = "203.0.113.9",
		.to = "10.0.1.5",
		.port = "tcp/443",
		.uid = CORDON_NONE,
	};
	struct evaluation evaluation;
	struct cordon_policy *policy;
	struct report report;
	const char *why;
	char *segments;

	report_init(&report);
	policy = manifest_set_compile(&set, false, &report);
	ck_assert(evaluate(policy, &question, &evaluation));
	ck_assert_uint_eq(evaluation.verdict.action, CORDON_ACTION_ALLOW);

	ck_assert_int_eq(cordon_prefix_parse(&entry.prefix, "203.0.113.8/29",
					     14, &why), 0);
	question.entries = &entry;
	question.entry_count = 1;
	ck_assert(evaluate(policy, &question, &evaluation));
	ck_assert_uint_eq(evaluation.verdict.action, CORDON_ACTION_DENY);
	/* The longest prefix comes first. */
	segments = evaluation_segments(&evaluation, &evaluation.from);
	ck_assert_str_eq(segments, "blocked,1st");
	free(segments);

	question.from = "203.0.113.16";
	ck_assert(evaluate(policy, &question, &evaluation));
	ck_assert_uint_eq(evaluation.verdict.action, CORDON_ACTION_ALLOW);
	entry.segment = "gone";
	question.from = "203.0.113.9";
	ck_assert(evaluate(policy, &question, &evaluation));
	ck_assert_uint_eq(evaluation.verdict.action, CORDON_ACTION_ALLOW);
	free(policy);
	manifest_set_free(&set);
	report_free(&report);
}
END_TEST

START_TEST(an_address_lies_in_each_segment_once)
{
	char *directory = reader_directory(), path[512], *segments;
	struct evaluation_question question = {
		.op = CORDON_OP_PASS,
		.from = "10.1.1.1",
		.to = "2001:db8::1",
		.port = "icmp",
		.uid = CORDON_NONE,
	};
	struct evaluation evaluation;
	struct cordon_policy *policy;
	struct manifest_set set;
	struct report report;

	reader_write(directory, "d.json",
		     "{\"segments\":1,\"name\":\"s\",\"define\":["
		     "{\"segment\":\"wide\",\"members\":[\"0.0.0.0/0\",\"10.0.0.0/8\"]},"
		     "{\"segment\":\"one\",\"members\":[\"10.1.1.1\",\"10.1.0.0/16\"]},"
		     "{\"segment\":\"mid\",\"members\":[\"10.1.1.0/24\"]},"
		     "{\"segment\":\"six\",\"members\":[\"::/0\"]},"
		     "{\"segment\":\"far\",\"members\":[\"10.2.0.0/16\"]}]}");
	snprintf(path, sizeof(path), "%s/d.json", directory);
	set = reader_set(path, NULL);
	report_init(&report);
	policy = manifest_set_compile(&set, false, &report);
	ck_assert(evaluate(policy, &question, &evaluation));
	segments = evaluation_segments(&evaluation, &evaluation.from);
	ck_assert_str_eq(segments, "one,mid,wide");
	free(segments);
	segments = evaluation_segments(&evaluation, &evaluation.peer);
	ck_assert_str_eq(segments, "six");
	free(segments);
	free(policy);
	manifest_set_free(&set);
	report_free(&report);
	reader_remove(directory);
}
END_TEST

START_TEST(cases_about_peers_are_read)
{
	struct report report;
	struct cases cases;
	char *text;

	report_init(&report);
	ck_assert_int_eq(cases_read(&cases, READER_MANIFESTS "/cases/good/net.json",
				    &report), 0);
	ck_assert_uint_eq(cases.count, 21);
	ck_assert_str_eq(cases.cases[2].question.object, "tcp/443@loopback");
	ck_assert_str_eq(cases.cases[10].question.object, "unix@workload:web");
	ck_assert_str_eq(cases.cases[18].question.to, "10.0.2.7");
	cases_free(&cases);

	ck_assert_int_eq(cases_read(&cases, READER_MANIFESTS "/cases/bad/net.json",
				    &report), -1);
	ck_assert_uint_eq(report.errors, 22);
	text = reader_text(&report);
	ck_assert_ptr_nonnull(strstr(text, "net.json:5:45: error: /cases/0/port: a question names one port"));
	ck_assert_ptr_nonnull(strstr(text, "net.json:10:45: error: /cases/5/from: a question names one address, not a prefix\n"));
	ck_assert_ptr_nonnull(strstr(text, "net.json:15:46: error: /cases/10/path: a unix socket is named by its path"));
	ck_assert_ptr_nonnull(strstr(text, "net.json:20:47: error: /cases/15/socket: no family of sockets"));
	free(text);
	report_free(&report);
}
END_TEST

Suite *reader_net_suite(void)
{
	Suite *suite = suite_create("reader: net");
	TCase *net = tcase_create("net");

	tcase_add_test(net, a_draft_says_what_its_rules_about_peers_say);
	tcase_add_test(net, a_draft_says_what_its_segments_say);
	tcase_add_loop_test(net, a_rules_text_expands_to_its_patterns, 0, 2);
	tcase_add_test(net, names_are_found_in_what_is_loaded);
	tcase_add_test(net, what_lies_elsewhere_is_compiled_and_not_loaded);
	tcase_add_loop_test(net, closing_this_host_is_seen, 0, 12);
	tcase_add_test(net, ssh_is_where_the_session_says);
	tcase_add_loop_test(net, enforcing_more_is_seen, 0, MODE_CASES);
	tcase_add_test(net, what_was_given_at_run_time_counts);
	tcase_add_test(net, an_address_lies_in_each_segment_once);
	tcase_add_test(net, cases_about_peers_are_read);
	suite_add_tcase(suite, net);
	return suite;
}
