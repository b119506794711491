// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Addresses, against libc's reading and writing of them.
 */
#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>

#include "address.h"
#include "random.h"
#include "suites.h"

#define ROUNDS 200000
#define TEXT 64

/* libc's reading, in our form.  Return: 0 or -EINVAL. */
static int libc_parse(struct cordon_address *address, const char *text)
{
	memset(address, 0, sizeof(*address));
	if (strchr(text, ':'))
		return inet_pton(AF_INET6, text, address->byte) == 1 ? 0 :
								-EINVAL;
	address->byte[10] = 0xff;
	address->byte[11] = 0xff;
	return inet_pton(AF_INET, text, address->byte + 12) == 1 ? 0 : -EINVAL;
}

static void check_text(const char *text)
{
	struct cordon_address want;
	struct cordon_address have;
	const int error = libc_parse(&want, text);

	ck_assert_msg(cordon_address_parse(&have, text, strlen(text)) == error,
		      "\"%s\": libc says %d", text, error);
	if (!error)
		ck_assert_msg(cordon_address_equals(&want, &have), "%s", text);
}

static const char *const texts[] = {
	"0.0.0.0", "255.255.255.255", "192.0.2.7", "256.0.0.1", "1.2.3",
	"1.2.3.4.5", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1..3.4", "1.2.3.",
	".1.2.3", "", ".", ":", "::", ":::", "::1", "1::", "1::2", "1::2::3",
	"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
	"1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
	"::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
	"::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1.2.3.4::", "12345::",
	"g::", "FE80::ABCD", "fe80::1%eth0", "1:", ":1", "1:2:", "::1:",
	"0:0:0:0:0:0:0:0", "00000::", "1.2.3.4/8", "+1.2.3.4", "-1.2.3.4",
	"1:::2", "::.1.2.3", "::1.2.3.04", "::255.255.255.256",
};

START_TEST(texts_are_read_as_by_libc)
{
	check_text(texts[_i]);
}
END_TEST

START_TEST(random_texts_are_read_as_by_libc)
{
	static const char *const parts[] = { ":", ":", "::", ".", "0", "1",
					     "12", "255", "256", "ffff", "a",
					     "0123", "1.2.3.4", "x", " " };
	char text[TEXT];
	u32 count;
	u32 i;

	state = 0x9e3779b9 + (u64)_i;
	for (i = 0; i < ROUNDS; i++) {
		text[0] = '\0';
		/* Sixteen parts make an address at times. */
		for (count = 1 + any(16); count && strlen(text) < TEXT - 8;
		     count--)
			strcat(text, any(2) && text[0] ? ":" :
				     parts[any(sizeof(parts) /
					       sizeof(parts[0]))]);
		check_text(text);
	}
}
END_TEST

static void random_address(struct cordon_address *address)
{
	u32 i;

	for (i = 0; i < 16; i++)
		address->byte[i] = any(2) ? 0 : (u8)any(256);
	if (any(3) == 0) {
		memset(address->byte, 0, 10);
		memset(address->byte + 10, 0xff, 2);
	}
}

/* glibc writes ::1.2.3.4 for what RFC 5952 leaves as ::102:304. */
static bool is_compatible(const struct cordon_address *address)
{
	return !address->word[0] && !address->byte[8] && !address->byte[9] &&
	       !address->byte[10] && !address->byte[11] &&
	       (address->byte[12] || address->byte[13]);
}

START_TEST(addresses_are_written_as_by_libc)
{
	struct cordon_address address;
	struct cordon_address again;
	char want[INET6_ADDRSTRLEN];
	char have[CORDON_ADDRESS_TEXT];
	u32 length;
	u32 i;

	state = 0xdeadbeef;
	for (i = 0; i < ROUNDS; i++) {
		random_address(&address);
		memset(have, 'x', sizeof(have));
		length = cordon_address_print(have, &address);
		ck_assert_uint_eq(strlen(have), length);
		ck_assert_int_eq(cordon_address_parse(&again, have, length), 0);
		ck_assert(cordon_address_equals(&address, &again));
		if (is_compatible(&address))
			continue;
		if (cordon_address_is_ipv4(&address))
			inet_ntop(AF_INET, address.byte + 12, want,
				  sizeof(want));
		else
			inet_ntop(AF_INET6, address.byte, want, sizeof(want));
		ck_assert_str_eq(have, want);
	}
}
END_TEST

START_TEST(the_longest_address_has_room)
{
	struct cordon_address address;
	char text[CORDON_ADDRESS_TEXT];

	memset(&address, 0xfe, sizeof(address));
	ck_assert_uint_eq(cordon_address_print(text, &address), 39);
	ck_assert_str_eq(text, "fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe");
}
END_TEST

static const struct {
	const char *text;
	int length;	/* -1: refused */
} prefixes[] = {
	{ "10.0.0.0/8", 104 },	    { "0.0.0.0/0", 96 },
	{ "192.0.2.7", 128 },	    { "192.0.2.7/32", 128 },
	{ "255.255.255.254/31", 127 }, { "10.0.0.0/33", -1 },
	{ "10.1.0.0/8", -1 },	    { "10.0.0.0/08", -1 },
	{ "10.0.0.0/", -1 },	    { "10.0.0.0/8/8", -1 },
	{ "10.0.0.0/-1", -1 },	    { "10.0.0.0/99999999999", -1 },
	{ "10.0.0/8", -1 },	    { "/8", -1 },
	{ "", -1 },		    { "::/0", 0 },
	{ "2001:db8::/32", 32 },    { "2001:db8::1", 128 },
	{ "2001:db8::1/128", 128 }, { "2001:db8::1/127", -1 },
	{ "::/129", -1 },	    { "2001:db8::/16", -1 },
	{ "::ffff:10.0.0.0/104", 104 }, { "::ffff:0:0/96", 96 },
	{ "8000::/1", 1 },	    { "::1:0:0:0/64", -1 },
	{ "0:0:0:1::/64", 64 },	    { "0:0:0:1:8000::/65", 65 },
};

START_TEST(prefixes_are_read)
{
	struct cordon_prefix prefix;
	const char *why = NULL;
	const int error = cordon_prefix_parse(&prefix, prefixes[_i].text,
					      strlen(prefixes[_i].text), &why);

	if (prefixes[_i].length < 0) {
		ck_assert_int_eq(error, -EINVAL);
		ck_assert_ptr_nonnull(why);
	} else {
		ck_assert_msg(!error, "%s: %s", prefixes[_i].text, why);
		ck_assert_uint_eq(prefix.length, (u32)prefixes[_i].length);
	}
}
END_TEST

static const struct {
	const char *prefix;
	const char *address;
	bool inside;
} contained[] = {
	{ "10.0.0.0/8", "10.255.255.255", true },
	{ "10.0.0.0/8", "11.0.0.0", false },
	{ "0.0.0.0/0", "255.255.255.255", true },
	{ "0.0.0.0/0", "::", false },
	{ "0.0.0.0/0", "::fffe:1.2.3.4", false },
	{ "::/0", "::", true },
	{ "::/0", "ffff::", true },
	{ "::/0", "1.2.3.4", false },
	{ "::/80", "1.2.3.4", false },
	{ "::/80", "::1", true },
	{ "::ffff:0:0/96", "1.2.3.4", true },
	{ "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7", "192.0.2.6", false },
	{ "2001:db8::/33", "2001:db8:7fff::", true },
	{ "2001:db8::/33", "2001:db8:8000::", false },
	{ "2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", true },
	{ "2001:db8::/65", "2001:db8::8000:0:0:0", false },
};

START_TEST(a_prefix_holds_what_begins_like_it)
{
	struct cordon_address address;
	struct cordon_prefix prefix;
	const char *why;

	ck_assert(!cordon_prefix_parse(&prefix, contained[_i].prefix,
				       strlen(contained[_i].prefix), &why));
	ck_assert(!cordon_address_parse(&address, contained[_i].address,
					strlen(contained[_i].address)));
	ck_assert_msg(cordon_prefix_contains(&prefix, &address) ==
		      contained[_i].inside, "%s %s", contained[_i].prefix,
		      contained[_i].address);
}
END_TEST

START_TEST(the_loopback_is_known)
{
	static const struct {
		const char *text;
		bool is;
	} list[] = {
		{ "127.0.0.1", true }, { "127.255.255.255", true },
		{ "::1", true },       { "::ffff:127.0.0.1", true },
		{ "128.0.0.1", false }, { "::2", false },
		{ "::", false },       { "0.0.0.0", false },
		{ "::127.0.0.1", false },
	};
	struct cordon_address address;
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		ck_assert(!cordon_address_parse(&address, list[i].text,
						strlen(list[i].text)));
		ck_assert_msg(cordon_address_is_loopback(&address) ==
			      list[i].is, "%s", list[i].text);
	}
}
END_TEST

START_TEST(a_network_of_ipv6_is_blocked_as_one)
{
	static const struct {
		const char *text, *as;
		bool has, is;
	} list[] = {
		{ "2001:db8:7:7::5", "2001:db8:7:7::5", true, false },
		{ "2001:db8:7:7::", "2001:db8:7:7::/64", true, true },
		{ "fd05::2", "fd05::2", true, false },
		{ "2001:0:0:1:ffff:ffff:ffff:ffff",
		  "2001::1:ffff:ffff:ffff:ffff", true, false },
		{ "ffff:ffff:ffff:ffff::", "ffff:ffff:ffff:ffff::/64", false,
		  true },
		{ "192.0.2.7", "192.0.2.7", false, false },
		{ "0.0.0.0", "0.0.0.0", false, false },
		{ "::1", "::1", false, false },
		{ "::", "::", false, false },
		{ "fe80::1", "fe80::1", false, false },
		{ "febf::1", "febf::1", false, false },
		{ "fec0::1", "fec0::1", true, false },
		{ "64:ff9b::192.0.2.7", "64:ff9b::c000:207", false, false },
		{ "64:ff9b:1::7", "64:ff9b:1::7", true, false },
		{ "ff02::1", "ff02::1", false, false },
	};
	struct cordon_address address;
	char text[CORDON_ADDRESS_TEXT];
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		ck_assert(!cordon_address_parse(&address, list[i].text,
						strlen(list[i].text)));
		ck_assert_msg(cordon_address_has_network(&address) ==
			      list[i].has, "%s", list[i].text);
		ck_assert_msg(cordon_address_is_network(&address) ==
			      list[i].is, "%s", list[i].text);
		ck_assert_uint_eq(cordon_address_print_block(text, &address),
				  strlen(list[i].as));
		ck_assert_str_eq(text, list[i].as);
	}
}
END_TEST

Suite *engine_address_suite(void)
{
	Suite *suite = suite_create("engine/address");
	TCase *text = tcase_create("text");
	TCase *prefix = tcase_create("prefix");

	tcase_add_loop_test(text, texts_are_read_as_by_libc, 0,
			    sizeof(texts) / sizeof(texts[0]));
	tcase_add_loop_test(text, random_texts_are_read_as_by_libc, 0, 2);
	tcase_add_test(text, addresses_are_written_as_by_libc);
	tcase_add_test(text, the_longest_address_has_room);
	suite_add_tcase(suite, text);
	tcase_add_loop_test(prefix, prefixes_are_read, 0,
			    sizeof(prefixes) / sizeof(prefixes[0]));
	tcase_add_loop_test(prefix, a_prefix_holds_what_begins_like_it, 0,
			    sizeof(contained) / sizeof(contained[0]));
	tcase_add_test(prefix, the_loopback_is_known);
	tcase_add_test(prefix, a_network_of_ipv6_is_blocked_as_one);
	suite_add_tcase(suite, prefix);
	return suite;
}
