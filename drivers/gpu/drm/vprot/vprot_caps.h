/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_CAPS_H__
#define __VPROT_CAPS_H__

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct vprot_device;

u64 vprot_caps(u32 crypto_type);
int vprot_caps_check(u32 crypto_type, u64 needed);
bool vprot_session_key_readback(void);

int vprot_crypto_type_check(u32 crypto_type);
int vprot_key_exchange_type_check(struct vprot_device *vdev, u32 key_exchange_type);
int vprot_channel_type_check(struct vprot_device *vdev, u32 channel_type);

int vprot_get_caps_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* __VPROT_CAPS_H__ */
