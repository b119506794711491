# shellcheck shell=bash disable=SC2086,SC2154,SC2206,SC2317,SC2034	# see lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What members of the yard may do, and what they may not: each act that manifests/yard.json denies beside
# its twin that it allows. A scenario calls acts_*, and defines what they call:
#
#	as PROGRAM		from here on that program of the yard acts
#	permitted WHAT ACT...	an act that the manifest allows
#	forbidden WHAT ACT...	one that it denies
#	forbidden_late ...	the same; but first it changes something that it may
#	unjudged WHAT WHY	an act that Cordon does not judge

LOADER=/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2

# What some acts need beyond what every yard has.
yard_extras()
{
	ln -s ../bin/tool $YARD/template/open/tool
	ln -s ../bin/stranger $YARD/template/spool/tool
	mkdir $YARD/template/spool/forbidden $YARD/template/secret/drop
	echo 'what secret/drop/file holds' >$YARD/template/secret/drop/file
	yard_restore
}

acts_exec()
{
	local way
	as member
	for way in exec exec-read-fd exec-path-fd exec-proc-fd; do
		permitted "$way of what is listed" $way $YARD/bin/tool pass
	done
	permitted 'exec relative to a directory' exec-relative $YARD/bin tool pass
	permitted 'exec in a thread' by-thread exec $YARD/bin/tool pass
	permitted 'exec in a vfork child' by-vfork exec $YARD/bin/tool pass
	permitted 'exec of a script' exec $YARD/bin/script
	permitted 'exec of a script whose interpreter is a script' exec $YARD/bin/nested
	permitted 'exec of the loader for what may be loaded' exec-loader $LOADER $YARD/open/program pass
	permitted 'exec by what was started' exec $YARD/bin/tool exec $YARD/bin/tool pass

	for way in exec exec-path-fd exec-proc-fd; do
		forbidden "$way of what is not listed" $way $YARD/bin/stranger pass
	done
	forbidden 'exec of a file that may be read' exec-read-fd $YARD/open/program pass
	forbidden 'exec relative to a directory of what is not listed' exec-relative $YARD/bin stranger pass
	forbidden 'exec in a thread of what is not listed' by-thread exec $YARD/bin/stranger pass
	forbidden 'exec in a vfork child of what is not listed' by-vfork exec $YARD/bin/stranger pass
	forbidden 'exec of a host program, to leave the workload' exec $YARD/bin/outsider pass
	forbidden 'exec through a symbolic link of a listed name' exec $YARD/spool/tool pass
	forbidden 'exec of a script with another interpreter' exec $YARD/bin/misled
	forbidden 'exec of the loader for what may only be read' exec-loader $LOADER $YARD/spool/program pass
	forbidden 'exec of a memfd' exec-memfd $YARD/bin/tool pass
	forbidden 'exec of a memfd by its path' exec-memfd-path $YARD/bin/tool pass
	forbidden_late 'exec of a dropped file' exec-dropped $YARD/bin/tool $YARD/spool/new pass
	forbidden_late 'exec of a deleted file' exec-deleted $YARD/bin/tool $YARD/spool/new pass
	forbidden 'exec of a file without a name' exec-tmpfile $YARD/bin/tool $YARD/spool pass
	forbidden 'exec in a detached copy of the tree' detached-exec $YARD/bin tool pass
	forbidden 'exec in a file system that is mounted nowhere' detached-new $YARD/bin/tool pass
	forbidden 'exec by what was started of what only the starter may' \
		exec $YARD/bin/tool exec $YARD/bin/script
	forbidden 'reading by what was started of what only the starter may' \
		exec $YARD/bin/tool read $YARD/spool/file
}

acts_exec_check()
{
	if kernel_before 6.14; then
		unjudged 'asking whether a file could be executed' 'this kernel has no AT_EXECVE_CHECK'
		return
	fi
	as member
	permitted 'asking whether what is listed could be executed' exec-check $YARD/bin/tool
	forbidden 'asking the same of what is not listed' exec-check $YARD/bin/stranger
}

acts_load()
{
	local way
	for way in map-file map-file-shared protect-file implied-file; do
		as member
		permitted "$way of what is listed" $way $YARD/open/code
		forbidden "$way of what may only be read" $way $YARD/spool/code
	done
	for way in map-file-writable protect-modified protect-text; do
		as member
		forbidden "$way, though the file is listed" $way $YARD/open/code
		as pardoned
		permitted "$way, where anonymous memory is listed" $way $YARD/open/code
	done
	as member
	forbidden_late 'map-deleted' map-deleted $YARD/spool/new
	as pardoned
	permitted 'map-deleted, where deleted files are listed' map-deleted $YARD/spool/new
	for way in map-anonymous map-anonymous-shared map-memfd protect-anonymous protect-anonymous-shared \
		protect-memfd protect-key protect-stack protect-heap implied-anonymous \
		implied-protect attach map-zero implied-heap; do
		if kernel_lacks $way; then
			unjudged "$way" 'this kernel was built without that call'
			continue
		fi
		as member
		forbidden "$way" $way
		as pardoned
		permitted "$way, where such memory is listed" $way
	done
	if [ "$($YARD/bin/outsider process-memory >/dev/null 2>&1; echo $?)" = 0 ]; then
		as member
		forbidden 'process-memory' process-memory
		as pardoned
		permitted 'process-memory, where that file is listed' process-memory
	else
		unjudged 'process-memory' 'this kernel lets nobody write to read-only text'
	fi
	as member
	forbidden 'implied-remap of what may only be read' implied-remap $YARD/spool/code
	as pardoned
	permitted 'implied-remap of what is listed' implied-remap $YARD/spool/code
	as dynamic
	permitted 'dlopen of what is listed' dlopen $YARD/lib/good.so
	forbidden 'dlopen of what may only be read' dlopen $YARD/spool/library.so
	permitted 'LD_PRELOAD of what is listed' \
		preload $YARD/lib/good.so $YARD/bin/dynamic loaded $YARD/lib/good.so
	forbidden 'LD_PRELOAD of what may only be read' \
		preload $YARD/spool/library.so $YARD/bin/dynamic loaded $YARD/spool/library.so
}

acts_read()
{
	local way
	as member
	for way in read openat2-read reopen-read proc-root-read create-read by-thread\ read by-child\ read \
		by-vfork\ read by-twin\ read by-orphan\ read by-user\ 65534\ read in-userns\ read \
		in-mountns\ read uring-read uring-openat2 uring-direct uring-worker-read \
		uring-poller-read uring-changed-read; do
		# shellcheck disable=SC2086	# several words
		permitted "$way of what is listed" $way $YARD/open/file
		# shellcheck disable=SC2086
		forbidden "$way of what is not" $way $YARD/secret/file
	done
	permitted 'listing a directory' list $YARD/open
	forbidden 'listing a directory that is not listed' list $YARD/secret
	permitted 'reading by handle' handle-read $YARD/open/file $YARD/open/other
	forbidden 'reading by handle what is not listed' handle-read $YARD/secret/file $YARD/open/other
	permitted 'reading by a relative path' relative-read $YARD/open file
	forbidden 'reading by a relative path what is not listed' relative-read $YARD/secret file
	permitted 'reading through a symbolic link' read $YARD/open/to-open
	forbidden 'reading through a symbolic link what is not listed' read $YARD/open/to-secret
	permitted 'reading by dots' read $YARD/secret/../open/file
	forbidden 'reading by dots what is not listed' read $YARD/open/../secret/file
	permitted 'reading in a chroot' in-chroot $YARD read /open/file
	forbidden 'reading in a chroot what is not listed' in-chroot $YARD read /secret/file
	forbidden 'reading in a chroot by the name of what is' in-chroot $YARD/secret read /file
	forbidden 'reading in a detached copy of the tree' detached-read $YARD/secret file
	forbidden 'reading in a detached copy what is listed in the tree' detached-read $YARD/open file
	forbidden 'reading through an overlay that is mounted nowhere' \
		in-mountns detached-overlay $YARD/secret:$YARD/spool file
	forbidden 'reading with borrowed credentials' uring-borrowed-read $YARD/open/file
	permitted 'a descriptor of itself' pidfd
	permitted 'being told of what is listed' overhear $YARD/open/file $YARD/bin/tool
}

acts_write()
{
	local way
	as member
	for way in write append read-write overwrite open-truncate open-ioctl openat2-write reopen-write widen \
		truncate ftruncate map-write unlink uring-write uring-unlink \
		by-thread\ write by-vfork\ unlink in-userns\ write; do
		# shellcheck disable=SC2086	# several words
		permitted "$way of what is listed" $way $YARD/spool/file
		# shellcheck disable=SC2086
		forbidden "$way of what may only be read" $way $YARD/open/file
	done
	for way in create create-read mkdir mknod mkfifo bind uring-create uring-mkdir \
		symlink\ any uring-symlink\ any; do
		# shellcheck disable=SC2086
		permitted "$way where that is listed" $way $YARD/spool/new
		# shellcheck disable=SC2086
		forbidden "$way where it is not" $way $YARD/open/new
	done
	for way in rmdir uring-rmdir; do
		permitted "$way where that is listed" $way $YARD/spool/empty
		forbidden "$way where it is not" $way $YARD/open/empty
	done
	permitted 'writing by handle' handle-write $YARD/spool/file $YARD/open/other
	forbidden 'writing by handle what may only be read' handle-write $YARD/open/file $YARD/open/other
	: >/run/accounting
	if kernel_lacks account /run/accounting; then
		unjudged 'process accounting' 'this kernel was built without that call'
	else
		forbidden 'process accounting to what may only be read' account $YARD/open/file
		# Later kernels open it a second time, below no path.
		! kernel_before 6.15 ||
			permitted 'process accounting to what is listed' account $YARD/spool/file
	fi
	permitted 'memory as a file' memory-file
	permitted 'a file without a name' tmpfile $YARD/spool
	forbidden 'a file without a name where nothing may be made' tmpfile $YARD/open
	permitted 'naming a file without a name' tmpfile-link $YARD/spool $YARD/spool/new
	forbidden_late 'naming it where nothing may be made' tmpfile-link $YARD/spool $YARD/open/new
	forbidden 'writing in a detached copy of the tree' detached-write $YARD/spool file
	forbidden 'a device, even where files may be made' mknod-device $YARD/spool/new
	permitted 'a core file' dump $YARD/spool
	forbidden 'a core file where nothing may be made' dump $YARD/open
	forbidden 'writing where a deny rule stands' mkdir $YARD/spool/forbidden/new
}

acts_name()
{
	local way
	as member
	for way in rename rename-noreplace rename-whiteout uring-rename link link-empty link-proc uring-link; do
		permitted "$way within what is listed" $way $YARD/spool/file $YARD/spool/new
		forbidden "$way to where nothing may be made" $way $YARD/spool/file $YARD/open/new
		case $way in
		*link*) forbidden "$way of what must not be read" $way $YARD/secret/file $YARD/spool/new ;;
		*) forbidden "$way of what may only be read" $way $YARD/open/file $YARD/spool/new ;;
		esac
	done
	for way in rename rename-noreplace uring-rename link link-proc; do
		forbidden "$way of what may be written to where it may be read" \
			$way $YARD/secret/drop/file $YARD/spool/new
		permitted "$way of what may be read to where it may only be written" \
			$way $YARD/spool/file $YARD/secret/drop/new
	done
	forbidden 'rename-exchange of what may be written and what may be read' \
		rename-exchange $YARD/secret/drop/file $YARD/spool/file
	permitted 'rename over another file' rename $YARD/spool/file $YARD/spool/other
	forbidden 'rename over what may only be read' rename $YARD/spool/file $YARD/open/file
	permitted 'rename-exchange within what is listed' rename-exchange $YARD/spool/file $YARD/spool/other
	forbidden 'rename-exchange with what may only be read' rename-exchange $YARD/spool/file $YARD/open/file
	forbidden 'rename of a directory out of what is listed' rename $YARD/spool/folder $YARD/open/new
	permitted 'rename of a directory within what is listed' rename $YARD/spool/folder $YARD/spool/new
}

acts_attribute()
{
	local way
	as member
	for way in chmod fchmod chown lchown fchown fchownat; do
		permitted "$way of what is listed" $way $YARD/spool/file
		forbidden "$way of what may only be read" $way $YARD/open/file
	done
	permitted 'fchmodat of what is listed' fchmodat $YARD/spool file
	forbidden 'fchmodat of what may only be read' fchmodat $YARD/open file
	# The kernel asks for these by inode alone: see docs/threat-model.md.
	for way in utimes setxattr setacl uring-setxattr removexattr; do
		unjudged "$way of what may only be read" 'the kernel does not tell by which path'
	done
}

# No member may change what its paths mean, whatever they are.
acts_mount()
{
	as member
	forbidden 'a bind mount' in-mountns in-bind $YARD/secret $YARD/open read $YARD/open/file
	forbidden 'a bind mount in a user namespace' in-userns in-bind $YARD/secret $YARD/open read $YARD/open/file
	forbidden 'a tmpfs' in-mountns in-tmpfs $YARD/open pass
	forbidden 'a tmpfs in a user namespace' in-userns in-tmpfs $YARD/open pass
	forbidden 'mount propagation' in-mountns in-private pass
	forbidden 'other flags of a mount' in-mountns in-remounted $YARD pass
	forbidden 'a mount gone' in-mountns in-unmounted $YARD pass
	forbidden 'another root of the tree' in-mountns in-pivot $YARD/secret read /file
	forbidden 'a copy of the tree in the tree' \
		in-mountns in-moved-tree $YARD/secret $YARD/open read $YARD/open/file
	forbidden 'a copy of the tree in the tree, in a user namespace' \
		in-userns in-moved-tree $YARD/secret $YARD/open read $YARD/open/file
}
