# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What scripts/deps, scripts/kernels and scripts/vm share: where things are, how to speak to the
# person who runs us, and the one way in which a finished step is remembered.

TOP=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=${CORDON_BUILD:-$TOP/build}
KERNELS=$BUILD/kernels
BUILDROOT=$BUILD/buildroot
QEMU_DIR=$BUILD/qemu
ME=${0##*/}

# Distribution kernels that Cordon is built and tested for.
# shellcheck disable=SC2034	# read by the scripts that source this file
DISTRO_KERNELS='6.1 6.12 7.3'

say() { printf '%s: %s\n' "$ME" "$*" >&2; }

# die WHAT WHY NOW: every failure says all three.
die()
{
	printf '%s: %s\n' "$ME" "$1" >&2
	[ -z "${2-}" ] || printf '  why: %s\n' "$2" >&2
	[ -z "${3-}" ] || printf '  now: %s\n' "$3" >&2
	exit "${DIE_STATUS:-1}"
}

# set -e says nothing about what ended a script.
set -E
trap 'say "unexpected failure (status $?) at ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR

need_root()
{
	[ "$(id -u)" = 0 ] || die "$1 needs root" "it installs or unpacks files as their owner, or uses chroot" "run it with sudo"
}

# A stamp is written last and by rename, so a step that was interrupted is done again from the start.
stamped() { [ -e "$BUILD/stamps/$1" ]; }
stamp()
{
	mkdir -p "$BUILD/stamps"
	printf '%s\n' "${2-done}" >"$BUILD/stamps/.$1.$$"
	mv -f "$BUILD/stamps/.$1.$$" "$BUILD/stamps/$1"
}

# Run COMMAND with its output in build/log/NAME; on failure show the end of it.
logged()
{
	local name=$1 log=$BUILD/log/$1
	shift
	mkdir -p "$BUILD/log"
	"$@" </dev/null >"$log" 2>&1 && return
	tail -n 25 "$log" >&2
	die "step $name failed: $*" "see the lines above; all of it is in $log" "correct the cause and run the same command again; what was finished is kept"
}

# Two runs at the same time must not unpack over each other.
lock_build()
{
	mkdir -p "$BUILD"
	exec 9>"$BUILD/.lock-$1"
	flock -n 9 && return
	say "waiting for another run of '$1' to end ($BUILD/.lock-$1)"
	flock 9
}
