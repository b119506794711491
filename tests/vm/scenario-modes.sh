# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Modes switch live, class by class, and for what runs already

yard_build
module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load'
# It needs a file, its socket, that its manifest does not allow.
"$CTL" mode yard all=monitor >/dev/null
service_start modes $YARD/bin/member >/dev/null || give_up 'the service does not start'

secret=(read $YARD/secret/file)
stranger=(exec $YARD/bin/stranger pass)
memory=(map-anonymous)

check_status 'monitor: file' 0 ask modes self "${secret[@]}"
check_status 'monitor: exec' 0 ask modes "${stranger[@]}"
check_status 'monitor: load' 0 ask modes self "${memory[@]}"
"$CTL" mode yard file=enforce >/dev/null
check_status 'file enforced: file' 13 ask modes self "${secret[@]}"
check_status 'file enforced: exec' 0 ask modes "${stranger[@]}"
check_status 'file enforced: load' 0 ask modes self "${memory[@]}"
"$CTL" mode yard exec=enforce file=monitor >/dev/null
check_status 'exec enforced: file' 0 ask modes self "${secret[@]}"
check_status 'exec enforced: exec' 13 ask modes "${stranger[@]}"
check_status 'exec enforced: load' 0 ask modes self "${memory[@]}"
"$CTL" mode yard all=enforce >/dev/null
check_status 'all enforced: file' 13 ask modes self "${secret[@]}"
check_status 'all enforced: exec' 13 ask modes "${stranger[@]}"
check_status 'all enforced: load' 13 ask modes self "${memory[@]}"
check_status 'all enforced: what is allowed' 0 ask modes self read $YARD/open/file

generation=$(status_field generation)
check_status 'a mode for a workload that is not there' 10 "$CTL" mode nobody file=monitor
check_status 'a mode that is none' 2 "$CTL" mode yard file=perhaps
check_equal 'neither has changed anything' "$generation" "$(status_field generation)"

# Modes may wait to be confirmed, as a policy may.
check_status 'modes that wait are taken' 0 "$CTL" mode --confirm 60 yard file=monitor
check_status 'they are in force at once' 0 ask modes self "${secret[@]}"
check_match 'and return by themselves' '^([1-5]?[0-9]|60)$' "$(status_field confirm)"
check_status 'no others are taken meanwhile' 7 "$CTL" mode yard exec=monitor
check_status 'they are taken back' 0 "$CTL" rollback
check_status 'what was before is in force' 13 ask modes self "${secret[@]}"
"$CTL" mode yard exec=enforce file=monitor >/dev/null
"$CTL" mode yard all=enforce >/dev/null

"$CTL" rollback >/dev/null
check_status 'rolled back: file' 0 ask modes self "${secret[@]}"
check_status 'rolled back: exec' 13 ask modes "${stranger[@]}"

"$CTL" unload yard >/dev/null
check_status 'unloaded: exec' 0 ask modes "${stranger[@]}"
check_equal 'the label of the service is of no workload that is loaded' true \
	"$("$CTL" ps --json | json 'all(p.get("stale") for p in d)')"
policy_load tests/vm/manifests/yard.json >/dev/null
check_status 'loaded again: exec' 13 ask modes "${stranger[@]}"

module_unload || give_up 'the module does not unload'
check_status 'without the module: exec' 0 ask modes "${stranger[@]}"
module_load mode=monitor || give_up 'the module does not load with mode=monitor'
policy_load tests/vm/manifests/yard.json >/dev/null
check_status 'mode=monitor wins over the manifest: exec' 0 ask modes "${stranger[@]}"
check_status 'mode=monitor wins over the manifest: file' 0 ask modes self "${secret[@]}"
check_status 'status says so, and fails' 8 "$CTL" status
module_unload
check_status 'a mode that is none is refused at load' 1 module_load mode=perhaps
