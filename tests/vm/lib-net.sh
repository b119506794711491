# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Hosts on one machine, and what they say to each other: network namespaces, joined by cables (veth),
# a bridge or a router. Scenarios source it after lib.sh.

ACT=$YARD/bin/outsider

# Addresses are used at once; otherwise IPv6 would try first whether anybody else has them. What is
# meant to be lost is not waited for.
net_settle()
{
	local each
	for each in all default; do
		echo 0 >/proc/sys/net/ipv6/conf/$each/accept_dad
		echo 0 >/proc/sys/net/ipv6/conf/$each/accept_ra
		echo 0 >/proc/sys/net/ipv6/conf/$each/router_solicitations
		echo 0 >/proc/sys/net/ipv4/conf/$each/rp_filter
	done
	echo '0 2147483647' >/proc/sys/net/ipv4/ping_group_range
	echo 3 >/proc/sys/net/ipv4/tcp_fastopen
	# Errors are part of what is tested, and are never too many.
	echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
	echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
	ip link set lo up
}

# on HOST COMMAND...: there; `here` is the machine itself.
on()
{
	local host=$1
	shift
	if [ $host = here ]; then
		"$@"
	else
		nsenter --net=/run/netns/$host "$@"
	fi
}

# become HOST COMMAND...: the same, in place of this shell.
become()
{
	[ $1 = here ] || set -- nsenter --net=/run/netns/"$@"
	[ $1 != here ] || shift
	exec "$@"
}

# net_host NAME...: hosts come to be.
net_host()
{
	local host
	for host; do
		ip netns add $host || give_up "no host $host"
		on $host bash -c "$(declare -f net_settle); net_settle"
	done
}

# net_cable HOST DEVICE ADDRESS... - HOST DEVICE ADDRESS...: a cable between two hosts, and their addresses.
net_cable()
{
	local host=$1 device=$2 other far addresses=() others=() each
	shift 2
	while [ $1 != - ]; do addresses+=($1); shift; done
	other=$2 far=$3
	shift 3
	others=("$@")
	ip link add name cable-a type veth peer name cable-b || give_up 'no cable'
	net_plug cable-a $host $device "${addresses[@]}"
	net_plug cable-b $other $far "${others[@]}"
}

# net_plug LINK HOST DEVICE ADDRESS...
net_plug()
{
	local link=$1 host=$2 device=$3 each
	shift 3
	if [ $host = here ]; then
		ip link set $link name $device
	else
		ip link set $link netns $host name $device
	fi
	for each; do
		case $each in
		*:*:*:*:*:*:*) on $host ip address add $each dev $device nodad ;;
		*:*::*/* | *::*/*) on $host ip address add $each dev $device nodad ;;
		*/*) on $host ip address add $each dev $device ;;
		*:*) on $host ip link set $device address $each ;;
		esac || give_up "$host does not take $each"
	done
	on $host ip link set $device up
}

# net_forward HOST: it passes on what is not its own.
net_forward()
{
	on $1 bash -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

# A bridge with three virtual machines on one subnet; the bridge has an address too.
#	vm1 .. vm3: eth0, 10.9.0.1 .. 3, fd09::1 .. 3, 52:54:00:00:00:01 .. 3; ports vnet1 .. 3 of br0
#	here: br0, 10.9.0.254, fd09::254
net_bridge()
{
	local n
	ip link add name br0 type bridge || give_up 'no bridge'
	ip address add 10.9.0.254/24 dev br0
	ip address add fd09::254/64 dev br0 nodad
	ip link set br0 address 52:54:00:00:00:fe up
	for n in 1 2 3; do
		net_host vm$n
		net_cable here vnet$n - vm$n eth0 52:54:00:00:00:0$n 10.9.0.$n/24 fd09::$n/64
		ip link set vnet$n master br0
		on vm$n ip route add default via 10.9.0.254
		on vm$n ip -6 route add default via fd09::254
	done
}

# A router between two networks:
#	left: eth0, 10.1.0.2, fd01::2	right: eth0, 10.2.0.2, fd02::2	here: 10.1.0.1, 10.2.0.1, ...
net_router()
{
	net_host left right
	net_cable here toleft 10.1.0.1/24 fd01::1/64 - left eth0 10.1.0.2/24 fd01::2/64
	net_cable here toright 10.2.0.1/24 fd02::1/64 - right eth0 10.2.0.2/24 fd02::2/64
	on left ip route add default via 10.1.0.1
	on left ip -6 route add default via fd01::1
	on right ip route add default via 10.2.0.1
	on right ip -6 route add default via fd02::1
	net_forward here
}

# echo_on HOST PROGRAM {KIND ADDRESS PORT}...: a program of the yard answers there. Sets ECHO to its PID.
echo_on()
{
	local host=$1 program=$2
	shift 2
	ECHO=$(on $host $YARD/bin/$program echo "$@" 2>/run/echo.why)
	[ -n "$ECHO" ] || give_up "$program does not answer on $host at $*: $(cat /run/echo.why)"
}

# The hosts and their cables go, for the next scenario.
net_finish()
{
	local link kind
	for link in $(for kind in veth bridge tun; do ip -o link show type $kind; done |
		sed 's/^[0-9]*: \([^@:]*\).*/\1/'); do
		ip link delete $link 2>/dev/null
	done
	ip -all netns delete
}

# How long it takes to be sure that something was dropped, in milliseconds. What is allowed may take
# much longer.
LOST=${LOST:-300}

# passes WHAT HOST ACT...: it succeeds, by a program of the host.
passes()
{
	local what=$1 host=$2
	shift 2
	check "$what" on $host $ACT "$@"
}

# lost WHAT HOST ACT...: nobody answers. Whoever sends by a socket may be told at once, by EACCES or (TCP)
# EPERM, which is what `within` makes of a refusal before anything was sent: all of these hosts are one
# machine. Frames of their own making go further.
lost()
{
	local what=$1 host=$2 said status
	shift 2
	said=$(on $host $ACT within $LOST "$@" 2>&1)
	status=$?
	case $status in
	1 | 13 | 110) ok "$what" ;;
	*) not_ok "$what" "status $status instead of 1, 13 or 110, of: $*" "$said" ;;
	esac
}

# meanwhile HOST PROGRAM PATIENCE ACT... -- COMMAND...: a program of the yard, which says when it waits,
# gets what it waits for, once the command has been run, within so many milliseconds. 0: yes, 110: no.
meanwhile()
{
	local host=$1 program=$2 patience=$3 act=() waiting word
	shift 3
	while [ "$1" != -- ]; do act+=("$1"); shift; done
	shift
	rm -f /run/waits
	mkfifo /run/waits
	become $host $YARD/bin/$program within 60000 "${act[@]}" >/run/waits &
	waiting=$!
	read -r word </run/waits
	"$@" || return
	# Until it is over, or patience is.
	timeout $((patience / 1000)).$(printf %03d $((patience % 1000))) \
		tail --sleep-interval=0.02 --pid=$waiting --follow /dev/null
	kill -ALRM $waiting 2>/dev/null
	wait $waiting
}

# see HOST ADDRESS|MAC,ADDRESS PATIENCE COMMAND...: does a packet from there (or, with a MAC, what claims
# that it is there) arrive at that host's eth0 once the command has been run? 0: yes, 110: no.
see()
{
	local host=$1 what="see eth0 $2" patience=$3
	case $2 in *,*) what="see-claim eth0 ${2%,*} ${2#*,}" ;; esac
	shift 3
	meanwhile $host outsider $patience $what -- "$@"
}

# answer_of HOST ACT...: who has answered.
answer_of()
{
	local host=$1
	shift
	on $host $ACT "$@" 2>&1 | tr -d '\0' | sed -n '1s/:.*//p'
}

net_settle
