# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Each act of acts.sh: free, then enforced
#
# Without Cordon all of the forbidden ones must succeed: a denial proves nothing of an act that could not
# have succeeded anyway.

. tests/vm/acts.sh

yard_build
yard_extras

all_acts()
{
	acts_exec
	acts_exec_check
	acts_load
	acts_read
	acts_write
	acts_name
	acts_attribute
	acts_mount
}

as() { ACTOR=("$YARD/bin/$1"); }

# On the debug kernel only what Cordon does is of interest: that each act can be done is proved on others.
phase=free
permitted() { :; }
forbidden() { act_allowed "$phase: $1" "${@:2}"; }
forbidden_late() { act_allowed "$phase: $1" "${@:2}"; }
unjudged() { :; }
is_debug || all_acts

module_load || give_up 'the module does not load'
policy_load tests/vm/manifests/yard.json || give_up 'the policy does not load'

phase=enforced
permitted() { act_allowed "$phase: $1" "${@:2}"; }
forbidden() { act_denied "$phase: $1" "${@:2}"; }
forbidden_late() { act_denied_late "$phase: $1" "${@:2}"; }
unjudged() { skip "$1" "$2"; }
all_acts
