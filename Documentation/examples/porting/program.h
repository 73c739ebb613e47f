/* SPDX-License-Identifier: MIT */
/*
 * What program9.c and program11.c do for themselves: keys and checks, with OpenSSL.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define KEY_SIZE	16
#define MESSAGE_SIZE	256

/* End the program unless a method succeeds, or unless something is as it should be. */
#define CHECK(call)	REQUIRE((call) >= 0)
#define REQUIRE(what) do { \
	if (!(what)) { \
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
		exit(1); \
	} \
} while (0)

/** struct program_run - clear bytes of a sample, then encrypted ones */
struct program_run {
	uint32_t clear;		/**< @clear: clear bytes */
	uint32_t encrypted;	/**< @encrypted: encrypted bytes that follow */
};

/** program_random() - draw random bytes: keys, IVs, contents */
void program_random(void *out, size_t size);
/** program_wrap_for_device() - encrypt a key by RSAES-OAEP for the device of a certificate chain */
void program_wrap_for_device(const void *chain, size_t size, const uint8_t key[KEY_SIZE],
			    uint8_t message[MESSAGE_SIZE]);
/** program_wrap() - encrypt a key by AES-ECB under another one */
void program_wrap(const uint8_t with[KEY_SIZE], const uint8_t key[KEY_SIZE],
		 uint8_t wrapped[KEY_SIZE]);
/** program_unwrap() - the other way round */
void program_unwrap(const uint8_t with[KEY_SIZE], const uint8_t wrapped[KEY_SIZE],
		   uint8_t key[KEY_SIZE]);
/** program_refresh() - XOR a random number into a session key */
void program_refresh(uint8_t key[KEY_SIZE], const uint8_t random_number[KEY_SIZE]);
/** program_crypt() - encrypt or decrypt by AES-CTR, in place, the encrypted bytes of some runs */
void program_crypt(const uint8_t key[KEY_SIZE], const uint8_t iv[16], void *data,
		  const struct program_run *runs, size_t count);
/** program_sign() - put the OMAC of what follows it into a message of a channel */
void program_sign(const uint8_t key[KEY_SIZE], void *message, size_t size);
/** program_is_signed() - whether that OMAC is right */
bool program_is_signed(const uint8_t key[KEY_SIZE], const void *message, size_t size);
/** program_lose() - have the device lose all sessions, by its vprot_teardown in debugfs */
void program_lose(const char *teardown);

#endif
