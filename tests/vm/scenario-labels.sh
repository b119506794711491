# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Whoever runs when a policy comes is labelled, and so are all that come of it

yard_build
secret=(read $YARD/secret/file)
open=(read $YARD/open/file)

service_start old $YARD/bin/member >/run/old.pid || give_up 'the service does not start'
service_start other $YARD/bin/outsider >/run/other.pid
old=$(cat /run/old.pid)
check_status 'free: a process that was there before' 0 ask old self "${secret[@]}"

module_load || give_up 'the module does not load'
check_status 'free without a policy' 0 ask old self "${secret[@]}"
policy_load tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load'
check_status 'held: a process that was there before' 13 ask old self "${secret[@]}"
check_status 'what is allowed it may' 0 ask old self "${open[@]}"
check_status 'its child' 13 ask old "${secret[@]}"
check_status 'its thread' 13 ask old self by-thread "${secret[@]}"
check_status 'its vfork child' 13 ask old self by-vfork "${secret[@]}"
check_status 'its child that shares its memory' 13 ask old self by-twin "${secret[@]}"
check_status "its child's child, an orphan" 13 ask old by-orphan "${secret[@]}"
check_status 'its child in a thread of a child' 13 ask old by-thread by-child "${secret[@]}"
check_status 'its io_uring worker' 13 ask old self uring-worker-read $YARD/secret/file
check_status 'its io_uring poller' 13 ask old self uring-poller-read $YARD/secret/file
check_status 'its child as another user' 13 ask old by-user 65534 "${secret[@]}"
check_status 'its child in a user namespace' 13 ask old in-userns "${secret[@]}"
check_status 'its child, by what it starts' 13 ask old exec $YARD/bin/tool "${secret[@]}"
check_status 'another process, which is no member' 0 ask other self "${secret[@]}"
check_equal 'ps knows the service' yard "$(workload_of "$old")"
check_equal 'ps knows no other' none "$(workload_of "$(cat /run/other.pid)")"
check_equal 'ps shows only members' "$YARD/bin/member" \
	"$("$CTL" ps --json | json '" ".join(sorted({p["exe"] for p in d}))')"
check_equal 'pid 1 has no label' none "$(workload_of 1)"

# A process that is killed leaves no label.


kill -KILL "$old"
until [ ! -e "/proc/$old" ]; do :; done
check_equal 'who has ended has no label' none "$(workload_of "$old")"


# Load, again and again, in the midst of processes that live only to have a child.
chains=12
for ((i = 1; i <= 4; i++)); do
	"$CTL" unload --all >/dev/null
	[ $((i % 2)) = 0 ] || module_unload
	rm -f /run/swarm
	mkfifo /run/swarm
	$YARD/bin/member swarm $chains $YARD/secret/file >/run/swarm &
	swarm=$!
	exec 7</run/swarm
	read -r word <&7
	[ "$word" = swarming ] || not_ok "swarm $i does not begin"
	[ -e /sys/module/cordon ] || module_load
	policy_load tests/vm/manifests/yard.json >/dev/null
	kill -USR1 $swarm
	read -r result <&7
	exec 7<&-
	wait $swarm
	check_match "swarm $i: all of $chains are held" "succeeded=0 denied=$chains failed=0" "$result"
done
until [ "$(status_field tasks)" = 0 ] || [ $((waited += 1)) -gt 50 ]; do
	read -r -t 0.1 <> <(:)
done
check_equal 'no label is left when all have ended' 0 "$(status_field tasks)"
