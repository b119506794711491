# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What departed is reviewed, written, loaded and then allowed; what was denied stays so
# Tool: the tool asks and writes, and what the module tells is the same on each kernel.

yard_build
module_load || give_up 'the module does not load'

FILE=/run/reviewed.json
ANSWERS=/run/answers
# shellcheck disable=SC2153
cat >$FILE <<-EOT
	{
	  "manifest": 1, "workload": "reviewed", "description": "kept by people",
	  "members": { "any": [ "exe:$YARD/bin/member" ] },
	  "mode": { "exec": "enforce", "load": "enforce", "file": "enforce", "net": "enforce" },
	  "programs": [ { "exe": "$YARD/bin/member", "note": "by hand", "read": [ "$YARD/open/other" ] } ],
	  "default": "deny",
	  "deny": [ { "write": [ "/etc/**" ], "note": "never" } ]
	}
EOT
chmod 640 $FILE
review() { "$CTL" review reviewed "$@"; }
answer() { printf '%s\n' "$@" >$ANSWERS; }

check 'the manifest is loaded' policy_load $FILE
act_denied 'a file is not read' read $YARD/open/file
act_denied 'nor is another' read $YARD/secret/file
act_denied 'nor is one written' write $YARD/spool/file
act_denied 'nor a program started' exec $YARD/bin/stranger pass
act_denied 'what a rule denies is denied' write /etc/hostname

# --- what is asked ---------------------------------------------------------------

asked() { review --json </dev/null | json "$1"; }
check_equal 'each departure is one question, and what a rule denies is none' \
	"exec $YARD/bin/stranger,read $YARD/open/file,read $YARD/secret/file,write $YARD/spool/file" \
	"$(asked '",".join(sorted(q["op"] + " " + q["rule"] for q in d))')"
check_status 'without answers something is left open' 15 review </dev/null
check_equal 'and nothing is written' 640 "$(stat -c %a $FILE)$([ ! -e $FILE~ ] || echo ' and a copy')"

# Answers by what is asked, so that no order is taken for granted.
answers_for()
{
	asked "chr(10).join({'exec $YARD/bin/stranger': 's', 'read $YARD/open/file': 'a',
		'read $YARD/secret/file': 'd nobody reads this', 'write $YARD/spool/file': 's'}[q['op'] + ' ' + q['rule']] for q in d)" >$ANSWERS
	echo "$1" >>$ANSWERS
}

answers_for no
sum=$(sha256sum <$FILE)
check_status 'who says no' 15 review --answers $ANSWERS
check_equal 'has written nothing' "$sum" "$(sha256sum <$FILE)"

answers_for yes
check_status 'what is answered is written, loaded, and has to be confirmed; something is skipped' 15 \
	review --answers $ANSWERS --load --confirm 60
check_equal 'the file keeps its mode' 640 "$(stat -c %a $FILE)"
check_equal 'what was there is kept' "$sum" "$(sha256sum <$FILE~)"
check_equal 'what people wrote stays' 'kept by people by hand never /etc/**' "$(json \
	'" ".join((d["description"], d["programs"][0]["note"], d["deny"][0]["note"], d["deny"][0]["write"][0]))' <$FILE)"
check 'the manifest is right' "$CTL" check $FILE
check 'it is confirmed' "$CTL" confirm
act_allowed 'what was allowed is allowed' read $YARD/open/file
act_allowed 'what was allowed before is' read $YARD/open/other
act_denied 'what was denied is denied' read $YARD/secret/file
act_denied 'what was skipped is denied' write $YARD/spool/file
act_denied 'and that' exec $YARD/bin/stranger pass

check_equal 'what was answered is not asked about again' "exec $YARD/bin/stranger,write $YARD/spool/file" \
	"$(asked '",".join(sorted(q["op"] + " " + q["rule"] for q in d))')"

# --- what is learnt ----------------------------------------------------------------

check 'it learns again' "$CTL" mode reviewed file=learn
for n in 1 2 3 4 5; do
	$YARD/bin/member create $YARD/spool/job.100$n
done
check 'and learns no more' "$CTL" mode reviewed file=enforce
check_match 'what is alike is one question, with a pattern' "^5 [0-9]+ $YARD/spool/job.\[0-9\]" \
	"$(asked '[str(q["objects"]) + " " + str(q["count"]) + " " + q["choices"][0] for q in d if q["choices"]][0]')"

asked 'chr(10).join("g" if q["choices"] else "s" for q in d)' >$ANSWERS
echo yes >>$ANSWERS
check_status 'the pattern is written and loaded' 15 review --answers $ANSWERS --load
act_allowed 'what it names is allowed' create $YARD/spool/job.2009
act_denied 'what it does not is denied' create $YARD/spool/job.next

# --- somebody else has changed it ---------------------------------------------------

sed -i 's/kept by people/changed by people/; s/"note": "by hand"/"note": "by hand", "load": [ "\/tmp\/x" ]/' $FILE
check_status 'a file that does not say what is loaded is not reviewed' 7 review </dev/null
check_status 'unless it is named' 15 review --manifest $FILE </dev/null
check_status 'one of another workload is not taken' 10 "$CTL" review other --manifest $FILE
