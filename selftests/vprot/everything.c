// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "everything.h"

__u8 vt_plain[VT_EVERYTHING_SIZE];

__attribute__((constructor)) static void fill_plain(void)
{
	__u64 seed = 20;

	vt_fill(&seed, vt_plain, sizeof(vt_plain));
}

void vt_everything_open(struct vt_everything *e)
{
	__u8 nonce[VT_KEY];

	e->fd = vt_open();
	vt_session_open(&e->s, e->fd, 0);
	vt_session_open(&e->other, e->fd, 0);
	vt_session_create(&e->internal, e->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_session_create(&e->keyless, e->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_clear(&e->clear, e->fd, VT_EVERYTHING_SIZE);
	vt_protected(&e->secret, e->fd, VT_EVERYTHING_SIZE);
	memcpy(e->clear.map, vt_plain, VT_EVERYTHING_SIZE);
	vt_load(&e->s, &e->secret, 0, vt_plain, VT_EVERYTHING_SIZE);
	e->clear_dmabuf = vt_export(&e->clear);
	e->secret_dmabuf = vt_export(&e->secret);
	if (vt_start(&e->s, nonce))
		vt_fatal("the refresh did not start");
}
