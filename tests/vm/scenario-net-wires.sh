# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# DHCP, tags of VLANs and PPPoE on a bridge: free, then held to rules

. tests/vm/lib-net.sh

yard_build
modprobe 8021q
net_bridge

# tagged HOST LINK DEVICE KIND NUMBER ADDRESS...
tagged()
{
	local host=$1 link=$2 device=$3 kind=$4 number=$5 each
	shift 5
	on $host ip link add link $link name $device type vlan proto $kind id $number ||
		give_up "no VLAN $number on $host"
	on $host ip link set $device up
	for each; do
		on $host ip address add $each dev $device || give_up "$host does not take $each"
	done
}

# In the hosts: VLAN 7, and VLAN 9 inside a provider's VLAN 8. This machine is on its bridge's VLAN 7.
for n in 1 2 3; do
	tagged vm$n eth0 single 802.1Q 7 10.7.0.$n/24 fd07::$n/64
	tagged vm$n eth0 outer 802.1ad 8
	tagged vm$n outer double 802.1Q 9 10.8.0.$n/24 fd08::$n/64
done
tagged here br0 gate 802.1Q 7 10.7.0.254/24 fd07::254/64
echo_on here outsider stream :: 80 stream :: 83
for n in 1 2; do
	echo_on vm$n outsider stream :: 80 stream :: 81 datagram 10.9.0.$n 53 datagram fd09::$n 53 \
		datagram 10.7.0.$n 53 datagram fd07::$n 53 datagram 10.7.0.$n 54 datagram fd07::$n 54 \
		datagram 10.8.0.$n 53 datagram fd08::$n 53 datagram 10.8.0.$n 54 datagram fd08::$n 54
done

mac() { echo 52:54:00:00:00:0$1; }

# --- DHCP -----------------------------------------------------------------------

# A server on vm1, whose only address is that of vm3.
: >/run/leases
cat >/run/udhcpd.conf <<-EOT
	interface eth0
	start 10.9.0.3
	end 10.9.0.3
	max_leases 1
	lease_file /run/leases
	pidfile /run/udhcpd.pid
	option subnet 255.255.255.0
	option router 10.9.0.254
EOT
cat >/run/udhcpc <<-'EOT'
	#!/bin/sh
	[ "$1" = bound ] || exit 0
	ip address add $ip/$mask dev $interface && ip route add default via $router
EOT
chmod 755 /run/udhcpc

# The client asks until the server is there.
lease()
{
	local server status
	nsenter --net=/run/netns/vm1 busybox udhcpd -f -I 10.9.0.1 /run/udhcpd.conf &
	server=$!
	on vm3 ip -4 address flush dev eth0
	on vm3 busybox udhcpc -i eth0 -n -q -f -t 10 -T 2 -s /run/udhcpc &&
		on vm3 ip -4 -o address show dev eth0 | grep -F ' 10.9.0.3/24 '
	status=$?
	kill $server
	wait $server
	return $status
}

# dhcp N TO-MAC WHAT HOST PORT TO-HOST TO-PORT: a packet of vm N.
dhcp() { on vm$1 $ACT wire eth0 "$(mac $1)" $2 - "${@:3}"; }

addresses()
{
	local what
	check "$phase: an address by DHCP" lease
	forbidden 'another datagram to its server' vm3 datagram 10.9.0.1 53
	# In the words of glimpsed: who sees it, in which layers, whose it is.
	permitted_packet 'DHCP that asks' vm1 - 0.0.0.0 68 \
		dhcp 3 ff:ff:ff:ff:ff:ff dhcp 0.0.0.0 68 255.255.255.255 67
	permitted_packet 'DHCP that asks again' vm1 - 10.9.0.3 68 \
		dhcp 3 ff:ff:ff:ff:ff:ff dhcp 10.9.0.3 68 255.255.255.255 67
	permitted_packet 'DHCP that answers' vm3 - 10.9.0.1 67 \
		dhcp 1 "$(mac 3)" dhcp 10.9.0.1 67 10.9.0.3 68
	permitted_packet 'DHCP that answers to all' vm3 - 10.9.0.1 67 \
		dhcp 1 ff:ff:ff:ff:ff:ff dhcp 10.9.0.1 67 255.255.255.255 68
	permitted_packet 'DHCPv6 that asks' vm1 - fe80::3 546 \
		dhcp 3 33:33:00:01:00:02 dhcp fe80::3 546 ff02::1:2 547
	permitted_packet 'DHCPv6 that answers' vm3 - fe80::1 547 \
		dhcp 1 "$(mac 3)" dhcp fe80::1 547 fe80::3 546
	for what in dhcp-cookie dhcp-other dhcp-cut udp; do
		forbidden_packet "$what instead of asking" vm1 - 0.0.0.0 68 \
			dhcp 3 ff:ff:ff:ff:ff:ff $what 0.0.0.0 68 255.255.255.255 67
		forbidden_packet "$what instead of answering" vm3 - 10.9.0.1 67 \
			dhcp 1 "$(mac 3)" $what 10.9.0.1 67 10.9.0.3 68
		forbidden_packet "$what instead of asking, IPv6" vm1 - fe80::3 546 \
			dhcp 3 33:33:00:01:00:02 $what fe80::3 546 ff02::1:2 547
		forbidden_packet "$what instead of answering, IPv6" vm3 - fe80::1 547 \
			dhcp 1 "$(mac 3)" $what fe80::1 547 fe80::3 546
	done
	forbidden_packet 'DHCP that gives nothing to whom it goes to' vm3 - 10.9.0.1 67 \
		dhcp 1 "$(mac 3)" dhcp-elsewhere 10.9.0.1 67 10.9.0.3 68
	# Only who asks all asks without being told apart from any other datagram.
	forbidden_packet 'DHCP that asks one' vm1 - 10.9.0.3 68 dhcp 3 "$(mac 1)" dhcp 10.9.0.3 68 10.9.0.1 67
	forbidden_packet 'DHCPv6 that asks one' vm1 - fd09::3 546 dhcp 3 "$(mac 1)" dhcp fd09::3 546 fd09::1 547
	forbidden_packet 'DHCP from another port' vm1 - 10.9.0.3 69 \
		dhcp 3 ff:ff:ff:ff:ff:ff dhcp 10.9.0.3 69 255.255.255.255 67
	forbidden_packet 'DHCPv6 that answers farther than it can' vm3 - fd09::1 547 \
		dhcp 1 "$(mac 3)" dhcp fd09::1 547 fd09::3 546
}

# --- tags and PPPoE -------------------------------------------------------------

tags()
{
	local n
	for n in 10.7.0. fd07:: 10.8.0. fd08::; do
		on vm1 ip neigh flush all
		permitted "a connection that a rule allows, $n" vm1 stream ${n}2 80
		permitted "a datagram that a rule allows, $n" vm1 datagram ${n}2 53
		permitted "a datagram in fragments, $n" vm1 datagram-large ${n}2 53
		permitted "an echo, $n" vm1 ping ${n}2
		forbidden "a connection to another port, $n" vm1 stream ${n}2 81
		forbidden "a connection the other way, $n" vm2 stream ${n}1 80
		forbidden "a datagram to another port, $n" vm1 datagram ${n}2 54
		forbidden "a datagram in fragments to another port, $n" vm1 datagram-large ${n}2 54
		forbidden "a datagram the other way, $n" vm2 datagram ${n}1 53
		forbidden "an echo the other way, $n" vm2 ping ${n}1
	done
	# By the port that it comes in by, though it is for this machine.
	for n in 10.9.0. fd09:: 10.7.0. fd07::; do
		permitted "a connection to this machine that a rule allows, $n" vm3 stream ${n}254 83
		forbidden "a connection to this machine, $n" vm3 stream ${n}254 80
		# Not only the answer is lost.
		permitted_here "a datagram to this machine that a rule allows, $n" ${n}3 \
			on vm3 $ACT datagram-only ${n}254 83
		forbidden_here "a datagram to this machine, $n" ${n}3 on vm3 $ACT datagram-only ${n}254 80
	done
}

# dress N TO LAYERS WHAT HOST PORT TO-HOST TO-PORT: a packet of vm N to vm TO.
dress() { on vm$1 $ACT wire eth0 "$(mac $1)" "$(mac $2)" "${@:3}"; }

frames()
{
	local layers n port=4000
	for layers in vlan:5 qinq:5,vlan:6 qinq:5,qinq:6,vlan:7 vlan:1,vlan:2,vlan:3,vlan:4,vlan:5 \
		pppoe:77 pppoe-short:77 qinq:5,vlan:6,pppoe:77; do
		for n in 10.9.0. fd09::; do
			# Each with ports of its own: no flow is that of others.
			port=$((port + 10))
			permitted_packet "$layers: a datagram that a rule allows, $n" vm2 $layers ${n}1 $port \
				dress 1 2 $layers udp ${n}1 $port ${n}2 53
			permitted_packet "$layers: its answer, $n" vm1 $layers ${n}2 53 \
				dress 2 1 $layers udp ${n}2 53 ${n}1 $port
			permitted_packet "$layers: a connection that a rule allows, $n" vm2 $layers ${n}1 $((port + 1)) \
				dress 1 2 $layers syn ${n}1 $((port + 1)) ${n}2 80
			forbidden_packet "$layers: a datagram to another port, $n" vm2 $layers ${n}1 $((port + 2)) \
				dress 1 2 $layers udp ${n}1 $((port + 2)) ${n}2 54
			forbidden_packet "$layers: a connection to another port, $n" vm2 $layers ${n}1 $((port + 3)) \
				dress 1 2 $layers syn ${n}1 $((port + 3)) ${n}2 81
			forbidden_packet "$layers: what answers nothing, $n" vm1 $layers ${n}2 53 \
				dress 2 1 $layers udp ${n}2 53 ${n}1 $((port + 4))
			forbidden_packet "$layers: from another's address, $n" vm1 $layers ${n}77 $port \
				dress 2 1 $layers udp ${n}77 $port ${n}1 53
		done
	done
}

# What is left of a layer says nothing of the ends: it counts that a port is an end.
CUT=('vlan:5,vlan:6 2 vlan:5,cut' 'qinq:5,vlan:6,vlan:7 3 qinq:5,vlan:6,cut' 'pppoe:77 7 cut'
	'pppoe-short:77 6 cut' 'vlan:5,pppoe:77 5 vlan:5,cut')

# Whoever has br_netfilter loses frames that are cut off to that: it asks nobody, and cannot be told to.
are_lost_anyway() { [ -e /proc/sys/net/bridge ]; }

cut_off()
{
	local each layers left seen
	if are_lost_anyway; then
		skip "$phase: frames that are cut off" 'br_netfilter is in this kernel, and drops them itself'
		return
	fi
	for each in "${CUT[@]}"; do
		read -r layers left seen <<<"$each"
		"$1" "cut off, $layers after $left bytes" vm1 $seen "$(mac 3)" \
			on vm3 $ACT wire-other eth0 "$(mac 3)" "$(mac 1)" $layers $left
		"$1" "cut off, $layers after $left bytes, to a port" vm3 $seen "$(mac 1)" \
			on vm1 $ACT wire-other eth0 "$(mac 1)" "$(mac 3)" $layers $left
	done
}

not_ip()
{
	local layers
	for layers in vlan:5,vlan:6 pppoe:77; do
		permitted_layers "$layers: what is not IP" vm2 $layers "$(mac 1)" \
			on vm1 $ACT wire-other eth0 "$(mac 1)" "$(mac 2)" $layers
	done
}

# packet HOST LAYERS ADDRESS PORT PATIENCE COMMAND...; layers HOST LAYERS MAC PATIENCE COMMAND...
packet() { meanwhile $1 outsider $5 see-wire eth0 $2 $3 $4 -- "${@:6}"; }
layers() { meanwhile $1 outsider $4 see-layers eth0 $2 $3 -- "${@:5}"; }

# heard ADDRESS PATIENCE COMMAND...: a datagram from there is for this machine.
heard() { meanwhile here outsider $2 hear-raw $1 16 -- "${@:3}"; }

arrives_packet() { check "$phase: $1" packet "${@:2:4}" 10000 "${@:6}"; }
arrives_layers() { check "$phase: $1" layers "${@:2:3}" 10000 "${@:5}"; }

all_acts()
{
	addresses
	tags
	frames
	cut_off forbidden_layers
	not_ip
}

phase=free
permitted() { :; }
permitted_packet() { :; }
permitted_layers() { :; }
permitted_here() { :; }
forbidden() { passes "$phase: $1" "${@:2}"; }
forbidden_packet() { arrives_packet "$@"; }
forbidden_layers() { arrives_layers "$@"; }
forbidden_here() { check "$phase: $1" heard $2 10000 "${@:3}"; }
all_acts

module_load fold=0 || give_up 'the module does not load'
policy_load --force tests/vm/manifests/net-tags.json >/dev/null || give_up 'the policy does not load'
for n in 1 2 3; do
	on vm$n ip neigh flush all
done

phase=enforced
permitted() { passes "$phase: $1" "${@:2}"; }
permitted_packet() { arrives_packet "$@"; }
permitted_layers() { arrives_layers "$@"; }
permitted_here() { check "$phase: $1" heard $2 10000 "${@:3}"; }
forbidden() { lost "$phase: $1" "${@:2}"; }
forbidden_packet() { check_status "$phase: $1" 110 packet "${@:2:4}" $LOST "${@:6}"; }
forbidden_here() { check_status "$phase: $1" 110 heard $2 $LOST "${@:3}"; }
forbidden_layers() { check_status "$phase: $1" 110 layers "${@:2:3}" $LOST "${@:5}"; }
all_acts

# br_netfilter shows to the hooks of IP what only passes a bridge.
if ! are_lost_anyway; then
	modprobe br_netfilter || give_up 'br_netfilter does not load'
	phase='enforced, with br_netfilter'
	addresses
	rmmod br_netfilter
fi

"$CTL" mode tags net=monitor >/dev/null || give_up 'the mode cannot be changed'
phase=monitored
cut_off arrives_layers
not_ip
if ! are_lost_anyway; then
	events_expect 1
	check "$phase: one of them, watched" layers vm1 cut "$(mac 3)" 10000 \
		on vm3 $ACT wire-other eth0 "$(mac 3)" "$(mac 1)" pppoe:77 5
	events_wait
	check_equal 'it is told why' 'would-deny malformed pen' \
		"$(event '" ".join([d[0]["action"], d[0]["reason"]] + d[0]["from_segments"])')"
fi
