/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of segments as its writers see it: segment.c for documents,
 * segment_runtime.c for what comes while a policy is in force.
 */
#ifndef _CORDON_SEGMENT_TABLE_H
#define _CORDON_SEGMENT_TABLE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "engine/prefix.h"

struct cordon_port_table;
struct cordon_segment_view;

/* Serialises writers.  Never wait for it under cordon_srcu. */
extern struct mutex cordon_segment_lock;

/**
 * struct cordon_segment_item - an entry, and the list it is in
 * @entry: in the table; segment is a slot's number
 * @node: in its set, or in its slot's list of added or loaded ones
 */
struct cordon_segment_item {
	struct cordon_prefix_entry entry;
	struct list_head node;
};

/**
 * struct cordon_segment_slot - a segment's name, while anyone needs it
 * @node: by name
 * @unused: to be freed
 * @number: of entries in the table
 * @references: sets, and a list that is being loaded; under the lock
 * @list: set of the loaded entries that count
 * @added: runtime entries of CORDON_ORIGIN_ADDED; their set is 0
 * @loaded: likewise of CORDON_ORIGIN_LOADED
 * @name: of the segment
 */
struct cordon_segment_slot {
	struct hlist_node node;
	struct list_head unused;
	u32 number;
	u32 references;
	u32 list;
	struct list_head added;
	struct list_head loaded;
	char name[];
};

/* segment_table.c; all but item_new and item_free under the lock */
int cordon_segment_table_init(void);
void cordon_segment_table_exit(void);
const struct cordon_prefix_table *cordon_segment_table(void);
void cordon_segment_table_tidy(struct list_head *items);
int cordon_segment_reserve(u32 more, bool may_wait);
struct cordon_segment_item *
cordon_segment_item_new(const struct cordon_prefix *prefix, u32 segment,
			u32 set, u8 origin, u64 expires);
void cordon_segment_item_free(struct cordon_segment_item *item);
void cordon_segment_item_insert(struct cordon_segment_item *item);
void cordon_segment_item_remove(struct cordon_segment_item *item);
void cordon_segment_items_remove(struct list_head *items);
struct cordon_segment_item *
cordon_segment_item_find(u32 segment, const struct cordon_prefix *prefix,
			 u8 origin, u32 set);
struct cordon_segment_item *cordon_segment_item_each(u64 *cursor);

/* segment.c */
void cordon_segment_collect(void);
void cordon_segment_changed(void);
struct cordon_segment_slot *
cordon_segment_slot_find(const struct cordon_segment_view *view,
			 const char *name);
void cordon_segment_slot_each(void (*visit)(struct cordon_segment_slot *slot));
void cordon_segment_slot_get(struct cordon_segment_slot *slot);
void cordon_segment_slot_put(struct cordon_segment_slot *slot);

u32 cordon_segment_program(const struct cordon_segment_view *view, u32 slot);
bool cordon_segment_counts(const struct cordon_segment_view *view,
			   const struct cordon_prefix_entry *entry);

/* segment_runtime.c */
void cordon_segment_runtime_exit(void);

#endif /* _CORDON_SEGMENT_TABLE_H */
