// SPDX-License-Identifier: GPL-2.0
/*
 * Types that are switched off, by the parameters key_exchange_types, channel_types and
 * crypto_types: all three interfaces say so, what needs one is not available, and everything else
 * works.
 */
#include <vprot_d3d11ddi.h>
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "ddi.h"
#include "ddi11.h"
#include "model.h"
#include "module.h"

#define SEED	80

/* When all tests have ended, and closed the device; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	vt_module_reload("");
}

FIXTURE(types) {
	struct drm_vprot_get_caps caps;
	struct vt_ddi11 ddi11;
	struct vt_ddi ddi;
	int fd;
};

FIXTURE_VARIANT(types) {
	const char *parameters;
	bool oaep, internal, channels;	/* what is on offer */
};

FIXTURE_VARIANT_ADD(types, all) {
	.parameters = "key_exchange_types=6 channel_types=4",
	.oaep = true,
	.internal = true,
	.channels = true,
};

FIXTURE_VARIANT_ADD(types, no_internal) {
	.parameters = "key_exchange_types=2",
	.oaep = true,
	.channels = true,
};

FIXTURE_VARIANT_ADD(types, no_oaep) {
	.parameters = "key_exchange_types=4",
	.internal = true,
	.channels = true,
};

FIXTURE_VARIANT_ADD(types, no_channels) {
	.parameters = "channel_types=0",
	.oaep = true,
	.internal = true,
};

/* Bits of types that are not there offer nothing. */
FIXTURE_VARIANT_ADD(types, none) {
	.parameters = "key_exchange_types=0xfffffff9 channel_types=0xffffffeb",
};

FIXTURE_SETUP(types)
{
	vt_module_reload(variant->parameters);
	self->fd = vt_open();
	vt_caps(self->fd, &self->caps);
	vt_ddi_open(&self->ddi, 0);
	vt_ddi11_open(&self->ddi11, NULL, 0);
}

FIXTURE_TEARDOWN(types)
{
}

#define NATIVE(has)	((has) ? 0 : -EOPNOTSUPP)
#define DDI(has)	((has) ? S_OK : D3DDDIERR_NOTAVAILABLE)

TEST_F(types, native)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_INTERNAL,
	};
	struct drm_vprot_channel_create channel = { .type = DRM_VPROT_CHANNEL_SOFTWARE };

	EXPECT_EQ((variant->oaep ? 2 : 0) | (variant->internal ? 4 : 0),
		  self->caps.key_exchange_types);
	EXPECT_EQ(variant->channels ? 4 : 0, self->caps.channel_types);
	/* The identity is there in any case. */
	EXPECT_NE(0, self->caps.certificate_size);

	EXPECT_EQ(NATIVE(variant->internal),
		  vt_ioctl(self->fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
	create.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP;
	EXPECT_EQ(NATIVE(variant->oaep),
		  vt_ioctl(self->fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
	EXPECT_EQ(NATIVE(variant->channels),
		  vt_ioctl(self->fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &channel));
	/* What is wrong in itself is that first. */
	create.flags = ~0u;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
	channel.flags = 1;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &channel));
}

/* An INTERNAL session: what it reads back it can take again, as its own content key. */
static bool internal_works(int fd)
{
	__u8 key[VT_KEY], seen[2][64];
	struct drm_vprot_blt_result result;
	struct drm_vprot_get_encryption_blt_key get = {
		.size = VT_KEY,
		.key = (uintptr_t)key,
	};
	struct vt_buffer clear, secret;
	struct drm_vprot_blt blt = { .size = 64 };
	struct vt_session s;

	vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_clear(&clear, fd, 64);
	vt_protected(&secret, fd, 64);
	blt.src = clear.handle;
	blt.dst = secret.handle;
	memset(clear.map, 0x5a, 64);
	get.handle = s.handle;
	if (vt_decrypt_blt(&s, &blt) ||
	    vt_ioctl(fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get))
		return false;
	for (int i = 0; i < 2; i++) {
		blt = (struct drm_vprot_blt) {
			.src = secret.handle,
			.dst = clear.handle,
			.size = 64,
			.result = (uintptr_t)&result,
		};
		if (vt_encrypt_blt(&s, &blt))
			return false;
		memcpy(seen[i], clear.map, 64);
		blt = (struct drm_vprot_blt) {
			.src = clear.handle,
			.dst = secret.handle,
			.size = 64,
			.key_form = DRM_VPROT_KEY_WRAPPED,
			.key = (uintptr_t)key,
			.key_size = VT_KEY,
		};
		memcpy(blt.iv, result.iv, 16);
		if (vt_decrypt_blt(&s, &blt))
			return false;
	}
	return memcmp(seen[0], seen[1], 64);
}

/* What is on offer works. */
TEST_F(types, works)
{
	if (variant->oaep) {
		struct vt_session s;

		vt_session_open(&s, self->fd, 0);
		vt_refresh(&s);
		EXPECT_TRUE(vt_key_works(&s));
	}
	if (variant->internal)
		EXPECT_TRUE(internal_works(self->fd));
	if (variant->channels) {
		struct vt_channel c;

		vt_channel_open(&c, self->fd);
		vt_protect(&c, DRM_VPROT_PROTECTION_ENABLED);
	}
}

static HRESULT get_certificate_size(struct vt_ddi *ddi, const DDICERTIFICATEINFO *info)
{
	UINT size;
	const D3DDDIARG_GETCAPS get = {
		.Type = D3DDDICAPS_GETCERTIFICATESIZE,
		.pInfo = (VOID *)info,
		.pData = &size,
		.DataSize = sizeof(size),
	};

	return vprot_d3dddi_get_caps(ddi->adapter, &get);
}

TEST_F(types, d3d9)
{
	DDICONTENTPROTECTIONCAPS query = { .CryptoType = D3DCRYPTOTYPE_AES128_CTR };
	DDICERTIFICATEINFO of_sessions = {
		.CertificateType = D3DDDI_CERTTYPE_CRYPTOSESSION,
		.CryptoSessionType = D3DCRYPTOTYPE_AES128_CTR,
	}, of_channels = {
		.CertificateType = D3DDDI_CERTTYPE_AUTHENTICATED_CHANNEL,
		.ChannelType = DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE,
	};
	D3DDDIARG_CREATECRYPTOSESSION session = { .CryptoType = D3DCRYPTOTYPE_AES128_CTR };
	D3DDDIARG_CREATEAUTHENTICATEDCHANNEL channel = {
		.ChannelType = DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE,
	};
	const D3DDDI_DEVICEFUNCS *funcs = &self->ddi.funcs;
	const GUID none = { 0 };
	D3DCONTENTPROTECTIONCAPS caps = { 0 };
	const D3DDDIARG_GETCAPS get = {
		.Type = D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
		.pInfo = &query,
		.pData = &caps,
		.DataSize = sizeof(caps),
	};

	ASSERT_EQ(S_OK, vprot_d3dddi_get_caps(self->ddi.adapter, &get));
	EXPECT_EQ(0, memcmp(variant->oaep ? &D3DKEYEXCHANGE_RSAES_OAEP : &none,
			    &caps.KeyExchangeType, sizeof(GUID)));
	EXPECT_EQ(DDI(variant->oaep), get_certificate_size(&self->ddi, &of_sessions));
	EXPECT_EQ(DDI(variant->channels), get_certificate_size(&self->ddi, &of_channels));
	EXPECT_EQ(DDI(variant->oaep), funcs->pfnCreateCryptoSession(self->ddi.device, &session));
	EXPECT_EQ(DDI(variant->channels),
		  funcs->pfnCreateAuthenticatedChannel(self->ddi.device, &channel));
	if (variant->oaep) {
		struct vt_ddi_session s;

		vt_ddi_session_open(&s, &self->ddi);
		EXPECT_TRUE(vt_ddi_key_works(&s));
	}
}

TEST_F(types, d3d11)
{
	const GUID *const ctr = &D3D11_CRYPTO_TYPE_AES128_CTR;
	const GUID *const types[] = {
		&D3D11_KEY_EXCHANGE_RSAES_OAEP, &D3D11_KEY_EXCHANGE_HW_PROTECTION,
	};
	const bool offered[] = { variant->oaep, variant->internal };
	D3D11_1DDI_CERTIFICATE_INFO of_sessions = {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION,
		.CryptoSessionType = D3D11_CRYPTO_TYPE_AES128_CTR,
	}, of_channels = {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_AUTHENTICATED_CHANNEL,
		.ChannelType = D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE,
	};
	D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL channel = {
		.ChannelType = D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE,
	};
	const PFND3DWDDM2_0DDI_GETCRYPTOSESSIONPRIVATEDATASIZE get_size =
		self->ddi11.f2.pfnGetCryptoSessionPrivateDataSize;
	const D3D11_1DDI_VIDEODEVICEFUNCS *f = &self->ddi11.f;
	const D3D10DDI_HDEVICE device = self->ddi11.device;
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;
	UINT size, count = 0;
	GUID type;

	for (int i = 0; i < ARRAY_SIZE(types); i++) {
		const D3D11_1DDIARG_CREATECRYPTOSESSION create = {
			.CryptoType = *ctr,
			.KeyExchangeType = *types[i],
		};

		EXPECT_EQ(DDI(offered[i]),
			  f->pfnCreateCryptoSession(device, &create,
						    (D3D11_1DDI_HCRYPTOSESSION) {
							vt_ddi11_private() },
						    (D3D11_1DDI_HRTCRYPTOSESSION) { NULL }));
		EXPECT_EQ(DDI(offered[i]),
			  VT_REPORTED(&self->ddi11, get_size(device, ctr, NULL, types[i], &size,
							     &size)));
		if (!offered[i])
			continue;
		ASSERT_EQ(S_OK, f->pfnGetCryptoKeyExchangeType(device, ctr, NULL, count, &type));
		EXPECT_EQ(0, memcmp(types[i], &type, sizeof(type)));
		count++;
	}
	EXPECT_EQ(E_INVALIDARG, f->pfnGetCryptoKeyExchangeType(device, ctr, NULL, count, &type));
	ASSERT_EQ(S_OK, f->pfnGetContentProtectionCaps(device, ctr, NULL, &caps));
	EXPECT_EQ(count, caps.KeyExchangeTypeCount);

	EXPECT_EQ(DDI(variant->oaep),
		  VT_REPORTED(&self->ddi11, f->pfnGetCertificateSize(device, &of_sessions, &size)));
	EXPECT_EQ(DDI(variant->channels),
		  VT_REPORTED(&self->ddi11, f->pfnGetCertificateSize(device, &of_channels, &size)));
	EXPECT_EQ(DDI(variant->channels),
		  f->pfnCreateAuthenticatedChannel(device, &channel, (D3D11_1DDI_HAUTHCHANNEL) {
							vt_ddi11_private() },
						   (D3D11_1DDI_HRTAUTHCHANNEL) { NULL }));
	if (variant->oaep) {
		struct vt_ddi11_session s;

		vt_ddi11_session_open(&s, &self->ddi11);
		EXPECT_TRUE(vt_ddi11_key_works(&s));
	}
}

/* --- the crypto types on offer ---------------------------------------------------------------- */

FIXTURE(crypto_types) {
};

FIXTURE_VARIANT(crypto_types) {
	const char *parameters;
	__u32 offered, missing;
};

FIXTURE_VARIANT_ADD(crypto_types, ctr) {
	.parameters = "crypto_types=2",
	.offered = DRM_VPROT_CRYPTO_AES128_CTR,
	.missing = DRM_VPROT_CRYPTO_AES128_CBCS,
};

FIXTURE_VARIANT_ADD(crypto_types, cbcs) {
	.parameters = "crypto_types=4",
	.offered = DRM_VPROT_CRYPTO_AES128_CBCS,
	.missing = DRM_VPROT_CRYPTO_AES128_CTR,
};

FIXTURE_SETUP(crypto_types)
{
	vt_module_reload(variant->parameters);
}

FIXTURE_TEARDOWN(crypto_types)
{
}

TEST_F(crypto_types, what_is_offered_works)
{
	struct drm_vprot_get_caps caps = { .crypto_type = variant->offered };
	struct drm_vprot_blt blt = { .size = 4096 };
	struct vt_session s;
	struct vt_model m;

	vt_session_open_as(&s, vt_open(), variant->offered, 0);
	ASSERT_EQ(0, vt_ioctl(s.fd, DRM_IOCTL_VPROT_GET_CAPS, &caps));
	EXPECT_EQ(1 << variant->offered, caps.crypto_types);
	vt_model_open(&m, &s, 4096, SEED);
	ASSERT_EQ(0, vt_model_submit(&m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&m, 0, 4096));
}

TEST_F(crypto_types, the_other_is_not_there)
{
	struct drm_vprot_get_caps caps = { .crypto_type = variant->missing };
	struct drm_vprot_session_create create = {
		.crypto_type = variant->missing,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_INTERNAL,
	};
	int fd = vt_open();

	EXPECT_EQ(-EOPNOTSUPP, vt_ioctl(fd, DRM_IOCTL_VPROT_GET_CAPS, &caps));
	EXPECT_EQ(-EOPNOTSUPP, vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
	create.flags = ~0u;
	EXPECT_EQ(-EINVAL, vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
}

TEST_HARNESS_MAIN
