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

# Nobody locks himself out by the way.
net=/run/strict.json
cat >$net <<-EOT
	{ "manifest": 1, "workload": "host", "members": "host", "default": "deny",
	  "mode": { "exec": "monitor", "load": "monitor", "file": "monitor" },
	  "allow": [ { "exec": [ "/**" ], "load": [ "/**" ], "read": [ "/**" ], "write": [ "/**" ] } ] }
EOT
check_status 'a strict manifest of the host that only tells' 0 policy_load $net
check_status 'to enforce it needs --confirm' 2 "$CTL" mode host file=enforce
check_status 'or --force' 0 "$CTL" mode --force host file=enforce
check_status 'what is enforced already does not' 0 "$CTL" mode host file=enforce
check_status 'nor does to monitor' 0 "$CTL" mode host all=monitor
check_status 'with --confirm it is taken' 0 "$CTL" mode --confirm 60 host file=enforce
check_status 'and confirmed' 0 "$CTL" confirm
sed -i 's/monitor/enforce/g' $net
check_status 'to load it enforced needs --confirm, too' 2 policy_load $net
check_status 'a manifest that allows by default does not' 0 policy_load manifests/base/host.json
check_status 'nor do its modes' 0 "$CTL" mode host file=monitor
policy_load manifests/base/host.json >/dev/null

# A workload has its own manifest instead; others are the host's still.
policy_load tests/vm/manifests/yard.json >/dev/null
check_status 'a member is held by its own manifest' 13 $YARD/bin/member read $YARD/secret/file
check_status 'and the host by the net' 13 $YARD/bin/outsider exec $tmp/tool pass
check_status 'the shell is usable' 0 bash -c 'ls / >/dev/null && python3 -c pass'
rm -rf $tmp
