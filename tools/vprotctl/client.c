// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <vprot_drm.h>

#include "client.h"
#include "vprotctl.h"

void fail_if_gone(int ret)
{
	if (ret == -ENODEV)
		fail("the device is gone: its driver was unbound; bind it, and start again");
}

static void check_device(const uint8_t *chain, size_t chain_size, const char *root_path)
{
	size_t root_size;
	uint8_t *root;
	int ret;

	if (access(root_path, R_OK))
		fail("cannot read the root certificate %s: %s; name it with --root, or trust any device with --any-device",
		     root_path, strerror(errno));
	root = read_file(root_path, &root_size);
	ret = vprot_client_check_certificate(chain, chain_size, root, root_size);
	if (ret == -EKEYEXPIRED)
		fail("the device's certificate is not valid today; set the clock, or provision the device anew");
	if (ret == -EINVAL)
		fail("%s is not a certificate in DER form", root_path);
	if (ret)
		fail("the device's certificate does not lead to the root in %s; is this the root of its provisioning?",
		     root_path);
	free(root);
}

static void open_identity(struct client *client, const char *root_path)
{
	int ret;

	ret = vprot_device_get_certificate(client->dev, &client->chain, &client->chain_size);
	fail_if_gone(ret);
	if (ret)
		fail("the device has no identity; run 'vprotctl provision' and load the module again");
	if (root_path)
		check_device(client->chain, client->chain_size, root_path);
}

static int agree_on_key(struct client *client)
{
	uint8_t message[VPROT_KEY_EXCHANGE_SIZE];
	struct drm_vprot_session_status status;
	int ret;

	if (RAND_bytes(client->key, sizeof(client->key)) != 1)
		fail("OpenSSL has no random bytes");
	ret = vprot_client_wrap_session_key(client->chain, client->chain_size, client->key,
					    message) ?:
	      vprot_session_key_exchange(client->session, message, sizeof(message)) ?:
	      vprot_session_get_status(client->session, &status, sizeof(status));
	fail_if_gone(ret);
	if (ret && ret != -EKEYREVOKED)
		fail("the key exchange failed: %s; does the device's key belong to its certificate?",
		     strerror(-ret));
	client->epoch = ret ? 0 : status.epoch;
	return ret;
}

static int draw_read_back_key(struct client *client)
{
	uint8_t wrapped[VPROT_KEY_SIZE];
	int ret;

	ret = vprot_session_get_encryption_blt_key(client->session, wrapped, sizeof(wrapped),
						   NULL);
	fail_if_gone(ret);
	if (!ret && !client->internal)
		ret = vprot_client_unwrap_key(client->key, wrapped, client->read_back_key);
	if (ret && ret != -EKEYREVOKED)
		fail("cannot get a read-back key: %s", strerror(-ret));
	return ret;
}

static uint32_t key_exchange_type(const struct client *client)
{
	return client->internal ? DRM_VPROT_KEY_EXCHANGE_INTERNAL :
				  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP;
}

/* What it takes to play, whatever the film is like. A refresh is not asked for by all. */
static void check_caps(const struct client *client)
{
	const uint64_t needed = DRM_VPROT_CAP_DECRYPTION_BLT | DRM_VPROT_CAP_PARTIAL_DECRYPTION |
				DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY |
				(client->keyring ? 0 : DRM_VPROT_CAP_CONTENT_KEY);
	struct drm_vprot_get_caps caps;
	int ret;

	ret = vprot_device_get_caps(client->dev, client->crypto_type, &caps, sizeof(caps));
	fail_if_gone(ret);
	if (ret == -EOPNOTSUPP)
		fail("the device does not offer what the film is encrypted with; load the module without crypto_types");
	if (ret)
		fail("the device does not answer: %s", strerror(-ret));
	if (!(caps.key_exchange_types & 1 << key_exchange_type(client)))
		fail("the device %s; load the module without key_exchange_types", client->internal ?
		     "draws no keys of its own" : "does not take keys from its clients");
	if (client->keyring && !(caps.caps & DRM_VPROT_CAP_KEYRING))
		fail("the device takes no keys of the kernel's keyrings; load the module with keyring=1");
	if (needed & ~caps.caps)
		fail("the device lacks a cap that playing takes, see 'vprotctl caps'; load the module without caps_off and session_key_readback");
}

/* Returns 0, or -EKEYREVOKED when the session was lost before it was complete. */
static int begin_session(struct client *client)
{
	int ret;

	ret = vprot_session_create(client->dev, client->crypto_type, key_exchange_type(client), 0,
				   &client->session);
	fail_if_gone(ret);
	if (ret)
		fail("cannot create a session: %s", strerror(-ret));
	client->epoch = 1;
	ret = client->internal ? 0 : agree_on_key(client);
	return ret ?: draw_read_back_key(client);
}

static void end_session(struct client *client)
{
	struct drm_vprot_session_status status;
	int ret;

	ret = vprot_session_get_status(client->session, &status, sizeof(status));
	fail_if_gone(ret);
	if (ret)
		fail("the session does not tell its status: %s", strerror(-ret));
	client->decrypted += status.decrypted;
	client->encrypted += status.encrypted;
	vprot_session_unref(client->session);
}

void client_open(struct client *client, const char *root_path)
{
	pthread_mutex_init(&client->lock, NULL);
	client->dev = open_device();
	/* Of whom nobody is told a key it need not be known who he is. */
	if (!client->internal)
		open_identity(client, root_path);
	check_caps(client);
	if (begin_session(client))
		client_renew(client);
}

void client_renew(struct client *client)
{
	do
		end_session(client);
	while (begin_session(client));
}

void client_close(struct client *client)
{
	end_session(client);
	vprot_device_unref(client->dev);
	free(client->chain);
	OPENSSL_cleanse(client->key, sizeof(client->key));
	OPENSSL_cleanse(client->read_back_key, sizeof(client->read_back_key));
	pthread_mutex_destroy(&client->lock);
}

int client_wrap(struct client *client, const uint8_t content_key[VPROT_KEY_SIZE],
		uint8_t wrapped[VPROT_KEY_SIZE], uint64_t *epoch)
{
	int ret;

	pthread_mutex_lock(&client->lock);
	ret = vprot_client_wrap_content_key(client->key, content_key, wrapped);
	*epoch = client->epoch;
	pthread_mutex_unlock(&client->lock);
	return ret;
}

int client_refresh(struct client *client, uint64_t *epoch)
{
	uint8_t nonce[VPROT_KEY_SIZE];
	int ret;

	ret = vprot_session_start_key_refresh(client->session, nonce, sizeof(nonce));
	if (ret)
		return ret;

	/* Others wrap under the old key until here, and under the new one from here on. */
	pthread_mutex_lock(&client->lock);
	ret = vprot_session_finish_key_refresh(client->session, epoch);
	if (!ret) {
		vprot_client_apply_nonce(client->key, nonce);
		client->epoch = *epoch;
	}
	pthread_mutex_unlock(&client->lock);
	return ret;
}
