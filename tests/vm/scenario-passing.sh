# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Files that somebody else has opened, and the eyes of somebody else's namespaces

yard_build

# offered FILE ACT...: the act, with the file on offer at /run/offer by a process of the host.
offered()
{
	local file=$1 offer status
	shift
	rm -f /run/offer
	$YARD/bin/outsider offer /run/offer "$file" &
	offer=$!
	until [ -S /run/offer ]; do :; done
	"${ACTOR[@]}" "$@"
	status=$?
	kill $offer 2>/dev/null
	wait $offer 2>/dev/null
	return $status
}

# held FILE ACT...: the act, with PID and number of the file, which a process of the host has open.
held()
{
	local file=$1 pid fd status
	shift
	rm -f /run/hold.in /run/hold.out
	mkfifo /run/hold.in /run/hold.out
	$YARD/bin/outsider hold "$file" </run/hold.in >/run/hold.out &
	exec 7>/run/hold.in 8</run/hold.out
	read -r pid fd <&8
	"${ACTOR[@]}" "$@" "$pid" "$fd"
	status=$?
	exec 7>&- 8<&-
	wait
	return $status
}

# A world of the host's making, where what is secret has the name of what is open.
world_start()
{
	rm -f /run/world
	mkfifo --mode 666 /run/world
	unshare --mount bash -c "mount --bind $YARD/secret $YARD/open; echo \$\$ >/run/world; exec tail -f /dev/null" &
	read -r world </run/world
	setpriv --reuid 65534 --clear-groups unshare --user --map-root-user --mount \
		bash -c "mount --bind $YARD/secret $YARD/open; echo \$\$ >/run/world; exec tail -f /dev/null" &
	read -r users </run/world
}

tries()
{
	local wanted=$1 phase=$2
	ACTOR=("$YARD/bin/member")
	check_status "$phase: a file is received that may be read" 0 \
		offered $YARD/open/file receive-read /run/offer
	check_status "$phase: a file is received that may not" "$wanted" \
		offered $YARD/secret/file receive-read /run/offer
	check_status "$phase: a file is received and mapped that may be" 0 \
		offered $YARD/open/code receive-map /run/offer
	check_status "$phase: a file is received and mapped that may only be read" "$wanted" \
		offered $YARD/spool/code receive-map /run/offer
	check_status "$phase: a file is taken that may be read" 0 held $YARD/open/file take-read
	check_status "$phase: a file is taken that may not" "$wanted" held $YARD/secret/file take-read
	check_status "$phase: through the root of another process, what may be read" 0 \
		$YARD/bin/member other-root-read $$ $YARD/open/file
	check_status "$phase: through the root of another process, what may not" "$wanted" \
		$YARD/bin/member other-root-read $$ $YARD/secret/file
	check_status "$phase: through the root of another tree, by the name of what may" "$wanted" \
		$YARD/bin/member other-root-read "$world" $YARD/open/file
	check_status "$phase: in the tree of another process, by the name of what may" "$wanted" \
		$YARD/bin/member in-mountns-of "$world" read $YARD/open/file
	check_status "$phase: the same by a pidfd" "$wanted" \
		$YARD/bin/member in-mountns-by-pidfd "$world" read $YARD/open/file
	check_status "$phase: the same by a file that was inherited" "$wanted" \
		$YARD/bin/member in-mountns-by-number 9 read $YARD/open/file
	check_status "$phase: the same in a user namespace's tree" "$wanted" \
		$YARD/bin/member in-mountns-by-pidfd "$users" read $YARD/open/file
}

world_start
exec 9<"/proc/$world/ns/mnt"
tries 0 free
module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load'
# Sockets are not judged as files yet, but their names are.
tries 13 enforced
exec 9<&-
kill "$world" "$users"
