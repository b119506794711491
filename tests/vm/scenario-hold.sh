# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A kill that waits for evidence, where nobody takes it: who is held never runs again, and is killed in time

yard_build
module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/evidence.json >/dev/null || give_up 'the policy does not load'

# watch HOW ACT...: how the act of a process ended that counted meanwhile.
watch() { $YARD/bin/outsider watch "$1" $YARD/bin/member "${@:2}" 2>&1; }
# What a watch has said: its field.
field() { sed "s/.*$1 \([^ ]*\).*/\1/" <<<"$2"; }
# check_held WHAT RESULT [LEAST MOST]: stopped, not moved, killed between so many milliseconds.
check_held()
{
	local after
	after=$(field after "$2")
	if [[ $2 =~ ^stopped\ 1\ moved\ 0\ .*\ signal\ 9\ returned\ 0 ]] &&
		[ "$after" -ge "${3-1000}" ] && [ "$after" -le "${4-1500}" ]; then
		ok "$1"
	else
		not_ok "$1" "$2"
	fi
}
told()
{
	"$CTL" monitor --json --all --since all --timeout 1 2>/dev/null |
		json "[[e[\"response\"], e[\"phase\"], e[\"evidence\"]] for e in d if e[\"type\"] == \"response\"]$1" stream
}
refused()
{
	"$CTL" monitor --json --all --since all --timeout 1 2>/dev/null |
		json "[[e[k] for k in (\"response\", \"workload\", \"object\", \"comm\")] for e in d if e[\"type\"] == \"response\" and e[\"phase\"] == \"refuse\"]$1" stream
}

result=$(watch none pass)
check_match 'who does nothing wrong ends by himself' 'signal 0 returned 1' "$result"
result=$(watch none read $YARD/secret/folder/file)
check_match 'a kill without evidence comes at once' 'signal 9 returned 0' "$result"
check 'before its time' [ "$(field after "$result")" -lt 900 ]
check_equal 'nothing is said of evidence' "['kill', 'begin', None]" "$(told '[-1]')"

check_held 'who is held does not run on, and is killed after a second' "$(watch none read $YARD/secret/file)"
check_equal 'it is told that he is held' "['kill', 'hold', 'wanted']" "$(told '[-2]')"
check_equal 'and that there is no evidence' "['kill', 'begin', 'lost']" "$(told '[-1]')"
result=$(watch signal read $YARD/secret/file)
check_held 'a storm of SIGCONT changes nothing' "$result"
check_match 'for it is refused' 'tries some done 0' "$result"
check_equal 'which is told, once, with who tried it' "[['kill', 'evidence', 'SIGCONT', 'outsider']]" "$(refused)"
result=$(watch trace read $YARD/secret/file)
check_held 'nobody begins to trace him' "$result"
check_match 'for that is refused' 'tries some done 0' "$result"
check_equal 'which is told, too' "['kill', 'evidence', 'ptrace', 'outsider']" "$(refused '[-1]')"
result=$(watch none continued read $YARD/secret/file)
check_match 'a timer that sends SIGCONT kills him' 'signal 9 returned 0' "$result"
check_match 'he does not run on' 'moved 0 ' "$result"
result=$(watch traced read $YARD/secret/file)
check_match 'who is traced is killed' 'signal 9 returned 0' "$result"
check 'at once' [ "$(field after "$result")" -lt 900 ]
check_equal 'which is told' "['kill', 'begin', 'lost']" "$(told '[-1]')"
result=$(watch none vforking read $YARD/secret/file)
check_match 'who cannot be stopped is killed too' 'signal 9 returned 0' "$result"

$YARD/bin/member serve /run/bystander.sock >/run/bystander
check_held 'of a workload, all are held' "$(watch none read $YARD/secret/other)"
check_equal 'who only belonged to it is killed, too' 0 "$(pgrep --full --count "^$YARD/bin/member")"
check_equal 'which is told' "['kill-workload', 'begin', 'lost']" "$(told '[-1]')"

# More than there is room for.
pids=()
for ((n = 0; n < 70; n++)); do
	$YARD/bin/member read $YARD/secret/file 2>/dev/null &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait $pid 2>/dev/null
	echo $?
done >/run/ends
check_equal 'more than there is room for are killed all the same' 70 "$(grep -c '^137$' /run/ends)"

watch none read $YARD/secret/file >/run/unloaded &
watcher=$!
# Not for longer than he is held.
while kill -0 $watcher 2>/dev/null; do
	pid=$(pgrep --full "^$YARD/bin/member counting") && [ "$(sed 's/.*) \(.\).*/\1/' /proc/$pid/stat)" = T ] && break
done
module_unload || give_up 'the module does not unload'
wait $watcher
check_match 'who is held when the module goes is killed' 'signal 9 returned 0' "$(cat /run/unloaded)"
