/* SPDX-License-Identifier: MIT */
/*
 * Samples on their way through protected buffers.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "media.h"

/** MIN_IN_FLIGHT - samples that stay in protected buffers while the film goes on */
#define MIN_IN_FLIGHT	8
#define NUM_SLOTS	16
#define NUM_DECRYPTERS	2

/**
 * struct content_key - a key of the film
 */
struct content_key {
	/** @id: its key id */
	uint8_t id[16];
	/** @key: the key */
	uint8_t key[VPROT_KEY_SIZE];
};

/**
 * struct slot - a sample in flight, and the buffers it goes through
 */
struct slot {
	/** @decrypted: it is in the protected buffer */
	bool decrypted;
	/** @packet: the sample */
	AVPacket *packet;
	/** @info: how it is encrypted, NULL when it is clear */
	AVEncryptionInfo *info;
	/** @key: its content key, NULL when it is clear or in a keyring */
	const struct content_key *key;
	/** @in: clear buffer for the ciphertext */
	struct vprot_buffer *in;
	/** @prot: protected buffer */
	struct vprot_buffer *prot;
	/** @out: clear buffer for what is read back */
	struct vprot_buffer *out;
};

/**
 * struct change - a refresh, for the summary
 */
struct change {
	/** @sample: number of the sample before which it took place */
	uint64_t sample;
	/** @time: presentation time of that sample, in seconds */
	double time;
	/** @epoch: the epoch that began */
	uint64_t epoch;
	/** @in_flight: samples in flight meanwhile */
	unsigned int in_flight;
};

/**
 * struct pipeline - three stages around a ring of slots: read, decrypt, read back
 */
struct pipeline {
	/** @client: the session */
	struct client *client;
	/** @media: the films */
	struct media *media;
	/** @keys: the content keys */
	const struct content_key *keys;
	/** @num_keys: elements in @keys */
	size_t num_keys;
	/** @keyring: how the descriptions of content keys in the keyrings begin; NULL without */
	const char *keyring;
	/** @refresh_every: samples from one refresh to the next, 0 for none */
	unsigned long refresh_every;
	/** @lose_at: numbers of samples at which the device is to lose all sessions */
	const unsigned long *lose_at;
	/** @num_lose_at: elements in @lose_at */
	size_t num_lose_at;
	/** @teardown: the file that orders it to; used only with @lose_at */
	int teardown;
	/** @show_progress: draw a progress bar */
	bool show_progress;

	/** @lock: protects the places in the ring, the slots' @decrypted, @lost and @busy */
	pthread_mutex_t lock;
	/** @moved: one of these has changed */
	pthread_cond_t moved;
	/** @slots: the ring; sample n is in slot n % NUM_SLOTS */
	struct slot slots[NUM_SLOTS];
	/** @fed: samples read from the film */
	uint64_t fed;
	/** @taken: samples that a decrypter has taken */
	uint64_t taken;
	/** @done: samples read back and written */
	uint64_t done;
	/** @end: the film has ended */
	bool end;
	/** @lost: the session is lost: nobody begins a blit */
	bool lost;
	/** @busy: threads with a blit under way */
	unsigned int busy;

	/** @losses: losses after which the film went on */
	uint64_t losses;
	/** @bytes: bytes of all samples */
	uint64_t bytes;
	/** @changes: the refreshes */
	struct change *changes;
	/** @num_changes: elements in @changes */
	size_t num_changes;
};

/**
 * crypto_type_of() - what a film is encrypted with, or fail() when the device has no such thing
 * @scheme: how it is encrypted; 0 when it is clear, and any crypto type will do
 *
 * Return: one of enum drm_vprot_crypto_type.
 */
uint32_t crypto_type_of(uint32_t scheme);

/** pipeline_run() - move all samples of a film through the device, or fail() */
void pipeline_run(struct pipeline *pipeline);

#endif /* PIPELINE_H */
