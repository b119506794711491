# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Ways around rules of the network: ports that change hands, forged sources, wrapped packets, old sockets

. tests/vm/lib-net.sh

NET_POLICY=(tests/vm/manifests/net-bypass.json tests/vm/manifests/net-bypass-segments.json
	tests/vm/manifests/net-friend.json)
MEMBER=$YARD/bin/member

mac() { echo 52:54:00:00:00:$1; }

yard_build
# Its neighbour by two cables, of which one is in a segment.
net_host peer
net_cable here out "$(mac 51)" 10.5.0.1/24 fd05::1/64 - peer eth0 "$(mac 52)" 10.5.0.2/24 fd05::2/64
net_cable here out2 10.6.0.1/24 - peer eth1 10.6.0.2/24
on peer ip address add 10.7.0.2/32 dev lo
echo_on peer outsider stream :: 80 datagram 10.5.0.2 53 datagram 10.6.0.2 53 datagram 10.7.0.2 53
net_router
net_bridge
# What is of IPv4 and of this host does not come in from outside, unless somebody wants it to.
echo 1 >/proc/sys/net/ipv4/conf/out/accept_local

# may WHAT ACT..., may_not WHAT ACT...: a member; may_not is told, or not answered.
may() { check "$1" $MEMBER "${@:2}"; }
may_not() { ACT=$MEMBER lost "$1" here "${@:2}"; }

# begin COMMAND...: it runs, and has said its first WORD; what it says then comes by SAYS.
begin()
{
	rm -f /run/says
	mkfifo /run/says
	"$@" >/run/says &
	BEGUN=$!
	exec {SAYS}</run/says
	read -r -t 20 -u $SAYS WORD || give_up "it does not begin: $*"
}

# --- before there is a policy -----------------------------------------------------

# Who waits for the peer by multipath TCP, at a port that the manifest will allow it and one that not.
begin $MEMBER within 60000 take stream-mptcp 10.6.0.1 8002
OLD_FORBIDDEN=$BEGUN
begin $MEMBER within 60000 take stream-mptcp 10.6.0.1 8003
OLD_ALLOWED=$BEGUN

module_load fold=0 || give_up 'the module does not load'
policy_load "${NET_POLICY[@]}" >/dev/null || give_up 'the policy does not load'

# The client is not asked what it thinks: the member says whether it has heard it.
old_listener()
{
	on peer $ACT stream-mptcp 10.6.0.1 $1 >/dev/null 2>&1
	wait $2
	OLD=$?
}

old_listener 8002 $OLD_FORBIDDEN
check_equal 'a listener of multipath TCP from before the policy does not hear who is not accepted' 13 $OLD
old_listener 8003 $OLD_ALLOWED
check_equal 'it hears who is' 0 $OLD

# Who was connected to by a socket is not therefore accepted by it.
turns()
{
	local called
	begin on peer $ACT take $1 10.6.0.2 81
	called=$BEGUN
	begin $MEMBER within $3 from 10.6.0.1 $2 turn $1 10.6.0.2 81
	wait $called
	on peer $ACT within $3 from 10.6.0.2 81 $1 10.6.0.1 $2 >/dev/null 2>&1
	wait $BEGUN
}

for kind in stream stream-mptcp; do
	check_status "who connects ($kind), and then listens, does not hear back who is not accepted" 110 \
		turns $kind 8002 1500
	check "it does ($kind) whom it accepts" turns $kind 8003 10000
done

# --- who is at the other end -------------------------------------------------------

call() { $YARD/bin/$1 from 127.0.0.1 5555 within $2 datagram 127.0.0.1 8000; }
echo_on here member datagram 127.0.0.1 8000
check_status 'a stranger is not heard' 110 call stranger $LOST
check 'a friend is' call tool 10000
check_status 'a stranger at the port that was the friend'\''s is not' 110 call stranger $LOST
check 'the friend, back again, is' call tool 10000

# hears PATIENCE HOST PORT COMMAND...: a member, a datagram that was sent by the command.
hears() { meanwhile here member $1 hear-datagram $2 $3 -- "${@:4}"; }
# forge FROM PORT TO PORT: the peer sends it by the cable.
forge() { on peer $ACT frame eth0 "$(mac 52)" "$(mac 51)" udp "$@"; }

echo_on here tool datagram 10.5.0.1 7777 datagram fd05::1 7777
for own in 10.5.0.1 fd05::1; do
	check "from $own: this host is heard" hears 10000 $own 8001 $ACT datagram-only $own 8001
	check_status "from $own: not who only says so" 110 hears $LOST $own 8001 forge $own 7000 $own 8001
	check "from $own: a friend is heard" hears 10000 $own 8000 \
		$YARD/bin/tool from $own 7778 datagram-only $own 8000
	check_status "from $own: not who says that he is at a friend's port" 110 \
		hears $LOST $own 8000 forge $own 7777 $own 8000
done
check 'what is forged does arrive' meanwhile here outsider 10000 see out fd05::1 -- forge fd05::1 7000 fd05::1 8001

# An address of IPv4 in a packet of IPv6 is not that of the host which has it. (This machine's kernel does
# not take such packets itself; a bridge passes them on.)
# bridged PATIENCE FROM PORT TO
bridged()
{
	meanwhile vm2 outsider $1 see-wire eth0 - $2 $3 -- \
		on vm1 $ACT wire eth0 "$(mac 01)" "$(mac 02)" - udp $2 $3 $4 53
}
check 'a packet that a rule allows' bridged 10000 10.9.0.1 7000 10.9.0.2
check_status 'the same of IPv6, from mapped addresses' 110 bridged $LOST ::ffff:10.9.0.1 7001 ::ffff:10.9.0.2

# --- where it goes out ---------------------------------------------------------------

may 'a connection by an interface in no segment' stream 10.6.0.2 80
may 'a datagram by it' datagram 10.6.0.2 53
may_not 'a connection by one whose segment a rule denies' stream 10.5.0.2 80
may_not 'a datagram by it' datagram 10.5.0.2 53
may_not 'a connected datagram by it' datagram-by send 10.5.0.2 53
service_start member $MEMBER >/dev/null
ip route replace 10.7.0.2 via 10.6.0.2
check 'a flow that is allowed' ask member self keep datagram-connected 10.7.0.2 53
check 'and answered' ask member self kept-by send
ip route replace 10.7.0.2 via 10.5.0.2
check_status 'which now goes by another interface' 13 ask member self kept-by send
ip route replace 10.7.0.2 via 10.6.0.2
check 'and back again' ask member self kept-by send
# A connection that is reset before it is accepted has lost the port that rules speak of.
check 'a member waits' ask member self keep stream-listening 10.6.0.1 8003
check 'who may come hangs up before he is accepted' on peer $ACT stream-reset 10.6.0.1 8003
check_status 'which is no denial' 104 ask member self kept accept

# --- what is wrapped -------------------------------------------------------------------

if modprobe ipip 2>/dev/null; then
	net_host far
	net_cable peer eth2 10.8.0.1/24 - far eth0 10.8.0.2/24
	for end in 'peer 1 2' 'far 2 1'; do
		read -r host own other <<<"$end"
		on $host ip link add inside type ipip local 10.8.0.$own remote 10.8.0.$other &&
			on $host ip address add 10.99.0.$own/24 dev inside &&
			on $host ip link set inside up || give_up "no tunnel on $host"
	done
	echo_on far outsider stream 10.99.0.2 80 stream 10.99.0.2 81
	passes 'through a tunnel: what is no member' peer stream 10.99.0.2 81
	check 'through a tunnel: a flow of a member that a rule allows, whatever wraps it' \
		on peer $MEMBER stream 10.99.0.2 80
	check_status 'through a tunnel: another flow' 13 on peer $MEMBER stream 10.99.0.2 81
else
	skip 'what is wrapped' 'this kernel has no ipip'
fi

# --- where the kernel chooses ------------------------------------------------------------

# `meanwhile` has read the port, its word, when it runs this.
call_there() { $ACT stream 127.0.0.1 $word; }
check 'who may listen where the kernel chooses may accept there' \
	meanwhile here member 10000 take-anywhere 127.0.0.1 -- call_there
check_status 'it may not listen where it chooses itself' 13 $MEMBER listen 127.0.0.1 9001
$ACT hand /run/hand stream-listening 127.0.0.1 9001 || give_up 'no listener'
check_status 'nor accept where somebody else has chosen' 13 $MEMBER received /run/hand accept

# --- what looks like DHCP ---------------------------------------------------------------------

# routed PATIENCE WHAT PORT: a packet out of the isolated segment, from where servers of DHCP answer.
routed()
{
	meanwhile left outsider $1 see-wire eth0 - 10.2.0.2 67 -- \
		on right $ACT wire eth0 "$(mac 99)" "$(cat /sys/class/net/toright/address)" - \
		$2 10.2.0.2 67 10.1.0.2 $3
}
check 'out of an isolated segment: what a rule allows' routed 10000 udp 53
check_status 'out of an isolated segment: an answer of DHCP' 110 routed $LOST dhcp 68

# --- what others do ------------------------------------------------------------------------------

# opens PORT: a flow out of the isolated segment; answered PATIENCE PORT: what comes back.
opens()
{
	meanwhile left outsider 10000 see-wire eth0 - 10.2.0.2 $1 -- \
		on right $ACT wire eth0 "$(mac 99)" "$(cat /sys/class/net/toright/address)" - \
		udp 10.2.0.2 $1 10.1.0.2 53
}
answered()
{
	meanwhile right outsider $1 see-wire eth0 - 10.1.0.2 53 -- \
		on left $ACT wire eth0 "$(mac 99)" "$(cat /sys/class/net/toleft/address)" - \
		udp 10.1.0.2 53 10.2.0.2 $2
}

# More flows than are remembered, by far. WHERE [COMMAND...]: in a network of somebody's own.
# The debug kernel takes so long for them that a flow ends by itself.
FLOWS=$(few 60000 20000)
flood='ip link add flood type dummy && ip link set flood up && ip address add $0/8 dev flood && exec '
own_network() { setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user --map-root-user --net "$@"; }

check 'a flow is opened' opens 6000
check 'and answered' answered 10000 6000
check_status 'what was not opened is no answer' 110 answered $LOST 6001
if own_network true 2>/dev/null; then
	check 'a flow is opened before somebody fills a network of his own' opens 6002
	check 'as anyone may' own_network sh -c "$flood $ACT flood 10.1.0.1 53 $FLOWS" 10.2.0.2
	check 'it is answered nevertheless' answered 10000 6002
else
	skip 'what users do in networks of their own' 'this kernel gives them none'
fi
check 'a flow is opened before many come of which no document speaks' opens 6003
check 'those' on peer sh -c "$flood $ACT flood 11.1.0.1 53 $FLOWS" 11.0.0.77
check 'it is answered nevertheless' answered 10000 6003

# --- what goes on --------------------------------------------------------------------------------

"$CTL" mode bypass net=monitor >/dev/null || give_up 'the mode cannot be changed'
for way in connected unconnected; do
	events_expect 6
	exec {POURED}< <(exec $MEMBER pour $way 10.6.0.2 9)
	POUR=$!
	events_wait
	kill $POUR
	read -r -u $POURED count
	check_equal "what would be denied and goes on, $way, is told again" \
		'6 would-deny udp/9@10.6.0.2' \
		"$(event '"%d %s" % (len(d), " ".join(sorted({e["action"] + " " + e["object"] for e in d})))')"
	seconds=$(event '(d[-1]["boottime"] - d[0]["boottime"]) / 1e9')
	# Several to each telling, however slow the machine.
	check "not for each packet: 6 times in $seconds s, of $count" test "${seconds%.*}" -ge 1 -a "$count" -ge 24
done
"$CTL" mode bypass net=enforce >/dev/null || give_up 'the mode cannot be changed'

# --- streams of unix that are there ------------------------------------------------------------

echo_on here outsider stream /run/withdrawn - stream /run/kept -
for each in 'plain /run/withdrawn' 'listener /run/withdrawn' 'other /run/kept'; do
	read -r name path <<<"$each"
	service_start $name $MEMBER >/dev/null
	check "a stream to $path, $name" ask $name self keep stream-connected $path -
	check "and what is said on it, $name" ask $name self kept-by send
done
check_status 'listen() on it fails' 22 ask listener self kept-listen
sed '/"\/run\/withdrawn"/d; s|\("/run/kept"\),|\1|' "${NET_POLICY[0]}" >/run/net-bypass.json
policy_load /run/net-bypass.json "${NET_POLICY[@]:1}" >/dev/null || give_up 'the second policy does not load'
check_status 'the new policy holds for the stream' 13 ask plain self kept-by send
check_status 'and for the one that was to listen' 13 ask listener self kept-by send
check 'what it allows goes on' ask other self kept-by send

# --- who comes after whom ---------------------------------------------------------------------------

# A listener that has let one in has not let in the next, who comes from the same port to another address
# of it. No segment holds an interface here, so that calls and packets are answered alike.
dial() { $YARD/bin/$1 from 127.0.0.1 5556 within $2 stream $3 8004; }

"$CTL" unload --all >/dev/null || give_up 'the policy does not unload'
policy_load tests/vm/manifests/net-dial.json tests/vm/manifests/net-friend.json >/dev/null ||
	give_up 'the policy of who dials does not load'
echo_on here member stream 0.0.0.0 8004
check 'a friend is let in' dial tool 10000 127.0.0.1
check_status 'a stranger from the same port is not' 110 dial stranger $LOST 127.0.0.2
check 'the friend is, there too' dial tool 10000 127.0.0.2
check_status 'the stranger still is not' 110 dial stranger $LOST 127.0.0.1
"$CTL" unload --all >/dev/null || give_up 'the policy does not unload'
policy_load "${NET_POLICY[@]}" >/dev/null || give_up 'the policy does not load again'

# --- who never answers ------------------------------------------------------------------------------

mkdir -p /run/silent
if [ -e /dev/fuse ] || modprobe fuse 2>/dev/null; then
	begin $ACT mount-silent /run/silent
	SILENT=$BEGUN
	$MEMBER within 120000 stream /run/silent/socket - &
	HELD=$!
	# What waits for it may wait for ever: then this lets it go, and the checks fail.
	mkfifo /run/never
	(read -r -t 60 <>/run/never || kill -KILL $HELD) &
	read -r -t 20 -u $SAYS WORD
	check_equal 'a member waits for a file system that does not answer' asked "$WORD"
	check 'another goes on' $MEMBER stream 10.6.0.2 80
	for n in {1..254}; do echo 10.66.0.$n; done >/run/list
	check 'a segment gets an address' timeout 10 "$CTL" segment add clients 10.67.0.1
	check 'and a list of them' timeout 10 "$CTL" segment load clients /run/list
	check 'and another' timeout 10 "$CTL" segment load clients /run/list
	check 'the member waits still' kill -0 $HELD
	kill -KILL $HELD
	wait $HELD 2>/dev/null
	check 'once it is killed, the module can be unloaded' timeout 30 rmmod cordon
	kill -KILL $SILENT
	wait $SILENT 2>/dev/null
	umount -l /run/silent
else
	skip 'a file system that does not answer' 'this kernel has no FUSE'
fi
