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
responses() { told '[e["response"] + " " + e["phase"] for e in d if e["type"] == "response"]'; }

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

# --- quarantine ----------------------------------------------------------------------

check 'a member talks to a peer' ask victim self keep stream-connected 10.5.0.2 80
check 'and is answered' ask victim self kept-by send
start second >/dev/null
check 'another one talks to the management' ask second self keep stream-connected 10.9.0.2 80
for n in 1 2; do
	check_status "below the count it is denied alone, $n" 13 ask victim self stream 10.5.0.2 81
done
check 'the connection is there' ask victim self kept-by send
check_status 'the third one is denied' 13 ask victim self stream 10.5.0.2 81
check_equal 'and the workload in quarantine' "['answer']" "$(status_field quarantined)"
check_status 'the established flow is cut' 13 ask victim self kept-by send
check_status 'no new one comes to be' 13 ask victim self stream 10.5.0.2 80
check_status 'nor a datagram' 13 ask victim self datagram-by send 10.5.0.2 53
check_status 'nor one on this host' 13 ask victim self stream 127.0.0.1 80
check 'the management is talked to, by an old connection' ask second self kept-by send
check 'and by a new one' ask second self stream 10.9.0.2 80
check_status 'others are not cut off' 0 $YARD/bin/outsider stream 10.5.0.2 80
check 'a reload leaves it' policy_load tests/vm/manifests/respond.json tests/vm/manifests/respond-site.json
check_status 'as it was' 13 ask victim self stream 10.5.0.2 80
check_equal 'events say why' quarantine \
	"$(told '[e["reason"] for e in d if e["type"] == "departure"][-1]')"
check 'it is released' "$CTL" release answer
check 'the flow goes on' ask victim self kept-by send
check 'a new one comes to be' ask victim self stream 10.5.0.2 80
check_status 'there is nothing to be released' 10 "$CTL" release answer
check 'by hand, for a while' "$CTL" quarantine answer --ttl 20s
check_status 'it is in force' 13 ask victim self stream 10.5.0.2 80
check 'and ends' until_is '[]' status_field quarantined
check_status 'by itself' 0 ask victim self stream 10.5.0.2 80

# --- block-peer ----------------------------------------------------------------------

$YARD/bin/member echo stream 0.0.0.0 8001 >/dev/null
passes 'who may, connects' peer stream 10.5.0.1 8001
for n in 1 2; do
	lost "who may not, does not, $n" peer from 10.5.0.3 0 stream 10.5.0.1 8001
done
blocked() { "$CTL" blocked --json | json '[e["address"] for e in d]'; }
check 'and is blocked after the second try' until_is "['10.5.0.3']" blocked
check_status 'what he would be told he is not' 13 ask victim self stream 10.5.0.3 80
check_equal 'status counts him' 1 "$(status_field blocked)"
check_equal 'on the first step' 1 "$("$CTL" blocked --json | json 'd[0]["step"]')"
check 'it ends by itself' until_is '[]' blocked
check_status 'then he is talked to' 0 ask victim self stream 10.5.0.3 80
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
check_status 'and what a member does' 13 ask victim self stream 10.5.0.2 80
check 'it is taken back' "$CTL" unblock 10.5.0.2
passes 'what passes is not' here stream 10.5.0.2 80
check_status 'without a time it is refused' 2 "$CTL" block 10.5.0.2

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
