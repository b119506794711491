# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real PostgreSQL is learnt, captured, and held to that: pgbench, dumps, vacuum; intruders fail
# Long: runs where it is named.
# Unproved: it has not passed from its beginning to its end yet.

. tests/vm/lib-service.sh

BIN=$(echo /usr/lib/postgresql/*/bin)
CLUSTER=$(echo /etc/postgresql/*/main)

SERVICE=postgresql
MEMBERS=("exe:$BIN/postgres")
DECISIONS=()

mkdir -p /run/postgresql
chown postgres: /run/postgresql
printf 'local all all trust\nhost all all 127.0.0.1/32 trust\n' >/etc/postgresql/trust.conf

# sql DATABASE COMMAND...
sql() { timeout 120 psql -XqAt -h ${ADDRESS:-/run/postgresql} -U postgres "$@" 2>&1; }
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }

begin()
{
	setpriv --reuid postgres --regid postgres --init-groups $BIN/postgres -D ${CLUSTER/etc/var/lib} -c config_file=$CLUSTER/postgresql.conf \
		-c hba_file=/etc/postgresql/trust.conf -c fsync=off -c logging_collector=on \
		-c log_directory=/var/log/postgresql >/run/postgres.said 2>&1 &
	server=$!
	await eval '[ "$(sql -c "select 6 * 7" postgres)" = 42 ]'
}
# One that serves somebody.
intruded()
{
	local pid="select pid from pg_stat_activity where query = 'select pg_sleep(999)'"
	if [ -z "$(sql -c "$pid" postgres)" ]; then
		psql -XqAt -h /run/postgresql -U postgres -c 'select pg_sleep(999)' postgres >/dev/null 2>&1 &
		await eval "[ -n \"\$(sql -c \"$pid\" postgres)\" ]" >&2
	fi
	sql -c "$pid" postgres
}

load()
{
	createdb -h /run/postgresql -U postgres bench-$1
	as_postgres $BIN/pgbench -h /run/postgresql -q -i -s 1 bench-$1 >/run/bench 2>&1 && echo prepared
	as_postgres $BIN/pgbench -h /run/postgresql -c 4 -t $((10 * LOAD)) bench-$1 >/run/bench 2>&1 && echo measured
	as_postgres $BIN/pgbench -h 127.0.0.1 -S -c 2 -t $((50 * LOAD)) bench-$1 >/run/bench 2>&1 && echo read
	ADDRESS=127.0.0.1 sql -c "create index on pgbench_accounts (abalance)" bench-$1
	sql -c "set work_mem = '64kB'" -c 'select count(*) from (select * from pgbench_accounts a order by filler, aid) s' bench-$1
	sql -c 'vacuum full pgbench_accounts' bench-$1
	pg_dump -h /run/postgresql -U postgres bench-$1 | wc -l
	sql -c 'checkpoint' bench-$1
	dropdb -h /run/postgresql -U postgres bench-$1
}

upkeep()
{
	kill -HUP $server
	sql -c 'select pg_reload_conf(), pg_rotate_logfile(), pg_switch_wal() is not null' postgres
	sql -c 'alter system set work_mem = "8MB"' postgres
	quit && begin
}

quit() { kill -INT $server; ended $server; }

service_prove
