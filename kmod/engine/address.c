// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and writing addresses.
 */
#include "address.h"

#define GROUPS 8	/* of an IPv6 address, two bytes each */

static const u8 mapped[CORDON_IPV4_BITS / 8] = { [10] = 0xff, [11] = 0xff };

/* Reads a number without leading zeroes; moves @at behind it. */
static bool decimal(const char *text, size_t length, size_t *at, u32 most,
		    u32 *number)
{
	const size_t start = *at;

	*number = 0;
	while (*at < length && text[*at] >= '0' && text[*at] <= '9') {
		*number = *number * 10 + (u32)(text[*at] - '0');
		if (*number > most || (*at > start && text[start] == '0'))
			return false;
		(*at)++;
	}
	return *at > start;
}

/* Reads all of @text into four bytes. */
static bool dotted(const char *text, size_t length, u8 *bytes)
{
	size_t at = 0;
	u32 number;
	u32 i;

	for (i = 0; i < 4; i++) {
		if (i && (at >= length || text[at++] != '.'))
			return false;
		if (!decimal(text, length, &at, 255, &number))
			return false;
		bytes[i] = (u8)number;
	}
	return at == length;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* Reads up to four digits; moves @at behind them. */
static bool group(const char *text, size_t length, size_t *at, u32 *number)
{
	const size_t start = *at;
	int digit;

	*number = 0;
	while (*at < length && (digit = hex_digit(text[*at])) >= 0) {
		if (++*at - start > 4)
			return false;
		*number = *number << 4 | (u32)digit;
	}
	return *at > start;
}

/*
 * Reads groups, and "::" once, into @bytes.  Return: false if it is no address;
 * else @count says how many groups there were, @gap how many before "::", or
 * GROUPS without one.
 */
static bool groups(const char *text, size_t length, u8 *bytes, u32 *count,
		   u32 *gap)
{
	size_t start;
	size_t at = 0;
	u32 number;

	*count = 0;
	*gap = GROUPS;
	if (length >= 2 && text[0] == ':' && text[1] == ':') {
		*gap = 0;
		at = 2;
		if (at == length)
			return true;
	}
	for (;;) {
		start = at;
		if (*count == GROUPS || !group(text, length, &at, &number))
			return false;
		if (at < length && text[at] == '.') {
			if (*count > GROUPS - 2 ||
			    !dotted(text + start, length - start,
				    bytes + 2 * *count))
				return false;
			*count += 2;
			return true;
		}
		bytes[2 * *count] = (u8)(number >> 8);
		bytes[2 * *count + 1] = (u8)number;
		(*count)++;
		if (at == length)
			return true;
		if (text[at++] != ':' || at == length)
			return false;
		if (text[at] != ':')
			continue;
		if (*gap != GROUPS)
			return false;
		*gap = *count;
		if (++at == length)
			return true;
	}
}

int cordon_address_parse(struct cordon_address *address, const char *text,
			 size_t length)
{
	u8 bytes[2 * GROUPS] = { 0 };
	u32 behind;
	u32 count;
	u32 gap;

	memset(address, 0, sizeof(*address));
	if (!memchr(text, ':', length)) {
		memcpy(address->byte, mapped, sizeof(mapped));
		return dotted(text, length, address->byte + sizeof(mapped)) ?
			       0 : -EINVAL;
	}
	if (!groups(text, length, bytes, &count, &gap))
		return -EINVAL;
	if (gap == GROUPS) {
		if (count != GROUPS)
			return -EINVAL;
		memcpy(address->byte, bytes, sizeof(bytes));
		return 0;
	}
	/* "::" stands for one group at least. */
	if (count == GROUPS)
		return -EINVAL;
	behind = count - gap;
	memcpy(address->byte, bytes, 2 * gap);
	memcpy(address->byte + 2 * (GROUPS - behind), bytes + 2 * gap,
	       2 * behind);
	return 0;
}

int cordon_prefix_parse(struct cordon_prefix *prefix, const char *text,
			size_t length, const char **why)
{
	const char *slash = memchr(text, '/', length);
	const size_t end = slash ? (size_t)(slash - text) : length;
	const bool dots = !memchr(text, ':', end);
	struct cordon_address masked;
	size_t at = end + 1;
	u32 bits = 128;

	if (cordon_address_parse(&prefix->address, text, end)) {
		*why = "no IPv4 or IPv6 address, as in 192.0.2.7 or 2001:db8::7";
		return -EINVAL;
	}
	if (slash) {
		if (!decimal(text, length, &at, dots ? 32 : 128, &bits) ||
		    at != length) {
			*why = "a prefix ends in its length, /0 to /32 for IPv4, /0 to /128 for IPv6";
			return -EINVAL;
		}
		if (dots)
			bits += CORDON_IPV4_BITS;
	}
	prefix->length = (u8)bits;
	masked = prefix->address;
	cordon_address_mask(&masked, bits);
	if (!cordon_address_equals(&masked, &prefix->address)) {
		*why = "a prefix has only zeroes behind its length, as in 10.0.0.0/8: write the network's address, or a longer prefix";
		return -EINVAL;
	}
	return 0;
}

static u32 put_decimal(char *to, u32 number)
{
	u32 length = 0;

	if (number >= 100)
		to[length++] = (char)('0' + number / 100);
	if (number >= 10)
		to[length++] = (char)('0' + number / 10 % 10);
	to[length++] = (char)('0' + number % 10);
	return length;
}

static u32 put_hex(char *to, u32 number)
{
	static const char digits[] = "0123456789abcdef";
	u32 length = 0;
	u32 shift = 12;

	while (shift && !(number >> shift))
		shift -= 4;
	for (;; shift -= 4) {
		to[length++] = digits[number >> shift & 15];
		if (!shift)
			return length;
	}
}

static u32 print_dotted(char *text, const u8 *bytes)
{
	u32 length = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		if (i)
			text[length++] = '.';
		length += put_decimal(text + length, bytes[i]);
	}
	return length;
}

static u32 group_at(const struct cordon_address *address, u32 i)
{
	return (u32)address->byte[2 * i] << 8 | address->byte[2 * i + 1];
}

/* The longest run of two or more zero groups, the first of several. */
static void longest_zeroes(const struct cordon_address *address, u32 *start,
			   u32 *count)
{
	u32 run = 0;
	u32 i;

	*start = GROUPS;
	*count = 1;
	for (i = 0; i < GROUPS; i++) {
		run = group_at(address, i) ? 0 : run + 1;
		if (run > *count) {
			*count = run;
			*start = i + 1 - run;
		}
	}
}

u32 cordon_address_print(char text[CORDON_ADDRESS_TEXT],
			 const struct cordon_address *address)
{
	u32 length = 0;
	u32 start;
	u32 count;
	u32 i = 0;

	if (cordon_address_is_ipv4(address)) {
		length = print_dotted(text, address->byte + sizeof(mapped));
		text[length] = '\0';
		return length;
	}
	longest_zeroes(address, &start, &count);
	while (i < GROUPS) {
		if (i == start) {
			text[length++] = ':';
			text[length++] = ':';
			i += count;
			continue;
		}
		if (i && i != start + count)
			text[length++] = ':';
		length += put_hex(text + length, group_at(address, i++));
	}
	text[length] = '\0';
	return length;
}

bool cordon_address_is_loopback(const struct cordon_address *address)
{
	static const struct cordon_address one = { { .byte = { [15] = 1 } } };

	return (cordon_address_is_ipv4(address) && address->byte[12] == 127) ||
	       cordon_address_equals(address, &one);
}

bool cordon_address_is_unicast(const struct cordon_address *address)
{
	if (cordon_address_is_ipv4(address))
		return address->byte[12] && address->byte[12] < 224;
	return address->byte[0] != 0xff &&
	       (address->word[0] || address->word[1]);
}

/* Many link-local addresses, and translated ones of IPv4, share the first half. */
bool cordon_address_has_network(const struct cordon_address *address)
{
	static const u8 translated[8] = { 0x00, 0x64, 0xff, 0x9b };

	return address->word[0] && cordon_address_is_unicast(address) &&
	       (address->byte[0] != 0xfe || address->byte[1] >> 6 != 2) &&
	       memcmp(address->byte, translated, sizeof(translated)) != 0;
}

bool cordon_address_is_network(const struct cordon_address *address)
{
	return address->word[0] && !address->word[1];
}

u32 cordon_address_print_block(char text[CORDON_ADDRESS_TEXT],
			       const struct cordon_address *address)
{
	static const char network[] = "/64";
	u32 length = cordon_address_print(text, address);

	if (!cordon_address_is_network(address))
		return length;
	memcpy(text + length, network, sizeof(network));
	return length + (u32)sizeof(network) - 1;
}

bool cordon_prefix_contains(const struct cordon_prefix *prefix,
			    const struct cordon_address *address)
{
	struct cordon_address masked = *address;

	if (prefix->length < CORDON_IPV4_BITS &&
	    cordon_address_is_ipv4(address))
		return false;
	cordon_address_mask(&masked, prefix->length);
	return cordon_address_equals(&masked, &prefix->address);
}
