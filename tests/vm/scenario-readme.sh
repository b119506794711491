# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the README tells a new user to type, as it stands there: its manifest and its commands, one by one
# Tool: what the module does is the same on each kernel.

# block FILE REGEX: the first block of code there that has a line like this.
block()
{
	awk -v wanted="$2" '
		/^```/ { if (inside && found) { printf "%s", text; exit } inside = !inside; found = 0; text = ""; next }
		inside { text = text $0 "\n"; if ($0 ~ wanted) found = 1 }' "$TOP/$1"
}

# typed REGEX: each command of that block of the README. Not those that never end, or have a gap to be filled in.
typed()
{
	local line wanted
	while IFS= read -r line; do
		line=${line%%#*}
		line=${line%"${line##*[! ]}"}
		wanted=0
		case $line in
		'' | *…* | 'cordonctl monitor') continue ;;
		*/etc/shadow) wanted=9 ;;
		esac
		check_status "$line" $wanted bash -c "$line"
	done < <(block README.md "$1")
}

check 'the tool is installed' make --no-print-directory -C "$TOP" install-tool
hash -r
check 'and is the one that is found' cmp "$CTL" "$(command -v cordonctl)"
check 'its manual page too' man --where cordonctl
mkdir -p /root/first /srv/www
cd /root/first || give_up 'there is no home'
echo 'a page' >/srv/www/index.html
rm -f /etc/nginx/sites-enabled/*
printf 'server { listen 127.0.0.1:80; root /srv/www; }\n' >/etc/nginx/sites-enabled/www
nginx || give_up 'nginx does not start'
module_load || give_up 'the module does not load'
check 'doctor: all hooks hold' cordonctl doctor

block README.md '"manifest": 1' >web.json
check_match 'the README has a manifest' '"workload": "web"' "$(cat web.json)"
typed '^cordonctl check web.json'
check_equal 'nginx, which ran already, is held' web "$(workload_of "$(cat /run/nginx.pid)")"
check_equal 'every class is enforced now' 'exec=enforce load=enforce file=enforce' \
	"$(cordonctl workloads --json | json '" ".join(c + "=" + d[0]["mode"][c] for c in ("exec", "load", "file"))')"
check_equal 'it serves its page' 'a page' "$(curl --silent --show-error --max-time 20 http://127.0.0.1/)"
check_equal 'nothing was denied' 0 "$(status_field denied)"

block docs/segments.md '"segments": 1' >site.json
check_match 'the document about segments has an example' '"segment": "blocked"' "$(cat site.json)"
printf '# a feed\n192.0.2.0/24\n2001:db8::/32\n' >feed.txt
typed '^cordonctl load site.json web.json'
check_equal 'the list is there, and the address' '192.0.2.0/24 192.0.2.7 2001:db8::/32' \
	"$(cordonctl segment list blocked --json | json '" ".join(sorted(e["prefix"] for e in (d if isinstance(d, list) else [d])))')"

typed '^dmesg'
check 'nothing of the module is left' test ! -e /sys/module/cordon
nginx -s quit
cd "$TOP" || exit 2
