# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What auditd keeps of Cordon, and ausearch and aureport make of it
# Once: records are made of events, which are the same on each kernel.

. tests/vm/lib-service.sh

yard_build
packages_install audit
auditd -n -s enable >/run/auditd.said 2>&1 &
auditor=$!
await test -e /run/auditd.pid || give_up "auditd does not start: $(cat /run/auditd.said)"
# records ARGUMENT...: what ausearch finds of Cordon, for people.
records() { ausearch --input-logs --message KERNEL_OTHER --interpret "$@" 2>&1 | grep '^type=KERNEL_OTHER'; }
has() { records "${@:2}" | grep -qE -- "$1"; }

module_load || give_up 'the module does not load'
check 'that the module has come is kept' await has ' cordon=module-load .*name=0'
policy_load tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load'
check 'so is who has loaded a policy' await has ' cordon=publish .*uid=root comm=cordonctl old=0 new=1 .*res=yes'

mkdir "$YARD/secret/a folder"
echo secret >"$YARD/secret/a folder/file"
check_status 'what is allowed, is' 0 $YARD/bin/member read $YARD/open/file
check_status 'what is not, is denied' 13 setpriv --reuid 33 --clear-groups \
	$YARD/bin/member read "$YARD/secret/a folder/file"
denial='^type=KERNEL_OTHER .* cordon=deny .*op=read workload="yard" pid=[0-9]+ ppid=[0-9]+ uid=www-data comm=member exe=/yard/bin/member name=/yard/secret/a folder/file reason=default res=no'
check 'a denial is kept, with all of it, and a name that has a space' await has "$denial"
check_equal 'what is allowed is not' '' "$(records | grep /yard/open/file)"
check 'those of today are found' has "$denial" --start today
check_equal 'those of tomorrow are not' '' "$(records --start "$(LC_ALL=C date --date tomorrow +%m/%d/%y)")"
check_match 'aureport counts them' 'KERNEL_OTHER|1316' "$(aureport --input-logs --event --summary 2>&1)"

"$CTL" mode yard all=monitor >/dev/null
check_status 'what would be denied succeeds' 0 $YARD/bin/member read $YARD/secret/file
check 'and is kept as that' await has ' cordon=would-deny .* name=/yard/secret/file .*res=yes'
module_unload || give_up 'the module does not unload'
check 'that it has gone is kept' await has ' cordon=module-unload '
auditctl -e 0 >/dev/null
kill $auditor
wait $auditor
