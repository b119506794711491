# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Running the QEMU that scripts/deps unpacked under build/qemu.

qemu_libs=$QEMU_DIR/usr/lib/x86_64-linux-gnu:$QEMU_DIR/lib/x86_64-linux-gnu

# QEMU finds its parts relative to itself, except firmware, which packages of its own install.
QEMU_CMD=(env "LD_LIBRARY_PATH=$qemu_libs" "QEMU_MODULE_DIR=$QEMU_DIR/usr/lib/x86_64-linux-gnu/qemu"
	"$QEMU_DIR/usr/bin/qemu-system-x86_64"
	-L "$QEMU_DIR/usr/share/qemu" -L "$QEMU_DIR/usr/share/seabios")

qemu() { "${QEMU_CMD[@]}" "$@"; }
