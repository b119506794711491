# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real sshd is learnt, captured, and held to that: logins, commands, scp, sftp; intruders fail
# Long: runs where it is named.
# Unproved: it has not passed from its beginning to its end yet.

. tests/vm/lib-service.sh

SERVICE=sshd
MEMBERS=(exe:/usr/sbin/sshd)
# Who logs in has a shell, and his home is his own.
DECISIONS=(--allow-program /usr/bin/bash --allow '/home/*/**')

packages_install sshd
mkdir -p /run/sshd ~/.ssh
rm -f ~/.ssh/id_ed25519
ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519
for user in alice bob; do
	useradd --create-home --shell /bin/bash $user
	mkdir -p /home/$user/.ssh
	cp ~/.ssh/id_ed25519.pub /home/$user/.ssh/authorized_keys
	chown -R $user: /home/$user
done
cat >~/.ssh/config <<-EOT
	Host here
	        HostName 127.0.0.1
	        StrictHostKeyChecking no
	        UserKnownHostsFile /dev/null
	        LogLevel ERROR
EOT

begin()
{
	/usr/sbin/sshd -D -e >/run/sshd.said 2>&1 &
	server=$!
	await listens 22
}
intruded() { echo $server; }

load()
{
	local user i
	echo "sent $1" >/run/sent
	for user in alice bob; do
		for ((i = 0; i < LOAD; i++)); do
			ssh $user@here 'echo "$USER" in "$PWD"; ls -d .ssh; cat .ssh/authorized_keys | wc -l'
		done
		ssh -tt $user@here 'test -t 0 && echo a terminal' </dev/null
		scp -q /run/sent $user@here:scp-$1
		scp -q $user@here:scp-$1 /run/got && cat /run/got
		printf 'put /run/sent sftp-%s\nrename sftp-%s kept-%s\nget kept-%s /run/got\nrm kept-%s\n-mkdir dir-%s\nls\n' $1 $1 $1 $1 $1 $1 |
			sftp -q -b - $user@here | grep -c kept
		cat /run/got
	done
	ssh -o PubkeyAuthentication=no -o BatchMode=yes alice@here true 2>&1
	ssh -o BatchMode=yes nobody-here@here true 2>&1
}

upkeep()
{
	kill -HUP $server
	await listens 22
	await ssh alice@here true
}

quit() { kill -TERM $server; ended $server; }
upgrade() { packages_install sshd; }

service_prove
