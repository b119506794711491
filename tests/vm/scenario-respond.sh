# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What follows a departure: kill, suspend, quarantine; by rule and by hand, asked for or not

. tests/vm/lib-respond.sh

yard_build
net_host peer ops
net_cable here out 10.5.0.1/24 fd05::1/64 - peer eth0 10.5.0.2/24 10.5.0.3/24 10.5.0.4/24 10.5.0.9/24 fd05::2/64
net_cable here toops 10.9.0.1/24 - ops eth0 10.9.0.2/24
echo_on peer outsider stream :: 80 datagram 10.5.0.2 53
echo_on ops outsider stream :: 80
module_load || give_up 'the module does not load'
policy

check_equal 'rules lists what follows departures' 8 \
	"$("$CTL" rules answer --json | json 'len([e for e in d if e["effect"] == "respond"])')"
check_equal 'with all that was declared' "[['accept'], ['block-peer'], 2, 3600, 'peer', ['30', '3600']]" \
	"$("$CTL" rules answer --json | json '[[e[k] for k in ("ops", "do", "count", "within", "per", "ttl")] for e in d if e.get("do") == ["block-peer"]][0]')"
check_match 'of rules, with where they stand' 'suspend after 3 in 1h per subject, for 30s +[^ ]*respond.json:' "$("$CTL" rules answer)"

# refused: how many signals. refused_since COUNT: any more than that? 0 or 1.
refused() { told 'sum(e["count"] for e in d if e["type"] in ("response", "repeats") and e.get("phase") == "refuse")'; }
refused_since() { echo $(($(refused) > $1)); }
# denied_since COUNT: has anything been denied since there were so many? 0 or 1.
denied_since() { echo $(($(status_field denied) > $1)); }

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

# By a raw socket nobody is asked before there is a packet.
sed 's/"listen": \["tcp\/8001"\],/"sockets": ["inet\/raw"], &/; s/"do": \["quarantine"\], "count": 3, .*/"do": ["kill"] },/' \
	tests/vm/manifests/respond.json >/run/forge.json
policy /run/forge.json
start maker >/run/maker
check_status 'who forges a request to where he may connect is not answered' 0 ask maker self forge 10.5.0.1 4000 10.5.0.2 80
check_status 'who forges one to where he may not is killed' 137 ask maker forge 10.5.0.1 4000 10.5.0.2 81
"$CTL" kill answer >/dev/null
check 'nobody is left who forges' until_is 0 members

# What the kernel sends by a flow which a newer policy denies is nobody's doing; what is written to it is.
sed 's/"do": \["quarantine"\], "count": 3, .*/"do": ["kill"] },/' tests/vm/manifests/respond.json >/run/kills.json
sed 's/"tcp\/80", /"tcp\/80", "tcp\/82", /' /run/kills.json >/run/open.json
echo_on peer outsider stream 10.5.0.4 82
for way in end send splice sendfile; do
	policy /run/open.json
	start maker >/run/maker
	check "a member opens a flow, to $way it" ask maker self keep stream-connected 10.5.0.4 82
	policy /run/kills.json
	before=$(status_field denied)
	if [ $way = end ]; then
		check 'it lets it go' ask maker self keep stream-connected 10.5.0.2 80
		check 'what the flow sends at its end is denied' until_is 1 denied_since $before
		check_status 'nothing follows' 0 ask maker self pass
		kill -KILL "$(cat /run/maker)"
	else
		ask maker self kept-by $way >/dev/null 2>&1
	fi
	check "who was to $way it is no more" until_is 0 members
done
kill $ECHO
policy

# --- suspend -------------------------------------------------------------------------

# audit WHETHER: AUDIT_SET, of "enabled". Without auditd the kernel's log gets the records.
audit()
{
	python3 - "$1" <<-'END'
		import socket, struct, sys
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)
		body = struct.pack("=10I", 1, int(sys.argv[1]), *[0] * 8)
		s.send(struct.pack("=IHHII", 16 + len(body), 1001, 5, 1, 0) + body)
		s.recv(4096)
	END
}
audit 1
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
for n in 1 2 3; do bash -c "kill -CONT $victim" 2>/dev/null; done
check_equal 'which is told, with who tried it' "['suspend', 'answer', 'SIGCONT', 'bash', 0]" \
	"$(told '[[e[k] for k in ("response", "workload", "object", "comm", "uid")] for e in d if e["phase"] == "refuse"][-1]')"
check_equal 'once, for it is the same' 1 "$(refusals)"
check 'the audit log tells of the response' \
	await_log 'cordon=response .*workload="answer".* response=suspend phase=begin count=1' 20
check 'and of who was refused' await_log 'cordon=response .*response=suspend phase=refuse .*res=0' 20
check_status 'who asks whether it is there is not refused' 0 bash -c "kill -0 $victim"
check_equal 'it is stopped still' T "$(state $victim)"
$YARD/bin/member pass &
late=$!
check 'who comes later is stopped too' until_is T state $late
check 'it is continued by hand' "$CTL" resume answer
check 'the audit log tells of the end' await_log 'cordon=response .*response=suspend phase=end .*res=1' 20
audit 0
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
policy

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

start victim >/run/victim
victim=$(cat /run/victim)
check 'a member has itself told of messages by a signal' ask victim self noted /stir
"$CTL" suspend answer >/dev/null
check 'it is stopped for that' until_is T state $victim
before=$(refused)
check 'a message comes' $YARD/bin/outsider message /stir
check_equal 'which does not continue it' 0 "$(moves true)"
check 'but is told of' until_is 1 refused_since $before
"$CTL" resume answer >/dev/null
check 'it goes on when it is resumed, of messages, too' until_is S state $victim
check 'it has itself told of messages again' ask victim self noted /stir
kill -STOP $victim
check 'another message comes' $YARD/bin/outsider message /stir
check 'which ends any other stop' until_is S state $victim
"$CTL" kill answer >/dev/null
check 'it ends, too' until_is 0 status_field tasks

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
policy

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
policy /run/open.json
check 'a member opens a flow' until_is 0 connected
policy
before=$(status_field denied)
: >/run/talk
wait $talks
check 'what the peer sends is denied, as the flow is' test $(($(status_field denied) - before)) -ge 3
check_match 'which is told' "'connect', 82" "$(told '[(e["op"], e["remote"]["port"]) for e in d if e["type"] == "departure"]')"
check_equal 'but it is not the workload that departs' '[]' "$(status_field quarantined)"

start victim >/run/victim

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
policy

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

stopped() { pgrep --full --runstates T "^$YARD/bin/member" | wc -l; }
start other >/run/other
other=$(cat /run/other)
"$CTL" suspend answer >/dev/null
check 'a workload is stopped, and goes on' until_is 1 stopped
"$CTL" resume answer >/dev/null
check 'all of it' until_is 0 stopped
kill -STOP $other
module_unload || give_up 'the module does not unload'
check_equal 'who was stopped by somebody else is stopped without the module' T "$(state $other)"
kill -KILL $other
module_load || give_up 'the module does not load again'
policy
# Who ends while the module goes is not signalled any more.
late=()
for ((n = 0; n < 30; n++)); do
	start late$n >/run/late
	late+=("$(cat /run/late)")
done
"$CTL" suspend answer >/dev/null
check 'all of many are stopped' until_is 30 stopped
{ for pid in "${late[@]:10}"; do kill -KILL $pid; sleep 0.03; done; } &
module_unload || give_up 'the module does not unload from many'
wait $!
check 'who was not killed goes on without the module' until_is 0 stopped
check_equal 'ten of them' 10 "$(members)"
