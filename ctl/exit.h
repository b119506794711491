/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Exit codes of cordonctl, by cause.  They are part of its interface: scripts
 * rely on them, cordonctl(8) lists them, and a number never changes meaning.
 * Two commands answer as their users expect of them, and say so: diff, whatif.
 */
#ifndef CTL_EXIT_H
#define CTL_EXIT_H

/**
 * enum exit_code - why cordonctl ended
 * @EXIT_OK: what was asked for was done, or is so
 * @EXIT_FAILED: this machine let it down: no memory, no space, no terminal, a
 *	broken pipe; or the module answered what this build cannot read
 * @EXIT_USAGE: the command line is wrong; nothing was tried
 * @EXIT_MANIFEST: a manifest, or a file of cases, is wrong or unreadable;
 *	nothing was loaded
 * @EXIT_NO_MODULE: the module is not loaded
 * @EXIT_PERMISSION: the caller may not do this
 * @EXIT_REFUSED: the module refused, and said why; nothing was changed
 * @EXIT_CONFLICT: the policy moved meanwhile, or another transaction is open;
 *	nothing was changed, the same command may succeed if repeated; review:
 *	the file is not what is loaded, or not what was read any more
 * @EXIT_UNENFORCED: something that should be enforced is not (status, doctor)
 * @EXIT_VERDICT: a verdict is not the hoped-for one: explain answers deny or
 *	would-deny, or a case of test came out differently; promote: something is
 *	not due yet
 * @EXIT_UNKNOWN: no such workload or program; draft: no such unit or package
 * @EXIT_TIMEOUT: monitor: the time given ran out before the count was reached
 * @EXIT_INCOMPLETE: learn: there was no room for all that was done
 * @EXIT_CONTRADICTION: merge: the manifests contradict one another; what was
 *	asked for was written, and who reads on must decide
 * @EXIT_TROUBLE: diff: as EXIT_FAILED, which there says something else; whatif:
 *	as EXIT_MANIFEST, likewise
 * @EXIT_DECISION: capture: the manifest is written, but something that was seen
 *	is not in it until somebody says so; review: something is open still;
 *	promote: something is due, and waits for somebody to approve it
 * @EXIT_DIFFERENT: diff: what was compared is not the same, as diff(1) says it
 * @EXIT_NEWLY_DENIED: whatif: something that went on would be denied
 */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_MANIFEST = 3,
	EXIT_NO_MODULE = 4,
	EXIT_PERMISSION = 5,
	EXIT_REFUSED = 6,
	EXIT_CONFLICT = 7,
	EXIT_UNENFORCED = 8,
	EXIT_VERDICT = 9,
	EXIT_UNKNOWN = 10,
	EXIT_TIMEOUT = 11,
	EXIT_INCOMPLETE = 12,
	EXIT_CONTRADICTION = 13,
	EXIT_TROUBLE = 14,
	EXIT_DECISION = 15,
	EXIT_DIFFERENT = EXIT_FAILED,
	EXIT_NEWLY_DENIED = EXIT_MANIFEST,
};

#endif /* CTL_EXIT_H */
