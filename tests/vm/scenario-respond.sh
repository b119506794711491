# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What follows a departure: kill, suspend, quarantine, block; by rule and by hand, asked for or not

. tests/vm/lib-net.sh

yard_build
net_host peer ops
net_cable here out 10.5.0.1/24 fd05::1/64 - peer eth0 10.5.0.2/24 10.5.0.3/24 10.5.0.4/24 10.5.0.9/24 fd05::2/64
net_cable here toops 10.9.0.1/24 - ops eth0 10.9.0.2/24
echo_on peer outsider stream :: 80 datagram 10.5.0.2 53
echo_on ops outsider stream :: 80
module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/respond.json tests/vm/manifests/respond-site.json >/dev/null ||
	give_up 'the policy does not load'

start() { service_start $1 $YARD/bin/member || give_up "the service $1 does not start"; }
# members: how many processes of the workload there are that have not ended.
members() { pgrep --full --runstates R,S,D,T "^$YARD/bin/member" | wc -l; }
# state PID: one letter, of its first thread.
state() { sed 's/.*) \(.\).*/\1/' /proc/$1/stat; }
# until_is WANTED COMMAND...: it prints that, by and by.
until_is()
{
	local wanted=$1 tries
	shift
	for ((tries = 0; tries < 600; tries++)); do
		[ "$("$@")" != "$wanted" ] || return 0
		sleep 0.1
	done
	echo "wanted: $wanted, found: $("$@")"
	return 1
}
# told EXPRESSION: about what responses have been told of, `d`, as "RESPONSE PHASE".
told()
{
	"$CTL" monitor --json --all --since all --timeout 1 2>/dev/null |
		json "$1" stream
}
refusals() { told 'len([e for e in d if e["type"] == "response" and e["phase"] == "refuse"])'; }
responses() { told '[e["response"] + " " + e["phase"] for e in d if e["type"] == "response"]'; }

check_equal 'rules lists what follows departures' 8 \
	"$("$CTL" rules answer --json | json 'len([e for e in d if e["effect"] == "respond"])')"
check_equal 'with all that was declared' "[['accept'], ['block-peer'], 2, 3600, 'peer', ['30', '3600']]" \
	"$("$CTL" rules answer --json | json '[[e[k] for k in ("ops", "do", "count", "within", "per", "ttl")] for e in d if e.get("do") == ["block-peer"]][0]')"
check_match 'of rules, with where they stand' 'suspend after 3 in 1h per subject, for 30s +[^ ]*respond.json:' "$("$CTL" rules answer)"

# --- kill ----------------------------------------------------------------------------

start victim >/run/victim
check_status 'what is allowed is not answered' 0 ask victim exec $YARD/bin/tool pass
check_status 'who executes something else is killed in it' 137 ask victim exec $YARD/bin/stranger pass
check_status 'and nobody beside him' 0 ask victim self pass
check_status 'he never gets back from his call' 0 ask victim last-words exec $YARD/bin/stranger pass
check_status 'nor by a thread' 0 ask victim last-words by-thread exec $YARD/bin/stranger pass
"$CTL" mode answer exec=monitor >/dev/null
check_status 'in monitor mode nothing follows' 0 ask victim exec $YARD/bin/stranger pass
"$CTL" mode answer exec=enforce >/dev/null
check_match 'it is told' "'kill begin'" "$(responses)"
check_equal 'behind the departure that it follows' "['departure', 'response']" \
	"$(told '[e["type"] for e in d if e["tgid"] == [r["tgid"] for r in d if r["type"] == "response"][0] and e["type"] != "exit"]')"
check_equal 'with who it was' answer "$(told '[e["workload"] for e in d if e["type"] == "response"][-1]')"

start second >/dev/null
service_start bystander $YARD/bin/outsider >/dev/null
check_equal 'two services run' 2 "$(members)"
check_status 'by a rule: all of the workload is killed' 0 timeout 20 bash -c \
	"$YARD/bin/outsider ask /run/victim.sock self read $YARD/secret/file; until ! pgrep --full --runstates R,S,D,T '^$YARD/bin/member' >/dev/null; do :; done"
check_equal 'nobody of it is left' 0 "$(members)"
check_status 'others live' 0 ask bystander self pass

check_status 'a workload that is not there cannot be' 10 "$CTL" kill nobody

# --- suspend -------------------------------------------------------------------------

start victim >/run/victim
victim=$(cat /run/victim)
start second >/run/second
second=$(cat /run/second)
ask victim self map-anonymous >/dev/null 2>&1 &
asked=$!
check 'who loads what he may not is stopped' until_is T state $victim
check 'with all of the workload' until_is T state $second
check_equal 'status names it' "['answer']" "$(status_field suspended)"
check_status 'root does not continue it by a signal' 1 bash -c "kill -CONT $victim"
check_equal 'which is told, with who tried it' "['suspend', 'answer', 'SIGCONT', 'bash', 0]" \
	"$(told '[[e[k] for k in ("response", "workload", "object", "comm", "uid")] for e in d if e["phase"] == "refuse"][-1]')"
for n in 1 2 3; do bash -c "kill -CONT $victim" 2>/dev/null; done
check_equal 'once, for it is the same' 1 "$(refusals)"
check_status 'who asks whether it is there is not refused' 0 bash -c "kill -0 $victim"
check_equal 'it is stopped still' T "$(state $victim)"
$YARD/bin/member pass &
late=$!
check 'who comes later is stopped too' until_is T state $late
check 'it is continued by hand' "$CTL" resume answer
wait $late
check_equal 'and who came later ends well' 0 $?
wait $asked
check_equal 'the act had failed' 13 $?
check_equal 'status names it no more' '[]' "$(status_field suspended)"
check_status 'there is nothing to be resumed' 10 "$CTL" resume answer
check_status 'it works' 0 ask victim self pass
check_status 'a stop by anybody else is another thing' 0 bash -c "kill -STOP $victim && kill -CONT $victim"
check_equal 'and nobody is refused any more' 1 "$(refusals)"

for n in 1 2; do
	check_status "below the count nothing follows, $n" 13 ask victim self write $YARD/secret/file
done
ask victim self write $YARD/secret/file >/dev/null 2>&1 &
check 'at the count it is stopped' until_is T state $victim
date --set '+1 hour' >/dev/null
check_equal 'the clock on the wall does not matter' T "$(state $victim)"
date --set '-2 hours' >/dev/null
check 'it goes on by itself' until_is S state $victim
date --set '+1 hour' >/dev/null
wait $!
check_match 'which is told' "'suspend expire'" "$(responses)"

"$CTL" suspend answer >/dev/null
check 'suspended by hand' until_is T state $victim
check 'another policy does not end it' policy_load tests/vm/manifests/respond.json tests/vm/manifests/respond-site.json
check_equal 'it is stopped still, under another generation' T "$(state $victim)"
"$CTL" unload answer >/dev/null
check_equal 'nor does none' T "$(state $victim)"
check 'which ends it nevertheless' "$CTL" resume answer
check 'it goes on' until_is S state $victim
policy_load tests/vm/manifests/respond.json tests/vm/manifests/respond-site.json >/dev/null

# Before it is stopped, it has the kernel continue it.
"$CTL" kill answer >/dev/null
check 'nobody is left of it' until_is 0 status_field tasks
start victim >/run/victim
victim=$(cat /run/victim)
mkfifo /run/stir
check 'a member has signals sent to itself' ask victim self restless /run/stir
"$CTL" suspend answer >/dev/null
check 'it is stopped nevertheless' until_is T state $victim
# how_often COMMAND...: how often of a hundred looks it is not stopped.
moves()
{
	local looks awake=0
	for ((looks = 0; looks < 100; looks++)); do
		"$@"
		[ "$(state $victim)" = T ] || awake=$((awake + 1))
	done
	echo $awake
}
stir() { echo >/run/stir; }
check_equal 'no timer continues it' 0 "$(moves true)"
check_equal 'nor what is written to its pipe' 0 "$(moves stir)"
"$CTL" resume answer >/dev/null
check 'it goes on when it is resumed' until_is S state $victim
kill -STOP $victim
"$CTL" status >/dev/null
if kernel_before 6.13; then
	check 'and so does its timer: it ends any other stop' until_is S state $victim
else
	# What is not sent there is not armed again either (docs/design.md).
	check_equal 'its timer has ended with what it could not send' 0 "$(moves true)"
fi
"$CTL" kill answer >/dev/null
check 'it ends' until_is 0 status_field tasks

connected() { ask victim self keep stream-connected 10.5.0.4 82 >/dev/null 2>&1; echo $?; }

# --- quarantine ----------------------------------------------------------------------

start victim >/run/victim
check 'a member talks to a peer' ask victim self keep stream-connected 10.5.0.2 80
check 'and is answered' ask victim self kept-by send
start second >/dev/null
check 'another one talks to the management' ask second self keep stream-connected 10.9.0.2 80
for n in 1 2; do
	check_status "below the count it is denied alone, $n" 13 ask victim stream 10.5.0.2 81
done
check 'the connection is there' ask victim self kept-by send
check_status 'the third one is denied' 13 ask victim stream 10.5.0.2 81
check_equal 'and the workload in quarantine' "['answer']" "$(status_field quarantined)"
check_status 'the established flow is cut' 13 ask victim self kept-by send
check_status 'no new one comes to be' 13 ask victim stream 10.5.0.2 80
check_status 'nor a datagram' 13 ask victim self datagram-by send 10.5.0.2 53
check_status 'nor one on this host' 13 ask victim stream 127.0.0.1 80
check 'the management is talked to, by an old connection' ask second self kept-by send
check 'and by a new one' ask second self stream 10.9.0.2 80
check_status 'others are not cut off' 0 $YARD/bin/outsider stream 10.5.0.2 80
check 'a reload leaves it' policy_load tests/vm/manifests/respond.json tests/vm/manifests/respond-site.json
check_status 'as it was' 13 ask victim stream 10.5.0.2 80
check_equal 'events say why' quarantine \
	"$(told '[e["reason"] for e in d if e["type"] == "departure"][-1]')"
check 'it is released' "$CTL" release answer
check 'the flow goes on' ask victim self kept-by send
check 'a new one comes to be' ask victim stream 10.5.0.2 80
check_status 'there is nothing to be released' 10 "$CTL" release answer

# What was the name of a service is the host's in the next policy.
"$CTL" quarantine answer >/dev/null
"$CTL" unload answer >/dev/null
cat >/run/host.json <<-EOT
	{ "manifest": 1, "workload": "answer", "members": "host", "mode": { "net": "enforce" }, "default": "allow" }
EOT
check 'a name may become that of the host' policy_load /run/host.json
check_status 'which is not cut off for it' 0 $YARD/bin/outsider stream 10.5.0.2 80
"$CTL" release answer >/dev/null
"$CTL" unload answer >/dev/null
policy_load tests/vm/manifests/respond.json tests/vm/manifests/respond-site.json >/dev/null

check 'by hand, for a while' "$CTL" quarantine answer --ttl 20s
check_status 'it is in force' 13 ask victim stream 10.5.0.2 80
check 'and ends' until_is '[]' status_field quarantined
# What is kept has an alarm set.
start victim >/run/victim
check_status 'by itself' 0 ask victim stream 10.5.0.2 80

# A peer that goes on talking, by a connection that is denied now.
cat >/run/talks.py <<'END'
import os, socket, time
ear = socket.create_server(("10.5.0.4", 82))
ear.settimeout(60)
there, _ = ear.accept()
while not os.path.exists("/run/talk"):
    time.sleep(0.1)
there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for _ in range(10):
    there.send(b"x")
    time.sleep(0.2)
END
on peer python3 /run/talks.py &
talks=$!
sed 's/"tcp\/80", /"tcp\/80", "tcp\/82", /' tests/vm/manifests/respond.json >/run/open.json
policy_load /run/open.json tests/vm/manifests/respond-site.json >/dev/null
check 'a member opens a flow' until_is 0 connected
policy_load tests/vm/manifests/respond.json tests/vm/manifests/respond-site.json >/dev/null
before=$(status_field denied)
: >/run/talk
wait $talks
check 'what the peer sends is denied, as the flow is' test $(($(status_field denied) - before)) -ge 3
check_match 'which is told' "'connect', 82" "$(told '[(e["op"], e["remote"]["port"]) for e in d if e["type"] == "departure"]')"
check_equal 'but it is not the workload that departs' '[]' "$(status_field quarantined)"

start victim >/run/victim

# --- block-peer ----------------------------------------------------------------------

$YARD/bin/member echo stream :: 8001 >/dev/null
passes 'who may, connects' peer stream 10.5.0.1 8001
for n in 1 2; do
	lost "who may not, does not, $n" peer from 10.5.0.3 0 stream 10.5.0.1 8001
done
blocked() { "$CTL" blocked --json | json '[e["address"] for e in d]'; }
check 'and is blocked after the second try' until_is "['10.5.0.3']" blocked
check_status 'what he would be told he is not' 13 ask victim stream 10.5.0.3 80
check_equal 'status counts him' 1 "$(status_field blocked)"
check_equal 'on the first step' 1 "$("$CTL" blocked --json | json 'd[0]["step"]')"
check 'it ends by itself' until_is '[]' blocked
check_status 'then he is talked to' 0 ask victim stream 10.5.0.3 80
for n in 1 2; do
	lost "he tries again, $n" peer from 10.5.0.3 0 stream 10.5.0.1 8001
done
check 'and is blocked again' until_is "['10.5.0.3']" blocked
check_equal 'for longer' 2 "$("$CTL" blocked --json | json 'd[0]["step"]')"
check 'he is not any more' "$CTL" unblock 10.5.0.3
check_status 'that is not there to be undone' 10 "$CTL" unblock 10.5.0.3
for n in 1 2 3; do
	lost "who is protected is denied, $n" peer from 10.5.0.9 0 stream 10.5.0.1 8001
done
check_equal 'but never blocked' '[]' "$(blocked)"
for address in 10.5.0.9 10.9.0.7 127.0.0.1 10.5.0.1 0.0.0.0 224.0.0.1 ::1 fd05::1 ff02::1; do
	check_status "nor by hand: $address" 6 "$CTL" block $address --ttl 1h
done
check 'another is, by hand' "$CTL" block 10.5.0.2 --ttl 1h
lost 'what passes is stopped' here stream 10.5.0.2 80
check_status 'and what a member does' 13 ask victim stream 10.5.0.2 80
check 'it is taken back' "$CTL" unblock 10.5.0.2
passes 'what passes is not' here stream 10.5.0.2 80
check_status 'without a time it is refused' 2 "$CTL" block 10.5.0.2

check 'who is not of this host is, by hand' "$CTL" block 10.5.0.77 --ttl 1h
ip address add 10.5.0.77/32 dev out
passes 'but not when the address has become one of it' peer stream 10.5.0.77 8001
ip address del 10.5.0.77/32 dev out
"$CTL" unblock 10.5.0.77 >/dev/null

on peer ip -6 address add 2001:db8:7:7::5/128 dev lo nodad
on peer ip -6 address add 2001:db8:7:7::6/128 dev lo nodad
on peer ip -6 address add fd05::3/64 dev eth0 nodad
ip -6 route add 2001:db8:7:7::/64 via fd05::2
for n in 5 6; do
	lost "who has a network, tries from it, $n" peer from 2001:db8:7:7::$n 0 stream fd05::1 8001
done
check 'and is blocked with all of it' until_is "['2001:db8:7:7::/64']" blocked
lost 'whoever he says he is' here stream 2001:db8:7:7::9 80
check 'which is taken back' "$CTL" unblock 2001:db8:7:7::/64
for n in 1 2; do
	lost "who is on a link of this host, tries, $n" peer from fd05::3 0 stream fd05::1 8001
done
check 'and is blocked alone' until_is "['fd05::3']" blocked
"$CTL" unblock fd05::3 >/dev/null
check 'a network of IPv6 is, by hand' "$CTL" block 2001:db8:7:7::/64 --ttl 1h
check_equal 'and shown as one' "['2001:db8:7:7::/64']" "$(blocked)"
check 'and ended as one' "$CTL" unblock 2001:db8:7:7::/64
for address in 10.5.0.0/24 2001:db8::/32 ::/64; do
	check_status "larger ones are not: $address" 2 "$CTL" block $address --ttl 1h
done

# Whoever may make networks of his own, has whatever addresses he likes there.
cat >/run/guest.sh <<'END'
unshare --net tail -f /dev/null & other=$!
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add v0 type veth peer name v1 netns $other
ip address add 198.51.100.1/24 dev v0
ip link set v0 up
nsenter --target $other --net ip address add 198.51.100.7/24 dev v1
nsenter --target $other --net ip link set v1 up
/yard/bin/member echo stream 0.0.0.0 8001 >/dev/null
for n in 1 2 3; do
	timeout 2 nsenter --target $other --net /yard/bin/outsider stream 198.51.100.1 8001
done
kill $other
END
before=$(status_field denied)
unshare --user --map-root-user --net bash /run/guest.sh >/run/guest 2>&1
check 'what comes there is denied' test $(($(status_field denied) - before)) -ge 2
check_match 'which is told' "'accept', '198.51.100.7'" "$(told '[(e["op"], e["remote"]["address"]) for e in d if e["type"] == "departure"]')"
check_equal 'but nobody has an address blocked by it' '[]' "$(blocked)"

# --- asking --------------------------------------------------------------------------

pending() { "$CTL" pending --json | json '[e["id"] for e in d]'; }
check_status 'who is asked about is denied' 13 ask victim self read $YARD/secret/other
check_status 'twice is asked about once' 13 ask victim self read $YARD/secret/other
check_equal 'it waits' 1 "$("$CTL" pending --json | json 'len(d)')"
id=$("$CTL" pending --json | json 'd[0]["id"]')
check 'the answer is no' "$CTL" reject $id
check_status 'it lives' 0 ask victim self pass
check_status 'that is no more to be answered' 10 "$CTL" approve $id
ask victim self read $YARD/secret/other >/dev/null 2>&1
check 'unanswered, it lapses' until_is '[]' pending
check_match 'which is told' "'kill lapse'" "$(responses)"
check_status 'and it lives' 0 ask victim self pass
ask victim self read $YARD/secret/other >/dev/null 2>&1
id=$("$CTL" pending --json | json 'd[0]["id"]')
victim=$(cat /run/victim)
check 'the answer is yes' "$CTL" approve $id
check_status 'it is killed' 0 timeout 20 tail --sleep-interval=0.1 --pid=$victim --follow /dev/null

# Who is asked about may have ended, and who approves may have got his number.
start victim >/run/victim
victim=$(cat /run/victim)
ask victim self read $YARD/secret/other >/dev/null 2>&1
id=$("$CTL" pending --json | json 'd[0]["id"]')
kill -KILL $victim
check 'who is asked about ends' timeout 20 tail --sleep-interval=0.1 --pid=$victim --follow /dev/null
kills() { told 'sum(e["type"] == "response" and e["response"] + e["phase"] == "killbegin" for e in d)'; }
before=$(kills)
echo $((victim - 1)) >/proc/sys/kernel/ns_last_pid
"$CTL" approve $id >/dev/null &
approver=$!
wait $approver
check_equal 'who approves, under his number, lives' "$victim 0" "$approver $?"
check_equal 'and nobody is told to be killed' "$before" "$(kills)"

# Of one act, by as many processes as there may be.
start victim >/run/victim
for ((n = 0; n < 12; n++)); do
	ask victim read $YARD/secret/other >/dev/null 2>&1
done
check_equal 'who asks again and again leaves room for others' 8 "$("$CTL" pending --json | json 'len(d)')"
check_equal 'it is said which rule it was' "read $YARD/secret/other" \
	"$("$CTL" pending --json | json 'd[0]["op"] + " " + d[0]["rule"]')"
ask victim self write $YARD/secret/other >/dev/null 2>&1
id=$("$CTL" pending --json | json '[e["id"] for e in d if e["responses"] == ["suspend"]][0]')
check 'and they are asked about' test -n "$id"
"$CTL" unload answer >/dev/null
check_status 'what waits for a workload that has gone is not done' 10 "$CTL" approve $id
check_equal 'and waits no more' '[]' "$("$CTL" pending --json | json "[e for e in d if e['id'] == $id]")"
check_match 'which is told' "'suspend reject'" "$(responses)"
policy_load tests/vm/manifests/respond.json tests/vm/manifests/respond-site.json >/dev/null

# --- who forks and ends, again and again -------------------------------------------------

"$CTL" kill answer >/dev/null
check 'nobody is left' until_is 0 status_field tasks
mkfifo /run/swarm
$YARD/bin/member swarm 3 $YARD/open/file >/run/swarm &
read -r word </run/swarm
check_equal 'a swarm lives' swarming "$word"
check 'it is killed by hand' "$CTL" kill answer
check 'all of it' until_is 0 status_field tasks
wait $!

# --- the end ----------------------------------------------------------------------------

start last >/run/last
"$CTL" suspend answer >/dev/null
check 'somebody is stopped' until_is T state "$(cat /run/last)"
module_unload || give_up 'the module does not unload'
check 'who was stopped goes on without the module' until_is S state "$(cat /run/last)"
