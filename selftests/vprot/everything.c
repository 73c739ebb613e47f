// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "everything.h"

__u8 vt_plain[VT_EVERYTHING_SIZE];

__attribute__((constructor)) static void fill_plain(void)
{
	__u64 seed = 20;

	vt_fill(&seed, vt_plain, sizeof(vt_plain));
}

static void open_channels(struct vt_everything *e)
{
	struct drm_vprot_gem_create create = {
		.size = VT_EVERYTHING_SIZE,
		.flags = DRM_VPROT_GEM_RESTRICTED | DRM_VPROT_GEM_RESTRICT_SHARED,
	};
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0);

	vt_channel_create(&e->keyless_channel, e->fd, 0);
	vt_channel_open(&e->channel, e->fd);
	vt_protect(&e->channel, DRM_VPROT_PROTECTION_ENABLED);
	if (pidfd < 0 || vt_let_in(&e->channel, pidfd, true))
		vt_fatal("this process is not let in");
	close(pidfd);
	if (vt_ioctl(e->fd, DRM_IOCTL_VPROT_GEM_CREATE, &create))
		vt_fatal("there is no restricted buffer");
	e->restricted = (struct vt_buffer){
		.fd = e->fd,
		.handle = create.handle,
		.size = VT_EVERYTHING_SIZE,
	};
}

void vt_everything_open(struct vt_everything *e)
{
	__u8 nonce[VT_KEY];

	e->fd = vt_open();
	vt_session_open(&e->s, e->fd, 0);
	vt_session_open(&e->other, e->fd, 0);
	vt_session_create(&e->internal, e->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_session_create(&e->keyless, e->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	open_channels(e);
	vt_clear(&e->clear, e->fd, VT_EVERYTHING_SIZE);
	vt_protected(&e->secret, e->fd, VT_EVERYTHING_SIZE);
	memcpy(e->clear.map, vt_plain, VT_EVERYTHING_SIZE);
	vt_load(&e->s, &e->secret, 0, vt_plain, VT_EVERYTHING_SIZE);
	e->clear_dmabuf = vt_export(&e->clear);
	e->secret_dmabuf = vt_export(&e->secret);
	if (vt_start(&e->s, nonce))
		vt_fatal("the refresh did not start");
}
