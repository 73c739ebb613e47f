/* SPDX-License-Identifier: MIT */
/*
 * A player's side of a session: the device checked, the session key known and refreshed, and a new
 * session begun when this one is lost.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vprot.h"
#include "vprot_client.h"

/**
 * struct client - a session and the keys that the player knows
 */
struct client {
	/** @crypto_type: that of its sessions, one of enum drm_vprot_crypto_type */
	uint32_t crypto_type;
	/** @keyring: content keys come from the kernel's keyrings */
	bool keyring;
	/** @internal: its sessions have keys that only the device knows */
	bool internal;
	/** @dev: the device */
	struct vprot_device *dev;
	/** @chain: its certificate chain, which was checked */
	uint8_t *chain;
	/** @chain_size: bytes in @chain */
	size_t chain_size;
	/** @session: the session */
	struct vprot_session *session;
	/** @lock: protects what follows; held while the device changes the key */
	pthread_mutex_t lock;
	/** @key: the session key; of an internal session it is not known, nor is what follows */
	uint8_t key[VPROT_KEY_SIZE];
	/** @epoch: its epoch */
	uint64_t epoch;
	/** @read_back_key: the read-back key; that of @session as long as it is there */
	uint8_t read_back_key[VPROT_KEY_SIZE];
	/** @decrypted: bytes that decryption blits of sessions that are over have moved */
	uint64_t decrypted;
	/** @encrypted: bytes that their encryption blits have moved */
	uint64_t encrypted;
};

/**
 * client_open() - check the device, agree on a session key, draw a read-back key; or fail()
 * @client: gets the session; @crypto_type, @keyring and @internal are set, all else is zero
 * @root_path: file of the root certificate to trust; NULL to trust any device. Of no use for an
 * internal session, where there is no key to agree on.
 */
void client_open(struct client *client, const char *root_path);

/**
 * client_renew() - begin a new session in place of one that is lost, or fail()
 * @client: the session, which nobody uses meanwhile
 *
 * Its keys are new. When it returns, the buffers of the old session belong to nobody.
 */
void client_renew(struct client *client);

/** fail_if_gone() - fail() if a call was refused because the device is unbound */
void fail_if_gone(int ret);

/** client_close() - end the session and forget its keys */
void client_close(struct client *client);

/**
 * client_wrap() - wrap a content key under the session key as it is now
 * @client: the session
 * @content_key: the content key
 * @wrapped: gets its wrapped form
 * @epoch: gets the epoch of the session key
 *
 * Return: 0 or a negative errno.
 */
int client_wrap(struct client *client, const uint8_t content_key[VPROT_KEY_SIZE],
		uint8_t wrapped[VPROT_KEY_SIZE], uint64_t *epoch);

/**
 * client_refresh() - refresh the session key, in the device and here
 * @client: the session
 * @epoch: gets the epoch that begins
 *
 * Return: 0 or a negative errno.
 */
int client_refresh(struct client *client, uint64_t *epoch);

#endif /* CLIENT_H */
