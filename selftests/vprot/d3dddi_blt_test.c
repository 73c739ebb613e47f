// SPDX-License-Identifier: GPL-2.0
/*
 * Blits of the D3D9 DDI: what arrives, against OpenSSL, and what is refused.
 */
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi.h"

#define SIZE	3000	/* of a sub-resource */
#define COUNT	3	/* sub-resources */

struct resources {
	struct vt_ddi ddi;
	struct vt_ddi_session s;
	HANDLE clear;		/* system memory, COUNT sub-resources of 30 rows */
	HANDLE restricted;	/* protected, the same */
	__u8 *map[COUNT];	/* of clear */
	__u8 plain[SIZE];
	__u64 seed;
};

static void open_resources(struct resources *r, const GUID *crypto_type)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.Pitch = SIZE / 30,
		.Height = 30,
		.SurfCount = COUNT,
	};

	vt_ddi_open(&r->ddi, 0);
	vt_ddi_session_create_as(&r->s, &r->ddi, crypto_type);
	vt_ddi_key_exchange(&r->s);
	vt_ddi_draw_read_back_key(&r->s);
	vt_ddi_must(vprot_d3dddi_create_resource(r->ddi.device, &create), "create_resource");
	r->clear = create.hResource;
	create.RestrictedContent = 1;
	vt_ddi_must(vprot_d3dddi_create_resource(r->ddi.device, &create), "create_resource");
	r->restricted = create.hResource;
	for (int i = 0; i < COUNT; i++)
		vt_ddi_must(vprot_d3dddi_lock(r->ddi.device, r->clear, i, (VOID **)&r->map[i],
					      NULL), "lock");
	r->seed = 4;
	vt_fill(&r->seed, r->plain, SIZE);
}

FIXTURE(blt) {
	struct resources r;
};

FIXTURE_SETUP(blt)
{
	open_resources(&self->r, &D3DCRYPTOTYPE_AES128_CTR);
}

FIXTURE_TEARDOWN(blt)
{
}

/* A good DecryptionBlt from the first sub-resource to the first. */
static D3DDDIARG_DECRYPTIONBLT decryption(const struct resources *r, __u8 iv[16])
{
	return (D3DDDIARG_DECRYPTIONBLT) {
		.hCryptoSession = r->s.handle,
		.hSrcResource = r->clear,
		.hDstResource = r->restricted,
		.SrcResourceSize = SIZE,
		.pIV = iv,
	};
}

/* A good EncryptionBlt from the first sub-resource to the first. */
static D3DDDIARG_ENCRYPTIONBLT encryption(const struct resources *r, __u8 iv[16])
{
	return (D3DDDIARG_ENCRYPTIONBLT) {
		.hCryptoSession = r->s.handle,
		.hSrcResource = r->restricted,
		.hDstResource = r->clear,
		.DstResourceSize = SIZE,
		.pIV = iv,
	};
}

static HRESULT decrypt(const struct resources *r, const D3DDDIARG_DECRYPTIONBLT *blt)
{
	return r->ddi.funcs.pfnDecryptionBlt(r->ddi.device, blt);
}

static HRESULT encrypt(const struct resources *r, const D3DDDIARG_ENCRYPTIONBLT *blt)
{
	return r->ddi.funcs.pfnEncryptionBlt(r->ddi.device, blt);
}

/* Whether a sub-resource of @r->restricted holds @r->plain. Uses the last of clear. */
static bool holds_plain(const struct resources *r, UINT index)
{
	__u8 iv[16], *map = r->map[COUNT - 1];
	D3DDDIARG_ENCRYPTIONBLT blt = encryption(r, iv);
	HRESULT result;

	blt.SrcSubResourceIndex = index;
	blt.DstSubResourceIndex = COUNT - 1;
	result = encrypt(r, &blt);
	if (result != S_OK)
		vt_fatal("EncryptionBlt: %#x", result);
	vt_ctr(r->s.read_back, iv, map, SIZE);
	return !memcmp(r->plain, map, SIZE);
}

/* --- what arrives ----------------------------------------------------------------------------- */

/* Each sub-resource is its own. */
TEST_F(blt, sub_resources)
{
	__u8 iv[16] = { 0 };

	for (UINT i = 0; i < COUNT; i++) {
		D3DDDIARG_DECRYPTIONBLT blt = decryption(&self->r, iv);

		iv[7] = i + 1;
		memcpy(self->r.map[i], self->r.plain, SIZE);
		vt_ctr(self->r.s.key, iv, self->r.map[i], SIZE);
		blt.SrcSubResourceIndex = i;
		blt.DstSubResourceIndex = (i + 1) % COUNT;
		ASSERT_EQ(S_OK, decrypt(&self->r, &blt));
		for (UINT j = 0; j < COUNT; j++)
			EXPECT_EQ((j + COUNT - 1) % COUNT <= i, holds_plain(&self->r, j));
	}
}

/* Of a sub-resource only as much as SrcResourceSize says; 0 is nothing. */
TEST_F(blt, size)
{
	static const UINT sizes[] = { 0, 1, 15, 16, 17, SIZE - 1, SIZE };
	__u8 iv[16] = { 0 }, expected[SIZE] = { 0 };

	for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
		D3DDDIARG_DECRYPTIONBLT blt = decryption(&self->r, iv);

		iv[7] = i;
		vt_fill(&self->r.seed, self->r.plain, SIZE);
		memcpy(self->r.map[0], self->r.plain, SIZE);
		vt_ctr(self->r.s.key, iv, self->r.map[0], SIZE);
		memcpy(expected, self->r.plain, sizes[i]);
		memcpy(self->r.plain, expected, SIZE);
		blt.SrcResourceSize = sizes[i];
		ASSERT_EQ(S_OK, decrypt(&self->r, &blt));
		EXPECT_TRUE(holds_plain(&self->r, 0));
	}
}

TEST_F(blt, content_key)
{
	DXVADDI_PVP_KEY128 content_key, wrapped;
	DXVADDI_PVP_HW_IV iv;
	D3DDDIARG_DECRYPTIONBLT blt = decryption(&self->r, (__u8 *)&iv);

	for (int i = 0; i < 3; i++) {
		vt_fill(&self->r.seed, &content_key, sizeof(content_key));
		vt_fill(&self->r.seed, &iv, sizeof(iv));
		vt_fill(&self->r.seed, self->r.plain, SIZE);
		memcpy(self->r.map[0], self->r.plain, SIZE);
		vt_ctr(content_key.Data, (__u8 *)&iv, self->r.map[0], SIZE);
		vt_wrap(self->r.s.key, content_key.Data, wrapped.Data);
		blt.pContentKey = &wrapped;
		ASSERT_EQ(S_OK, decrypt(&self->r, &blt));
		EXPECT_TRUE(holds_plain(&self->r, 0));
		/* It is wrapped anew under the next session key. */
		vt_ddi_refresh(&self->r.s);
	}
}

/* The IV of a read-back rises by one each time, and its count starts at 0. */
TEST_F(blt, read_back_iv)
{
	DXVADDI_PVP_HW_IV ivs[5];

	for (int i = 0; i < ARRAY_SIZE(ivs); i++) {
		D3DDDIARG_ENCRYPTIONBLT blt = encryption(&self->r, (__u8 *)&ivs[i]);

		if (i == 0) {
			D3DDDIARG_DECRYPTIONBLT bind = decryption(&self->r, (__u8 *)&ivs[i]);

			memset(&ivs[i], 0, sizeof(ivs[i]));
			ASSERT_EQ(S_OK, decrypt(&self->r, &bind));
		}
		ASSERT_EQ(S_OK, encrypt(&self->r, &blt));
		EXPECT_EQ(0, ivs[i].Count);
		if (i)
			EXPECT_EQ(be64toh(ivs[i - 1].IV) + 1, be64toh(ivs[i].IV));
	}
	EXPECT_LE(be64toh(ivs[0].IV), 0x100000000ull);
}

/* --- block info ------------------------------------------------------------------------------- */

TEST_F(blt, block_info)
{
	static const D3DDDIENCRYPTED_BLOCK_INFO infos[] = {
		/* The two examples of the documentation. */
		{ 100, 0, 0 }, { 100, 20, 2 },
		{ 0, 0, 0 }, { SIZE, 0, 0 }, { SIZE, 1, 1 }, { SIZE - 1, 1, 1 },
		{ SIZE - 1, 0, 1 }, { 0, 0, 1 }, { 0, 0, 16 }, { 16, 0, SIZE }, { 0, 16, 0 },
		{ 0, 1, 1 }, { 0, 1, 0xffffffff }, { 0, 0xffffffff, 1 },
		{ 7, 0xffffffff, 0xffffffff }, { 16, 144, 16 }, { 0, 144, 16 }, { 33, 5, 3 },
		{ 1, SIZE - 2, 1 }, { 1, SIZE - 1, 1 }, { 0, SIZE, 1 }, { 0, 64, SIZE },
	};
	static const UINT sizes[] = { SIZE, SIZE - 1, SIZE - 13, 0 };

	for (int i = 0; i < ARRAY_SIZE(infos) * ARRAY_SIZE(sizes); i++) {
		D3DDDIENCRYPTED_BLOCK_INFO info = infos[i / ARRAY_SIZE(sizes)];
		UINT size = sizes[i % ARRAY_SIZE(sizes)], used = 0;
		__u8 iv[16], stream[SIZE] = { 0 };
		D3DDDIARG_DECRYPTIONBLT blt = decryption(&self->r, iv);

		if (info.NumEncryptedBytesAtBeginning > size)
			info.NumEncryptedBytesAtBeginning = size;
		vt_fill(&self->r.seed, iv, sizeof(iv));
		vt_fill(&self->r.seed, self->r.plain, size);
		vt_ctr(self->r.s.key, iv, stream, SIZE);
		for (UINT at = 0; at < size; at++) {
			self->r.map[0][at] = self->r.plain[at];
			/* The key stream runs over encrypted bytes only. */
			if (vt_ddi_is_encrypted(&info, at))
				self->r.map[0][at] ^= stream[used++];
		}
		blt.SrcResourceSize = size;
		blt.pEncryptedBlockInfo = &info;
		ASSERT_EQ(S_OK, decrypt(&self->r, &blt));
		EXPECT_TRUE(holds_plain(&self->r, 0)) {
			TH_LOG("%u bytes, info %u %u %u", size, info.NumEncryptedBytesAtBeginning,
			       info.NumBytesInSkipPattern, info.NumBytesInEncryptPattern);
		}
	}
}

TEST_F(blt, block_info_refused)
{
	const UINT size = 4 << 20;
	HANDLE big = vt_ddi_create_resource(&self->r.ddi, false, size);
	HANDLE big_restricted = vt_ddi_create_resource(&self->r.ddi, true, size);
	D3DDDIENCRYPTED_BLOCK_INFO info = { .NumEncryptedBytesAtBeginning = SIZE + 1 };
	__u8 iv[16] = { 0 };
	D3DDDIARG_DECRYPTIONBLT blt = decryption(&self->r, iv);
	struct drm_vprot_get_caps caps;

	/* More bytes than there are. */
	blt.pEncryptedBlockInfo = &info;
	EXPECT_EQ(E_INVALIDARG, decrypt(&self->r, &blt));
	info.NumEncryptedBytesAtBeginning = 0xffffffff;
	EXPECT_EQ(E_INVALIDARG, decrypt(&self->r, &blt));

	/* More runs than the device takes, by one, and just as many. */
	vt_caps(vt_open(), &caps);
	ASSERT_GT(size, 2 * caps.max_subsamples);
	blt.hSrcResource = big;
	blt.hDstResource = big_restricted;
	info = (D3DDDIENCRYPTED_BLOCK_INFO) { 0, 1, 1 };
	blt.SrcResourceSize = 2 * caps.max_subsamples - 1;
	EXPECT_EQ(E_INVALIDARG, decrypt(&self->r, &blt));
	blt.SrcResourceSize = 2 * caps.max_subsamples - 2;
	EXPECT_EQ(S_OK, decrypt(&self->r, &blt));
	/* Without a skip, it is one run. */
	info = (D3DDDIENCRYPTED_BLOCK_INFO) { 0, 0, 1 };
	blt.SrcResourceSize = size;
	EXPECT_EQ(S_OK, decrypt(&self->r, &blt));
}

/* --- CBCS ------------------------------------------------------------------------------------- */

/* Encrypts as the block info has it: one chain over all encrypted runs that are whole. */
static void encrypt_chain(struct resources *r, const D3DDDIENCRYPTED_BLOCK_INFO *info, UINT size,
			  const __u8 iv[16])
{
	__u8 *map = r->map[0], chain[SIZE];
	UINT at[SIZE / 16], used = 0;

	memcpy(map, r->plain, size);
	for (UINT i = 0; i + 16 <= size; i += 16) {
		if (info && !vt_ddi_is_encrypted(info, i))
			continue;
		at[used] = i;
		memcpy(chain + 16 * used++, map + i, 16);
	}
	vt_cbcs(r->s.key, iv, chain, 16 * used, true);
	for (UINT i = 0; i < used; i++)
		memcpy(map + at[i], chain + 16 * i, 16);
}

FIXTURE(cbcs) {
	struct resources r;
};

FIXTURE_SETUP(cbcs)
{
	open_resources(&self->r, &VPROT_CRYPTOTYPE_AES128_CBCS);
}

FIXTURE_TEARDOWN(cbcs)
{
}

TEST_F(cbcs, block_info)
{
	static const D3DDDIENCRYPTED_BLOCK_INFO infos[] = {
		{ 0, 0, 0 }, { 16, 0, 0 }, { 160, 0, 0 }, { 0, 16, 0 }, { 32, 100, 0 },
		{ 0, 0, 16 }, { 16, 0, 7 }, { 16, 144, 16 }, { 16, 16, 16 }, { 16, 2992, 16 },
	};
	static const UINT sizes[] = { SIZE, 1600, 1601, 1615, 176, 175, 160 };
	__u8 iv[16];

	for (size_t i = 0; i < ARRAY_SIZE(infos) * ARRAY_SIZE(sizes); i++) {
		const D3DDDIENCRYPTED_BLOCK_INFO *info = &infos[i / ARRAY_SIZE(sizes)];
		UINT size = sizes[i % ARRAY_SIZE(sizes)];
		D3DDDIARG_DECRYPTIONBLT blt = decryption(&self->r, iv);

		vt_fill(&self->r.seed, iv, sizeof(iv));
		vt_fill(&self->r.seed, self->r.plain, size);
		encrypt_chain(&self->r, info, size, iv);
		blt.SrcResourceSize = size;
		blt.pEncryptedBlockInfo = info;
		ASSERT_EQ(S_OK, decrypt(&self->r, &blt));
		EXPECT_TRUE(holds_plain(&self->r, 0)) {
			TH_LOG("%u bytes, info %u %u %u", size, info->NumEncryptedBytesAtBeginning,
			       info->NumBytesInSkipPattern, info->NumBytesInEncryptPattern);
		}
	}

	/* Without it, all of it. */
	D3DDDIARG_DECRYPTIONBLT whole = decryption(&self->r, iv);

	encrypt_chain(&self->r, NULL, SIZE, iv);
	ASSERT_EQ(S_OK, decrypt(&self->r, &whole));
	EXPECT_TRUE(holds_plain(&self->r, 0));
}

/* What is no pattern cannot be one chain. */
TEST_F(cbcs, block_info_refused)
{
	static const D3DDDIENCRYPTED_BLOCK_INFO infos[] = {
		{ 0, 144, 16 }, { 32, 144, 16 }, { 16, 143, 16 }, { 15, 144, 15 }, { 17, 16, 17 },
		{ SIZE + 1, 144, 16 }, { SIZE + 1, 0, 16 }, { SIZE + 1, 0, 0 },
	};
	__u8 iv[16] = { 0 };
	D3DDDIARG_DECRYPTIONBLT blt = decryption(&self->r, iv);

	for (size_t i = 0; i < ARRAY_SIZE(infos); i++) {
		blt.pEncryptedBlockInfo = &infos[i];
		EXPECT_EQ(E_INVALIDARG, decrypt(&self->r, &blt)) TH_LOG("info %zu", i);
	}
}

/* There is no counter to be strict about: the device's flag is for other sessions. */
TEST_F(cbcs, strict_device)
{
	struct vt_ddi_session s;
	struct vt_ddi strict;

	vt_ddi_open(&strict, VPROT_D3DDDI_STRICT_IV);
	vt_ddi_session_create_as(&s, &strict, &VPROT_CRYPTOTYPE_AES128_CBCS);
}

/* --- what is refused -------------------------------------------------------------------------- */

TEST_F(blt, decryption_refused)
{
	__u8 iv[16] = { 0 }, key[VT_KEY] = { 0 };
	D3DDDIARG_DECRYPTIONBLT good = decryption(&self->r, iv), bad;
	struct vt_ddi_session keyless, other;

	memcpy(self->r.map[0], self->r.plain, SIZE);
	vt_ctr(self->r.s.key, iv, self->r.map[0], SIZE);
	ASSERT_EQ(S_OK, decrypt(&self->r, &good));
	memset(self->r.map[0], 0xa5, SIZE);

#define BAD(bad_result, member, value) do { \
		bad = good; \
		bad.member = value; \
		EXPECT_EQ(bad_result, decrypt(&self->r, &bad)); \
	} while (0)

	EXPECT_EQ(E_INVALIDARG, self->r.ddi.funcs.pfnDecryptionBlt(self->r.ddi.device, NULL));
	BAD(E_INVALIDARG, pIV, NULL);
	BAD(E_INVALIDARG, SrcSubResourceIndex, COUNT);
	BAD(E_INVALIDARG, SrcSubResourceIndex, 0xffffffff);
	BAD(E_INVALIDARG, DstSubResourceIndex, COUNT);
	BAD(E_INVALIDARG, DstSubResourceIndex, 0xffffffff);
	/* Not into the next sub-resource, though the buffer goes on there. */
	BAD(E_INVALIDARG, SrcResourceSize, SIZE + 1);
	BAD(E_INVALIDARG, SrcResourceSize, 0xffffffff);
	BAD(E_INVALIDARG, hSrcResource, vt_ddi_create_resource(&self->r.ddi, false, SIZE - 1));
	BAD(E_INVALIDARG, hDstResource, vt_ddi_create_resource(&self->r.ddi, true, SIZE - 1));
	BAD(E_ACCESSDENIED, hSrcResource, vt_ddi_create_resource(&self->r.ddi, true, SIZE));
	BAD(E_ACCESSDENIED, hDstResource, vt_ddi_create_resource(&self->r.ddi, false, SIZE));
	BAD(E_INVALIDARG, pContentKey, vt_bad_page());

	vt_ddi_session_create(&keyless, &self->r.ddi);
	bad = good;
	bad.hCryptoSession = keyless.handle;
	bad.hDstResource = vt_ddi_create_resource(&self->r.ddi, true, SIZE);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, decrypt(&self->r, &bad));
	/* The resource belongs to the session that has written to it. */
	vt_ddi_session_open(&other, &self->r.ddi);
	BAD(E_ACCESSDENIED, hCryptoSession, other.handle);
	bad.pContentKey = key;
	EXPECT_EQ(E_ACCESSDENIED, decrypt(&self->r, &bad));

	EXPECT_TRUE(holds_plain(&self->r, 0));
#undef BAD
}

TEST_F(blt, encryption_refused)
{
	__u8 iv[16] = { 0 }, next[16];
	D3DDDIARG_DECRYPTIONBLT load = decryption(&self->r, iv);
	D3DDDIARG_ENCRYPTIONBLT good = encryption(&self->r, iv), bad;
	struct vt_ddi_session other;

	ASSERT_EQ(S_OK, decrypt(&self->r, &load));
	ASSERT_EQ(S_OK, encrypt(&self->r, &good));
	memcpy(next, iv, sizeof(iv));
	memset(iv, 0xa5, sizeof(iv));
	for (int i = 0; i < COUNT; i++)
		memset(self->r.map[i], 0xa5, SIZE);

#define BAD(bad_result, member, value) do { \
		bad = good; \
		bad.member = value; \
		EXPECT_EQ(bad_result, encrypt(&self->r, &bad)); \
	} while (0)

	EXPECT_EQ(E_INVALIDARG, self->r.ddi.funcs.pfnEncryptionBlt(self->r.ddi.device, NULL));
	BAD(E_INVALIDARG, pIV, NULL);
	BAD(E_INVALIDARG, SrcSubResourceIndex, COUNT);
	BAD(E_INVALIDARG, DstSubResourceIndex, COUNT);
	BAD(E_INVALIDARG, DstSubResourceIndex, 0xffffffff);
	BAD(E_INVALIDARG, DstResourceSize, SIZE - 1);
	BAD(E_INVALIDARG, DstResourceSize, SIZE + 1);
	BAD(E_INVALIDARG, DstResourceSize, 0);
	BAD(E_INVALIDARG, hDstResource, vt_ddi_create_resource(&self->r.ddi, false, SIZE - 1));
	BAD(E_ACCESSDENIED, hSrcResource, vt_ddi_create_resource(&self->r.ddi, false, SIZE));
	BAD(E_ACCESSDENIED, hDstResource, vt_ddi_create_resource(&self->r.ddi, true, SIZE));

	vt_ddi_session_open(&other, &self->r.ddi);
	BAD(E_ACCESSDENIED, hCryptoSession, other.handle);
	/* Without a read-back key nothing is read back: the session key is not for that. */
	vt_ddi_session_create(&other, &self->r.ddi);
	vt_ddi_key_exchange(&other);
	bad.hCryptoSession = other.handle;
	bad.hSrcResource = vt_ddi_create_resource(&self->r.ddi, true, SIZE);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, encrypt(&self->r, &bad));

	for (int i = 0; i < sizeof(iv); i++)
		EXPECT_EQ(0xa5, iv[i]);
	for (int i = 0; i < COUNT; i++)
		for (int j = 0; j < SIZE; j++)
			ASSERT_EQ(0xa5, self->r.map[i][j]);
	/* Nor was a number of the IV used up. */
	ASSERT_EQ(S_OK, encrypt(&self->r, &good));
	next[7]++;
	if (next[7])
		EXPECT_EQ(0, memcmp(next, iv, sizeof(iv)));
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
		DXVADDI_PVP_HW_IV iv = { .IV = htobe64(5) };
		struct vt_ddi_session s;
		HANDLE clear, restricted;
		struct vt_ddi ddi;

		vt_ddi_open(&ddi, devices[i].flags);
		vt_ddi_session_open(&s, &ddi);
		clear = vt_ddi_create_resource(&ddi, false, SIZE);
		restricted = vt_ddi_create_resource(&ddi, true, SIZE);
		ASSERT_EQ(S_OK, vt_ddi_decrypt(&s, clear, restricted, SIZE, (__u8 *)&iv));
		EXPECT_EQ(devices[i].again,
			  vt_ddi_decrypt(&s, clear, restricted, SIZE, (__u8 *)&iv));
		iv.IV = htobe64(4);
		EXPECT_EQ(devices[i].again,
			  vt_ddi_decrypt(&s, clear, restricted, SIZE, (__u8 *)&iv));
		iv.IV = htobe64(6);
		EXPECT_EQ(S_OK, vt_ddi_decrypt(&s, clear, restricted, SIZE, (__u8 *)&iv));
		/* With a new session key the history starts anew. */
		vt_ddi_refresh(&s);
		iv.IV = htobe64(5);
		EXPECT_EQ(S_OK, vt_ddi_decrypt(&s, clear, restricted, SIZE, (__u8 *)&iv));
	}
}

TEST_HARNESS_MAIN
