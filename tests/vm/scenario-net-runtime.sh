# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Segments that change at run time: flows that are cut and go on, entries that expire, 100,000 of them
# Once: entries and their end are the same code on each kernel.

. tests/vm/lib-net.sh

NET_POLICY=(tests/vm/manifests/net.json tests/vm/manifests/net-{friend,foe,site}.json)

yard_build
net_host peer
net_cable here out 10.5.0.1/24 10.6.0.1/16 fd06::1/32 - peer eth0 10.5.0.2/24 10.5.0.4/24 10.6.0.2/16 10.6.0.3/16 10.6.7.8/16 fd06::2/32
net_host far
net_cable here tofar 10.8.0.1/24 fd08::1/64 - far eth0 10.8.0.2/24 fd08::2/64
on far ip route add default via 10.8.0.1
on peer ip route add default via 10.5.0.1
net_forward here
echo_on peer outsider stream :: 80 datagram 10.6.0.2 53 datagram fd06::2 53

module_load || give_up 'the module does not load'
policy_load "${NET_POLICY[@]}" >/dev/null || give_up 'the policy does not load'

segment() { "$CTL" segment "$@"; }
# entries NAME: how many addresses it has.
entries() { segment list "$1" --json | json 'len(d)'; }

service_start member $YARD/bin/member >/dev/null
service_start host $YARD/bin/outsider >/dev/null
on far $YARD/bin/outsider serve /run/far.sock >/dev/null

# By a member: a manifest speaks of the segment.
check 'a member connects to a segment of its manifest' ask member self keep stream-connected 10.6.0.2 80
check 'and is answered' ask member self kept-by send
check 'the document states two prefixes' test "$(entries friends)" = 2
check_status 'what is in no segment it may not' 13 $YARD/bin/member stream 10.5.0.2 81

# By a process of the host, and of a neighbour: all that is in "blocked" is denied to everyone.
check 'a process of the host connects' ask host self keep stream-connected 10.6.0.2 80
check 'one on another host connects through this one' ask far self keep stream-connected 10.5.0.2 80
check 'and is answered, the first' ask host self kept-by send
check 'and is answered, the second' ask far self kept-by send

check 'addresses are added' segment add blocked 10.6.0.2 10.5.0.2 fd06::2
check_equal 'and listed' 3 "$(entries blocked)"
for who in member host far; do
	check_status "the established flow is cut: $who" 110 ask $who self within $LOST kept-by send
done
check_status 'nor does a new one come to be, and that is told at once' 111 $ACT stream 10.6.0.2 80
lost 'nor one of IPv6' here datagram fd06::2 53
check 'they are taken out' segment del blocked 10.6.0.2 10.5.0.2 fd06::2
check_equal 'and listed no more' 0 "$(entries blocked)"
for who in member host far; do
	check "and the flow goes on: $who" ask $who self within 20000 kept-by send
done

# Entries that expire, by themselves.
TTL=$(few 4 30)
check 'an address that expires is added' segment add friends 10.5.0.4 --ttl ${TTL}s
check 'a member connects there' ask member self within 20000 keep stream-connected 10.5.0.4 80
check 'and is answered there' ask member self kept-by send
left=$(segment list friends --json | json '[e["left"] for e in d if e.get("left") is not None][0]')
check 'its time is running' test "$left" -le $TTL
until [ "$(segment list friends --json | json 'len(d)')" = 2 ]; do
	[ $SECONDS -lt 600 ] || give_up 'it does not expire'
done
ok 'it expires'
check_status 'the flow ends with it' 13 ask member self kept-by send
check_status 'no new one comes to be' 13 $YARD/bin/member stream 10.5.0.4 80

# A list as others publish it.
python3 -c '
for n in range(100000):
    print("172.%d.%d.%d" % (16 + n // 65536, n // 256 % 256, n % 256))
print("10.6.0.2  # a comment\n# another")' >/run/list
check '100,001 addresses are loaded' segment load blocked /run/list
check_equal 'all of them' 100001 "$(entries blocked)"
lost 'one of them is blocked' here stream 10.6.0.2 80
passes 'another address is not' here stream 10.6.0.3 80
echo 10.6.0.3 >/run/list
check 'another list takes their place' segment load blocked /run/list
check_equal 'only that' 1 "$(entries blocked)"
passes 'what was blocked is not' here stream 10.6.0.2 80
lost 'and the other is' here stream 10.6.0.3 80
check 'a reload leaves what was loaded' policy_load "${NET_POLICY[@]}"
check_equal 'as it was' 1 "$(entries blocked)"
lost 'blocked as before' here stream 10.6.0.3 80
hits=$(segment list blocked --json | json 'd[0]["hits"]')
check 'and it is counted' test "$hits" -gt 0

# A network namespace that comes later is held to the same.
net_host late later
net_cable late eth0 10.7.0.1/24 - later eth0 10.7.0.2/24
echo_on later outsider stream :: 80
passes 'in a later namespace, an address that is not blocked' late stream 10.7.0.2 80
check 'it is added' segment add blocked 10.7.0.2
lost 'there too it is blocked' late stream 10.7.0.2 80
