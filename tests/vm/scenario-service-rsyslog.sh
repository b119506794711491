# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real rsyslog is learnt, captured, and held to that: local and remote messages, rotation; intruders fail
# Long: runs where it is named; of services redis is tried in short.

. tests/vm/lib-service.sh

SERVICE=rsyslog
MEMBERS=(exe:/usr/sbin/rsyslogd)
DECISIONS=()

packages_install rsyslog
cat >/etc/rsyslog.conf <<-EOT
	module(load="imuxsock")
	module(load="imudp")
	module(load="imtcp")
	input(type="imudp" port="514" address="127.0.0.1")
	input(type="imtcp" port="514" address="127.0.0.1")
	global(workDirectory="/var/spool/rsyslog")
	template(name="byhost" type="string" string="/var/log/remote/%HOSTNAME%.log")
	if \$fromhost-ip != "127.0.0.1" or \$inputname == "imuxsock" then {
	        auth,authpriv.*  /var/log/auth.log
	        *.*;auth,authpriv.none  -/var/log/syslog
	} else {
	        action(type="omfile" dynaFile="byhost" createDirs="on")
	}
EOT

begin()
{
	rm -f /dev/log
	rsyslogd -n -i /run/rsyslogd.pid >/run/rsyslogd.said 2>&1 &
	server=$!
	await eval '[ -S /dev/log ] && listens 514'
}
intruded() { echo $server; }

# say WHERE WHAT: until it is in that log.
arrives() { await grep -q -- "$2" "$1" && echo "$2"; }
load()
{
	local i
	for ((i = 0; i < 20 * LOAD; i++)); do logger --socket /dev/log -p user.notice "local $1 $i"; done
	logger --socket /dev/log -p auth.info "login $1"
	logger --server 127.0.0.1 --port 514 --udp --rfc3164 "by datagram $1"
	logger --server 127.0.0.1 --port 514 --tcp --rfc3164 "by connection $1"
	arrives /var/log/syslog "local $1 $((i - 1))"
	arrives /var/log/auth.log "login $1"
	arrives "/var/log/remote/$(hostname).log" "by datagram $1"
	arrives "/var/log/remote/$(hostname).log" "by connection $1"
}

upkeep()
{
	cat >/etc/logrotate.d/here <<-EOT
		/var/log/syslog /var/log/auth.log /var/log/remote/*.log {
		        rotate 3
		        missingok
		        su root root
		        postrotate
		                kill -HUP $server
		        endscript
		}
	EOT
	# Messages that are on their way go to one file or the other.
	logrotate --force /etc/logrotate.d/here 2>&1
	logger --socket /dev/log -p user.notice 'rotated'
	arrives /var/log/syslog rotated
}

quit() { kill -TERM $server; ended $server; }

service_prove
# Who logs next makes his own.
rm -f /dev/log
