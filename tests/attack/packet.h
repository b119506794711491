/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets that are put together byte by byte. */
#ifndef _ATTACK_PACKET_H
#define _ATTACK_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "net.h"

#define PACKET_MAX 2048

/**
 * packet_build - an IP packet with all its checksums
 * @packet: room for PACKET_MAX bytes
 * @from: address and port; IPv4 or IPv6
 * @to: of the same family
 * @protocol: IPPROTO_UDP, IPPROTO_TCP, or of ICMP an echo request
 * @flags: of TCP
 * @payload: so many bytes of data
 *
 * Return: its size.
 */
size_t packet_build(uint8_t *packet, const struct net_end *from,
		    const struct net_end *to, int protocol, uint8_t flags,
		    size_t payload);

/** packet_carry - the same, which carries these @payload bytes of @data */
size_t packet_carry(uint8_t *packet, const struct net_end *from,
		    const struct net_end *to, int protocol, uint8_t flags,
		    const uint8_t *data, size_t payload);

/**
 * packet_protocol - what a word of the command line says a packet is
 * @word: udp, icmp; of TCP: syn, synack, ack, rst, none
 * @flags: filled: of TCP
 *
 * Return: IPPROTO_UDP, IPPROTO_ICMP or IPPROTO_TCP.
 */
int packet_protocol(const char *word, uint8_t *flags);

/** packet_header - size of the IP header that packet_build() makes */
size_t packet_header(const struct net_end *end);

/** packet_sum - checksum of IPv4 over @size bytes, and what was summed yet */
uint16_t packet_sum(const uint8_t *data, size_t size, uint32_t sum);

/** packet_socket - a packet socket on that interface; or ends the act */
int packet_socket(const char *interface);

/** packet_mac - read "52:54:00:00:00:01"; or end the act */
void packet_mac(uint8_t *mac, const char *text);

#endif /* _ATTACK_PACKET_H */
