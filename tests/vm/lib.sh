# shellcheck shell=bash disable=SC2086	# $YARD and its kin hold no blanks
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What scenarios are written with. tests/vm/one sources it in the virtual machine.

YARD=/yard
CTL=$TOP/build/cordonctl
TESTS=$TOP/build/tests
FAILED=0
COMPLETE=

# --- telling -------------------------------------------------------------------

ok() { echo "ok - $SCENARIO: $1"; }

# not_ok WHAT [DETAIL...]
not_ok()
{
	echo "not ok - $SCENARIO: $1"
	shift
	[ $# = 0 ] || printf '%s\n' "$@" | sed 's/^/#   /'
	FAILED=1
}

skip() { echo "SKIP - $SCENARIO: $1 # $2"; }

# check WHAT COMMAND...: it ends well. What it prints is shown if it does not.
check()
{
	local what=$1 said status
	shift
	said=$("$@" 2>&1)
	status=$?
	if [ $status = 0 ]; then
		ok "$what"
	else
		not_ok "$what" "status $status of: $*" "$said"
	fi
}

# check_status WHAT STATUS COMMAND...: it ends with that status.
check_status()
{
	local what=$1 wanted=$2 said status
	shift 2
	said=$("$@" 2>&1)
	status=$?
	if [ $status = "$wanted" ]; then
		ok "$what"
	else
		not_ok "$what" "status $status instead of $wanted, of: $*" "$said"
	fi
}

# check_equal WHAT WANTED FOUND
check_equal()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "wanted: $2" "found:  $3"
	fi
}

# check_match WHAT EXTENDED-REGEX TEXT
check_match()
{
	if [[ $3 =~ $2 ]]; then
		ok "$1"
	else
		not_ok "$1" "wanted: $2" "found:  $3"
	fi
}

# What went wrong before anything could be tested.
give_up()
{
	not_ok "$1"
	exit 1
}

# --- the yard: a place where everything may be tried ---------------------------

# Programs are made once; what acts change is laid out anew for each.
yard_build()
{
	mkdir -p $YARD
	mount -t tmpfs yard $YARD
	mkdir $YARD/bin $YARD/lib $YARD/template
	local program
	for program in member outsider tool stranger interpreter pardoned; do
		cp "$TESTS/act" $YARD/bin/$program
	done
	cp "$TESTS/act-dynamic" $YARD/bin/dynamic
	cp "$TESTS/injected.so" $YARD/lib/good.so
	printf '#!%s pass\n' $YARD/bin/interpreter >$YARD/bin/script
	printf '#!%s pass\n' $YARD/bin/stranger >$YARD/bin/misled
	printf '#!%s\n' $YARD/bin/script >$YARD/bin/nested
	chmod 755 $YARD/bin/*
	mkdir -p $YARD/template/{open,secret,spool}/{folder,empty}
	local place
	for place in open secret spool; do
		echo "what $place/file holds" >$YARD/template/$place/file
		echo "what $place/other holds" >$YARD/template/$place/other
		echo "what is in the folder" >$YARD/template/$place/folder/file
		$YARD/bin/outsider write-code $YARD/template/$place/code
		chmod 755 $YARD/template/$place/code
		cp "$TESTS/injected.so" $YARD/template/$place/library.so
		cp "$TESTS/act-dynamic" $YARD/template/$place/program
		ln -s ../secret/file $YARD/template/$place/to-secret
		ln -s ../open/file $YARD/template/$place/to-open
	done
	$YARD/bin/outsider write-code $YARD/lib/code
	yard_restore
}

yard_restore()
{
	$YARD/bin/outsider restore $YARD/template $YARD open secret spool || give_up 'the yard cannot be restored'
	YARD_NOW=$(yard_snapshot)
}

yard_snapshot() { $YARD/bin/outsider snapshot $YARD/open $YARD/secret $YARD/spool; }

# --- acts ----------------------------------------------------------------------

# How the act is tried: directly, or through a service that was there before.
ACTOR=("$YARD/bin/member")

# act_allowed WHAT ACT...: it succeeds.
act_allowed()
{
	local what=$1 said status
	shift
	said=$("${ACTOR[@]}" "$@" 2>&1)
	status=$?
	if [ $status = 0 ]; then
		ok "$what"
	else
		not_ok "$what" "status $status of: ${ACTOR[*]} $*" "$said"
	fi
	[ "$(yard_snapshot)" = "$YARD_NOW" ] || yard_restore
}

# act_denied WHAT ACT...: it fails with EACCES, and changes nothing.
act_denied()
{
	local what=$1 said status now
	shift
	said=$("${ACTOR[@]}" "$@" 2>&1)
	status=$?
	now=$(yard_snapshot)
	if [ $status != 13 ]; then
		not_ok "$what" "status $status instead of 13 of: ${ACTOR[*]} $*" "$said"
	elif [ "$now" != "$YARD_NOW" ]; then
		not_ok "$what" "it was denied, and has changed something nevertheless:" \
			"$(diff <(echo "$YARD_NOW") <(echo "$now"))"
	else
		ok "$what"
	fi
	[ "$now" = "$YARD_NOW" ] || yard_restore
}

# act_denied_late WHAT ACT...: it fails with EACCES, after it has rightly changed something.
act_denied_late()
{
	local what=$1 said status
	shift
	said=$("${ACTOR[@]}" "$@" 2>&1)
	status=$?
	if [ $status = 13 ]; then
		ok "$what"
	else
		not_ok "$what" "status $status instead of 13 of: ${ACTOR[*]} $*" "$said"
	fi
	yard_restore
}

# kernel_before VERSION
kernel_before() { [ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" != "$1" ]; }

# A kernel with KASAN and lockdep takes ten times as long, and is there for what it finds, not for loads.
# few NORMALLY THERE: how many, or how long.
is_debug() { [[ $(uname -r) == *cordon-debug* ]]; }
few()
{
	if is_debug; then echo "$2"; else echo "$1"; fi
}

# kernel_lacks ACT...: does the act fail because there is no such system call (ENOSYS), whoever tries
kernel_lacks()
{
	local status=0
	"$YARD/bin/outsider" "$@" >/dev/null 2>&1 || status=$?
	[ $status = 38 ]
}

# --- the module and its policy ---------------------------------------------------

module_load() { insmod "$MODULE" "$@"; }
# While a dump is under way, somebody's, the module is in use: rmmod says so if it has seen that before it
# asked, the kernel (EAGAIN) if it has not. It ends.
module_unload()
{
	local said tries=0
	until said=$(rmmod cordon 2>&1); do
		if ! [[ $said =~ 'in use'|'temporarily unavailable' ]] || [ $((tries += 1)) -gt 300 ]; then
			echo "$said" >&2
			return 1
		fi
		read -r -t 0.1 <> <(:)
	done
}

policy_load() { "$CTL" load "$@"; }

# json EXPRESSION: a Python expression about `d`, what cordonctl --json has printed to stdin: one value,
# or, with a second word, the list of the values of a stream, a line each. To load Python's json takes most
# of a second in an emulated machine; JSON is Python but for three words.
json()
{
	python3 -I -S -c '
import sys
text = sys.stdin.read().strip()
if len(text) < 100000:
    read = lambda text: eval(text, {"true": True, "false": False, "null": None})
else:
    from json import loads as read
try:
    values = [read(text)]
except (SyntaxError, ValueError):
    values = [read(line) for line in text.split("\n") if line]
d = values[0] if len(values) == 1 and sys.argv[2:] != ["stream"] else values
result = eval(sys.argv[1])
print(result if not isinstance(result, bool) else str(result).lower())' "$@"
}

# status_field NAME
status_field() { "$CTL" status --json | json "d[\"$1\"]"; }

# workload_of PID: which workload a process is labelled with, or "none".
workload_of() { "$CTL" ps --json | json "([p[\"workload\"] for p in d if p[\"pid\"] == $1] or [\"none\"])[0]"; }

# A service that acts on request: at /run/NAME.sock. service_start NAME PROGRAM...
service_start()
{
	local name=$1
	shift
	rm -f "/run/$name.sock"
	"$@" serve "/run/$name.sock"
}

# ask NAME [self] ACT...: what the service makes of it.
ask()
{
	local name=$1
	shift
	"$YARD/bin/outsider" ask "/run/$name.sock" "$@"
}

# --- events ----------------------------------------------------------------------

# The next N events are kept in $EVENTS; events_wait waits for all of them.
EVENTS=/run/events.json
events_expect()
{
	local word
	rm -f /run/events.ready
	mkfifo /run/events.ready
	"$CTL" monitor --json --ready --count "$1" --timeout 60 >$EVENTS 2>/run/events.ready &
	MONITOR=$!
	read -r word </run/events.ready
	[ "$word" = ready ] || give_up "cordonctl monitor does not begin: $word"
}

events_wait() { wait "$MONITOR"; }

# event EXPRESSION: about the list of events.
event() { json "$1" stream <$EVENTS; }

# await_log REGEX SECONDS: until the kernel's log has a line.
await_log()
{
	local line log found=1 until=$((SECONDS + $2))
	exec 6< <(exec dmesg --follow)
	log=$!
	while [ $SECONDS -lt $until ] && read -r -t "$2" -u 6 line; do
		[[ $line =~ $1 ]] || continue
		found=0
		break
	done
	kill $log
	exec 6<&-
	return $found
}

# --- the end ----------------------------------------------------------------------

# Whatever a scenario left behind.
finish()
{
	local mount
	trap - EXIT
	[ -n "$COMPLETE" ] || not_ok 'it ended before its end'
	# shellcheck disable=SC2046	# a list of numbers
	kill -KILL $(jobs -p) 2>/dev/null
	wait 2>/dev/null
	pkill -KILL -f "^$YARD/bin/" 2>/dev/null
	[ -z "$(type -t net_finish)" ] || net_finish
	[ ! -e /sys/module/cordon ] || module_unload || FAILED=1
	for mount in $(awk -v yard=$YARD '$2 == yard || index($2, yard "/") == 1 { print $2 }' /proc/mounts | tac); do
		umount -l "$mount"
	done
	exit $FAILED
}
