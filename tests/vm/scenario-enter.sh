# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A workload is left only by what its manifest says may be entered

yard_build
cat >/run/keeper.json <<-EOT
	{ "manifest": 1, "workload": "keeper", "members": { "any": [ "exe:$YARD/bin/member" ] },
	  "mode": { "exec": "enforce", "load": "enforce", "file": "enforce" },
	  "programs": [
	    { "exe": "$YARD/bin/member", "exec": [ "$YARD/bin/tool" ], "read": [ "$YARD/open/**" ],
	      "enter": [ "$YARD/bin/outsider", "$YARD/bin/pardoned" ] },
	    { "exe": "$YARD/bin/tool", "read": [ "$YARD/open/**" ] } ],
	  "default": "deny" }
EOT
cat >/run/guest.json <<-EOT
	{ "manifest": 1, "workload": "guest", "members": { "any": [ "exe:$YARD/bin/pardoned" ] },
	  "mode": { "exec": "enforce", "load": "enforce", "file": "enforce" },
	  "programs": [ { "exe": "$YARD/bin/pardoned", "read": [ "$YARD/spool/**" ] } ],
	  "default": "deny" }
EOT
module_load || give_up 'the module does not load'
policy_load /run/keeper.json /run/guest.json >/dev/null || give_up 'the policy does not load'

check_status 'what is started stays' 13 $YARD/bin/member exec $YARD/bin/tool read $YARD/secret/file
check_status 'what is entered is free' 0 $YARD/bin/member exec $YARD/bin/outsider read $YARD/secret/file
check_status 'what it starts is free' 0 \
	$YARD/bin/member exec $YARD/bin/outsider exec $YARD/bin/stranger read $YARD/secret/file
check_status 'what may be entered may not be entered by what was started' 13 \
	$YARD/bin/member exec $YARD/bin/tool exec $YARD/bin/outsider pass
check_status 'what belongs to another workload is held by that' 0 \
	$YARD/bin/member exec $YARD/bin/pardoned read $YARD/spool/file
check_status 'and by no other' 13 $YARD/bin/member exec $YARD/bin/pardoned read $YARD/open/file
check_status 'who is free comes back by starting a member' 13 \
	$YARD/bin/member exec $YARD/bin/outsider exec $YARD/bin/member read $YARD/secret/file
check_status 'what is neither may not be started' 13 $YARD/bin/member exec $YARD/bin/stranger pass
