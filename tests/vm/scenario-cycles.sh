# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The module is loaded and unloaded 100 times while programs start and files are opened

yard_build
rounds=$(few 100 6)

hammers=()
# knock NAME PAUSE ACT...: again and again, with so many microseconds between: they are five on two processors.
knock()
{
	$YARD/bin/outsider knock "${@:2}" >"/run/hammer.$1" 2>/dev/null &
	hammers+=($!)
}
knock exec 20000 by-child exec $YARD/bin/tool pass
knock open 500 read $YARD/open/file
knock script 20000 by-vfork exec $YARD/bin/script
knock thread 1000 by-thread read $YARD/open/file
knock member 20000 by-child exec $YARD/bin/member read $YARD/open/file
renice -n -19 $$ >/dev/null

bad=0
wrong=0
for ((i = 1; i <= rounds; i++)); do
	module_load || bad=$((bad + 1))
	if [ $((i % (rounds / 3))) = 0 ]; then
		policy_load tests/vm/manifests/yard.json >/dev/null || bad=$((bad + 1))
		$YARD/bin/member read $YARD/secret/file 2>/dev/null && wrong=$((wrong + 1))
	fi
	module_unload || bad=$((bad + 1))
done
kill -TERM "${hammers[@]}"
wait 2>/dev/null
check_equal "$rounds times" 0 $bad
check_equal 'it denied whenever it had a policy' 0 $wrong
for what in exec open script thread member; do
	check_match "$what: never disturbed" '^done=[1-9][0-9]* denied=0 failed=0' "$(cat /run/hammer.$what)"
done
check_equal 'no trace of it is left in ftrace' '' "$(grep -sE 'security_|mntns_install|wake_up_new_task' /sys/kernel/tracing/enabled_functions)"
check_equal 'nor in the symbols' '' "$(grep '\[cordon\]' /proc/kallsyms)"
