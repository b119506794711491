# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nginx, an application in Python, Redis: three hosts, their manifests, and intruders in each

. tests/vm/lib-net.sh

yard_build
net_host web app db world
net_cable here toweb 10.0.1.1/24 fd00:0:0:1::1/64 - web eth0 10.0.1.5/24 fd00:0:0:1::5/64
net_cable here toapp 10.0.2.1/24 fd00:0:0:2::1/64 - app eth0 10.0.2.6/24 fd00:0:0:2::6/64
net_cable here todb 10.0.3.1/24 fd00:0:0:3::1/64 - db eth0 10.0.3.7/24 fd00:0:0:3::7/64
net_cable here toworld 203.0.113.1/24 - world eth0 203.0.113.9/24
net_forward here
for host in web:10.0.1.1 app:10.0.2.1 db:10.0.3.1 world:203.0.113.1; do
	on ${host%:*} ip route add default via ${host#*:}
done

# What the application does: it counts its visitors, in Redis.
mkdir -p /srv/app /srv/www
cat >/srv/app/serve <<-EOT
	#!/usr/bin/python3 -IB
	import http.server
	import socket
	import socketserver

	class Page(http.server.BaseHTTPRequestHandler):
	    def do_GET(self):
	        with socket.create_connection(("10.0.3.7", 6379), 10) as redis:
	            redis.sendall(b"INCR visitors\r\n")
	            answer = redis.recv(64).strip().lstrip(b":")
	        self.send_response(200)
	        self.end_headers()
	        self.wfile.write(b"visitor " + answer + b"\n")
	    def log_message(self, *arguments):
	        pass

	# Not HTTPServer, which would ask for the name of this host.
	socketserver.TCPServer.allow_reuse_address = True
	socketserver.TCPServer(("10.0.2.6", 8000), Page).serve_forever()
EOT
chmod 755 /srv/app/serve
rm -f /etc/nginx/sites-enabled/*
cat >/etc/nginx/sites-enabled/www <<-EOT
	server {
	        listen 10.0.1.5:80;
	        location / { proxy_pass http://10.0.2.6:8000/; }
	}
EOT
cat >/run/redis.conf <<-EOT
	bind 10.0.3.7
	protected-mode no
	dir /var/lib/redis
	daemonize no
	logfile /var/log/redis/redis-server.log
	save ""
EOT
mkdir -p /etc/redis /var/lib/redis /var/log/redis
cp /run/redis.conf /etc/redis/redis.conf

# Doors that intruders would like to open.
echo_on app outsider stream 10.0.2.6 22
echo_on db outsider stream 10.0.3.7 22
echo_on world outsider stream 203.0.113.9 443 datagram 203.0.113.9 53

tiers_start()
{
	nsenter --net=/run/netns/db redis-server /etc/redis/redis.conf >/run/redis.said 2>&1 &
	redis=$!
	nsenter --net=/run/netns/app /srv/app/serve >/run/app.said 2>&1 &
	app=$!
	check "$phase: nginx starts" on web nginx
	# They listen when they are ready.
	until on db ss -Hltn sport = 6379 | grep -q . && on app ss -Hltn sport = 8000 | grep -q .; do
		[ $SECONDS -lt $1 ] || give_up "$phase: a tier does not start: $(cat /run/*.said)"
	done
}

tiers_stop()
{
	local nginx
	nginx=$(cat /run/nginx.pid)
	on web nginx -s quit 2>/dev/null
	kill $app $redis
	wait $app $redis 2>/dev/null
	timeout 20 tail --pid=$nginx -f /dev/null
}

visit() { on world curl --silent --show-error --max-time 30 http://10.0.1.5/; }

# knock ADDRESS PORT: does it open to the world
knock() { on world nc -z -w 2 $1 $2; }

# intruder HOST PROGRAM ACT...: an act by whoever has taken over that program.
intruder()
{
	local host=$1 program
	program=$(readlink -f "$2")
	shift 2
	unshare --mount bash -c "mount --bind $YARD/bin/outsider $program; exec \"\$@\"" - \
		nsenter --net=/run/netns/$host "$program" within 5000 "$@"
}

WEB=/usr/sbin/nginx APP=/srv/app/serve DB=/usr/bin/redis-server
all_acts()
{
	allowed 'nginx asks the application' intruder web $WEB stream 10.0.2.6 8000
	denied 'nginx asks the database' intruder web $WEB stream 10.0.3.7 6379
	denied 'nginx goes to another door of the application' intruder web $WEB stream 10.0.2.6 22
	denied 'nginx calls home' intruder web $WEB stream 203.0.113.9 443
	denied 'nginx asks for names' intruder web $WEB datagram 203.0.113.9 53
	denied 'nginx opens a back door' intruder web $WEB listen 10.0.1.5 4444
	denied 'nginx listens to everything' intruder web $WEB socket packet 3 768
	denied 'nginx starts a shell' intruder web $WEB exec /usr/bin/dash -c :

	denied 'the application goes to another door of the database' intruder app $APP stream 10.0.3.7 22
	denied 'the application calls home' intruder app $APP stream 203.0.113.9 443
	denied 'the application asks nginx' intruder app $APP stream 10.0.1.5 80
	denied 'the application opens a back door' intruder app $APP listen 10.0.2.6 4444
	denied 'the application starts a shell' intruder app $APP exec /usr/bin/dash -c :

	denied 'the database asks the application' intruder db $DB stream 10.0.2.6 8000
	denied 'the database calls home' intruder db $DB stream 203.0.113.9 443
	denied 'the database opens a back door' intruder db $DB listen 10.0.3.7 4444
	denied 'the database starts a shell' intruder db $DB exec /usr/bin/dash -c :
}

phase=free
tiers_start $((SECONDS + 120))
check_equal 'free: a page' 'visitor 1' "$(visit)"
allowed() { check "$phase: $1" "${@:2}"; }
denied() { check "$phase: $1" "${@:2}"; }
all_acts
passes 'free: the world asks the application' world stream 10.0.2.6 22
check 'free: by netcat' knock 10.0.2.6 22
tiers_stop

module_load || give_up 'the module does not load'
policy_load --force manifests/three-tier manifests/redis.json >/dev/null || give_up 'the policy does not load'

phase=enforced
tiers_start $((SECONDS + 120))
check_equal 'a page' 'visitor 1' "$(visit)"
check_equal 'another' 'visitor 2' "$(visit)"
check_equal 'nothing that is needed was denied' 0 "$(status_field denied)"
[ "$(status_field denied)" = 0 ] || dmesg | grep 'cordon: deny' | sed 's/^/#   /'
denied() { check_status "$phase: $1" 13 "${@:2}"; }
all_acts
passes 'the world asks nginx' world stream 10.0.1.5 80
lost 'the world asks the application' world stream 10.0.2.6 8000
lost 'the world asks the database' world stream 10.0.3.7 6379
check 'the world asks nginx by netcat' knock 10.0.1.5 80
check_status 'the world asks the application by netcat' 1 knock 10.0.2.6 22
check_equal 'and still a page' 'visitor 3' "$(visit)"
tiers_stop
