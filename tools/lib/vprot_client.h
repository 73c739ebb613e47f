/* SPDX-License-Identifier: MIT */
/*
 * libdrm_vprot: the client's part of a protected session, done with OpenSSL.
 */
#ifndef VPROT_CLIENT_H
#define VPROT_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "vprot.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * vprot_client_check_certificate() - check a device's certificate chain
 * @chain: DER certificates one after the other, the device's first
 * @chain_size: bytes in @chain
 * @root: the DER certificate that the client trusts
 * @root_size: bytes in @root
 *
 * The chain must lead to @root, every certificate must be valid today, the issuers must be
 * certificate authorities, and the device's certificate must hold an RSA-2048 key that may encipher
 * keys.
 *
 * Return: 0; -EINVAL when an input is no certificate; -EKEYEXPIRED when a certificate is not valid
 * today; -EKEYREJECTED for another root, signature, usage or key.
 */
int vprot_client_check_certificate(const void *chain, size_t chain_size,
				   const void *root, size_t root_size);

/**
 * vprot_client_wrap_session_key() - encrypt a session key for a device
 * @chain: the device's certificate chain, checked before
 * @chain_size: bytes in @chain
 * @key: the session key
 * @message: gets what vprot_session_key_exchange() sends
 *
 * Return: 0; -EINVAL when @chain does not begin with a certificate that holds an RSA-2048 key.
 */
int vprot_client_wrap_session_key(const void *chain, size_t chain_size,
				  const uint8_t key[VPROT_KEY_SIZE],
				  uint8_t message[VPROT_KEY_EXCHANGE_SIZE]);

/**
 * vprot_client_apply_nonce() - bring the client's copy of a session key to the next epoch
 * @key: the session key; the nonce is XORed into it
 * @nonce: what vprot_session_start_key_refresh() gave
 */
void vprot_client_apply_nonce(uint8_t key[VPROT_KEY_SIZE], const uint8_t nonce[VPROT_KEY_SIZE]);

/**
 * vprot_client_wrap_content_key() - encrypt a content key with AES-ECB under the session key
 * @session_key: the session key
 * @content_key: the content key
 * @wrapped: gets what a decryption blit takes
 *
 * Return: 0.
 */
int vprot_client_wrap_content_key(const uint8_t session_key[VPROT_KEY_SIZE],
				  const uint8_t content_key[VPROT_KEY_SIZE],
				  uint8_t wrapped[VPROT_KEY_SIZE]);

/**
 * vprot_client_unwrap_key() - decrypt a key that is wrapped with AES-ECB under the session key
 * @session_key: the session key
 * @wrapped: what vprot_session_get_encryption_blt_key() gave
 * @key: gets the read-back key
 *
 * Return: 0.
 */
int vprot_client_unwrap_key(const uint8_t session_key[VPROT_KEY_SIZE],
			    const uint8_t wrapped[VPROT_KEY_SIZE], uint8_t key[VPROT_KEY_SIZE]);

/**
 * vprot_client_crypt() - AES-128-CTR, the count of 64 bits wrapping without a carry into the IV
 * @key: the key
 * @iv: the counter block to start with
 * @in: @size bytes
 * @out: gets @size bytes; may be @in
 * @size: bytes
 *
 * Decrypts what an encryption blit read back; encrypting is the same.
 *
 * Return: 0; -EIO when OpenSSL fails, with @out in part written.
 */
int vprot_client_crypt(const uint8_t key[VPROT_KEY_SIZE], const uint8_t iv[16], const void *in,
		       void *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* VPROT_CLIENT_H */
