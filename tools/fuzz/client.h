/* SPDX-License-Identifier: MIT */
/*
 * What clients know of their sessions, and the rules that can be checked with it.
 */
#ifndef FUZZ_CLIENT_H
#define FUZZ_CLIENT_H

#include "calls.h"

#define FZ_KEY_NUMBERS	960	/* a multiple of 64 */
#define FZ_KEY_MESSAGES	4	/* messages of key exchanges that are made beforehand */

/**
 * struct fz_session - what its clients know of a session
 *
 * Where several threads use a session the keys are a guess: wrong ones make contents that mean
 * nothing, and no check fails for that.
 */
struct fz_session {
	__u32 file;		/**< @file: Number of its open file. */
	__u32 handle;		/**< @handle: Its handle. */
	__u8 key[FZ_KEY];	/**< @key: The session key. */
	__u8 next[FZ_KEY];	/**< @next: The key after Finish. */
	__u8 read_back[FZ_KEY];	/**< @read_back: The read-back key. */
	bool has_key;		/**< @has_key: @key is known. */
	bool has_read_back;	/**< @has_read_back: @read_back is known. */
	__u64 had[FZ_KEY_NUMBERS / 64];	/**< @had: Numbers of the keys that it may have had. */
	unsigned int starts;	/**< @starts: Refreshes that may have been started. */
	unsigned int finishes;	/**< @finishes: Refreshes that were finished. */
	__u64 epoch[FZ_THREADS];	/**< @epoch: The latest epoch each thread was told. */
};

/** fz_client_slot() - what is in the slot of a field, in the file that the call goes to */
struct fz_slot fz_client_slot(const struct fz_call *call, const char *field);
/** fz_client_session() - the session that a call is about, or NULL when that is not known */
struct fz_session *fz_client_session(const struct fz_call *call, const char *field);
/** fz_client_epoch() - a thread was told an epoch: it must not go back */
void fz_client_epoch(struct fz_thread *t, struct fz_session *s, __u64 epoch);
/**
 * fz_client_key_message() - make the message of a key exchange
 * @number: which one; FZ_KEY_MESSAGES and more are wrong ones
 * @data: gets it, DRM_VPROT_KEY_EXCHANGE_SIZE bytes
 * @key: gets the key that is in it
 */
void fz_client_key_message(__u64 number, __u8 *data, __u8 key[FZ_KEY]);
/** fz_client_content_key() - the content key of a number */
void fz_client_content_key(__u64 number, __u8 key[FZ_KEY]);
/** fz_client_check_read_back() - look for other sessions' contents in what was read back */
void fz_client_check_read_back(struct fz_thread *t, struct fz_session *s,
			       const struct drm_vprot_blt *blt,
			       const struct drm_vprot_blt_result *result);

#endif
