// SPDX-License-Identifier: GPL-2.0
/*
 * What the device can do, and the switches of what of it is optional.
 */
#include <linux/moduleparam.h>

#include <drm/vprot_drm.h>

#include "vprot_blt.h"
#include "vprot_caps.h"
#include "vprot_device.h"
#include "vprot_gem.h"
#include "vprot_identity.h"
#include "vprot_protection.h"

static unsigned int crypto_types = BIT(DRM_VPROT_CRYPTO_AES128_CTR) |
				   BIT(DRM_VPROT_CRYPTO_AES128_CBCS);
module_param(crypto_types, uint, 0444);
MODULE_PARM_DESC(crypto_types,
		 "Mask of (1 << crypto type) of what is on offer: 2 AES128_CTR, 4 AES128_CBCS (6)");

static unsigned int key_exchange_types = BIT(DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP) |
					 BIT(DRM_VPROT_KEY_EXCHANGE_INTERNAL);
module_param(key_exchange_types, uint, 0444);
MODULE_PARM_DESC(key_exchange_types,
		 "Mask of (1 << key exchange type) of what is on offer: 2 RSAES_OAEP, if the device has an identity, 4 INTERNAL (6)");

static unsigned int channel_types = BIT(DRM_VPROT_CHANNEL_SOFTWARE);
module_param(channel_types, uint, 0444);
MODULE_PARM_DESC(channel_types,
		 "Mask of (1 << type) of the authenticated channels on offer: 4 SOFTWARE, if the device has an identity (4)");

/* By crypto type, from AES128_CTR on. */
static unsigned int caps_off[2];
module_param_array(caps_off, uint, NULL, 0644);
MODULE_PARM_DESC(caps_off,
		 "Masks of the caps that are switched off, for AES128_CTR and for AES128_CBCS: 0x8 PARTIAL_DECRYPTION, 0x10 CONTENT_KEY, 0x20 FRESHEN_SESSION_KEY, 0x40 ENCRYPTED_READ_BACK, 0x400 DECRYPTION_BLT (0,0)");

static bool session_key_readback;
module_param(session_key_readback, bool, 0444);
MODULE_PARM_DESC(session_key_readback,
		 "Read back under the session key instead of a read-back key, for clients that know nothing else. Unsafe: whoever records a key exchange can open further sessions with the same key and collect its key stream (N)");

static bool keyring = true;
module_param(keyring, bool, 0644);
MODULE_PARM_DESC(keyring, "Take content keys from the kernel's keyrings (Y)");

/* What every crypto type can do. Software it is in any case. */
#define OPTIONAL_CAPS	(DRM_VPROT_CAP_PARTIAL_DECRYPTION | \
			 DRM_VPROT_CAP_CONTENT_KEY | \
			 DRM_VPROT_CAP_FRESHEN_SESSION_KEY | \
			 DRM_VPROT_CAP_ENCRYPTED_READ_BACK | \
			 DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY | \
			 DRM_VPROT_CAP_DECRYPTION_BLT)

/**
 * vprot_caps() - what can be done with a crypto type
 * @crypto_type: one of &enum drm_vprot_crypto_type
 *
 * Read-back is in CTR mode, and no session key is used in two modes: where it is for CBC, only a
 * read-back key will do.
 *
 * Return: mask of DRM_VPROT_CAP_*.
 */
u64 vprot_caps(u32 crypto_type)
{
	u64 caps = OPTIONAL_CAPS;

	caps &= ~READ_ONCE(caps_off[crypto_type - DRM_VPROT_CRYPTO_AES128_CTR]);

	/* Neither is there without the other. */
	if (!(caps & DRM_VPROT_CAP_ENCRYPTED_READ_BACK))
		caps &= ~DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY;
	if (!(caps & DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY))
		caps &= ~DRM_VPROT_CAP_ENCRYPTED_READ_BACK;

	/* Unless it is asked for, by this and nothing else. */
	if (session_key_readback) {
		caps &= ~DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY;
		if (crypto_type == DRM_VPROT_CRYPTO_AES128_CBCS)
			caps &= ~DRM_VPROT_CAP_ENCRYPTED_READ_BACK;
	}

	if (IS_ENABLED(CONFIG_KEYS) && READ_ONCE(keyring))
		caps |= DRM_VPROT_CAP_KEYRING;
	return caps | DRM_VPROT_CAP_SOFTWARE;
}

/**
 * vprot_caps_check() - whether something can be done with a crypto type
 * @crypto_type: one of &enum drm_vprot_crypto_type
 * @needed: mask of DRM_VPROT_CAP_* that it needs
 *
 * Return: 0, or -EOPNOTSUPP if one of them is missing.
 */
int vprot_caps_check(u32 crypto_type, u64 needed)
{
	return needed & ~vprot_caps(crypto_type) ? -EOPNOTSUPP : 0;
}

/** vprot_session_key_readback() - Return: whether read-back is under the session key */
bool vprot_session_key_readback(void)
{
	return session_key_readback;
}

/**
 * vprot_crypto_type_check() - whether the device has a crypto type
 * @crypto_type: the value to check
 *
 * Return: 0; -EINVAL when it is none of &enum drm_vprot_crypto_type; -EOPNOTSUPP when the
 * administrator has switched it off.
 */
int vprot_crypto_type_check(u32 crypto_type)
{
	switch (crypto_type) {
	case DRM_VPROT_CRYPTO_AES128_CTR:
	case DRM_VPROT_CRYPTO_AES128_CBCS:
		return crypto_types & BIT(crypto_type) ? 0 : -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

/**
 * vprot_key_exchange_type_check() - whether the device has a key exchange type
 * @vdev: the device
 * @key_exchange_type: the value to check
 *
 * Return: 0; -EINVAL when it is none of &enum drm_vprot_key_exchange_type; -EOPNOTSUPP when it
 * needs an identity and there is none, or when the administrator has switched it off.
 */
int vprot_key_exchange_type_check(struct vprot_device *vdev, u32 key_exchange_type)
{
	switch (key_exchange_type) {
	case DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP:
		if (!vdev->identity)
			return -EOPNOTSUPP;
		fallthrough;
	case DRM_VPROT_KEY_EXCHANGE_INTERNAL:
		return key_exchange_types & BIT(key_exchange_type) ? 0 : -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

/**
 * vprot_channel_type_check() - whether the device has a type of authenticated channels
 * @vdev: the device
 * @channel_type: the value to check
 *
 * Return: 0; -EINVAL when it is none of &enum drm_vprot_channel_type; -EOPNOTSUPP when the device
 * does not have it, has no identity, or when the administrator has switched it off.
 */
int vprot_channel_type_check(struct vprot_device *vdev, u32 channel_type)
{
	switch (channel_type) {
	case DRM_VPROT_CHANNEL_SOFTWARE:
		return vdev->identity && channel_types & BIT(channel_type) ? 0 : -EOPNOTSUPP;
	case DRM_VPROT_CHANNEL_HARDWARE:
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

int vprot_get_caps_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vprot_device *vdev = to_vprot_device(drm);
	struct drm_vprot_get_caps *args = data;
	u32 type;
	int ret;

	ret = args->pad ? -EINVAL : vprot_crypto_type_check(args->crypto_type);
	if (ret)
		return ret;

	args->caps = vprot_caps(args->crypto_type);
	args->crypto_types = 0;
	for (type = DRM_VPROT_CRYPTO_AES128_CTR; type <= DRM_VPROT_CRYPTO_AES128_CBCS; type++)
		if (!vprot_crypto_type_check(type))
			args->crypto_types |= BIT(type);
	args->key_exchange_types = 0;
	for (type = DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP; type <= DRM_VPROT_KEY_EXCHANGE_INTERNAL;
	     type++)
		if (!vprot_key_exchange_type_check(vdev, type))
			args->key_exchange_types |= BIT(type);

	args->buffer_alignment = 1;
	args->block_alignment = 1;
	args->key_size = DRM_VPROT_KEY_SIZE;
	args->certificate_size = vprot_identity_certificate_size(vdev);
	args->max_blts = VPROT_MAX_BLTS;
	args->max_subsamples = VPROT_MAX_SUBSAMPLES;
	args->max_blt_size = VPROT_MAX_BLT_SIZE;
	args->max_buffer_size = VPROT_MAX_BUFFER_SIZE;
	args->max_file_sessions = vprot_max_file_sessions();
	args->max_sessions = vprot_max_sessions();
	args->max_file_protected = vprot_max_file_protected();
	args->max_protected = vprot_max_protected();
	args->max_syncs = VPROT_MAX_SYNCS;
	args->max_queued_blts = vprot_max_queued_blts();
	args->channel_types = 0;
	for (type = DRM_VPROT_CHANNEL_SOFTWARE; type <= DRM_VPROT_CHANNEL_HARDWARE; type++)
		if (!vprot_channel_type_check(vdev, type))
			args->channel_types |= BIT(type);
	args->max_file_channels = vprot_max_file_channels();
	args->max_channels = vprot_max_channels();
	args->max_file_processes = VPROT_MAX_PROCESSES;
	return 0;
}
