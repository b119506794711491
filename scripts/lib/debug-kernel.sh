# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The debug kernel: Debian's 6.1 source, compiled on this machine with scripts/lib/debug.config.
# Modules for it must come from the same compiler, so they too are built here, not in the build root.

# Options without which the kernel would be no test of Cordon; allnoconfig drops silently what it
# cannot satisfy.
DEBUG_MUST_HAVE='DYNAMIC_FTRACE_WITH_ARGS DYNAMIC_FTRACE_WITH_DIRECT_CALLS SECURITY_PATH SECURITY_NETWORK
	KASAN_INLINE KASAN_VMALLOC PROVE_LOCKING PROVE_RCU DEBUG_ATOMIC_SLEEP DEBUG_OBJECTS DEBUG_KMEMLEAK
	FAILSLAB FAIL_PAGE_ALLOC FAULT_INJECTION_DEBUG_FS FAULT_INJECTION_STACKTRACE_FILTER KCOV PREEMPT
	MODULE_UNLOAD IO_URING USER_NS BPF_JIT PVH AMD_MEM_ENCRYPT VIRTIO_PCI VIRTIO_CONSOLE 9P_FS NET_9P_VIRTIO OVERLAY_FS
	NF_CONNTRACK NF_TABLES BRIDGE VETH UNWINDER_ORC MPTCP_IPV6 IP_SCTP XDP_SOCKETS VSOCKETS_LOOPBACK BT
	CRYPTO_USER_API_HASH TUN NET_IPIP IPV6_TUNNEL'

debug_configure()
{
	local src=$1 o missing=''
	# 6.1 still forbids this filter on x86-64; 6.2 only lifted the ban, with nothing else to change.
	sed -i '/^config FAULT_INJECTION_STACKTRACE_FILTER/,/^config /{/depends on !X86_64/d}' "$src/lib/Kconfig.debug"
	# QEMU starts the kernel by its PVH entry, which runs before KASAN has its shadow memory.
	if ! grep -q KASAN_SANITIZE "$src/arch/x86/platform/pvh/Makefile"; then
		echo 'KASAN_SANITIZE := n' >>"$src/arch/x86/platform/pvh/Makefile"
	fi
	logged debug-config make -C "$src" KCONFIG_ALLCONFIG="$TOP/scripts/lib/debug.config" allnoconfig
	for o in $DEBUG_MUST_HAVE; do
		grep -q "^CONFIG_$o=y" "$src/.config" || missing+=" $o"
	done
	[ -z "$missing" ] || die "the debug kernel would lack:$missing" \
		"allnoconfig could not satisfy what these depend on in this source" "extend scripts/lib/debug.config"
}

debug_compile()
{
	local src=$1 log=$BUILD/log/debug-make ticker
	export KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' KBUILD_BUILD_USER=cordon KBUILD_BUILD_HOST=cordon
	say "compiling the debug kernel: 15 to 30 minutes on two processors (output in $log)"
	# The reporter is the one in the background, for Ctrl-C must reach make.
	(while sleep 60; do say "  $((SECONDS / 60)) min, $(grep -c '^  CC' "$log") files compiled"; done) 9>&- &
	ticker=$!
	# shellcheck disable=SC2064	# now, not when it goes off
	trap "kill $ticker 2>/dev/null || true" EXIT
	logged debug-make nice -n 19 make -C "$src" -j"$(nproc)" vmlinux modules
	kill "$ticker"
	trap - EXIT
}

debug_kernel()
{
	local new=$KERNELS/.debug.new src rel dir=$KERNELS/debug
	stamped kernel-debug && return
	lock_build kernels
	stamped kernel-debug && return
	need_root 'unpacking the kernel source'
	src=$new/linux-source-6.1
	if ! stamped debug-source; then
		apt_world bookworm
		rm -rf "$new"
		fetch_unpack bookworm "$new" linux-source-6.1
		say 'unpacking the kernel source'
		tar -C "$new" -xf "$new/usr/src/linux-source-6.1.tar.xz"
		rm -rf "${new:?}/usr"
		stamp debug-source
	fi
	# From here on an interrupted run goes on where it stopped.
	debug_configure "$src"
	debug_compile "$src"
	rel=$(make -s --no-print-directory -C "$src" kernelrelease)
	logged debug-install make -C "$src" INSTALL_MOD_PATH="$new" modules_install
	echo "$rel" >"$new/release"
	objcopy --strip-debug "$src/vmlinux" "$new/vmlinux"
	ln -sfn linux-source-6.1/.config "$new/config"
	ln -sfn linux-source-6.1 "$new/headers"
	ln -sfn vmlinux "$new/vmlinuz"
	ln -sfn "lib/modules/$rel" "$new/modules"
	ln -sfn ../../../linux-source-6.1 "$new/modules/build"
	rm -f "$new/modules/source"
	depmod -b "$new" "$rel"
	rm -rf "$dir"
	mv "$new" "$dir"
	stamp kernel-debug "$rel"
	say 'booting it once'
	if ! "$TOP/scripts/vm" --kernel debug --quiet -- true; then
		# Back to where an edit of the config leads to a short compile, not to a whole one.
		rm -f "$BUILD/stamps/kernel-debug"
		mv "$dir" "$new"
		die 'the debug kernel does not boot cleanly' 'see the lines above' \
			'correct scripts/lib/debug.config and run scripts/kernels debug again'
	fi
	# Objects of the kernel are of no use to a module's build.
	src=$dir/linux-source-6.1
	find "$src" -name '*.o' ! -path "$src/scripts/*" ! -path "$src/tools/*" -delete
	rm -f "$src"/vmlinux "$src"/.tmp_vmlinux* "$BUILD/stamps/debug-source"
	say "the debug kernel is $rel, in $dir"
}
