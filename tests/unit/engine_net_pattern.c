// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What rules of class net, and claims, say.
 */
#include <arpa/inet.h>
#include <check.h>

#include "net_pattern.h"
#include "suites.h"

static const struct {
	enum cordon_op op;
	const char *text;
	enum cordon_peer_kind kind;
	u8 protocol;
	u16 first;
	u16 last;
	const char *name;
} good[] = {
	{ CORDON_OP_LISTEN, "tcp/443", CORDON_PEER_NONE, 6, 443, 443, NULL },
	{ CORDON_OP_LISTEN, "tcp", CORDON_PEER_NONE, 6, 0, 65535, NULL },
	{ CORDON_OP_LISTEN, "udp/8000-8100", CORDON_PEER_NONE, 17, 8000, 8100,
	  NULL },
	{ CORDON_OP_LISTEN, "sctp/0", CORDON_PEER_NONE, 132, 0, 0, NULL },
	{ CORDON_OP_LISTEN, "any", CORDON_PEER_NONE, 0, 0, 65535, NULL },
	{ CORDON_OP_LISTEN, "icmp", CORDON_PEER_NONE, 1, 0, 65535, NULL },
	{ CORDON_OP_LISTEN, "tcp/65535", CORDON_PEER_NONE, 6, 65535, 65535,
	  NULL },
	{ CORDON_OP_LISTEN, "tcp/0-65535", CORDON_PEER_NONE, 6, 0, 65535,
	  NULL },
	{ CORDON_OP_LISTEN, "tcp/7-7", CORDON_PEER_NONE, 6, 7, 7, NULL },
	{ CORDON_OP_CONNECT, "tcp/443@any", CORDON_PEER_ANY, 6, 443, 443,
	  NULL },
	{ CORDON_OP_ACCEPT, "any@loopback", CORDON_PEER_LOOPBACK, 0, 0, 65535,
	  NULL },
	{ CORDON_OP_CONNECT, "tcp@10.0.0.0/8", CORDON_PEER_PREFIX, 6, 0, 65535,
	  NULL },
	{ CORDON_OP_CONNECT, "icmp@2001:db8::/32", CORDON_PEER_PREFIX, 1, 0,
	  65535, NULL },
	{ CORDON_OP_ACCEPT, "udp/53@segment:db", CORDON_PEER_SEGMENT, 17, 53,
	  53, "db" },
	{ CORDON_OP_CONNECT, "any@workload:web-1.x", CORDON_PEER_WORKLOAD, 0,
	  0, 65535, "web-1.x" },
	{ CORDON_OP_PASS, "tcp/5432@segment:db", CORDON_PEER_SEGMENT, 6, 5432,
	  5432, "db" },
	{ CORDON_OP_PASS, "any@any", CORDON_PEER_ANY, 0, 0, 65535, NULL },
};

START_TEST(a_pattern_is_read)
{
	struct cordon_net_pattern pattern;
	const char *why = "";

	ck_assert_msg(!cordon_net_pattern_parse(&pattern, good[_i].op,
						good[_i].text, &why), "%s: %s",
		      good[_i].text, why);
	ck_assert(cordon_net_pattern_is(good[_i].text));
	ck_assert_uint_eq(pattern.kind, good[_i].kind);
	ck_assert_uint_eq(pattern.protocol, good[_i].protocol);
	ck_assert_uint_eq(pattern.first, good[_i].first);
	ck_assert_uint_eq(pattern.last, good[_i].last);
	if (good[_i].name) {
		ck_assert_uint_eq(pattern.name_length, strlen(good[_i].name));
		ck_assert(!memcmp(pattern.name, good[_i].name,
				  pattern.name_length));
	}
}
END_TEST

static const struct {
	enum cordon_op op;
	const char *text;
} bad[] = {
	{ CORDON_OP_LISTEN, "" },	    { CORDON_OP_LISTEN, "tcp/" },
	{ CORDON_OP_LISTEN, "tcp/65536" },  { CORDON_OP_LISTEN, "tcp/-1" },
	{ CORDON_OP_LISTEN, "tcp/1-" },	    { CORDON_OP_LISTEN, "tcp/-" },
	{ CORDON_OP_LISTEN, "tcp/2-1" },    { CORDON_OP_LISTEN, "tcp/1-2-3" },
	{ CORDON_OP_LISTEN, "tcp/01" },	    { CORDON_OP_LISTEN, "tcp/1/2" },
	{ CORDON_OP_LISTEN, "tcp/http" },   { CORDON_OP_LISTEN, "any/1" },
	{ CORDON_OP_LISTEN, "icmp/8" },	    { CORDON_OP_LISTEN, "gre" },
	{ CORDON_OP_LISTEN, "TCP/1" },	    { CORDON_OP_LISTEN, "tcp/1@any" },
	{ CORDON_OP_LISTEN, "tcp/1 " },	    { CORDON_OP_LISTEN, "tcp/4294967297" },
	{ CORDON_OP_CONNECT, "tcp/443" },   { CORDON_OP_CONNECT, "tcp/443@" },
	{ CORDON_OP_CONNECT, "@any" },	    { CORDON_OP_CONNECT, "tcp@any@any" },
	{ CORDON_OP_CONNECT, "tcp@10.1.0.0/8" },
	{ CORDON_OP_CONNECT, "tcp@segment:" },
	{ CORDON_OP_CONNECT, "tcp@segment:a b" },
	{ CORDON_OP_CONNECT, "tcp@workload:-x" },
	{ CORDON_OP_CONNECT, "tcp@somewhere" },
	{ CORDON_OP_CONNECT, "tcp@Any" },
	{ CORDON_OP_ACCEPT, "tcp@/x" },	    { CORDON_OP_PASS, "tcp@10.0.0.0/8" },
	{ CORDON_OP_PASS, "tcp@loopback" }, { CORDON_OP_PASS, "tcp@workload:x" },
	{ CORDON_OP_PASS, "tcp/22" },
	{ CORDON_OP_CONNECT, "tcp@segment:0123456789012345678901234567890123456789012345678901234567890123x" },
};

START_TEST(what_is_no_pattern_is_refused)
{
	struct cordon_net_pattern pattern;
	const char *why = NULL;

	ck_assert_msg(cordon_net_pattern_parse(&pattern, bad[_i].op,
					       bad[_i].text, &why) == -EINVAL,
		      "%s", bad[_i].text);
	ck_assert_ptr_nonnull(why);
}
END_TEST

START_TEST(names_of_unix_sockets_are_none)
{
	ck_assert(!cordon_net_pattern_is("/run/x"));
	ck_assert(!cordon_net_pattern_is("abstract:"));
	ck_assert(!cordon_net_pattern_is("abstract:tcp/443@any"));
	ck_assert(!cordon_net_pattern_is("memfd:"));
	ck_assert(cordon_net_pattern_is("abstract"));
	ck_assert(cordon_net_pattern_is(""));
}
END_TEST

static const struct {
	const char *text;
	s32 family;	/* -1: refused */
	s32 type;
	s32 protocol;
} sockets[] = {
	{ "packet", 17, -1, -1 },
	{ "packet/raw/3", 17, 3, 3 },
	{ "netlink/audit", 16, -1, 9 },
	{ "netlink/9", 16, -1, 9 },
	{ "netlink", 16, -1, -1 },
	{ "inet/raw/1", 2, 3, 1 },
	{ "inet/raw/icmp", 2, 3, 1 },
	{ "inet6/dgram/icmpv6", 10, 2, 58 },
	{ "vsock/stream", 40, 1, -1 },
	{ "44/3", 44, 3, -1 },
	{ "inet/stream/mptcp", 2, 1, 262 },
	{ "netlink/generic/1", -1, 0, 0 },
	{ "netlink/tcp", -1, 0, 0 },
	{ "packet/raw/icmp", -1, 0, 0 },
	{ "packet/", -1, 0, 0 },
	{ "packet/16", -1, 0, 0 },
	{ "256", -1, 0, 0 },
	{ "inet/raw/65536", -1, 0, 0 },
	{ "inet/raw/1/1", -1, 0, 0 },
	{ "", -1, 0, 0 },
	{ "/", -1, 0, 0 },
	{ "token-ring", -1, 0, 0 },
};

START_TEST(a_kind_of_sockets_is_read)
{
	struct cordon_socket_pattern pattern;
	const char *why = NULL;
	const int error = cordon_socket_pattern_parse(&pattern,
						      sockets[_i].text, &why);

	if (sockets[_i].family < 0) {
		ck_assert_msg(error == -EINVAL, "%s", sockets[_i].text);
		ck_assert_ptr_nonnull(why);
		return;
	}
	ck_assert_msg(!error, "%s: %s", sockets[_i].text, why);
	ck_assert_int_eq(pattern.family, sockets[_i].family);
	ck_assert_int_eq(pattern.type, sockets[_i].type);
	ck_assert_int_eq(pattern.protocol, sockets[_i].protocol);
}
END_TEST

static void check_print(u32 family, u32 type, u32 protocol, const char *want)
{
	struct cordon_socket_pattern pattern;
	char text[CORDON_SOCKET_TEXT];
	const char *why;
	u32 length;

	memset(text, 'x', sizeof(text));
	length = cordon_socket_print(text, sizeof(text), family, type,
				     protocol);
	ck_assert_uint_eq(strlen(text), length);
	ck_assert_str_eq(text, want);
	/* What is told can be pasted into a rule. */
	if (family <= 255 && type <= 15 && protocol <= 65535)
		ck_assert(!cordon_socket_pattern_parse(&pattern, text, &why));
}

START_TEST(a_socket_is_written)
{
	check_print(17, 3, htons(3), "packet/raw/3");
	check_print(17, 2, htons(0x88cc), "packet/dgram/35020");
	check_print(16, 3, 9, "netlink/audit");
	check_print(16, 3, 99, "netlink/99");
	check_print(2, 3, 1, "inet/raw/icmp");
	check_print(10, 3, 255, "inet6/raw/255");
	check_print(200, 10, 7, "200/10/7");
	check_print(40, 1, 0, "vsock/stream/0");
	check_print(U32_MAX, U32_MAX, U32_MAX,
		    "4294967295/4294967295/4294967295");
}
END_TEST

START_TEST(protocols_have_names)
{
	ck_assert_str_eq(cordon_protocol_name(6), "tcp");
	ck_assert_str_eq(cordon_protocol_name(17), "udp");
	ck_assert_str_eq(cordon_protocol_name(132), "sctp");
	ck_assert_str_eq(cordon_protocol_name(1), "icmp");
	ck_assert_str_eq(cordon_protocol_name(58), "icmp");
	ck_assert_ptr_null(cordon_protocol_name(0));
	ck_assert_ptr_null(cordon_protocol_name(47));
}
END_TEST

static const struct {
	const char *text;
	bool good;
	bool is_mac;
} claims[] = {
	{ "vnet3 10.0.0.7", true, false },
	{ "vnet3 10.0.0.0/24", true, false },
	{ "vnet3 2001:db8::7", true, false },
	{ "vnet3 52:54:00:12:34:5F", true, true },
	{ "vnet3", false, false },
	{ "vnet3 ", false, false },
	{ " 10.0.0.7", false, false },
	{ "vnet3  10.0.0.7", false, false },
	{ "vnet3 10.0.0.7 ", false, false },
	{ "vnet3 52:54:00:12:34", false, false },
	{ "vnet3 52:54:00:12:34:5g", false, false },
	{ "vnet3 52-54-00-12-34-56", false, false },
	{ "vnet3 53:54:00:12:34:56", false, false },
	{ "vnet3 10.0.0.7/24", false, false },
	{ "a/b 10.0.0.7", false, false },
	{ "0123456789abcdef 10.0.0.7", false, false },
	{ "", false, false },
};

START_TEST(a_claim_is_read)
{
	static const u8 mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x5f };
	struct cordon_claim claim;
	const char *why = NULL;
	const int error = cordon_claim_parse(&claim, claims[_i].text, &why);

	ck_assert_msg(!error == claims[_i].good, "%s", claims[_i].text);
	if (error) {
		ck_assert_ptr_nonnull(why);
		return;
	}
	ck_assert_uint_eq(claim.port_length, 5);
	ck_assert(!memcmp(claim.port, "vnet3", 5));
	ck_assert(claim.is_mac == claims[_i].is_mac);
	if (claim.is_mac)
		ck_assert(!memcmp(claim.mac, mac, sizeof(mac)));
	else
		ck_assert_uint_ge(claim.prefix.length, 120);
}
END_TEST

START_TEST(interfaces_have_names)
{
	static const char *const right[] = { "eth0", "a", "br-0.100@x",
					     "0123456789abcde", "..." };
	static const char *const wrong[] = { "", ".", "..", "a b", "a/b",
					     "a:1", "0123456789abcdef", "a\n" };
	size_t i;

	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		ck_assert_ptr_null(cordon_interface_check(right[i],
							  strlen(right[i])));
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_ptr_nonnull(cordon_interface_check(
			wrong[i], strlen(wrong[i])));
}
END_TEST

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Suite *engine_net_pattern_suite(void)
{
	Suite *suite = suite_create("engine/net-pattern");
	TCase *peers = tcase_create("peers");
	TCase *others = tcase_create("others");

	tcase_add_loop_test(peers, a_pattern_is_read, 0, COUNT(good));
	tcase_add_loop_test(peers, what_is_no_pattern_is_refused, 0,
			    COUNT(bad));
	tcase_add_test(peers, names_of_unix_sockets_are_none);
	tcase_add_test(peers, protocols_have_names);
	suite_add_tcase(suite, peers);
	tcase_add_loop_test(others, a_kind_of_sockets_is_read, 0,
			    COUNT(sockets));
	tcase_add_test(others, a_socket_is_written);
	tcase_add_loop_test(others, a_claim_is_read, 0, COUNT(claims));
	tcase_add_test(others, interfaces_have_names);
	suite_add_tcase(suite, others);
	return suite;
}
