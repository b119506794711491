/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs that a service seldom has a business with. */
#ifndef CTL_CAPTURE_SUSPECT_H
#define CTL_CAPTURE_SUSPECT_H

/**
 * suspect_tool - is it one that no service should start unasked
 * @path: of an executable
 *
 * By its name, whatever number or variant is behind that: nc.openbsd, gcc-12,
 * x86_64-linux-gnu-gcc.
 *
 * Return: what it is, for people ("a compiler"), or NULL.
 */
const char *suspect_tool(const char *path);

/**
 * suspect_shell - is it one that nobody on the network should come to
 * @path: of an executable
 *
 * Return: what it is: a shell, an interpreter, or what fetches files; or NULL.
 */
const char *suspect_shell(const char *path);

#endif /* CTL_CAPTURE_SUSPECT_H */
