// SPDX-License-Identifier: GPL-2.0
/*
 * Which of several errors wins. For each ioctl there is a list of what can be wrong with it; each
 * two of them are made wrong together.
 */
#include "kselftest_harness.h"
#include "keyring.h"
#include "module.h"
#include "refusal.h"
#include "sync.h"

/* The order of the interface. */
enum rank {
	ARGUMENT,	/* -EINVAL, -E2BIG: flags, padding, enum values, sizes, counts */
	FAULT,		/* -EFAULT */
	UNKNOWN,	/* -ENOENT */
	UNSUPPORTED,	/* -EOPNOTSUPP */
	ACCESS,		/* -EACCES */
	NO_KEY,		/* -ENOKEY */
	STALE,		/* -ESTALE, -ENODATA */
	CONTENT,	/* -EINVAL: ranges, IVs, no fence; -EKEYREJECTED */
};

struct wrong {
	enum rank rank;
	struct vt_change change;
};

#define WRONG(rank, member, value, error) { rank, VT_BAD(member, value, error) }

/* Makes each two of them wrong, of different ranks and in different members. */
static bool in_order(const struct vt_world *w, unsigned long request, void *arg,
		     const struct wrong *wrong, size_t count)
{
	bool right = true;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			const struct vt_change *first = &wrong[i].change;
			const struct vt_change *second = &wrong[j].change;
			__u64 old[2];
			int result;

			if (wrong[i].rank >= wrong[j].rank || first->at == second->at)
				continue;
			vt_apply(first, &old[0]);
			vt_apply(second, &old[1]);
			result = vt_ioctl(w->fd, request, arg);
			vt_undo(second, old[1]);
			vt_undo(first, old[0]);
			if (result == first->error && vt_world_same(w))
				continue;
			fprintf(stderr, "# ... by %s, and %s: %s, expected %s\n", first->what,
				second->what, strerrorname_np(-result),
				strerrorname_np(-first->error));
			if (result == first->error)
				return false;
			right = false;
		}
	}
	return right;
}

#define IN_ORDER(request, arg, wrong) do { \
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) { \
		EXPECT_TRUE(vt_refused(&self->w, DRM_IOCTL_VPROT_##request, arg, sizeof(*(arg)), \
				       &(wrong)[i].change, 1)); \
	} \
	EXPECT_TRUE(in_order(&self->w, DRM_IOCTL_VPROT_##request, arg, wrong, \
			     ARRAY_SIZE(wrong))); \
} while (0)

FIXTURE(error_order) {
	struct vt_world w;
};

FIXTURE_SETUP(error_order)
{
	vt_world_open(&self->w);
}

FIXTURE_TEARDOWN(error_order)
{
	EXPECT_TRUE(vt_world_intact(&self->w));
}

TEST_F(error_order, get_certificate)
{
	static __u8 chain[65536];
	struct drm_vprot_get_certificate get = { .data = (uintptr_t)chain, .size = sizeof(chain) };
	struct wrong wrong[] = {
		WRONG(ARGUMENT, get.pad, 1, -EINVAL),
		WRONG(ARGUMENT, get.size, 1, -EINVAL),
		WRONG(FAULT, get.data, (uintptr_t)self->w.bad, -EFAULT),
	};

	IN_ORDER(GET_CERTIFICATE, &get, wrong);
}

TEST_F(error_order, session_destroy)
{
	struct drm_vprot_session_destroy destroy = { .handle = self->w.session.handle };
	struct wrong wrong[] = {
		WRONG(ARGUMENT, destroy.pad, 1, -EINVAL),
		WRONG(UNKNOWN, destroy.handle, VT_NO_HANDLE, -ENOENT),
	};

	IN_ORDER(SESSION_DESTROY, &destroy, wrong);
}

TEST_F(error_order, session_status)
{
	struct drm_vprot_session_status status = { .handle = self->w.session.handle };
	struct wrong wrong[] = {
		WRONG(ARGUMENT, status.pad, 1, -EINVAL),
		WRONG(UNKNOWN, status.handle, VT_NO_HANDLE, -ENOENT),
	};

	IN_ORDER(SESSION_STATUS, &status, wrong);
}

TEST_F(error_order, session_key_exchange)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
	struct drm_vprot_session_key_exchange exchange = {
		.handle = self->w.session.handle,
		.size = sizeof(blob),
		.data = (uintptr_t)blob,
	};

	vt_key_exchange_blob(self->w.fd, self->w.plain, VT_KEY, blob);

	struct wrong wrong[] = {
		WRONG(ARGUMENT, exchange.size, 255, -EINVAL),
		WRONG(FAULT, exchange.data, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(UNKNOWN, exchange.handle, VT_NO_HANDLE, -ENOENT),
		WRONG(UNSUPPORTED, exchange.handle, self->w.internal.handle, -EOPNOTSUPP),
		WRONG(CONTENT, blob[99], ~blob[99], -EKEYREJECTED),
	};

	IN_ORDER(SESSION_KEY_EXCHANGE, &exchange, wrong);
}

TEST_F(error_order, start_session_key_refresh)
{
	struct drm_vprot_start_session_key_refresh start = {
		.handle = self->w.session.handle,
		.size = VT_KEY,
		.nonce = (uintptr_t)self->w.output,
	};
	struct wrong wrong[] = {
		WRONG(ARGUMENT, start.size, 32, -EINVAL),
		WRONG(FAULT, start.nonce, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, start.nonce, (uintptr_t)self->w.read_only, -EFAULT),
		WRONG(UNKNOWN, start.handle, VT_NO_HANDLE, -ENOENT),
		WRONG(UNSUPPORTED, start.handle, self->w.internal.handle, -EOPNOTSUPP),
		WRONG(NO_KEY, start.handle, self->w.keyless.handle, -ENOKEY),
	};

	IN_ORDER(START_SESSION_KEY_REFRESH, &start, wrong);
}

TEST_F(error_order, finish_session_key_refresh)
{
	struct drm_vprot_finish_session_key_refresh finish = {
		.handle = self->w.session.handle,
		.epoch = (uintptr_t)self->w.output,
	};
	struct wrong wrong[] = {
		WRONG(ARGUMENT, finish.pad, 1, -EINVAL),
		WRONG(FAULT, finish.epoch, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, finish.epoch, (uintptr_t)self->w.read_only, -EFAULT),
		WRONG(UNKNOWN, finish.handle, VT_NO_HANDLE, -ENOENT),
		WRONG(UNSUPPORTED, finish.handle, self->w.internal.handle, -EOPNOTSUPP),
		WRONG(STALE, finish.handle, self->w.keyless.handle, -ENODATA),
	};

	IN_ORDER(FINISH_SESSION_KEY_REFRESH, &finish, wrong);
}

TEST_F(error_order, get_encryption_blt_key)
{
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = self->w.session.handle,
		.size = VT_KEY,
		.key = (uintptr_t)self->w.output,
	};
	struct wrong wrong[] = {
		WRONG(ARGUMENT, get.size, 17, -EINVAL),
		WRONG(FAULT, get.key, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, get.key, (uintptr_t)self->w.read_only, -EFAULT),
		WRONG(UNKNOWN, get.handle, VT_NO_HANDLE, -ENOENT),
		WRONG(NO_KEY, get.handle, self->w.keyless.handle, -ENOKEY),
	};

	IN_ORDER(GET_ENCRYPTION_BLT_KEY, &get, wrong);
}

TEST_F(error_order, channel_destroy)
{
	struct drm_vprot_channel_destroy destroy = { .handle = self->w.channel.handle };
	struct wrong wrong[] = {
		WRONG(ARGUMENT, destroy.pad, 1, -EINVAL),
		WRONG(UNKNOWN, destroy.handle, VT_NO_HANDLE, -ENOENT),
	};

	IN_ORDER(CHANNEL_DESTROY, &destroy, wrong);
}

TEST_F(error_order, channel_key_exchange)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
	struct drm_vprot_channel_key_exchange exchange = {
		.handle = self->w.keyless_channel.handle,
		.size = sizeof(blob),
		.data = (uintptr_t)blob,
	};

	vt_key_exchange_blob(self->w.fd, self->w.plain, VT_KEY, blob);

	struct wrong wrong[] = {
		WRONG(ARGUMENT, exchange.size, 255, -EINVAL),
		WRONG(FAULT, exchange.data, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(UNKNOWN, exchange.handle, VT_NO_HANDLE, -ENOENT),
		WRONG(STALE, exchange.handle, self->w.channel.handle, -ESTALE),
		WRONG(CONTENT, blob[99], ~blob[99], -EKEYREJECTED),
	};

	IN_ORDER(CHANNEL_KEY_EXCHANGE, &exchange, wrong);
}

/* What is wrong with the message itself is in its answer. */
TEST_F(error_order, channel_messages)
{
	struct drm_vprot_configure_protection protection = { .flags = 0 };
	struct drm_vprot_channel_exchange exchange = {
		.handle = self->w.channel.handle,
		.input = (uintptr_t)&protection,
		.output = (uintptr_t)self->w.output,
		.input_size = sizeof(protection),
		.output_size = 48,
	};
	struct wrong wrong[] = {
		WRONG(ARGUMENT, exchange.pad, 1, -EINVAL),
		WRONG(ARGUMENT, exchange.input_size, 31, -EINVAL),
		WRONG(ARGUMENT, exchange.output_size, 47, -EINVAL),
		WRONG(FAULT, exchange.input, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, exchange.output, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, exchange.output, (uintptr_t)self->w.read_only, -EFAULT),
		WRONG(UNKNOWN, exchange.handle, VT_NO_HANDLE, -ENOENT),
		WRONG(NO_KEY, exchange.handle, self->w.keyless_channel.handle, -ENOKEY),
	};

	vt_command(&self->w.channel, VT_GUID(CONFIGURE_PROTECTION), &protection,
		   sizeof(protection));
	self->w.channel.configure--;
	IN_ORDER(CHANNEL_CONFIGURE, &exchange, wrong);
	IN_ORDER(CHANNEL_QUERY, &exchange, wrong);
}

TEST_F(error_order, gem_mmap_offset)
{
	struct drm_vprot_gem_mmap_offset map = { .handle = self->w.clear.handle };
	struct wrong wrong[] = {
		WRONG(ARGUMENT, map.pad, 1, -EINVAL),
		WRONG(UNKNOWN, map.handle, VT_NO_HANDLE, -ENOENT),
		WRONG(ACCESS, map.handle, self->w.secret.handle, -EACCES),
	};

	IN_ORDER(GEM_MMAP_OFFSET, &map, wrong);
}

/* In an array, it is the order that counts and not the place. */
TEST_F(error_order, decryption_blt)
{
	struct drm_vprot_subsample subsamples[] = { { 0, 64 } };
	__u8 key[VT_KEY] = "wrapped";
	struct drm_vprot_blt blts[2];
	struct drm_vprot_get_caps caps;
	struct drm_vprot_submit submit = {
		.session = self->w.session.handle,
		.blts = (uintptr_t)blts,
		.num_blts = 2,
		.blt_stride = sizeof(blts[0]),
	};

	vt_caps(self->w.fd, &caps);
	/* Of two results the first may have been written when the second cannot be. */
	for (int i = 0; i < 2; i++)
		blts[i] = (struct drm_vprot_blt){
			.src = self->w.clear.handle,
			.dst = self->w.unbound.handle,
			.size = 64,
			.subsamples = (uintptr_t)subsamples,
			.num_subsamples = 1,
			.key_form = DRM_VPROT_KEY_WRAPPED,
			.key = (uintptr_t)key,
			.key_size = VT_KEY,
			.result = i ? (uintptr_t)self->w.output : 0,
		};

	struct wrong wrong[] = {
		WRONG(ARGUMENT, submit.flags, 1, -EINVAL),
		WRONG(ARGUMENT, submit.num_blts, caps.max_blts + 1, -E2BIG),
		WRONG(ARGUMENT, blts[0].flags, 1, -EINVAL),
		WRONG(ARGUMENT, blts[1].key_form, 31, -EINVAL),
		WRONG(ARGUMENT, blts[1].num_subsamples, caps.max_subsamples, -E2BIG),
		WRONG(FAULT, blts[0].key, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blts[1].subsamples, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blts[0].result, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blts[1].result, (uintptr_t)self->w.read_only, -EFAULT),
		WRONG(UNKNOWN, submit.session, VT_NO_HANDLE, -ENOENT),
		WRONG(UNKNOWN, blts[0].src, VT_NO_HANDLE, -ENOENT),
		WRONG(UNKNOWN, blts[1].dst, VT_NO_HANDLE, -ENOENT),
		WRONG(ACCESS, blts[0].dst, self->w.others.handle, -EACCES),
		WRONG(ACCESS, blts[1].dst, self->w.clear.handle, -EACCES),
		WRONG(NO_KEY, submit.session, self->w.keyless.handle, -ENOKEY),
		WRONG(STALE, blts[0].epoch, 2, -ESTALE),
		WRONG(STALE, blts[1].epoch, 99, -ESTALE),
		WRONG(CONTENT, blts[0].src_offset, VT_WORLD_SIZE, -EINVAL),
		WRONG(CONTENT, blts[1].dst_offset, ~0ull, -EINVAL),
		WRONG(CONTENT, subsamples[0].encrypted, 63, -EINVAL),
	};

	IN_ORDER(DECRYPTION_BLT, &submit, wrong);
}

/* With a key of a keyring; the other one is wrapped. */
TEST_F(error_order, keyring)
{
	static const char good[] = "vprot:good", bad[] = "fscrypt:xx", none[] = "vprot:none",
			  size[] = "vprot:size";
	__u8 key[VT_KEY] = "16 bytes of key.";
	struct drm_vprot_subsample subsamples[] = { { 0, 64 } };
	int32_t ring = vt_keyring_new();
	struct drm_vprot_blt blts[2];
	struct drm_vprot_submit submit = {
		.session = self->w.session.handle,
		.blts = (uintptr_t)blts,
		.num_blts = 2,
		.blt_stride = sizeof(blts[0]),
	};

	vt_logon(ring, good, key, VT_KEY);
	vt_logon(ring, size, key, VT_KEY - 1);
	for (int i = 0; i < 2; i++)
		blts[i] = (struct drm_vprot_blt){
			.src = self->w.clear.handle,
			.dst = self->w.unbound.handle,
			.size = 64,
			.subsamples = (uintptr_t)subsamples,
			.num_subsamples = 1,
			.key_form = i ? DRM_VPROT_KEY_WRAPPED : DRM_VPROT_KEY_KEYRING,
			.key = i ? (uintptr_t)key : (uintptr_t)good,
			.key_size = i ? VT_KEY : strlen(good),
			.result = i ? (uintptr_t)self->w.output : 0,
		};

	struct wrong wrong[] = {
		WRONG(ARGUMENT, blts[0].key, (uintptr_t)bad, -EINVAL),
		WRONG(ARGUMENT, blts[0].key_size, 0, -EINVAL),
		WRONG(ARGUMENT, blts[0].key_size, 5, -EINVAL),
		WRONG(ARGUMENT, blts[0].key_size, DRM_VPROT_MAX_DESCRIPTION + 1, -EINVAL),
		WRONG(FAULT, blts[0].key, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blts[1].key, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blts[1].subsamples, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blts[1].result, (uintptr_t)self->w.read_only, -EFAULT),
		WRONG(UNKNOWN, submit.session, VT_NO_HANDLE, -ENOENT),
		WRONG(UNKNOWN, blts[0].src, VT_NO_HANDLE, -ENOENT),
		WRONG(ACCESS, blts[0].dst, self->w.others.handle, -EACCES),
		WRONG(NO_KEY, submit.session, self->w.keyless.handle, -ENOKEY),
		WRONG(NO_KEY, blts[0].key, (uintptr_t)none, -ENOKEY),
		WRONG(STALE, blts[0].epoch, 2, -ESTALE),
		WRONG(STALE, blts[1].epoch, 99, -ESTALE),
		WRONG(CONTENT, blts[0].key, (uintptr_t)size, -EKEYREJECTED),
		WRONG(CONTENT, blts[1].dst_offset, ~0ull, -EINVAL),
		WRONG(CONTENT, subsamples[0].encrypted, 63, -EINVAL),
	};

	IN_ORDER(DECRYPTION_BLT, &submit, wrong);

	/* Of two keys that will not do. */
	blts[1].key_form = DRM_VPROT_KEY_KEYRING;
	blts[1].key_size = strlen(none);
	for (int i = 0; i < 2; i++) {
		blts[i].key = (uintptr_t)size;
		blts[!i].key = (uintptr_t)none;
		EXPECT_EQ(-ENOKEY, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &submit));
	}
}

/* Keys of the keyrings are switched off. These 16 bytes would do in either form. */
TEST_F(error_order, keyring_switched_off)
{
	static const char key[] = "vprot:0123456789";
	struct drm_vprot_blt blt = {
		.src = self->w.clear.handle,
		.dst = self->w.unbound.handle,
		.size = 64,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)key,
		.key_size = VT_KEY,
	};
	struct drm_vprot_submit submit = {
		.session = self->w.session.handle,
		.blts = (uintptr_t)&blt,
		.num_blts = 1,
		.blt_stride = sizeof(blt),
	};
	struct wrong wrong[] = {
		WRONG(ARGUMENT, blt.flags, 1, -EINVAL),
		WRONG(FAULT, blt.key, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blt.result, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(UNKNOWN, submit.session, VT_NO_HANDLE, -ENOENT),
		WRONG(UNSUPPORTED, blt.key_form, DRM_VPROT_KEY_KEYRING, -EOPNOTSUPP),
		WRONG(ACCESS, blt.dst, self->w.others.handle, -EACCES),
		WRONG(NO_KEY, submit.session, self->w.keyless.handle, -ENOKEY),
		WRONG(STALE, blt.epoch, 99, -ESTALE),
		WRONG(CONTENT, blt.src_offset, VT_WORLD_SIZE, -EINVAL),
	};

	vt_set_parameter("keyring", 0);
	IN_ORDER(DECRYPTION_BLT, &submit, wrong);
	vt_set_parameter("keyring", 1);
}

/* To be queued; all of it wins over a queue that is full. */
TEST_F(error_order, queued)
{
	unsigned int max = vt_parameter("max_queued_blts");
	struct drm_vprot_blt blt = {
		.src = self->w.clear.handle,
		.dst = self->w.unbound.handle,
		.size = 64,
		.result = (uintptr_t)self->w.output,
	};
	struct drm_vprot_sync waits[2], signals[2] = { { .handle = vt_syncobj(self->w.fd) } };
	struct drm_vprot_get_caps caps;
	struct drm_vprot_submit submit = {
		.session = self->w.session.handle,
		.flags = DRM_VPROT_SUBMIT_NOWAIT,
		.blts = (uintptr_t)&blt,
		.num_blts = 1,
		.blt_stride = sizeof(blt),
		.waits = (uintptr_t)waits,
		.num_waits = 2,
		.signals = (uintptr_t)signals,
		.num_signals = 2,
		.sync_stride = sizeof(waits[0]),
	};
	struct vt_gate gate, late;

	vt_caps(self->w.fd, &caps);
	vt_gate(&gate, self->w.fd);
	for (int i = 0; i < 2; i++)
		waits[i] = (struct drm_vprot_sync){ .handle = gate.syncobj };
	signals[1] = (struct drm_vprot_sync){ .handle = vt_syncobj(self->w.fd), .point = 1 };

	struct wrong wrong[] = {
		WRONG(ARGUMENT, submit.flags, 2, -EINVAL),
		WRONG(ARGUMENT, submit.flags, 3, -EINVAL),
		WRONG(ARGUMENT, submit.pad, 1, -EINVAL),
		WRONG(ARGUMENT, submit.sync_stride, 0, -EINVAL),
		WRONG(ARGUMENT, submit.sync_stride, 15, -EINVAL),
		WRONG(ARGUMENT, submit.sync_stride, 257, -EINVAL),
		WRONG(ARGUMENT, submit.waits, 0, -EINVAL),
		WRONG(ARGUMENT, submit.num_waits, 0, -EINVAL),
		WRONG(ARGUMENT, submit.signals, 0, -EINVAL),
		WRONG(ARGUMENT, submit.num_signals, 0, -EINVAL),
		WRONG(ARGUMENT, submit.num_waits, caps.max_syncs + 1, -E2BIG),
		WRONG(ARGUMENT, submit.num_signals, caps.max_syncs + 1, -E2BIG),
		WRONG(ARGUMENT, signals[1].flags, 1, -EINVAL),
		WRONG(ARGUMENT, blt.flags, 1, -EINVAL),
		WRONG(FAULT, submit.waits, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blt.result, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(UNKNOWN, waits[1].handle, VT_NO_HANDLE, -ENOENT),
		WRONG(UNKNOWN, signals[0].handle, VT_NO_HANDLE, -ENOENT),
		WRONG(UNKNOWN, submit.session, VT_NO_HANDLE, -ENOENT),
		WRONG(UNKNOWN, blt.src, VT_NO_HANDLE, -ENOENT),
		WRONG(ACCESS, blt.dst, self->w.others.handle, -EACCES),
		WRONG(NO_KEY, submit.session, self->w.keyless.handle, -ENOKEY),
		WRONG(STALE, blt.epoch, 2, -ESTALE),
		WRONG(CONTENT, blt.src_offset, VT_WORLD_SIZE, -EINVAL),
		WRONG(CONTENT, waits[1].handle, signals[0].handle, -EINVAL),
		WRONG(CONTENT, waits[0].point, 1, -EINVAL),
	};
	struct vt_change full = VT_BAD(submit.pad, 0, -ENOSPC);
	/* Beside these, an array cannot be read that has something else wrong. */
	struct vt_change alone[] = {
		VT_BAD(waits[0].flags, 1, -EINVAL),
		VT_BAD(submit.signals, (uintptr_t)self->w.bad, -EFAULT),
		VT_BAD(submit.blts, (uintptr_t)self->w.bad, -EFAULT),
	};

	IN_ORDER(DECRYPTION_BLT, &submit, wrong);
	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_DECRYPTION_BLT, &submit, alone));
	submit.blts = (uintptr_t)self->w.bad;
	signals[1].flags = 1;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &submit));
	submit.blts = (uintptr_t)&blt;
	signals[1].flags = 0;

	/* In another session, for the world is not to change. */
	struct vt_session s;
	struct vt_buffer clear, secret;
	struct drm_vprot_blt filler = { .size = 64 };

	vt_session_open(&s, self->w.fd, 0);
	vt_clear(&clear, self->w.fd, 64);
	vt_protected(&secret, self->w.fd, 64);
	filler.src = clear.handle;
	filler.dst = secret.handle;
	/* The first gate may have given up by now. */
	vt_gate(&late, self->w.fd);
	vt_set_parameter("max_queued_blts", 1);
	ASSERT_EQ(0, vt_queue_blt(&s, DRM_IOCTL_VPROT_DECRYPTION_BLT, &filler, late.syncobj, 0));
	EXPECT_TRUE(vt_refused(&self->w, DRM_IOCTL_VPROT_DECRYPTION_BLT, &submit,
			       sizeof(submit), &full, 1));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_TRUE(vt_refused(&self->w, DRM_IOCTL_VPROT_DECRYPTION_BLT, &submit,
				       sizeof(submit), &wrong[i].change, 1));
	}
	vt_gate_open(&late);
	vt_set_parameter("max_queued_blts", max);
	vt_gate_free(&late);
	vt_gate_free(&gate);
	/* What is held by the session has to be gone before it is looked at. */
	vt_session_destroy(&s);
}

TEST_F(error_order, strict_iv)
{
	struct drm_vprot_blt blt = {
		.src = self->w.clear.handle,
		.dst = self->w.unbound.handle,
		.size = 64,
		.iv = { [7] = 2 },
	};
	struct drm_vprot_submit submit = {
		.blts = (uintptr_t)&blt,
		.num_blts = 1,
		.blt_stride = sizeof(blt),
	};
	struct vt_session s;
	struct vt_buffer own;

	vt_session_open(&s, self->w.fd, DRM_VPROT_SESSION_STRICT_IV);
	vt_protected(&own, self->w.fd, 64);
	submit.session = s.handle;
	blt.dst = own.handle;
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &submit));
	blt.iv[7] = 3;

	struct wrong wrong[] = {
		WRONG(ARGUMENT, blt.flags, 1, -EINVAL),
		WRONG(FAULT, blt.result, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(UNKNOWN, blt.src, VT_NO_HANDLE, -ENOENT),
		WRONG(ACCESS, blt.dst, self->w.secret.handle, -EACCES),
		WRONG(STALE, blt.epoch, 2, -ESTALE),
		WRONG(CONTENT, blt.iv[7], 2, -EINVAL),
	};

	IN_ORDER(DECRYPTION_BLT, &submit, wrong);
}

TEST_F(error_order, encryption_blt)
{
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blts[2];
	struct drm_vprot_submit submit = {
		.session = self->w.session.handle,
		.blts = (uintptr_t)blts,
		.num_blts = 2,
		.blt_stride = sizeof(blts[0]),
	};

	for (int i = 0; i < 2; i++)
		blts[i] = (struct drm_vprot_blt){
			.src = self->w.unbound.handle,
			.dst = self->w.clear.handle,
			.size = 64,
			.result = i ? (uintptr_t)self->w.output : (uintptr_t)&result,
		};

	struct wrong wrong[] = {
		WRONG(ARGUMENT, submit.sync_stride, 16, -EINVAL),
		WRONG(ARGUMENT, blts[0].iv[3], 1, -EINVAL),
		WRONG(ARGUMENT, blts[1].result, 0, -EINVAL),
		WRONG(FAULT, blts[0].result, (uintptr_t)self->w.bad, -EFAULT),
		WRONG(FAULT, blts[1].result, (uintptr_t)self->w.read_only, -EFAULT),
		WRONG(UNKNOWN, submit.session, VT_NO_HANDLE, -ENOENT),
		WRONG(UNKNOWN, blts[1].src, VT_NO_HANDLE, -ENOENT),
		WRONG(ACCESS, blts[0].src, self->w.others.handle, -EACCES),
		WRONG(ACCESS, blts[1].dst, self->w.secret.handle, -EACCES),
		WRONG(NO_KEY, submit.session, self->w.keyless.handle, -ENOKEY),
		WRONG(NO_KEY, submit.session, self->w.internal.handle, -ENOKEY),
		WRONG(STALE, blts[1].epoch, 2, -ESTALE),
		WRONG(CONTENT, blts[0].src_offset, VT_WORLD_SIZE, -EINVAL),
	};

	IN_ORDER(ENCRYPTION_BLT, &submit, wrong);
}

TEST_HARNESS_MAIN
