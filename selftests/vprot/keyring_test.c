// SPDX-License-Identifier: GPL-2.0
/*
 * Content keys of the kernel's keyrings: what they decrypt, who may use them, and that what happens
 * to them is seen by the next blit. Each test has a session keyring of its own.
 */
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "keyring.h"
#include "model.h"
#include "module.h"
#include "process.h"
#include "queue.h"

#define SIZE	4096
#define NAME	"vprot:test:00112233445566778899aabbccddeeff"

static const __u8 key_a[VT_KEY] = "keyring key a ..", key_b[VT_KEY] = "keyring key b ..";

FIXTURE(keyring) {
	struct vt_session s;
	struct vt_model m;
	int32_t ring, logon;
};

FIXTURE_VARIANT(keyring) {
	__u32 crypto_type;
};

FIXTURE_VARIANT_ADD(keyring, ctr) {
	.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
};

FIXTURE_VARIANT_ADD(keyring, cbcs) {
	.crypto_type = DRM_VPROT_CRYPTO_AES128_CBCS,
};

FIXTURE_SETUP(keyring)
{
	self->ring = vt_keyring_new();
	self->logon = vt_logon(self->ring, NAME, key_a, VT_KEY);
	vt_session_open_as(&self->s, vt_open(), variant->crypto_type, 0);
	vt_model_open(&self->m, &self->s, SIZE, 23);
}

FIXTURE_TEARDOWN(keyring)
{
}

/* Decrypts with the key of this description. */
static int blit(struct _test_data_keyring *self, const char *description)
{
	struct drm_vprot_blt blt = { .size = SIZE };

	vt_use_logon(&blt, description);
	vt_model_random_iv(&self->m, blt.iv, SIZE);
	return vt_model_submit(&self->m, &blt, 1);
}

/* Whether that works, and the key of this description holds this. */
static bool decrypts(struct _test_data_keyring *self, const char *description,
		     const __u8 key[VT_KEY])
{
	self->m.logon = key;
	return !blit(self, description) && vt_model_same(&self->m, 0, SIZE);
}

/* --- what they decrypt ------------------------------------------------------------------------ */

TEST_F(keyring, decrypts)
{
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	vt_logon(self->ring, "vprot:b", key_b, VT_KEY);
	EXPECT_TRUE(decrypts(self, "vprot:b", key_b));
	EXPECT_TRUE(decrypts(self, NAME, key_a));
}

TEST_F(keyring, descriptions)
{
	static const char *const wrong[] = {
		"", "vprot", "vprot:", "Vprot:test", "prot:test", " vprot:test", "fscrypt:test",
	};
	char longest[DRM_VPROT_MAX_DESCRIPTION + 1] = DRM_VPROT_KEYRING_PREFIX;
	struct drm_vprot_blt blt = { .size = SIZE };
	char *end = (char *)vt_page_before_bad() + 4096;

	/* Not terminated: behind it there is no memory. */
	vt_use_logon(&blt, NAME);
	blt.key = (uintptr_t)memcpy(end - blt.key_size, NAME, blt.key_size);
	self->m.logon = key_a;
	EXPECT_EQ(0, vt_model_submit(&self->m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));
	blt.key++;
	EXPECT_EQ(-EFAULT, vt_model_submit(&self->m, &blt, 1));
	blt.key = 0;
	EXPECT_EQ(-EFAULT, vt_model_submit(&self->m, &blt, 1));

	/* Others' keys are none of ours, and so is one whose name only begins alike. */
	vt_logon(self->ring, "fscrypt:test", key_a, VT_KEY);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(!strcmp(wrong[i], "vprot:") ? -ENOKEY : -EINVAL, blit(self, wrong[i]))
			TH_LOG("'%s'", wrong[i]);
	}
	EXPECT_EQ(-ENOKEY, blit(self, "vprot:test:00112233445566778899aabbccddeef"));
	EXPECT_EQ(-ENOKEY, blit(self, NAME "0"));

	vt_use_logon(&blt, NAME);
	blt.key = (uintptr_t)"vprot:test:\0000112233445566778899aabbccddeeff";
	EXPECT_EQ(-EINVAL, vt_model_submit(&self->m, &blt, 1));
	blt.key = (uintptr_t)NAME;
	blt.key_size++;
	EXPECT_EQ(-EINVAL, vt_model_submit(&self->m, &blt, 1));

	memset(longest + 6, 'x', sizeof(longest) - 7);
	vt_logon(self->ring, longest, key_b, VT_KEY);
	EXPECT_TRUE(decrypts(self, longest, key_b));
	vt_use_logon(&blt, longest);
	blt.key_size++;
	EXPECT_EQ(-EINVAL, vt_model_submit(&self->m, &blt, 1));
	blt.key_size = ~0u;
	EXPECT_EQ(-EINVAL, vt_model_submit(&self->m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));
}

/* Subsamples and a pattern, many blits, and all forms of keys beside each other. */
TEST_F(keyring, arrays_of_all_forms)
{
	const struct drm_vprot_subsample subsamples[] = { { 7, 100 }, { 0, 320 }, { 85, 0 } };
	__u8 content[VT_KEY] = "a content key..", wrapped[VT_KEY];
	struct drm_vprot_blt blts[6] = { 0 };

	vt_wrap(self->s.key, content, wrapped);
	for (size_t i = 0; i < ARRAY_SIZE(blts); i++) {
		blts[i].dst_offset = 512 * i;
		blts[i].size = 512;
		vt_model_random_iv(&self->m, blts[i].iv, 512);
		if (i % 3 == 0) {
			vt_use_logon(&blts[i], NAME);
		} else if (i % 3 == 1) {
			blts[i].key_form = DRM_VPROT_KEY_WRAPPED;
			blts[i].key = (uintptr_t)wrapped;
			blts[i].key_size = VT_KEY;
		}
		blts[i].subsamples = i % 2 ? (uintptr_t)subsamples : 0;
		blts[i].num_subsamples = i % 2 ? ARRAY_SIZE(subsamples) : 0;
		blts[i].crypt_blocks = i % 2;
		blts[i].skip_blocks = i % 2 ? 9 : 0;
	}
	self->m.logon = key_a;
	ASSERT_EQ(0, vt_model_submit(&self->m, blts, ARRAY_SIZE(blts)));
	EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));

	/* One that is missing, and nothing has happened. */
	vt_use_logon(&blts[3], "vprot:none");
	EXPECT_EQ(-ENOKEY, vt_model_submit(&self->m, blts, ARRAY_SIZE(blts)));
	EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));
}

/* The key of the keyring is not wrapped: it outlives a refresh. */
TEST_F(keyring, session_key)
{
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = { .size = SIZE, .result = (uintptr_t)&result };
	struct vt_session s;

	vt_refresh(&self->s);
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	vt_use_logon(&blt, NAME);
	EXPECT_EQ(0, vt_model_submit(&self->m, &blt, 1));
	EXPECT_EQ(2, result.epoch);
	EXPECT_EQ(0, result.flags);
	blt.epoch = 1;
	EXPECT_EQ(-ESTALE, vt_model_submit(&self->m, &blt, 1));
	blt.epoch = 2;
	EXPECT_EQ(0, vt_model_submit(&self->m, &blt, 1));

	/* A session that has no key yet waits for its own all the same. */
	vt_session_create_as(&s, self->s.fd, variant->crypto_type,
			     DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_protected(&self->m.dst, self->s.fd, SIZE);
	blt.dst = self->m.dst.handle;
	blt.epoch = 0;
	EXPECT_EQ(-ENOKEY, vt_decrypt_blt(&s, &blt));
	vt_key_exchange(&s, key_b);
	EXPECT_EQ(0, vt_decrypt_blt(&s, &blt));
}

/* What such a session holds nobody can tell; the model's session shows that the key is good. */
TEST_F(keyring, internal_session)
{
	struct drm_vprot_session_status status;
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = {
		.src = self->m.src.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};
	struct vt_buffer secret;
	struct vt_session s;

	vt_session_create_as(&s, self->s.fd, variant->crypto_type, DRM_VPROT_KEY_EXCHANGE_INTERNAL,
			     0);
	vt_protected(&secret, self->s.fd, SIZE);
	blt.dst = secret.handle;
	vt_use_logon(&blt, NAME);
	ASSERT_EQ(0, vt_decrypt_blt(&s, &blt));
	EXPECT_EQ(1, result.epoch);
	vt_status(&s, &status);
	EXPECT_EQ(SIZE, status.decrypted);
	vt_revoke(self->logon);
	EXPECT_EQ(-ENOKEY, vt_decrypt_blt(&s, &blt));
	vt_status(&s, &status);
	EXPECT_EQ(SIZE, status.decrypted);
}

/* --- what happens to them --------------------------------------------------------------------- */

TEST_F(keyring, updated)
{
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	EXPECT_EQ(self->logon, vt_logon(self->ring, NAME, key_b, VT_KEY));
	EXPECT_TRUE(decrypts(self, NAME, key_b));
}

TEST_F(keyring, revoked)
{
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	vt_revoke(self->logon);
	EXPECT_EQ(-EKEYREVOKED, vt_find_logon(NAME));
	EXPECT_EQ(-ENOKEY, blit(self, NAME));
	/* Another one of that name. */
	EXPECT_NE(self->logon, vt_logon(self->ring, NAME, key_b, VT_KEY));
	EXPECT_TRUE(decrypts(self, NAME, key_b));
}

TEST_F(keyring, invalidated_and_unlinked)
{
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	ASSERT_EQ(0, vt_keyctl(KEYCTL_INVALIDATE, self->logon, 0, 0));
	EXPECT_EQ(-ENOKEY, blit(self, NAME));
	self->logon = vt_logon(self->ring, NAME, key_a, VT_KEY);
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	ASSERT_EQ(0, vt_keyctl(KEYCTL_UNLINK, self->logon, self->ring, 0));
	EXPECT_EQ(-ENOKEY, blit(self, NAME));
}

TEST_F(keyring, expired)
{
	ASSERT_EQ(0, vt_keyctl(KEYCTL_SET_TIMEOUT, self->logon, 3600, 0));
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	ASSERT_EQ(0, vt_keyctl(KEYCTL_SET_TIMEOUT, self->logon, 1, 0));
	while (vt_find_logon(NAME) == self->logon)
		usleep(10000);
	EXPECT_EQ(-EKEYEXPIRED, vt_find_logon(NAME));
	EXPECT_EQ(-ENOKEY, blit(self, NAME));
	/* A new payload has no end, or one of its own. */
	vt_logon(self->ring, NAME, key_b, VT_KEY);
	EXPECT_TRUE(decrypts(self, NAME, key_b));
}

TEST_F(keyring, sizes)
{
	static const size_t sizes[] = { 1, 8, 15, 17, 24, 32, 4096 };
	static const __u8 payload[4096];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		vt_logon(self->ring, NAME, payload, sizes[i]);
		EXPECT_EQ(-EKEYREJECTED, blit(self, NAME)) TH_LOG("size %zu", sizes[i]);
	}
	vt_logon(self->ring, NAME, key_b, VT_KEY);
	EXPECT_TRUE(decrypts(self, NAME, key_b));
}

/* Whether a key that is in no keyring any more goes away: nobody holds it. */
static bool is_let_go(int32_t key)
{
	for (int i = 0; i < 3000; i++) {
		if (vt_keyctl(KEYCTL_DESCRIBE, key, 0, 0) == -ENOKEY)
			return true;
		usleep(10000);
	}
	return false;
}

/* Accepted or refused, a call does not hold a key when it is over. */
TEST_F(keyring, let_go)
{
	struct drm_vprot_blt blt = { .size = SIZE, .epoch = 99 };

	EXPECT_TRUE(decrypts(self, NAME, key_a));
	vt_use_logon(&blt, NAME);
	EXPECT_EQ(-ESTALE, vt_model_submit(&self->m, &blt, 1));
	ASSERT_LT(0, vt_keyctl(KEYCTL_DESCRIBE, self->logon, 0, 0));
	ASSERT_EQ(0, vt_keyctl(KEYCTL_UNLINK, self->logon, self->ring, 0));
	EXPECT_TRUE(is_let_go(self->logon));
}

/* Keys of other types do not count, nor does one that user space was asked for in vain. */
TEST_F(keyring, no_key)
{
	ASSERT_LT(0, syscall(SYS_add_key, "user", "vprot:user", key_a, VT_KEY, self->ring));
	EXPECT_EQ(-ENOKEY, blit(self, "vprot:user"));
	EXPECT_EQ(-1, syscall(SYS_request_key, "logon", "vprot:vain", "", self->ring));
	EXPECT_EQ(-ENOKEY, blit(self, "vprot:vain"));
	vt_logon(self->ring, "vprot:vain", key_b, VT_KEY);
	EXPECT_TRUE(decrypts(self, "vprot:vain", key_b));
}

/* However the driver remembers the content key of the blit before. */
TEST_F(keyring, after_wrapped_keys)
{
	__u8 wrapped[VT_KEY], zero[VT_KEY] = { 0 };
	struct drm_vprot_blt blt = {
		.size = SIZE,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key_size = VT_KEY,
	};

	/* What the wrapped form of no key at all looks like. */
	blt.key = (uintptr_t)zero;
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));

	vt_wrap(self->s.key, key_b, wrapped);
	blt.key = (uintptr_t)wrapped;
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
		EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));
		EXPECT_TRUE(decrypts(self, NAME, key_a));
	}
	vt_refresh(&self->s);
	ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));
}

/* --- whose they are --------------------------------------------------------------------------- */

/* Permissions of a key: one octet each for possessor, user, group and others. */
#define MAY_ALL		0x3f3f3f3f
#define MAY_NOT_SEARCH	0x37373737

TEST_F(keyring, right_to_search)
{
	ASSERT_EQ(0, vt_keyctl(KEYCTL_SETPERM, self->logon, MAY_NOT_SEARCH, 0));
	EXPECT_EQ(-EACCES, vt_find_logon(NAME));
	EXPECT_EQ(-ENOKEY, blit(self, NAME));
	ASSERT_EQ(0, vt_keyctl(KEYCTL_SETPERM, self->logon, 0x08000000, 0));
	EXPECT_TRUE(decrypts(self, NAME, key_a));
}

/* The rights of who calls count, and not of who has opened the device. */
TEST_F(keyring, another_user)
{
	int error = 0, end;
	pid_t child;

	EXPECT_TRUE(decrypts(self, NAME, key_a));
	for (int same_keyring = 1; same_keyring >= 0; same_keyring--) {
		child = vt_fork(&end);
		if (!child) {
			if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
				vt_fatal("not another user");
			if (!same_keyring)
				vt_keyring_new();
			_exit(-blit(self, NAME));
		}
		ASSERT_EQ(child, waitpid(child, &error, 0));
		ASSERT_TRUE(WIFEXITED(error));
		EXPECT_EQ(same_keyring ? 0 : ENOKEY, WEXITSTATUS(error));
		close(end);
	}
}

TEST_F(keyring, keyrings)
{
	int32_t user = vt_logon(KEY_SPEC_USER_KEYRING, "vprot:user-keyring", key_b, VT_KEY);

	/* The keyring of the user, where a service may put it, has to be linked. */
	EXPECT_EQ(-ENOKEY, blit(self, "vprot:user-keyring"));
	ASSERT_EQ(0, vt_keyctl(KEYCTL_LINK, KEY_SPEC_USER_KEYRING, self->ring, 0));
	EXPECT_TRUE(decrypts(self, "vprot:user-keyring", key_b));
	EXPECT_EQ(0, vt_keyctl(KEYCTL_UNLINK, user, KEY_SPEC_USER_KEYRING, 0));
	EXPECT_EQ(-ENOKEY, blit(self, "vprot:user-keyring"));

	vt_logon(KEY_SPEC_PROCESS_KEYRING, "vprot:process", key_b, VT_KEY);
	EXPECT_TRUE(decrypts(self, "vprot:process", key_b));
	vt_logon(KEY_SPEC_THREAD_KEYRING, "vprot:thread", key_a, VT_KEY);
	EXPECT_TRUE(decrypts(self, "vprot:thread", key_a));
	/* The keyring of the thread comes first. */
	vt_logon(KEY_SPEC_THREAD_KEYRING, NAME, key_b, VT_KEY);
	EXPECT_TRUE(decrypts(self, NAME, key_b));
}

/* A process that has no session keyring has that of its user, to which the user's is linked. */
TEST(no_session_keyring)
{
	int32_t user = vt_logon(KEY_SPEC_USER_KEYRING, "vprot:user-keyring", key_b, VT_KEY);
	struct drm_vprot_blt blt = { .size = SIZE };
	struct vt_session s;
	struct vt_model m;

	vt_session_open(&s, vt_open(), 0);
	vt_model_open(&m, &s, SIZE, 24);
	m.logon = key_b;
	vt_use_logon(&blt, "vprot:user-keyring");
	EXPECT_EQ(0, vt_model_submit(&m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&m, 0, SIZE));
	EXPECT_EQ(0, vt_keyctl(KEYCTL_UNLINK, user, KEY_SPEC_USER_KEYRING, 0));
	EXPECT_EQ(-ENOKEY, vt_model_submit(&m, &blt, 1));
}

/* --- sessions --------------------------------------------------------------------------------- */

static int strict_blit(struct vt_model *m, const char *description, __u64 count)
{
	struct drm_vprot_blt blt = { .size = 16 };

	vt_iv(blt.iv, 7, count);
	vt_use_logon(&blt, description);
	return vt_model_submit(m, &blt, 1);
}

/* The history is that of the value, whoever it comes from. */
TEST(strict_iv)
{
	int32_t ring = vt_keyring_new();
	struct drm_vprot_blt blt = {
		.size = 16,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key_size = VT_KEY,
	};
	__u8 wrapped[VT_KEY];
	struct vt_session s;
	struct vt_model m;

	vt_session_open(&s, vt_open(), DRM_VPROT_SESSION_STRICT_IV);
	vt_model_open(&m, &s, SIZE, 25);
	m.logon = key_a;
	vt_logon(ring, "vprot:1", key_a, VT_KEY);
	vt_logon(ring, "vprot:2", key_a, VT_KEY);
	vt_wrap(s.key, key_a, wrapped);
	blt.key = (uintptr_t)wrapped;

	EXPECT_EQ(0, strict_blit(&m, "vprot:1", 5));
	EXPECT_EQ(-EINVAL, strict_blit(&m, "vprot:1", 5));
	EXPECT_EQ(-EINVAL, strict_blit(&m, "vprot:2", 5));
	vt_iv(blt.iv, 7, 5);
	EXPECT_EQ(-EINVAL, vt_model_submit(&m, &blt, 1));
	vt_iv(blt.iv, 7, 6);
	EXPECT_EQ(0, vt_model_submit(&m, &blt, 1));
	EXPECT_EQ(-EINVAL, strict_blit(&m, "vprot:1", 6));
	EXPECT_EQ(0, strict_blit(&m, "vprot:2", 7));

	/* Another value, another history. */
	vt_logon(ring, "vprot:2", key_b, VT_KEY);
	EXPECT_EQ(0, strict_blit(&m, "vprot:2", 5));
	EXPECT_EQ(-EINVAL, strict_blit(&m, "vprot:2", 5));
	EXPECT_EQ(0, strict_blit(&m, "vprot:1", 5));
}

/* Keys of the keyrings are not lost with the sessions. */
TEST_F(keyring, loss)
{
	EXPECT_TRUE(decrypts(self, NAME, key_a));
	vt_lose();
	EXPECT_EQ(-EKEYREVOKED, blit(self, NAME));
	EXPECT_EQ(-EKEYREVOKED, blit(self, "vprot:none"));
	vt_session_destroy(&self->s);
	vt_session_open_as(&self->s, self->m.src.fd, variant->crypto_type, 0);
	EXPECT_TRUE(decrypts(self, NAME, key_a));
}

/* What is queued has the key that was there when it was submitted, whatever comes afterwards. */
TEST(queued)
{
	int32_t ring = vt_keyring_new(), logon = vt_logon(ring, NAME, key_a, VT_KEY);
	struct vt_stage stage;
	struct drm_vprot_blt blt;

	vt_stage_open(&stage, SIZE);
	blt = vt_stage_blit(&stage, &stage.secret, 1);
	vt_use_logon(&blt, NAME);
	ASSERT_EQ(0, vt_queue_blt(&stage.s, DECRYPT, &blt, stage.gate.syncobj, stage.done));
	vt_logon(ring, NAME, key_b, VT_KEY);
	blt = vt_stage_blit(&stage, &stage.other, 2);
	vt_use_logon(&blt, NAME);
	ASSERT_EQ(0, vt_queue_blt(&stage.s, DECRYPT, &blt, stage.gate.syncobj, stage.done));
	vt_revoke(logon);
	EXPECT_EQ(-ENOKEY, vt_queue_blt(&stage.s, DECRYPT, &blt, stage.gate.syncobj, stage.done));

	vt_gate_open(&stage.gate);
	ASSERT_EQ(0, vt_syncobj_result(stage.fd, stage.done));
	/* The read-back waits for what is queued on its buffer. */
	EXPECT_TRUE(vt_stage_holds(&stage, &stage.secret, 0, SIZE, 1, key_a));
	EXPECT_TRUE(vt_stage_holds(&stage, &stage.other, 0, SIZE, 2, key_b));
	vt_stage_close(&stage);
}

TEST(queued_holds_no_key)
{
	int32_t ring = vt_keyring_new(), logon = vt_logon(ring, NAME, key_a, VT_KEY);
	struct vt_stage stage;
	struct drm_vprot_blt blt;

	vt_stage_open(&stage, SIZE);
	blt = vt_stage_blit(&stage, &stage.secret, 1);
	vt_use_logon(&blt, NAME);
	ASSERT_EQ(0, vt_queue_blt(&stage.s, DECRYPT, &blt, stage.gate.syncobj, stage.done));
	ASSERT_EQ(0, vt_keyctl(KEYCTL_UNLINK, logon, ring, 0));
	EXPECT_TRUE(is_let_go(logon));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(stage.fd, stage.done, 0, 0));
	vt_gate_open(&stage.gate);
	ASSERT_EQ(0, vt_syncobj_result(stage.fd, stage.done));
	vt_stage_close(&stage);
}

/* --- races ------------------------------------------------------------------------------------ */

struct race {
	int32_t ring;
	__u32 changes;		/* how often the key was revoked and put there anew */
	bool revoked;		/* at this moment nothing may be decrypted */
	bool over;
	int fd;
	bool wrong;
	__u32 decrypted, refused;
};

/* Blits as long as the race goes on, and says of each whether it was right. */
static void *race_blits(void *data)
{
	struct race *race = data;
	struct drm_vprot_blt blt = { .size = 64 };
	struct vt_buffer zeros, secret;
	struct vt_session s;
	__u8 seen[64];

	vt_session_open(&s, race->fd, 0);
	vt_clear(&zeros, race->fd, 64);
	vt_protected(&secret, race->fd, 64);
	blt.src = zeros.handle;
	blt.dst = secret.handle;
	vt_use_logon(&blt, NAME);
	while (!__atomic_load_n(&race->over, __ATOMIC_SEQ_CST)) {
		__u32 before = __atomic_load_n(&race->changes, __ATOMIC_SEQ_CST);
		bool revoked = __atomic_load_n(&race->revoked, __ATOMIC_SEQ_CST);
		int error = vt_decrypt_blt(&s, &blt);
		__u32 after = __atomic_load_n(&race->changes, __ATOMIC_SEQ_CST);

		/* Revoked when it began, and when it had ended: not once in between. */
		if (error ? error != -ENOKEY : revoked && before == after)
			__atomic_store_n(&race->wrong, true, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(error ? &race->refused : &race->decrypted, 1, __ATOMIC_SEQ_CST);
		if (error)
			continue;
		vt_read_back(&s, &secret, 0, seen, sizeof(seen));
		if (!vt_is_stream(seen, 64, 0, key_a) && !vt_is_stream(seen, 64, 0, key_b))
			__atomic_store_n(&race->wrong, true, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

/* Waits until a counter has moved on twice: what began before the call is over then. */
static void await(__u32 *counter)
{
	__u32 now = __atomic_load_n(counter, __ATOMIC_SEQ_CST);

	while (__atomic_load_n(counter, __ATOMIC_SEQ_CST) - now < 2)
		sched_yield();
}

TEST(race)
{
	struct race race = { .ring = vt_keyring_new(), .fd = vt_open() };
	int rounds = vt_is_sanitized() ? 20 : 100;
	int32_t logon = vt_logon(race.ring, NAME, key_a, VT_KEY);
	pthread_t threads[2];

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, race_blits, &race));
	for (int i = 0; i < rounds; i++) {
		await(&race.decrypted);
		vt_logon(race.ring, NAME, key_b, VT_KEY);
		vt_revoke(logon);
		__atomic_store_n(&race.revoked, true, __ATOMIC_SEQ_CST);
		await(&race.refused);
		__atomic_store_n(&race.revoked, false, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(&race.changes, 1, __ATOMIC_SEQ_CST);
		logon = vt_logon(race.ring, NAME, key_a, VT_KEY);
	}
	__atomic_store_n(&race.over, true, __ATOMIC_SEQ_CST);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_FALSE(race.wrong);
}

/* --- the switch ------------------------------------------------------------------------------- */

TEST_F(keyring, switched_off)
{
	struct drm_vprot_get_caps caps;

	EXPECT_TRUE(decrypts(self, NAME, key_a));
	vt_caps(self->s.fd, &caps);
	EXPECT_EQ(DRM_VPROT_CAP_KEYRING, caps.caps & DRM_VPROT_CAP_KEYRING);
	vt_set_parameter("keyring", 0);
	vt_caps(self->s.fd, &caps);
	EXPECT_EQ(0, caps.caps & DRM_VPROT_CAP_KEYRING);
	EXPECT_EQ(-EOPNOTSUPP, blit(self, NAME));
	EXPECT_EQ(-EOPNOTSUPP, blit(self, "vprot:none"));
	/* Wrapped ones are as ever. */
	EXPECT_TRUE(vt_key_works(&self->s));
	vt_set_parameter("keyring", 1);
	EXPECT_TRUE(decrypts(self, NAME, key_a));
}

TEST_HARNESS_MAIN
