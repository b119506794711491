# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Members by executable, unit, cgroup and user, and who wins where two claim one process

yard_build
cgroups=/sys/fs/cgroup
mkdir -p $cgroups/shop.slice/shop@1.service/inner $cgroups/other.slice
module_load || give_up 'the module does not load'

# claim NAME MEMBER...: a manifest which only claims.
claim()
{
	local name=$1 members
	shift
	members=$(printf '"%s", ' "$@")
	echo "{ \"manifest\": 1, \"workload\": \"$name\", \"members\": { \"any\": [ ${members%, } ] }, \"default\": \"allow\" }" \
		>"/run/claims/$name.json"
}

# in_cgroup GROUP COMMAND...
in_cgroup()
{
	local group=$1
	shift
	bash -c "echo \$\$ >$cgroups/$group/cgroup.procs; exec \"\$@\"" - "$@"
}

# claimed WHAT WANTED COMMAND...: a service that was there when the policy came, and one that is started
# under it, both belong to that workload.
claimed()
{
	local what=$1 wanted=$2 before after
	shift 2
	"$CTL" unload --all >/dev/null 2>&1
	rm -f /run/*.sock
	before=$("$@" serve /run/before.sock)
	policy_load /run/claims >/dev/null || not_ok "$what" 'the claims do not load'
	after=$("$@" serve /run/after.sock)
	check_equal "$what" "$wanted $wanted" "$(workload_of "$before") $(workload_of "$after")"
	kill -KILL "$before" "$after"
}

claims() { rm -rf /run/claims; mkdir /run/claims; }

claims
claim by-exe exe:$YARD/bin/member
claim by-unit unit:shop@*.service
claim by-cgroup 'cgroup:/other.slice/**' cgroup:/other.slice
claim by-user user:65534
program=$YARD/bin/outsider
user=(setpriv --reuid 65534 --clear-groups)
chmod 1777 /run

claimed 'exe' by-exe $YARD/bin/member
claimed 'unit' by-unit in_cgroup shop.slice/shop@1.service $program
claimed 'unit, below its own cgroup' by-unit in_cgroup shop.slice/shop@1.service/inner $program
claimed 'cgroup' by-cgroup in_cgroup other.slice $program
claimed 'user' by-user "${user[@]}" $program
claimed 'nobody' none $program
claimed 'exe before unit' by-exe in_cgroup shop.slice/shop@1.service $YARD/bin/member
claimed 'exe before cgroup' by-exe in_cgroup other.slice $YARD/bin/member
claimed 'exe before user' by-exe "${user[@]}" $YARD/bin/member
claimed 'unit before user' by-unit in_cgroup shop.slice/shop@1.service "${user[@]}" $program
claimed 'cgroup before user' by-cgroup in_cgroup other.slice "${user[@]}" $program

claim by-cgroup 'cgroup:/shop.slice/**'
claimed 'unit before cgroup' by-unit in_cgroup shop.slice/shop@1.service $program

claims
claim wide "exe:$YARD/bin/*"
claim narrow "exe:$YARD/bin/mem*"
claimed 'the more specific pattern' narrow $YARD/bin/member
claim exact "exe:$YARD/bin/member"
claimed 'the literal path' exact $YARD/bin/member
claimed 'another by the wide pattern' wide $YARD/bin/tool
claim again "exe:$YARD/bin/member"
check_status 'two that say the same are refused' 3 policy_load /run/claims
rm /run/claims/again.json
claims
claim second "exe:$YARD/bin/m?mber"
claim first "exe:$YARD/bin/m[a-z]mber"
claimed 'of two that are as specific, the name that sorts first' first $YARD/bin/member

# Membership is decided when a program starts: to be born in a group, or to be moved there, is not yet
# to be a member; and a member does not leave by moving.
claims
claim by-cgroup cgroup:/other.slice
claim by-exe exe:$YARD/bin/member
"$CTL" unload --all >/dev/null
policy_load /run/claims >/dev/null
born=$($program by-cgroup $cgroups/other.slice exec $program serve /run/born.sock)
check_equal 'born in the group, and started there' by-cgroup "$(workload_of "$born")"
member=$($YARD/bin/member serve /run/member.sock)
echo "$member" >$cgroups/other.slice/cgroup.procs
check_equal 'moved to another group, it stays' by-exe "$(workload_of "$member")"
kill -KILL "$born" "$member"
