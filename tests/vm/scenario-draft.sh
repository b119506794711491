# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real nginx under a manifest drafted from its package: few departures, all of them asked about
# Tool: files are read, and what a manifest means is the engine's, which units test.

unit=/sys/fs/cgroup/system.slice/nginx.service

# As systemd starts what a unit names
in_unit() { bash -c "echo \$\$ >$unit/cgroup.procs; exec \"\$@\"" - "$@"; }

# departures ACTION: what was done to what, each once
departures()
{
	"$CTL" monitor --json --all --since all --timeout 1 2>/dev/null |
		json '"\n".join(sorted({e["op"] + " " + str(e["object"]) for e in d if e.get("action") == "'$1'"}))' stream
}

mkdir -p $unit /srv/www
echo 'a page' >/srv/www/index.html
rm -f /etc/nginx/sites-enabled/*
echo 'server { listen 127.0.0.1:80; root /srv/www; }' >/etc/nginx/sites-enabled/www
mkdir -p /run/manifests
cp -r "$TOP/manifests/base" /run/manifests/

"$CTL" draft package nginx >/run/manifests/nginx.json 2>/run/questions || give_up 'nothing is drafted'
check 'what is drafted is right' "$CTL" check --strict /run/manifests/nginx.json
check_match 'it asks what it cannot know' 'Which ports does nginx.service listen on' "$(cat /run/questions)"
check_equal 'its libraries are found' '' "$(grep 'is linked to' /run/questions)"
module_load || give_up 'the module does not load'
check 'it loads' policy_load /run/manifests/nginx.json

check 'its configuration is tested, outside of the unit' nginx -t -q
check 'it starts' in_unit nginx
master=$(cat /run/nginx.pid)
check_equal 'it is the workload' nginx "$(workload_of "$master")"
check_equal 'a page' 'a page' "$(curl --silent --max-time 20 http://127.0.0.1/)"
check 'a reload' in_unit nginx -s reload
check 'it is stopped as the unit does' in_unit start-stop-daemon --quiet --stop --retry QUIT/20 --pidfile /run/nginx.pid
check_equal 'and ends' '' "$(pgrep -x nginx)"
check_equal 'nothing was denied' 0 "$(status_field denied)"

# What would have been: the page, the port and who came to it. The rest was drafted.
would=$(departures would-deny)
echo "# would be denied: $(paste -sd ';' <<<"$would")"
check_equal 'the page, the port, and who comes to it' \
	'accept tcp/80@127.0.0.1;listen tcp/80;read /srv/www/index.html' "$(paste -sd ';' <<<"$would")"

# The answers to its questions, and nothing is left
cat >/run/manifests/answers.json <<-EOT
	{ "manifest": 1, "workload": "nginx", "members": { "any": [ "unit:nginx.service" ] },
	  "programs": [ { "exe": "/usr/sbin/nginx", "read": [ "/srv/www/**" ],
	    "listen": [ "tcp/80" ], "accept": [ { "from": "loopback", "port": "tcp/80" } ] } ],
	  "default": "deny" }
EOT
check 'the answers are joined' "$CTL" merge --output /run/manifests/nginx.json \
	/run/manifests/nginx.json /run/manifests/answers.json
check_status 'which differs from what is loaded' 1 "$CTL" diff loaded:nginx /run/manifests/nginx.json
check 'it loads again' policy_load --replace /run/manifests/nginx.json
check_status 'and is what is loaded' 0 "$CTL" diff loaded:nginx /run/manifests/nginx.json
check 'all is enforced' "$CTL" mode nginx all=enforce
before=$(status_field would_deny)
check 'it starts, enforced' in_unit nginx
check_equal 'a page, enforced' 'a page' "$(curl --silent --max-time 20 http://127.0.0.1/)"
check 'it is stopped' in_unit start-stop-daemon --quiet --stop --retry QUIT/20 --pidfile /run/nginx.pid
check_equal 'nothing of it is denied' '' "$(departures deny)"
check_equal 'nor would be' "$before" "$(status_field would_deny)"
