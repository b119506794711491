# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The safety net: what base/host.json stops on a machine that is free otherwise

yard_build
tmp=/tmp/yard
mkdir -p $tmp
cp $YARD/bin/tool $tmp/tool
cp "$TESTS/act-dynamic" $tmp/dynamic
cp "$TESTS/injected.so" $tmp/library.so
printf '#!/bin/sh\nexit 0\n' >$tmp/script
chmod 755 $tmp/*
$YARD/bin/outsider write-code $tmp/code
loader=/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2

tries()
{
	as outsider
	forbidden 'a program in /tmp' exec $tmp/tool pass
	forbidden 'a script in /tmp' exec $tmp/script
	forbidden 'a program in /dev/shm' exec-dropped $YARD/bin/tool /dev/shm/tool pass
	forbidden 'a program in /var/tmp' exec-dropped $YARD/bin/tool /var/tmp/tool pass
	forbidden 'a program in a memfd' exec-memfd $YARD/bin/tool pass
	forbidden 'a program in a memfd, by its path' exec-memfd-path $YARD/bin/tool pass
	forbidden 'a program that is deleted' exec-deleted $YARD/bin/tool $YARD/spool/new pass
	forbidden 'a program without a name' exec-tmpfile $YARD/bin/tool /tmp pass
	forbidden 'a program in a file system that is mounted nowhere' detached-new $YARD/bin/tool pass
	forbidden 'the loader, told of a program in /tmp' exec-loader $loader $tmp/dynamic pass
	forbidden 'a mapping of a file in /tmp' map-file $tmp/code
	forbidden 'a mapping of a deleted file' map-deleted $YARD/spool/new
	forbidden 'a mapping of a memfd' map-memfd
	forbidden 'by a user' by-user 65534 exec $tmp/tool pass
	as dynamic
	forbidden 'a library in /tmp' dlopen $tmp/library.so
	as outsider
	permitted 'a program elsewhere' exec $YARD/bin/tool pass
	permitted 'a script elsewhere' exec $YARD/bin/script
	permitted 'a mapping elsewhere' map-file $YARD/open/code
	permitted 'anonymous executable memory' map-anonymous
	permitted 'reading in /tmp' read $tmp/code
	permitted 'writing in /tmp' create $tmp/new
	rm -f $tmp/new /dev/shm/tool /var/tmp/tool
}

as() { ACTOR=("$YARD/bin/$1"); }
permitted() { act_allowed "free: $1" "${@:2}"; }
forbidden() { act_allowed "free: $1" "${@:2}"; }
tries

module_load || give_up 'the module does not load'
policy_load manifests/base/host.json >/dev/null || give_up 'the policy does not load'
permitted() { act_allowed "under the net: $1" "${@:2}"; }
forbidden() { act_denied_late "under the net: $1" "${@:2}"; }
tries

# A workload has its own manifest instead; others are the host's still.
policy_load tests/vm/manifests/yard.json >/dev/null
check_status 'a member is held by its own manifest' 13 $YARD/bin/member read $YARD/secret/file
check_status 'and the host by the net' 13 $YARD/bin/outsider exec $tmp/tool pass
check_status 'the shell is usable' 0 bash -c 'ls / >/dev/null && python3 -c pass'
rm -rf $tmp
