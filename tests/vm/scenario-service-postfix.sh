# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real Postfix is learnt, captured, and held to that: mail by sendmail and SMTP, bounces; intruders fail
# Long: runs where it is named.
# Unproved: it has not passed from its beginning to its end yet.

. tests/vm/lib-service.sh

SERVICE=postfix
MEMBERS=(exe:/usr/lib/postfix/sbin/master)
DECISIONS=()

echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
packages_install postfix
cp /usr/share/postfix/main.cf.debian /etc/postfix/main.cf
postconf -e 'inet_interfaces = loopback-only' 'inet_protocols = ipv4' 'mydestination = localhost, here.example' \
	'myhostname = here.example' 'maillog_file = /var/log/mail.log' 'alias_maps = hash:/etc/aliases' \
	'default_transport = error' 'relay_transport = error' 'local_recipient_maps =' 'smtputf8_enable = no' \
	'alias_database = hash:/etc/aliases'
for user in alice bob; do useradd --create-home $user; done
printf 'postmaster: bob\nteam: alice, bob\n' >/etc/aliases
newaliases
rm -f /var/mail/*

begin()
{
	postfix start >/run/postfix.said 2>&1 || cat /run/postfix.said
	server=$(tr -d ' ' </var/spool/postfix/pid/master.pid)
	await listens 25
}
# What serves clients comes and goes, in a root directory of its own; and the master dies of a child that it does
# not know.
intruded() { pgrep -x qmgr; }

# By SMTP, as another program of this host does. mail FROM TO SUBJECT
mail()
{
	python3 -c '
import smtplib, sys
with smtplib.SMTP("127.0.0.1", 25, timeout=60) as smtp:
    smtp.sendmail(sys.argv[1], [sys.argv[2]], "Subject: %s\r\n\r\nby SMTP\r\n" % sys.argv[3])
' "$@" 2>&1 | tail -n 1
}
arrives() { await grep -q -- "Subject: $2" /var/mail/$1 && echo "$1 has $2"; }

load()
{
	local i
	rm -f /var/mail/*
	for ((i = 0; i < 3 * LOAD; i++)); do
		printf 'Subject: local-%s-%s\n\nby sendmail\n' $1 $i | sendmail -f alice bob
	done
	arrives bob local-$1-$((i - 1))
	mail alice@here.example team@localhost "team-$1" 
	arrives alice team-$1
	arrives bob team-$1
	mail alice@here.example nobody-here@localhost "lost-$1"
	arrives alice 'Undelivered Mail Returned to Sender'
	mail alice@here.example stranger@elsewhere.example "away-$1" | sed 's/.*Relay/Relay/'
	await eval 'postqueue -p | grep -q "queue is empty"' && echo 'nothing waits'
}

upkeep()
{
	postfix reload 2>&1 | grep -v refreshing
	await listens 25
	echo 'crew: alice' >>/etc/aliases
	newaliases
	mail bob@here.example crew@localhost crew
	arrives alice crew
	rm -f /var/log/mail.log.*
	postfix logrotate 2>&1
	mail bob@here.example alice@localhost rotated
	arrives alice rotated
	await test -s /var/log/mail.log
}

quit() { postfix stop >/dev/null 2>&1; ended $server; }
upgrade() { packages_install postfix && { await listens 25 || { server=; begin; }; }; }

service_prove
