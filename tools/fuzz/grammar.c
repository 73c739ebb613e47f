// SPDX-License-Identifier: MIT
/*
 * The grammar: all calls of programs, with the values worth a try of each of their fields.
 */
#include <errno.h>
#include <poll.h>

#include <vprot_channel.h>
#include <vprot_drm.h>

#include "calls.h"

#define VALUES(...) \
	((const __u64[]){ sizeof((__u64[]){ __VA_ARGS__ }) / sizeof(__u64), __VA_ARGS__ })
#define NAME(name, c)	{ #name, #c, c }
#define ERRORS(...)	((const int[]){ __VA_ARGS__, 0 })
#define NO_ERRORS	((const int[]){ 0 })
#define FIELDS(...)	((const struct fz_field[]){ __VA_ARGS__, { NULL } })

#define MEMBER(type, member)	offsetof(struct type, member), sizeof(((struct type *)0)->member)

/* Slots: used, made, and optional. */
#define USE(kind)		{ #kind, kind }
#define MAKE(kind)		{ #kind, kind, .makes = true }
#define VIA			{ "via", FZ_FILE, .named = true, .usual = FZ_NO_SLOT }
#define USE_AS(type, member, kind) { #member, kind, false, false, MEMBER(type, member) }
#define MAKE_AS(type, member, kind) { #member, kind, true, false, MEMBER(type, member) }

#define NUMBER(type, member, usual, ...) \
	{ #member, FZ_NUMBER, false, false, MEMBER(type, member), usual, NULL, VALUES(__VA_ARGS__) }
#define CHOICE(type, member, usual, names, ...) \
	{ #member, FZ_NUMBER, false, false, MEMBER(type, member), usual, names, \
	  VALUES(__VA_ARGS__) }
#define POINTER(type, member, usual) \
	{ #member, FZ_POINTER, false, false, MEMBER(type, member), usual }
/* Fields of the call alone. */
#define OWN(own, value, ...)	{ own, FZ_NUMBER, .usual = value, .values = VALUES(__VA_ARGS__) }
#define ARG			{ "arg", FZ_POINTER, .usual = FZ_GOOD }

#define IOCTL(text, id, type) \
	.name = text, .c = "VPROT_" #id, .c_struct = #type, .request = DRM_IOCTL_VPROT_##id, \
	.size = sizeof(struct type)

#define SYNCOBJ_IOCTL(text, id, type) \
	.name = text, .c = "SYNCOBJ_" #id, .c_struct = #type, .request = DRM_IOCTL_SYNCOBJ_##id, \
	.size = sizeof(struct type)

#define MESSAGE(text, id, type, answer) \
	.name = text, .c = #id, .c_struct = "drm_vprot_" #type, \
	.size = sizeof(struct drm_vprot_##type), .run = fz_message, \
	.guid = &(const struct drm_vprot_guid)DRM_VPROT_##id, \
	.answer_size = sizeof(struct drm_vprot_##answer), \
	.errors = ERRORS(ENOENT, EKEYREVOKED, ENOKEY, EINTR)
#define COMMAND(text, id, type) \
	MESSAGE(text, CONFIGURE_##id, configure_##type, channel_message), \
	.request = DRM_IOCTL_VPROT_CHANNEL_CONFIGURE
#define QUESTION(text, id, type, answer) \
	MESSAGE(text, QUERY_##id, type, query_##answer), .request = DRM_IOCTL_VPROT_CHANNEL_QUERY

/*
 * Of messages: how far the sequence number is ahead of the next one, which byte (from 1) is wrong
 * when it is signed, and sizes beyond the right ones.
 */
#define MESSAGE_FIELDS(...) \
	USE(FZ_CHANNEL), ##__VA_ARGS__, VIA, \
	OWN("ahead", 0, 1, 5, ~0ull, ~1ull, 0xffffff00), \
	OWN("odd", 0, 1, 17, 21, 25, 33, 41, 49, 57, 65, 73), \
	OWN("pad", 0, 1), \
	{ "input", FZ_POINTER, .usual = FZ_GOOD }, OWN("extra_input", 0, MESSAGE_EXTRA), \
	{ "output", FZ_POINTER, .usual = FZ_GOOD }, OWN("extra_output", 0, MESSAGE_EXTRA)
#define MESSAGE_EXTRA	1, 8, ~7ull, ~0ull, 4016, 4096, 0xffffff00
/* And which byte is changed behind the signature. */
#define COMMAND_FIELDS(...) \
	FIELDS(MESSAGE_FIELDS(__VA_ARGS__), OWN("forged", 0, 1, 16, 17, 33, 41, 49, 57))
#define QUESTION_FIELDS(...)	FIELDS(MESSAGE_FIELDS(__VA_ARGS__))
/* How far a device's handle is from the channel's. */
#define DEVICE(type)		NUMBER(type, device, 0, 1, ~0ull)

#define PAD(type, member)	NUMBER(type, member, 0, 1, 0xffffffff)
#define KEY_SIZES		0, 15, 16, 17, 32, 256, 0xffffffff
#define OFFSETS			0, 1, 15, 16, 100, 4095, 4096, 4097, 65536, 0xfffffff, \
				0xffffffffull, 1ull << 63, ~0ull
#define SIZES			0, 1, 15, 16, 17, 255, 256, 272, 4095, 4096, 4097, 5000, 8192, \
				65536, 262144, 300000, 1048576, 0x10000000, 0x10000001, \
				1ull << 40, ~0ull
#define NAMES			0, 1, 2, 3, 0x100000001ull, ~0ull
#define SEQUENCE_STARTS		1, 0, 1000, 0xfffffffe, 0xffffffff
#define DECODERS		1, 2, 0, ~0ull
#define INDICES			0, 1, 2, 0xffffffff
#define BUFFER_SIZES		1, 4096, 8192, 65536, 69632, 1048576, 0, 4194304, 8388608, \
				1ull << 32, ~0ull

static const struct fz_name crypto_types[] = {
	NAME(AES128_CTR, DRM_VPROT_CRYPTO_AES128_CTR),
	NAME(AES128_CBCS, DRM_VPROT_CRYPTO_AES128_CBCS),
	{ NULL }
};

static const struct fz_name key_exchange_types[] = {
	NAME(RSAES_OAEP, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP),
	NAME(INTERNAL, DRM_VPROT_KEY_EXCHANGE_INTERNAL),
	{ NULL }
};

static const struct fz_name session_flags[] = {
	NAME(STRICT_IV, DRM_VPROT_SESSION_STRICT_IV),
	{ NULL }
};

static const struct fz_name gem_flags[] = {
	NAME(PROTECTED, DRM_VPROT_GEM_PROTECTED),
	NAME(RESTRICTED, DRM_VPROT_GEM_RESTRICTED),
	NAME(PROTECTED_RESTRICT_SHARED,
	     DRM_VPROT_GEM_PROTECTED | DRM_VPROT_GEM_RESTRICT_SHARED),
	NAME(RESTRICTED_RESTRICT_SHARED,
	     DRM_VPROT_GEM_RESTRICTED | DRM_VPROT_GEM_RESTRICT_SHARED),
	{ NULL }
};

#define GEM_FLAGS	DRM_VPROT_GEM_PROTECTED, DRM_VPROT_GEM_PROTECTED, \
			DRM_VPROT_GEM_RESTRICTED, DRM_VPROT_GEM_RESTRICTED, \
			DRM_VPROT_GEM_PROTECTED | DRM_VPROT_GEM_RESTRICT_SHARED, \
			DRM_VPROT_GEM_RESTRICTED | DRM_VPROT_GEM_RESTRICT_SHARED, \
			DRM_VPROT_GEM_PROTECTED | DRM_VPROT_GEM_RESTRICTED, \
			DRM_VPROT_GEM_RESTRICT_SHARED, 8, 1u << 31

static const struct fz_name channel_types[] = {
	NAME(SOFTWARE, DRM_VPROT_CHANNEL_SOFTWARE),
	NAME(HARDWARE, DRM_VPROT_CHANNEL_HARDWARE),
	{ NULL }
};

static const struct fz_name protection_flags[] = {
	NAME(ENABLED, DRM_VPROT_PROTECTION_ENABLED),
	NAME(OVERLAY_OR_FULLSCREEN, DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN),
	{ NULL }
};

static const struct fz_name process_types[] = {
	NAME(HANDLE, DRM_VPROT_PROCESS_HANDLE),
	{ NULL }
};

static const struct fz_name whose[] = {
	NAME(SELF, FZ_SELF),
	NAME(PARENT, FZ_PARENT),
	NAME(CHILD, FZ_CHILD),
	NAME(ENDED, FZ_ENDED),
	NAME(OWN_THREAD, FZ_OWN_THREAD),
	{ NULL }
};

static const struct fz_name ends[] = {
	NAME(REVOKE, FZ_REVOKE),
	NAME(INVALIDATE, FZ_INVALIDATE),
	NAME(EXPIRE, FZ_EXPIRE),
	NAME(HIDE, FZ_HIDE),
	NAME(UNLINK, FZ_UNLINK),
	{ NULL }
};

static const struct fz_name key_forms[] = {
	NAME(SESSION, DRM_VPROT_KEY_SESSION),
	NAME(WRAPPED, DRM_VPROT_KEY_WRAPPED),
	NAME(KEYRING, DRM_VPROT_KEY_KEYRING),
	{ NULL }
};

static const struct fz_name submit_flags[] = {
	NAME(NOWAIT, DRM_VPROT_SUBMIT_NOWAIT),
	{ NULL }
};

static const struct fz_name syncobj_flags[] = {
	NAME(SIGNALED, DRM_SYNCOBJ_CREATE_SIGNALED),
	{ NULL }
};

#define POINTS		0, 1, 2, 3, 10, 1ull << 63, ~0ull

static const struct fz_field sync_fields[] = {
	USE_AS(drm_vprot_sync, handle, FZ_SYNCOBJ),
	NUMBER(drm_vprot_sync, flags, 0, 1, 1u << 31),
	NUMBER(drm_vprot_sync, point, 0, POINTS),
	{ NULL }
};

static const struct fz_field submit_fields[] = {
	USE_AS(drm_vprot_submit, session, FZ_SESSION),
	VIA,
	CHOICE(drm_vprot_submit, flags, 0, submit_flags, DRM_VPROT_SUBMIT_NOWAIT,
	       DRM_VPROT_SUBMIT_NOWAIT, 2, 1u << 31),
	POINTER(drm_vprot_submit, blts, FZ_GOOD),
	OWN("extra_blts", 0, 1, 7, 1024, 0xfffffff0),
	NUMBER(drm_vprot_submit, blt_stride, sizeof(struct drm_vprot_blt), 0, 8,
	       sizeof(struct drm_vprot_blt) - 1, sizeof(struct drm_vprot_blt) + 8, 4096, 4097,
	       0xffffffff),
	OWN("tail", 0, 1),
	POINTER(drm_vprot_submit, waits, FZ_GOOD),
	OWN("extra_waits", 0, 1, 256, 0xffffffff),
	POINTER(drm_vprot_submit, signals, FZ_GOOD),
	OWN("extra_signals", 0, 1, 256, 0xffffffff),
	OWN("extra_sync_stride", 0, 1, 8, 240, 241, 0xfffffff0, 0xffffffff),
	PAD(drm_vprot_submit, pad),
	ARG,
	{ NULL }
};

#define SUBMIT_ERRORS	E2BIG, ENOENT, EKEYREVOKED, EACCES, ENOKEY, ESTALE, EKEYREJECTED, EINTR, \
			ENOSPC, ETIMEDOUT

const struct fz_type fz_types[] = {
	/* --- files ---------------------------------------------------------------------------- */
	{
		.name = "open", .weight = 3, .run = fz_open,
		.fields = FIELDS(MAKE(FZ_FILE), OWN("card", 0, 1)),
	}, {
		.name = "close", .weight = 3, .run = fz_close, .fields = FIELDS(USE(FZ_FILE)),
	}, {
		.name = "pass", .weight = 1, .run = fz_pass,
		.fields = FIELDS(USE(FZ_FILE), MAKE(FZ_FILE), OWN("dup", 0, 1)),
	}, {
		.name = "read", .weight = 1, .run = fz_read, .fields = FIELDS(USE(FZ_FILE)),
	}, {
		.name = "fdinfo", .weight = 1, .run = fz_fdinfo, .fields = FIELDS(USE(FZ_FILE)),
	}, {
		.name = "raw", .weight = 1, .run = fz_raw,
		.fields = FIELDS(USE(FZ_FILE), OWN("nr", 0, 1, 4, 6, 8, 10, 11, 12, 13, 15, 17,
						    18, 255),
				 OWN("direction", 3, 0, 1, 2), OWN("size", 16, 0, 1, 8, 24, 200),
				 OWN("word", 0, 1, 16, 0xffffffff, ~0ull), ARG),
	},
	/* --- caps and certificate ------------------------------------------------------------- */
	{
		IOCTL("get_caps", GET_CAPS, drm_vprot_get_caps), .weight = 1,
		.fields = FIELDS(USE(FZ_FILE),
				 CHOICE(drm_vprot_get_caps, crypto_type,
					DRM_VPROT_CRYPTO_AES128_CTR, crypto_types,
					DRM_VPROT_CRYPTO_AES128_CBCS, 0, 3,
					0xffffffff),
				 PAD(drm_vprot_get_caps, pad), ARG),
		.errors = NO_ERRORS,
	}, {
		IOCTL("get_certificate", GET_CERTIFICATE, drm_vprot_get_certificate), .weight = 1,
		.fields = FIELDS(USE(FZ_FILE), POINTER(drm_vprot_get_certificate, data, FZ_GOOD),
				 NUMBER(drm_vprot_get_certificate, size, 4096, 0, 1, 100,
					0xffffffff),
				 PAD(drm_vprot_get_certificate, pad), ARG),
		.errors = ERRORS(EOPNOTSUPP),
	},
	/* --- sessions ------------------------------------------------------------------------- */
	{
		IOCTL("session_create", SESSION_CREATE, drm_vprot_session_create), .weight = 6,
		.run = fz_session_create,
		.fields = FIELDS(USE(FZ_FILE),
				 MAKE_AS(drm_vprot_session_create, handle, FZ_SESSION),
				 CHOICE(drm_vprot_session_create, crypto_type,
					DRM_VPROT_CRYPTO_AES128_CTR, crypto_types,
					DRM_VPROT_CRYPTO_AES128_CBCS, 0, 3,
					0xffffffff),
				 CHOICE(drm_vprot_session_create, key_exchange_type,
					DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, key_exchange_types,
					DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, 3),
				 CHOICE(drm_vprot_session_create, flags, 0, session_flags,
					DRM_VPROT_SESSION_STRICT_IV, 2, 1u << 31),
				 NUMBER(drm_vprot_session_create, name, 0, NAMES), ARG),
		.errors = ERRORS(EOPNOTSUPP, EMFILE),
	}, {
		IOCTL("session_destroy", SESSION_DESTROY, drm_vprot_session_destroy), .weight = 3,
		.fields = FIELDS(USE_AS(drm_vprot_session_destroy, handle, FZ_SESSION), VIA,
				 PAD(drm_vprot_session_destroy, pad), ARG),
		.errors = ERRORS(ENOENT),
	}, {
		IOCTL("status", SESSION_STATUS, drm_vprot_session_status), .weight = 4,
		.run = fz_status,
		.fields = FIELDS(USE_AS(drm_vprot_session_status, handle, FZ_SESSION), VIA,
				 PAD(drm_vprot_session_status, pad), ARG),
		.errors = ERRORS(ENOENT),
	}, {
		IOCTL("key_exchange", SESSION_KEY_EXCHANGE, drm_vprot_session_key_exchange),
		.weight = 6, .run = fz_key_exchange,
		.fields = FIELDS(USE_AS(drm_vprot_session_key_exchange, handle, FZ_SESSION), VIA,
				 NUMBER(drm_vprot_session_key_exchange, size,
					DRM_VPROT_KEY_EXCHANGE_SIZE, 0, 16, 255, 257, 0xffffffff),
				 POINTER(drm_vprot_session_key_exchange, data, FZ_GOOD),
				 OWN("key", 0, 1, 2, 3, 4, 5, 6), ARG),
		.errors = ERRORS(ENOENT, EOPNOTSUPP, EKEYREVOKED, EKEYREJECTED),
	}, {
		IOCTL("start", START_SESSION_KEY_REFRESH, drm_vprot_start_session_key_refresh),
		.weight = 6, .run = fz_start,
		.fields = FIELDS(USE_AS(drm_vprot_start_session_key_refresh, handle, FZ_SESSION),
				 VIA,
				 NUMBER(drm_vprot_start_session_key_refresh, size,
					DRM_VPROT_KEY_SIZE, KEY_SIZES),
				 POINTER(drm_vprot_start_session_key_refresh, nonce, FZ_GOOD),
				 ARG),
		.errors = ERRORS(ENOENT, EOPNOTSUPP, EKEYREVOKED, ENOKEY),
	}, {
		IOCTL("finish", FINISH_SESSION_KEY_REFRESH, drm_vprot_finish_session_key_refresh),
		.weight = 6, .run = fz_finish,
		.fields = FIELDS(USE_AS(drm_vprot_finish_session_key_refresh, handle, FZ_SESSION),
				 VIA, PAD(drm_vprot_finish_session_key_refresh, pad),
				 POINTER(drm_vprot_finish_session_key_refresh, epoch, FZ_GOOD),
				 ARG),
		.errors = ERRORS(ENOENT, EOPNOTSUPP, EKEYREVOKED, ENODATA),
	}, {
		IOCTL("get_encryption_blt_key", GET_ENCRYPTION_BLT_KEY,
		      drm_vprot_get_encryption_blt_key),
		.weight = 4, .run = fz_get_encryption_blt_key,
		.fields = FIELDS(USE_AS(drm_vprot_get_encryption_blt_key, handle, FZ_SESSION), VIA,
				 NUMBER(drm_vprot_get_encryption_blt_key, size, DRM_VPROT_KEY_SIZE,
					KEY_SIZES),
				 POINTER(drm_vprot_get_encryption_blt_key, key, FZ_GOOD),
				 POINTER(drm_vprot_get_encryption_blt_key, epoch, FZ_GOOD), ARG),
		.errors = ERRORS(ENOENT, EOPNOTSUPP, EKEYREVOKED, ENOKEY),
	},
	/* --- authenticated channels ----------------------------------------------------------- */
	{
		IOCTL("channel_create", CHANNEL_CREATE, drm_vprot_channel_create), .weight = 4,
		.run = fz_channel_create,
		.fields = FIELDS(USE(FZ_FILE),
				 MAKE_AS(drm_vprot_channel_create, handle, FZ_CHANNEL),
				 CHOICE(drm_vprot_channel_create, type, DRM_VPROT_CHANNEL_SOFTWARE,
					channel_types, DRM_VPROT_CHANNEL_HARDWARE, 0, 1, 4),
				 NUMBER(drm_vprot_channel_create, flags, 0, 1, 1u << 31),
				 NUMBER(drm_vprot_channel_create, name, 0, NAMES),
				 PAD(drm_vprot_channel_create, pad), ARG),
		.errors = ERRORS(EOPNOTSUPP, EMFILE),
	}, {
		IOCTL("channel_destroy", CHANNEL_DESTROY, drm_vprot_channel_destroy), .weight = 2,
		.fields = FIELDS(USE_AS(drm_vprot_channel_destroy, handle, FZ_CHANNEL), VIA,
				 PAD(drm_vprot_channel_destroy, pad), ARG),
		.errors = ERRORS(ENOENT),
	}, {
		IOCTL("channel_key_exchange", CHANNEL_KEY_EXCHANGE, drm_vprot_channel_key_exchange),
		.weight = 4, .run = fz_channel_key_exchange,
		.fields = FIELDS(USE_AS(drm_vprot_channel_key_exchange, handle, FZ_CHANNEL), VIA,
				 NUMBER(drm_vprot_channel_key_exchange, size,
					DRM_VPROT_KEY_EXCHANGE_SIZE, 0, 16, 255, 257, 0xffffffff),
				 POINTER(drm_vprot_channel_key_exchange, data, FZ_GOOD),
				 OWN("key", 0, 1, 2, 3, 4, 5, 6), ARG),
		.errors = ERRORS(ENOENT, EKEYREVOKED, ESTALE, EKEYREJECTED),
	}, {
		COMMAND("initialize", INITIALIZE, initialize), .weight = 3,
		.fields = COMMAND_FIELDS(NUMBER(drm_vprot_configure_initialize, start_query, 1,
						SEQUENCE_STARTS),
					 NUMBER(drm_vprot_configure_initialize, start_configure, 1,
						SEQUENCE_STARTS)),
	}, {
		COMMAND("protection", PROTECTION, protection), .weight = 4,
		.fields = COMMAND_FIELDS(CHOICE(drm_vprot_configure_protection, flags,
						DRM_VPROT_PROTECTION_ENABLED, protection_flags,
						0, 0, 0, 2, 3, 4, 1u << 31)),
	}, {
		COMMAND("crypto_session", CRYPTO_SESSION, crypto_session), .weight = 2,
		.fields = COMMAND_FIELDS(USE_AS(drm_vprot_configure_crypto_session, session,
						FZ_SESSION),
					 NUMBER(drm_vprot_configure_crypto_session, decoder, 1,
						DECODERS),
					 DEVICE(drm_vprot_configure_crypto_session)),
	}, {
		COMMAND("shared_resource", SHARED_RESOURCE, shared_resource), .weight = 3,
		.fields = COMMAND_FIELDS(USE_AS(drm_vprot_configure_shared_resource, process,
						FZ_PROCESS),
					 CHOICE(drm_vprot_configure_shared_resource, type,
						DRM_VPROT_PROCESS_HANDLE, process_types, 0, 1, 3),
					 NUMBER(drm_vprot_configure_shared_resource, allow, 1, 0, 0,
						0xffffffff)),
	}, {
		COMMAND("encryption", ENCRYPTION, encryption), .weight = 1,
		.fields = COMMAND_FIELDS({ "encryption", FZ_GUID, false, false,
					   MEMBER(drm_vprot_configure_encryption, encryption),
					   .values = VALUES(0, 1) }),
	}, {
		QUESTION("query_protection", PROTECTION, channel_header, number_output),
		.weight = 1, .fields = QUESTION_FIELDS(),
	}, {
		QUESTION("query_channel_type", CHANNEL_TYPE, channel_header, number_output),
		.weight = 1, .fields = QUESTION_FIELDS(),
	}, {
		QUESTION("query_device_handle", DEVICE_HANDLE, channel_header, device_output),
		.weight = 1, .fields = QUESTION_FIELDS(),
	}, {
		QUESTION("query_crypto_session", CRYPTO_SESSION, query_crypto_session_input,
			 crypto_session_output),
		.weight = 1,
		.fields = QUESTION_FIELDS(NUMBER(drm_vprot_query_crypto_session_input, decoder, 1,
						 DECODERS)),
	}, {
		QUESTION("query_process_count", PROCESS_COUNT, channel_header, number_output),
		.weight = 1, .fields = QUESTION_FIELDS(),
	}, {
		QUESTION("query_process", PROCESS, query_index_input, process_output),
		.weight = 1,
		.fields = QUESTION_FIELDS(NUMBER(drm_vprot_query_index_input, index, 0, INDICES)),
	}, {
		QUESTION("query_unrestricted_count", UNRESTRICTED_COUNT, channel_header,
			 number_output),
		.weight = 1, .fields = QUESTION_FIELDS(),
	}, {
		QUESTION("query_output_id_count", OUTPUT_ID_COUNT, query_output_id_count_input,
			 output_id_count_output),
		.weight = 1,
		.fields = QUESTION_FIELDS(USE_AS(drm_vprot_query_output_id_count_input, session,
						 FZ_SESSION),
					  DEVICE(drm_vprot_query_output_id_count_input)),
	}, {
		QUESTION("query_output_id", OUTPUT_ID, query_output_id_input, output_id_output),
		.weight = 1,
		.fields = QUESTION_FIELDS(USE_AS(drm_vprot_query_output_id_input, session,
						 FZ_SESSION),
					  DEVICE(drm_vprot_query_output_id_input),
					  NUMBER(drm_vprot_query_output_id_input, index, 0,
						 INDICES)),
	}, {
		QUESTION("query_accessibility", ACCESSIBILITY, channel_header,
			 accessibility_output),
		.weight = 1, .fields = QUESTION_FIELDS(),
	}, {
		QUESTION("query_encryption_count", ENCRYPTION_COUNT, channel_header,
			 number_output),
		.weight = 1, .fields = QUESTION_FIELDS(),
	}, {
		QUESTION("query_encryption", ENCRYPTION, query_index_input, encryption_output),
		.weight = 1,
		.fields = QUESTION_FIELDS(NUMBER(drm_vprot_query_index_input, index, 0, INDICES)),
	}, {
		QUESTION("query_current_encryption", CURRENT_ENCRYPTION, channel_header,
			 current_encryption_output),
		.weight = 1, .fields = QUESTION_FIELDS(),
	},
	/* --- buffers -------------------------------------------------------------------------- */
	{
		IOCTL("gem_create", GEM_CREATE, drm_vprot_gem_create), .weight = 6,
		.run = fz_gem_create,
		.fields = FIELDS(USE(FZ_FILE), MAKE_AS(drm_vprot_gem_create, handle, FZ_BUFFER),
				 NUMBER(drm_vprot_gem_create, size, 8192, BUFFER_SIZES),
				 CHOICE(drm_vprot_gem_create, flags, 0, gem_flags,
					GEM_FLAGS),
				 ARG),
		.errors = ERRORS(ENOSPC),
	}, {
		.name = "gem_create_by_child", .weight = 1, .run = fz_gem_create_by_child,
		.fields = FIELDS(USE(FZ_FILE), MAKE(FZ_BUFFER),
				 { "flags", FZ_NUMBER, .names = gem_flags,
				   .usual = DRM_VPROT_GEM_PROTECTED | DRM_VPROT_GEM_RESTRICT_SHARED,
				   .values = VALUES(GEM_FLAGS) }),
	}, {
		IOCTL("gem_mmap_offset", GEM_MMAP_OFFSET, drm_vprot_gem_mmap_offset), .weight = 1,
		.fields = FIELDS(USE_AS(drm_vprot_gem_mmap_offset, handle, FZ_BUFFER), VIA,
				 PAD(drm_vprot_gem_mmap_offset, pad), ARG),
		.errors = ERRORS(ENOENT, EACCES),
	}, {
		.name = "gem_close", .weight = 2, .run = fz_gem_close,
		.fields = FIELDS(USE(FZ_BUFFER), VIA),
	}, {
		.name = "dumb", .weight = 1, .run = fz_dumb,
		.fields = FIELDS(USE(FZ_FILE), MAKE(FZ_BUFFER),
				 OWN("width", 64, 0, 1, 1024, 1u << 31)),
	}, {
		.name = "export", .weight = 2, .run = fz_export,
		.fields = FIELDS(USE(FZ_BUFFER), MAKE(FZ_DMABUF), VIA),
	}, {
		.name = "foreign", .weight = 1, .run = fz_foreign,
		.fields = FIELDS(MAKE(FZ_DMABUF), OWN("size", 8192, 4096, 65536)),
	}, {
		.name = "import", .weight = 3, .run = fz_import,
		.fields = FIELDS(USE(FZ_FILE), USE(FZ_DMABUF), MAKE(FZ_BUFFER)),
	}, {
		.name = "close_dmabuf", .weight = 1, .run = fz_close_dmabuf,
		.fields = FIELDS(USE(FZ_DMABUF)),
	},
	/* --- mappings ------------------------------------------------------------------------- */
	{
		.name = "mmap", .weight = 4, .run = fz_mmap,
		.fields = FIELDS(USE(FZ_BUFFER), MAKE(FZ_MAP), VIA, OWN("dumb", 0, 1),
				 OWN("private", 0, 1)),
	}, {
		.name = "mmap_dmabuf", .weight = 1, .run = fz_mmap_dmabuf,
		.fields = FIELDS(USE(FZ_DMABUF), MAKE(FZ_MAP)),
	}, {
		.name = "mmap_file", .weight = 1, .run = fz_mmap_file,
		.fields = FIELDS(USE(FZ_FILE), MAKE(FZ_MAP),
				 OWN("page", 0x100000, 0, 1, 0x100001, 0x100002, 0x100010)),
	}, {
		.name = "munmap", .weight = 1, .run = fz_munmap, .fields = FIELDS(USE(FZ_MAP)),
	}, {
		.name = "write", .weight = 1, .run = fz_write,
		.fields = FIELDS(USE(FZ_MAP), OWN("byte", 0, 1, 255)),
	}, {
		.name = "seal", .weight = 4, .run = fz_seal,
		.fields = FIELDS(USE(FZ_MAP), USE(FZ_SESSION),
				 OWN("offset", 0, 1, 16, 100, 4096),
				 OWN("size", 4096, 16, 100, 65536),
				 OWN("iv", 0, 1, 2, 3, ~0ull), OWN("count", 0, 1, ~0ull, ~1ull),
				 OWN("content", 0, 1, 2, 3)),
	}, {
		.name = "scan", .weight = 1, .run = fz_scan, .fields = FIELDS(USE(FZ_MAP)),
	},
	/* --- syncobjs and fences -------------------------------------------------------------- */
	{
		SYNCOBJ_IOCTL("syncobj", CREATE, drm_syncobj_create), .weight = 3,
		.fields = FIELDS(USE(FZ_FILE), MAKE_AS(drm_syncobj_create, handle, FZ_SYNCOBJ),
				 CHOICE(drm_syncobj_create, flags, 0, syncobj_flags,
					DRM_SYNCOBJ_CREATE_SIGNALED, DRM_SYNCOBJ_CREATE_SIGNALED,
					2),
				 ARG),
	}, {
		SYNCOBJ_IOCTL("syncobj_destroy", DESTROY, drm_syncobj_destroy), .weight = 1,
		.fields = FIELDS(USE_AS(drm_syncobj_destroy, handle, FZ_SYNCOBJ), VIA,
				 PAD(drm_syncobj_destroy, pad), ARG),
	}, {
		.name = "syncobj_signal", .weight = 1, .run = fz_syncobj_signal,
		.fields = FIELDS(USE(FZ_SYNCOBJ), OWN("point", 0, POINTS)),
	}, {
		.name = "syncobj_wait", .weight = 2, .run = fz_syncobj_wait,
		.fields = FIELDS(USE(FZ_SYNCOBJ), OWN("point", 0, POINTS),
				 OWN("flags", 0, 1, 2, 4, 6, 7, 8)),
	}, {
		.name = "syncobj_status", .weight = 2, .run = fz_syncobj_status,
		.fields = FIELDS(USE(FZ_SYNCOBJ)),
	}, {
		.name = "gate", .weight = 3, .run = fz_gate,
		.fields = FIELDS(USE(FZ_FILE), MAKE(FZ_SYNCOBJ), MAKE(FZ_GATE), MAKE(FZ_DMABUF),
				 OWN("write", 1, 0, 1)),
	}, {
		.name = "gate_open", .weight = 3, .run = fz_gate_open,
		.fields = FIELDS(USE(FZ_GATE)),
	}, {
		.name = "export_fence", .weight = 1, .run = fz_export_fence,
		.fields = FIELDS(USE(FZ_DMABUF), USE(FZ_SYNCOBJ), OWN("write", 1, 0, 1)),
	}, {
		.name = "import_fence", .weight = 1, .run = fz_import_fence,
		.fields = FIELDS(USE(FZ_SYNCOBJ), USE(FZ_DMABUF), OWN("write", 1, 0, 1)),
	}, {
		.name = "poll", .weight = 1, .run = fz_poll,
		.fields = FIELDS(USE(FZ_DMABUF),
				 OWN("events", POLLIN | POLLOUT, POLLIN, POLLOUT, POLLPRI, 0xffff)),
	},
	/* --- keys in the process's keyring ---------------------------------------------------- */
	{
		.name = "logon", .weight = 3, .run = fz_logon,
		.fields = FIELDS(OWN("number", 1, 2, 3), OWN("content", 1, 2, 3),
				 OWN("size", FZ_KEY, 1, 15, 17, 4096)),
	}, {
		.name = "end_logon", .weight = 2, .run = fz_end_logon,
		.fields = FIELDS(OWN("number", 1, 2, 3),
				 { "how", FZ_NUMBER, .usual = FZ_REVOKE, .names = ends,
				   .values = VALUES(FZ_INVALIDATE, FZ_EXPIRE, FZ_HIDE,
						    FZ_UNLINK) }),
	},
	/* --- blits: these four are added to what the next submission submits ------------------ */
	{
		.name = "subsample", .c_struct = "drm_vprot_subsample", .weight = 3,
		.size = sizeof(struct drm_vprot_subsample), .run = fz_subsample,
		.fields = FIELDS(NUMBER(drm_vprot_subsample, clear, 0, 1, 16, 100, 4096,
					0xffffffff),
				 NUMBER(drm_vprot_subsample, encrypted, 0, 1, 16, 100, 1000, 4096,
					0xffffffff)),
	}, {
		.name = "blt", .c_struct = "drm_vprot_blt", .weight = 12,
		.size = sizeof(struct drm_vprot_blt), .run = fz_blt,
		.fields = FIELDS(USE_AS(drm_vprot_blt, src, FZ_BUFFER),
				 USE_AS(drm_vprot_blt, dst, FZ_BUFFER),
				 NUMBER(drm_vprot_blt, src_offset, 0, OFFSETS),
				 NUMBER(drm_vprot_blt, dst_offset, 0, OFFSETS),
				 NUMBER(drm_vprot_blt, size, 4096, SIZES),
				 { "iv", FZ_BIG_ENDIAN,
				   .offset = offsetof(struct drm_vprot_blt, iv),
				   .size = 8, .values = VALUES(1, 2, 3, ~0ull) },
				 { "count", FZ_BIG_ENDIAN,
				   .offset = offsetof(struct drm_vprot_blt, iv) + 8,
				   .size = 8, .values = VALUES(1, 256, ~0ull, ~1ull, 0x7fffffff) },
				 POINTER(drm_vprot_blt, subsamples, FZ_GOOD),
				 OWN("extra_subsamples", 0, 1, 63, 65536, 0xffffffff),
				 NUMBER(drm_vprot_blt, crypt_blocks, 0, 1, 2, 100, 0xffffffff),
				 NUMBER(drm_vprot_blt, skip_blocks, 0, 1, 9, 100, 0xffffffff),
				 CHOICE(drm_vprot_blt, key_form, DRM_VPROT_KEY_SESSION, key_forms,
					DRM_VPROT_KEY_WRAPPED, DRM_VPROT_KEY_KEYRING, 3,
					0xffffffff),
				 POINTER(drm_vprot_blt, key, FZ_GOOD),
				 OWN("content", 1, 2, 3),
				 OWN("extra_key_size", 0, 1, 243, 244, 0xffffffff,
				     0xfffffff9, 0xfffffffa),
				 NUMBER(drm_vprot_blt, flags, 0, 1, 1u << 31),
				 NUMBER(drm_vprot_blt, epoch, 0, 1, 2, 3, ~0ull),
				 POINTER(drm_vprot_blt, result, FZ_GOOD)),
	}, {
		.name = "wait_for", .c_struct = "drm_vprot_sync", .weight = 4,
		.size = sizeof(struct drm_vprot_sync), .run = fz_wait_for, .fields = sync_fields,
	}, {
		.name = "then_signal", .c_struct = "drm_vprot_sync", .weight = 4,
		.size = sizeof(struct drm_vprot_sync), .run = fz_then_signal, .fields = sync_fields,
	}, {
		IOCTL("decryption_blt", DECRYPTION_BLT, drm_vprot_submit), .weight = 10,
		.run = fz_submit, .fields = submit_fields, .errors = ERRORS(SUBMIT_ERRORS),
	}, {
		IOCTL("encryption_blt", ENCRYPTION_BLT, drm_vprot_submit), .weight = 8,
		.run = fz_submit, .fields = submit_fields, .errors = ERRORS(SUBMIT_ERRORS),
	},
	/* --- processes and the device --------------------------------------------------------- */
	{
		.name = "process", .weight = 2, .run = fz_process,
		.fields = FIELDS(MAKE(FZ_PROCESS),
				 { "whose", FZ_NUMBER, .usual = FZ_SELF, .names = whose,
				   .values = VALUES(FZ_PARENT, FZ_CHILD, FZ_ENDED,
						    FZ_OWN_THREAD) }),
	}, {
		.name = "signal", .weight = 1, .run = fz_signal,
		.fields = FIELDS(OWN("thread", 0, 1, 2, 3)),
	}, {
		.name = "fork", .weight = 1, .run = fz_fork, .fields = FIELDS(OWN("kill", 0, 1)),
	}, {
		.name = "die", .weight = 1, .run = fz_die, .fields = FIELDS(OWN("after", 0, 1, 5)),
	}, {
		.name = "sessions", .weight = 1, .run = fz_sessions, .fields = FIELDS({ NULL }),
	}, {
		.name = "teardown", .weight = 1, .run = fz_teardown, .fields = FIELDS({ NULL }),
	}, {
		.name = "unbind", .weight = 1, .run = fz_unbind, .fields = FIELDS({ NULL }),
	}, {
		.name = "bind", .weight = 1, .run = fz_bind, .fields = FIELDS({ NULL }),
	},
	{ NULL }
};
