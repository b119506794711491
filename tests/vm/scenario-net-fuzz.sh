# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Packets and frames that are wrong by chance, held to rules all the same

. tests/vm/lib-net.sh

yard_build
net_bridge
modprobe tun
mkdir -p /dev/net
[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
ip tuntap add dev tun0 mode tun
ip address add 10.1.0.1/24 dev tun0
ip address add fd01::1/64 dev tun0 nodad
ip link set tun0 up
net_forward here
echo_on vm2 outsider stream :: 80 datagram 10.9.0.2 53 datagram fd09::2 53
module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/net-wires.json >/dev/null || give_up 'the policy does not load'

COUNT=$(few 8000 1500)
for seed in 1 2 3; do
	check "$COUNT packets through a TUN device to this host, seed $seed" \
		$ACT fuzz-tun tun0 $COUNT $seed 10.1.0.2 10.1.0.1 fd01::2 fd01::1
	check "$COUNT packets through it to another, seed $seed" \
		$ACT fuzz-tun tun0 $COUNT $seed 10.1.0.2 10.9.0.2 fd01::2 fd09::2
	check "$COUNT packets from raw sockets, seed $seed" \
		on vm1 $ACT fuzz-raw $COUNT $seed 10.9.0.1 10.9.0.2 fd09::1 fd09::2
	for n in 1 3; do
		check "$COUNT frames of a neighbour, $n, seed $seed" \
			on vm$n $ACT fuzz-frames eth0 $COUNT $seed 52:54:00:00:00:0$n 52:54:00:00:00:02 \
			10.9.0.$n 10.9.0.2 fd09::$n fd09::2
	done
done
# What is allowed is still.
for n in 1 2 3; do
	on vm$n ip neigh flush dev eth0
done
for n in 10.9.0. fd09::; do
	passes "a connection that a rule allows, $n" vm1 stream ${n}2 80
	passes "a datagram that a rule allows, $n" vm1 datagram ${n}2 53
	lost "a connection that none does, $n" vm3 stream ${n}2 80
done
