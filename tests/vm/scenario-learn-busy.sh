# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A busy capture of services that run: it loses nothing, or says precisely what
# Once: the table, and what it drops, is the same code on each kernel.

BUSY=$((40 * ${LOAD:-1}))	# seconds of requests
FILES=4000		# different ones, of which each is read by each of two

mkdir -p /srv/www
echo 'a page' >/srv/www/index.html
rm -f /etc/nginx/sites-enabled/*
cat >/etc/nginx/sites-enabled/www <<-EOT
	server {
	        listen 127.0.0.1:80;
	        root /srv/www;
	}
EOT
check 'a service runs' nginx
module_load || give_up 'the module does not load'

behaviours() { "$CTL" learn show $1 --json | json "$2" stream; }
dropped() { "$CTL" learn status $1 --json | json "sum([w for w in d if w['workload'] == '$1'][0]['dropped'].values())"; }
PAGES=300

# Each page once, by one process.
get_all() { curl --silent --max-time 60 --output /dev/null --write-out '%{http_code}\n' "http://127.0.0.1/[1-$PAGES]"; }

# --- a service that runs ---------------------------------------------------------

check 'learning begins while it runs' "$CTL" learn start exe:/usr/sbin/nginx --name web
check_equal 'its listener is held' true "$(behaviours web 'any(b["held"] and b["op"] == "listen" and b["object"] == "tcp/80" for b in d)')"
check_equal 'its logs are held' true "$(behaviours web 'any(b["held"] and b["op"] == "write" and b["object"] == "/var/log/nginx/access.log" for b in d)')"
check_equal 'its libraries are held' true "$(behaviours web 'any(b["held"] and b["op"] == "load" and "/libc.so" in b["object"] for b in d)')"
for page in $(seq $PAGES); do echo $page >/srv/www/$page; done
for n in 1 2; do
	(
		end=$((SECONDS + BUSY))
		get_all
		while [ $SECONDS -lt $end ]; do get_all; done
	) >/run/busy.$n &
done

# --- and two that read what is known, on all processors ------------------------------

YARD=/busy
mkdir -p $YARD/files
interpreter=$(readlink -f "$(command -v python3)")
cp "$interpreter" $YARD/reader
for file in $(seq $FILES); do : >$YARD/files/$file; done
check 'another one learns' "$CTL" learn start exe:$YARD/reader --name reader
read_all()
{
	for n in 1 2; do
		$YARD/reader -S -c "
import os
for _ in range(3):
    for n in range(1, $FILES + 1):
        os.close(os.open('$YARD/files/%d' % n, os.O_RDONLY))" &
		READERS[n]=$!
	done
	wait "${READERS[@]}"
}
read_all
check_equal 'each file is one behaviour' $FILES "$(behaviours reader "len([b for b in d if b['object'].startswith('$YARD/files/')])")"
check_equal 'each was read by both, three times' '{6}' "$(behaviours reader "set(b['count'] for b in d if b['object'].startswith('$YARD/files/'))")"
check_equal 'nothing of it was dropped' 0 "$(dropped reader)"

wait
check_equal 'requests were answered, all of them' '200' "$(sort -u /run/busy.?)"
requests=$(cat /run/busy.? | wc -l)
echo "#   $requests requests"
pages='[b for b in d if b["op"] == "read" and b["object"].startswith("/srv/www/")]'
check_equal 'each page is one behaviour' $PAGES "$(behaviours web "len($pages)")"
check_equal 'each request is counted' "$requests" "$(behaviours web "sum(b['count'] for b in $pages)")"
check_equal 'who asked is learnt, whatever the port' "['tcp/80@127.0.0.1']" \
	"$(behaviours web 'sorted(set(b["object"] for b in d if b["op"] == "accept"))')"
check_equal 'nobody was denied anything' 0 "$(status_field denied)"
check_equal 'nothing was dropped' 0 "$(dropped web)"
check_status 'status says so' 0 "$CTL" learn status
check 'and the service ends as it wants' nginx -s quit
timeout 20 tail --pid="$(cat /run/nginx.pid 2>/dev/null || echo 1)" -f /dev/null 2>/dev/null

# --- with too little room ---------------------------------------------------------------

module_unload || give_up 'the module does not unload'
module_load behaviours=1024 || give_up 'the module does not load with a small table'
"$CTL" learn start exe:$YARD/reader --name reader >/dev/null
read_all
acts=$(behaviours reader 'sum(b["count"] for b in d)')
files=$(behaviours reader "sum(b['count'] for b in d if b['object'].startswith('$YARD/files/'))")
check_equal 'what was dropped and what was counted is all that was done' $((6 * FILES)) $((files + $(dropped reader)))
check_status 'status says so, and fails' 12 "$CTL" learn status reader
check 'it is forgotten' "$CTL" learn clear reader
"$CTL" learn stop reader >/dev/null
check_equal 'nothing is left of it' None "$("$CTL" status --json | json 'd.get("behaviours_max")')"
rm -rf $YARD
