// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "library.h"

static void must(int result, const char *step)
{
	if (result)
		vt_fatal("%s: %s", step, strerror(-result));
}

void vt_library_open(struct vt_library *l)
{
	__u8 blob[VPROT_KEY_EXCHANGE_SIZE];
	__u64 seed = 60;

	memset(l, 0, sizeof(*l));
	must(vprot_device_open(&l->dev), "vprot_device_open");
	must(vprot_session_create(l->dev, DRM_VPROT_CRYPTO_AES128_CTR,
				  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &l->session),
	     "vprot_session_create");
	l->keys.fd = vprot_device_fd(l->dev);
	l->keys.handle = vprot_session_handle(l->session);
	l->keys.epoch = 1;
	vt_fill(&seed, l->keys.key, VT_KEY);
	vt_key_exchange_blob(l->keys.fd, l->keys.key, VT_KEY, blob);
	must(vprot_session_key_exchange(l->session, blob, sizeof(blob)),
	     "vprot_session_key_exchange");
	must(vprot_buffer_create(l->dev, LIBRARY_SIZE, 0, &l->clear), "vprot_buffer_create");
	must(vprot_buffer_create(l->dev, LIBRARY_SIZE, DRM_VPROT_GEM_PROTECTED, &l->secret),
	     "vprot_buffer_create");
	must(vprot_buffer_map(l->clear, (void **)&l->map), "vprot_buffer_map");
}
