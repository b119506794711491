# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# cordond: what the module held is in the store once, whatever kills it, fills the disk or shuts its sinks
# Tool: what the daemon reads is scenario ring's, on each kernel.

yard_build
PLACE=/run/cordond
mkdir $PLACE $PLACE/store $PLACE/log
STORE=$PLACE/store/events.db
cat >$PLACE/flood.json <<-EOT
	{ "manifest": 1, "workload": "flood", "members": { "any": [ "exe:$YARD/bin/member" ] },
	  "mode": { "exec": "enforce", "file": "enforce", "net": "enforce" }, "default": "allow",
	  "deny": [ { "write": [ "$YARD/secret/**" ] }, { "connect": [ { "to": "any" } ] } ] }
EOT
cat >$PLACE/kill.json <<-EOT
	{ "cordond": 1,
	  "store": { "path": "$STORE", "size": "512M" },
	  "sinks": [ { "sink": "json", "path": "$PLACE/log/events.json", "size": "1M", "keep": 1000 } ] }
EOT

# daemon_start CONFIG: its process is $DAEMON.
daemon_start()
{
	"$TOP/build/cordond" --config "$1" 2>>$PLACE/said &
	DAEMON=$!
}
daemon_stop() { kill -TERM $DAEMON; wait $DAEMON; }

# What cannot be awaited, because it is to happen at random.
nap() { read -r -t "$1" <> <(:); }

# await WHAT COMMAND...: until it succeeds, for minutes.
await()
{
	local what=$1 tries=0
	shift
	until "$@" 2>/dev/null; do
		[ $((tries += 1)) -le 1200 ] || {
			not_ok "$what" "in vain: $*" "$(tail -n 5 $PLACE/said)"
			return 1
		}
		nap 0.1
	done
	ok "$what"
}

# kept [OPTION]...: events of the store, as JSON.
kept() { "$CTL" events --store "$STORE" --json "$@"; }
# The number of the last event that is stored, of the last instance of the module.
stored() { kept --all --count 1 | json 'd["sequence"]'; }
has_stored() { [ "$(stored)" = "$1" ]; }

# What the store has: "received missed acts-of-file acts-of-net", and that there is no hole.
cat >$PLACE/account.py <<-'EOT'
	import json, sys
	last, received, missed, acts, classes = 0, 0, 0, {}, {}
	for line in sys.stdin:
	    e = json.loads(line)
	    if e["type"] == "missed":
	        missed += e["missed"]
	        last += e["missed"]
	        for c, n in e["of"].items():
	            classes[c] = classes.get(c, 0) + n
	        continue
	    if e["sequence"] != last + 1:
	        sys.exit("%d comes after %d" % (e["sequence"], last))
	    for c, n in e["made"].items():
	        if n != classes.get(c, 0):
	            sys.exit("%d: %d of class %s before it, not %d" % (last + 1, classes.get(c, 0), c, n))
	    last, c = e["sequence"], e["class"]
	    received += 1
	    classes[c] = classes.get(c, 0) + 1
	    if e["type"] in ("departure", "repeats"):
	        acts[c] = acts.get(c, 0) + e["count"]
	print(received, missed, acts.get("file", 0), acts.get("net", 0))
EOT
account() { kept --all 2>/dev/null | python3 $PLACE/account.py 2>&1; }

# flood_start N [PAUSE]: that many tasks, with so many microseconds between two departures. flood_stop: what they did, in $files and $nets.
flood_start()
{
	local n
	floods=()
	for ((n = 1; n <= $1; n++)); do
		$YARD/bin/member depart $YARD/secret/flood$SECONDS.$n $((10 + n)) ${2-0} >$PLACE/flood$n &
		floods+=($!)
	done
}
flood_stop()
{
	kill -TERM "${floods[@]}"
	wait "${floods[@]}"
	read -r files nets < <(cat $PLACE/flood[1-9] | sed 's/[^0-9 ]//g' | awk '{ f += $1; n += $2 } END { print f, n }')
	rm -f $PLACE/flood[1-9]
}
# The number of an event behind all that was done before: windows of repeats are closed by it, too.
mark()
{
	"$CTL" mode "${1-flood}" exec=monitor >/dev/null
	status_field events
}

# Whatever is sent to it, a line for each message: by a stream with counted octets, or by datagrams.
cat >$PLACE/receive.py <<-'EOT'
	import os, socket, sys
	kind, where, out = sys.argv[1], sys.argv[2], open(sys.argv[3], "ab", 0)
	def line(message):
	    out.write(message.replace(b"\n", b"\t") + b"\n")
	def take(stream):
	    while True:
	        count = b""
	        while not count.endswith(b" "):
	            byte = stream.read(1)
	            if not byte:
	                return
	            count += byte
	        line(stream.read(int(count)))
	if kind == "tcp":
	    server = socket.create_server(("127.0.0.1", int(where)))
	    print("ready", flush=True)
	    while True:
	        take(server.accept()[0].makefile("rb"))
	server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	if os.path.exists(where):
	    os.unlink(where)
	server.bind(where)
	print("ready", flush=True)
	while True:
	    line(server.recv(65536))
EOT
# receivers_start: one for each sink of sinks.json that needs one; they are ready.
receivers_start()
{
	local what word
	receivers=()
	for what in "tcp 6514 $PLACE/stream" "unix $PLACE/log/socket $PLACE/datagram" \
		"unix /run/systemd/journal/socket $PLACE/journal"; do
		rm -f $PLACE/ready
		mkfifo $PLACE/ready
		python3 $PLACE/receive.py $what >$PLACE/ready &
		receivers+=($!)
		read -r word <$PLACE/ready
		[ "$word" = ready ] || give_up "a receiver does not begin: $what"
	done
}
receivers_stop()
{
	kill "${receivers[@]}"
	wait "${receivers[@]}" 2>/dev/null
}
# has_lines FILE N REGEX: so many of its lines are about that
has_lines() { [ "$(grep -cE "$3" "$1")" = "$2" ]; }

metric() { sed -n "s/^cordon_$1 //p" $PLACE/metrics.prom; }
has_metric() { [ "$(metric "$1")" = "$2" ]; }
sink_has() { grep -qhF "\"sequence\":$1," $PLACE/log/events.json*; }

# --- kill -9 at random, in a flood that the ring can hold --------------------------------

module_load events=131072 || give_up 'the module does not load'
daemon_start $PLACE/kill.json
policy_load $PLACE/flood.json >/dev/null || give_up 'the policy does not load'
RANDOM=7
# As many as can be read again in a minute.
flood_start 1 2000
for ((n = 0; n < 50; n++)); do
	nap 0.$((RANDOM % 500 + 100))
	kill -KILL $DAEMON
	wait $DAEMON 2>/dev/null
	daemon_start $PLACE/kill.json
done
flood_stop
end=$(mark)
await 'after 50 times kill -9 all events come to the store' has_stored $end
read -r received missed stored_files stored_nets < <(account)
echo "#   $received events, $missed missed, flood of $files and $nets"
check_equal 'all that was made is there, each once' \
	"$end 0 $files $nets" "$received $missed $stored_files $stored_nets"
await 'the last comes to the sink' sink_has $end
check_equal 'the sink has each of them, and no line is torn' "$end $end" \
	"$(cat $PLACE/log/events.json* | python3 -c '
import json, sys
numbers = set(json.loads(line)["sequence"] for line in sys.stdin)
print(len(numbers), max(numbers))' 2>&1)"
check_equal 'files are rotated by size' '' "$(find $PLACE/log -name 'events.json*' -size +1024k)"
check_equal 'only the administrator may read them' '600 600' \
	"$(stat -c %a $PLACE/log/events.json $STORE | tr '\n' ' ' | sed 's/ $//')"
daemon_stop
check_equal 'it ends well on SIGTERM' 0 $?
module_unload
rm -rf $PLACE/log $PLACE/store
mkdir $PLACE/log $PLACE/store

# --- a ring that is too small -------------------------------------------------------------

module_load events=64 || give_up 'the module does not load with a small ring'
policy_load $PLACE/flood.json >/dev/null
flood_start 1
daemon_start $PLACE/kill.json
stores_some() { [ "$(stored)" -gt 10 ]; }
await 'it has begun to store' stores_some
kill -STOP $DAEMON
stopped_at=$(status_field events)
# More than there is room for, two times over: whatever it had read, some are gone.
has_overwritten() { [ "$(status_field first)" -gt $((stopped_at + $(status_field held))) ]; }
await 'while it is held up, the ring is overwritten' has_overwritten
kill -CONT $DAEMON
flood_stop
end=$(mark)
await 'what was not overwritten comes to the store' has_stored $end
read -r received missed stored_files stored_nets < <(account)
echo "#   $received events, $missed missed, flood of $files and $nets"
check_equal 'received and missed are what was made, by class' "$end true" \
	"$((received + missed)) $([ "$missed" -gt 0 ] && echo true)"
daemon_stop
check_match 'the log says how many of which class' 'overwritten before cordond could read them: .*[0-9]+ of class file' \
	"$(cat $PLACE/said)"
module_unload
rm -rf $PLACE/log $PLACE/store
mkdir $PLACE/log $PLACE/store

# --- a disk that is full ------------------------------------------------------------------

module_load events=65536 || give_up 'the module does not load again'
policy_load $PLACE/flood.json >/dev/null
mount -t tmpfs -o size=3m small $PLACE/store
cat >$PLACE/full.json <<-EOT
	{ "cordond": 1, "store": { "path": "$STORE" }, "sinks": [],
	  "metrics": { "path": "$PLACE/metrics.prom", "every": "1s" } }
EOT
: >$PLACE/said
daemon_start $PLACE/full.json
flood_start 1
await 'the disk fills, and the log says so' grep -q 'full: make room there; trying again until it works' $PLACE/said
flood_stop
end=$(mark)
await 'the metrics say so' has_metric store_stuck 1
before=$(stored)
check_equal 'some events are in the store, others are not' true \
	"$([ "$before" -gt 100 ] && [ "$before" -lt $end ] && echo true)"
check_equal 'it is said once' 1 "$(grep -c 'trying again until it works' $PLACE/said)"
kill -KILL $DAEMON
wait $DAEMON 2>/dev/null
: >$PLACE/said
daemon_start $PLACE/full.json
await 'who starts on a full disk tries again' grep -q 'trying again until it works' $PLACE/said
mount -o remount,size=256m $PLACE/store
await 'when there is room, all events come to the store' has_stored $end
read -r received missed stored_files stored_nets < <(account)
echo "#   $received events, $missed missed, flood of $files and $nets, full at $before"
check_equal 'nothing is lost by it, and nothing there twice' \
	"$end 0 $files $nets" "$received $missed $stored_files $stored_nets"
await 'the metrics say that it works again' has_metric store_stuck 0
await 'and count what is stored' has_metric store_rows "$received"
daemon_stop
umount $PLACE/store

# --- sinks that cannot be reached, and come back ------------------------------------------

mkdir -p /run/systemd/journal
cat >$PLACE/sinks.json <<-EOT
	{ "cordond": 1, "store": { "path": "$STORE" },
	  "sinks": [ { "sink": "json", "path": "$PLACE/log/events.json" },
	             { "sink": "journal" },
	             { "sink": "syslog", "name": "stream", "to": "tcp:127.0.0.1:6514", "format": "cef" },
	             { "sink": "syslog", "name": "datagram", "to": "unix:$PLACE/log/socket", "events": "all" } ],
	  "metrics": { "path": "$PLACE/metrics.prom", "every": "1s" } }
EOT
module_unload
module_load || give_up 'the module does not load for sinks'
policy_load $PLACE/flood.json >/dev/null
: >$PLACE/said
ATTEMPT=0
# attempts N: that many departures, all different
attempts()
{
	local i
	for ((i = 0; i < $1; i++)); do
		$YARD/bin/member mkdir $YARD/secret/attempt$((ATTEMPT += 1)) 2>/dev/null
	done
}
daemon_start $PLACE/sinks.json
attempts 20
end=$(mark)
await 'a sink that works is not held up by others' sink_has $end
for name in journal stream datagram; do
	await "sink $name fails, and says so" grep -q "sink \"$name\": .*trying again" $PLACE/said
done
await 'their lag is in the metrics' has_metric 'sink_lag_events{sink="stream"}' $end
receivers_start
await 'what could not be sent comes by a stream, in CEF' has_lines $PLACE/stream 20 'CEF:0.*msg=.*attempt'
await 'by datagrams, in RFC 5424' has_lines $PLACE/datagram 20 '^<84>1 .* departure \[cordon@32473 .*attempt'
await 'to the journal' has_lines $PLACE/journal 20 'CORDON_OBJECT=.*attempt'
# All of them have read what was sent: what a receiver has taken, and lost, nobody can know.
receivers_stop
attempts 10
end=$(mark)
await 'the one that works has more' sink_has $end
receivers_start
await 'the rest comes by the stream when it is back' has_lines $PLACE/stream 30 'CEF:0.*msg=.*attempt'
await 'by datagrams' has_lines $PLACE/datagram 30 '^<84>1 .* departure \[cordon@32473 .*attempt'
await 'to the journal, too' has_lines $PLACE/journal 30 'CORDON_OBJECT=.*attempt'
check_equal 'none of them is missing' '30 30 30' \
	"$(for name in stream datagram journal; do grep -oE 'attempt[0-9]+' $PLACE/$name | sort -u | wc -l; done | tr '\n' ' ' | sed 's/ $//')"
check_equal 'only departures, unless all is wanted' '0 true' \
	"$(grep -c '|exit|' $PLACE/stream) $(grep -q ' exit \[' $PLACE/datagram && echo true)"
await 'nothing is left' has_metric 'sink_lag_events{sink="stream"}' 0

# --- a file that is moved away --------------------------------------------------------------

mv $PLACE/log/events.json $PLACE/moved1
attempts 1
end=$(status_field events)
await 'a new file is made' sink_has $end
check_equal 'with nothing but what is new' 0 "$(grep -c attempt30 $PLACE/log/events.json)"
mv $PLACE/log/events.json $PLACE/moved2
kill -HUP $DAEMON
attempts 1
end=$(status_field events)
await 'and after SIGHUP' sink_has $end
check_equal 'no event is in two files' '' \
	"$(cat $PLACE/moved1 $PLACE/moved2 $PLACE/log/events.json | grep -oE '"sequence":[0-9]+,"instance":"[0-9a-f]+"' | sort | uniq -d)"

# --- another module -------------------------------------------------------------------------

end=$(status_field events)
await 'all of this module is stored' has_stored $end
module_unload
module_load || give_up 'the module does not load once more'
policy_load $PLACE/flood.json >/dev/null
attempts 1
has_attempt() { kept --count 1 | grep -q "attempt$ATTEMPT\""; }
await 'events of the next one follow' has_attempt
await 'in the sinks, too' has_lines $PLACE/stream 33 'CEF:0.*msg=.*attempt'
check_equal 'numbers begin anew, and are told apart' '1 1' \
	"$(kept --class module | json '" ".join(str(e["sequence"]) for e in d if e["type"] == "module-load")' stream)"

# --- what was kept, read ----------------------------------------------------------------------

check_equal 'events, by time, workload and verdict' $ATTEMPT \
	"$(kept --since 2h --workload flood --verdict deny | wc -l)"
check_equal 'none before that' 0 "$(kept --until 2h | wc -l)"
check_equal 'none that was let pass' 0 "$(kept --verdict would-deny | wc -l)"
check_match 'as lines' "deny flood $YARD/bin/member member\[[0-9]+\] parent [0-9]+ uid 0 write $YARD/secret/attempt$ATTEMPT " \
	"$("$CTL" events --store $STORE --count 1)"
# A shell that was broken into: it tries, and has a child that tries.
cp /bin/bash $YARD/bin/shell
cat >$PLACE/tree.json <<-EOT
	{ "manifest": 1, "workload": "tree", "members": { "any": [ "exe:$YARD/bin/shell" ] },
	  "mode": { "exec": "enforce", "file": "enforce" }, "default": "allow",
	  "deny": [ { "write": [ "$YARD/secret/**" ] }, { "exec": [ "$YARD/bin/tool" ] } ] }
EOT
policy_load $PLACE/tree.json >/dev/null || give_up 'the second policy does not load'
$YARD/bin/shell -c "$YARD/bin/tool pass; mkdir $YARD/secret/a; $YARD/bin/shell -c 'mkdir $YARD/secret/b; true'; true" 2>/dev/null
$YARD/bin/shell -c "mkdir $YARD/secret/c; true" 2>/dev/null
end=$(mark tree)
await 'what a shell did is stored' has_stored $end
"$CTL" incidents --store $STORE --workload tree --json >$PLACE/incidents
check_equal 'two intrusions are two incidents' '3 1' "$(json '" ".join(str(i["departures"]) for i in d)' <$PLACE/incidents)"
id=$(json 'd[0]["id"]' <$PLACE/incidents)
"$CTL" incident $id --store $STORE >$PLACE/incident
sed 's/^/#   /' $PLACE/incident
"$CTL" incident $id --store $STORE --json >$PLACE/incident.json
check_equal 'an incident: its processes, and what they did' 'incident 3 true' \
	"$(json '"%s %d %s" % (d[0]["type"], sum(e["type"] == "departure" for e in d), str(any(e["type"] == "process" for e in d)).lower())' stream <$PLACE/incident.json)"
check_match 'its timeline, in order' "exec $YARD/bin/tool.*write $YARD/secret/a.*write $YARD/secret/b" \
	"$(tr '\n' ' ' <$PLACE/incident)"
check_equal 'and nothing of the other' 0 "$(grep -c "$YARD/secret/c" $PLACE/incident)"
pid=$(json '[e["tgid"] for e in d if e["type"] == "departure"][-1]' stream <$PLACE/incident.json)
check_match 'the tree of one of its processes' 'shell.*mkdir' "$("$CTL" tree $pid --store $STORE | tr '\n' ' ')"
check_equal 'and of all of it' 3 \
	"$("$CTL" tree --incident $id --store $STORE --json | json 'sum(p["departures"] for p in d)')"
daemon_stop
check_status 'an incident that is none' 10 "$CTL" incident 99-9 --store $STORE
check_status 'a store that is none' 1 "$CTL" events --store $PLACE/incidents
check_status 'a configuration that is wrong' 3 "$TOP/build/cordond" --check $PLACE/tree.json
check_status 'and one that is right' 0 "$TOP/build/cordond" --check $PLACE/sinks.json
module_unload
