# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For scenarios about what follows departures: who is answered, and what is told of it.

. tests/vm/lib-net.sh

start() { service_start $1 $YARD/bin/member || give_up "the service $1 does not start"; }
# members: how many processes of the workload there are that have not ended.
members() { pgrep --full --runstates R,S,D,T "^$YARD/bin/member" | wc -l; }
# state PID: one letter, of its first thread.
state() { sed 's/.*) \(.\).*/\1/' /proc/$1/stat; }
# until_is WANTED COMMAND...: it prints that, by and by.
until_is()
{
	local wanted=$1 tries
	shift
	for ((tries = 0; tries < 600; tries++)); do
		[ "$("$@")" != "$wanted" ] || return 0
		sleep 0.1
	done
	echo "wanted: $wanted, found: $("$@")"
	return 1
}
# told EXPRESSION: about what responses have been told of, `d`, as "RESPONSE PHASE".
told()
{
	"$CTL" monitor --json --all --since all --timeout 1 2>/dev/null |
		json "$1" stream
}
refusals() { told 'len([e for e in d if e["type"] == "response" and e["phase"] == "refuse"])'; }
responses() { told '[e["response"] + " " + e["phase"] for e in d if e["type"] == "response"]'; }
blocked() { "$CTL" blocked --json | json '[e["address"] for e in d]'; }
# policy [MANIFEST [SEGMENTS]]: these instead of the usual ones.
policy()
{
	policy_load "${1:-tests/vm/manifests/respond.json}" "${2:-tests/vm/manifests/respond-site.json}" >/dev/null ||
		give_up 'the policy does not load'
}
