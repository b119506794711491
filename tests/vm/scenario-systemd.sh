# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# cordond.service under the real systemd: it starts, is held in, comes back, and writes to the real journal
# Tool: what systemd does is the same on each kernel.
#
# systemd is process 1 of a namespace: this machine has another one. Of the unit one thing is changed, since
# the module's numbers are the machine's: it sees the machine's /proc.

[ -x /lib/systemd/systemd ] || {
	skip 'all of it' 'there is no systemd on this machine'
	COMPLETE=1
	exit 0
}
yard_build
# await COMMAND...: by and by it succeeds.
await()
{
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		"$@" >/dev/null 2>&1 && return 0
		read -r -t 0.2 <> <(:)
	done
	echo "in vain: $*"
	tail -n 5 /run/systemd.said
	return 1
}

make --no-print-directory -s -o cordonctl -o cordond install-tool >/dev/null || give_up 'the unit is not installed'
check 'the unit is well-formed' systemd-analyze verify --man=no cordond.service
UNITS=/run/cordon-units
mkdir -p /etc/cordon $UNITS/cordond.service.d /run/machine-proc
cp ctl/cordond/cordond.json /run/example.json
cat >/etc/cordon/cordond.json <<-EOT
	{ "cordond": 1, "sinks": [ { "sink": "json", "events": "all" }, { "sink": "journal", "events": "all" } ] }
EOT
mount --bind /proc /run/machine-proc
# Nothing of what this machine would start but the journal.
cp /lib/systemd/system/cordond.service /lib/systemd/system/systemd-journald{.service,.socket,-dev-log.socket} $UNITS
printf '[Service]\nBindPaths=/run/machine-proc:/proc\n' >$UNITS/cordond.service.d/proc.conf
printf '[Unit]\nDefaultDependencies=no\nRequires=systemd-journald.service\nAfter=systemd-journald.service\n' |
	tee $UNITS/{sysinit,basic,only,shutdown,network,sockets}.target >/dev/null
unshare --pid --fork --kill-child --mount --mount-proc env -i container=cordon PATH="$PATH" SYSTEMD_UNIT_PATH=$UNITS \
	/lib/systemd/systemd --unit=only.target --log-target=console --show-status=no >/run/systemd.said 2>&1 </dev/null &
SYSTEMD=$!
# It hears only who is in its namespace.
systemctl() { nsenter --target "$(pgrep -P $SYSTEMD)" --pid --mount systemctl "$@"; }
check 'systemd comes up' await systemctl is-active only.target
module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/evidence.json >/dev/null || give_up 'the policy does not load'

check 'cordond starts, and says so' systemctl start cordond
property() { systemctl show --value --property $1 cordond; }
check_equal 'it is active' 'active running notify' "$(property ActiveState) $(property SubState) $(property Type)"
daemon() { pgrep -x cordond; }
check_equal 'with the capabilities that it needs, and none to be had' '0000002000080006 0000002000080006' \
	"$(sed -n 's/^Cap\(Eff\|Bnd\):\t//p' "/proc/$(daemon)/status" | tr '\n' ' ' | sed 's/ $//')"
check_equal 'its folders are for the administrator only' '700 700' \
	"$(stat -c %a /var/lib/cordon /var/log/cordon | tr '\n' ' ' | sed 's/ $//')"
within() { nsenter --target "$(daemon)" --mount "$@"; }
check 'it may write to its store' within touch /var/lib/cordon/touched
check_status 'to nothing of the system' 1 within touch /usr/touched
check_status 'nor its own configuration' 1 within touch /etc/cordon/touched
check_equal 'nor sees homes' '' "$(within ls -A /root)"

# --- what it does ------------------------------------------------------------------

check_status 'a departure' 13 $YARD/bin/member write $YARD/secret/other
kept() { "$CTL" events --json --verdict deny --count 1 | grep -F '"op":"write"'; }
check 'is kept' await kept
kept >/run/event.json
cat >/run/compare.py <<-'EOT'
	# Each value of the event has its field in the journal's entry, and no other has
	import json, sys
	event = json.load(open("/run/event.json"))
	def flat(value, name=""):
	    if isinstance(value, dict):
	        for key in value:
	            yield from flat(value[key], name + "_" + key if name else key)
	    elif value is not None and value is not False and value != []:
	        yield "CORDON_" + name.upper(), value
	wanted = dict(flat(event))
	found = {k: v for k, v in json.load(sys.stdin).items() if k.startswith("CORDON_")}
	missing = [k for k in wanted if k not in found and not k.startswith("CORDON_MADE_") and not k.endswith("TIME")]
	other = [k for k in found if k not in wanted]
	wrong = [k for k in wanted if k in found and isinstance(wanted[k], (str, int)) and str(wanted[k]) != found[k]]
	print(missing, other, wrong)
EOT
entry() { journalctl --directory /run/log/journal --no-pager -o json CORDON_TYPE=departure -n 1 | grep -F '"CORDON_OP"'; }
check 'and is in the journal' await entry
check_equal 'with all that the event says, in fields' '[] [] []' "$(entry | python3 /run/compare.py)"
check_match 'in words, as a warning' '"cordond" "4" ".*deny evidence .*write /yard/secret/other' \
	"$(entry | json '"\"%s\" \"%s\" \"%s\"" % (d["SYSLOG_IDENTIFIER"], d["PRIORITY"], d["MESSAGE"])')"
service_start victim $YARD/bin/member >/run/victim
victim=$(cat /run/victim)
ask victim self read $YARD/secret/file >/dev/null 2>&1
evidence_is_kept() { ls /var/lib/cordon/evidence/*-$victim/evidence.json; }
check 'it takes evidence' await evidence_is_kept
responses() { journalctl --directory /run/log/journal --no-pager -o json CORDON_RESPONSE=kill; }
is_told() { responses | grep -q '"CORDON_PHASE":"begin"'; }
check 'a response is in the journal' await is_told
check_match 'with its fields' "'hold wanted', 'begin (taken|lost)'" \
	"$(responses | json '[e["CORDON_PHASE"] + " " + e["CORDON_EVIDENCE"] for e in d]' stream)"

# --- what becomes of it --------------------------------------------------------------

mv /var/log/cordon/events.json /var/log/cordon/moved
check 'it is told to open its files anew' systemctl reload cordond
is_anew() { $YARD/bin/member write $YARD/secret/other; [ -s /var/log/cordon/events.json ]; }
check 'and does' await is_anew
# More often than systemd lets others come back.
for n in 1 2 3 4 5 6 7; do
	before=$(daemon)
	kill -KILL $before
	is_back() { [ "$(property ActiveState)" = active ] && [ -n "$(daemon)" ] && [ "$(daemon)" != $before ]; }
	await is_back || break
done
check_equal 'whoever kills it, it comes back' 'active 7' "$(property ActiveState) $(property NRestarts)"
check 'it is stopped' systemctl stop cordond
check_equal 'and ends well' 'success 0' "$(property Result) $(property ExecMainStatus)"
echo '{ "cordond": 2 }' >/etc/cordon/cordond.json
check_status 'with a wrong configuration it does not start' 1 systemctl start cordond
check_equal 'which does not become right by being tried' 'failed 3 0' \
	"$(property ActiveState) $(property ExecMainStatus) $(property NRestarts)"
check_match 'and the journal says what is wrong' 'cordond.json:1:' \
	"$(journalctl --directory /run/log/journal --no-pager -u cordond -n 5)"
module_unload
# unshare itself ignores what ends others.
kill -KILL $SYSTEMD
wait $SYSTEMD 2>/dev/null
umount /run/machine-proc
rm -rf /run/systemd /etc/cordon/cordond.json $UNITS
