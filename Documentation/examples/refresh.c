// SPDX-License-Identifier: MIT
/* Decrypt under a session key, refresh it, and decrypt under the next one. */
#include <stdio.h>
#include <string.h>
#include <openssl/rand.h>
#include <vprot_drm.h>
#include <vprot.h>
#include <vprot_client.h>

#define CHECK(call) do { int r = (call); if (r) { printf("%s: %s\n", #call, strerror(-r)); return 1; } } while (0)

int main(void)
{
	uint8_t key[VPROT_KEY_SIZE], nonce[VPROT_KEY_SIZE], message[VPROT_KEY_EXCHANGE_SIZE], *chain;
	struct vprot_blit blit = { .size = 12, .iv = { 1 } };
	struct vprot_session *session;
	struct vprot_device *dev;
	uint64_t epoch = 1;
	size_t chain_size;
	void *map;

	CHECK(vprot_device_open(&dev));
	CHECK(vprot_session_create(dev, DRM_VPROT_CRYPTO_AES128_CTR, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &session));

	/* The client draws the session key. A real one checks the certificate first: vprot_client_check_certificate(). */
	RAND_bytes(key, sizeof(key));
	CHECK(vprot_device_get_certificate(dev, &chain, &chain_size));
	CHECK(vprot_client_wrap_session_key(chain, chain_size, key, message));
	CHECK(vprot_session_key_exchange(session, message, sizeof(message)));

	CHECK(vprot_buffer_create(dev, 4096, 0, &blit.src));
	CHECK(vprot_buffer_create(dev, 4096, DRM_VPROT_GEM_PROTECTED, &blit.dst));
	CHECK(vprot_buffer_map(blit.src, &map));
	for (int i = 0; i < 3; i++) {
		vprot_client_crypt(key, blit.iv, "hello, world", map, blit.size);
		CHECK(vprot_session_decryption_blt(session, &blit, 1));
		printf("decrypted under epoch %d\n", (int)epoch);

		CHECK(vprot_session_start_key_refresh(session, nonce, sizeof(nonce)));
		vprot_client_apply_nonce(key, nonce);
		CHECK(vprot_session_finish_key_refresh(session, &epoch));
	}
	return 0;
}
