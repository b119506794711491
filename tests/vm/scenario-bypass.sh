# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Ways around every rule: borrowed credentials, trees without a mount, second names, scripts, time
#
# Each is tried by the host first, and must succeed there.

yard_build
mkdir -p $YARD/template/secret/drop $YARD/template/spool/{upper,work}
echo 'what secret/drop/file holds' >$YARD/template/secret/drop/file
printf '#!%s in-script\n' $YARD/bin/outsider >$YARD/bin/errand
chmod 755 $YARD/bin/errand
yard_restore
modprobe overlay 2>/dev/null
echo core >/proc/sys/kernel/core_pattern
echo 0 >/proc/sys/kernel/core_uses_pid

member=("$YARD/bin/member")
outsider=("$YARD/bin/outsider")
pardoned=("$YARD/bin/pardoned")

overlay=(overlay-make $YARD/open $YARD/spool/upper $YARD/spool/work)
tree=(uring-tree-read / etc/shadow)
core=(dump-detached $YARD/open)
null=(mknod-as $YARD/spool/new c 1 3)
disk=(mknod-as $YARD/spool/new b 8 0)
drop=$YARD/secret/drop/file
inside=$YARD/spool/file

# made WHAT PATH ACT...: it succeeds, and makes that, in the eyes of who looks from outside.
made()
{
	local what=$1 path=$2
	shift 2
	"${ACTOR[@]}" "$@" >/dev/null 2>&1
	check "$what" test -e "$path"
	yard_restore
}

# --- what denials prove: without Cordon all of it succeeds ------------------------

ACTOR=("${member[@]}")
act_allowed 'free: an overlay that is mounted nowhere' "${overlay[@]}"
made 'free: it makes a directory in its workdir' $YARD/spool/work/work "${overlay[@]}"
act_allowed 'free: a worker with borrowed credentials in a detached tree' "${tree[@]}"
act_allowed 'free: a core file in a detached tree' "${core[@]}"
made 'free: it is where the tree was copied from' $YARD/open/core "${core[@]}"
act_allowed 'free: a character device' "${null[@]}"
act_allowed 'free: a block device' "${disk[@]}"
act_allowed 'free: rename to where it may be read' rename $drop $YARD/spool/new
act_allowed 'free: exchange with what may be read' rename-exchange $drop $inside
act_allowed 'free: a namespace' open-namespace /proc/self/ns/mnt
act_allowed 'free: a script that reads' exec $YARD/bin/errand read /etc/shadow

module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/{bypass,errand}.json >/dev/null || give_up 'the policy does not load'

# --- an overlay copies files by itself -----------------------------------------------

act_denied 'an overlay that is mounted nowhere' "${overlay[@]}"
"${member[@]}" "${overlay[@]}" >/dev/null 2>&1
check_status 'nothing is made in its workdir' 1 test -e $YARD/spool/work/work
ACTOR=("${outsider[@]}")
act_allowed 'the host makes one' "${overlay[@]}"
made 'which has made its directory' $YARD/spool/work/work "${overlay[@]}"

# --- credentials that are equal, and not the same --------------------------------------

ACTOR=("${member[@]}")
act_denied 'a worker with borrowed credentials in a detached tree' "${tree[@]}"
act_denied 'and there of what its path would allow' uring-tree-read $YARD/open file
act_allowed 'a worker with borrowed credentials, where its path leads' uring-changed-read $YARD/open/file
act_denied 'and where it may not' uring-changed-read $YARD/secret/file
ACTOR=("${pardoned[@]}")
act_allowed 'a worker in a detached tree, where such files are listed' "${tree[@]}"
ACTOR=("${outsider[@]}")
act_allowed 'a worker of the host in a detached tree' "${tree[@]}"

# --- core files ------------------------------------------------------------------------

ACTOR=("${member[@]}")
act_denied 'a core file in a detached copy of what it may not write' "${core[@]}"
"${member[@]}" "${core[@]}" >/dev/null 2>&1
check_status 'there is none' 1 test -e $YARD/open/core
act_denied 'a core file in a detached copy of what it may write' dump-detached $YARD/spool
act_denied 'a core file where it may not write' dump $YARD/open
act_allowed 'a core file where it may write' dump $YARD/spool
made 'it is there' $YARD/spool/core dump $YARD/spool
ACTOR=("${pardoned[@]}")
act_allowed 'a core file in a detached tree, where such files are listed' "${core[@]}"
ACTOR=("${outsider[@]}")
made 'a core file of the host in a detached tree' $YARD/open/core "${core[@]}"

# --- second names of devices -------------------------------------------------------------

ACTOR=("${member[@]}")
act_denied 'a character device where it may write' "${null[@]}"
act_denied 'a block device where it may write' "${disk[@]}"
act_allowed 'a FIFO where it may write' mknod-as $YARD/spool/new p 0 0
act_allowed 'a file by mknod where it may write' mknod-as $YARD/spool/new f 0 0
act_allowed 'a whiteout where it may write' mknod-as $YARD/spool/new c 0 0
act_denied 'a FIFO where it may not' mknod-as $YARD/open/new p 0 0
act_denied 'a whiteout where it may not' mknod-as $YARD/open/new c 0 0
ACTOR=("${outsider[@]}")
act_allowed 'the host makes a device' "${null[@]}"

# --- second names by renaming --------------------------------------------------------------

ACTOR=("${member[@]}")
act_denied 'what may only be written, itself' read $drop
act_denied 'rename of what may only be written to where it may be read' rename $drop $YARD/spool/new
act_denied 'rename of it over what may be read' rename $drop $inside
act_denied 'exchange of it with what may be read' rename-exchange $drop $inside
act_denied 'exchange of what may be read with it' rename-exchange $inside $drop
act_allowed 'rename within what may be read and written' rename $inside $YARD/spool/new
act_allowed 'exchange within what may be read and written' rename-exchange $inside $YARD/spool/other
act_allowed 'rename within what may only be written' rename $drop $YARD/secret/drop/new
ACTOR=("${outsider[@]}")
act_allowed 'the host renames it' rename $drop $YARD/spool/new

# --- namespaces ------------------------------------------------------------------------------

ACTOR=("${member[@]}")
act_denied 'its own namespace, though "anon:" may be read' open-namespace /proc/self/ns/mnt
act_denied 'one of another kind' open-namespace /proc/self/ns/user
act_allowed 'what is "anon:" otherwise' read-nameless
ACTOR=("${pardoned[@]}")
act_denied 'the same, where "anon:" may not be read' read-nameless
ACTOR=("${outsider[@]}")
act_allowed 'the host opens a namespace' open-namespace /proc/self/ns/mnt

# --- a script that is a member, and has no entry -----------------------------------------------

ACTOR=("$YARD/bin/errand")
act_allowed 'in the script: what its workload may read' read $YARD/open/file
act_denied 'in the script: what it may not' read /etc/shadow
act_denied 'in the script: writing what it may read' write $YARD/open/file
act_denied 'in the script: what is no program of its workload' exec $YARD/bin/stranger pass
act_denied 'in the script: its own interpreter' exec $YARD/bin/outsider read /etc/shadow
ACTOR=("${outsider[@]}")
act_allowed 'the same program without the script' in-script $YARD/bin/errand read /etc/shadow
errand=$(service_start errand $YARD/bin/errand)
check_match 'a script stays' '^[0-9]+$' "$errand"
check_equal 'the script is in its workload' errand "$(workload_of "$errand")"
check_status 'the script that stays: what its workload may read' 0 ask errand read $YARD/open/file
check_status 'the script that stays: what it may not' 13 ask errand read /etc/shadow
cat >/run/errand.json <<-END
	{ "manifest": 1, "workload": "errand", "members": { "any": [ "exe:$YARD/bin/errand" ] }, "default": "deny",
	  "mode": { "exec": "enforce", "load": "enforce", "file": "enforce" },
	  "programs": [ { "exe": "$YARD/bin/outsider", "read": [ "/etc/hostname" ] } ] }
END
ACTOR=("$YARD/bin/errand")
act_denied 'before its interpreter has an entry: what that is to read' read /etc/hostname
policy_load /run/errand.json >/dev/null || give_up 'the manifest of the interpreter does not load'
act_allowed 'with an entry of its interpreter: what that may read' read /etc/hostname
act_denied 'and what it may not' read $YARD/open/file
check_status 'the script that stays, too' 0 ask errand self read /etc/hostname
check_status 'and not what it may no more' 13 ask errand self read $YARD/open/file
policy_load tests/vm/manifests/errand.json >/dev/null

# --- what was executed while nothing was loaded ----------------------------------------------------

# exe_of PID: what a labelled process runs, as its label says.
exe_of() { "$CTL" ps --json | json "([p[\"exe\"] for p in d if p[\"pid\"] == $1] or [\"none\"])[0]"; }

stays=$(service_start stays $YARD/bin/member)
waits=$(service_start waits $YARD/bin/member)
serves=$(service_start serves $YARD/bin/member)
check_equal 'before: it runs what it was started as' $YARD/bin/member "$(exe_of "$waits")"
check_status 'before: what that may read' 0 ask serves read $YARD/spool/file
"$CTL" unload --all >/dev/null || give_up 'the policy does not unload'
# It does not answer any more, for it has become another.
ask waits self exec $YARD/bin/tool stay 2>/dev/null
ask serves self exec $YARD/bin/tool serve /run/tool.sock 2>/dev/null
for ((i = 0; i < 200; i++)); do
	[ -S /run/tool.sock ] && [ "$(readlink /proc/$waits/exe)" = $YARD/bin/tool ] && break
	sleep 0.05
done
check_equal 'it has executed another' $YARD/bin/tool "$(readlink /proc/$waits/exe)"
policy_load tests/vm/manifests/bypass.json >/dev/null || give_up 'the policy does not load again'
check_equal 'loaded again: it is in its workload' bypass "$(workload_of "$waits")"
check_equal 'loaded again: as what it runs now' $YARD/bin/tool "$(exe_of "$waits")"
check_equal 'loaded again: who executed nothing runs what it did' $YARD/bin/member "$(exe_of "$stays")"
check_status 'who executed nothing: what it may read' 0 ask stays read $YARD/spool/file
check_status 'who executed another: what that may read' 0 ask tool read $YARD/open/file
check_status 'who executed another: what only the former may read' 13 ask tool read $YARD/spool/file
