# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of cordonctl for bash.  Commands and options stand here as they do
# in cordonctl(8); a unit test holds both against the program.

# Words that the running module knows; without it, or without leave, none.
# compgen -W expands its words as the shell does: only harmless bytes may pass.
_cordonctl_loaded()
{
	cordonctl "$1" --json 2>/dev/null |
		sed -n "s/.*\"$2\":\"\([A-Za-z0-9._/*?-]*\)\".*/\1/p" | sort -u
}

# What can be drafted: the kind first, then units or packages.
_cordonctl_drafted()
{
	case $1,$2 in
	1,*)	echo 'unit package' ;;
	*,unit)	systemctl list-unit-files --no-legend --plain '*.service' 2>/dev/null |
		sed -n 's/^\([A-Za-z0-9:._@-]*\) .*/\1/p' ;;
	*,package)
		dpkg-query -W -f '${Package}\n' 2>/dev/null | sed -n '/^[a-z0-9.+-]*$/p' ;;
	esac
}

_cordonctl()
{
	local commands='draft diff merge check test explain load confirm rollback
		unload mode learn maintain capture whatif review promote segment quarantine release suspend resume kill
		block unblock blocked pending approve reject status workloads rules ps
		flows monitor events incidents incident evidence tree doctor version help'
	local common='--help --json --color --verbose'
	local current=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' options='' i

	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} != -* && ${COMP_WORDS[i - 1]} != --color ]]; then
			command=${COMP_WORDS[i]}
			break
		fi
	done

	case $command in
	draft)	options='--name --root --admindir' ;;
	diff)	options='--no-host --include' ;;
	merge)	options='--output --no-host --include' ;;
	check)	options='--strict --no-host --include' ;;
	test)	options='--include' ;;
	explain)
		options='--workload --exe --exec --load --read --write
			--connect --listen --accept --socket --from --to --port
			--manifest --include --no-host' ;;
	load)	options='--replace --confirm --dry-run --include --force' ;;
	unload)	options='--all --confirm' ;;
	segment)
		options='--ttl --dry-run --allow-empty' ;;
	quarantine | block)
		options='--ttl' ;;
	suspend)
		options='--ttl --evidence' ;;
	kill)	options='--process --evidence' ;;
	flows)	options='--workload --listening' ;;
	mode)	options='--confirm --force' ;;
	learn)	options='--name' ;;
	maintain) options='--for --end' ;;
	capture)
		options='--from --name --member --allow-program --allow --exact
			--monitored --enforce --no-seen --output' ;;
	whatif)
		options='--since --workload --from --store --as-written --all
			--no-host --include' ;;
	review)	options='--manifest --from --since --until --store --answers
			--include --load --confirm' ;;
	promote) options='--approve --check --force --confirm --include --store' ;;
	rules)	options='--hits --program --stale --shadowed --broad
			--manifest --include' ;;
	monitor)
		options='--workload --count --timeout --ready --advice --all --since' ;;
	events)	options='--since --until --workload --verdict --class --all --count --store' ;;
	incidents)
		options='--since --until --workload --store' ;;
	incident)
		options='--store --folder' ;;
	evidence)
		options='--folder' ;;
	tree)	options='--incident --all --store' ;;
	esac

	COMPREPLY=()
	case $previous in
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current")
		return ;;
	--since | --until)
		local times='1h 1d 7d'
		[[ $command != monitor ]] || times='now all'
		mapfile -t COMPREPLY < <(compgen -W "$times" -- "$current")
		return ;;
	--verdict)
		mapfile -t COMPREPLY < <(compgen -W 'deny would-deny' -- "$current")
		return ;;
	--class)
		mapfile -t COMPREPLY < <(compgen -W 'exec load file net kernel task policy segment module response' -- "$current")
		return ;;
	--incident)
		mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded incidents id)" -- "$current")
		return ;;
	--confirm | --count | --timeout | --name | --member | --allow)
		return ;;
	--stale)
		mapfile -t COMPREPLY < <(compgen -W '7d 30d 90d' -- "$current")
		return ;;
	--ttl)
		mapfile -t COMPREPLY < <(compgen -W '15m 1h 6h 1d 7d' -- "$current")
		return ;;
	--workload)
		mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded workloads workload)" -- "$current")
		return ;;
	--program)
		mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded rules program)" -- "$current")
		return ;;
	--from)
		[[ $command == capture || $command == whatif || $command == review ]] || return
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return ;;
	--include | --root | --admindir)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
		return ;;
	--folder)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
		return ;;
	--exe | --exec | --load | --read | --write | --manifest | --answers | --store | --output | --allow-program)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return ;;
	esac

	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options $common" -- "$current")
		return
	fi
	case $command in
	'')
		mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current") ;;
	help)
		mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current") ;;
	draft)
		mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_drafted $((COMP_CWORD - i)) "${COMP_WORDS[i + 1]}")" -- "$current") ;;
	check | test | explain | load | diff | merge | whatif)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	segment)
		case $((COMP_CWORD - i)) in
		1)	mapfile -t COMPREPLY < <(compgen -W 'list add del load' -- "$current") ;;
		2)	mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded segment segment)" -- "$current") ;;
		*)	[[ ${COMP_WORDS[i + 1]} == load ]] || return
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
		esac ;;
	learn)
		if ((COMP_CWORD == i + 1)); then
			mapfile -t COMPREPLY < <(compgen -W 'start stop status show clear' -- "$current")
		else
			mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded workloads workload)" -- "$current")
		fi ;;
	incident)
		mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded incidents id)" -- "$current") ;;
	evidence)
		mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded evidence id)" -- "$current") ;;
	approve | reject)
		mapfile -t COMPREPLY < <(compgen -W "$(cordonctl pending --json 2>/dev/null |
			sed -n 's/.*"id":\([0-9]*\).*/\1/p')" -- "$current") ;;
	unblock)
		mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded blocked address)" -- "$current") ;;
	unload | maintain | capture | review | promote | rules | ps | quarantine | release | suspend | resume | kill)
		mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded workloads workload)" -- "$current") ;;
	mode)
		if ((COMP_CWORD == i + 1)); then
			mapfile -t COMPREPLY < <(compgen -W "$(_cordonctl_loaded workloads workload)" -- "$current")
		else
			# readline makes words of exec, = and monitor
			if [[ $current == '=' || $previous == '=' ]]; then
				mapfile -t COMPREPLY < <(compgen -W 'learn monitor enforce' -- "${current#=}")
			else
				compopt -o nospace
				mapfile -t COMPREPLY < <(compgen -S = -W 'exec load file net all' -- "$current")
			fi
		fi ;;
	esac
}

complete -F _cordonctl cordonctl
