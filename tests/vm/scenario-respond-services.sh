# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Responses on the real nginx and Redis: intruders are killed, stopped, cut off, blocked

. tests/vm/lib-net.sh

yard_build
net_host peer ops
net_cable here out 10.5.0.1/24 - peer eth0 10.5.0.2/24 10.5.0.3/24
net_cable here toops 10.9.0.1/24 - ops eth0 10.9.0.2/24
echo_on peer outsider stream 10.5.0.2 6379

mkdir -p /srv/www /srv/loot /srv/trap /etc/redis /var/lib/redis /var/log/redis /var/spool/cron
echo 'a page' >/srv/www/index.html
echo 'loot' | tee /srv/loot/file >/srv/trap/file
rm -f /etc/nginx/sites-enabled/*
cat >/etc/nginx/sites-enabled/www <<-EOT
	server {
	        listen 80;
	        root /srv/www;
	        location /loot { alias /srv/loot; }
	        location /trap { alias /srv/trap; }
	}
EOT
cat >/etc/redis/redis.conf <<-EOT
	bind 0.0.0.0
	protected-mode no
	enable-protected-configs yes
	dir /var/lib/redis
	daemonize no
	logfile /var/log/redis/redis-server.log
	save ""
EOT

# The manifests that are shipped, and what follows a departure from them.
answer()
{
	python3 - "$@" <<-'EOT'
		import json, sys
		manifest = json.load(open(sys.argv[1]))
		del manifest["$schema"]
		manifest["respond"] = json.loads(sys.argv[2])
		for index, answer in json.loads(sys.argv[3]).items():
		    manifest["deny"][int(index)]["respond"] = answer
		if len(sys.argv) > 4:
		    for program in manifest["programs"]:
		        if program.get("accept"):
		            program["accept"][0]["from"] = json.loads(sys.argv[4])
		json.dump(manifest, open("/run/" + manifest["workload"] + ".json", "w"))
	EOT
}
answer manifests/nginx.json '[
	{ "on": "accept", "count": 2, "within": "1h", "do": "block-peer", "ttl": "1h" } ]' \
	'{ "0": [ { "do": "kill" } ] }' '[ "10.5.0.2", "10.9.0.2", "loopback" ]'
python3 - <<-'EOT'
	import json
	web = json.load(open("/run/web.json"))
	web["deny"] += [
	    { "read": ["/srv/loot/**"], "respond": [ { "do": "kill" } ] },
	    { "read": ["/srv/trap/**"], "respond": [ { "do": "suspend" } ] } ]
	json.dump(web, open("/run/web.json", "w"))
EOT
answer manifests/redis.json '[
	{ "on": "connect", "count": 2, "within": "1h", "do": "quarantine" } ]' \
	'{ "0": [ { "do": "kill-workload" } ] }'
cp -r manifests/base /run/
module_load || give_up 'the module does not load'
policy_load /run/web.json /run/redis.json tests/vm/manifests/respond-site.json >/dev/null ||
	give_up 'the manifests do not load'

# get HOST PATH [OPTION...]: the status that nginx answers with; 000: it does not.
get()
{
	local host=$1 path=$2 address=10.5.0.1
	[ $host != ops ] || address=10.9.0.1
	[ $host != here ] || address=127.0.0.1
	shift 2
	on $host curl --silent --max-time ${PATIENCE:-20} --output /dev/null --write-out '%{http_code}' \
		"$@" "http://$address$path"
}
LOSS=3

check 'nginx starts' nginx
master=$(cat /run/nginx.pid)
check_equal 'a page' 200 "$(get peer /)"
workers=$(pgrep -P $master)
check_equal 'who is made to read loot answers nothing' 000 "$(get peer /loot/file)"
# Which of them took the request is the kernel's choice.
one_is_gone() { until ! ps -p "${workers//$'\n'/,}" --no-headers -o pid= | wc -l | grep -qx "$(wc -w <<<"$workers")"; do :; done; }
export -f one_is_gone
export workers
check 'that worker is dead' timeout 20 bash -c one_is_gone
check_equal 'another one serves' 200 "$(get peer /)"
check_equal 'the master is the same' $master "$(cat /run/nginx.pid)"

check_equal 'who falls into the trap answers nothing' 000 "$(PATIENCE=$LOSS get peer /trap/file)"
check_match 'all of nginx is stopped' '^(T )+$' "$(for pid in $(pgrep -x nginx); do sed 's/.*) \(.\).*/\1/' /proc/$pid/stat; done | tr '\n' ' ')"
check_equal 'it serves nobody' 000 "$(PATIENCE=$LOSS get peer /)"
check 'it is resumed' "$CTL" resume web
check_equal 'it serves again' 200 "$(get peer /)"

check 'nginx is put into quarantine' "$CTL" quarantine web
check_equal 'it serves no peer' 000 "$(PATIENCE=$LOSS get peer /)"
check_equal 'nor this host' 000 "$(PATIENCE=$LOSS get here /)"
check_equal 'it answers the management' 200 "$(get ops /)"
check 'it is released' "$CTL" release web
check_equal 'it serves again, the peer' 200 "$(get peer /)"

for n in 1 2; do
	check_equal "who may not come is not served, $n" 000 "$(PATIENCE=$LOSS get peer / --interface 10.5.0.3)"
done
check_equal 'and blocked' "['10.5.0.3']" "$("$CTL" blocked --json | json '[e["address"] for e in d]')"
check_equal 'others are served' 200 "$(get peer /)"
nginx -s quit
timeout 20 tail --pid="$master" -f /dev/null

redis() { timeout 20 redis-cli -h ${ADDRESS:-127.0.0.1} "$@" 2>&1; }
redis-server /etc/redis/redis.conf >/run/redis.said 2>&1 &
server=$!
until [ "$(redis ping)" = PONG ]; do
	[ -e /proc/$server ] || give_up "Redis does not start: $(cat /run/redis.said)"
done
ok 'Redis starts'
redis replicaof 10.5.0.2 6379 >/dev/null
until [ "$("$CTL" status --json | json 'd["quarantined"]')" = "['redis']" ]; do
	[ $SECONDS -lt 900 ] || give_up 'it is not put into quarantine'
done
ok 'who is made a replica of a stranger is put into quarantine'
check_status 'it answers nobody' 124 timeout $LOSS redis-cli -h 127.0.0.1 ping
check_equal 'but the management' PONG "$(on ops timeout 20 redis-cli -h 10.9.0.1 ping)"
on ops timeout 20 redis-cli -h 10.9.0.1 replicaof no one >/dev/null
check 'it is released' "$CTL" release redis
check_equal 'it answers' PONG "$(redis ping)"
redis config set dir /var/spool/cron >/dev/null
redis save >/dev/null
check 'who writes a cron table is killed' timeout 20 tail --pid=$server -f /dev/null
check_equal 'and has not' '' "$(ls /var/spool/cron)"
