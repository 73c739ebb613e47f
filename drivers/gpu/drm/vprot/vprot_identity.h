/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_IDENTITY_H__
#define __VPROT_IDENTITY_H__

#include <linux/types.h>

#include <drm/vprot_drm.h>

struct drm_device;
struct drm_file;
struct vprot_device;

int vprot_identity_init(struct vprot_device *vdev);
size_t vprot_identity_certificate_size(struct vprot_device *vdev);

int vprot_identity_decrypt_key(struct vprot_device *vdev, u8 message[DRM_VPROT_KEY_EXCHANGE_SIZE],
			       u8 key[DRM_VPROT_KEY_SIZE]);

int vprot_get_certificate_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_session_key_exchange_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* __VPROT_IDENTITY_H__ */
