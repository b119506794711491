# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A departure reaches monitor and the log, with all that there is to know; rules count their hits
# Once: what is told, and folded, is the same code on each kernel.

yard_build
mkdir $YARD/spool/forbidden
module_load fold=0 || give_up 'the module does not load'
policy_load tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load'

before=$(date +%s)
events_expect 3
# A process of which pid and parent are known: the shell's own place is taken.
bash -c "echo \$\$ \$PPID >/run/who; exec $YARD/bin/member by-user 65534 read $YARD/secret/file" 2>/dev/null
read -r pid parent </run/who
$YARD/bin/member mkdir $YARD/spool/forbidden/new 2>/dev/null
$YARD/bin/member exec-memfd $YARD/bin/tool pass 2>/dev/null
events_wait
check_equal 'monitor ends after so many events' 0 $?
check_equal 'sequence numbers grow' true "$(event '0 < d[0]["sequence"] < d[1]["sequence"] < d[2]["sequence"]')"
check_equal 'action, class, op, kind, reason' 'deny file read path default' \
	"$(event '" ".join(d[0][k] for k in ("action", "class", "op", "kind", "reason"))')"
check_equal 'workload, program, object' "yard $YARD/bin/member $YARD/secret/file" \
	"$(event '" ".join(d[0][k] for k in ("workload", "program", "object"))')"
check_equal 'pid, thread group, parent, uid' "$pid $pid $parent 65534" \
	"$(event '" ".join(str(d[0][k]) for k in ("pid", "tgid", "parent", "uid"))')"
check_equal 'comm' member "$(event 'd[0]["comm"]')"
check_equal 'generation' "$(status_field generation)" "$(event 'd[0]["generation"]')"
check_equal 'time' true \
	"$(event "$before - 1 <= __import__('datetime').datetime.fromisoformat(d[0]['time'][:26] + '+00:00').timestamp() <= $before + 30")"
line=$(grep -n '/yard/spool/forbidden/' tests/vm/manifests/yard.json | cut -d : -f 1)
check_equal 'the rule that decided, and where it stands' \
	"rule $YARD/spool/forbidden/** yard.json $line" \
	"$(event '"%s %s %s %d" % (d[1]["reason"], d[1]["rule"]["text"], d[1]["rule"]["file"].split("/")[-1], d[1]["rule"]["line"])')"
check_equal 'what has no name is told by its kind' 'exec exec memfd:' \
	"$(event '" ".join(d[2][k] for k in ("class", "op", "kind"))')"
check_match 'the log has a line for people' \
	"deny: workload yard, $YARD/bin/member\[$pid\] uid 65534 may not read $YARD/secret/file" "$(dmesg)"

# The log is limited, the events are not.
dmesg --clear
events_expect 200
for _ in 1 2 3 4; do
	$YARD/bin/member attempt 50 read $YARD/secret/file 2>/dev/null
done
events_wait
check_equal 'of 200 denials all are told' 200 "$(event len\(d\))"
check_equal 'in their order' true "$(event 'sorted(e["sequence"] for e in d) == [e["sequence"] for e in d]')"
check_equal 'and no other between' 200 "$(event 'd[-1]["made"]["file"] - d[0]["made"]["file"] + 1')"
lines=$(dmesg | grep -c 'cordon: deny')
if [ "$lines" -ge 1 ] && [ "$lines" -le 60 ]; then
	ok "the log is not flooded ($lines lines)"
else
	not_ok 'the log is not flooded' "$lines lines of 200"
fi

# Counters are of the rule that was named.
hits() { "$CTL" rules yard --json | json "sum(r['hits'] for r in d if r['rule'] == '$1' and r['program'] == '$YARD/bin/$2')"; }
was=$(hits '/yard/{lib,open}/**' member)
$YARD/bin/member repeat 25 read $YARD/open/file
check_equal 'a rule counts its hits' $((was + 25)) "$(hits '/yard/{lib,open}/**' member)"
check_equal 'denials are counted by workload' "$(status_field denied)" \
	"$("$CTL" workloads --json | json '(d if isinstance(d, list) else [d])[0]["denied"]')"

# An explanation is the kernel's own answer.
while read -r op path; do
	wanted=0
	$YARD/bin/member "$op" "$path" 2>/dev/null || wanted=9
	check_status "explain agrees with the kernel: $op $path" $wanted \
		"$CTL" explain --workload yard --exe $YARD/bin/member --"$op" "$path"
done <<-EOT
	read $YARD/open/file
	read $YARD/open
	read $YARD/secret/file
	write $YARD/open/file
	write $YARD/spool/file
	read $YARD/bin/tool
	read $YARD/bin/stranger
EOT

# An unlisted program, in monitor mode, is a subject of its own.
"$CTL" mode yard all=monitor >/dev/null
events_expect 2
$YARD/bin/member exec $YARD/bin/stranger read $YARD/secret/file
events_wait
check_equal 'who is started without an entry is unlisted' "$YARD/bin/stranger true" \
	"$(event '"%s %s" % (d[1]["program"], str(d[1]["unlisted"]).lower())')"
