# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every way to connect, listen, accept and send: free, then held to a manifest

. tests/vm/lib-net.sh
. tests/vm/net-acts.sh

yard_build
net_peers

all_acts()
{
	acts_connect
	acts_datagram
	acts_listen
	acts_socket
	acts_handed
	acts_accept
}

as() { ACTOR=("$YARD/bin/$1"); }

# What was there before the manifest.
service_start before $YARD/bin/member >/dev/null
check 'a connection before the manifest' ask before self keep stream-connected 10.5.0.2 81
check 'and what is said on it' ask before self kept-by send
echo_on here member stream 10.5.0.1 9005 stream 10.5.0.1 8004
passes 'a listener before the manifest' peer stream 10.5.0.1 9005

reached() { check "$phase: $1" on peer $ACT "${@:2}"; }
phase=free
unreached() { reached "$@"; }
permitted() { :; }
forbidden() { check "$phase: $1" "${ACTOR[@]}" "${@:2}"; }
all_acts

module_load fold=0 || give_up 'the module does not load'
policy_load "${NET_POLICY[@]}" >/dev/null || give_up 'the policy does not load'

phase=enforced
check_status 'the connection from before is held to it' 13 ask before self kept-by send
passes 'the listener from before that the manifest allows' peer stream 10.5.0.1 8004
lost 'the one that it does not' peer stream 10.5.0.1 9005
unreached() { lost "$phase: $1" peer "${@:2}"; }
permitted() { check "$phase: $1" "${ACTOR[@]}" "${@:2}"; }
forbidden() { check_status "$phase: $1" 13 "${ACTOR[@]}" "${@:2}"; }
all_acts

# hears PATIENCE N SIZE COMMAND...: a member's raw socket gets a datagram of that size from the peer.
hears() { meanwhile here pardoned $1 hear-raw ${NET_YES[$2]} $3 -- "${@:4}"; }

# told: the first event since events_expect about a packet that does not say enough; what was denied before
# may be tried again, and told of, meanwhile.
told()
{
	grep -m 1 '"reason":"malformed"' < <(tail -n +1 -f --pid=$MONITOR $EVENTS) |
		json '" ".join(d[k] for k in ("op", "action", "reason", "object"))'
	kill $MONITOR
}

# What does not say where it goes, or whence it comes, cannot be held to rules.
as pardoned
for n in 0 1; do
	pair="${NET_HERE[n]} 777 ${NET_YES[n]} 53"
	permitted "a datagram in fragments to ${NET_YES[n]}" fragments ordered $pair
	forbidden "a packet that ends before its ports to ${NET_YES[n]}" fragments empty $pair
	check "a raw socket hears a datagram from ${NET_YES[n]}" hears 10000 $n 16 \
		on peer $ACT from ${NET_YES[n]} 0 datagram-only ${NET_HERE[n]} 9
	events_expect 1000
	check_status "it does not hear one that ends before its ports from ${NET_YES[n]}" 110 hears $LOST $n 0 \
		on peer $ACT fragments empty ${NET_YES[n]} 777 ${NET_HERE[n]} 53
	check_equal 'it is told why' "accept deny malformed udp@${NET_YES[n]}" "$(told)"
done
"$CTL" mode net net=monitor >/dev/null || give_up 'the mode cannot be changed'
for n in 0 1; do
	events_expect 1000
	permitted "monitored, a packet that ends before its ports to ${NET_YES[n]}" \
		fragments empty ${NET_HERE[n]} 777 ${NET_YES[n]} 53
	check_equal 'it is told why' "connect would-deny malformed udp@${NET_YES[n]}" "$(told)"
	events_expect 1000
	check "monitored, a raw socket hears one that ends before its ports from ${NET_YES[n]}" hears 10000 $n 0 \
		on peer $ACT fragments empty ${NET_YES[n]} 777 ${NET_HERE[n]} 53
	check_equal 'it is told why' "accept would-deny malformed udp@${NET_YES[n]}" "$(told)"
done
