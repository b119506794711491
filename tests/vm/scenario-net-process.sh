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

module_load || give_up 'the module does not load'
policy_load "${NET_POLICY[@]}" >/dev/null || give_up 'the policy does not load'

phase=enforced
check_status 'the connection from before is held to it' 13 ask before self kept-by send
passes 'the listener from before that the manifest allows' peer stream 10.5.0.1 8004
lost 'the one that it does not' peer stream 10.5.0.1 9005
unreached() { lost "$phase: $1" peer "${@:2}"; }
permitted() { check "$phase: $1" "${ACTOR[@]}" "${@:2}"; }
forbidden() { check_status "$phase: $1" 13 "${ACTOR[@]}" "${@:2}"; }
all_acts

# What does not say where it goes cannot be held to rules.
as pardoned
for n in 0 1; do
	pair="${NET_HERE[n]} 777 ${NET_YES[n]} 53"
	permitted "a datagram in fragments to ${NET_YES[n]}" fragments ordered $pair
	forbidden "a packet that ends before its ports to ${NET_YES[n]}" fragments empty $pair
done
"$CTL" mode net net=monitor >/dev/null || give_up 'the mode cannot be changed'
for n in 0 1; do
	events_expect 1
	permitted "monitored, a packet that ends before its ports to ${NET_YES[n]}" \
		fragments empty ${NET_HERE[n]} 777 ${NET_YES[n]} 53
	events_wait
	check_equal 'it is told why' "would-deny malformed udp@${NET_YES[n]}" \
		"$(event '" ".join([d[0]["action"], d[0]["reason"], d[0]["object"]])')"
done
