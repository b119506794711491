# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Responses on the real nginx, Redis and PostgreSQL: intruders are killed, stopped, cut off, blocked

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
answer manifests/postgresql.json '[ { "on": "exec", "do": "kill" },
	{ "on": "accept", "count": 2, "within": "1h", "do": "block-peer", "ttl": "1h" } ]' \
	'{}' '[ "10.5.0.2", "10.9.0.2", "loopback" ]'
python3 - <<-'EOT'
	import json
	for name in ("/run/web.json", "/run/postgresql.json"):
	    manifest = json.load(open(name))
	    manifest["deny"] += [
	        { "read": ["/srv/loot/**"], "respond": [ { "do": "kill" } ] },
	        { "read": ["/srv/trap/**"], "respond": [ { "do": "suspend" } ] } ]
	    json.dump(manifest, open(name, "w"))
EOT
answer manifests/redis.json '[
	{ "on": "connect", "count": 2, "within": "1h", "do": "quarantine" } ]' \
	'{ "0": [ { "do": "kill-workload" } ] }'
cp -r manifests/base /run/
module_load || give_up 'the module does not load'
policy_load /run/web.json /run/redis.json /run/postgresql.json tests/vm/manifests/respond-site.json >/dev/null ||
	give_up 'the manifests do not load'

# get HOST PATH [OPTION...]: the status that nginx answers with; 000: it does not.
get()
{
	local host=$1 path=$2 address=10.5.0.1
	[ $host != ops ] || address=10.9.0.1
	[ $host != here ] || address=127.0.0.1
	shift 2
	on $host curl --silent --max-time ${PATIENCE:-$(few 20 120)} --output /dev/null --write-out '%{http_code}' \
		"$@" "http://$address$path"
}
LOSS=$(few 3 20)

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
# states NAME: of all processes called that.
states() { for pid in $(pgrep -x $1); do sed 's/.*) \(.\).*/\1/' /proc/$pid/stat; done | tr '\n' ' '; }
check_match 'all of nginx is stopped' '^(T )+$' "$(states nginx)"
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

redis() { timeout $(few 20 120) redis-cli -h ${ADDRESS:-127.0.0.1} "$@" 2>&1; }
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
check_equal 'but the management' PONG "$(on ops timeout $(few 20 120) redis-cli -h 10.9.0.1 ping)"
on ops timeout $(few 20 120) redis-cli -h 10.9.0.1 replicaof no one >/dev/null
check 'it is released' "$CTL" release redis
check_equal 'it answers' PONG "$(redis ping)"
redis config set dir /var/spool/cron >/dev/null
redis save >/dev/null
check 'who writes a cron table is killed' timeout 20 tail --pid=$server -f /dev/null
check_equal 'and has not' '' "$(ls /var/spool/cron)"
kill $server 2>/dev/null
wait $server 2>/dev/null

POSTGRES=$(echo /usr/lib/postgresql/*/bin) CLUSTER=$(echo /etc/postgresql/*/main)
echo 'host all all all trust' >/etc/postgresql/trust.conf
install -d -o postgres /run/postgresql
setpriv --reuid postgres --regid postgres --init-groups $POSTGRES/postgres -D ${CLUSTER/etc/var/lib} \
	-c config_file=$CLUSTER/postgresql.conf -c hba_file=/etc/postgresql/trust.conf -c listen_addresses=* \
	-c jit=off -c ssl=off -c fsync=off >/run/postgres.said 2>&1 &
server=$!
# sql HOST QUERY: what PostgreSQL answers to somebody there.
sql()
{
	local address=10.5.0.1
	[ $1 != ops ] || address=10.9.0.1
	on $1 timeout ${PATIENCE:-120} $POSTGRES/psql -XqAt -h $address -U postgres -c "$2" postgres 2>&1
}
serves() { [ "$(sql $1 'select 6 * 7')" = 42 ]; }
# Who looks at it while it starts again is told so.
serves_again() { until serves peer; do [ -e /proc/$server ] || return 1; done; }
export -f serves serves_again sql on
export POSTGRES server
check 'PostgreSQL starts' timeout 300 bash -c serves_again
[ -e /proc/$server ] || tail /run/postgres.said /var/log/postgresql/*.log
install -d -o postgres /srv/out
check_match 'who is made to start a shell is killed' 'terminated by signal 9' \
	"$(sql peer "copy (select 1) to program 'id >/srv/out/shell'")"
check_equal 'and has not' '' "$(ls /srv/out)"
check 'his service was not in danger' serves peer
check_match 'who is made to read loot is killed' 'closed the connection' "$(sql peer "select pg_read_file('/srv/loot/file')")"
check 'it serves again, by itself' timeout 300 bash -c serves_again
PATIENCE=$LOSS sql peer "select pg_read_file('/srv/trap/file')" >/dev/null
check_match 'by the trap all of it is stopped' '^(T )+$' "$(states postgres)"
check_status 'it serves nobody' 124 env PATIENCE=$LOSS bash -c 'sql peer "select 1"'
check 'it is resumed' "$CTL" resume postgresql
check 'it serves again' timeout 300 bash -c serves_again
check 'it is put into quarantine' "$CTL" quarantine postgresql
check_status 'it serves no peer' 124 env PATIENCE=$LOSS bash -c 'sql peer "select 1"'
check 'it answers the management' serves ops
check 'it is released' "$CTL" release postgresql
check 'it serves the peer' serves peer
"$CTL" unblock 10.5.0.3 >/dev/null
# By HTTP: only that it is heard matters.
knock() { on peer curl --silent --max-time $LOSS --interface $1 http://10.5.0.1:5432/; }
check_match 'who may come is heard' '^5[26]$' "$(knock 10.5.0.2; echo $?)"
check_status 'who may not is not' 28 knock 10.5.0.3
check_status 'nor the next time' 28 knock 10.5.0.3
check_equal 'and blocked' "['10.5.0.3']" "$("$CTL" blocked --json | json '[e["address"] for e in d]')"
check 'others are served' serves peer
kill $server
wait $server
check_equal 'it ends well' 0 $?
