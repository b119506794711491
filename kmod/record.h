/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CORDON_RECORD_H
#define _CORDON_RECORD_H

#include <net/netlink.h>
#include <uapi/cordon.h>

#include "engine/draft.h"

extern const struct nla_policy
	cordon_record_workload_policy[CORDON_WORKLOAD_A_COUNT];
extern const struct nla_policy
	cordon_record_member_policy[CORDON_MEMBER_A_COUNT];
extern const struct nla_policy
	cordon_record_program_policy[CORDON_PROGRAM_A_COUNT];
extern const struct nla_policy cordon_record_rule_policy[CORDON_RULE_A_COUNT];
extern const struct nla_policy
	cordon_record_response_policy[CORDON_RESPONSE_A_COUNT];

int cordon_record_workload(struct cordon_workload_spec *spec,
			   const struct nlattr *nest,
			   struct netlink_ext_ack *extack);
int cordon_record_add(struct cordon_draft *draft, const struct nlattr *attr,
		      const char **patterns, struct netlink_ext_ack *extack);

#endif /* _CORDON_RECORD_H */
