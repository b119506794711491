# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The module's door: who may open it, and what it makes of nonsense

module_load || give_up 'the module does not load'

relay()
{
	local line
	while read -r line; do
		case $line in
		'ok - '*) ok "${line#ok - }" ;;
		'not ok - '*) not_ok "${line#not ok - }" ;;
		*) echo "#   $line" ;;
		esac
	done < <("$TESTS/netlink" "$1")
}
relay hostile
if is_debug; then
	skip 'a list of more addresses than there may be' 'a million entries take this kernel half an hour'
else
	relay many
fi

for seed in 1 2 3; do
	check "10000 messages by chance, seed $seed" "$TESTS/netlink" random 10000 $seed
done
"$CTL" unload --all >/dev/null 2>&1

# 0: may; 1: EPERM. rights_are WHAT READ DUMP CHANGE COMMAND...
rights_are()
{
	local what=$1 wanted="read=$2 dump=$3 events=$2 change=$4 respond=$4 answer=$4 measures=$3 listen=0"
	shift 4
	check_equal "$what" "$wanted" "$("$@" "$TESTS/netlink" rights)"
}
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
rights_are 'root may read and change' 0 0 0 env
rights_are 'root without capabilities may nothing' 1 1 1 setpriv --bounding-set=-all --inh-caps=-all
rights_are 'nobody may nothing' 1 1 1 "${nobody[@]}"
rights_are 'CAP_AUDIT_READ may read' 0 0 1 \
	"${nobody[@]}" --inh-caps=+audit_read --ambient-caps=+audit_read
rights_are 'CAP_MAC_ADMIN may read and change' 0 0 0 \
	"${nobody[@]}" --inh-caps=+mac_admin --ambient-caps=+mac_admin
rights_are 'all other capabilities may not change' 1 1 1 \
	setpriv --bounding-set=-mac_admin,-audit_read --inh-caps=-mac_admin,-audit_read
rights_are 'root of a user namespace may nothing' 1 1 1 "${nobody[@]}" unshare --user --map-root-user
mkfifo /run/ear
"${nobody[@]}" "$TESTS/netlink" eavesdrop 1 >/run/ear &
exec 5</run/ear
read -r said <&5
policy_load tests/vm/manifests/yard.json >/dev/null
read -r -t 30 said <&5
exec 5<&-
check_equal 'who listens without rights hears that something was told, and no more' 'type=1 size=20' "$said"
"$CTL" unload --all >/dev/null 2>&1
check_equal 'in another network namespace it is not there' family=2 "$(unshare --net "$TESTS/netlink" rights)"
check_status 'cordonctl says permission: read' 5 "${nobody[@]}" "$CTL" status
check_status 'cordonctl says permission: change' 5 "${nobody[@]}" "$CTL" unload --all

# In the middle of a transaction, and of a dump.
"$TESTS/netlink" random 100000 4 >/dev/null 2>&1 &
chance=$!
bad=0
for _ in 1 2 3 4 5; do
	timeout 1 tail -f /dev/null
	module_unload || bad=1
	module_load || bad=1
done
kill -KILL $chance 2>/dev/null
check_equal 'unload and load while messages come' 0 $bad
