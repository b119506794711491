# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A private apt: its own sources, lists, cache and copy of the package status, all under build/apt.
# With it packages of other Debian releases can be fetched and unpacked without the machine's own apt
# ever hearing of those releases. Which mirror to ask, and which keys to trust, is taken from the
# machine's own apt configuration: whoever set up the machine knew what it can reach.

# host_apt_source SUITE: print "URI<tab>KEYRING" of the machine's entry for SUITE's main component.
# KEYRING is empty where the entry names none (apt then trusts /etc/apt/trusted.gpg.d).
host_apt_source()
{
	local f
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
		[ -r "$f" ] || continue
		awk -v want="$1" -v deb822="$([ "${f%.sources}" != "$f" ] && echo 1 || echo 0)" '
		function has(list, word,   n, i, a) {
			n = split(list, a, /[ \t]+/)
			for (i = 1; i <= n; i++)
				if (a[i] == word)
					return 1
			return 0
		}
		function flush_stanza(   u) {
			if (has(v["types"], "deb") && has(v["suites"], want) &&
			    has(v["components"], "main") && tolower(v["enabled"]) != "no") {
				split(v["uris"], u, /[ \t]+/)
				print u[1] "\t" (v["signed-by"] ~ /^\// ? v["signed-by"] : "")
				found = 1
			}
			split("", v)
		}
		found { exit }
		/^[ \t]*#/ { next }
		deb822 == 1 {
			if ($0 ~ /^[ \t]*$/) { flush_stanza(); next }
			if ($0 ~ /^[ \t]/) { v[key] = v[key] " " $0; next }
			i = index($0, ":")
			key = tolower(substr($0, 1, i - 1))
			val = substr($0, i + 1)
			gsub(/^[ \t]+|[ \t]+$/, "", val)
			v[key] = val
			next
		}
		$1 == "deb" {
			line = $0; opts = ""
			sub(/^deb[ \t]+/, "", line)
			if (match(line, /^\[[^]]*\]/)) {
				opts = substr(line, 2, RLENGTH - 2)
				line = substr(line, RLENGTH + 1)
				sub(/^[ \t]+/, "", line)
			}
			n = split(line, a, /[ \t]+/)
			if (a[2] != want)
				next
			for (i = 3; i <= n; i++)
				if (a[i] == "main") {
					key = ""
					if (match(opts, /signed-by=[^ \t,]*/))
						key = substr(opts, RSTART + 10, RLENGTH - 10)
					print a[1] "\t" key
					found = 1
					exit
				}
		}
		END { if (deb822 == 1 && !found) flush_stanza() }
		' "$f"
	done | head -n 1
}

# Sets MIRROR, MIRROR_SECURITY and KEYRING.
find_mirror()
{
	local line
	[ -z "${MIRROR-}" ] || return 0
	KEYRING=
	MIRROR=${CORDON_MIRROR-}
	MIRROR_SECURITY=${CORDON_MIRROR_SECURITY-}
	if [ -z "$MIRROR" ]; then
		line=$(host_apt_source bookworm)
		MIRROR=${line%%$'\t'*}
		[ -z "$line" ] || KEYRING=${line#*$'\t'}
	fi
	[ -n "$MIRROR" ] || die "no Debian mirror known" \
		"no entry in /etc/apt/sources.list or /etc/apt/sources.list.d serves 'bookworm main'" \
		"set CORDON_MIRROR to the URI of a Debian mirror and run again"
	if [ -z "$MIRROR_SECURITY" ] && [ -z "${CORDON_MIRROR-}" ]; then
		line=$(host_apt_source bookworm-security)
		MIRROR_SECURITY=${line%%$'\t'*}
	fi
	# The customary neighbour of a mirror's debian/ folder.
	[ -n "$MIRROR_SECURITY" ] || MIRROR_SECURITY=${MIRROR%/}-security
	if [ -z "$KEYRING" ] && [ -r /usr/share/keyrings/debian-archive-keyring.gpg ]; then
		KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
	fi
}

# apt_world RELEASE: set up and refresh the private apt for bookworm or trixie. A world holds one
# release with its updates, security and backports; mixing two would let the resolver mix them too.
apt_world()
{
	local release=$1 dir=$BUILD/apt/$1 opts s
	stamped_now "apt-$release" && return
	find_mirror
	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial" "$dir/etc/preferences.d"
	opts="[arch=amd64${KEYRING:+ signed-by=$KEYRING}]"
	for s in "$release" "$release-updates" "$release-backports"; do
		printf 'deb %s %s %s main\n' "$opts" "$MIRROR" "$s"
	done >"$dir/etc/sources.list"
	printf 'deb %s %s %s-security main\n' "$opts" "$MIRROR_SECURITY" "$release" >>"$dir/etc/sources.list"
	# A copy, so that apt takes its locks here and not on the machine's dpkg.
	cp /var/lib/dpkg/status "$dir/state/status"
	# Read after the machine's own configuration (proxies and time-outs there still count); hooks
	# are cleared because they would act on the machine.
	cat >"$dir/apt.conf" <<-EOF
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear DPkg::Pre-Invoke;
	#clear DPkg::Pre-Install-Pkgs;
	#clear DPkg::Post-Invoke;
	#clear Acquire::IndexTargets::deb::DEP-11;
	#clear Acquire::IndexTargets::deb::Contents-deb;
	Acquire::Languages "none";
	Acquire::Retries "3";
	APT::Architecture "amd64";
	APT::Sandbox::User "root";
	Dir::State "$dir/state";
	Dir::State::status "$dir/state/status";
	Dir::Cache "$dir/cache";
	Dir::Etc::sourcelist "$dir/etc/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "$dir/etc/preferences.d";
	EOF
	say "fetching the package lists of $release"
	logged "apt-update-$release" apt-get -c "$dir/apt.conf" update --error-on=any
	APT_FRESH="${APT_FRESH-} apt-$release "
}
# Lists are refreshed once per run that needs them, never by a run that does not.
stamped_now() { case ${APT_FRESH-} in *" $1 "*) return 0 ;; esac; return 1; }

apt_get() { local w=$1; shift; apt-get -c "$BUILD/apt/$w/apt.conf" "$@"; }
apt_cache() { local w=$1; shift; apt-cache -c "$BUILD/apt/$w/apt.conf" "$@"; }

# newest_package WORLD REGEX: the newest package (by its name's version) whose name matches.
newest_package()
{
	apt_cache "$1" pkgnames linux- | grep -E -x -- "$2" | sort -V | tail -n 1
}

# fetch_unpack WORLD DIR PACKAGE...: download into the world's cache and unpack under DIR.
fetch_unpack()
{
	local world=$1 dir=$2 debs=$BUILD/apt/$1/debs deb
	shift 2
	rm -rf "$debs"
	mkdir -p "$debs" "$dir"
	say "fetching $*"
	(cd "$debs" && logged "fetch-$world" apt_get "$world" download "$@")
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir"
	done
	rm -rf "$debs"
}

# fetch_debs WORLD DIR PACKAGE...: DIR gets the packages, and those that they need and this machine
# lacks, as files.
fetch_debs()
{
	local world=$1 dir=$2 debs=$BUILD/apt/$1/cache/archives
	shift 2
	rm -rf "$debs"/*.deb "$dir"
	mkdir -p "$dir"
	# --reinstall: also where the machine happens to have it, for then apt would fetch nothing.
	logged "fetch-$world" apt_get "$world" install -y --download-only --reinstall --no-install-recommends "$@"
	mv "$debs"/*.deb "$dir"
}
