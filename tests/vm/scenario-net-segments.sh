# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What passes on a bridge and beside a router, between segments: free, then held to rules

. tests/vm/lib-net.sh

yard_build
net_bridge
net_router
modprobe -a ipip ip6_tunnel
for n in 1 2 3; do
	echo_on vm$n outsider stream :: 80 stream :: 81 stream :: 83 datagram 10.9.0.$n 53 datagram fd09::$n 53 \
		datagram 10.9.0.$n 54 datagram fd09::$n 54
done
echo_on left outsider stream :: 80 stream :: 81 datagram 10.1.0.2 53 datagram fd01::2 53
echo_on right outsider stream :: 80 stream :: 81 datagram 10.2.0.2 53 datagram fd02::2 53 \
	datagram 10.2.0.2 54 datagram fd02::2 54

mac() { echo 52:54:00:00:00:0$1; }

# mac_of HOST|DEVICE
mac_of()
{
	case $1 in
	to*) cat /sys/class/net/$1/address ;;
	*) on $1 ip -o link show eth0 | sed 's|.*link/ether \([^ ]*\).*|\1|' ;;
	esac
}

bridged()
{
	local way four six n

	for n in 10.9.0. fd09::; do
		permitted "a connection that a rule allows, $n" vm1 stream ${n}2 80
		forbidden "a connection to another port of an isolated segment, $n" vm1 stream ${n}2 81
		forbidden "a connection of another neighbour to it, $n" vm3 stream ${n}2 80
		forbidden "a connection from it, $n" vm2 stream ${n}1 80
		forbidden "a connection from it to no segment, $n" vm2 stream ${n}254 22
		permitted "a connection between segments that are open, $n" vm3 stream ${n}1 80
		permitted "the same, the other way, $n" vm1 stream ${n}3 81
		forbidden "one that a rule denies, $n" vm3 stream ${n}1 81
		forbidden "one that a rule denies to a port of the bridge, $n" vm3 stream ${n}1 83
		permitted "a datagram that a rule allows, and its answer, $n" vm1 datagram ${n}2 53
		permitted "a datagram in fragments, and its answer, $n" vm1 datagram-large ${n}2 53
		permitted "a datagram with options, $n" vm1 datagram-options ${n}2 53
		permitted "an error that answers it, $n" vm1 datagram-refused ${n}2 99
		permitted "an echo, $n" vm1 ping ${n}2
		forbidden "a datagram to another port, $n" vm1 datagram ${n}2 54
		forbidden "a datagram in fragments to another port, $n" vm1 datagram-large ${n}2 54
		forbidden "a datagram with options to another port, $n" vm1 datagram-options ${n}2 54
		forbidden "a datagram of another neighbour, $n" vm3 datagram ${n}2 53
		forbidden "a datagram that a rule denies, $n" vm3 datagram ${n}1 54
		permitted "a datagram between segments that are open, $n" vm3 datagram ${n}1 53
		forbidden "an echo of another neighbour, $n" vm3 ping ${n}2
		for way in ordered tiny; do
			permitted "fragments, $way, $n" vm1 fragments $way ${n}1 777 ${n}2 53
			forbidden "fragments, $way, to another port, $n" vm1 fragments $way ${n}1 777 ${n}2 54
		done
		forbidden "fragments whose first comes last, $n" vm1 fragments reversed ${n}1 777 ${n}2 53
		# Nobody may ask, and everybody must answer, who is where.
		on vm1 ip neigh flush dev eth0
		on vm2 ip neigh flush dev eth0
		permitted "a connection to a neighbour who is to be found first, $n" vm1 stream ${n}2 80
	done
}

routed()
{
	local n to
	for n in 10. fd0; do
		case $n in
		10.) from=10.1.0.2 to=10.2.0.2 ;;
		*) from=fd01::2 to=fd02::2 ;;
		esac
		permitted "routed: a connection that a rule allows, $to" left stream $to 80
		forbidden "routed: a connection to another port, $to" left stream $to 81
		forbidden "routed: a connection the other way, $from" right stream $from 80
		permitted "routed: a datagram that a rule allows, $to" left datagram $to 53
		permitted "routed: a datagram in fragments, $to" left datagram-large $to 53
		permitted "routed: a datagram with options, $to" left datagram-options $to 53
		permitted "routed: an error that answers it, $to" left datagram-refused $to 99
		permitted "routed: an echo, $to" left ping $to
		forbidden "routed: a datagram to another port, $to" left datagram $to 54
		forbidden "routed: a datagram the other way, $to" right datagram $from 53
		forbidden "routed: an echo the other way, $from" right ping $from
	done
}

frames()
{
	local n way port from to
	for n in 10.9.0. fd09::; do
		glimpsed "a segment of a connection that a rule allows, $n" vm2 ${n}1 \
			on vm1 $ACT frame eth0 "$(mac 1)" "$(mac 2)" ack ${n}1 1000 ${n}2 80
		glimpsed "the answer to it, $n" vm1 ${n}2 \
			on vm2 $ACT frame eth0 "$(mac 2)" "$(mac 1)" ack ${n}2 80 ${n}1 1000
		for way in syn udp icmp; do
			port=80
			[ $way != udp ] || port=53
			glimpsed "what opens a flow that a rule allows, $way, $n" vm2 ${n}1 \
				on vm1 $ACT frame eth0 "$(mac 1)" "$(mac 2)" $way ${n}1 1000 ${n}2 \
				$port
			unglimpsed "what opens one of another neighbour, $way, $n" vm2 ${n}3 \
				on vm3 $ACT frame eth0 "$(mac 3)" "$(mac 2)" $way ${n}3 1000 ${n}2 \
				$port
		done
		unglimpsed "a segment of one that none does, $n" vm2 ${n}1 \
			on vm1 $ACT frame eth0 "$(mac 1)" "$(mac 2)" ack ${n}1 1000 ${n}2 81
		unglimpsed "an answer to nothing, $n" vm1 ${n}2 \
			on vm2 $ACT frame eth0 "$(mac 2)" "$(mac 1)" synack ${n}2 81 ${n}1 1000
		unglimpsed "a datagram that answers nothing, $n" vm1 ${n}2 \
			on vm2 $ACT frame eth0 "$(mac 2)" "$(mac 1)" udp ${n}2 53 ${n}1 4321
		# Who claims to be another.
		glimpsed "a frame from an address of one's own, $n" vm1 ${n}3 \
			on vm3 $ACT frame eth0 "$(mac 3)" "$(mac 1)" udp ${n}3 1 ${n}1 53
		unglimpsed "a frame from another's address, $n" vm1 ${n}77 \
			on vm3 $ACT frame eth0 "$(mac 3)" "$(mac 1)" udp ${n}77 1 ${n}1 53
		unglimpsed "a frame from another's MAC, $n" vm1 ${n}3 \
			on vm3 $ACT frame eth0 "$(mac 7)" "$(mac 1)" udp ${n}3 1 ${n}1 53
		glimpsed "a port without a claim may be anybody, $n" vm3 ${n}88 \
			on vm1 $ACT frame eth0 "$(mac 1)" "$(mac 3)" udp ${n}88 1 ${n}3 53
	done
	for n in '10.1.0.2 10.2.0.2' 'fd01::2 fd02::2'; do
		from=${n% *} to=${n#* }
		for way in 'syn 80' 'udp 53' 'icmp 0'; do
			glimpsed "routed: what opens a flow that a rule allows, $way, $to" right $from \
				on left $ACT frame eth0 "$(mac_of left)" "$(mac_of toleft)" ${way% *} $from 1000 $to ${way#* }
			unglimpsed "routed: the other way, $way, $from" left $to \
				on right $ACT frame eth0 "$(mac_of right)" "$(mac_of toright)" ${way% *} $to 1001 $from ${way#* }
		done
		unglimpsed "routed: what opens another, $to" right $from \
			on left $ACT frame eth0 "$(mac_of left)" "$(mac_of toleft)" syn $from 1000 $to 81
	done
	glimpsed 'ARP that tells one is oneself' vm1 "$(mac 3),10.9.0.3" on vm3 $ACT claim-arp eth0 "$(mac 3)" 10.9.0.3
	unglimpsed 'ARP that tells one is another' vm1 "$(mac 3),10.9.0.2" on vm3 $ACT claim-arp eth0 "$(mac 3)" 10.9.0.2
	unglimpsed 'a question by ARP that tells it' vm1 "$(mac 3),10.9.0.2" on vm3 $ACT claim-arp eth0 "$(mac 3)" 10.9.0.2 1
	unglimpsed 'ARP with a MAC of another' vm1 "$(mac 2),10.9.0.3" on vm3 $ACT claim-arp eth0 "$(mac 2)" 10.9.0.3
	glimpsed 'neighbour discovery that tells one is oneself' vm1 "$(mac 3),fd09::3" \
		on vm3 $ACT claim-neighbour eth0 "$(mac 3)" fd09::3
	unglimpsed 'neighbour discovery that tells one is another' vm1 "$(mac 3),fd09::2" \
		on vm3 $ACT claim-neighbour eth0 "$(mac 3)" fd09::2
}

tunnel_ends()
{
	on vm1 ip link add name inside type ipip local 10.9.0.1 remote 10.9.0.2 &&
		on vm1 ip address add 10.99.0.1/24 dev inside && on vm1 ip link set inside up &&
		on vm2 ip link add name inside type ipip local 10.9.0.2 remote 10.9.0.1 &&
		on vm2 ip address add 10.99.0.2/24 dev inside && on vm2 ip link set inside up
}
check 'a tunnel' tunnel_ends

all_acts()
{
	bridged
	forbidden 'a connection through a tunnel' vm1 stream 10.99.0.2 80
	routed
	frames
}

phase=free
permitted() { :; }
forbidden() { case $3,$4 in stream,*254) return ;; esac; passes "$phase: $1" "${@:2}"; }
glimpsed() { :; }
unglimpsed() { check "$phase: $1" see "$2" "$3" 10000 "${@:4}"; }
all_acts

module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/net-wires.json >/dev/null || give_up 'the policy does not load'

# What they were told by those who claimed to be others.
for n in 1 2 3; do
	on vm$n ip neigh flush dev eth0
done
phase=enforced
permitted() { passes "$phase: $1" "${@:2}"; }
forbidden() { lost "$phase: $1" "${@:2}"; }
glimpsed() { check "$phase: $1" see "$2" "$3" 10000 "${@:4}"; }
unglimpsed() { check_status "$phase: $1" 110 see "$2" "$3" $LOST "${@:4}"; }
all_acts
