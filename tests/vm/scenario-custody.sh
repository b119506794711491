# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Who is suspended does not go on, whoever sends the signal; and who has left is not forgotten

. tests/vm/lib-respond.sh

yard_build
module_load || give_up 'the module does not load'
policy

# --- a child's end is told by SIGCONT ----------------------------------------------------

rm -f /run/steps
$YARD/bin/member bereaved /run/steps 200 &
bereaved=$!
steps() { cat /run/steps 2>/dev/null || echo -1; }
# further COUNT: has it come any further? 0 or 1.
further() { echo $((10#$(steps) > $1)); }
dead() { pgrep --parent $bereaved --runstates Z --count; }
# deader COUNT: have more than twenty of its children ended since? 0 or 1.
deader() { echo $(($(dead) > $1 + 20)); }
check 'a member counts its steps' until_is 1 further 0
check 'it is suspended' "$CTL" suspend answer
check 'and stops' until_is T state $bereaved
at=$((10#$(steps)))
check 'many of its children end' until_is 1 deader "$(dead)"
check_equal 'it has not gone a step' $at $((10#$(steps)))
check_equal 'and is stopped' T "$(state $bereaved)"
"$CTL" resume answer >/dev/null
check 'it goes on when it is resumed' until_is 1 further $at
kill -STOP $bereaved
at=$((10#$(steps)))
check 'the end of a child ends any other stop' until_is 1 further $((at + 1))
"$CTL" kill answer >/dev/null
wait $bereaved
check_equal 'it is killed' 137 $?

# --- who leaves while he is stopped --------------------------------------------------------

sed 's/"exec": \["\/yard\/bin\/tool"\],/& "enter": ["\/yard\/bin\/outsider"],/' tests/vm/manifests/respond.json >/run/leave.json
policy /run/leave.json
leavers=()
for n in 1 2 3 4; do
	$YARD/bin/member attempt 1000000 by-child exec $YARD/bin/outsider pass &
	leavers+=($!)
done
stuck() { pgrep --full --runstates T "^$YARD/bin/outsider pass" | wc -l; }
left() { told 'sum(e["type"] == "exec" and e["workload"] == "" for e in d)'; }
for ((n = 0; n < 150; n++)); do
	"$CTL" suspend answer >/dev/null || not_ok "suspension $n"
	"$CTL" resume answer >/dev/null || not_ok "resumption $n"
done
check_equal 'they lead on' 4 "$(jobs -pr | wc -l)"
check 'nobody who has left stays stopped' until_is 0 stuck
"$CTL" kill answer >/dev/null
wait "${leavers[@]}"
check 'all of the others are killed' until_is 0 members
check 'and nobody is stopped' until_is 0 stuck
policy

# --- a script whose interpreter is a script -------------------------------------------------

printf '#!%s read\n' $YARD/bin/interpreter >$YARD/bin/narrow
printf '#!%s\n' $YARD/bin/narrow >$YARD/bin/outer
chmod 755 $YARD/bin/narrow $YARD/bin/outer
cat >/run/scripts.json <<END
{ "manifest": 1, "workload": "scripts", "description": "Scripts; see tests/vm/scenario-custody.sh", "owner": "tests",
  "members": { "any": [ "exe:$YARD/bin/outer" ] },
  "mode": { "exec": "enforce", "file": "enforce" },
  "programs": [
    { "exe": "$YARD/bin/narrow", "exec": ["$YARD/bin/interpreter"], "read": [] },
    { "exe": "$YARD/bin/interpreter", "exec": [], "read": ["/**"] } ],
  "default": "deny" }
END
policy /run/scripts.json
check_status 'who runs by a script with an entry may what that says' 13 $YARD/bin/outer
sed -i 's/"read": \[\]/"read": ["\/**"]/' /run/scripts.json
policy /run/scripts.json
check_status 'whether it is little or much' 0 $YARD/bin/outer
module_unload || give_up 'the module does not unload'
