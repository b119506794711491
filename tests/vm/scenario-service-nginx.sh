# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real nginx is learnt, captured, and held to that: pages, uploads, a proxy, rotation; intruders fail
# Long: runs where it is named; of services redis is tried in short.

. tests/vm/lib-service.sh

SERVICE=web
MEMBERS=(exe:/usr/sbin/nginx)
DECISIONS=()

mkdir -p /srv/www
for name in index a b c d e f g h; do
	echo "page $name" >/srv/www/$name.html
done
head -c 300000 /dev/urandom >/srv/www/large
rm -f /etc/nginx/sites-enabled/* /var/log/nginx/*
cat >/etc/nginx/sites-enabled/www <<-EOT
	server {
	        listen 127.0.0.1:80;
	        root /srv/www;
	        autoindex on;
	        client_max_body_size 8m;
	        client_body_buffer_size 16k;
	        location /echo { proxy_pass http://unix:/var/lib/nginx/echo.sock:/; }
	}
	server {
	        listen unix:/var/lib/nginx/echo.sock;
	        root /srv/www;
	        client_max_body_size 8m;
	        location / { client_body_in_file_only clean; error_page 405 =200 /index.html; }
	}
EOT

get() { curl --silent --max-time 20 --output /run/got --write-out '%{http_code} ' "http://127.0.0.1$1" "${@:2}"; }

begin() { nginx -t -q && nginx && server=$(cat /run/nginx.pid); }
intruded() { pgrep -P $server | head -n 1; }

load()
{
	local i name
	for ((i = 0; i < LOAD; i++)); do
		for name in index a b c d e f g h; do get /$name.html; done
		# A page that nobody has asked for before.
		echo new >/srv/www/new-$1.html
		get /new-$1.html
		get /
		get /nowhere
		get /large
		for name in {1..5}; do get /echo --data-binary @/srv/www/large; done
	done
}

upkeep()
{
	local workers
	mv /var/log/nginx/access.log /var/log/nginx/access.log.1
	nginx -s reopen
	await eval 'get /; [ -s /var/log/nginx/access.log ]'
	workers=$(pgrep -P $server | sort | tr '\n' ' ')
	nginx -s reload
	await eval '[ "$(pgrep -P $server | sort | tr "\n" " ")" != "$workers" ]'
}

tried_too()
{
	VICTIM=$server intruder 'hashes of passwords' read /etc/shadow
	VICTIM=$server intruder "another process's environment" read /proc/1/environ
	VICTIM=$server intruder 'a page' write /srv/www/index.html 'page index'
}

quit() { nginx -s quit; ended $server; }

service_prove
