// SPDX-License-Identifier: GPL-2.0
/*
 * The device's identity: an RSA-2048 key pair and the certificate of its public half, provisioned
 * as firmware files, and the key exchange that is done with them.
 */
#include <linux/firmware.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <crypto/akcipher.h>
#include <crypto/hash.h>
#include <crypto/internal/rsa.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "vprot_compat.h"
#include "vprot_device.h"
#include "vprot_identity.h"
#include "vprot_oaep.h"
#include "vprot_session.h"

#define KEY_FILE		"vprot/device-key.der"
#define CERTIFICATE_FILE	"vprot/device-cert.der"
#define MAX_KEY_FILE		SZ_4K
#define MAX_CERTIFICATE_FILE	SZ_64K

#define RSA_SIZE		DRM_VPROT_KEY_EXCHANGE_SIZE

/**
 * struct vprot_identity - key pair and certificate of a device
 */
struct vprot_identity {
	/** @certificate: certificate chain, DER */
	u8 *certificate;
	/** @certificate_size: bytes in @certificate */
	size_t certificate_size;
	/** @sha512: hash of the OAEP encoding */
	struct crypto_shash *sha512;
	/** @rsa: RSA with the private key */
	struct crypto_akcipher *rsa;
	/** @modulus: the modulus */
	MPI modulus;
	/** @blinding_lock: protects @blind and @unblind */
	struct mutex blinding_lock;
	/**
	 * @blind: r^e, for a random r that nobody knows. A ciphertext times this decrypts to its
	 * plaintext times r: the RSA operation works on a number that the client cannot choose.
	 */
	MPI blind;
	/** @unblind: r^-1. Both are squared at each use. */
	MPI unblind;
};

static void vprot_identity_fini(struct drm_device *drm, void *data)
{
	struct vprot_identity *identity = data;

	mpi_free(identity->unblind);
	mpi_free(identity->blind);
	mpi_free(identity->modulus);
	if (!IS_ERR_OR_NULL(identity->rsa))
		crypto_free_akcipher(identity->rsa);
	if (!IS_ERR_OR_NULL(identity->sha512))
		crypto_free_shash(identity->sha512);
	kvfree(identity->certificate);
	mutex_destroy(&identity->blinding_lock);
	kfree(identity);
}

/*
 * Make the blinding pair from a random r. -1 in the exponent of the inverse stands for phi - 1,
 * the order of the group less one: r^(phi - 1) = r^-1.
 */
static int vprot_identity_make_blinding(struct vprot_identity *identity, const struct rsa_key *key)
{
	u8 random[RSA_SIZE];
	MPI p, q, e, r, exponent, product;
	int ret = -ENOMEM;

	get_random_bytes(random, sizeof(random));

	p = mpi_read_raw_data(key->p, key->p_sz);
	q = mpi_read_raw_data(key->q, key->q_sz);
	e = mpi_read_raw_data(key->e, key->e_sz);
	r = mpi_read_raw_data(random, sizeof(random));
	exponent = mpi_alloc(0);
	product = mpi_alloc(0);
	identity->blind = mpi_alloc(0);
	identity->unblind = mpi_alloc(0);
	if (!p || !q || !e || !r || !exponent || !product || !identity->blind || !identity->unblind)
		goto out;

	/* exponent = (p - 1)(q - 1) - 1 */
	ret = mpi_sub_ui(p, p, 1) ?:
	      mpi_sub_ui(q, q, 1) ?:
	      vprot_compat_mpi_mul(exponent, p, q) ?:
	      mpi_sub_ui(exponent, exponent, 1) ?:
	      mpi_powm(identity->blind, r, e, identity->modulus) ?:
	      mpi_powm(identity->unblind, r, exponent, identity->modulus) ?:
	      vprot_compat_mpi_mulm(product, r, identity->unblind, identity->modulus);
	if (ret)
		goto out;

	/* Also shows that p and q are the factors of the modulus. */
	if (mpi_cmp_ui(product, 1))
		ret = -EINVAL;
out:
	mpi_free(product);
	mpi_free(exponent);
	mpi_free(r);
	mpi_free(e);
	mpi_free(q);
	mpi_free(p);
	memzero_explicit(random, sizeof(random));
	return ret;
}

/* Whether the certificate is one of this key: it holds the modulus, which is given big-endian. */
static bool vprot_identity_certifies(const struct vprot_identity *identity, const u8 *modulus,
				     size_t size)
{
	const u8 *at = identity->certificate;
	const u8 *end = at + identity->certificate_size;

	for (; end - at >= size; at++)
		if (!memcmp(at, modulus, size))
			return true;
	return false;
}

static int vprot_identity_set_key(struct vprot_identity *identity, const u8 *der, size_t size)
{
	struct rsa_key key = {};
	int ret;

	ret = rsa_parse_priv_key(&key, der, size);
	if (ret)
		return ret;

	identity->modulus = mpi_read_raw_data(key.n, key.n_sz);
	if (!identity->modulus)
		return -ENOMEM;
	if (mpi_get_nbits(identity->modulus) != RSA_SIZE * 8)
		return -EINVAL;
	if (!vprot_identity_certifies(identity, key.n + key.n_sz - RSA_SIZE, RSA_SIZE))
		return -EKEYREJECTED;

	/* By this name: other implementations may strip leading zeros, which is an oracle. */
	identity->rsa = crypto_alloc_akcipher("rsa-generic", 0, 0);
	if (IS_ERR(identity->rsa))
		return PTR_ERR(identity->rsa);
	identity->sha512 = crypto_alloc_shash("sha512", 0, 0);
	if (IS_ERR(identity->sha512))
		return PTR_ERR(identity->sha512);

	return crypto_akcipher_set_priv_key(identity->rsa, der, size) ?:
	       vprot_identity_make_blinding(identity, &key);
}

/* Load a firmware file into memory of ours: a plain request leaves copies behind. */
static int vprot_identity_load(struct vprot_device *vdev, const char *name, void *buf, size_t max,
			       size_t *size)
{
	const struct firmware *fw;
	int ret;

	ret = request_firmware_into_buf(&fw, name, vdev->drm.dev, buf, max);
	if (ret)
		return ret;

	*size = fw->size;
	release_firmware(fw);
	return 0;
}

/**
 * vprot_identity_init() - load the device's identity, if it was given one
 * @vdev: the device; its identity is set and freed with it
 *
 * A device whose files are missing or not usable has no identity, and the log says so.
 *
 * Return: 0 or -ENOMEM.
 */
int vprot_identity_init(struct vprot_device *vdev)
{
	struct vprot_identity *identity;
	size_t key_size = 0;
	u8 *key_file;
	int ret;

	identity = kzalloc(sizeof(*identity), GFP_KERNEL);
	if (!identity)
		return -ENOMEM;
	mutex_init(&identity->blinding_lock);

	key_file = kzalloc(MAX_KEY_FILE, GFP_KERNEL);
	identity->certificate = kvzalloc(MAX_CERTIFICATE_FILE, GFP_KERNEL);
	if (key_file && identity->certificate)
		ret = vprot_identity_load(vdev, KEY_FILE, key_file, MAX_KEY_FILE, &key_size) ?:
		      vprot_identity_load(vdev, CERTIFICATE_FILE, identity->certificate,
					  MAX_CERTIFICATE_FILE, &identity->certificate_size) ?:
		      vprot_identity_set_key(identity, key_file, key_size);
	else
		ret = -ENOMEM;
	kfree_sensitive(key_file);

	if (ret) {
		vprot_identity_fini(&vdev->drm, identity);
		if (ret == -ENOMEM)
			return ret;
		drm_info(&vdev->drm, "no usable identity in " KEY_FILE " and " CERTIFICATE_FILE
			 " (%d): RSAES-OAEP is not offered\n", ret);
		return 0;
	}

	vdev->identity = identity;
	return drmm_add_action_or_reset(&vdev->drm, vprot_identity_fini, identity);
}

/**
 * vprot_identity_certificate_size() - size of the certificate chain
 * @vdev: the device
 *
 * Return: bytes, 0 without an identity.
 */
size_t vprot_identity_certificate_size(struct vprot_device *vdev)
{
	return vdev->identity ? vdev->identity->certificate_size : 0;
}

/* Take the blinding pair for one use, and leave its squares behind for the next. */
static int vprot_identity_take_blinding(struct vprot_identity *identity, MPI *blind, MPI *unblind)
{
	MPI n = identity->modulus;
	int ret = -ENOMEM;

	*blind = mpi_alloc(0);
	*unblind = mpi_alloc(0);
	if (!*blind || !*unblind)
		return ret;

	mutex_lock(&identity->blinding_lock);
	ret = vprot_compat_mpi_mulm(*blind, identity->blind, identity->blind, n) ?:
	      vprot_compat_mpi_mulm(*unblind, identity->unblind, identity->unblind, n);
	if (!ret) {
		swap(identity->blind, *blind);
		swap(identity->unblind, *unblind);
	}
	mutex_unlock(&identity->blinding_lock);
	return ret;
}

/*
 * Blind a ciphertext: c = c * blind. A multiplication takes shortcuts where a number is small or
 * has many zeros, so c gets a random multiple of the modulus before.
 */
static int vprot_identity_blind(struct vprot_identity *identity, MPI c, MPI blind)
{
	u8 random[8];
	MPI multiple;
	int ret;

	get_random_bytes(random, sizeof(random));
	random[0] |= 0x80; /* so that its size is always the same */
	multiple = mpi_read_raw_data(random, sizeof(random));
	if (!multiple)
		return -ENOMEM;

	ret = vprot_compat_mpi_mul(multiple, multiple, identity->modulus) ?:
	      vprot_compat_mpi_add(c, c, multiple) ?:
	      vprot_compat_mpi_mulm(c, c, blind, identity->modulus);
	mpi_free(multiple);
	return ret;
}

/* The RSA operation with the private key, in place. */
static int vprot_identity_rsa(struct vprot_identity *identity, u8 *message)
{
	struct akcipher_request *req;
	struct scatterlist sg;
	MPI c, m = NULL, blind = NULL, unblind = NULL;
	DECLARE_CRYPTO_WAIT(wait);
	int ret = -ENOMEM;

	sg_init_one(&sg, message, RSA_SIZE);

	req = akcipher_request_alloc(identity->rsa, GFP_KERNEL);
	c = mpi_read_raw_data(message, RSA_SIZE);
	if (!req || !c)
		goto out;

	/* Only a number below the modulus is a ciphertext, and 0 stays 0 under blinding. */
	ret = -EKEYREJECTED;
	if (!mpi_cmp_ui(c, 0) || mpi_cmp(c, identity->modulus) >= 0)
		goto out;

	ret = vprot_identity_take_blinding(identity, &blind, &unblind) ?:
	      vprot_identity_blind(identity, c, blind) ?:
	      mpi_write_to_sgl(c, &sg, RSA_SIZE, NULL);
	if (ret)
		goto out;

	akcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP | CRYPTO_TFM_REQ_MAY_BACKLOG,
				      crypto_req_done, &wait);
	akcipher_request_set_crypt(req, &sg, &sg, RSA_SIZE, RSA_SIZE);
	/* Such a number it only fails for lack of memory, which it sometimes calls -EINVAL. */
	ret = -ENOMEM;
	if (crypto_wait_req(crypto_akcipher_decrypt(req), &wait))
		goto out;

	m = mpi_read_raw_data(message, RSA_SIZE);
	if (!m)
		goto out;
	ret = vprot_compat_mpi_mulm(m, m, unblind, identity->modulus) ?:
	      mpi_write_to_sgl(m, &sg, RSA_SIZE, NULL);
out:
	mpi_free(unblind);
	mpi_free(blind);
	mpi_free(m);
	mpi_free(c);
	akcipher_request_free(req);
	return ret;
}

/**
 * vprot_identity_decrypt_key() - get the key out of the message of a key exchange
 * @vdev: the device, which has an identity
 * @message: the message; used up
 * @key: gets the key; holds nothing of use on failure
 *
 * Return: 0, -ENOMEM, or -EKEYREJECTED for whatever is wrong with the message. Sleeps.
 */
int vprot_identity_decrypt_key(struct vprot_device *vdev, u8 message[DRM_VPROT_KEY_EXCHANGE_SIZE],
			       u8 key[DRM_VPROT_KEY_SIZE])
{
	struct vprot_identity *identity = vdev->identity;
	int ret;

	ret = vprot_identity_rsa(identity, message) ?:
	      vprot_oaep_decode(identity->sha512, message, key);

	/* One answer for all that can be wrong with a message. */
	return ret && ret != -ENOMEM ? -EKEYREJECTED : ret;
}

int vprot_session_key_exchange_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vprot_device *vdev = to_vprot_device(drm);
	struct drm_vprot_session_key_exchange *args = data;
	struct vprot_session *session;
	u8 key[DRM_VPROT_KEY_SIZE];
	u8 *message;
	int ret;

	if (args->size != DRM_VPROT_KEY_EXCHANGE_SIZE)
		return -EINVAL;

	message = memdup_user(u64_to_user_ptr(args->data), DRM_VPROT_KEY_EXCHANGE_SIZE);
	if (IS_ERR(message))
		return PTR_ERR(message);

	session = vprot_session_lookup(file, args->handle);
	if (!session) {
		ret = -ENOENT;
		goto out_free;
	}

	if (session->key_exchange_type != DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP) {
		ret = -EOPNOTSUPP;
		goto out_put;
	}

	ret = vprot_session_alive(session) ?:
	      vprot_identity_decrypt_key(vdev, message, key) ?:
	      vprot_session_set_key(session, key);
	memzero_explicit(key, sizeof(key));
out_put:
	vprot_session_put(session);
out_free:
	kfree_sensitive(message);
	return ret;
}

int vprot_get_certificate_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vprot_identity *identity = to_vprot_device(drm)->identity;
	struct drm_vprot_get_certificate *args = data;

	if (args->pad)
		return -EINVAL;
	if (!identity)
		return -EOPNOTSUPP;

	if (args->size) {
		if (args->size < identity->certificate_size)
			return -EINVAL;
		if (copy_to_user(u64_to_user_ptr(args->data), identity->certificate,
				 identity->certificate_size))
			return -EFAULT;
	}
	args->size = identity->certificate_size;
	return 0;
}
