// SPDX-License-Identifier: LGPL-2.1-or-later
/* What units say of the network: sandboxes, and the sockets that start them. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "address.h"
#include "manifest_edit.h"
#include "net_pattern.h"
#include "output.h"
#include "unit_private.h"

static void add_peer(json_t *object, const char *list, const char *end,
		     const char *peer, const char *port)
{
	json_t *rule = memory_sure(json_object());

	if (json_object_set_new(rule, end, manifest_edit_string(peer)) ||
	    (port && json_object_set_new(rule, "port",
					 manifest_edit_string(port))))
		memory_sure(NULL);
	manifest_edit_add(object, list, rule);
}

/* Listen, and accept from such peers, on a port */
static void add_port(json_t *rules, const char *port, const char *from)
{
	manifest_edit_add_text(rules, "listen", port);
	add_peer(rules, "accept", "from", from, port);
}

/* --- sockets that start it ------------------------------------------------ */

/* Is "tcp/80-81" one that can be listened on, and not just any text */
static bool is_port(const char *text)
{
	struct cordon_net_pattern pattern;
	const char *why;

	return !cordon_net_pattern_parse(&pattern, CORDON_OP_LISTEN, text,
					 &why);
}

/* "80", "127.0.0.1:80", "[::1]:80"; else it is a path, name, or what is not IP */
static void add_stream(struct provision *provision, const struct unit *unit,
		       const char *key, const char *protocol,
		       const char *address)
{
	const char *colon = strrchr(address, ':');
	const char *port = colon ? colon + 1 : address;
	bool local = !strncmp(address, "127.", 4) ||
		     !strncmp(address, "[::1]", 5);
	char *text;

	text = memory_format("%s/%s", protocol, port);
	if (!strchr("/@", *address) && is_port(text))
		add_port(unit_rules(provision, unit, key, "allow"), text,
			  local ? "loopback" : "any");
	free(text);
}

static void add_socket(struct provision *provision, const struct unit *socket)
{
	static const struct {
		const char *key;
		const char *protocol;
	} listens[] = {
		{ "ListenStream", "tcp" },
		{ "ListenDatagram", "udp" },
		{ "ListenFIFO", NULL },
		{ "ListenSpecial", NULL },
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(listens); i++) {
		struct texts values = { 0 };

		unit_values(socket, "Socket", listens[i].key, &values);
		for (k = 0; k < values.count; k++) {
			const char *value = values.text[k];

			if (listens[i].protocol)
				add_stream(provision, socket, listens[i].key,
					   listens[i].protocol, value);
			else if (*value == '/')
				provision_rule(provision,
					       unit_rules(provision, socket,
							  listens[i].key,
							  "allow"),
					       "read", value, "");
		}
		texts_free(&values);
	}
}

/* Names of all sockets that there are, in systemd's own places */
static void list_sockets(const struct root *root, struct texts *names)
{
	static const char *const places[] = {
		"/etc/systemd/system", "/run/systemd/system",
		"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
		"/lib/systemd/system",
	};
	const struct dirent *entry;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		int fd = root_file(root, places[i], O_RDONLY | O_DIRECTORY);
		DIR *listing = fd < 0 ? NULL : fdopendir(fd);

		if (fd >= 0 && !listing)
			close(fd);
		while (listing && (entry = readdir(listing))) {
			const char *dot = strrchr(entry->d_name, '.');

			if (dot && !strcmp(dot, ".socket"))
				texts_add(names, memory_copy(entry->d_name));
		}
		if (listing)
			closedir(listing);
	}
	texts_sort(names);
}

/* Does a socket start a service: as it says, else the one of its name */
static bool starts(const struct unit *socket, const struct unit *unit)
{
	const char *service = unit_value(socket, "Socket", "Service");
	const char *dot = strrchr(unit->name, '.');
	size_t length = (size_t)(dot - unit->name);
	const char *at = memchr(unit->name, '@', length);

	if (service) {
		char *name = unit_expand(socket, service);
		bool same = !strcmp(name, unit->name);

		free(name);
		return same;
	}
	/* With Accept=yes each connection is an instance of the service */
	if (at && unit_flag(socket, "Socket", "Accept"))
		length = (size_t)(at - unit->name);
	return !strncmp(socket->name, unit->name, length) &&
	       !strcmp(socket->name + length, ".socket");
}

/* The ports of the sockets that start a service.  Return: how many those are */
static size_t add_sockets(struct provision *provision, const struct unit *unit)
{
	struct texts names = { 0 }, own = { 0 };
	size_t i, found = 0;

	unit_words(unit, "Service", "Sockets", &own);
	list_sockets(&provision->root, &names);
	for (i = 0; i < own.count; i++)
		texts_add(&names, memory_copy(own.text[i]));
	/* An instance has a socket of its own that is no file */
	texts_add(&names, memory_format("%.*s.socket",
					(int)(strrchr(unit->name, '.') -
					      unit->name), unit->name));
	texts_sort(&names);
	for (i = 0; i < names.count; i++) {
		struct unit socket;

		if (unit_read(&socket, &provision->root, names.text[i]) !=
		    UNIT_FOUND)
			continue;
		if (starts(&socket, unit) ||
		    texts_have(&own, names.text[i])) {
			add_socket(provision, &socket);
			found++;
		}
		unit_free(&socket);
	}
	texts_free(&names);
	texts_free(&own);
	return found;
}

/* --- its sandbox ---------------------------------------------------------- */

/* "[ipv4:|ipv6:][tcp:|udp:]PORTS"; PORTS may be "any" */
static void bind_port(const char *word, struct texts *ports)
{
	static const char *const protocols[] = { "tcp", "udp" };
	const char *protocol = NULL;
	char *text;
	size_t i;

	if (!strncmp(word, "ipv4:", 5) || !strncmp(word, "ipv6:", 5))
		word += 5;
	for (i = 0; i < 2; i++)
		if (!strncmp(word, protocols[i], 3) &&
		    strchr(":", word[3])) {
			protocol = protocols[i];
			word += word[3] ? 4 : 3;
			break;
		}
	for (i = 0; i < 2; i++) {
		if (protocol && strcmp(protocol, protocols[i]))
			continue;
		if (!*word || !strcmp(word, "any"))
			text = memory_copy(protocols[i]);
		else
			text = memory_format("%s/%s", protocols[i], word);
		if (is_port(text))
			texts_add(ports, text);
		else
			free(text);
	}
}

static size_t allow_binding(struct provision *provision,
			    const struct unit *unit)
{
	struct texts words = { 0 }, ports = { 0 };
	size_t i, count;

	unit_words(unit, "Service", "SocketBindAllow", &words);
	for (i = 0; i < words.count; i++)
		bind_port(words.text[i], &ports);
	for (i = 0; i < ports.count; i++)
		add_port(unit_rules(provision, unit, "SocketBindAllow",
				    "allow"), ports.text[i], "any");
	count = ports.count;
	texts_free(&ports);
	texts_free(&words);
	return count;
}

/* What systemd calls by a name, and prefixes as the reader wants them */
static void peer_of(const char *word, struct texts *peers)
{
	static const char *const names[][3] = {
		{ "any", "any", NULL },
		{ "localhost", "loopback", NULL },
		{ "link-local", "169.254.0.0/16", "fe80::/64" },
		{ "multicast", "224.0.0.0/4", "ff00::/8" },
	};
	struct cordon_prefix prefix;
	const char *why;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(word, names[i][0])) {
			for (k = 1; k < 3 && names[i][k]; k++)
				texts_add(peers, memory_copy(names[i][k]));
			return;
		}
	if (!strcmp(word, "0.0.0.0/0") || !strcmp(word, "::/0"))
		texts_add(peers, memory_copy("any"));
	else if (!cordon_prefix_parse(&prefix, word, strlen(word), &why))
		texts_add(peers, memory_copy(word));
}

static void peers_of(const struct unit *unit, const char *key,
		     struct texts *peers)
{
	struct texts words = { 0 };
	size_t i;

	unit_words(unit, "Service", key, &words);
	for (i = 0; i < words.count; i++)
		peer_of(words.text[i], peers);
	texts_sort(peers);
	texts_free(&words);
}

/*
 * Only where all else is denied, what is allowed is a list of its peers.
 * Return: is there one.
 */
static bool allow_peers(struct provision *provision, const struct unit *unit)
{
	struct texts denied = { 0 }, allowed = { 0 };
	bool listed;
	size_t i;

	peers_of(unit, "IPAddressDeny", &denied);
	peers_of(unit, "IPAddressAllow", &allowed);
	listed = texts_have(&denied, "any");
	for (i = 0; i < allowed.count && listed; i++)
		add_peer(unit_rules(provision, unit, "IPAddressAllow",
				    "allow"), "connect", "to",
			 allowed.text[i], NULL);
	texts_free(&denied);
	texts_free(&allowed);
	return listed;
}

void unit_peers_denied(struct provision *provision, const struct unit *unit)
{
	struct texts denied = { 0 }, allowed = { 0 };
	size_t i;

	peers_of(unit, "IPAddressDeny", &denied);
	peers_of(unit, "IPAddressAllow", &allowed);
	/* What is allowed there is so in spite of the deny; here it is not */
	for (i = 0; i < denied.count && !allowed.count; i++) {
		json_t *rules = unit_rules(provision, unit, "IPAddressDeny",
					   "deny");

		add_peer(rules, "connect", "to", denied.text[i], NULL);
		add_peer(rules, "accept", "from", denied.text[i], NULL);
	}
	texts_free(&denied);
	texts_free(&allowed);
}

/* Those that need a rule. AF_NETLINK is more than routes, but how much more? */
static bool allow_families(struct provision *provision,
			   const struct unit *unit)
{
	struct texts words = { 0 };
	bool inet = true, inverted;
	size_t i;

	unit_words(unit, "Service", "RestrictAddressFamilies", &words);
	inverted = words.count && *words.text[0] == '~';
	if (words.count && !inverted)
		inet = texts_have(&words, "AF_INET") ||
		       texts_have(&words, "AF_INET6");
	for (i = 0; i < words.count && !inverted; i++) {
		static const char *const known[] = {
			"packet", "vsock", "xdp", "bluetooth", "can", "alg",
			"tipc", "key",
		};
		char *name = words.text[i], *at;
		size_t k;

		if (!strcmp(name, "AF_NETLINK"))
			provision_ask(provision,
				      "Which netlink does %s use, but routes? \"sockets\": [ \"netlink/PROTOCOL\" ]",
				      unit->name);
		if (strncmp(name, "AF_", 3))
			continue;
		for (at = name; *at; at++)
			*at = (char)tolower((unsigned char)*at);
		for (k = 0; k < ARRAY_SIZE(known); k++)
			if (!strcmp(name + 3, known[k]))
				manifest_edit_add_text(
					unit_rules(provision, unit,
						   "RestrictAddressFamilies",
						   "allow"),
					"sockets", known[k]);
	}
	texts_free(&words);
	return inet;
}

void unit_network(struct provision *provision, const struct unit *unit)
{
	const char *type = unit_value(unit, "Service", "Type");
	const char *bus = unit_value(unit, "Service", "BusName");
	size_t ports = add_sockets(provision, unit) +
		       allow_binding(provision, unit);
	bool inet = allow_families(provision, unit) &&
		    !unit_flag(unit, "Service", "PrivateNetwork");

	if (inet && !allow_peers(provision, unit))
		provision->networked = true;
	if (inet && !ports)
		provision_ask(provision,
			      "Which ports does %s listen on, and who may connect? \"listen\" and \"accept\"",
			      unit->name);
	if (type && !strncmp(type, "notify", 6))
		manifest_edit_add_text(unit_rules(provision, unit, "Type",
						  "allow"),
				       "connect", "/run/systemd/notify");
	if (bus || (type && !strcmp(type, "dbus")))
		manifest_edit_add_text(unit_rules(provision, unit, "BusName",
						  "allow"), "connect",
				       "/run/dbus/system_bus_socket");
}
