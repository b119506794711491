# shellcheck shell=bash disable=SC2154,SC2086	# see guest; no blanks in $place and its kin
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The suites of tests/bench/guest that are about the network.

member=$place/measure-net
sizes='10 1000 100000'

# Two hosts behind a bridge, which speak to each other and with themselves.
prepare_net()
{
	local n source=/sys/devices/system/clocksource/clocksource0/current_clocksource
	mkdir $place
	mount -t tmpfs bench $place
	cp "$tests/measure-net" $member
	cp "$tests/measure-net" $place/bystander
	ip link set lo up
	ip link add name br0 type bridge
	ip link set br0 up
	for n in 1 2; do
		ip netns add host$n
		ip link add name port$n type veth peer name eth0 netns host$n
		ip link set port$n master br0 up
		ip -n host$n address add 10.9.0.$n/24 dev eth0
		ip -n host$n link set eth0 up
	done
	echo "clocksource $(cat $source)" >&2
	until measure_net $member >/dev/null 2>&1; do :; done
	measure_net $member >/dev/null
}

measure_net() { "$1" /run/netns/host1 /run/netns/host2; }

# addresses COUNT: so many; those that are measured come last.
addresses()
{
	awk -v n="$1" 'BEGIN {
		for (i = 3; i <= n; i++)
			printf "172.%d.%d.%d\n", 16 + int(i / 65536), int(i / 256) % 256, i % 256
		print "127.0.0.1"
		print "10.9.0.0/24"
	}'
}

# net_manifest COUNT: so many rules of one program, of which the last are those that allow it.
net_manifest()
{
	cat <<-EOT
	{ "manifest": 1, "workload": "bench",
	  "members": { "any": ["exe:$member"] },
	  "mode": { "net": "enforce" },
	  "allow": [ { "exec": ["/**"], "load": ["/**"], "read": ["/**", "anon:"], "write": ["/**"] } ],
	  "programs": [ { "exe": "$member",
	    "sockets": ["packet/raw"],
	    "listen": ["tcp/7001", "udp/7001-7004"],
	    "accept": [ { "from": "segment:listed", "port": ["tcp/7001", "udp/7001-7004"] } ],
	    "connect": [
	$(addresses "$1" | awk '/^172/ { printf "        { \"to\": \"%s\", \"port\": \"tcp/443\" },\n", $1 }')
	        { "to": "segment:listed" } ] } ],
	  "default": "deny" }
	EOT
}

# net_document COUNT: so many segments at most, and rules between them.
net_document()
{
	local n=$1
	[ "$n" -le 4000 ] || n=4000
	cat <<-EOT
	{ "segments": 1, "name": "site", "mode": { "net": "enforce" },
	  "define": [
	$(awk -v n="$n" 'BEGIN { for (i = 0; i < n; i++)
		printf "        { \"segment\": \"s%d\", \"members\": [\"192.168.%d.%d\"] },\n", i, i / 256, i % 256 }')
	        { "segment": "listed", "members": [], "isolate": true } ],
	  "allow": [
	$(awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		printf "        { \"from\": \"s%d\", \"to\": \"listed\", \"port\": \"tcp/%d\" },\n", i % 4000, 1 + i / 4000 }')
	        { "from": "listed", "to": "listed" } ] }
	EOT
}

# load_list COUNT: and what CPU that took, of which a nanosecond is an instruction.
load_list()
{
	local TIMEFORMAT='%U s of its own, %S s of the kernel' spent
	spent=$({ time "$top/build/cordonctl" segment load listed /run/listed >/dev/null 2>/run/why; } 2>&1) ||
		{ cat /run/why >&2; return 1; }
	echo "segment load: $1 entries in $spent" >&2
}

suite_net()
{
	local n
	row 'net-without-anything' measure_net $member
	[ -e "$module" ] || { echo "no module at $module: only the base is measured" >&2; return 0; }
	insmod "$module"
	row 'net-cordon-no-manifest' measure_net $member
	for n in $sizes; do
		net_manifest "$n" >/run/bench.json
		net_document "$n" >/run/site.json
		addresses "$n" >/run/listed
		"$top/build/cordonctl" load /run/bench.json /run/site.json >&2
		load_list "$n"
		row "net-cordon-$n" measure_net $member
		row "net-cordon-$n-not-a-member" measure_net $place/bystander
		# What is enforced must really be.
		"$top/build/cordonctl" segment del listed 127.0.0.1 10.9.0.0/24 >&2
		if timeout 20 $member /run/netns/host1 /run/netns/host2 >/dev/null 2>/run/why ||
			! grep -q denied /run/why; then
			echo 'the manifest is not enforced; the figures are worth nothing' >&2
			exit 1
		fi
		"$top/build/cordonctl" unload --all >&2
	done
	rmmod cordon
	row 'net-after-unload' measure_net $member
}

# nft_rules COUNT FORMAT: a line for each address but those that are measured.
nft_rules() { addresses "$1" | awk -v format="$2\n" '/^172/ { printf format, $1 }'; }

# nft_chains RULES [SET]: held against everything that arrives, and all that is bridged.
nft_chains()
{
	cat <<-EOT
	table inet bench {
	        ${2-}
	        chain input { type filter hook input priority 0; policy accept; $1
	        }
	}
	table bridge bench {
	        ${2-}
	        chain forward { type filter hook forward priority 0; policy accept; $1
	        }
	}
	EOT
}

suite_nftables()
{
	local n
	row 'nftables-none' measure_net $member
	for n in 10 1000; do
		nft_chains "$(nft_rules $n $'\n\t\tip saddr %s drop')" >/run/bench.nft
		nft -f /run/bench.nft
		row "nftables-$n-linear" measure_net $member
		nft flush ruleset
	done
	nft_chains 'ip saddr @listed drop' \
		"set listed { type ipv4_addr; elements = { $(addresses 1000 | awk '/^172/ { printf "%s%s", comma, $1; comma = ", " }') } }" \
		>/run/bench.nft
	nft -f /run/bench.nft
	row 'nftables-set-1000' measure_net $member
	nft flush ruleset
	modprobe nf_conntrack_bridge
	nft_chains 'ct state established,related accept' >/run/bench.nft
	nft -f /run/bench.nft
	row 'nftables-conntrack' measure_net $member
	nft flush ruleset
}
