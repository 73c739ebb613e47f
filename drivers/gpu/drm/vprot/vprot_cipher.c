// SPDX-License-Identifier: GPL-2.0
/*
 * AES: CTR and CBC over scatterlists by the kernel's fastest implementations, single blocks by the
 * AES library.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/aes.h>
#include <crypto/skcipher.h>

#include <drm/drm_managed.h>
#include <drm/drm_print.h>
#include <drm/vprot_drm.h>

#include "vprot_caps.h"
#include "vprot_cipher.h"
#include "vprot_device.h"
#include "vprot_key.h"

static void vprot_cipher_pool_fini(struct drm_device *drm, void *data)
{
	struct vprot_cipher_pool *pool = data;
	struct vprot_key *key;
	void *stream;

	while ((key = vprot_spares_take(&pool->keys)))
		vprot_key_free(key);
	while ((stream = vprot_spares_take(&pool->streams)))
		kfree(stream);
}

/*
 * Whether an implementation of ctr(aes) stages. The generic template does: it writes the key
 * stream into the destination and adds the plaintext in place. Only those known not to are
 * trusted: x86's AES-NI and VAES code keeps the key stream in registers.
 */
static bool vprot_cipher_stages(const char *name)
{
	return !strstarts(name, "ctr-aes-aesni") && !strstarts(name, "ctr-aes-vaes");
}

/* Fill a pool with the implementation @name of the mode @alg. */
static int vprot_cipher_pool_init(struct vprot_device *vdev, struct vprot_cipher_pool *pool,
				  const char *name, const char *alg)
{
	struct crypto_skcipher *cipher;

	cipher = crypto_alloc_skcipher(name, 0, 0);
	if (IS_ERR(cipher)) {
		drm_err(&vdev->drm, "no cipher '%s' (%pe): see /proc/crypto for what there is\n",
			name, cipher);
		return PTR_ERR(cipher);
	}

	if (strcmp(crypto_tfm_alg_name(crypto_skcipher_tfm(cipher)), alg)) {
		drm_err(&vdev->drm, "cipher '%s' is not an implementation of %s\n", name, alg);
		crypto_free_skcipher(cipher);
		return -EINVAL;
	}

	strscpy(pool->name, crypto_skcipher_driver_name(cipher), sizeof(pool->name));
	pool->reqsize = crypto_skcipher_reqsize(cipher);
	pool->alignmask = crypto_skcipher_alignmask(cipher);
	/* What CBC writes nobody can see. */
	pool->stages = !pool->chains && vprot_cipher_stages(pool->name);
	crypto_free_skcipher(cipher);

	drm_info(&vdev->drm, "cipher %s%s\n", pool->name, pool->stages ? ", staged" : "");
	return drmm_add_action_or_reset(&vdev->drm, vprot_cipher_pool_fini, pool);
}

/**
 * vprot_ciphers_init() - choose the implementations of the bulk ciphers
 * @vdev: the device, whose pools are filled in; freed with it
 *
 * CTR is always there: read-back needs it.
 *
 * Return: 0, -ENOENT when the kernel has no ctr(aes), or no cbc(aes) and is to offer it, -EINVAL
 * when the cipher that was asked for is another one, -ENOMEM.
 */
int vprot_ciphers_init(struct vprot_device *vdev)
{
	int ret;

	ret = vprot_cipher_pool_init(vdev, &vdev->ctr, vprot_cipher_name(), "ctr(aes)");
	if (ret || vprot_crypto_type_check(DRM_VPROT_CRYPTO_AES128_CBCS))
		return ret;

	vdev->cbc.chains = true;
	return vprot_cipher_pool_init(vdev, &vdev->cbc, "cbc(aes)", "cbc(aes)");
}

/**
 * vprot_cipher_request_init() - make memory a request
 * @request: the memory, with room for what the cipher's requests need behind it
 */
void vprot_cipher_request_init(struct vprot_cipher_request *request)
{
	crypto_init_wait(&request->wait);
}

/**
 * vprot_cipher_run() - run the key stream over bytes (CTR), or decrypt them (CBC)
 * @request: request for the cipher of @key, in use by nobody else, with its IV
 * @key: the key, which says the mode
 * @src: source
 * @dst: destination; may be @src
 * @size: bytes; in CTR the low 64 bits of the counter must not wrap within them, in CBC they are
 *	whole blocks
 *
 * Unless @dst can be seen by nobody, each entry of the lists but the last must hold whole blocks:
 * the crypto API handles a block that lies in two entries in memory that it does not wipe. Sleeps.
 *
 * Return: 0 or the cipher's error.
 */
int vprot_cipher_run(struct vprot_cipher_request *request, const struct vprot_key *key,
		     struct scatterlist *src, struct scatterlist *dst, unsigned int size)
{
	struct skcipher_request *req = &request->req;

	skcipher_request_set_tfm(req, key->cipher);
	/* It may not sleep for memory: fences hang on it. */
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done,
				      &request->wait);
	skcipher_request_set_crypt(req, src, dst, size, request->iv);
	return crypto_wait_req(key->pool->chains ? crypto_skcipher_decrypt(req) :
						   crypto_skcipher_encrypt(req), &request->wait);
}

/**
 * vprot_cipher_decrypt_block() - decrypt one block (AES-128-ECB)
 * @key: the key
 * @out: gets the plaintext
 * @in: the ciphertext
 *
 * Return: 0 or -EINVAL, never for a key of 16 bytes.
 */
int vprot_cipher_decrypt_block(const u8 key[16], u8 out[16], const u8 in[16])
{
	struct crypto_aes_ctx ctx;
	int ret;

	ret = aes_expandkey(&ctx, key, AES_KEYSIZE_128);
	if (!ret)
		aes_decrypt(&ctx, out, in);
	memzero_explicit(&ctx, sizeof(ctx));
	return ret;
}
