# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# No event is lost unseen: floods, readers that are slow, stopped or killed, repeats, and rmmod meanwhile
# Once: one ring, the same code on each kernel; that it is written to from everywhere each scenario shows.

yard_build
cat >/run/ring.json <<-EOT
	{ "manifest": 1, "workload": "ring", "members": { "any": [ "exe:$YARD/bin/member" ] },
	  "mode": { "exec": "enforce", "file": "enforce", "net": "enforce" }, "default": "allow",
	  "deny": [ { "write": [ "$YARD/secret/**" ] }, { "connect": [ { "to": "any" } ] },
	            { "accept": [ { "from": "any" } ] } ] }
EOT

# account FILE...: what one reader got, one run after the other. It says for each class how many it
# received and how many it missed, and that both together are what was made, up to the last it saw.
cat >/run/account.py <<-'EOT'
	import json, sys
	received, missed, acts, made, last, types, holes = {}, {}, {}, None, 0, {}, 0
	for name in sys.argv[1:]:
	    told = None
	    for line in open(name):
	        if not line.endswith("\n"):
	            break			# killed while it wrote
	        event = json.loads(line)
	        if event["type"] == "missed":
	            told = event
	            holes += 1
	            continue
	        if event["sequence"] <= last:
	            sys.exit("%s: %d comes after %d" % (name, event["sequence"], last))
	        before = made or {c: 0 for c in event["made"]}
	        hole = {c: event["made"][c] - before[c] for c in before}
	        total = event["sequence"] - last - 1
	        if sum(hole.values()) != total or min(hole.values()) < 0:
	            sys.exit("%d: %d are missing, by class %s" % (event["sequence"], total, hole))
	        if total != (told["missed"] if told else 0):
	            sys.exit("%d: %d are missing, %s was told" % (event["sequence"], total, told))
	        if told and told["of"]["exec"] is not None and told["of"] != hole:
	            sys.exit("%d: %s are missing, %s was told" % (event["sequence"], hole, told))
	        for c in hole:
	            missed[c] = missed.get(c, 0) + hole[c]
	        c = event["class"]
	        received[c] = received.get(c, 0) + 1
	        if event["type"] in ("departure", "repeats"):
	            acts[c] = acts.get(c, 0) + event["count"]
	        types[event["type"]] = types.get(event["type"], 0) + 1
	        made = dict(event["made"])
	        made[c] += 1
	        last, told = event["sequence"], None
	for c in made:
	    if received.get(c, 0) + missed.get(c, 0) != made[c]:
	        sys.exit("class %s: received %d, missed %d, made %d" %
	                 (c, received.get(c, 0), missed.get(c, 0), made[c]))
	if sum(made.values()) != last:
	    sys.exit("%s are not %d" % (made, last))
	json.dump({"received": received, "missed": missed, "acts": acts, "made": made, "last": last,
	           "types": types, "holes": holes}, sys.stdout)
EOT
# What one reader got that began anywhere: how many it received, and missed.
account_from()
{
	python3 - "$1" <<-'EOT' 2>&1
	import json, sys
	events = [json.loads(line) for line in open(sys.argv[1])]
	if events[0]["type"] == "missed":
	    del events[0]			# before the first
	told = sum(e["missed"] for e in events if e["type"] == "missed")
	events = [e for e in events if e["type"] != "missed"]
	if len(events) + told != events[-1]["sequence"] - events[0]["sequence"] + 1:
	    sys.exit("%d received, %d missed, from %d to %d" %
	             (len(events), told, events[0]["sequence"], events[-1]["sequence"]))
	print(len(events), told)
	EOT
}
account() { python3 /run/account.py "$@" 2>&1; }

cat >/run/slow.py <<-'EOT'
	import os, sys, time
	for number, line in enumerate(sys.stdin):
	    sys.stdout.write(line)
	    sys.stdout.flush()
	    if number % 50 == 0 and not os.path.exists("/run/over"):
	        time.sleep(0.1)
EOT

# reader FILE [OPTION]...: everything from the first event on, to that file; its process is $READER.
reader()
{
	"$CTL" monitor --json --all "${@:2}" >"$1" 2>/dev/null &
	READER=$!
}

# await_event FILE SEQUENCE: until a reader has written it.
await_event()
{
	local tries=0
	until grep -q "\"sequence\":$2," "$1"; do
		[ $((tries += 1)) -le 600 ] || return 1
		read -r -t 0.1 <> <(:)
	done
}

# Four tasks, each with departures of its own.
flood_start()
{
	local n
	floods=()
	rm -f /run/over
	for n in 1 2 3 4; do
		$YARD/bin/member depart $YARD/secret/flood$1$n $((10 * $1 + n)) >/run/flood$n &
		floods+=($!)
	done
}

# What they did: "FILE NET", all four together.
flood_stop()
{
	kill -TERM "${floods[@]}"
	wait "${floods[@]}"
	: >/run/over
	flood_sum
}
flood_sum()
{
	cat /run/flood[1-4] | python3 -c '
import re, sys
n = [list(map(int, re.findall("[0-9]+", line))) for line in sys.stdin]
print(len(n) == 4 and sum(l[0] for l in n), sum(l[1] for l in n), sum(l[2] for l in n))'
}

# --- parameters --------------------------------------------------------------------

dmesg --clear
check_status 'a ring of no power of two is refused' 1 module_load events=100
check_match 'and why' 'events=100: KiB are wanted, a power of two from 64 to 1048576' "$(dmesg)"
check_status 'one that is too small, too' 1 module_load events=32
check_status 'and too long a window' 1 module_load fold=3601

# --- a flood, and readers of all kinds -----------------------------------------------

module_load events=256 || give_up 'the module does not load'
reader /run/all --since all
all=$READER
"$CTL" monitor --json --all --since all 2>/dev/null | python3 /run/slow.py >/run/slow &
reader /run/killed1 --since all
killed=$READER
reader /run/stopped --since all
stopped=$READER
policy_load /run/ring.json >/dev/null || give_up 'the policy does not load'
flood_start 1
read -r -t 2 <> <(:)
kill -STOP $stopped
kill -KILL $killed
wait $killed 2>/dev/null
read -r -t 2 <> <(:)
kill -CONT $stopped
next=$(($(grep -o '"sequence":[0-9]*,.*}$' /run/killed1 | tail -n 1 | grep -o '[0-9]*' | head -n 1) + 1))
reader /run/killed2 --since $next
resumed=$READER
read -r -t 1 <> <(:)
# It never ends of what there is to show.
check_status 'a reader whose time is over ends, though it could go on' 0 \
	timeout -k 1 60 "$CTL" monitor --json --all --since all --timeout 1
"$CTL" monitor --json --all --since all 2>/dev/null >/run/ended &
ended=$!
until [ -s /run/ended ]; do read -r -t 0.1 <> <(:); done
kill -TERM $ended
check 'and so does one that is asked to' timeout 60 tail --pid=$ended -f /dev/null
kill -KILL $ended 2>/dev/null
wait $ended
check_equal 'of its own accord' 0 $?
read -r files nets others < <(flood_stop)
check_equal 'the flood is denied, all of it' 0 "$others"
# The mark at which all readers are compared.
"$CTL" mode ring exec=monitor >/dev/null
end=$(status_field events)
for name in all slow stopped killed2; do
	await_event /run/$name $end || not_ok "the reader '$name' comes to the end" "$(tail -c 300 /run/$name)"
done
kill -TERM $all $stopped $resumed
wait $all $stopped $resumed
check_equal 'acts are counted as they were made' $((files + nets)) "$(status_field denied)"
for name in all slow stopped 'killed1 killed2'; do
	said=$(cd /run && account $name)
	check_equal "reader $name: received and missed is what was made, by class" \
		"$files $nets $end" "$(json '"%d %d %d" % (d["made"]["file"], d["made"]["net"], d["last"])' <<<"$said" 2>/dev/null || echo "$said")"
done
echo "#   flood: $files file, $nets net; $(cd /run && account slow)"
check_equal 'a slow reader has missed some, of both classes' true \
	"$(cd /run && account slow | json 'd["missed"]["file"] > 0 and d["missed"]["net"] > 0')"
held=$(status_field held)
if [ "$held" -ge 300 ] && [ "$held" -le 1000 ]; then
	ok "the ring holds $held events in 256 KiB"
else
	not_ok 'the ring holds some events' "$held in 256 KiB, from $(status_field first) to $end"
fi
"$CTL" monitor --json --all --since all --timeout 1 >/run/late 2>/run/late.said
check_match 'who comes late is told what is not held any more' \
	"$((end - held)) events are MISSED before this point: .*[0-9]+ of class file, [0-9]+ of class net" "$(cat /run/late.said)"
check_equal 'and gets all the rest' $held "$(grep -vc '"missed"' /run/late)"
check_match 'a number that is to come is refused' 'was the module loaded anew' \
	"$("$CTL" monitor --since $((end + 1000)) --timeout 1 2>&1)"
instance=$(status_field instance)
check_equal 'a number of this instance is none to be refused' "$end" \
	"$("$CTL" monitor --json --all --since "$instance:$end" --count 1 | json 'd["sequence"]')"
check_equal 'events say of which they are' "$instance" "$(tail -n 1 /run/all | json 'd["instance"]')"
module_unload

# --- repeats -------------------------------------------------------------------------

module_load || give_up 'the module does not load again'
check_match 'a number of another instance is refused' 'the module has been loaded anew' \
	"$("$CTL" monitor --since "$instance:1" --timeout 1 2>&1)"
policy_load /run/ring.json >/dev/null
reader /run/fold --since all
each=$(few 250000 25000)
begin=$SECONDS
for n in 1 2 3 4; do
	$YARD/bin/member attempt $each mkdir $YARD/secret/same 2>/dev/null &
	same[n]=$!
done
wait "${same[@]}"
# A window is closed by a new policy as well as by time.
"$CTL" mode ring exec=monitor >/dev/null
await_event /run/fold "$(status_field events)" || not_ok 'the reader comes to the end'
kill -TERM $READER
wait $READER
check_equal "$((4 * each)) repeats are counted" $((4 * each)) "$(status_field denied)"
said=$(account /run/fold)
check_equal 'events add up to them' "$((4 * each)) 0" \
	"$(json '"%d %d" % (d["acts"]["file"], sum(d["missed"].values()))' <<<"$said" 2>/dev/null || echo "$said")"
told=$(json 'd["received"]["file"]' <<<"$said")
if [ "$told" -le $((2 * ((SECONDS - begin) / 10 + 1))) ]; then
	ok "and are a handful ($told in $((SECONDS - begin)) s)"
else
	not_ok 'and are a handful' "$told in $((SECONDS - begin)) s"
fi
check_equal 'the closing event says of what' "repeats $YARD/secret/same ring member" \
	"$(grep '"repeats"' /run/fold | head -n 1 | json '" ".join([d["type"], d["object"], d["workload"], d["comm"]])')"

# Only time closes this one.
next=$(($(status_field events) + 1))
"$CTL" monitor --json --count 2 --timeout 300 --since $next >/run/window &
window=$!
$YARD/bin/member attempt 3 mkdir $YARD/secret/window 2>/dev/null
wait $window
check_equal 'time closes a window' 'departure 1 repeats 2 True' \
	"$(json '"%s %d %s %d %s" % (d[0]["type"], d[0]["count"], d[1]["type"], d[1]["count"],
		d[1]["boottime"] - d[0]["boottime"] >= 10e9)' stream </run/window)"
check_equal 'it says of which event' true \
	"$(json 'd[1]["first"]["sequence"] == d[0]["sequence"] and d[1]["first"]["time"] == d[0]["time"]' stream </run/window)"

# --- what is no repeat ------------------------------------------------------------------

# departures SINCE EXPRESSION: of each departure from that number on.
departures()
{
	"$CTL" monitor --json --since $1 --timeout 1 2>/dev/null | json "\" \".join(sorted(str($2) for e in d if e[\"type\"] == \"departure\"))" stream
}

from=$(($(status_field events) + 1))
$YARD/bin/member mkdir $YARD/secret/both 2>/dev/null
$YARD/bin/member by-user 65534 mkdir $YARD/secret/both 2>/dev/null
check_equal 'another user is another behaviour' '0 65534' "$(departures $from 'e["uid"]')"

for name in decoy:tool evil:stranger; do
	cat >/run/${name%:*}.json <<-EOT
		{ "manifest": 1, "workload": "${name%:*}", "members": { "any": [ "exe:$YARD/bin/${name#*:}" ] },
		  "default": "allow" }
	EOT
done
cat >/run/site.json <<-EOT
	{ "segments": 1, "name": "site", "mode": { "net": "enforce" },
	  "define": [ { "segment": "to", "members": [ "10.1.0.0/16" ] }, { "segment": "from", "members": [ "10.2.0.0/16" ] } ],
	  "deny": [ { "from": "from", "to": "to" } ] }
EOT
policy_load /run/ring.json /run/decoy.json /run/evil.json /run/site.json >/dev/null || give_up 'more policy does not load'
ip link set lo up
waits=$($YARD/bin/member echo stream 127.0.0.1 8001) || give_up 'no member waits'
from=$(($(status_field events) + 1))
for name in tool tool stranger; do
	check_status "$name is not accepted" 110 $YARD/bin/$name within 300 stream 127.0.0.1 8001
done
kill $waits
check_equal 'another workload at the other end is another behaviour' 'decoy evil' "$(departures $from 'e["peer"]')"

# Networks of one's own, with whatever addresses.
flood="ip link add flood type dummy && ip link set flood up && ip address add 10.2.0.2/8 dev flood && exec"
own_network() { setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user --map-root-user --net "$@"; }
if own_network true 2>/dev/null; then
	before=$(status_field denied)
	from=$(($(status_field events) + 1))
	check_status 'anyone sends what he likes in a network of his own' 13 own_network sh -c "$flood $YARD/bin/outsider flood 10.1.0.1 53 2000"
	denied=$(($(status_field denied) - before))
	check "that is denied, $denied times" test $denied -ge 1000
	check_equal 'and one behaviour' 1 "$(departures $from 1 | wc -w)"
else
	skip 'what users do in networks of their own' 'this kernel gives them none'
fi

# --- what else is told ------------------------------------------------------------------

from=$(($(status_field events) + 1))
$YARD/bin/member by-user 65534 mkdir $YARD/secret/other 2>/dev/null
$YARD/bin/member pass
"$CTL" rollback >/dev/null
"$CTL" load --confirm 60 /run/ring.json >/dev/null
"$CTL" confirm >/dev/null
"$CTL" unload --all >/dev/null
"$CTL" monitor --json --all --since $from --timeout 1 >/run/else 2>/dev/null
check_match 'exec and exit of a member, by whom' 'exec:member:0 .*exit:member:65534 exec:member:0 exit:member:0 ' \
	"$(json '" ".join("%s:%s:%s" % (e["type"], e["comm"], e["uid"]) for e in d) + " "' stream </run/else)"
check_equal 'its status and its life' '0 true' \
	"$(json '(lambda e: "%d %s" % (e["exit"]["status"], str(0 < e["exit"]["lifetime"] < 60e9).lower()))([e for e in d if e["type"] == "exit"][-1])' stream </run/else)"
check_equal 'policies: what, from which to which, by whom' \
	'rollback 3 4 cordonctl 0, publish 4 5 cordonctl 0, confirm 5 5 cordonctl 0, publish 5 6 cordonctl 0' \
	"$(json '", ".join("%s %d %d %s %d" % (e["type"], e["before"], e["generation"], e["comm"], e["uid"]) for e in d if e["class"] == "policy")' stream </run/else)"

# --- rmmod in mid flood ---------------------------------------------------------------

module_unload
# A small ring: its reader is to be done with it before the module goes.
module_load events=64 || give_up 'the module does not load with a small ring'
policy_load /run/ring.json >/dev/null
flood_start 2
reader /run/unload --since "$(status_field events)"
reader_unload=$READER
tries=0
until [ "$(wc -l </run/unload)" -ge 200 ] || [ $((tries += 1)) -gt 600 ]; do
	read -r -t 0.1 <> <(:)
done
check 'the module goes while it is flooded and read' module_unload
wait $reader_unload
check_equal 'its reader ends, and says so' 4 $?
kill -TERM "${floods[@]}"
wait "${floods[@]}"
check_equal 'the last it was told is that' module-unload \
	"$(tail -n 1 /run/unload | json 'd["type"]')"
said=$(account_from /run/unload)
check_match 'and it knows of every departure up to there' '^[1-9][0-9]* [0-9]+$' "$said"
