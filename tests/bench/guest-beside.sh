# shellcheck shell=bash disable=SC2154,SC2086	# see guest; no blanks in $place and its kin
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The suite of tests/bench/guest that is about who does nothing wrong while another is denied as fast as
# it can: in ever new ways, or in one again and again.

# beside_manifest NAME: what it may, and what not.
beside_manifest()
{
	cat <<-EOT
	{ "manifest": 1, "workload": "$1",
	  "members": { "any": ["exe:$place/$1"] },
	  "mode": { "exec": "enforce", "load": "enforce", "file": "enforce", "net": "enforce" },
	  "allow": [ { "load": ["/**"], "read": ["/**"] } ],
	  "programs": [ { "exe": "$place/$1" } ],
	  "default": "deny" }
	EOT
}

suite_beside()
{
	local flood
	cp "$tests/measure-beside" $place/quiet
	cp "$tests/act" $place/noisy
	insmod "$module"
	for name in quiet noisy; do
		beside_manifest $name >/run/$name.json
	done
	"$top/build/cordonctl" load /run/quiet.json /run/noisy.json >&2
	row beside-nobody $place/quiet $place/f
	$place/noisy hammer read $place/f >/dev/null & flood=$!
	row beside-who-is-allowed $place/quiet $place/f
	kill -TERM $flood
	wait $flood || true
	# It fails before anything is asked: nobody is denied.
	$place/noisy attempt 1000000000 mkdir $place/hidden 2>/dev/null & flood=$!
	row beside-who-fails $place/quiet $place/f
	kill -TERM $flood
	wait $flood || true
	$place/noisy attempt 1000000000 mkdir $place/same 2>/dev/null & flood=$!
	row beside-repeats $place/quiet $place/f
	kill -TERM $flood
	wait $flood || true
	$place/noisy depart $place/new 77 >/dev/null & flood=$!
	row beside-departures $place/quiet $place/f
	kill -TERM $flood
	wait $flood || true
	"$top/build/cordonctl" status --json | grep -o '"denied": *[0-9]*' >&2
	rmmod cordon
}
