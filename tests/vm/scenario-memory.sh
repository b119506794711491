# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# When memory is short, nobody goes free and nothing breaks (on a kernel that injects faults)

inject=/sys/kernel/debug/failslab
if [ ! -d $inject ]; then
	skip 'allocations that fail' 'this kernel does not inject faults; --debug does'
	return
fi

yard_build
cp /bin/busybox "$TESTS/netlink" $YARD/bin/
echo Y >$inject/task-filter
echo 0 >$inject/verbose
echo N >$inject/ignore-gfp-wait
echo 100 >$inject/probability

# fail_at N: the N-th allocation from here on fails, of those processes that are starved; no other.
fail_at()
{
	echo "$1" >$inject/interval
	echo 1 >$inject/times
}
fail_none() { echo 0 >$inject/times; }
fail_none

# starved COMMAND...: with allocations of its own, and of its children, that may fail. It must need no
# file of the disk, of which file systems remember for long that they could not be read.
starved() { $YARD/bin/busybox sh -c 'echo 1 >/proc/self/make-it-fail; exec "$@"' - "$@"; }

# The module either comes or stays away.
came=0
broken=0
for ((i = 1; i <= 12; i++)); do
	fail_at $((i * i * 16))
	if starved $YARD/bin/busybox insmod "$MODULE" 2>/dev/null; then
		came=$((came + 1))
		rmmod cordon || broken=$((broken + 1))
	elif [ -e /sys/module/cordon ]; then
		broken=$((broken + 1))
	fi
done
fail_none
check_equal "the module comes or stays away ($came of 12 came)" 0 $broken

module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load'
"$CTL" mode yard all=monitor >/dev/null
service_start memory $YARD/bin/member >/run/memory.pid || give_up 'the service does not start'
"$CTL" mode yard all=enforce >/dev/null

# Transactions that are short of memory change nothing of what is denied.
for ((i = 1; i <= 20; i++)); do
	fail_at $((i * 7))
	starved $YARD/bin/netlink random 100 $i >/dev/null 2>&1
done
fail_none
check_equal 'no transaction is left open' None "$(status_field transaction)"
# By chance one of them was a commit that waits to be confirmed.
"$CTL" confirm >/dev/null 2>&1
policy_load --replace tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load afterwards'

# Members that are short of memory: what is denied never succeeds, whatever else goes wrong.
try()
{
	local what=$1 free=0 denied=0 i status
	shift
	for ((i = 0; i < 60; i++)); do
		fail_at $((i + 1))
		ask memory "$@" 2>/dev/null
		status=$?
		[ $status != 0 ] || free=$((free + 1))
		[ $status != 13 ] || denied=$((denied + 1))
	done
	fail_none
	check_equal "$what: never free" 0 $free
	# Late failures come after the verdict: a service that has died would prove nothing.
	check_equal "$what: denied at times ($denied of 60)" 1 $((denied > 0))
}
pid=$(cat /run/memory.pid)
echo 1 >/proc/"$pid"/make-it-fail
try 'reading' self read $YARD/secret/file
try 'reading in a child' read $YARD/secret/file
try 'reading in a thread' self by-thread read $YARD/secret/file
try 'reading in an orphan' by-orphan read $YARD/secret/file
try 'exec of what is not listed' exec $YARD/bin/stranger pass
try 'reading by what was started' exec $YARD/bin/tool read $YARD/secret/file
try 'a script with another interpreter' exec $YARD/bin/misled
try 'anonymous code' self map-anonymous
try 'a second name' self link $YARD/secret/file $YARD/spool/new
try 'a longer path' self read $YARD/secret/folder/../folder/./file
check_status 'with memory again, what is allowed is' 0 ask memory read $YARD/open/file

# Processes of the host that become members, or not at all.
free=0
for ((i = 1; i <= 60; i++)); do
	fail_at $i
	starved $YARD/bin/member read $YARD/secret/file 2>/dev/null && free=$((free + 1))
done
fail_none
check_equal 'who becomes a member is one: never free' 0 $free
rm -f $YARD/spool/new
kill -KILL "$pid"

# The tables of who is blocked and of what is learnt are made when they are first needed.
mkdir $YARD/tool
cp $YARD/bin/member $YARD/bin/pupil
cp "$CTL" $(ldd "$CTL" | grep -o '/[^ ]*') $YARD/tool/
starved_tool()
{
	starved $YARD/tool/ld-linux-x86-64.so.2 --inhibit-cache --library-path $YARD/tool $YARD/tool/cordonctl "$@" 2>/dev/null
}
is_blocked() { "$CTL" blocked --json | json "any(e['address'] == '10.99.0.1' for e in d)"; }
learns() { "$CTL" workloads --json | json "any(w['workload'] == 'student' for w in (d if isinstance(d, list) else [d]))"; }
blocked=0 learnt=0 broken=0
for ((i = 1; i <= 12; i++)); do
	fail_at $((i * i * i * i))
	if starved_tool block 10.99.0.1 --ttl 1h; then
		[ "$(is_blocked)" = true ] || broken=$((broken + 1))
		blocked=$((blocked + 1))
	fi
	fail_none
	"$CTL" unblock 10.99.0.1 >/dev/null 2>&1
	[ "$(is_blocked)" = false ] || broken=$((broken + 1))
	fail_at $((i * i * 3))
	starved_tool learn start exe:$YARD/bin/pupil --name student && learnt=$((learnt + 1))
	fail_none
	if [ "$(learns)" = true ]; then
		$YARD/bin/pupil read $YARD/open/file
		[ "$("$CTL" learn show student --json | grep -c $YARD/open/file)" = 1 ] || broken=$((broken + 1))
		"$CTL" learn stop student >/dev/null
		"$CTL" learn clear student >/dev/null
		"$CTL" unload student >/dev/null
	fi
	[ "$(learns)" = false ] || broken=$((broken + 1))
done
check_equal "tables are made or not, and nothing by half ($blocked of 12 blocked, $learnt learnt)" 0 $broken
check_equal 'some were, some were not' true "$(json "0 < $blocked < 12 and 0 < $learnt < 12" <<<0)"
