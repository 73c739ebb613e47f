/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_LOSS_H__
#define __VPROT_LOSS_H__

struct drm_file;
struct vprot_device;
struct vprot_file;

void vprot_loss(struct vprot_device *vdev);

int vprot_loss_reserve_event(struct vprot_device *vdev, struct drm_file *file);
void vprot_loss_cancel_event(struct vprot_device *vdev, struct vprot_file *vfile);

#endif /* __VPROT_LOSS_H__ */
