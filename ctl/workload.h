/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loaded workloads as a table, which `workloads` and `status` both show. */
#ifndef CTL_WORKLOAD_H
#define CTL_WORKLOAD_H

#include "client.h"
#include "output.h"

/**
 * workload_print - write a table of workloads
 * @output: with nothing open
 * @workloads: records of CORDON_CMD_WORKLOAD_DUMP
 *
 * Return: as output_close().
 */
int workload_print(struct output *output, const struct client_dump *workloads);

#endif /* CTL_WORKLOAD_H */
