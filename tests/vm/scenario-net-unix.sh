# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Unix sockets, by path, by abstract name, by whose they are: free, then held to a manifest

. tests/vm/lib-net.sh
. tests/vm/net-acts.sh

yard_build
mkdir -p /run/open /run/shut

# Ends of everybody, in a place that the manifest lists and in one that it does not.
echo_on here outsider stream /run/open/stream - datagram /run/open/datagram - seqpacket /run/open/seqpacket - \
	stream /run/shut/stream - datagram /run/shut/datagram - seqpacket /run/shut/seqpacket - \
	stream @open - datagram @open - stream @shut - datagram @shut - stream @open-too - stream @ope -
ln -s /run/shut/stream /run/open/link
friends()
{
	echo_on here tool stream /run/shut/friend - datagram /run/shut/friend-datagram - stream @friend -
	echo_on here stranger stream /run/shut/foe - datagram /run/shut/foe-datagram - stream @foe -
	echo_on here member stream /run/shut/own - datagram /run/shut/own-datagram - stream @own -
}

all_acts()
{
	local way
	for way in stream stream-nonblock stream-uring stream-uring-worker stream-uring-poller \
		'stream-by sendmsg' 'stream-by write' 'stream-by uring' 'by-thread stream'; do
		permitted "$way to a path that is listed" $way /run/open/stream -
		forbidden "$way to one that is not" $way /run/shut/stream -
	done
	for way in datagram datagram-sendmsg datagram-sendmmsg datagram-uring datagram-uring-worker datagram-only \
		'datagram-by send' 'datagram-by write' 'by-thread datagram'; do
		permitted "$way to a path that is listed" $way /run/open/datagram -
		forbidden "$way to one that is not" $way /run/shut/datagram -
		permitted "$way to a name that is listed" $way @open -
		forbidden "$way to a name that is not" $way @shut -
	done
	permitted 'seqpacket to a path that is listed' seqpacket /run/open/seqpacket -
	forbidden 'seqpacket to one that is not' seqpacket /run/shut/seqpacket -
	forbidden 'stream through a symbolic link' stream /run/open/link -
	permitted 'stream to an abstract name that is listed' stream @open -
	forbidden 'stream to one that is not' stream @shut -
	forbidden 'stream to one that begins with it' stream @open-too -
	forbidden 'stream to a beginning of it' stream @ope -
	permitted 'datagram beside a connection' datagram-over /run/open/datagram - /run/open/datagram -
	forbidden 'datagram beside a connection, elsewhere' datagram-over /run/open/datagram - /run/shut/datagram -
	permitted 'stream to a friend' stream /run/shut/friend -
	permitted 'datagram to a friend' datagram /run/shut/friend-datagram -
	permitted 'stream to a friend by an abstract name' stream @friend -
	permitted 'stream to its own workload' stream /run/shut/own -
	permitted 'stream to its own workload by an abstract name' stream @own -
	forbidden 'stream to one who is no friend' stream /run/shut/foe -
	forbidden 'datagram to one who is no friend' datagram /run/shut/foe-datagram -
	forbidden 'stream to one who is no friend by an abstract name' stream @foe -
}

phase=free
friends
permitted() { :; }
forbidden() { check "$phase: $1" $YARD/bin/member "${@:2}"; }
all_acts

module_load || give_up 'the module does not load'
policy_load "${NET_POLICY[@]}" >/dev/null || give_up 'the policy does not load'

# Those from before are known by whose they are, too.
phase=enforced
permitted() { check "$phase: $1" $YARD/bin/member "${@:2}"; }
forbidden() { check_status "$phase: $1" 13 $YARD/bin/member "${@:2}"; }
all_acts
