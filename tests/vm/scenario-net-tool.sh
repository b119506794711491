# shellcheck shell=bash disable=SC2016,SC2086,SC2154	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What cordonctl shows of sockets and segments, and what it says to do: flows, ps, monitor, segment
# Tool: what the module tells is the same on each kernel.

. tests/vm/lib-net.sh

yard_build
net_router
net_host peer
net_cable here out 10.5.0.1/24 fd05::1/64 - peer eth0 10.5.0.2/24 10.5.0.3/24 fd05::2/64
net_settle
echo_on peer outsider stream :: 80 stream :: 81
echo_on right outsider stream 10.2.0.2 80 stream fd02::2 80

cat >/run/wires.json <<'END'
{ "segments": 1, "name": "wires", "description": "Left and right of a router", "owner": "tests",
  "mode": { "net": "enforce" },
  "define": [
    { "segment": "left", "members": [ "10.1.0.0/24", "fd01::/64", "interface:unplugged" ] },
    { "segment": "right", "members": [ "10.2.0.0/24", "fd02::/64" ], "isolate": true },
    { "segment": "barred", "members": [] } ],
  "allow": [ { "from": "left", "to": "right", "port": "tcp/80", "note": "what left needs" } ],
  "deny": [ { "from": "barred", "to": "any" } ] }
END

module_load fold=0 || give_up 'the module does not load'
policy_load tests/vm/manifests/net.json tests/vm/manifests/net-friend.json tests/vm/manifests/net-site.json \
	>/dev/null || give_up 'the policy does not load'
sed 's/"left"/"friends"/' /run/wires.json >/run/double.json
check_status 'two documents may not define one segment' 3 policy_load --force /run/double.json
check_status 'what could cut off this host is asked twice' 2 policy_load /run/wires.json
policy_load --force /run/wires.json >/dev/null || give_up 'the segments do not load'

segment() { "$CTL" segment "$@"; }

# --- what is loaded ---------------------------------------------------------------

check_equal 'workloads: segments have a kind, one mode, and no tasks' 'segments None enforce None' \
	"$("$CTL" workloads --json | json '" ".join(str(x) for w in d if w["workload"] == "wires"
		for x in (w["kind"], w["mode"]["exec"], w["mode"]["net"], w["tasks"]))')"
check_match 'rules: where a flow comes from' \
	'wires +from left +allow +pass +tcp/80@segment:right' "$("$CTL" rules wires)"
check_equal 'segments: what is defined' 'barred False, left False, right True' \
	"$(segment --json | json '", ".join(s["segment"] + " " + str(s["isolated"]) for s in d if s["document"] == "wires")')"
check_equal 'segments: what lies in them' '10.1.0.0/24 fd01::/64 unplugged' \
	"$(segment list left --json | json '" ".join(e["prefix"] or e["interface"] for e in d)')"
check 'modes: net of segments' "$CTL" mode wires net=monitor
check_match 'status: that it only monitors' 'net of wires: its mode is monitor' "$("$CTL" status)"
check_status 'modes: to cut off this host is asked twice' 2 "$CTL" mode wires net=enforce
check_equal 'modes: and nothing was changed' monitor \
	"$("$CTL" workloads --json | json '[w["mode"]["net"] for w in d if w["workload"] == "wires"][0]')"
check 'modes: and back' "$CTL" mode --force wires net=enforce

# --- flows and listeners ------------------------------------------------------------

MEMBER=$($YARD/bin/member echo stream 127.0.0.1 8001 stream :: 8002 datagram 0.0.0.0 8003 2>/run/member.why) ||
	give_up "no member listens: $(cat /run/member.why)"
check_equal 'ps: what it listens on' 'tcp/8001@127.0.0.1 tcp/8002' \
	"$("$CTL" ps --json | json "' '.join(w for p in d if p['pid'] == $MEMBER for w in p['listens'] if w[:3] == 'tcp')")"
check_match 'ps: in words' "tcp/8001@127.0.0.1, tcp/8002" "$("$CTL" ps net)"
check_equal 'flows: listeners' '127.0.0.1 8001, :: 8002' \
	"$("$CTL" flows --listening --workload net --json | json '", ".join(f["local"]["address"] + " " + str(f["local"]["port"]) for f in d if f["protocol"] == "tcp")')"
service_start member $YARD/bin/member >/dev/null
check 'a member connects' ask member self keep stream-connected 10.5.0.2 80
check_equal 'flows: who, how, whither' '/yard/bin/member tcp outbound 10.5.0.1 10.5.0.2 80' \
	"$("$CTL" flows --json | json '" ".join(str(x) for f in d if f["state"] == "outbound" and f["protocol"] == "tcp"
		for x in (f["program"], f["protocol"], f["state"], f["local"]["address"], f["remote"]["address"], f["remote"]["port"]))')"
check_match 'flows: in words' 'net +/yard/bin/member +[0-9]+ +tcp +outbound +10\.5\.0\.1:[0-9]+ +10\.5\.0\.2:80' \
	"$("$CTL" flows)"
check_status 'flows: a workload that is not' 10 "$CTL" flows --workload nte

# --- events ---------------------------------------------------------------------

events_expect 1
check_status 'a member may not connect there' 13 $YARD/bin/member stream 10.5.0.3 80
events_wait
check_equal 'monitor: act, both ends, no segments' 'connect tcp/80@10.5.0.3 tcp 10.5.0.3 80 [] None' \
	"$(event '" ".join(str(x) for e in d for x in (e["op"], e["object"], e["protocol"], e["remote"]["address"],
		e["remote"]["port"], e["segments"], e["peer"]))')"

# said PATTERN-OF-EVENT WHAT HOST ACT...: what monitor says to a person of one departure that is dropped.
said()
{
	local word host=$1
	shift
	rm -f /run/said.ready
	mkfifo /run/said.ready
	"$CTL" monitor --ready --advice --count 1 --timeout 60 >/run/said 2>/run/said.ready &
	MONITOR=$!
	read -r word </run/said.ready && [ "$word" = ready ] || give_up "cordonctl monitor does not begin: $word"
	on $host $ACT within $LOST "$@" >/dev/null 2>&1
	wait $MONITOR
	cat /run/said
}

text=$(said left stream 10.2.0.2 81)
check_match 'monitor: a flow between segments, in one line' \
	'deny wires pass tcp 10\.1\.0\.2:[0-9]+ \(left\) -> 10\.2\.0\.2:81 \(right\) ' "$text"
check_match 'monitor: the rule to add' \
	'"allow": \[ \{ "from": "left", "to": "right", "port": "tcp/81" \} \] to the document wires' "$text"
text=$(said left stream fd02::2 81)
check_match 'monitor: and of IPv6' \
	'deny wires pass tcp \[fd01::2\]:[0-9]+ \(left\) -> \[fd02::2\]:81 \(right\) ' "$text"

passes 'what a rule allows passes' left stream 10.2.0.2 80
check 'a neighbour is barred' segment add barred 10.1.0.2 --ttl 6h
text=$(said left stream 10.2.0.2 80)
check_match 'monitor: the rule that blocks' 'rule "any@any", /run/wires.json:8' "$text"
check_match 'monitor: how to undo it' '`cordonctl segment del barred 10\.1\.0\.2`' "$text"
check_match 'segments: hits and the time left' 'barred +10\.1\.0\.2 +added +[1-9][0-9]* +(6h|5h 5[0-9]m)' \
	"$(segment list barred)"
check 'it is let in again' segment del barred 10.1.0.2
passes 'and passes' left stream 10.2.0.2 80

# --- lists ------------------------------------------------------------------------

check_status 'del: what is not there' 10 segment del barred 10.1.0.2
check_status 'del: what the document states' 10 segment del left 10.1.0.0/24
check_status 'add: no such segment' 10 segment add bared 10.1.0.2
check_match 'and the nearest is named' 'did you mean "barred"' "$(segment add bared 10.1.0.2 2>&1)"
printf '# a feed\r\n10.1.0.2\r\n\r\n10.1.0.2/32 ; again\n' >/run/list
check 'load: a list' segment load barred /run/list --ttl 1h
lost 'and it counts' left stream 10.2.0.2 80
printf '10.1.0.9\n10.1.0\n' >/run/wrong
check_match 'load: a wrong line is told' '/run/wrong:2:1: error: "10.1.0"' "$(segment load barred /run/wrong 2>&1)"
check_equal 'and nothing has changed' 10.1.0.2 "$(segment list barred --json | json 'd[0]["prefix"]')"
check_status 'load: an empty list must be meant' 3 segment load barred /dev/null
check 'load: it is meant' segment load barred /dev/null --allow-empty
passes 'and all pass' left stream 10.2.0.2 80
check 'what was loaded outlives a reload of the document' \
	eval 'segment load barred /run/list && policy_load --force /run/wires.json && [ "$(segment list barred --json | json "len(d)")" = 1 ]'
