# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real nginx is learnt, captured, and held to that: the same load, no departure, and intrusions fail
# Tool: what the module learns is scenario learn's, on each kernel.

PUPPET=$TESTS/puppet
MADE=/run/web.json

# What other scenarios left there would be taken for ours.
rm -f /tmp/shell-ran /tmp/dropped-ran /tmp/memory-ran /tmp/injected
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

# serve TIMES: all that it does, from its start to its end; what it answered.
serve()
{
	local name i master workers
	nginx -t -q && nginx || return
	for name in index a b c d e f g h; do
		get /$name.html
	done
	get /
	get /nowhere
	get /large
	for ((i = 0; i < $1; i++)); do
		get /echo --data-binary @/srv/www/large
	done
	mv /var/log/nginx/access.log /var/log/nginx/access.log.1
	nginx -s reopen
	until [ -s /var/log/nginx/access.log ]; do get / >/dev/null; done
	master=$(cat /run/nginx.pid)
	workers=$(pgrep -P "$master" | sort | tr '\n' ' ')
	nginx -s reload
	until [ "$(pgrep -P "$master" | sort | tr '\n' ' ')" != "$workers" ]; do :; done
	get /
	nginx -s quit
	timeout 20 tail --pid="$master" -f /dev/null
}
answers() { printf '%s404 200 ' "$(printf '200 %.0s' {1..10})"; printf '200 %.0s' $(seq $(($1 + 1))); }

module_load || give_up 'the module does not load'
check 'learning begins' "$CTL" learn start exe:/usr/sbin/nginx --name web
check_equal 'it serves while it is learnt' "$(answers 5)" "$(serve 5)"
check_equal 'and again' "$(answers 5)" "$(serve 5)"
check 'learning ends' "$CTL" learn stop web
"$CTL" learn show web --json >/run/seen.json

"$CTL" capture web --enforce --output $MADE 2>/run/said
status=$?
sed 's/^/# /' /run/said $MADE
check_equal 'nothing is left for a decision' 0 $status
check 'what was made is right' "$CTL" check --strict $MADE
check_equal 'it is read in a minute' true "$(python3 -c '
import json
d = json.load(open("'$MADE'"))
for p in d["programs"] + d.get("allow", []):
    p.pop("seen", None)
    rules = sum(len(v) for v in p.values() if isinstance(v, list))
print(str(rules <= 60).lower())')"
check_equal 'of a file it is the same' "$(cat $MADE)" "$("$CTL" capture --from /run/seen.json --enforce --member exe:/usr/sbin/nginx)"
check 'the learnt is cleared' "$CTL" learn clear web
check 'it is put in force' policy_load $MADE
before=$(status_field denied)
check_equal 'the same load, and more of it' "$(answers 8)" "$(serve 8)"
check_equal 'nothing of it was denied' "$before" "$(status_field denied)"
[ "$(status_field denied)" = "$before" ] || dmesg | grep 'cordon: deny' | sed 's/^/#   /'
check_equal 'a page that is new' '200 ' "$(echo new >/srv/www/new.html; nginx; get /new.html)"

# Whoever comes into it does nothing that nginx did not.
master=$(cat /run/nginx.pid)
worker=$(pgrep -P "$master" | head -n 1)
$PUPPET "$worker" shell 'id >/tmp/shell-ran' 2>/dev/null
check_equal 'no shell' '' "$(cat /tmp/shell-ran 2>/dev/null)"
$PUPPET "$worker" drop "$TESTS/act" /tmp/dropped create /tmp/dropped-ran 2>/dev/null
check_equal 'no program that was dropped' '' "$(ls /tmp/dropped-ran 2>/dev/null)"
$PUPPET "$worker" memory "$TESTS/act" create /tmp/memory-ran 2>/dev/null
check_equal 'no program in memory' '' "$(ls /tmp/memory-ran 2>/dev/null)"
cp "$TESTS/injected.so" /tmp/injected.so
$PUPPET "$worker" library /tmp/injected.so 2>/dev/null
check_equal 'no library' '' "$(cat /tmp/injected 2>/dev/null)"
check_equal 'no hashes of passwords' '' "$($PUPPET "$master" read /etc/shadow 2>/dev/null)"
check_equal "no other process's environment" '' "$($PUPPET "$master" read /proc/1/environ 2>/dev/null)"
$PUPPET "$master" write /srv/www/index.html defaced 2>/dev/null
check_equal 'no page is changed' 'page index' "$(cat /srv/www/index.html)"
check_equal 'it serves on' '200 ' "$(get /)"
nginx -s quit
timeout 20 tail --pid="$master" -f /dev/null
rm -f /tmp/injected.so /tmp/dropped
