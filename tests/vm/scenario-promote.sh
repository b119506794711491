# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What has been quiet for as long as its manifest wants is enforced, and nothing else
# Tool: files are read and written, and what the module tells is the same on each kernel.

yard_build
PLACE=/run/promote
STORE=$PLACE/events.db
WEB=$PLACE/web.json
mkdir $PLACE
echo '{ "cordond": 1, "store": { "path": "'$STORE'" }, "sinks": [] }' >$PLACE/cordond.json
daemon_start()
{
	"$TOP/build/cordond" --config $PLACE/cordond.json 2>>$PLACE/said &
	DAEMON=$!
}
# manifest AFTER QUIET ASK
manifest()
{
	cat >$WEB <<-END
		{
		  "manifest": 1,
		  "workload": "web",
		  "members": { "any": [ "exe:$YARD/bin/member" ] },
		  "default": "deny",
		  "programs": [ { "exe": "$YARD/bin/member", "read": [ "$YARD/open/**" ],
		      "load": [ "/usr/lib/**" ] } ],
		  "promote": { "after": "$1", "quiet": "$2", "to": "enforce", "ask": $3 }
		}
	END
	"$CTL" load $WEB >/dev/null || give_up 'the manifest does not load'
}
promote() { "$CTL" promote --store $STORE "$@"; }
state() { promote --check --json "$@" | json 'd[0]["state"]'; }
modes() { "$CTL" workloads --json | json '" ".join(str(d[0]["mode"][c]) for c in ("exec", "load", "file", "net"))'; }
# until_state WORD: by and by it is so.
until_state()
{
	local until=$((SECONDS + 120))
	while [ $SECONDS -lt $until ]; do
		[ "$(state)" != $1 ] || return 0
	done
	promote --check
	return 1
}

module_load || give_up 'the module does not load'
daemon_start
manifest 1h 1h false
until "$CTL" incidents --store $STORE >/dev/null 2>&1; do
	kill -0 $DAEMON || give_up "cordond has ended: $(cat $PLACE/said)"
done
check_status 'of whom nothing is known nothing is promoted' 9 promote
check_equal 'which is told' unknown "$(state)"
$YARD/bin/member pass
check 'who has not been watched for long enough is young' until_state young
check_status 'and is not promoted' 9 promote
check_equal 'it is monitored still' 'monitor monitor monitor monitor' "$(modes)"
act_allowed 'what it may not is told of only' read $YARD/secret/file

manifest 2s 2s true
act_allowed 'a departure' read $YARD/secret/file
check 'is over after a while' until_state due
before=$(cat $WEB)
check_status 'who wants to be asked is not promoted unasked' 15 promote
check_match 'but told how' 'promote --approve web' "$(promote)"
check_equal 'the file is as it was' "$before" "$(cat $WEB)"
act_allowed 'another departure' read $YARD/secret/folder/file
manifest 1h 1h true
check_status 'nor is it approved before its time' 9 promote --approve

manifest 2s 2s false
"$CTL" mode web file=learn >/dev/null
check_status 'who is not in the modes of the file is left alone' 7 promote
"$CTL" mode web file=monitor >/dev/null
sed -i 's|"default": "deny"|"default": "allow"|' $WEB
check_status 'nor a file that does not say what is loaded' 7 promote
sed -i 's|"default": "allow"|"default": "deny"|' $WEB

kill -STOP $DAEMON
$YARD/bin/member pass
check_status 'while cordond does not read, nothing is promoted' 9 promote
check_match 'which is told' 'cordond has not read' "$(promote --check)"
kill -CONT $DAEMON
check 'then it is due' until_state due
check_status 'to look changes nothing' 15 promote --check
check_equal 'it is monitored still' 'monitor monitor monitor monitor' "$(modes)"
cp $WEB $PLACE/before
check 'it is promoted' promote
check_equal 'all of it is enforced' 'enforce enforce enforce enforce' "$(modes)"
check_status 'what it may not is denied' 13 $YARD/bin/member read $YARD/secret/file
check_status 'what it may is not' 0 $YARD/bin/member read $YARD/open/file
check 'what was there is kept' cmp $PLACE/before $WEB~
check_equal 'of the file only the modes are others' 'mode exec mode load mode file mode net' \
	"$("$CTL" diff $WEB~ $WEB --json | json '" ".join("%s %s" % (e["about"], e["class"]) for e in d)')"
check_status 'there is nothing more to promote' 0 promote
check_equal 'which is told' enforced "$(state)"

# By hand, before its time.
manifest 1h 1h true
check_status 'without a name nothing is forced' 2 promote --force
check 'one that is named is' promote --force web
check_equal 'it is enforced' 'enforce enforce enforce enforce' "$(modes)"

# Files and the module say the same, or nothing is changed.
manifest 1h 1h true
"$CTL" load --confirm 60 $WEB >/dev/null
before=$(cat $WEB)
check_status 'while a policy waits for its confirmation nothing is promoted' 7 promote --force web
check_equal 'and the file is as it was' "$before" "$(cat $WEB)"
"$CTL" confirm >/dev/null
kill $DAEMON
wait $DAEMON
module_unload
