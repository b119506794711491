# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Reloads while fifty connections transfer; network namespaces that come and go 200 times
# Once: generations are the same code on each kernel; scenario reload is on all.

. tests/vm/lib-net.sh
. tests/vm/net-acts.sh

yard_build
net_host peer
net_cable here out 10.5.0.1/24 - peer eth0 10.5.0.2/24
echo_on peer outsider stream 10.5.0.2 80
# A server of the host: it is another program's name that the manifest speaks of.
cp /usr/bin/iperf3 /run/server
on peer /run/server --server --one-off >/run/server.said 2>&1 &
until on peer ss -Hltn sport = 5201 | grep -q .; do
	[ $SECONDS -lt 60 ] || give_up "iperf3 does not start: $(cat /run/server.said)"
done

module_load || give_up 'the module does not load'
full=("${NET_POLICY[@]}" tests/vm/manifests/net-transfer.json)
# The same, without what some of the connections need.
sed '/10.5.0.2.*fd05::2.*tcp.80/s|"tcp/80", ||' tests/vm/manifests/net.json >/run/net.json
check_equal 'the other policy is another' 1 "$(diff tests/vm/manifests/net.json /run/net.json | grep -c '^<')"
lesser=(/run/net.json tests/vm/manifests/net-{friend,foe,site,transfer}.json)
policy_load "${full[@]}" >/dev/null || give_up 'the policy does not load'

keepers=$(few '1 2 3 4 5 6 7 8 9 10' '1 2 3')
for n in $keepers; do
	service_start keep$n $YARD/bin/member >/dev/null
	ask keep$n self keep stream-connected 10.5.0.2 80 || give_up "no connection $n"
done

# Blocks are small, so that each stream has sent one however slow the machine.
iperf3 --client 10.5.0.2 --parallel 50 --time $(few 8 30) --length 1K --bitrate 100K --json >/run/transfer.json 2>&1 &
transfer=$!
loads=0 bad=0
while kill -0 $transfer 2>/dev/null; do
	policy_load "${lesser[@]}" >/dev/null || bad=1
	policy_load "${full[@]}" >/dev/null || bad=1
	loads=$((loads + 2))
done
check 'fifty connections end well' wait $transfer
check_equal 'all fifty' 50 "$(json 'len(d["end"]["streams"])' </run/transfer.json)"
check_equal 'and each has arrived' true \
	"$(json 'all(s["receiver"]["bytes"] > 0 for s in d["end"]["streams"])' </run/transfer.json)"
check_equal 'every reload was taken' 0 $bad
check "there were enough of them: $loads" test $loads -ge 10
transfer_denied() { "$CTL" workloads --json | json '[w["denied"] for w in d if w["workload"] == "transfer"][0]'; }
check_equal 'nothing of the transfer was denied' 0 "$(transfer_denied)"

for n in $keepers; do
	check "what is allowed goes on, $n" ask keep$n self kept-by send
done
policy_load "${lesser[@]}" >/dev/null
for n in $keepers; do
	check_status "what is no longer allowed is cut, $n" 13 ask keep$n self kept-by send
done
policy_load "${full[@]}" >/dev/null
for n in $keepers; do
	check "and goes on when it is allowed again, $n" ask keep$n self kept-by send
done

# Namespaces; a socket of a member in each, at times with a reload while it is there.
spaces=$(few 200 20)
bad=0
for ((n = 1; n <= spaces; n++)); do
	ip netns add brief || bad=1
	ip -n brief link set lo up || bad=1
	nsenter --net=/run/netns/brief $YARD/bin/member listen 127.0.0.1 8001 || bad=1
	[ $((n % 20)) != 0 ] || policy_load "${full[@]}" >/dev/null || bad=1
	ip netns delete brief || bad=1
done
check_equal "$spaces namespaces come and go" 0 $bad
check_equal 'no socket of theirs is left' 0 "$("$CTL" flows --json | json 'len([f for f in d if f["protocol"] == "tcp" and f["state"] == "listening"])')"
