# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What whatif foretells of learnt acts comes true once the candidate is loaded; which rules decide, and when
# Tool: the engine decides, which units test; only policy and events are read of the module.

yard_build
PLACE=/run/whatif
mkdir $PLACE

# candidate NAME READS EXECS: a manifest of the workload yard, which denies by default.
candidate()
{
	cat >$PLACE/$1.json <<-EOT
		{ "manifest": 1, "workload": "yard", "members": { "any": [ "exe:$YARD/bin/member" ] },
		  "default": "deny", "mode": { "exec": "enforce", "load": "enforce", "file": "enforce" },
		  "programs": [
		    { "exe": "$YARD/bin/member", "exec": [ $3 ],
		      "read": [ $2 ],
		      "write": [ "$YARD/spool/**" ] },
		    { "exe": "$YARD/bin/tool", "read": [ "$YARD/open/**" ] },
		    { "exe": "$YARD/bin/stranger", "read": [ "$YARD/open/**" ] } ] }
	EOT
}
candidate narrow "\"$YARD/open/**\", \"$YARD/nowhere/**\"" "\"$YARD/bin/tool\""
candidate wide "\"$YARD/{open,secret}/**\"" "\"$YARD/bin/{tool,stranger}\""
candidate broad '"/etc/**", "/etc/nginx/*"' "\"$YARD/bin/tool\""
sed 's/"enforce"/"monitor"/g' $PLACE/narrow.json >$PLACE/told.json

# foretold FILE CHANGE [OPTION]...: "op object" of what would change so, sorted.
foretold()
{
	"$CTL" whatif $PLACE/$1.json --json "${@:3}" 2>/dev/null |
		json "' '.join(sorted(g['op'] + ' ' + g['example'] for g in d if g['change'] == '$2'))"
}

module_load || give_up 'the module does not load'
check_status 'of what nobody did nothing is known' 10 "$CTL" whatif $PLACE/narrow.json
check 'learning begins' "$CTL" learn start exe:$YARD/bin/member --name yard
act_allowed 'learnt: a file is read' read $YARD/open/file
act_allowed 'learnt: another, which it will not be' read $YARD/secret/file
act_allowed 'learnt: a file is written' write $YARD/spool/file
act_allowed 'learnt: a program is executed' exec $YARD/bin/tool read $YARD/open/file
act_allowed 'learnt: one that will not be' exec $YARD/bin/stranger read $YARD/open/other
check 'learning ends' "$CTL" learn stop yard

check_status 'a narrow candidate would deny something' 3 "$CTL" whatif $PLACE/narrow.json
check_equal 'namely' "exec $YARD/bin/stranger read $YARD/secret/file" "$(foretold narrow newly-denied)"
check_status 'as it is written it would stop nothing' 0 "$CTL" whatif --as-written $PLACE/told.json
check_status 'enforced it would' 3 "$CTL" whatif $PLACE/told.json
check_status 'a wide one would not' 0 "$CTL" whatif $PLACE/wide.json
check_equal 'not at all' '' "$(foretold wide newly-denied)"
check_equal 'the rule is told' "$YARD/open/**" "$("$CTL" whatif $PLACE/narrow.json --json |
	json "[g['rule']['text'] for g in d if g['op'] == 'read' and g['program'] == '$YARD/bin/tool'][0]")"
check_status 'of nothing later anything is known' 10 "$CTL" whatif --since 2099-01-01 $PLACE/narrow.json
"$CTL" learn show yard --json >$PLACE/seen.json
check_equal 'of a file it is the same' "$(foretold narrow newly-denied)" "$(foretold narrow newly-denied --from $PLACE/seen.json)"
echo '{' >$PLACE/broken.json
check_status 'a manifest that is wrong is no answer' 14 "$CTL" whatif $PLACE/broken.json

# It comes true.
check 'the narrow one is put in force' policy_load $PLACE/narrow.json
act_denied 'foretold: it is denied' read $YARD/secret/file
act_denied 'foretold: and not executed' exec $YARD/bin/stranger read $YARD/open/other
act_allowed 'foretold: this is allowed' read $YARD/open/file
act_allowed 'foretold: to write, too' write $YARD/spool/file
act_allowed 'foretold: and to execute' exec $YARD/bin/tool read $YARD/open/file

# What was denied since, as it was told.
"$CTL" monitor --json --since 1 --count 100000 --timeout 1 >$PLACE/told
check_equal 'the wide one would allow what was denied' "exec $YARD/bin/stranger read $YARD/secret/file" \
	"$(foretold wide newly-allowed --from $PLACE/told)"
check_equal 'the narrow one would change nothing of it' '' "$(foretold narrow newly-allowed --from $PLACE/told)"
check_status 'and denies nothing newly' 0 "$CTL" whatif --from $PLACE/told $PLACE/narrow.json

# Of what its rules allowed nothing is recorded, but that they did.
candidate tight "\"$YARD/nowhere/**\", \"$YARD/open/*\"" "\"$YARD/bin/tool\""
check_equal 'a rule in use that would be gone is told' "read $YARD/open/**" "$(foretold tight rule-gone)"
check_equal 'none that stays' '' "$(foretold narrow rule-gone)"

# Which rules decided, and when.
rule() { "$CTL" rules yard ${2:+$2} ${3:+$3} --json | json "[r for r in d if r['rule'] == '$1' and r['program'] == '$YARD/bin/member']"; }
rule_time() { "$CTL" rules yard --json | json "[r['$2'] for r in d if r['rule'] == '$1' and r['program'] == '$YARD/bin/member'][0]"; }
check_equal 'a rule that decided has a time' true "$("$CTL" rules yard --json | json "all((r['hits'] > 0) == (r['last'] is not None) for r in d)")"
check_equal 'one that did not has none' None "$(rule_time "$YARD/nowhere/**" last)"
since=$(rule_time "$YARD/open/**" since)
check_equal 'it is later than the load' true "$([[ ! $(rule_time "$YARD/open/**" last) < $since ]] && echo true)"
check_equal 'what is young is not stale' '[]' "$(rule "$YARD/nowhere/**" --stale 1d 2>/dev/null)"
tries=0
until [ "$(rule "$YARD/nowhere/**" --stale 2s 2>/dev/null)" != '[]' ] || [ $((tries += 1)) -gt 500 ]; do :; done
check_equal 'what decided nothing is stale in the end' true "$([ $tries -le 500 ] && echo true)"
before=$(rule_time "$YARD/open/**" last)
tries=0
until [ "$(rule_time "$YARD/open/**" last)" != "$before" ] || [ $((tries += 1)) -gt 500 ]; do
	$YARD/bin/member read $YARD/open/file
done
check_equal 'what decides again is not' '[]' "$(rule "$YARD/open/**" --stale 1h 2>/dev/null)"
check_equal 'its time moves' true "$([ $tries -le 500 ] && echo true)"
check 'modes change' "$CTL" mode yard load=monitor
check_equal 'the counters stay, and since when' "$since" "$(rule_time "$YARD/open/**" since)"
check 'it is loaded again' policy_load $PLACE/narrow.json
check_equal 'they begin anew' None "$(rule_time "$YARD/open/**" last)"
check_equal 'what is loaded is looked at: nothing is shadowed or broad' '[]' "$("$CTL" rules --shadowed --broad --json)"
check 'a tree of secrets is allowed' policy_load $PLACE/broad.json
check_equal 'it is broad' '/etc/**' "$("$CTL" rules --broad --json | json "' '.join(f['rule'] for f in d)")"
check_equal 'and shadows another' '/etc/nginx/*' "$("$CTL" rules --shadowed --json | json "' '.join(f['rule'] for f in d)")"
"$CTL" unload yard >/dev/null
"$CTL" learn clear yard >/dev/null
