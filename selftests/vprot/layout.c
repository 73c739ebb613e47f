// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes, offsets and numbers of the interface against those written here by hand. This file is
 * compiled as C, as C++ and for 32 bits; LAYOUT is the name of its function.
 */
#include <stddef.h>
#include <stdio.h>
#include <vprot_drm.h>

#include "layout.h"

#define ENTRIES(array) (sizeof(array) / sizeof((array)[0]))

struct number {
	const char *name;
	unsigned long long is, should_be;
};

#define NUMBER(name, value) { #name, (unsigned long long)(name), value }

static const struct number numbers[] = {
	NUMBER(DRM_IOCTL_VPROT_GET_CAPS, 0xc0606440),
	NUMBER(DRM_IOCTL_VPROT_GET_CERTIFICATE, 0xc0106441),
	NUMBER(DRM_IOCTL_VPROT_SESSION_CREATE, 0xc0106442),
	NUMBER(DRM_IOCTL_VPROT_SESSION_DESTROY, 0x40086443),
	NUMBER(DRM_IOCTL_VPROT_SESSION_STATUS, 0xc0286444),
	NUMBER(DRM_IOCTL_VPROT_SESSION_KEY_EXCHANGE, 0x40106445),
	NUMBER(DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH, 0x40106446),
	NUMBER(DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH, 0x40106447),
	NUMBER(DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, 0x40186448),
	NUMBER(DRM_IOCTL_VPROT_GEM_CREATE, 0xc0106449),
	NUMBER(DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, 0xc010644a),
	NUMBER(DRM_IOCTL_VPROT_DECRYPTION_BLT, 0x4038644b),
	NUMBER(DRM_IOCTL_VPROT_ENCRYPTION_BLT, 0x4038644c),

	NUMBER(DRM_VPROT_KEY_SIZE, 16),
	NUMBER(DRM_VPROT_KEY_EXCHANGE_SIZE, 256),
	NUMBER(DRM_VPROT_CRYPTO_AES128_CTR, 1),
	NUMBER(DRM_VPROT_CRYPTO_AES128_CBCS, 2),
	NUMBER(DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 1),
	NUMBER(DRM_VPROT_KEY_EXCHANGE_INTERNAL, 2),
	/* Those of the Windows content-protection caps. */
	NUMBER(DRM_VPROT_CAP_SOFTWARE, 0x1),
	NUMBER(DRM_VPROT_CAP_PARTIAL_DECRYPTION, 0x8),
	NUMBER(DRM_VPROT_CAP_CONTENT_KEY, 0x10),
	NUMBER(DRM_VPROT_CAP_FRESHEN_SESSION_KEY, 0x20),
	NUMBER(DRM_VPROT_CAP_ENCRYPTED_READ_BACK, 0x40),
	NUMBER(DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY, 0x80),
	NUMBER(DRM_VPROT_SESSION_STRICT_IV, 0x1),
	NUMBER(DRM_VPROT_SESSION_OK, 0),
	NUMBER(DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST, 2),
	NUMBER(DRM_VPROT_STATUS_REFRESH_PENDING, 0x1),
	NUMBER(DRM_VPROT_STATUS_READ_BACK_KEY, 0x2),
	NUMBER(DRM_VPROT_GEM_PROTECTED, 0x1),
	NUMBER(DRM_VPROT_KEY_SESSION, 0),
	NUMBER(DRM_VPROT_KEY_WRAPPED, 1),
	NUMBER(DRM_VPROT_BLT_READ_BACK_KEY, 0x1),
	NUMBER(DRM_VPROT_SUBMIT_NOWAIT, 0x1),
	NUMBER(DRM_VPROT_EVENT_LOSS, 0x80000000),
};

struct member {
	const char *type, *name;
	size_t type_size, offset, offset_should_be, size, size_should_be;
};

#define MEMBER(type, name, offset, size) { \
	#type, #name, sizeof(struct drm_vprot_##type), \
	offsetof(struct drm_vprot_##type, name), offset, \
	sizeof(((struct drm_vprot_##type *)0)->name), size }

/* Of each structure all members, in their order. */
static const struct member members[] = {
	MEMBER(get_caps, crypto_type, 0, 4),
	MEMBER(get_caps, pad, 4, 4),
	MEMBER(get_caps, caps, 8, 8),
	MEMBER(get_caps, crypto_types, 16, 4),
	MEMBER(get_caps, key_exchange_types, 20, 4),
	MEMBER(get_caps, buffer_alignment, 24, 4),
	MEMBER(get_caps, block_alignment, 28, 4),
	MEMBER(get_caps, key_size, 32, 4),
	MEMBER(get_caps, certificate_size, 36, 4),
	MEMBER(get_caps, max_blts, 40, 4),
	MEMBER(get_caps, max_subsamples, 44, 4),
	MEMBER(get_caps, max_blt_size, 48, 8),
	MEMBER(get_caps, max_buffer_size, 56, 8),
	MEMBER(get_caps, max_file_sessions, 64, 4),
	MEMBER(get_caps, max_sessions, 68, 4),
	MEMBER(get_caps, max_file_protected, 72, 8),
	MEMBER(get_caps, max_protected, 80, 8),
	MEMBER(get_caps, max_syncs, 88, 4),
	MEMBER(get_caps, max_queued_blts, 92, 4),

	MEMBER(get_certificate, data, 0, 8),
	MEMBER(get_certificate, size, 8, 4),
	MEMBER(get_certificate, pad, 12, 4),

	MEMBER(session_create, crypto_type, 0, 4),
	MEMBER(session_create, key_exchange_type, 4, 4),
	MEMBER(session_create, flags, 8, 4),
	MEMBER(session_create, handle, 12, 4),

	MEMBER(session_destroy, handle, 0, 4),
	MEMBER(session_destroy, pad, 4, 4),

	MEMBER(session_status, handle, 0, 4),
	MEMBER(session_status, pad, 4, 4),
	MEMBER(session_status, state, 8, 4),
	MEMBER(session_status, flags, 12, 4),
	MEMBER(session_status, epoch, 16, 8),
	MEMBER(session_status, decrypted, 24, 8),
	MEMBER(session_status, encrypted, 32, 8),

	MEMBER(session_key_exchange, handle, 0, 4),
	MEMBER(session_key_exchange, size, 4, 4),
	MEMBER(session_key_exchange, data, 8, 8),

	MEMBER(start_session_key_refresh, handle, 0, 4),
	MEMBER(start_session_key_refresh, size, 4, 4),
	MEMBER(start_session_key_refresh, nonce, 8, 8),

	MEMBER(finish_session_key_refresh, handle, 0, 4),
	MEMBER(finish_session_key_refresh, pad, 4, 4),
	MEMBER(finish_session_key_refresh, epoch, 8, 8),

	MEMBER(get_encryption_blt_key, handle, 0, 4),
	MEMBER(get_encryption_blt_key, size, 4, 4),
	MEMBER(get_encryption_blt_key, key, 8, 8),
	MEMBER(get_encryption_blt_key, epoch, 16, 8),

	MEMBER(gem_create, size, 0, 8),
	MEMBER(gem_create, flags, 8, 4),
	MEMBER(gem_create, handle, 12, 4),

	MEMBER(gem_mmap_offset, handle, 0, 4),
	MEMBER(gem_mmap_offset, pad, 4, 4),
	MEMBER(gem_mmap_offset, offset, 8, 8),

	MEMBER(subsample, clear, 0, 4),
	MEMBER(subsample, encrypted, 4, 4),

	MEMBER(blt_result, epoch, 0, 8),
	MEMBER(blt_result, iv, 8, 16),
	MEMBER(blt_result, flags, 24, 4),
	MEMBER(blt_result, pad, 28, 4),

	MEMBER(blt, src, 0, 4),
	MEMBER(blt, dst, 4, 4),
	MEMBER(blt, src_offset, 8, 8),
	MEMBER(blt, dst_offset, 16, 8),
	MEMBER(blt, size, 24, 8),
	MEMBER(blt, iv, 32, 16),
	MEMBER(blt, subsamples, 48, 8),
	MEMBER(blt, num_subsamples, 56, 4),
	MEMBER(blt, crypt_blocks, 60, 4),
	MEMBER(blt, skip_blocks, 64, 4),
	MEMBER(blt, key_form, 68, 4),
	MEMBER(blt, key, 72, 8),
	MEMBER(blt, key_size, 80, 4),
	MEMBER(blt, flags, 84, 4),
	MEMBER(blt, epoch, 88, 8),
	MEMBER(blt, result, 96, 8),

	MEMBER(sync, handle, 0, 4),
	MEMBER(sync, flags, 4, 4),
	MEMBER(sync, point, 8, 8),

	MEMBER(submit, session, 0, 4),
	MEMBER(submit, flags, 4, 4),
	MEMBER(submit, blts, 8, 8),
	MEMBER(submit, num_blts, 16, 4),
	MEMBER(submit, blt_stride, 20, 4),
	MEMBER(submit, waits, 24, 8),
	MEMBER(submit, signals, 32, 8),
	MEMBER(submit, num_waits, 40, 4),
	MEMBER(submit, num_signals, 44, 4),
	MEMBER(submit, sync_stride, 48, 4),
	MEMBER(submit, pad, 52, 4),

	MEMBER(event_loss, base, 0, 8),
	MEMBER(event_loss, generation, 8, 8),
};

static unsigned int wrong(const char *type, const char *name, const char *what,
			  unsigned long long is, unsigned long long should_be)
{
	if (is == should_be)
		return 0;
	fprintf(stderr, "# %s %s: %s is 0x%llx, not 0x%llx\n", type, name, what, is, should_be);
	return 1;
}

unsigned int LAYOUT(void)
{
	unsigned int failures = 0;

	for (size_t i = 0; i < ENTRIES(numbers); i++)
		failures += wrong("", numbers[i].name, "value", numbers[i].is,
				  numbers[i].should_be);
	for (size_t i = 0; i < ENTRIES(members); i++) {
		const struct member *m = &members[i], *next = m + 1;

		failures += wrong(m->type, m->name, "offset", m->offset, m->offset_should_be);
		failures += wrong(m->type, m->name, "size", m->size, m->size_should_be);
		/* No compiler has put padding behind it. */
		failures += wrong(m->type, m->name, "end", m->offset + m->size,
				  i + 1 < ENTRIES(members) && next->offset ?
				  next->offset : m->type_size);
	}
	return failures;
}
