# shellcheck shell=bash disable=SC2154,SC2086	# see guest; no blanks in $place and its kin
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The suite of tests/bench/guest that is about responses: from the entry of the call that is denied to
# when the response is in force, which is when its event is made.

answers='none kill hold suspend quarantine block'

# What follows there.
answer_of()
{
	case $1 in
	none) ;;
	kill) echo '{ "on": "read", "do": "kill" }' ;;
	hold) echo '{ "on": "read", "do": "kill", "evidence": true }' ;;
	suspend) echo '{ "on": "read", "do": "suspend" }' ;;
	quarantine) echo '{ "on": "read", "do": "quarantine" }' ;;
	block) echo '{ "on": "connect", "do": "block-peer", "ttl": "1h" }' ;;
	esac
}

answer_manifest()
{
	cat <<-EOT
	{ "manifest": 1, "workload": "$1",
	  "members": { "any": ["exe:$place/$1"] },
	  "mode": { "exec": "enforce", "file": "enforce", "net": "enforce" },
	  "programs": [ { "exe": "$place/$1" } ],
	  "default": "allow",
	  "deny": [ { "read": ["$place/hidden/f"] }, { "connect": [ { "to": "192.0.2.0/24" } ] } ],
	  "respond": [ $(answer_of $1) ] }
	EOT
}

undo()
{
	case $1 in
	suspend) "$top/build/cordonctl" resume $1 ;;
	quarantine) "$top/build/cordonctl" release $1 ;;
	block) "$top/build/cordonctl" unblock 192.0.2.1 ;;
	esac >/dev/null
}

# Events of one kind, when they were made: of the response, of the departure where there is none.
made()
{
	"$top/build/cordonctl" monitor --json --all --since all --timeout 1 | python3 -c '
import json, sys
for line in sys.stdin:
    e = json.loads(line)
    kind = "departure" if sys.argv[1] == "none" else "response"
    if e.get("workload") == sys.argv[1] and e["type"] == kind and e["phase"] in (None, "begin", "hold") \
       and e.get("evidence") in (None, "wanted"):
        print(e["boottime"])' $1
}

suite_respond()
{
	local answer what n
	insmod "$module" fold=0
	for answer in $answers; do
		cp "$tests/measure-respond" $place/$answer
		answer_manifest $answer >/run/$answer.json
		"$top/build/cordonctl" load /run/$answer.json >&2
		what="read $place/hidden/f"
		[ $answer != block ] || what='connect 192.0.2.1'
		for n in 1 2 3 4 5 6 7 8 9 10 11; do
			"$tests/measure-respond" $place/$answer $what
			[ $answer = none ] || undo $answer
		done >/run/$answer.began
		made $answer >/run/$answer.made
		[ "$(wc -l </run/$answer.made)" = 11 ] || {
			echo "$answer: $(wc -l </run/$answer.made) events instead of 11" >&2
			exit 1
		}
		paste /run/$answer.began /run/$answer.made | awk '{ print $2 - $1 }' | sort -n |
			sed -n "6s/^/row respond-$answer in-force /p"
	done
	rmmod cordon
}
