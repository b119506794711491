# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# In mode monitor every forbidden act succeeds, and each is told of

. tests/vm/acts.sh

yard_build
yard_extras
module_load fold=0 || give_up 'the module does not load'
policy_load tests/vm/manifests/yard.json >/dev/null || give_up 'the policy does not load'
"$CTL" mode yard all=monitor >/dev/null || give_up 'the mode cannot be set'

tried=0
as() { ACTOR=("$YARD/bin/$1"); }
permitted() { :; }
forbidden()
{
	act_allowed "monitored: $1" "${@:2}"
	tried=$((tried + 1))
}
forbidden_late() { forbidden "$@"; }
unjudged() { :; }

acts_exec
acts_load
acts_read
acts_write
acts_name
acts_attribute
acts_mount

check_equal 'nothing was denied' 0 "$(status_field denied)"
told=$(status_field would_deny)
if [ "$told" -ge "$tried" ]; then
	ok "all $tried acts were told of ($told departures)"
else
	not_ok 'all acts were told of' "$tried forbidden acts, $told departures"
fi

events_expect 1
$YARD/bin/member read $YARD/secret/file
events_wait
check_equal 'it is told as would-deny' "would-deny default $YARD/secret/file" \
	"$(event '" ".join([d[0]["action"], d[0]["reason"], d[0]["object"]])')"
