# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real Redis is learnt, captured, and held to that: benchmarks, snapshots, restarts; intruders fail
# Tool: what the module learns is scenario learn's, on each kernel.

. tests/vm/lib-service.sh

SERVICE=redis
MEMBERS=("exe:$(readlink -f /usr/bin/redis-server)")
# Beside its configuration it writes the next one, under a name of its own.
DECISIONS=(--allow '/etc/redis/redis.conf.??????')

install -d -o redis -g redis /run/redis
chown -R redis:redis /var/lib/redis /var/log/redis
cat >/etc/redis/redis.conf <<-EOT
	bind 127.0.0.1
	port 6379
	unixsocket /run/redis/redis.sock
	unixsocketperm 770
	dir /var/lib/redis
	daemonize no
	logfile /var/log/redis/redis-server.log
	save 3600 1
EOT
chown -R redis:redis /etc/redis
redis() { timeout 60 redis-cli "$@" 2>&1; }

begin()
{
	setpriv --reuid redis --regid redis --init-groups redis-server /etc/redis/redis.conf >/run/redis.said 2>&1 &
	server=$!
	await eval '[ "$(redis ping)" = PONG ]'
}
intruded() { echo $server; }

load()
{
	redis-benchmark -q -n $((200 * LOAD)) -t set,get,incr,lpush,lpop,sadd,hset,zadd,mset >/run/bench 2>&1 && echo measured
	redis -s /run/redis/redis.sock set "key $1" "value $1"
	redis get "key $1"
	redis save
	redis bgsave >/dev/null
	await eval 'redis info persistence | grep -q rdb_bgsave_in_progress:0'
	redis lastsave | grep -c .
}

upkeep()
{
	redis config set maxmemory 64mb
	redis config rewrite
	mv /var/log/redis/redis-server.log /var/log/redis/redis-server.log.1
	quit && begin
}

quit() { redis shutdown save; ended $server; }

service_prove
