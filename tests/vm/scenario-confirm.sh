# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A policy that nobody confirms goes by itself, whatever became of who loaded it

yard_build
module_load || give_up 'the module does not load'
"$CTL" load manifests/base/host.json >/dev/null || give_up 'the first policy does not load'

# The loader is dead, and its whole session, before the time is over.
setsid bash -c "'$CTL' load --confirm 4 tests/vm/manifests/yard.json >/dev/null; kill -KILL 0" 2>/dev/null
check_status 'it is in force at once' 13 $YARD/bin/member read $YARD/secret/file
check_match 'status says how long it has' '^[1-4]$' "$(status_field confirm)"
check 'the log tells of the return' await_log 'cordon: generation [0-9]+: generation [0-9]+ again, instead of' 20
check_status 'it went when its time was over' 0 $YARD/bin/member read $YARD/secret/file
check_status 'what was before is in force' 13 $YARD/bin/outsider exec-memfd $YARD/bin/tool pass
check_equal 'status names one workload' host "$("$CTL" workloads --json | json '(d if isinstance(d, list) else [d])[0]["workload"]')"
check_status 'there is nothing to confirm any more' 6 "$CTL" confirm

dmesg --clear
"$CTL" load --confirm 4 tests/vm/manifests/yard.json >/dev/null
check_status 'confirm is taken' 0 "$CTL" confirm
check_equal 'nothing waits any more' None "$(status_field confirm)"
# Longer than it would have had.
timeout 6 tail -f /dev/null
check_status 'what was confirmed stays' 13 $YARD/bin/member read $YARD/secret/file

check 'it is maintained' "$CTL" maintain yard --for 1h
check_status 'maintained, what its manifest denies goes on' 0 $YARD/bin/member read $YARD/secret/file
check_equal 'and is recorded' 1 "$("$CTL" learn show yard --json | grep -c "\"$YARD/secret/file\"")"
check_status 'no other policy comes meanwhile' 7 "$CTL" load manifests/base/host.json
check_status 'nor another maintenance' 6 "$CTL" maintain yard
check_match 'it is ended by hand, and says how to go on' '[1-9][0-9]* behaviours? of "yard".*cordonctl review yard' \
	"$("$CTL" maintain yard --end 2>&1)"
check_status 'ended, it is denied again' 13 $YARD/bin/member read $YARD/secret/file
check_status 'there is nothing more to end' 10 "$CTL" maintain yard --end
dmesg --clear
"$CTL" maintain yard --for 2s >/dev/null 2>&1
check 'it ends by itself' await_log 'not confirmed in time' 20
check_status 'by itself, it is denied again' 13 $YARD/bin/member read $YARD/secret/file
check_status 'no workload, no maintenance' 10 "$CTL" maintain nobody
check_status 'nor for two days' 2 "$CTL" maintain yard --for 2d

"$CTL" load --confirm 60 tests/vm/manifests/yard.json >/dev/null
check_status 'rollback does not wait' 0 "$CTL" rollback
check_equal 'nothing waits after a rollback' None "$(status_field confirm)"
check_status 'no time at all is refused' 2 "$CTL" load --confirm 0 tests/vm/manifests/yard.json
check_status 'too much time is refused' 2 "$CTL" load --confirm 86401 tests/vm/manifests/yard.json
"$CTL" load --confirm 30 tests/vm/manifests/yard.json >/dev/null
check 'the module unloads while one waits' module_unload
