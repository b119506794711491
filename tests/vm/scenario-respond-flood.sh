# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# 100,000 forged addresses ask to be blocked: memory stays bounded, who is protected stays in reach
# Once: the tables are of a fixed size, and the same code on each kernel; responses are tried on all.

. tests/vm/lib-net.sh

yard_build
net_host peer ops
net_cable here out 10.5.0.1/24 - peer eth0 10.5.0.2/24
net_cable here toops 10.9.0.1/24 - ops eth0 10.9.0.2/24
module_load || give_up 'the module does not load'
cat >/run/flood.json <<'END'
{ "manifest": 1, "workload": "flood", "members": { "any": [ "exe:/yard/bin/member" ] },
  "mode": { "net": "enforce", "file": "enforce" }, "default": "deny",
  "allow": [ { "exec": ["/**"], "load": ["/**"], "read": ["/**"], "write": ["/**"] } ],
  "programs": [ { "exe": "/yard/bin/member", "listen": [ "tcp" ], "connect": [ "/**" ],
    "accept": [ { "from": "10.9.0.2", "port": "tcp/8001" } ] } ],
  "deny": [ { "read": ["/yard/secret/file"], "respond": [ { "do": "quarantine", "count": 2, "within": "1h" } ] } ],
  "respond": [ { "on": "accept", "do": "block-peer", "count": 2, "per": "peer", "within": "1h", "ttl": "1h" },
    { "on": "accept", "do": "block-peer", "ttl": "1h" } ] }
END
policy_load /run/flood.json tests/vm/manifests/respond-site.json >/dev/null || give_up 'the policy does not load'
$YARD/bin/member echo stream 0.0.0.0 8001 >/dev/null
passes 'the management is served' ops stream 10.9.0.1 8001
service_start member $YARD/bin/member >/dev/null || give_up 'a member does not start'
check_status 'a member departs once' 13 ask member self read $YARD/secret/file
check 'somebody is blocked by hand, for less time than they will be' "$CTL" block 10.77.0.1 --ttl 30m
# So many that in some places nothing but such lies.
check 'and 6,000 others, for longer' "$TESTS/netlink" blocks 6000
by_hand() { "$CTL" blocked --json | json 'sum(e["address"].startswith("10.66.") for e in d)'; }
held=$(by_hand)
check "nearly all of them, for they only push out each other: $held" test "$held" -gt 5500
let_go=$(status_field displaced)
ip route add 172.16.0.0/12 via 10.5.0.2
before=$(awk '/^VmallocUsed|^Slab/ { sum += $2 } END { print sum }' /proc/meminfo)

# SYNs that only say where they come from: all of 172.16.0.0/15 and a bit, and what must never be blocked.
on peer python3 - <<'END'
import socket, struct

def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff

to = socket.inet_aton("10.5.0.1")
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
tcp = struct.pack("!HHIIBBHHH", 1024, 8001, 1, 0, 0x50, 2, 1024, 0, 0)
guarded = ["10.5.0.9", "10.9.0.2", "10.9.0.77"]

def send(source):
    pseudo = source + to + struct.pack("!BBH", 0, 6, len(tcp)) + tcp
    segment = tcp[:16] + struct.pack("!H", checksum(pseudo)) + tcp[18:]
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, 0, source, to)
    raw.sendto(head + segment, ("10.5.0.1", 0))

for number in range(100000):
    send(struct.pack("!I", 0xac100000 + number))
    if number % 1000 == 0:
        for address in guarded:
            send(socket.inet_aton(address))
END
after=$(awk '/^VmallocUsed|^Slab/ { sum += $2 } END { print sum }' /proc/meminfo)
blocked=$(status_field blocked)
check "no more are blocked than there is room for: $blocked" test "$blocked" -le 16384
check 'and no fewer than most of it' test "$blocked" -gt 8192
check "for others there is no room: $(status_field displaced)" test $(($(status_field displaced) - let_go)) -gt 50000
check_equal 'none of those by hand was let go' "$held" "$(by_hand)"
check_equal 'which is told once' 1 "$(dmesg | grep -c 'more addresses are to be blocked')"
check_equal 'nobody who is protected is among them, but who was blocked by hand' "['10.77.0.1']" \
	"$("$CTL" blocked --json | json '[e["address"] for e in d if e["address"][:4] not in ("172.", "10.6")]')"
check "memory has not grown with them: $before KiB, $after KiB" test $((after - before)) -lt 32768
passes 'the management is served still' ops stream 10.9.0.1 8001
END=$("$CTL" monitor --json --all --since all --timeout 1 2>/dev/null | json 'sum(e["count"] for e in d if e["type"] == "response")' stream)
check "they are told, many at once: $END" test "$END" -gt 0
check_equal 'the member is not in quarantine' '[]' "$(status_field quarantined)"
check_status 'it departs again' 13 ask member self read $YARD/secret/file
check_equal 'and its first time was not forgotten' "['flood']" "$(status_field quarantined)"
"$CTL" release flood >/dev/null

# More workloads are to be suspended than there is room for: as many as may be loaded at one time.
mkdir /run/many
for n in {0..1022}; do
	echo '{ "manifest": 1, "workload": "w'$n'", "members": { "any": [ "exe:/yard/none/'$n'" ] }, "default": "allow" }'
done | split --lines=1 --additional-suffix=.json - /run/many/w
policy_load --replace /run/many >/dev/null || give_up 'a thousand workloads do not load'
check_equal 'a thousand workloads are suspended' '1023 Success' "$("$TESTS/netlink" suspends 1023)"
"$CTL" unload w0 w1 >/dev/null
for n in last another; do
	echo '{ "manifest": 1, "workload": "'$n'", "members": { "any": [ "exe:/yard/bin/'$n'" ] }, "default": "allow" }' >/run/$n.json
done
cp $YARD/bin/member $YARD/bin/last
cp $YARD/bin/member $YARD/bin/another
policy_load /run/last.json /run/another.json >/dev/null || give_up 'two more workloads do not load'
check 'one more is' "$CTL" suspend last
check_match 'the next one is not, and it is said why' 'more than 1024 workloads' "$("$CTL" suspend another 2>&1)"
check_status 'its processes run' 0 $YARD/bin/another pass
check 'when one has ended' "$CTL" resume w0
check 'it is' "$CTL" suspend another
