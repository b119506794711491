# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Evidence: cordond keeps what an investigator needs of who is killed or suspended, and only of him

yard_build
PLACE=/run/evidence
KEPT=$PLACE/evidence
mkdir $PLACE
rm -f /run/victim.sock
cat >$PLACE/cordond.json <<-EOT
	{ "cordond": 1, "store": { "path": "$PLACE/events.db" }, "sinks": [],
	  "evidence": { "path": "$KEPT", "size": "64M", "executable": "16M" } }
EOT
daemon_start()
{
	"$TOP/build/cordond" --config $PLACE/cordond.json 2>>$PLACE/said &
	DAEMON=$!
}
# until_ok COMMAND...: by and by it succeeds.
until_ok()
{
	local until=$((SECONDS + 120))
	while [ $SECONDS -lt $until ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	echo "in vain: $*"
	"$@"
	tail -n 5 $PLACE/said
	return 1
}
# evidence_of PID: the folder of its evidence.
evidence_of() { ls -d $KEPT/*-$1 2>/dev/null; }
has_evidence() { [ -f "$(evidence_of $1)/evidence.json" ]; }
# of PID EXPRESSION: about its document, `d`.
of() { json "$2" <"$(evidence_of $1)/evidence.json"; }
watch() { $YARD/bin/outsider watch "$1" $YARD/bin/member "${@:2}" 2>&1; }
field() { sed "s/.*$1 \([^ ]*\).*/\1/" <<<"$2"; }
told()
{
	"$CTL" monitor --json --all --since all --timeout 1 2>/dev/null |
		json "[[e[\"response\"], e[\"phase\"], e[\"evidence\"]] for e in d if e[\"type\"] == \"response\"]$1" stream
}
state() { sed 's/.*) \(.\).*/\1/' /proc/$1/stat; }
is_stopped() { [ "$(state $1)" = T ]; }

module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/evidence.json >/dev/null || give_up 'the policy does not load'
daemon_start
# Nobody is held for longer than a second, in which the debug kernel may not get that far.
TAKEN=$(few taken 'taken|lost')
HELD_AT_MOST=$(few 1500 5000)
[ "$TAKEN" = taken ] || skip 'evidence is taken within the second' 'this kernel is too slow for that to be wanted'
reads() { "$CTL" events --store $PLACE/events.db --json --all --count 1; }
check 'cordond reads the module' until_ok reads
check_equal 'it has only the capabilities that it needs' 0000002000080006 \
	"$(sed -n 's/^CapEff:\t//p' /proc/$DAEMON/status)"

# --- of one process --------------------------------------------------------------

# Everything at once: words and values, a deleted executable, a file, a directory.
cp $YARD/bin/outsider $YARD/bin/original
mkdir $YARD/open/here
cd $YARD/open/here || exit
PASSWORD=hunter2 LONG=$(head -c 100000 /dev/zero | tr '\0' x) $YARD/bin/member serve /run/victim.sock >/run/victim
cd "$TOP" || exit
victim=$(cat /run/victim)
mv $YARD/bin/member $YARD/bin/old
cp $YARD/bin/old $YARD/bin/member
rm $YARD/bin/old
service_start bystander $YARD/bin/outsider >/run/bystander
ask victim self read $YARD/secret/file >/dev/null 2>&1
check 'who is killed leaves evidence' until_ok has_evidence $victim
check_match 'it was taken before the kill' "'kill', 'begin', '($TAKEN)'" "$(told '[-1]')"
check_equal 'of that workload' evidence "$(of $victim 'd["workload"]')"
check_match 'with its command' "'serve', '/run/victim.sock'" "$(of $victim 'd["command"]')"
check_match 'with names of its environment' "'PASSWORD'" "$(of $victim 'd["environment"]')"
check_equal 'and no value' 1 "$(grep -rc hunter2 "$(evidence_of $victim)/evidence.json" | grep -c '^0')"
check_match 'with its open files' "socket:" "$(of $victim '[f["target"] for f in d["files"]]')"
check_equal 'which of them are unix sockets' "['unix']" \
	"$(of $victim 'sorted({f["socket"]["family"] for f in d["files"] if f["socket"]})')"
check_equal 'with its directory' $YARD/open/here "$(of $victim 'd["cwd"]')"
check_match 'with who it was started by' '\[\{.*pid.: 1,' "$(of $victim 'd["ancestors"]')"
check_match 'with its mappings' 'r-xp.*yard/bin' "$(cat "$(evidence_of $victim)/maps")"
check_equal 'that its file was deleted' true "$(of $victim 'd["deleted"]')"
check 'with a copy of that' cmp $YARD/bin/original "$(evidence_of $victim)/executable"
check_equal 'and its digest' "$(sha256sum <$YARD/bin/original | cut -c 1-64)" \
	"$(of $victim 'd["executable"]["sha256"]')"
check_equal 'for root only' '700 600 600' "$(stat -c %a $KEPT $(evidence_of $victim)/{evidence.json,executable} | tr '\n' ' ' | sed 's/ $//')"
check_equal 'who is killed is dead' '' "$(pgrep --full "^$YARD/bin/member serve")"
check_status 'nobody beside him' 0 ask bystander self pass

result=$(watch none read $YARD/secret/file)
check_match 'he is stopped, and does not run on' 'stopped 1 moved 0 .*signal 9 returned 0' "$result"
check 'and dead before the time is over' [ "$(field after "$result")" -lt $HELD_AT_MOST ]
result=$(watch none from-memfd read $YARD/secret/file)
check_match 'who runs from memory is held too' 'signal 9 returned 0' "$result"
copied() { grep -l memfd:hidden $KEPT/*/evidence.json; }
check 'and leaves evidence' until_ok copied
check 'with a copy of what was never a file' cmp $YARD/bin/member "$(dirname "$(copied)")/executable"

count=$(ls $KEPT | wc -l)
check_status 'a kill without evidence leaves none' 137 $YARD/bin/member read $YARD/secret/folder/file
check_status 'nor does a departure without a response' 13 $YARD/bin/member write $YARD/secret/other
check_status 'nor what is allowed' 0 $YARD/bin/member read $YARD/open/file
check_equal 'so there is no more' $count "$(ls $KEPT | wc -l)"

# --- of a suspension, and of a workload --------------------------------------------

service_start victim $YARD/bin/member >/run/victim
victim=$(cat /run/victim)
service_start second $YARD/bin/member >/run/second
second=$(cat /run/second)
ask victim self write $YARD/secret/file >/dev/null 2>&1 &
check 'who is suspended leaves evidence' until_ok has_evidence $victim
check 'with all of his workload' until_ok has_evidence $second
check 'and is not killed' is_stopped $victim
check_match 'the tool shows it' "command:.*serve" "$("$CTL" evidence --folder $KEPT "$(basename "$(evidence_of $victim)")" | tr '\n' ' ')"
check_equal 'the executable that has an entry is not copied' None "$(of $victim 'd["executable"]')"
"$CTL" resume evidence >/dev/null
wait $!
check_status 'he lives on' 0 ask victim self pass
rm -rf "${KEPT:?}"/*
result=$(watch none read $YARD/secret/other)
check_match 'all of a workload are held' 'stopped 1 moved 0 .*signal 9 returned 0' "$result"
check 'and leave evidence' until_ok has_evidence $victim
check 'each' until_ok has_evidence $second
# Of three there may be no time, where all is slow.
check_match 'which is told' "'kill-workload', 'begin', '(taken|lost)'" "$(told '[-1]')"

# --- who wants to see it --------------------------------------------------------------

lists_all() { [ "$("$CTL" evidence --folder $KEPT --json | json 'len(d)')" = 3 ]; }
check 'the tool lists it' until_ok lists_all
check_status 'and says what is none' 10 "$CTL" evidence --folder $KEPT 0000000000c0ffee-1-2
# The newest incident: the store may lag behind.
shown()
{
	"$CTL" incident --store $PLACE/events.db --folder $KEPT --json \
		"$("$CTL" incidents --store $PLACE/events.db --json | json 'd[-1]["id"]')" | json "$1" stream
}
answered()
{
	local responses
	responses=$(shown '[e["response"] + " " + e["phase"] for e in d if e["type"] == "response"]')
	echo "$responses"
	[[ $responses =~ workload\ hold.*workload\ begin ]]
}
check 'an incident has its responses' until_ok answered
check_equal 'and the evidence' "['$KEPT']" \
	"$(shown 'sorted({e["path"].rsplit("/", 1)[0] for e in d if e["type"] == "evidence"})')"

# --- by hand ---------------------------------------------------------------------------

# victims: two of the workload, and nothing kept.
victims()
{
	rm -rf "${KEPT:?}"/*
	service_start victim $YARD/bin/member >/run/victim
	victim=$(cat /run/victim)
	service_start second $YARD/bin/member >/run/second
	second=$(cat /run/second)
}
gone() { ! kill -0 $1; }
victims
check_match 'one process is killed by hand' 'hold' "$("$CTL" kill --process --evidence $victim --json)"
check 'and leaves evidence' until_ok has_evidence $victim
check_equal 'which says who it is' "$victim" "$(of $victim 'd["acting"]')"
check 'it dies' until_ok gone $victim
check_match 'which is told' "'kill', 'begin', '($TAKEN)'" "$(told '[-1]')"
check_status 'the other one lives' 0 ask second self pass
check_equal 'and leaves none' '' "$(evidence_of $second)"
check_status 'without evidence one process is for kill(1)' 6 "$CTL" kill --process $second
check_status 'who is in no workload is not found' 10 "$CTL" kill --process --evidence $DAEMON
check_status 'both live' 0 kill -0 $second $DAEMON
victims
check 'a workload is killed by hand' "$CTL" kill evidence --evidence
check 'and leaves evidence' until_ok has_evidence $victim
check 'of each' until_ok has_evidence $second
check 'all die' until_ok gone $victim
check 'each' until_ok gone $second
check_match 'which is told' "'kill-workload', 'begin', '(taken|lost)'" "$(told '[-1]')"
victims
check 'one is killed without evidence' "$CTL" kill evidence
check_equal 'at once' "['kill-workload', 'begin', None]" "$(told '[-1]')"
check_equal 'and leaves none' '' "$(ls $KEPT)"
victims
check 'one is suspended by hand' "$CTL" suspend evidence --evidence
check 'and leaves evidence' until_ok has_evidence $victim
check 'of each' until_ok has_evidence $second
check 'it is stopped, and lives' is_stopped $victim
before=("$KEPT"/*)
taken=$(stat -c '%n %z' "${before[@]}")
kill -KILL $DAEMON
wait $DAEMON
daemon_start
# It reads events in their order: what comes later is behind those.
"$CTL" suspend evidence --evidence >/dev/null
is_twice() { [ "$(find $KEPT -name "*-$second" | wc -l)" = 2 ]; }
check 'cordond comes back, and takes what is wanted next' until_ok is_twice
check_equal 'but nothing twice' "$taken" "$(stat -c '%n %z' "${before[@]}")"
check_equal 'nor tries to' 0 "$(grep -c 'is not kept' $PLACE/said)"
"$CTL" resume evidence >/dev/null
rm -rf "${KEPT:?}"/*
check 'one is suspended without evidence' "$CTL" suspend evidence
check_equal 'which is told' "['suspend', 'begin', None]" "$(told '[-1]')"
"$CTL" resume evidence >/dev/null
check_equal 'and leaves none' '' "$(ls $KEPT)"
"$CTL" kill evidence >/dev/null

# --- cordond is not there ----------------------------------------------------------------

kill -KILL $DAEMON
wait $DAEMON
result=$(watch none read $YARD/secret/file)
check_match 'without cordond he is killed all the same' 'stopped 1 moved 0 .*signal 9 returned 0' "$result"
check 'after a second' [ "$(field after "$result")" -ge 1000 ]
check 'and not much later' [ "$(field after "$result")" -le $HELD_AT_MOST ]
check_equal 'which is told' "['kill', 'begin', 'lost']" "$(told '[-1]')"
daemon_start
check 'cordond comes back' until_ok reads
count=$(ls $KEPT | wc -l)
result=$(watch none read $YARD/secret/file)
evidence_count() { [ "$(ls $KEPT | grep -vc unfinished)" -gt $count ]; }
check 'and takes evidence again' until_ok evidence_count
# Killed while he is held: whoever comes too late changes nothing.
for n in 1 2 3; do
	watch none read $YARD/secret/file >/run/watched$n &
	watcher=$!
	kill -KILL $DAEMON
	wait $DAEMON
	wait $watcher
	check_match "killed while it takes evidence, $n" 'signal 9 returned 0' "$(cat /run/watched$n)"
	daemon_start
done
is_clean() { ! ls $KEPT | grep -q unfinished; }
check 'what was not finished is gone' until_ok is_clean
# Before it has threads it does not wait for signals: they end it as they do anybody.
listens() { [ "$(ls /proc/$DAEMON/task | wc -l)" -gt 1 ]; }
check 'it is at work' until_ok listens
kill -TERM $DAEMON
wait $DAEMON
check_equal 'it ends well' 0 $?
