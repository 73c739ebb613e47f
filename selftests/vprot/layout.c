// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes, offsets and numbers of the interface against those written here by hand. This file is
 * compiled as C, as C++ and for 32 bits; LAYOUT is the name of its function.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <vprot_channel.h>
#include <vprot_drm.h>

#include "layout.h"

#define ENTRIES(array) (sizeof(array) / sizeof((array)[0]))

struct number {
	const char *name;
	unsigned long long is, should_be;
};

#define NUMBER(name, value) { #name, (unsigned long long)(name), value }

static const struct number numbers[] = {
	NUMBER(DRM_IOCTL_VPROT_GET_CAPS, 0xc0706440),
	NUMBER(DRM_IOCTL_VPROT_GET_CERTIFICATE, 0xc0106441),
	NUMBER(DRM_IOCTL_VPROT_SESSION_CREATE, 0xc0186442),
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
	NUMBER(DRM_IOCTL_VPROT_CHANNEL_CREATE, 0xc018644d),
	NUMBER(DRM_IOCTL_VPROT_CHANNEL_DESTROY, 0x4008644e),
	NUMBER(DRM_IOCTL_VPROT_CHANNEL_KEY_EXCHANGE, 0x4010644f),
	NUMBER(DRM_IOCTL_VPROT_CHANNEL_QUERY, 0x40206450),
	NUMBER(DRM_IOCTL_VPROT_CHANNEL_CONFIGURE, 0x40206451),

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
	NUMBER(DRM_VPROT_CAP_DECRYPTION_BLT, 0x400),
	NUMBER(DRM_VPROT_CAP_KEYRING, 0x100000000),
	NUMBER(DRM_VPROT_SESSION_STRICT_IV, 0x1),
	NUMBER(DRM_VPROT_SESSION_OK, 0),
	NUMBER(DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST, 2),
	NUMBER(DRM_VPROT_STATUS_REFRESH_PENDING, 0x1),
	NUMBER(DRM_VPROT_STATUS_READ_BACK_KEY, 0x2),
	NUMBER(DRM_VPROT_GEM_PROTECTED, 0x1),
	NUMBER(DRM_VPROT_GEM_RESTRICTED, 0x2),
	NUMBER(DRM_VPROT_GEM_RESTRICT_SHARED, 0x4),
	NUMBER(DRM_VPROT_KEY_SESSION, 0),
	NUMBER(DRM_VPROT_KEY_WRAPPED, 1),
	NUMBER(DRM_VPROT_KEY_KEYRING, 2),
	NUMBER(sizeof(DRM_VPROT_KEYRING_PREFIX), 7),
	NUMBER(DRM_VPROT_MAX_DESCRIPTION, 255),
	NUMBER(DRM_VPROT_BLT_READ_BACK_KEY, 0x1),
	NUMBER(DRM_VPROT_SUBMIT_NOWAIT, 0x1),
	NUMBER(DRM_VPROT_EVENT_LOSS, 0x80000000),
	/* Those of Direct3D 9's authenticated channel. */
	NUMBER(DRM_VPROT_CHANNEL_SOFTWARE, 2),
	NUMBER(DRM_VPROT_CHANNEL_HARDWARE, 3),
	NUMBER(DRM_VPROT_OMAC_SIZE, 16),
	NUMBER(DRM_VPROT_PROTECTION_ENABLED, 0x1),
	NUMBER(DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN, 0x2),
	NUMBER(DRM_VPROT_PROCESS_HANDLE, 2),
	NUMBER(DRM_VPROT_RESULT_OK, 0),
	NUMBER(DRM_VPROT_RESULT_FAIL, 0x80004005),
	NUMBER(DRM_VPROT_RESULT_OUT_OF_MEMORY, 0x8007000e),
	NUMBER(DRM_VPROT_RESULT_INVALID_ARGUMENT, 0x80070057),
	NUMBER(DRM_VPROT_MAX_MESSAGE_SIZE, 4096),
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
	MEMBER(get_caps, channel_types, 96, 4),
	MEMBER(get_caps, max_file_channels, 100, 4),
	MEMBER(get_caps, max_channels, 104, 4),
	MEMBER(get_caps, max_file_processes, 108, 4),

	MEMBER(get_certificate, data, 0, 8),
	MEMBER(get_certificate, size, 8, 4),
	MEMBER(get_certificate, pad, 12, 4),

	MEMBER(session_create, crypto_type, 0, 4),
	MEMBER(session_create, key_exchange_type, 4, 4),
	MEMBER(session_create, flags, 8, 4),
	MEMBER(session_create, handle, 12, 4),
	MEMBER(session_create, name, 16, 8),

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

	MEMBER(channel_create, type, 0, 4),
	MEMBER(channel_create, flags, 4, 4),
	MEMBER(channel_create, name, 8, 8),
	MEMBER(channel_create, handle, 16, 4),
	MEMBER(channel_create, pad, 20, 4),

	MEMBER(channel_destroy, handle, 0, 4),
	MEMBER(channel_destroy, pad, 4, 4),

	MEMBER(channel_key_exchange, handle, 0, 4),
	MEMBER(channel_key_exchange, size, 4, 4),
	MEMBER(channel_key_exchange, data, 8, 8),

	MEMBER(channel_exchange, handle, 0, 4),
	MEMBER(channel_exchange, pad, 4, 4),
	MEMBER(channel_exchange, input, 8, 8),
	MEMBER(channel_exchange, output, 16, 8),
	MEMBER(channel_exchange, input_size, 24, 4),
	MEMBER(channel_exchange, output_size, 28, 4),

	/* Those of Direct3D 9 on 64-bit x86. */
	MEMBER(guid, data1, 0, 4),
	MEMBER(guid, data2, 4, 2),
	MEMBER(guid, data3, 6, 2),
	MEMBER(guid, data4, 8, 8),

	MEMBER(channel_header, type, 0, 16),
	MEMBER(channel_header, channel, 16, 8),
	MEMBER(channel_header, sequence, 24, 4),
	MEMBER(channel_header, result, 28, 4),

	MEMBER(channel_message, omac, 0, 16),
	MEMBER(channel_message, header, 16, 32),

	MEMBER(configure_initialize, message, 0, 48),
	MEMBER(configure_initialize, start_query, 48, 4),
	MEMBER(configure_initialize, start_configure, 52, 4),

	MEMBER(configure_protection, message, 0, 48),
	MEMBER(configure_protection, flags, 48, 4),
	MEMBER(configure_protection, pad, 52, 4),

	MEMBER(configure_crypto_session, message, 0, 48),
	MEMBER(configure_crypto_session, decoder, 48, 8),
	MEMBER(configure_crypto_session, session, 56, 8),
	MEMBER(configure_crypto_session, device, 64, 8),

	MEMBER(configure_shared_resource, message, 0, 48),
	MEMBER(configure_shared_resource, type, 48, 4),
	MEMBER(configure_shared_resource, pad, 52, 4),
	MEMBER(configure_shared_resource, process, 56, 8),
	MEMBER(configure_shared_resource, allow, 64, 4),
	MEMBER(configure_shared_resource, pad2, 68, 4),

	MEMBER(configure_encryption, message, 0, 48),
	MEMBER(configure_encryption, encryption, 48, 16),

	MEMBER(query_crypto_session_input, header, 0, 32),
	MEMBER(query_crypto_session_input, decoder, 32, 8),

	MEMBER(query_index_input, header, 0, 32),
	MEMBER(query_index_input, index, 32, 4),
	MEMBER(query_index_input, pad, 36, 4),

	MEMBER(query_output_id_count_input, header, 0, 32),
	MEMBER(query_output_id_count_input, device, 32, 8),
	MEMBER(query_output_id_count_input, session, 40, 8),

	MEMBER(query_output_id_input, header, 0, 32),
	MEMBER(query_output_id_input, device, 32, 8),
	MEMBER(query_output_id_input, session, 40, 8),
	MEMBER(query_output_id_input, index, 48, 4),
	MEMBER(query_output_id_input, pad, 52, 4),

	MEMBER(query_number_output, message, 0, 48),
	MEMBER(query_number_output, number, 48, 4),
	MEMBER(query_number_output, pad, 52, 4),

	MEMBER(query_device_output, message, 0, 48),
	MEMBER(query_device_output, device, 48, 8),

	MEMBER(query_crypto_session_output, message, 0, 48),
	MEMBER(query_crypto_session_output, decoder, 48, 8),
	MEMBER(query_crypto_session_output, session, 56, 8),
	MEMBER(query_crypto_session_output, device, 64, 8),

	MEMBER(query_process_output, message, 0, 48),
	MEMBER(query_process_output, index, 48, 4),
	MEMBER(query_process_output, type, 52, 4),
	MEMBER(query_process_output, process, 56, 8),

	MEMBER(query_output_id_count_output, message, 0, 48),
	MEMBER(query_output_id_count_output, device, 48, 8),
	MEMBER(query_output_id_count_output, session, 56, 8),
	MEMBER(query_output_id_count_output, count, 64, 4),
	MEMBER(query_output_id_count_output, pad, 68, 4),

	MEMBER(query_output_id_output, message, 0, 48),
	MEMBER(query_output_id_output, device, 48, 8),
	MEMBER(query_output_id_output, session, 56, 8),
	MEMBER(query_output_id_output, index, 64, 4),
	MEMBER(query_output_id_output, pad, 68, 4),
	MEMBER(query_output_id_output, id, 72, 8),

	MEMBER(query_accessibility_output, message, 0, 48),
	MEMBER(query_accessibility_output, bus_type, 48, 4),
	MEMBER(query_accessibility_output, contiguous, 52, 4),
	MEMBER(query_accessibility_output, non_contiguous, 56, 4),
	MEMBER(query_accessibility_output, pad, 60, 4),

	MEMBER(query_encryption_output, message, 0, 48),
	MEMBER(query_encryption_output, index, 48, 4),
	MEMBER(query_encryption_output, encryption, 52, 16),
	MEMBER(query_encryption_output, pad, 68, 4),

	MEMBER(query_current_encryption_output, message, 0, 48),
	MEMBER(query_current_encryption_output, encryption, 48, 16),
};

struct guid {
	const char *name;
	struct drm_vprot_guid is;
	const char *should_be;
};

static const struct guid guids[] = {
	{ "CONFIGURE_INITIALIZE", DRM_VPROT_CONFIGURE_INITIALIZE,
	  "06114bdb-3523-470a-8dca-fbc2845154f0" },
	{ "CONFIGURE_PROTECTION", DRM_VPROT_CONFIGURE_PROTECTION,
	  "50455658-3f47-4362-bf99-bfdfcde9ed29" },
	{ "CONFIGURE_CRYPTO_SESSION", DRM_VPROT_CONFIGURE_CRYPTO_SESSION,
	  "6346cc54-2cfc-4ad4-8224-d15837de7700" },
	{ "CONFIGURE_SHARED_RESOURCE", DRM_VPROT_CONFIGURE_SHARED_RESOURCE,
	  "0772d047-1b40-48e8-9ca6-b5f510de9f01" },
	{ "CONFIGURE_ENCRYPTION", DRM_VPROT_CONFIGURE_ENCRYPTION,
	  "41fff286-6ae0-4d43-9d55-a46e9efd158a" },
	{ "QUERY_PROTECTION", DRM_VPROT_QUERY_PROTECTION,
	  "a84eb584-c495-48aa-b94d-8bd2d6fbce05" },
	{ "QUERY_CHANNEL_TYPE", DRM_VPROT_QUERY_CHANNEL_TYPE,
	  "bc1b18a5-b1fb-42ab-bd94-b5828b4bf7be" },
	{ "QUERY_DEVICE_HANDLE", DRM_VPROT_QUERY_DEVICE_HANDLE,
	  "ec1c539d-8cff-4e2a-bcc4-f5692f99f480" },
	{ "QUERY_CRYPTO_SESSION", DRM_VPROT_QUERY_CRYPTO_SESSION,
	  "2634499e-d018-4d74-ac17-7f724059528d" },
	{ "QUERY_PROCESS_COUNT", DRM_VPROT_QUERY_PROCESS_COUNT,
	  "0db207b3-9450-46a6-82de-1b96d44f9cf2" },
	{ "QUERY_PROCESS", DRM_VPROT_QUERY_PROCESS,
	  "649bbadb-f0f4-4639-a15b-24393fc3abac" },
	{ "QUERY_UNRESTRICTED_COUNT", DRM_VPROT_QUERY_UNRESTRICTED_COUNT,
	  "012f0bd6-e662-4474-befd-aa53e5143c6d" },
	{ "QUERY_OUTPUT_ID_COUNT", DRM_VPROT_QUERY_OUTPUT_ID_COUNT,
	  "2c042b5e-8c07-46d5-aabe-8f75cbad4c31" },
	{ "QUERY_OUTPUT_ID", DRM_VPROT_QUERY_OUTPUT_ID,
	  "839ddca3-9b4e-41e4-b053-892bd2a11ee7" },
	{ "QUERY_ACCESSIBILITY", DRM_VPROT_QUERY_ACCESSIBILITY,
	  "6214d9d2-432c-4abb-9fce-216eea269e3b" },
	{ "QUERY_ENCRYPTION_COUNT", DRM_VPROT_QUERY_ENCRYPTION_COUNT,
	  "b30f7066-203c-4b07-93fc-ceaafd61241e" },
	{ "QUERY_ENCRYPTION", DRM_VPROT_QUERY_ENCRYPTION,
	  "f83a5958-e986-4bda-beb0-411f6a7a01b7" },
	{ "QUERY_CURRENT_ENCRYPTION", DRM_VPROT_QUERY_CURRENT_ENCRYPTION,
	  "ec1791c7-dad3-4f15-9ec3-faa93d60d4f0" },
	{ "ENCRYPTION_AES128_CTR", DRM_VPROT_ENCRYPTION_AES128_CTR,
	  "9b6bd711-4f74-41c9-9e7b-0be2d7d93b4f" },
};

static unsigned int wrong_guid(const struct guid *guid)
{
	const struct drm_vprot_guid *is = &guid->is;
	char text[37];

	snprintf(text, sizeof(text), "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 is->data1, is->data2, is->data3, is->data4[0], is->data4[1], is->data4[2],
		 is->data4[3], is->data4[4], is->data4[5], is->data4[6], is->data4[7]);
	if (!strcmp(text, guid->should_be))
		return 0;
	fprintf(stderr, "# %s is %s, should be %s\n", guid->name, text, guid->should_be);
	return 1;
}

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
	for (size_t i = 0; i < ENTRIES(guids); i++)
		failures += wrong_guid(&guids[i]);
	return failures;
}
