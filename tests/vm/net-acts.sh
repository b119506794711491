# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What members may do on the network, and what not: each act that manifests/net.json denies beside its
# twin that it allows, in the words of acts.sh. Beside those a scenario defines
#
#	reached WHAT ACT...	an act of a stranger towards a member, which the manifest allows
#	unreached WHAT ACT...	one that it does not: nobody answers

# The ends that are allowed, and those that are not, of each family. The host `peer` has all of them.
NET_HOME=(127.0.0.1 ::1 ::ffff:127.0.0.1)
NET_YES=(10.5.0.2 fd05::2 ::ffff:10.5.0.2)
NET_NO=(10.5.0.3 fd05::3 ::ffff:10.5.0.3)

# acts_accept: members wait, and others come.
acts_accept()
{
	local n way ends=() address echoes
	for address in 10.5.0.1 fd05::1 127.0.0.1; do
		ends+=(stream $address 8001 stream-uring $address 8002 stream-shared $address 8003
			datagram $address 8001 datagram-shared $address 8003 stream $address 8008 datagram $address 8008)
	done
	echo_on here member "${ends[@]}"
	echoes=$ECHO
	for n in 0 1; do
		for way in 'stream 8001' 'stream 8002' 'stream 8003' 'stream-fastopen 8001' 'datagram 8001' \
			'datagram 8003' 'datagram-large 8001' 'datagram-options 8001'; do
			reached "${way% *} from ${NET_YES[n]} to a member's ${way#* }" \
				from ${NET_YES[n]} 0 ${way% *} ${NET_HERE[n]} ${way#* }
			unreached "${way% *} from ${NET_NO[n]} to a member's ${way#* }" \
				from ${NET_NO[n]} 0 ${way% *} ${NET_HERE[n]} ${way#* }
		done
		unreached "stream from ${NET_YES[n]} to another port of a member" \
			from ${NET_YES[n]} 0 stream ${NET_HERE[n]} 8008
		unreached "datagram from ${NET_YES[n]} to another port of a member" \
			from ${NET_YES[n]} 0 datagram ${NET_HERE[n]} 8008
	done
	# By who it is, not by its address.
	as outsider
	permitted 'stream of the host to a member, by the loopback' stream 127.0.0.1 8001
	as tool
	permitted 'stream of a friend to a member' stream 127.0.0.1 8008
	permitted 'datagram of a friend to a member' datagram 127.0.0.1 8008
	echo_on here tool stream 127.0.0.1 8501 stream 10.5.0.1 8501 datagram 127.0.0.1 8501
	echoes+=" $ECHO"
	echo_on here stranger stream 127.0.0.1 8502 stream 10.5.0.1 8502 datagram 127.0.0.1 8502
	echoes+=" $ECHO"
	as member
	permitted 'stream to a friend' stream 127.0.0.1 8501
	permitted 'stream to a friend by another address' stream 10.5.0.1 8501
	permitted 'datagram to a friend' datagram 127.0.0.1 8501
	forbidden 'stream to one who is none' stream 127.0.0.1 8502
	forbidden 'stream to one who is none by another address' stream 10.5.0.1 8502
	forbidden 'datagram to one who is none' datagram 127.0.0.1 8502
	kill -KILL $echoes
	for n in $echoes; do
		timeout 20 tail --pid=$n -f /dev/null
	done
}

NET_HERE=(10.5.0.1 fd05::1)
NET_POLICY=(tests/vm/manifests/net.json tests/vm/manifests/net-{friend,foe,site}.json)

net_peers()
{
	modprobe -a vsock_loopback sctp
	net_host peer
	net_cable here out 10.5.0.1/24 fd05::1/64 - peer eth0 10.5.0.2/24 10.5.0.3/24 fd05::2/64 fd05::3/64
	local address ends=()
	for address in 10.5.0.2 10.5.0.3 fd05::2 fd05::3; do
		ends+=(stream $address 80 stream $address 81 datagram $address 53 datagram $address 54)
	done
	echo_on peer outsider "${ends[@]}" stream-mptcp :: 82 stream-mptcp :: 83 stream-sctp :: 80 stream-sctp :: 81
	echo_on here outsider stream :: 80 stream :: 81 datagram :: 53 datagram :: 54 \
		stream vsock:-1 90
}

acts_connect()
{
	local way n yes no
	as member
	for n in "${!NET_YES[@]}"; do
		yes=${NET_YES[n]} no=${NET_NO[n]}
		for way in stream stream-nonblock stream-fastopen stream-fastopen-connect stream-uring \
			stream-uring-worker stream-uring-poller stream-uring-direct stream-repair \
			'by-thread stream' 'by-vfork stream' 'in-userns stream'; do
			permitted "$way to $yes" $way $yes 80
			forbidden "$way to another port of $yes" $way $yes 81
			forbidden "$way to $no" $way $no 80
		done
		permitted "stream, dissolved, then to $yes" stream-again ${NET_HOME[n]} 80 $yes 80
	done
	permitted 'stream by multipath TCP' stream-mptcp 10.5.0.2 82
	forbidden 'stream by multipath TCP to another port' stream-mptcp 10.5.0.2 83
	permitted 'stream by SCTP' stream-sctp 10.5.0.2 80
	forbidden 'stream by SCTP to another port' stream-sctp 10.5.0.2 81
	permitted 'stream to the loopback' stream 127.0.0.1 80
	permitted 'stream to the loopback, IPv6' stream ::1 80
	permitted 'stream to an address of its own' stream 10.5.0.1 80
	permitted 'stream to nowhere, which is here' stream 0.0.0.0 80
	permitted 'stream to nowhere, IPv6' stream :: 80
	forbidden 'stream to another port of the loopback' stream 127.0.0.1 81
	forbidden 'stream to another port of the loopback, IPv6' stream ::1 81
	forbidden 'stream to another port of nowhere' stream 0.0.0.0 81
	forbidden 'stream, dissolved, then to another' stream-again 10.5.0.2 80 10.5.0.3 80
}

acts_datagram()
{
	local way n yes no
	as member
	for n in "${!NET_YES[@]}"; do
		yes=${NET_YES[n]} no=${NET_NO[n]}
		for way in datagram datagram-sendmsg datagram-sendmmsg datagram-uring datagram-uring-worker \
			datagram-segments datagram-large datagram-only 'by-thread datagram'; do
			permitted "$way to $yes" $way $yes 53
			forbidden "$way to another port of $yes" $way $yes 54
			forbidden "$way to $no" $way $no 53
		done
		for way in write send sendmsg sendmmsg sendfile splice uring more; do
			permitted "datagram by $way to $yes" datagram-by $way $yes 53
			forbidden "datagram by $way to $no" datagram-by $way $no 53
		done
		permitted "datagram beside a connection to $yes" datagram-over $yes 53 $yes 53
		forbidden "datagram beside a connection to $no" datagram-over $yes 53 $no 53
		permitted "datagram, dissolved, to $yes" datagram-again $yes 53 $yes 53
		forbidden "datagram, dissolved, to $no" datagram-again $yes 53 $no 53
		permitted "datagrams in one call to $yes" datagram-mixed $yes 53 $yes 53
		forbidden "datagrams in one call, the second to $no" datagram-mixed $yes 53 $no 53
	done
	for n in 0 1; do
		permitted "datagram with options to ${NET_YES[n]}" datagram-options ${NET_YES[n]} 53
		forbidden "datagram with options to ${NET_NO[n]}" datagram-options ${NET_NO[n]} 53
		permitted "that nobody listens there is heard from ${NET_YES[n]}" datagram-refused ${NET_YES[n]} 99
		permitted "an echo from ${NET_YES[n]}" ping ${NET_YES[n]}
		forbidden "an echo from ${NET_NO[n]}" ping ${NET_NO[n]}
	done
	permitted 'datagram to an address of no family' datagram-unspec 10.5.0.2 53
	forbidden 'datagram to an address of no family, elsewhere' datagram-unspec 10.5.0.3 53
	permitted 'datagram of IPv6 to an address of IPv4' datagram-across 10.5.0.2 53
	forbidden 'datagram of IPv6 to an address of IPv4, elsewhere' datagram-across 10.5.0.3 53
}

acts_listen()
{
	local host way
	as member
	for host in 127.0.0.1 ::1 0.0.0.0 :: 10.5.0.1 fd05::1; do
		for way in listen listen-shared bind-datagram bind-shared; do
			permitted "$way at $host" $way $host 8001
			forbidden "$way at another port of $host" $way $host 9001
		done
	done
	forbidden 'listen without a port' listen-anywhere 127.0.0.1
	kernel_before 6.11 || {
		permitted 'listen by io_uring' listen-uring 127.0.0.1 8001
		forbidden 'listen by io_uring at another port' listen-uring 127.0.0.1 9001
	}
}

acts_socket()
{
	local one
	as member
	permitted 'a socket of TCP' socket inet 1 0
	permitted 'a socket of UDP, IPv6' socket inet6 2 0
	permitted 'a socket of unix' socket unix 2 0
	permitted 'two sockets of unix' socket-pair unix 1 0
	permitted 'a socket by io_uring' socket-uring inet 1 0
	permitted 'the interfaces' netlink-route
	# inet/raw, packet, vsock, xdp, bluetooth, alg; of netlink: audit, generic, netfilter, kobject.
	for one in 'inet 3 1' 'inet 3 255' 'inet6 3 58' 'packet 2 0' 'packet 3 0' 'packet 3 768' 'vsock 1 0' \
		'xdp 3 0' 'bluetooth 3 1' 'alg 5 0' 'netlink 3 9' 'netlink 3 16' 'netlink 3 12' 'netlink 3 15' \
		'netlink 2 4'; do
		as member
		forbidden "a socket $one" socket $one
		as pardoned
		permitted "a socket $one, where that is listed" socket $one
	done
	as member
	forbidden 'a packet socket by io_uring' socket-uring packet 3 0
	forbidden 'an echo by a raw socket' ping-raw 10.5.0.2
	forbidden 'a frame' frame lo 52:54:00:00:00:01 52:54:00:00:00:02 udp 10.5.0.3 1 10.5.0.2 2
	as pardoned
	permitted 'an echo by a raw socket, where that is listed' ping-raw 10.5.0.2
	permitted 'a frame, where that is listed' \
		frame lo 52:54:00:00:00:01 52:54:00:00:00:02 udp 10.5.0.3 1 10.5.0.2 2
	permitted 'a vsock, where that is listed' stream vsock:1 90
}

# handed permitted|forbidden WHAT KIND HOST PORT USE...: the host makes a socket and hands it to a member.
handed()
{
	local wanted=$1 what=$2 kind=$3 host=$4 port=$5
	shift 5
	$ACT hand /run/hand $kind $host $port || give_up "no $kind to $host"
	as member
	$wanted "$what" received /run/hand "$@"
}

# The same, by way of an exec.
inherited()
{
	local wanted=$1 what=$2
	ACTOR=($ACT inherit $3 $4 $5 $YARD/bin/member)
	shift 5
	$wanted "$what" inherited "$@"
}

# Sockets that somebody else has made.
acts_handed()
{
	local by where
	for by in handed inherited; do
		where="a socket that is $by"
		$by permitted "$where: a stream" stream 10.5.0.2 80 connect 10.5.0.2 80
		$by forbidden "$where: a stream elsewhere" stream 10.5.0.2 80 connect 10.5.0.2 81
		$by permitted "$where: a connection" stream-connected 10.5.0.2 80 exchange
		$by forbidden "$where: a connection to elsewhere" stream-connected 10.5.0.2 81 exchange
		$by permitted "$where: datagrams" datagram 10.5.0.2 53 send 10.5.0.2 53
		$by forbidden "$where: datagrams elsewhere" datagram 10.5.0.2 53 send 10.5.0.3 53
		$by permitted "$where: connected datagrams" datagram-connected fd05::2 53 exchange
		$by forbidden "$where: connected datagrams elsewhere" datagram-connected fd05::3 53 exchange
	done
}
