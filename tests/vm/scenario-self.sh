# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# /proc of the process that acts is /proc/self, and nobody else's is

yard_build
module_load || give_up 'the module does not load'
cat >/run/self.json <<-EOT
	{ "manifest": 1, "workload": "self", "members": { "any": [ "exe:$YARD/bin/member" ] },
	  "mode": { "file": "enforce" }, "default": "deny",
	  "programs": [ { "exe": "$YARD/bin/member", "read": [ "/proc/self/status", "/proc/self/task/*/comm" ] } ] }
EOT
policy_load /run/self.json >/dev/null || give_up 'the policy does not load'

act_allowed 'its own, as self' read /proc/self/status
check 'its own, by its number' bash -c "exec $YARD/bin/member read /proc/\$\$/status"
check 'its own, from within' bash -c "cd /proc/self && exec $YARD/bin/member read status"
act_allowed 'of its own, as a thread' by-thread read /proc/self/status
act_allowed 'of its thread' by-thread read /proc/thread-self/comm
act_allowed "a child's own" by-child read /proc/self/status
act_denied 'what of its own no rule names' read /proc/self/environ
act_denied 'what of its own no rule names, by a thread' by-thread read /proc/thread-self/status
act_denied "the first process's" read /proc/1/status
check_status "its parent's" 13 bash -c "$YARD/bin/member read /proc/\$\$/status; exit \$?"
check_status "its parent's, from within" 13 bash -c "cd /proc/self && $YARD/bin/member read status; exit \$?"
act_denied 'its directory' list /proc/self
check 'in a pid namespace, by the number there' \
	unshare --pid --fork --mount-proc $YARD/bin/member read /proc/1/status
check_status 'in a pid namespace, by a proc of another one' 13 \
	unshare --pid --fork $YARD/bin/member read /proc/1/status

# What is told of it can be put into a rule.
events_expect 1
$YARD/bin/member read /proc/self/limits
events_wait
check_equal 'it is told as self' /proc/self/limits "$(event '[e["object"] for e in d if e["type"] == "departure"][0]')"
