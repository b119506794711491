# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Who is refused from outside is told so where a document says "reject", and left to wait where not

. tests/vm/lib-net.sh

yard_build
net_bridge
net_router
net_host peer
net_cable here out 10.5.0.1/24 fd05::1/64 - peer eth0 10.5.0.2/24 fd05::2/64
echo_on vm2 outsider stream 10.9.0.2 80 stream fd09::2 80 stream 10.9.0.2 81 stream fd09::2 81
echo_on right outsider stream 10.2.0.2 80 stream fd02::2 80 stream 10.2.0.2 81 stream fd02::2 81 \
	datagram 10.2.0.2 53 datagram fd02::2 53 datagram 10.2.0.2 54 datagram fd02::2 54
echo_on left outsider stream 10.1.0.2 80 stream fd01::2 80
echo_on here outsider stream 10.1.0.1 22 stream fd01::1 22 stream 10.9.0.254 22 stream fd09::254 22 \
	datagram 10.1.0.1 22 datagram fd01::1 22

# The segments are interfaces, that only the machine in between has: all of these hosts are one, and
# by their addresses each would be stopped where it sends.
cat >/run/ways.json <<'END'
{ "segments": 1, "name": "ways", "mode": { "net": "enforce" }, "reject": false,
  "define": [
    { "segment": "left", "members": [ "interface:toleft" ], "isolate": true },
    { "segment": "right", "members": [ "interface:toright" ], "isolate": true },
    { "segment": "one", "members": [ "interface:vnet1" ], "isolate": true },
    { "segment": "two", "members": [ "interface:vnet2" ], "isolate": true } ],
  "allow": [
    { "from": "left", "to": "right", "port": [ "tcp/80", "udp/53" ] },
    { "from": "one", "to": "two", "port": "tcp/80" } ] }
END
cat >/run/held.json <<'END'
{ "manifest": 1, "workload": "held", "members": { "any": [ "exe:/yard/bin/member" ] },
  "mode": { "net": "enforce" }, "default": "deny", "reject": false,
  "programs": [ { "exe": "/yard/bin/member", "listen": [ "tcp", "udp" ],
    "accept": [ { "from": "any", "port": [ "tcp/8001", "udp/8001" ] } ] } ] }
END
sed 's/"reject": false/"reject": true/' /run/ways.json >/run/ways-reject.json
sed 's/"reject": false/"reject": true/' /run/held.json >/run/held-reject.json

# A stream is told no sooner than by its second SYN, after a second: where both ends are one machine,
# the answer to the first comes while connect() still holds the socket.
told() { check_status "$phase: $1" $2 on $3 $ACT within 8000 "${@:4}"; }
unanswered() { check_status "$phase: $1" 110 on $3 $ACT within $LOST "${@:4}"; }
open_to_all() { check "$phase: $1" on $3 $ACT "${@:4}"; }

# What the error is called, by family: EHOSTUNREACH, EACCES.
refused_acts()
{
	local n error left to_right to_here bridge member home
	for n in 4 6; do
		case $n in
		4) error=113 left=10.1.0.2 to_right=10.2.0.2 to_here=10.1.0.1
			bridge=10.9.0. member=10.5.0.1 home=127.0.0.1 ;;
		6) error=13 left=fd01::2 to_right=fd02::2 to_here=fd01::1
			bridge=fd09:: member=fd05::1 home=::1 ;;
		esac
		$1 "a connection to a member, $n" $error peer stream $member 8002
		$1 "a connection to a member on this host, $n" $error here stream $home 8002
		$1 "a datagram to a member, $n" $error peer datagram-by send $member 8002
		$1 "another datagram to it, $n" $error peer datagram-by send $member 8002
		$2 "a connection that is forwarded, $n" $error left stream $to_right 81
		$2 "the other way, $n" $error right stream $left 80
		$2 "a datagram that is forwarded, $n" $error left from $left 777 datagram-by send $to_right 54
		$2 "the same, of which the verdict is remembered, $n" $error left \
			from $left 777 datagram-by send $to_right 54
		$2 "a connection to the router, $n" $error left stream $to_here 22
		$2 "a datagram to the router, $n" $error left datagram-by send $to_here 22
		$2 "a connection to the host of a bridge, $n" $error vm1 stream ${bridge}254 22
		# A bridge itself has nobody to tell it from.
		$3 "a connection across a bridge, $n" $error vm1 stream ${bridge}2 81
	done
}

allowed_acts()
{
	local n to_right bridge member
	for n in 4 6; do
		case $n in
		4) to_right=10.2.0.2 bridge=10.9.0. member=10.5.0.1 ;;
		6) to_right=fd02::2 bridge=fd09:: member=fd05::1 ;;
		esac
		open_to_all "an allowed connection to a member, $n" 0 peer stream $member 8001
		open_to_all "an allowed datagram to a member, $n" 0 peer datagram-by send $member 8001
		open_to_all "an allowed connection that is forwarded, $n" 0 left stream $to_right 80
		open_to_all "an allowed datagram that is forwarded, $n" 0 left datagram-by send $to_right 53
		open_to_all "an allowed connection across a bridge, $n" 0 vm1 stream ${bridge}2 80
	done
}

module_load || give_up 'the module does not load'
echo_on here member stream 10.5.0.1 8001 stream fd05::1 8001 stream 10.5.0.1 8002 stream fd05::1 8002 \
	stream 127.0.0.1 8002 stream ::1 8002 datagram 10.5.0.1 8001 datagram fd05::1 8001 \
	datagram 10.5.0.1 8002 datagram fd05::1 8002
phase=free
refused_acts open_to_all open_to_all open_to_all

# rejects NAME: what the loaded policy says of it
rejects() { "$CTL" workloads --json | json "[w['reject'] for w in d if w['workload'] == '$1'][0]"; }
# explained ACT...: what is said of the loaded policy
explained() { "$CTL" explain --json "$@" | json 'd["verdict"] + " " + str(d["reject"])'; }

phase=dropped
policy_load --force /run/ways.json /run/held.json >/dev/null || give_up 'the policy does not load'
check_equal 'a document does not reject by itself' 'false false' "$(rejects ways) $(rejects held)"
check_equal 'which is explained, between segments' 'deny False' \
	"$(explained --from segment:left --to segment:right --port tcp/81)"
check_equal 'and of processes' 'deny False' \
	"$(explained --exe /yard/bin/member --accept tcp/8002@10.5.0.2)"
refused_acts unanswered unanswered unanswered
allowed_acts

# Each document speaks for itself.
phase='the manifest rejects'
policy_load --force /run/held-reject.json >/dev/null || give_up 'the manifest does not load'
refused_acts told unanswered unanswered
allowed_acts

phase='both reject'
policy_load --force /run/ways-reject.json >/dev/null || give_up 'the segments do not load'
check_equal 'both say so' 'true true' "$(rejects ways) $(rejects held)"
check_equal 'it is explained, between segments' 'deny True' \
	"$(explained --from segment:left --to segment:right --port tcp/81)"
check_equal 'and of processes, too' 'deny True' \
	"$(explained --exe /yard/bin/member --accept tcp/8002@10.5.0.2)"
check_equal 'what is allowed is not spoken of' 'allow None' \
	"$(explained --exe /yard/bin/member --accept tcp/8001@10.5.0.2)"
refused_acts told told unanswered
allowed_acts

phase=monitored
"$CTL" mode ways net=monitor >/dev/null || give_up 'the mode of segments cannot be changed'
"$CTL" mode held net=monitor >/dev/null || give_up 'the mode of the manifest cannot be changed'
refused_acts open_to_all open_to_all open_to_all
"$CTL" mode --force held net=enforce >/dev/null || give_up 'the mode cannot be changed back'
check_equal 'a change of mode keeps what a document says' 'true true' "$(rejects ways) $(rejects held)"
phase='enforced again'
refused_acts told open_to_all open_to_all
