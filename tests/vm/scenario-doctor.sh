# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# status and doctor tell the truth, by their words and by their exit status

yard_build
check_status 'status without the module' 4 "$CTL" status
check_status 'doctor without the module' 4 "$CTL" doctor
check_status 'load without the module' 4 policy_load tests/vm/manifests/yard.json
check_status 'check needs no module' 0 "$CTL" check tests/vm/manifests/yard.json
module_load || give_up 'the module does not load'
check_status 'status of an empty policy' 8 "$CTL" status
policy_load tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load'
check_status 'status of an enforced policy' 0 "$CTL" status
check_status 'doctor' 0 "$CTL" doctor
check_equal 'status counts no missing hook' 0 "$(status_field hooks_missing)"
$YARD/bin/member read $YARD/secret/file 2>/dev/null
$YARD/bin/member mkdir $YARD/open/new 2>/dev/null
"$CTL" doctor --json >/run/doctor
check_equal 'a hook that was called is proved' true \
	"$(json 'any("security_path_mkdir" in str(c) and "attached" in str(c) for c in (d["checks"] if isinstance(d, dict) else d))' </run/doctor)"
check_equal 'every hook has a line' "$(status_field hooks)" \
	"$(json 'sum(1 for c in (d["checks"] if isinstance(d, dict) else d) if "attached" in str(c) or "unproved" in str(c))' </run/doctor)"
"$CTL" unload --all >/dev/null
check_status 'status after everything was unloaded' 8 "$CTL" status
