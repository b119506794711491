# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Others who trace the same functions: enforcement holds beside them, whoever comes first

tracing=/sys/kernel/tracing
functions='security_file_open security_bprm_check security_mmap_file security_path_mkdir'

yard_build

# holds WHAT: what is denied is, and what is allowed too.
holds()
{
	check_status "$1: read" 13 $YARD/bin/member read $YARD/secret/file
	check_status "$1: exec" 13 $YARD/bin/member exec $YARD/bin/stranger pass
	check_status "$1: load" 13 $YARD/bin/member map-file $YARD/spool/code
	check_status "$1: mkdir" 13 $YARD/bin/member mkdir $YARD/open/new
	check_status "$1: what is allowed" 0 $YARD/bin/member exec $YARD/bin/tool read $YARD/open/file
}

# Of the module, in this round.
parameter=

round_load()
{
	# shellcheck disable=SC2086	# nothing, or one word
	module_load $parameter && policy_load tests/vm/manifests/yard.json >/dev/null
}

# beside WHAT START STOP: both orders of coming. START and STOP are functions of the scenario.
beside()
{
	local what=$1${parameter:+, $parameter} start=$2 stop=$3
	if ! $start; then
		skip "$what" 'it cannot be set up on this kernel'
		$stop
		return
	fi
	holds "$what, which came later"
	module_unload || not_ok "$what: unload beside it"
	round_load || not_ok "$what: load beside it"
	holds "$what, which was first"
	$stop
	holds "after $what"
}

kprobes_start()
{
	local function
	for function in $functions; do
		echo "p:cordon_test/$function $function" >>$tracing/kprobe_events || return 1
	done
	echo 1 >$tracing/events/cordon_test/enable
}
kprobes_stop()
{
	echo 0 >$tracing/events/cordon_test/enable
	: >$tracing/kprobe_events
}

tracer_start()
{
	echo "$functions" >$tracing/set_ftrace_filter && echo function >$tracing/current_tracer
}
tracer_stop()
{
	echo nop >$tracing/current_tracer
	: >$tracing/set_ftrace_filter
}

graph_start()
{
	echo "$functions" >$tracing/set_ftrace_filter && echo function_graph >$tracing/current_tracer
}

bpf_start()
{
	local word
	rm -f /run/bpf.in /run/bpf.out
	mkfifo /run/bpf.in /run/bpf.out
	# shellcheck disable=SC2086	# a list of words
	"$TESTS/bpf" "$kind" $functions </run/bpf.in >/run/bpf.out 2>/run/bpf.why &
	exec 7>/run/bpf.in 8</run/bpf.out
	read -r word <&8
	[ "$word" = attached ] || { sed 's/^/#   /' /run/bpf.why; return 1; }
}
bpf_stop()
{
	exec 7>&- 8<&-
	wait
}

all_beside()
{
	local kind
	beside 'kprobes' kprobes_start kprobes_stop
	beside 'the function tracer' tracer_start tracer_stop
	beside 'the function graph tracer' graph_start tracer_stop
	for kind in fentry fexit modify; do
		beside "BPF $kind" bpf_start bpf_stop
	done
}

sysctl_off() { echo 0 >/proc/sys/kernel/ftrace_enabled; }

# landings: how often calls that were let go came by the stub that CPUs with IBT need.
landings()
{
	local address
	address=$(awk '$3 == "cordon_stub_land" { print $1 }' /proc/kallsyms)
	"$TESTS/passes" "$address" $YARD/bin/outsider read $YARD/open/file
}

round_load || give_up 'the module or the policy does not load'
check_status 'ftrace cannot be switched off' 1 sysctl_off
check_equal 'it is on' 1 "$(cat /proc/sys/kernel/ftrace_enabled 2>/dev/null || echo 1)"
holds 'after the try'
check_equal 'who is let go does not land' 0 "$(landings)"
all_beside
module_unload

parameter=landing=1
round_load || give_up "the module does not load with $parameter"
check_match "who is let go lands, $parameter" '^[1-9]' "$(landings)"
holds "with $parameter"
all_beside
