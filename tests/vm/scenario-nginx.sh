# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real nginx under manifests/nginx.json: start, requests, reload, rotation, end, and no departure

mkdir -p /srv/www/folder
echo 'a page' >/srv/www/index.html
head -c 3000000 /dev/urandom >/srv/www/folder/large
rm -f /etc/nginx/sites-enabled/*
cat >/etc/nginx/sites-enabled/www <<-EOT
	server {
	        listen 127.0.0.1:80;
	        root /srv/www;
	        autoindex on;
	        client_max_body_size 8m;
	        # What does not fit into memory goes through its temporary files.
	        location /echo { proxy_pass http://unix:/var/lib/nginx/echo.sock:/; }
	}
	server {
	        listen unix:/var/lib/nginx/echo.sock;
	        root /srv/www;
	        client_max_body_size 8m;
	        location / { client_body_in_file_only clean; error_page 405 =200 /index.html; }
	}
EOT
module_load || give_up 'the module does not load'
policy_load manifests/nginx.json manifests/base/host.json >/dev/null || give_up 'the manifest does not load'

get() { curl --silent --show-error --max-time 20 --output /run/got --write-out '%{http_code}' "http://127.0.0.1$1" "${@:2}"; }

check 'its configuration is tested' nginx -t -q
check 'it starts' nginx
master=$(cat /run/nginx.pid)
check_equal 'it is the workload' web "$(workload_of "$master")"
check_equal 'a page' '200 a page' "$(get /) $(cat /run/got)"
check_equal 'a listing' 200 "$(get /folder/)"
check_equal 'what is not there' 404 "$(get /nowhere)"
check_equal 'a large file' 200 "$(get /folder/large)"
check 'all of it' cmp /run/got /srv/www/folder/large
check_equal 'a large request' 200 "$(get /echo --data-binary @/srv/www/folder/large)"

mv /var/log/nginx/access.log /var/log/nginx/access.log.1
nginx -s reopen
until [ -s /var/log/nginx/access.log ]; do get / >/dev/null; done
ok 'the log goes on after a rotation'

workers=$(pgrep -P "$master" | sort | tr '\n' ' ')
check 'a reload is taken' nginx -s reload
until [ "$(pgrep -P "$master" | sort | tr '\n' ' ')" != "$workers" ]; do :; done
check_equal 'a page after the reload' 200 "$(get /)"
check 'it is asked to end' nginx -s quit
timeout 20 tail --pid="$master" -f /dev/null
check_equal 'and ends' '' "$(pgrep -x nginx)"
check_equal 'nothing of all that was denied' 0 "$(status_field denied)"
[ "$(status_field denied)" = 0 ] || dmesg | grep 'cordon: deny' | sed 's/^/#   /'
