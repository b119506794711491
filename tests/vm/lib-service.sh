# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What proofs of capture on real services are written with. A scenario defines
#
#	MEMBERS=()	what selects the service's processes
#	DECISIONS=()	options of capture: what a person has decided
#	begin		starts it, and returns once it serves
#	load ROUND	its usual clients, on data of that round; prints what they were answered
#	upkeep		what else is done to it in its life: reload, rotation of logs
#	quit		ends it, and returns once it has ended
#	intruded	prints the process that an intruder has come into
#
# and may redefine what follows. service_prove does the rest: learn, capture, enforce, the same again, and
# more of it; then intruders. LOAD is how much of each load there is: 1 here, more with `make check-services`.

PUPPET=$TESTS/puppet
LOAD=${LOAD:-1}

# packages_install NAME: the service's packages, as dpkg does it; nothing is started by them.
packages_install()
{
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
	# The index of all manual pages takes this machine ten minutes.
	rm -f /var/lib/man-db/auto-update
	DEBIAN_FRONTEND=noninteractive dpkg --install --force-confdef --force-confold \
		"$TOP/build/services/$1"/*.deb >/run/install 2>&1 ||
		give_up "the packages of $1 do not install: $(tail -n 5 /run/install)"
}

# await COMMAND...: until it succeeds.
await()
{
	local until=$((SECONDS + 60))
	while [ $SECONDS -lt $until ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	echo "in vain: $*"
	return 1
}
ended() { timeout 60 tail --pid="$1" -f /dev/null; }

# Whether a port of the loopback is listened on.
listens() { (: <>/dev/tcp/127.0.0.1/$1) 2>/dev/null; }

# What is upgraded while it is held to its manifest.
upgrade() { :; }
# What else intruders try.
tried_too() { :; }
# How many rules a person may have to read.
READABLE=60

# What it does, from its start to its end: what its clients saw.
live()
{
	local round
	begin || return
	for round in "$@"; do load $round; done
	upkeep || echo "upkeep: $?"
	load "$1"
	quit || echo "quit: $?"
}

# What would have been denied to it, each thing once.
foreseen()
{
	"$CTL" monitor --json --all --since all --timeout 1 2>/dev/null | json "
'\n'.join(sorted({' '.join([e['program'], e['op'], e['object']]) for e in d
if e['type'] in ('departure', 'repeats') and e.get('workload') == '$SERVICE'}))" stream
}

denials() { dmesg | grep 'cordon: deny' | sed 's/^/#   /' | head -n 40; }

# Rules of a manifest: what a person has to read.
rules() { json "sum(len(v) for p in d['programs'] + d.get('allow', []) for v in p.values() if isinstance(v, list))" <"$1"; }

# intruder WHAT ACT...: inside of the service (of $VICTIM); succeeds where it is $FREE, and is denied else.
intruder()
{
	local what=$1 status
	shift
	rm -f $PREY/done /tmp/injected
	$PUPPET "${VICTIM:-$(intruded)}" "$@" >/run/intruder 2>&1
	status=$?
	[ ! -e /tmp/injected ] || touch $PREY/done
	if [ -n "$FREE" ]; then
		[ $status = 0 ] || not_ok "free, an intruder has $what" "status $status: $(cat /run/intruder)"
	elif [ $status = 13 ] && [ ! -e $PREY/done ]; then
		ok "an intruder has not $what"
	else
		not_ok "an intruder has not $what" "status $status: $(cat /run/intruder)" "$(ls $PREY)"
	fi
}
# What everybody may do to these files, but for Cordon.
PREY=/srv/prey
intruders()
{
	local FREE=$1
	rm -rf $PREY
	mkdir -m 777 $PREY
	echo secret >$PREY/secret
	echo untouched >$PREY/file
	chmod 666 $PREY/*
	cp "$TESTS/injected.so" $PREY/injected.so
	intruder 'a shell' shell "touch $PREY/done"
	intruder 'a program that it has dropped' drop "$TESTS/act" $PREY/dropped create $PREY/done
	intruder 'a program in memory' memory "$TESTS/act" create $PREY/done
	intruder 'a library' library $PREY/injected.so
	intruder 'a secret' read $PREY/secret
	intruder 'a file of others' write $PREY/file touched
	tried_too
}

service_prove()
{
	local made=/run/$SERVICE.json half=/run/$SERVICE-half.json member members=() expected denied status behaviours round
	for member in "${MEMBERS[@]}"; do members+=(--member "$member"); done
	begin || give_up 'it does not start'
	intruders free
	quit

	module_load || give_up 'the module does not load'
	check 'learning begins' "$CTL" learn start "${MEMBERS[@]}" --name $SERVICE
	begin || give_up 'it does not start'
	expected=$(load 1)
	echo "# $(tr '\n' ' ' <<<"$expected" | cut -c 1-300)"
	check 'it ends' quit
	"$CTL" learn show $SERVICE --json >/run/first.json
	# What differs each time shows after a while.
	for round in 2 3 2 3; do live $round; done >/run/answers
	"$CTL" learn show $SERVICE --json >/run/seen.json
	check_status 'nothing was lost' 0 "$CTL" learn status $SERVICE
	behaviours=$(wc -l </run/seen.json)

	"$CTL" capture $SERVICE "${DECISIONS[@]}" --enforce >/run/live.json 2>/dev/null

	# One half, and what is denied to the other.
	"$CTL" capture --from /run/first.json --name $SERVICE "${members[@]}" "${DECISIONS[@]}" --output $half 2>/run/said ||
		not_ok 'of the first half all is decided' "$(cat /run/said)"
	"$CTL" learn stop $SERVICE
	"$CTL" learn clear $SERVICE
	module_unload
	module_load events=65536 || give_up 'the module does not load again'
	check 'the half is monitored' policy_load $half
	begin && load 2 >/run/answers && quit
	foreseen >/run/foreseen
	sed 's/^/#   not in the half: /' /run/foreseen | head -n 30

	"$CTL" capture --from /run/seen.json --name $SERVICE "${members[@]}" "${DECISIONS[@]}" --enforce --output $made 2>/run/said
	status=$?
	check_equal 'nothing is left for a decision' 0 $status
	[ $status = 0 ] || sed 's/^/#   /' /run/said
	sed -e '/^ *"seen": {$/,/^ \{6\}}$/d' -e 's/^/# /' $made
	check 'what was made is right' "$CTL" check --strict $made
	check 'from the module it is the same as from a file' cmp /run/live.json $made
	check "it is read in a minute: $(rules $made) rules" test "$(rules $made)" -le $READABLE
	check 'it is put in force' policy_load $made
	denied=$(status_field denied)
	if ! begin; then
		denials
		give_up 'it starts, held to it'
	fi
	check_equal 'its clients see what they saw' "$expected" "$(load 1)"
	check 'it ends as well' quit
	live 2 3 4 >/run/answers
	begin
	upgrade || not_ok 'it is upgraded'
	load 5 >/run/answers
	check_equal 'nothing of it was denied' "$denied" "$(status_field denied)"
	[ "$(status_field denied)" = "$denied" ] || denials
	echo "# table $SERVICE: $behaviours behaviours, $(rules $made) rules, $(grep -c . /run/foreseen) of the other half denied"

	intruders ''
	check 'it lives on, and ends' quit
	begin
	check_equal 'and starts again' "$expected" "$(load 1)"
	quit
	module_unload
}
