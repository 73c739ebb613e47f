/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_SPARES_H__
#define __VPROT_SPARES_H__

#include <linux/types.h>

#define VPROT_MAX_SPARES	16

/**
 * struct vprot_spares - things of one kind, kept for reuse
 *
 * Each is put and taken by one atomic operation: two sessions have no lock that one would wait for.
 * Each processor begins at a slot of its own, so that they do not get in each other's way.
 */
struct vprot_spares {
	/** @slots: a thing each, or NULL */
	void *slots[VPROT_MAX_SPARES];
};

void *vprot_spares_take(struct vprot_spares *spares);
bool vprot_spares_put(struct vprot_spares *spares, void *thing);

#endif /* __VPROT_SPARES_H__ */
