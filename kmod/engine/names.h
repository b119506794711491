/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of the contract as text: what manifests, tables, JSON and the
 * kernel log call each enumerator.
 */
#ifndef _CORDON_ENGINE_NAMES_H
#define _CORDON_ENGINE_NAMES_H

#include "shim.h"

/*
 * Each returns the enumerator's word, in static storage, or "?" for a number
 * that is out of range (a newer module may know more than this build).
 */
const char *cordon_class_name(u32 class);	/* "exec", "load", … */
const char *cordon_op_name(u32 op);		/* "exec", … "pass" */
const char *cordon_mode_name(u32 mode);		/* "learn", … */
const char *cordon_effect_name(u32 effect);	/* "allow", "deny" */
const char *cordon_action_name(u32 action);	/* … "would-deny", … */
const char *cordon_result_name(u32 action);	/* … "learned": of behaviours */
const char *cordon_reason_name(u32 reason);	/* "rule", "no-entry", … */
const char *cordon_reason_text(u32 reason);	/* a clause for people */
const char *cordon_object_name(u32 kind);	/* "path", "memfd:", … */
const char *cordon_member_name(u32 kind);	/* "exe", … "claim" */
const char *cordon_hook_state_name(u32 state);	/* "attached", … */
const char *cordon_origin_name(u32 origin);	/* "document", … */
const char *cordon_flow_state_name(u32 state);	/* "listening", … */
const char *cordon_topic_name(u32 topic);	/* "exec", … "task", … */
const char *cordon_event_name(u32 type);	/* "departure", … */
const char *cordon_document_name(u32 kind);	/* "manifest", "segments" */
const char *cordon_response_name(u32 response);	/* "kill", … "block-peer" */
const char *cordon_phase_name(u32 phase);	/* "begin", … "hold" */
const char *cordon_evidence_name(u32 evidence);	/* "none", … "lost" */

/*
 * The other way: the enumerator that @word of @length bytes names, or
 * -EINVAL.
 */
int cordon_class_parse(const char *word, size_t length);
int cordon_op_parse(const char *word, size_t length);
int cordon_mode_parse(const char *word, size_t length);
int cordon_effect_parse(const char *word, size_t length);
int cordon_member_parse(const char *word, size_t length);
int cordon_response_parse(const char *word, size_t length);

/**
 * cordon_op_class - the class that @op belongs to
 * @op: what was tried
 *
 * Context: any.
 * Return: its class; for a number that is no op, CORDON_CLASS_KERNEL.
 */
enum cordon_class cordon_op_class(enum cordon_op op);

#endif /* _CORDON_ENGINE_NAMES_H */
