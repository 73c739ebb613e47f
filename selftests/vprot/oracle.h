/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests compare the driver with: OpenSSL's AES, and random data that can be repeated.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define VT_KEY	16

/* --- failing ---------------------------------------------------------------------------------- */

/**
 * vt_fatal() - end the test as failed, with a message
 * @format: as for printf(), without a newline
 */
void vt_fatal(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* --- random data that can be repeated --------------------------------------------------------- */

/**
 * vt_random() - the next number of a sequence
 * @seed: State of the sequence; its first value is what to print when a test fails.
 */
__u64 vt_random(__u64 *seed);
/** vt_fill() - fill memory from a sequence */
void vt_fill(__u64 *seed, void *data, size_t size);

/* --- the oracle ------------------------------------------------------------------------------- */

/**
 * vt_ctr() - AES-128-CTR as the driver has it: the count wraps without a carry into the IV
 * @key: The key.
 * @iv: The counter block of the first byte of @data.
 * @data: Encrypted or decrypted in place.
 * @size: Bytes in @data.
 */
void vt_ctr(const __u8 key[VT_KEY], const __u8 iv[16], void *data, size_t size);
/**
 * vt_cbcs() - AES-128-CBC over the whole blocks of one subsample's encrypted bytes
 * @key: The key.
 * @iv: What the first block is chained to.
 * @data: Encrypted or decrypted in place; what does not fill a block stays as it is.
 * @size: Bytes in @data.
 * @encrypt: Encrypt, else decrypt.
 */
void vt_cbcs(const __u8 key[VT_KEY], const __u8 iv[16], void *data, size_t size, bool encrypt);
/** vt_wrap() - AES-128-ECB encryption of one block, as for content keys; @in may be @out */
void vt_wrap(const __u8 key[VT_KEY], const __u8 in[VT_KEY], __u8 out[VT_KEY]);
/** vt_unwrap() - AES-128-ECB decryption of one block, as for read-back keys; @in may be @out */
void vt_unwrap(const __u8 key[VT_KEY], const __u8 in[VT_KEY], __u8 out[VT_KEY]);
/** vt_cmac() - AES-CMAC, as for the messages of authenticated channels */
void vt_cmac(const __u8 key[VT_KEY], const void *data, size_t size, __u8 out[16]);
/** vt_iv() - a counter block from its two numbers */
void vt_iv(__u8 out[16], __u64 iv, __u64 count);

#endif
