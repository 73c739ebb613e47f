// SPDX-License-Identifier: GPL-2.0
/*
 * Blits of the D3D11.1 DDI: what arrives, against OpenSSL, and what is refused.
 */
#include <vprot_d3d11ddi.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "ddi11.h"

#define SIZE	3000

FIXTURE(blt) {
	struct vt_ddi11 ddi;
	struct vt_ddi11_session s;
	D3D10DDI_HRESOURCE clear, restricted;
	__u8 *map;		/* of clear */
	__u8 plain[SIZE];
	__u64 seed;
};

FIXTURE_SETUP(blt)
{
	vt_ddi11_open(&self->ddi, NULL, 0);
	vt_ddi11_session_open(&self->s, &self->ddi);
	self->clear = vt_ddi11_create_resource(&self->ddi, false, SIZE);
	self->restricted = vt_ddi11_create_resource(&self->ddi, true, SIZE);
	self->map = vt_ddi11_map(&self->ddi, self->clear);
	self->seed = 11;
	vt_fill(&self->seed, self->plain, SIZE);
}

FIXTURE_TEARDOWN(blt)
{
	EXPECT_EQ(0, self->ddi.errors);
}

/* The arguments of a blit. */
struct blt {
	D3D11_1DDI_HCRYPTOSESSION session;
	D3D10DDI_HRESOURCE src, dst;
	const D3D11_1DDI_ENCRYPTED_BLOCK_INFO *info;
	UINT key_size;
	const void *key;
	UINT iv_size;
	const void *iv;
};

static HRESULT decrypt(struct vt_ddi11 *ddi, const struct blt *b)
{
	return VT_REPORTED(ddi, ddi->f.pfnDecryptionBlt(ddi->device, b->session, b->src, b->dst,
							b->info, b->key_size, b->key, b->iv_size,
							b->iv));
}

static HRESULT encrypt(struct vt_ddi11 *ddi, const struct blt *b)
{
	return VT_REPORTED(ddi, ddi->f.pfnEncryptionBlt(ddi->device, b->session, b->src, b->dst,
							b->iv_size, b->iv));
}

/* --- what arrives ----------------------------------------------------------------------------- */

TEST_F(blt, content_key)
{
	__u8 content_key[VT_KEY], wrapped[VT_KEY];
	D3D11_1DDI_AES_CTR_IV iv;
	const struct blt b = {
		.session = self->s.handle,
		.src = self->clear,
		.dst = self->restricted,
		.key_size = sizeof(wrapped),
		.key = wrapped,
		.iv_size = sizeof(iv),
		.iv = &iv,
	};

	for (int i = 0; i < 3; i++) {
		vt_fill(&self->seed, content_key, sizeof(content_key));
		vt_fill(&self->seed, &iv, sizeof(iv));
		vt_fill(&self->seed, self->plain, SIZE);
		memcpy(self->map, self->plain, SIZE);
		vt_ctr(content_key, (__u8 *)&iv, self->map, SIZE);
		vt_wrap(self->s.key, content_key, wrapped);
		ASSERT_EQ(S_OK, decrypt(&self->ddi, &b));
		EXPECT_TRUE(vt_ddi11_holds(&self->s, self->restricted, self->plain, SIZE));
		/* It is wrapped anew under the next session key. */
		vt_ddi11_refresh(&self->s);
	}
}

TEST_F(blt, block_info)
{
	static const D3DDDIENCRYPTED_BLOCK_INFO infos[] = {
		{ 100, 0, 0 }, { 100, 20, 2 }, { 0, 0, 0 }, { SIZE, 0, 0 }, { 0, 144, 16 },
		{ 7, 0xffffffff, 0xffffffff }, { 33, 5, 3 },
	};

	for (int i = 0; i < ARRAY_SIZE(infos); i++) {
		const D3D11_1DDI_ENCRYPTED_BLOCK_INFO info = {
			.NumEncryptedBytesAtBeginning = infos[i].NumEncryptedBytesAtBeginning,
			.NumBytesInSkipPattern = infos[i].NumBytesInSkipPattern,
			.NumBytesInEncryptPattern = infos[i].NumBytesInEncryptPattern,
		};
		__u8 iv[16], stream[SIZE] = { 0 };
		UINT used = 0;

		vt_fill(&self->seed, iv, sizeof(iv));
		vt_ctr(self->s.key, iv, stream, SIZE);
		for (UINT at = 0; at < SIZE; at++) {
			self->map[at] = self->plain[at];
			if (vt_ddi_is_encrypted(&infos[i], at))
				self->map[at] ^= stream[used++];
		}
		ASSERT_EQ(S_OK, decrypt(&self->ddi, &(struct blt) {
			self->s.handle, self->clear, self->restricted, &info, 0, NULL, 16, iv }));
		EXPECT_TRUE(vt_ddi11_holds(&self->s, self->restricted, self->plain, SIZE))
			TH_LOG("info %d", i);
	}
}

/* All sub-resources as they lie in memory, rows and what is between them. */
TEST_F(blt, whole_texture)
{
	VPROT_D3D11DDIARG_CREATERESOURCE create = {
		.Format = DXGI_FORMAT_NV12,
		.Width = 50,		/* 64 with what is between rows */
		.Height = 6,
		.ArraySize = 3,
	};
	enum { TEXTURE = 64 * 9 * 3 };
	D3D10DDI_HRESOURCE clear = { vt_ddi11_private() }, restricted = { vt_ddi11_private() };
	__u8 iv[16], plain[TEXTURE];
	VOID *map;

	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_resource(self->ddi.device, &create, clear));
	create.RestrictedContent = 1;
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_resource(self->ddi.device, &create, restricted));
	map = vt_ddi11_map(&self->ddi, clear);
	vt_fill(&self->seed, plain, sizeof(plain));
	vt_fill(&self->seed, iv, sizeof(iv));
	memcpy(map, plain, sizeof(plain));
	vt_ctr(self->s.key, iv, map, sizeof(plain));
	ASSERT_EQ(S_OK, vt_ddi11_decrypt(&self->s, clear, restricted, iv));
	memset(map, 0, sizeof(plain));
	ASSERT_EQ(S_OK, vt_ddi11_encrypt(&self->s, restricted, clear, iv));
	vt_ctr(self->s.read_back, iv, map, sizeof(plain));
	EXPECT_EQ(0, memcmp(plain, map, sizeof(plain)));
	/* The sub-resources are a third each. */
	ASSERT_EQ(S_OK, vprot_d3d11ddi_map(self->ddi.device, clear, 2, &map, NULL));
	EXPECT_EQ(0, memcmp(plain + TEXTURE * 2 / 3, map, TEXTURE / 3));
}

/* A larger destination keeps what it has behind the blit. */
TEST_F(blt, larger_destination)
{
	D3D10DDI_HRESOURCE small = vt_ddi11_create_resource(&self->ddi, false, 100);
	__u8 iv[16] = { 0 }, *map = vt_ddi11_map(&self->ddi, small);

	memcpy(self->map, self->plain, SIZE);
	vt_ctr(self->s.key, iv, self->map, SIZE);
	ASSERT_EQ(S_OK, vt_ddi11_decrypt(&self->s, self->clear, self->restricted, iv));
	vt_fill(&self->seed, self->plain, 100);
	memcpy(map, self->plain, 100);
	vt_ctr(self->s.key, iv, map, 100);
	ASSERT_EQ(S_OK, vt_ddi11_decrypt(&self->s, small, self->restricted, iv));
	EXPECT_TRUE(vt_ddi11_holds(&self->s, self->restricted, self->plain, SIZE));
}

/* The IV of a read-back rises by one each time, and its count starts at 0. */
TEST_F(blt, read_back_iv)
{
	D3D11_1DDI_AES_CTR_IV ivs[5];

	for (int i = 0; i < ARRAY_SIZE(ivs); i++) {
		ASSERT_EQ(S_OK, vt_ddi11_encrypt(&self->s, self->restricted, self->clear,
						 (__u8 *)&ivs[i]));
		EXPECT_EQ(0, ivs[i].Count);
		if (i)
			EXPECT_EQ(be64toh(ivs[i - 1].IV) + 1, be64toh(ivs[i].IV));
	}
}

/* --- what is refused -------------------------------------------------------------------------- */

TEST_F(blt, decryption_refused)
{
	const D3D11_1DDI_ENCRYPTED_BLOCK_INFO too_much = { SIZE + 1, 0, 0 };
	__u8 iv[16] = { 0 }, key[VT_KEY] = { 0 };
	const struct blt good = {
		self->s.handle, self->clear, self->restricted, NULL, 0, NULL, 16, iv
	};
	struct vt_ddi11_session keyless, other;
	struct blt bad;

	memcpy(self->map, self->plain, SIZE);
	vt_ctr(self->s.key, iv, self->map, SIZE);
	ASSERT_EQ(S_OK, decrypt(&self->ddi, &good));
	memset(self->map, 0xa5, SIZE);

#define BAD(result, member, value) do { \
		bad = good; \
		bad.member = value; \
		EXPECT_EQ(result, decrypt(&self->ddi, &bad)); \
	} while (0)
	BAD(E_INVALIDARG, iv, NULL);
	BAD(E_INVALIDARG, iv_size, 0);
	BAD(E_INVALIDARG, iv_size, 15);
	BAD(E_INVALIDARG, iv_size, 17);
	BAD(E_INVALIDARG, key, key);		/* of size 0 */
	BAD(E_INVALIDARG, key_size, VT_KEY);	/* at NULL */
	BAD(E_INVALIDARG, info, &too_much);
	BAD(E_INVALIDARG, dst, vt_ddi11_create_resource(&self->ddi, true, SIZE - 1));
	BAD(E_ACCESSDENIED, src, vt_ddi11_create_resource(&self->ddi, true, SIZE));
	BAD(E_ACCESSDENIED, dst, vt_ddi11_create_resource(&self->ddi, false, SIZE));
	bad = good;
	bad.key = key;
	for (bad.key_size = 0; bad.key_size < 64; bad.key_size++)
		if (bad.key_size != VT_KEY)
			EXPECT_EQ(E_INVALIDARG, decrypt(&self->ddi, &bad));
	bad.key_size = VT_KEY;
	bad.key = vt_bad_page();
	EXPECT_EQ(E_INVALIDARG, decrypt(&self->ddi, &bad));

	vt_ddi11_session_create(&keyless, &self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP);
	bad = good;
	bad.session = keyless.handle;
	bad.dst = vt_ddi11_create_resource(&self->ddi, true, SIZE);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, decrypt(&self->ddi, &bad));
	/* The resource belongs to the session that has written to it. */
	vt_ddi11_session_open(&other, &self->ddi);
	BAD(E_ACCESSDENIED, session, other.handle);

	EXPECT_TRUE(vt_ddi11_holds(&self->s, self->restricted, self->plain, SIZE));
#undef BAD
}

TEST_F(blt, encryption_refused)
{
	__u8 iv[16];
	const struct blt good = {
		.session = self->s.handle,
		.src = self->restricted,
		.dst = self->clear,
		.iv_size = sizeof(iv),
		.iv = iv,
	};
	struct vt_ddi11_session other;
	struct blt bad;

	ASSERT_TRUE(vt_ddi11_key_works_in(&self->s, self->restricted, SIZE));
	memset(iv, 0xa5, sizeof(iv));
	memset(self->map, 0xa5, SIZE);

#define BAD(result, member, value) do { \
		bad = good; \
		bad.member = value; \
		EXPECT_EQ(result, encrypt(&self->ddi, &bad)); \
	} while (0)
	BAD(E_INVALIDARG, iv, NULL);
	BAD(E_INVALIDARG, iv_size, 0);
	BAD(E_INVALIDARG, iv_size, 15);
	BAD(E_INVALIDARG, iv_size, 17);
	BAD(E_INVALIDARG, dst, vt_ddi11_create_resource(&self->ddi, false, SIZE - 1));
	BAD(E_ACCESSDENIED, src, vt_ddi11_create_resource(&self->ddi, false, SIZE));
	BAD(E_ACCESSDENIED, dst, vt_ddi11_create_resource(&self->ddi, true, SIZE));
	vt_ddi11_session_open(&other, &self->ddi);
	BAD(E_ACCESSDENIED, session, other.handle);
	/* Without a read-back key nothing is read back. */
	vt_ddi11_session_create(&other, &self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP);
	vt_ddi11_key_exchange(&other);
	bad = good;
	bad.session = other.handle;
	bad.src = vt_ddi11_create_resource(&self->ddi, true, SIZE);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, encrypt(&self->ddi, &bad));

	for (int i = 0; i < sizeof(iv); i++)
		EXPECT_EQ(0xa5, iv[i]);
	for (int i = 0; i < SIZE; i++)
		ASSERT_EQ(0xa5, self->map[i]);
#undef BAD
}

TEST_F(blt, strict_iv)
{
	static const struct {
		UINT flags;
		HRESULT again;
	} devices[] = {
		{ 0, S_OK },
		{ VPROT_D3DDDI_STRICT_IV, E_INVALIDARG },
	};

	for (int i = 0; i < ARRAY_SIZE(devices); i++) {
		__u8 iv[16] = { [7] = 5 };
		D3D10DDI_HRESOURCE clear, restricted;
		struct vt_ddi11_session s;
		struct vt_ddi11 ddi;

		vt_ddi11_open(&ddi, NULL, devices[i].flags);
		vt_ddi11_session_open(&s, &ddi);
		clear = vt_ddi11_create_resource(&ddi, false, 64);
		restricted = vt_ddi11_create_resource(&ddi, true, 64);
		ASSERT_EQ(S_OK, vt_ddi11_decrypt(&s, clear, restricted, iv));
		EXPECT_EQ(devices[i].again, vt_ddi11_decrypt(&s, clear, restricted, iv));
		iv[7] = 6;
		EXPECT_EQ(S_OK, vt_ddi11_decrypt(&s, clear, restricted, iv));
	}
}

TEST_HARNESS_MAIN
