# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Whose addresses are blocked, for whom, and for how long; and whose are not

. tests/vm/lib-respond.sh

yard_build
net_host peer ops third
net_cable here out 10.5.0.1/24 fd05::1/64 - peer eth0 10.5.0.2/24 10.5.0.3/24 10.5.0.4/24 10.5.0.9/24 fd05::2/64
net_cable here toops 10.9.0.1/24 - ops eth0 10.9.0.2/24
net_cable peer eth1 10.6.0.1/24 - third eth0 10.6.0.2/24
echo_on peer outsider stream :: 80 datagram 10.5.0.2 53
echo_on ops outsider stream :: 80
module_load || give_up 'the module does not load'
policy

start victim >/run/victim

# --- block-peer ----------------------------------------------------------------------

$YARD/bin/member echo stream :: 8001 >/dev/null
passes 'who may, connects' peer stream 10.5.0.1 8001
for n in 1 2; do
	lost "who may not, does not, $n" peer from 10.5.0.3 0 stream 10.5.0.1 8001
done
check 'and is blocked after the second try' until_is "['10.5.0.3']" blocked
check_status 'what he would be told he is not' 13 ask victim stream 10.5.0.3 80
check_equal 'status counts him' 1 "$(status_field blocked)"
check_equal 'on the first step' 1 "$("$CTL" blocked --json | json 'd[0]["step"]')"
check 'it ends by itself' until_is '[]' blocked
check_status 'then he is talked to' 0 ask victim stream 10.5.0.3 80
for n in 1 2; do
	lost "he tries again, $n" peer from 10.5.0.3 0 stream 10.5.0.1 8001
done
check 'and is blocked again' until_is "['10.5.0.3']" blocked
check_equal 'for longer' 2 "$("$CTL" blocked --json | json 'd[0]["step"]')"
check 'he is not any more' "$CTL" unblock 10.5.0.3
check_status 'that is not there to be undone' 10 "$CTL" unblock 10.5.0.3
for n in 1 2 3; do
	lost "who is protected is denied, $n" peer from 10.5.0.9 0 stream 10.5.0.1 8001
done
check_equal 'but never blocked' '[]' "$(blocked)"
for address in 10.5.0.9 10.9.0.7 127.0.0.1 10.5.0.1 0.0.0.0 224.0.0.1 ::1 fd05::1 ff02::1; do
	check_status "nor by hand: $address" 6 "$CTL" block $address --ttl 1h
done
check 'another is, by hand' "$CTL" block 10.5.0.2 --ttl 1h
lost 'what passes is stopped' here stream 10.5.0.2 80
check_status 'and what a member does' 13 ask victim stream 10.5.0.2 80
check 'it is taken back' "$CTL" unblock 10.5.0.2
passes 'what passes is not' here stream 10.5.0.2 80
check_status 'without a time it is refused' 2 "$CTL" block 10.5.0.2

check 'who is not of this host is, by hand' "$CTL" block 10.5.0.77 --ttl 1h
check_status 'a member that is elsewhere does not reach it' 13 on peer $YARD/bin/member stream 10.5.0.77 80
ip address add 10.5.0.77/32 dev out
echo_on here outsider stream 10.5.0.77 80
passes 'but not when the address has become one of it' peer stream 10.5.0.77 8001
check_status 'a member elsewhere reaches it then' 0 on peer $YARD/bin/member stream 10.5.0.77 80
kill $ECHO
ip address del 10.5.0.77/32 dev out
"$CTL" unblock 10.5.0.77 >/dev/null

# Of IPv6 whoever has an address has all of its /64.
for n in 5 6 7 8; do on peer ip -6 address add 2001:db8:7:7::$n/128 dev lo nodad; done
on peer ip -6 address add fd05::3/64 dev eth0 nodad
ip -6 route add 2001:db8:7:7::/64 via fd05::2
passes 'who is in a network that nobody has blocked is talked to' here stream 2001:db8:7:7::8 80
for n in 5 6; do
	lost "who has a network, tries from it, $n" peer from 2001:db8:7:7::$n 0 stream fd05::1 8001
done
check 'and is blocked with all of it' until_is "['2001:db8:7:7::/64']" blocked
lost 'whoever he says he is' here stream 2001:db8:7:7::8 80
check_status 'for members, too' 13 ask victim stream 2001:db8:7:7::8 80
passes 'but for who is protected in it' here stream 2001:db8:7:7::7 80
check 'which is taken back' "$CTL" unblock 2001:db8:7:7::/64
passes 'then he is talked to again' here stream 2001:db8:7:7::8 80
check_status 'by members, too' 0 ask victim stream 2001:db8:7:7::8 80
for n in 1 2; do
	lost "who is on a link of this host, tries, $n" peer from fd05::3 0 stream fd05::1 8001
done
check 'and is blocked alone' until_is "['fd05::3']" blocked
"$CTL" unblock fd05::3 >/dev/null
check 'a network of IPv6 is, by hand' "$CTL" block 2001:db8:7:7::/64 --ttl 1h
check_equal 'and shown as one' "['2001:db8:7:7::/64']" "$(blocked)"
check 'and ended as one' "$CTL" unblock 2001:db8:7:7::/64
for address in 10.5.0.0/24 2001:db8::/32 ::/64; do
	check_status "larger ones are not: $address" 2 "$CTL" block $address --ttl 1h
done

# What members in other networks of this host's own see.
on peer $YARD/bin/member echo stream :: 8001 >/dev/null
for n in 1 2 3; do
	lost "this host is no peer of a member that is elsewhere, $n" here stream 10.5.0.2 8001
done
check_equal 'but never blocked for it' '[]' "$(blocked)"
for n in 1 2; do
	lost "nor is a third one, $n" third stream 10.6.0.1 8001
done
check 'which is blocked' until_is "['10.6.0.2']" blocked
"$CTL" unblock 10.6.0.2 >/dev/null

# Whoever may make networks of his own, has whatever addresses he likes there.
cat >/run/guest.sh <<'END'
# guest.sh ADDRESS OWN TIMES: so often somebody comes from ADDRESS to a member at OWN.
unshare --net tail -f /dev/null & other=$!
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add v0 type veth peer name v1 netns $other
ip address add $2/24 dev v0
ip link set v0 up
nsenter --target $other --net ip address add $1/24 dev v1
nsenter --target $other --net ip link set v1 up
/yard/bin/member echo stream 0.0.0.0 8001 >/dev/null
for ((n = 0; n < $3; n++)); do
	nsenter --target $other --net /yard/bin/outsider within 1000 stream $2 8001
done
kill $other
END
guest() { unshare --user --map-root-user --net bash /run/guest.sh "$@" >/run/guest 2>&1; }
before=$(status_field denied)
guest 198.51.100.7 198.51.100.1 2
check 'what comes there is denied' test $(($(status_field denied) - before)) -ge 2
check_match 'which is told' "'accept', '198.51.100.7'" "$(told '[(e["op"], e["remote"]["address"]) for e in d if e["type"] == "departure"]')"
check_equal 'but nobody has an address blocked by it' '[]' "$(blocked)"
before=$(status_field denied)
guest 10.5.0.4 10.5.0.1 1
check 'one comes there under the address of somebody else' test $(($(status_field denied) - before)) -ge 1
lost 'who errs once himself' peer within 500 from 10.5.0.4 0 stream 10.5.0.1 8001
check_equal 'is not blocked for what was done under his address elsewhere' '[]' "$(blocked)"
lost 'who errs twice' peer from 10.5.0.4 0 stream 10.5.0.1 8001
check 'is' until_is "['10.5.0.4']" blocked
"$CTL" unblock 10.5.0.4 >/dev/null

# --- who is asked about, and has become somebody else ----------------------------------

sed 's/"do": \["block-peer"\], "count": 2, "within": "1h",/"do": ["block-peer"], "ask": true,/' \
	tests/vm/manifests/respond.json >/run/asks.json
sed 's/"10.5.0.9"/"10.5.0.9", "10.5.0.4"/' tests/vm/manifests/respond-site.json >/run/guards.json
asked() { "$CTL" pending --json | json '[e["id"] for e in d if e["responses"] == ["block-peer"]][0]'; }
policy /run/asks.json
lost 'who may not come is asked about' peer from 10.5.0.4 0 stream 10.5.0.1 8001
policy /run/asks.json /run/guards.json
check_status 'who has become protected is not blocked, whatever the answer' 6 "$CTL" approve "$(asked)"
check_equal 'nor is anybody else' '[]' "$(blocked)"
check_match 'which is told' "'block-peer reject'" "$(responses)"
policy /run/asks.json
lost 'who is not protected any more is asked about again' peer from 10.5.0.4 0 stream 10.5.0.1 8001
check 'the answer is yes' "$CTL" approve "$(asked)"
check 'and he is blocked' until_is "['10.5.0.4']" blocked
"$CTL" unblock 10.5.0.4 >/dev/null

lost 'who has a network is asked about' peer from 2001:db8:7:7::5 0 stream fd05::1 8001
ip -6 address add 2001:db8:7:7::1/64 dev out nodad
check_match 'what has become a network of this host is not blocked, whatever the answer' 'its neighbours there' \
	"$("$CTL" approve "$(asked)" 2>&1)"
check_equal 'nor is any of it' '[]' "$(blocked)"
ip -6 address del 2001:db8:7:7::1/64 dev out
lost 'when it is one no more he is asked about again' peer from 2001:db8:7:7::5 0 stream fd05::1 8001
check 'the answer is yes, then' "$CTL" approve "$(asked)"
check 'and it is blocked' until_is "['2001:db8:7:7::/64']" blocked
"$CTL" unblock 2001:db8:7:7::/64 >/dev/null
module_unload
