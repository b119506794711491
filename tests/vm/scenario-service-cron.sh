# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real cron is learnt, captured, and held to that: jobs of root and of users, logrotate; intruders fail
# Long: runs where it is named.
# Unproved: it has not passed from its beginning to its end yet.

. tests/vm/lib-service.sh

SERVICE=cron
MEMBERS=(exe:/usr/sbin/cron)
# Jobs are shell scripts.
DECISIONS=(--allow-program /usr/bin/dash)

packages_install cron
rm -f /etc/cron.*/e2scrub* /etc/cron.*/apt-compat /etc/cron.*/dpkg /etc/logrotate.d/*
cat >/usr/local/bin/tidy <<-'EOT'
	#!/bin/sh
	set -e
	find /srv/work -name 'old-*' -delete
	sort /srv/work/list | uniq -c >/srv/work/report.new
	mv /srv/work/report.new /srv/work/report
	echo tidied >>/var/log/tidy.log
EOT
chmod 755 /usr/local/bin/tidy
echo '* * * * * root /usr/local/bin/tidy && touch /srv/work/done' >/etc/cron.d/tidy
printf '/var/log/tidy.log {\n\tsize 1\n\trotate 2\n\tsu root root\n}\n' >/etc/logrotate.d/tidy
useradd --create-home --shell /bin/sh alice
mkdir -p /srv/work
echo '* * * * * wc -l <notes >lines.new && mv lines.new lines' | crontab -u alice -

begin()
{
	cron -f &
	server=$!
	await test -s /run/crond.pid
}
intruded() { echo $server; }

# minute_ends [HOUR:MINUTE]: of this or that one, the clock stands at the last seconds.
minute_ends() { date --set "$(date +%F) ${1:-$(date +%H:%M)}:58" >/dev/null; }

load()
{
	local i
	for ((i = 0; i < LOAD; i++)); do
		rm -f /srv/work/done /home/alice/lines
		printf 'one %s\ntwo\ntwo\n' $1 >/srv/work/list
		seq $1 >/home/alice/notes
		touch /srv/work/old-$1
		chown alice: /home/alice/notes
		minute_ends
		await test -e /srv/work/done
		await test -s /home/alice/lines
		sed 's/^ *//' /srv/work/report
		cat /home/alice/lines
		ls /srv/work/old-$1 2>&1
	done
}

upkeep()
{
	# What Debian's crontab has at that time.
	minute_ends 06:24
	rm -f /var/log/tidy.log.1
	await test -e /var/log/tidy.log.1
	minute_ends 07:16
	await test -e /srv/work/done
	crontab -u alice -l | crontab -u alice -
	minute_ends
	rm -f /srv/work/done
	await test -e /srv/work/done
}

# A job that has begun ends as it wants.
quit() { kill -TERM $server; ended $server; await eval '! pgrep -f "cron|tidy|logrotate|run-parts"'; }

service_prove
