// SPDX-License-Identifier: GPL-2.0
/*
 * Things that are kept for reuse, as making them takes long: keys with their ciphers, streams.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/smp.h>

#include "vprot_spares.h"

/**
 * vprot_spares_take() - take a spare thing
 * @spares: what is kept
 *
 * Return: the thing, now the caller's, or NULL. May be called in any context.
 */
void *vprot_spares_take(struct vprot_spares *spares)
{
	unsigned int first = raw_smp_processor_id(), i;
	void *thing = NULL, **slot;

	for (i = 0; i < VPROT_MAX_SPARES && !thing; i++) {
		slot = &spares->slots[(first + i) % VPROT_MAX_SPARES];
		if (READ_ONCE(*slot))
			thing = xchg(slot, NULL);
	}
	return thing;
}

/**
 * vprot_spares_put() - keep a thing for reuse
 * @spares: what is kept
 * @thing: the thing, without a secret in it
 *
 * Return: false if there is no room, then it is still the caller's. May be called in any context.
 */
bool vprot_spares_put(struct vprot_spares *spares, void *thing)
{
	unsigned int first = raw_smp_processor_id(), i;
	void **slot;

	for (i = 0; i < VPROT_MAX_SPARES; i++) {
		slot = &spares->slots[(first + i) % VPROT_MAX_SPARES];
		if (!READ_ONCE(*slot) && !cmpxchg(slot, NULL, thing))
			return true;
	}
	return false;
}
