// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Packages: their programs and units, and the directories that are their own.
 *
 * What belongs to a package on Debian is often several: those that it depends
 * on and that are made from the same source are taken with it, and those that
 * extend it through an interface that it provides (nginx-abi-1.22.1-7).
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "dpkg.h"
#include "exit.h"
#include "manifest_edit.h"
#include "output.h"
#include "provision.h"
#include "unit_file.h"

/**
 * struct packages - the packages that are drafted
 * @provision: what they are added to
 * @dpkg: the database
 * @title: "package nginx", for notes
 * @files: what they brought
 * @owners: of the directories among these
 */
struct packages {
	struct provision *provision;
	struct dpkg dpkg;
	char *title;
	struct texts files;
	json_t *owners;
};

/* --- which packages ------------------------------------------------------- */

static bool is_interface(const char *name)
{
	return strstr(name, "abi-") || strstr(name, "api-");
}

/* Does it extend the other: depends on an interface, which is no package */
static bool extends(const struct dpkg *dpkg, const struct dpkg_package *one,
		    const struct dpkg_package *other)
{
	size_t i;

	for (i = 0; i < one->depends.count; i++) {
		const char *name = one->depends.text[i];

		if (is_interface(name) && !dpkg_find(dpkg, name) &&
		    texts_have(&other->provides, name))
			return true;
	}
	return false;
}

/* One more package joins those that @one, which was taken, brings with it */
static bool belongs(const struct dpkg *dpkg, const struct dpkg_package *one,
		    const struct dpkg_package *other)
{
	if (!strcmp(one->source, other->source) && dpkg_depends(one, other))
		return true;
	return extends(dpkg, other, one);
}

/* Until nothing is added: dependencies may go round */
static void take_kin(struct dpkg *dpkg)
{
	bool more = true;
	size_t i, k;

	while (more) {
		more = false;
		for (i = 0; i < dpkg->count; i++)
			for (k = 0; dpkg->packages[i].taken && k < dpkg->count;
			     k++) {
				struct dpkg_package *other =
					&dpkg->packages[k];

				if (other->taken ||
				    !belongs(dpkg, &dpkg->packages[i], other))
					continue;
				other->taken = true;
				more = true;
			}
	}
	for (i = 0; i < dpkg->count; i++)
		for (k = 0; dpkg->packages[i].taken && k < dpkg->count; k++)
			if (dpkg_depends(&dpkg->packages[k],
					 &dpkg->packages[i]))
				dpkg->packages[k].kin = true;
}

static int choose(struct packages *packages, char *const *names, size_t count)
{
	const char *root = packages->provision->root.path;
	size_t i;

	for (i = 0; i < count; i++) {
		struct dpkg_package *package = dpkg_find(&packages->dpkg,
							 names[i]);
		char *title;

		if (!package) {
			output_error("draft: no package %s is installed below %s: see `dpkg-query --list`",
				     names[i], *root ? root : "/");
			return EXIT_UNKNOWN;
		}
		package->taken = true;
		title = memory_format("%s%s%s", packages->title, i ? ", " : " ",
				      names[i]);
		free(packages->title);
		packages->title = title;
	}
	take_kin(&packages->dpkg);
	return EXIT_OK;
}

/* --- what they brought ---------------------------------------------------- */

/*
 * Places that many programs share, or that other programs read: what a package
 * leaves there is not its own, even where it is the only one that does.
 */
static const char *const shared[] = {
	"/etc/{default,init.d,logrotate.d,cron.d,cron.daily,cron.hourly,cron.weekly,cron.monthly}",
	"/etc/{alternatives,apparmor.d,apport,apt,bash_completion.d,dbus-1,fail2ban,insserv.conf.d}",
	"/etc/{ld.so.conf.d,logcheck,modprobe.d,monit,network,pam.d,profile.d,rsyslog.d,sudoers.d}",
	"/etc/{ssl,sysctl.d,systemd,sysusers.d,tmpfiles.d,udev,ufw,xdg,init,rc*.d,munin,polkit-1}",
	"/usr/share/{apport,applications,bash-completion,bug,dbus-1,debhelper,doc,doc-base,emacs*}",
	"/usr/share/{fish,icons,info,lintian,locale,man,menu,metainfo,mime,munin,nagios-plugins}",
	"/usr/share/{pam-configs,pixmaps,polkit-1,reportbug,vim,zsh,zoneinfo,augeas,perl*,python*}",
	"/usr/lib/{cgi-bin,debug,firmware,mime,modules-load.d,ocf,pkgconfig,cmake,python*,perl*}",
	"/usr/lib/{sysctl.d,systemd,sysusers.d,tmpfiles.d,udev,valgrind,bfd-plugins,NetworkManager}",
	"/var/lib/{dpkg,apt,systemd,dbus,misc,pam,ucf,polkit-1,update-rc.d}",
};

/* Trees within which a package may have a directory of its own, and for what */
static const struct {
	const char *base;
	const char *what;
	bool written;
} trees[] = {
	{ "/etc", "configuration", false },
	{ "/usr/share", "data", false },
	{ "/usr/lib", "data", false },
	{ "/srv", "data", false },
	{ "/var/www", "data", false },
	{ "/opt", "data", false },
	{ "/var/lib", "state", true },
	{ "/var/cache", "state", true },
	{ "/var/spool", "state", true },
	{ "/var/log", "logs", true },
	{ "/var/mail", "state", true },
};

/* Is a path at or below one of those that @list names, "{a,b*}" as above */
static bool is_shared(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shared); i++) {
		const char *brace = strchr(shared[i], '{'), *at = brace + 1;
		size_t base = (size_t)(brace - shared[i]);
		char *name;

		if (strncmp(path, shared[i], base))
			continue;
		name = memory_format("%.*s", (int)strcspn(path + base, "/"),
				     path + base);
		while (*at && *at != '}') {
			size_t length = strcspn(at, ",}");
			char *one = memory_format("%.*s", (int)length, at);
			bool same = !fnmatch(one, name, 0);

			free(one);
			if (same) {
				free(name);
				return true;
			}
			at += length + (at[length] == ',');
		}
		free(name);
	}
	return false;
}

static bool is_below(const char *path, const char *tree)
{
	size_t length = strlen(tree);

	return !strncmp(path, tree, length) && path[length] == '/';
}

/* /usr/lib/x86_64-linux-gnu is everybody's, what lies in it is somebody's */
static bool is_common(const char *path)
{
	return is_below(path, "/usr/lib") && strstr(path, "-linux-gnu") &&
	       !strchr(path + strlen("/usr/lib/"), '/');
}

static size_t tree_of(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(trees); i++)
		if (is_below(path, trees[i].base))
			break;
	return i;
}

static json_t *rules_of(struct packages *packages, const char *what)
{
	char *note = memory_format("%s of %s", what, packages->title);
	json_t *rules = manifest_edit_rules(packages->provision->document,
					    "allow", note);

	free(note);
	return rules;
}

static void add_own(struct packages *packages, const char *path, size_t tree,
		    const char *below)
{
	json_t *rules = rules_of(packages, trees[tree].what);

	provision_rule(packages->provision, rules, "read", path, below);
	if (trees[tree].written)
		provision_rule(packages->provision, rules, "write", path,
			       below);
}

/* Modules that it loads by itself: all of the directory, as more may come */
static void add_module(struct packages *packages, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = memory_format("%.*s", (int)(slash - path), path);

	if (!is_common(directory) && strcmp(directory, "/usr/lib") &&
	    strcmp(directory, "/lib"))
		provision_rule(packages->provision,
			       rules_of(packages, "modules"), "load",
			       directory, "/*.so{,.*}");
	free(directory);
}

static bool is_module(const char *path)
{
	const char *name = strrchr(path, '/') + 1, *dot = strstr(name, ".so");

	return dot && (!dot[3] || dot[3] == '.') &&
	       (is_below(path, "/usr/lib") || is_below(path, "/lib") ||
		is_below(path, "/opt"));
}

static void find_owners(struct packages *packages)
{
	struct texts directories = { 0 };
	size_t i;

	for (i = 0; i < packages->files.count; i++) {
		const char *path = packages->files.text[i];

		if (tree_of(path) < ARRAY_SIZE(trees) && !is_shared(path) &&
		    root_is_directory(&packages->provision->root, path))
			texts_add(&directories, memory_copy(path));
	}
	packages->owners = dpkg_owners(&packages->dpkg, &directories);
	texts_free(&directories);
}

/* Directories come before what they hold: an own one settles all below it */
static void add_files(struct packages *packages)
{
	struct provision *provision = packages->provision;
	const char *own = NULL;
	size_t i;

	for (i = 0; i < packages->files.count; i++) {
		const char *path = packages->files.text[i];
		size_t tree = tree_of(path);

		if (is_module(path))
			add_module(packages, path);
		if (tree == ARRAY_SIZE(trees) || is_shared(path) ||
		    is_common(path) || (own && is_below(path, own)))
			continue;
		if (root_is_directory(&provision->root, path)) {
			if (!dpkg_is_own(&packages->dpkg, packages->owners,
					 path))
				continue;
			own = path;
			add_own(packages, path, tree, PROVISION_TREE);
		} else if (!strcmp(trees[tree].base, "/etc") ||
			   trees[tree].written) {
			add_own(packages, path, tree, "");
		}
	}
}

/* --- programs and units --------------------------------------------------- */

/* In a directory called bin or sbin, as /usr/lib/postgresql/15/bin is too */
static bool is_in_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *from = slash;

	while (from > path && from[-1] != '/')
		from--;
	return !strncmp(from, "bin/", 4) || !strncmp(from, "sbin/", 5) ||
	       !strncmp(from, "games/", 6);
}

static const char *unit_of(const char *path)
{
	const char *name = strrchr(path, '/') + 1, *dot = strrchr(name, '.');

	if (!strstr(path, "/systemd/system/") || !dot ||
	    strcmp(dot, ".service") || !unit_is_name(name))
		return NULL;
	return name;
}

static void add_units(struct packages *packages)
{
	size_t i;

	for (i = 0; i < packages->files.count; i++) {
		const char *name = unit_of(packages->files.text[i]);

		if (name)
			provision_unit(packages->provision, name);
	}
}

static void add_programs(struct packages *packages)
{
	struct provision *provision = packages->provision;
	json_t *members = json_object_get(provision->document, "members");
	bool units = provision->units.count;
	size_t i, others = 0;

	for (i = 0; i < packages->files.count; i++) {
		const char *path = packages->files.text[i];
		char *pattern, *member;

		if (!root_is_program(&provision->root, path))
			continue;
		if (!is_in_path(path)) {
			others += is_below(path, "/usr/lib") &&
				  !is_module(path);
			continue;
		}
		provision_program(provision, path, packages->title);
		if (units)
			continue;
		pattern = provision_pattern(provision, path);
		member = memory_format("exe:%s", pattern);
		manifest_edit_add_text(members, "any", member);
		free(member);
		free(pattern);
	}
	if (others)
		provision_ask(provision,
			      "Which of the %zu executables of %s below /usr/lib are started? Each wants a line in an \"exec\", and an entry",
			      others, packages->title);
}

static void tell_odd(struct packages *packages, const struct texts *odd)
{
	size_t i;

	for (i = 0; i < odd->count; i++)
		provision_ask(packages->provision,
			      "Which file of %s is \"%s\"? dpkg cannot tell names with a newline",
			      packages->title, odd->text[i]);
}

static int draft(struct packages *packages, char *const *names, size_t count)
{
	struct texts odd = { 0 };
	const json_t *programs;
	int code = choose(packages, names, count);

	if (!code)
		code = dpkg_files(&packages->dpkg, &packages->files, &odd);
	if (!code) {
		find_owners(packages);
		add_units(packages);
		add_programs(packages);
		add_files(packages);
		tell_odd(packages, &odd);
	}
	texts_free(&odd);
	programs = json_object_get(packages->provision->document, "programs");
	if (code || json_array_size(programs))
		return code;
	output_error("draft: %s has no program in bin or sbin, and no unit: name the one that has",
		     packages->title);
	return EXIT_UNKNOWN;
}

int provision_packages(struct provision *provision, char *const *names,
		       size_t count)
{
	struct packages packages = {
		.provision = provision,
		.title = memory_copy("package"),
	};
	int code = dpkg_open(&packages.dpkg, provision->root.path,
			     provision->admindir);

	if (!code)
		code = draft(&packages, names, count);
	dpkg_close(&packages.dpkg);
	json_decref(packages.owners);
	texts_free(&packages.files);
	free(packages.title);
	return code;
}
