# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# While policies follow one another, what all of them say holds at every moment

yard_build
sed 's|"/yard/bin/tool"\], *$|&|; s|"/yard/open/program", |&"/yard/open/another", |' \
	tests/vm/manifests/yard.json >/run/other.json
cp tests/vm/manifests/yard.json /run/yard.json
cmp -s /run/yard.json /run/other.json && give_up 'the two manifests do not differ'
module_load || give_up 'the module does not load'
policy_load /run/yard.json >/dev/null || give_up 'the policy does not load'

rounds=$(few 50 15)

hammer()
{
	$YARD/bin/member hammer "${@:2}" >"/run/hammer.$1" 2>/dev/null &
	hammers+=($!)
}
hammers=()
hammer free-read read $YARD/open/file
hammer free-exec by-child exec $YARD/bin/tool pass
hammer held-read read $YARD/secret/file
hammer held-exec by-child exec $YARD/bin/stranger pass
hammer held-write write $YARD/open/file

# Readers of what is being replaced.
( while :; do
	for what in rules workloads ps status; do
		"$CTL" $what --json >/run/dump 2>/run/dump.why || { cat /run/dump.why >>/run/dumps.failed; }
	done
done ) &
reader=$!

generation=$(status_field generation)
failed=0
for ((i = 0; i < rounds; i += 2)); do
	policy_load /run/other.json >/dev/null || failed=$((failed + 1))
	policy_load /run/yard.json >/dev/null || failed=$((failed + 1))
done
kill $reader
kill -TERM "${hammers[@]}"
wait 2>/dev/null

check_equal "all of $rounds loads are taken" 0 $failed
check_equal 'each is a generation' $((generation + i)) "$(status_field generation)"
check_equal 'dumps do not fail meanwhile' '' "$(cat /run/dumps.failed 2>/dev/null)"
for what in free-read free-exec; do
	check_match "$what: always allowed" '^done=[1-9][0-9]* denied=0 failed=0' "$(cat /run/hammer.$what)"
done
for what in held-read held-exec held-write; do
	check_match "$what: always denied" '^done=0 denied=[1-9][0-9]* failed=0' "$(cat /run/hammer.$what)"
done

# What is wrong changes nothing.
generation=$(status_field generation)
sed 's/"read"/"reed"/' /run/yard.json >/run/bad.json
check_status 'a manifest with a wrong key is refused' 3 policy_load /run/bad.json
check_status 'a good one beside a bad one is refused' 3 policy_load /run/yard.json /run/bad.json
check_status 'two of one name are refused' 3 policy_load /run/yard.json /run/other.json
check_status 'what is not there is refused' 3 policy_load /run/nowhere.json
check_equal 'none of them has changed the generation' "$generation" "$(status_field generation)"
check_status 'a dry run is taken' 0 policy_load --dry-run /run/other.json
check_equal 'and has not changed it either' "$generation" "$(status_field generation)"
