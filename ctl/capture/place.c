// SPDX-License-Identifier: LGPL-2.1-or-later
#include "place.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "output.h"

/* All below these, and themselves. */
static const char *const sensitive[] = {
	"/etc", "/root", "/boot", "/dev", "/proc", "/sys",
	"/run/credentials", "/run/secrets", "/run/systemd", "/run/user",
	"/usr/lib/modules", "/usr/lib/systemd", "/usr/bin", "/usr/sbin",
	"/usr/local/bin", "/usr/local/sbin",
	"/var/backups", "/var/cache/debconf", "/var/lib/apt",
	"/var/lib/cordon", "/var/lib/dpkg", "/var/lib/private",
	"/var/lib/sss", "/var/lib/sudo", "/var/lib/systemd",
	"/var/log/audit", "/var/log/journal", "/var/mail",
	"/var/spool/cron", "/var/spool/mail",
};

/* But what is below these is as short-lived as what is below /tmp. */
static const char *const harmless[] = {
	"/dev/shm",
};

/* Of the sensitive ones, those that most programs have to read in. */
static const char *const readable[] = {
	"/boot", "/etc", "/proc/self", "/proc/sys", "/sys", "/dev/shm",
	"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
	"/dev/tty", "/dev/ptmx", "/dev/pts", "/usr", "/run/systemd",
	"/run/user", "/var/lib/apt", "/var/lib/dpkg", "/var/lib/systemd",
	"/var/cache/debconf",
};

/* Files of the kernel directly below /proc that are no secret. */
static const char *const public_proc[] = {
	"/proc/cpuinfo", "/proc/devices", "/proc/filesystems", "/proc/loadavg",
	"/proc/meminfo", "/proc/mounts", "/proc/net", "/proc/stat",
	"/proc/uptime", "/proc/version", "/proc/vmstat",
};

/* Where whoever has got a foothold puts his files. */
static const char *const open_to_all[] = {
	"/dev/shm", "/home", "/run/user", "/tmp", "/var/tmp",
};

/* Components that make all below them somebody's secret. */
static const char *const folders[] = {
	".aws", ".azure", ".config", ".docker", ".git", ".gnupg", ".kube",
	".local", ".mozilla", ".password-store", ".ssh", ".svn", "keyrings",
	"private",
};

/* Names of keys and passwords, by their end. */
static const char *const endings[] = {
	".der", ".env", ".gpg", ".jks", ".kdbx", ".key", ".keystore",
	".keytab", ".p12", ".pem", ".pfx", ".ppk", "_history",
};

/* Parts that no name has by chance. */
static const char *const words[] = {
	"authorized_keys", "credential", "gshadow", "htpasswd", "id_dsa",
	"id_ecdsa", "id_ed25519", "id_rsa", "netrc", "passwd", "password",
	"pgpass", "secret", "shadow", "token",
};

/* Directories that belong to nobody in particular. */
static const char *const shared[] = {
	"/bin", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/run",
	"/sbin", "/srv", "/tmp", "/usr", "/usr/include", "/usr/lib",
	"/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local",
	"/usr/local/lib", "/usr/local/share", "/usr/share", "/usr/src",
	"/var", "/var/cache", "/var/lib", "/var/log", "/var/run",
	"/var/spool", "/var/tmp",
};

bool place_is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return !strncmp(path, directory, length) && path[length] == '/' &&
	       path[length + 1];
}

static bool is_in(const char *path, const char *directory)
{
	return !strcmp(path, directory) || place_is_below(path, directory);
}

static bool is_in_any(const char *path, const char *const *places, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (is_in(path, places[i]))
			return true;
	return false;
}

static bool has_folder(const char *path)
{
	const char *at = path;
	size_t i;

	while ((at = strchr(at, '/'))) {
		size_t length = strcspn(++at, "/");

		for (i = 0; i < ARRAY_SIZE(folders); i++)
			if (length == strlen(folders[i]) &&
			    !strncmp(at, folders[i], length))
				return true;
	}
	return false;
}

/* Modules that came with a language: token.py holds no token. */
static bool is_module(const char *path)
{
	static const char *const modules[] = {
		".py", ".pyc", ".pm", ".pl", ".rb", ".js", ".so",
	};
	const char *ending = strrchr(path, '.');
	size_t i;

	if (!ending || (!place_is_below(path, "/usr/lib") &&
			!place_is_below(path, "/usr/share")))
		return false;
	for (i = 0; i < ARRAY_SIZE(modules); i++)
		if (!strcmp(ending, modules[i]))
			return true;
	return false;
}

static bool has_name(const char *path)
{
	const char *name = strrchr(path, '/');
	size_t length, i;

	name = name ? name + 1 : path;
	length = strlen(name);
	for (i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t size = strlen(endings[i]);

		if (length >= size &&
		    !strcasecmp(name + length - size, endings[i]))
			return true;
	}
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(name, words[i]))
			return true;
	return false;
}

bool place_is_sensitive(const char *path)
{
	if (has_folder(path) || (has_name(path) && !is_module(path)))
		return true;
	return is_in_any(path, sensitive, ARRAY_SIZE(sensitive)) &&
	       !is_in_any(path, harmless, ARRAY_SIZE(harmless));
}

bool place_is_secret(const char *path)
{
	if (has_folder(path) || (has_name(path) && !is_module(path)))
		return true;
	return place_is_sensitive(path) &&
	       !is_in_any(path, readable, ARRAY_SIZE(readable)) &&
	       !is_in_any(path, public_proc, ARRAY_SIZE(public_proc));
}

bool place_is_open(const char *path)
{
	return is_in_any(path, open_to_all, ARRAY_SIZE(open_to_all));
}

bool place_may_be_sensitive(const char *pattern)
{
	size_t length = strcspn(pattern, "*?[{\\"), i;

	if (place_is_sensitive(pattern))
		return true;
	if (!pattern[length])
		return false;
	for (i = 0; i < ARRAY_SIZE(harmless); i++)
		if (place_is_below(pattern, harmless[i]))
			return false;
	for (i = 0; i < ARRAY_SIZE(sensitive); i++) {
		size_t size = strlen(sensitive[i]);

		if (!strncmp(pattern, sensitive[i],
			     length < size ? length : size))
			return true;
	}
	return false;
}

/* /usr/lib/x86_64-linux-gnu and its kin */
static bool is_multiarch(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return (!strncmp(path, "/usr/lib/", 9) && name == path + 9 &&
		strstr(name, "-linux-gnu")) ||
	       (!strncmp(path, "/lib/", 5) && name == path + 5);
}

bool place_is_shared(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shared); i++)
		if (!strcmp(path, shared[i]))
			return true;
	return !strcmp(path, "/") || is_multiarch(path);
}

bool place_is_data(const char *path)
{
	return is_in(path, "/srv") || is_in(path, "/var/www");
}

bool place_is_process(const char *path)
{
	size_t digits;

	if (strncmp(path, "/proc/", 6))
		return false;
	digits = strspn(path + 6, "0123456789");
	return digits && (path[6 + digits] == '/' || !path[6 + digits]);
}
