/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_OAEP_H__
#define __VPROT_OAEP_H__

#include <linux/types.h>

#include <drm/vprot_drm.h>

struct crypto_shash;

int vprot_oaep_decode(struct crypto_shash *sha512, u8 em[DRM_VPROT_KEY_EXCHANGE_SIZE],
		      u8 key[DRM_VPROT_KEY_SIZE]);

#endif /* __VPROT_OAEP_H__ */
