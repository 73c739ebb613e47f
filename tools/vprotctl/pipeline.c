// SPDX-License-Identifier: MIT
/*
 * The main thread reads samples and refreshes the session key; decrypters blit samples into
 * protected buffers, whatever the key does; one thread reads back, always MIN_IN_FLIGHT samples
 * behind, and writes the clear film.
 *
 * When the session is lost, the protected buffers are empty. The main thread waits until nobody is
 * in a blit, and begins a new session; samples that were not read back are decrypted again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/intreadwrite.h>

#include <vprot_drm.h>

#include "keyring.h"
#include "pipeline.h"
#include "vprotctl.h"

#define SMALLEST_BUFFER	(64 * 1024)
#define BAR_WIDTH	40

/* --- slots ------------------------------------------------------------------------------------ */

static void create_buffer(struct client *client, uint64_t size, uint32_t flags,
			  struct vprot_buffer **buffer)
{
	int ret;

	vprot_buffer_unref(*buffer);
	*buffer = NULL;
	ret = vprot_buffer_create(client->dev, size, flags, buffer);
	fail_if_gone(ret);
	if (ret)
		fail("cannot make a buffer for a sample of %llu bytes: %s",
		     (unsigned long long)size, strerror(-ret));
}

static void *map_buffer(struct vprot_buffer *buffer)
{
	void *map;
	int ret = vprot_buffer_map(buffer, &map);

	fail_if_gone(ret);
	if (ret)
		fail("cannot map a clear buffer: %s", strerror(-ret));
	return map;
}

static void make_room(struct client *client, struct slot *slot, uint64_t size)
{
	uint64_t room = SMALLEST_BUFFER;

	if (slot->in && vprot_buffer_size(slot->in) >= size)
		return;
	while (room < size)
		room *= 2;
	create_buffer(client, room, 0, &slot->in);
	create_buffer(client, room, DRM_VPROT_GEM_PROTECTED, &slot->prot);
	create_buffer(client, room, 0, &slot->out);
}

/* --- loss ------------------------------------------------------------------------------------- */

static void note_loss(uint64_t generation, void *data)
{
	struct pipeline *pipeline = data;
	struct drm_vprot_session_status status;
	int ret = vprot_session_get_status(pipeline->client->session, &status, sizeof(status));

	fail_if_gone(ret);
	/* It may have been told of before, and this session be the new one. */
	if (!ret && status.state == DRM_VPROT_SESSION_OK)
		return;
	pthread_mutex_lock(&pipeline->lock);
	pipeline->lost = true;
	pthread_mutex_unlock(&pipeline->lock);
}

/* With the lock held. */
static void start_anew(struct pipeline *pipeline)
{
	size_t i;

	while (pipeline->busy)
		pthread_cond_wait(&pipeline->moved, &pipeline->lock);

	client_renew(pipeline->client);
	for (i = 0; i < NUM_SLOTS; i++)
		pipeline->slots[i].decrypted = false;
	pipeline->taken = pipeline->done;
	pipeline->losses++;
	pipeline->lost = false;
	pthread_cond_broadcast(&pipeline->moved);
}

/*
 * Wait until no more than so many samples are in flight, and start anew after each loss. Returns
 * how many there are.
 */
static unsigned int wait_for_room(struct pipeline *pipeline, unsigned int most)
{
	unsigned int in_flight;
	int ret;

	ret = vprot_device_dispatch(pipeline->client->dev, note_loss, pipeline);
	if (ret)
		fail("the device does not tell its events: %s", strerror(-ret));

	pthread_mutex_lock(&pipeline->lock);
	for (;;) {
		in_flight = pipeline->fed - pipeline->done;
		if (pipeline->lost)
			start_anew(pipeline);
		else if (in_flight > most)
			pthread_cond_wait(&pipeline->moved, &pipeline->lock);
		else
			break;
	}
	pthread_mutex_unlock(&pipeline->lock);
	return in_flight;
}

/* Have the device lose all sessions, if that was asked for at this sample. */
static void lose_at(const struct pipeline *pipeline, uint64_t sample)
{
	size_t i;

	for (i = 0; i < pipeline->num_lose_at; i++)
		if (pipeline->lose_at[i] == sample && write(pipeline->teardown, "1", 1) != 1)
			fail("cannot have the device lose its sessions: %s", strerror(errno));
}

static void check_lose_at(const struct pipeline *pipeline)
{
	size_t i;

	for (i = 0; i < pipeline->num_lose_at; i++)
		if (pipeline->lose_at[i] >= pipeline->fed)
			fail("there is no sample %lu to lose the session at: the film has %llu, from 0 on",
			     pipeline->lose_at[i], (unsigned long long)pipeline->fed);
}

/* All samples have been read back. With the lock held. */
static bool is_over(const struct pipeline *pipeline)
{
	return pipeline->end && pipeline->done == pipeline->fed;
}

/* --- decryption ------------------------------------------------------------------------------- */

static struct drm_vprot_subsample *subsamples_of(const struct slot *slot, uint32_t *count)
{
	const AVEncryptionInfo *info = slot->info;
	struct drm_vprot_subsample *subsamples;
	uint32_t i;

	/* A sample without encryption is one run of clear bytes. */
	*count = info ? info->subsample_count : 1;
	subsamples = calloc(*count ? *count : 1, sizeof(*subsamples));
	if (!subsamples)
		fail("no memory for subsamples");
	if (!info)
		subsamples[0].clear = slot->packet->size;
	for (i = 0; info && i < *count; i++) {
		subsamples[i].clear = info->subsamples[i].bytes_of_clear_data;
		subsamples[i].encrypted = info->subsamples[i].bytes_of_protected_data;
	}
	return subsamples;
}

/* Returns whether it was done; else the session is lost. */
static bool decrypt(struct pipeline *pipeline, struct slot *slot)
{
	struct client *client = pipeline->client;
	struct drm_vprot_subsample *subsamples;
	char description[DESCRIPTION_SIZE];
	uint8_t wrapped[VPROT_KEY_SIZE];
	struct vprot_blit blit = {
		.src = slot->in,
		.dst = slot->prot,
		.size = slot->packet->size,
	};
	int ret;

	memcpy(map_buffer(slot->in), slot->packet->data, slot->packet->size);
	subsamples = subsamples_of(slot, &blit.num_subsamples);
	blit.subsamples = blit.num_subsamples ? subsamples : NULL;
	if (slot->info) {
		memcpy(blit.iv, slot->info->iv, sizeof(blit.iv));
		/* In cbcs a pattern that skips nothing stands for whole samples. */
		if (slot->info->skip_byte_block ||
		    client->crypto_type != DRM_VPROT_CRYPTO_AES128_CBCS)
			blit.crypt_blocks = slot->info->crypt_byte_block;
		blit.skip_blocks = slot->info->skip_byte_block;
	}
	if (slot->key) {
		blit.content_key = wrapped;
	} else if (slot->info) {
		keyring_describe(pipeline->keyring, slot->info->key_id, description);
		blit.key_description = description;
	}

	/* A refresh may come between: as the epoch is named, the device says so. */
	do {
		ret = slot->key ? client_wrap(client, slot->key->key, wrapped, &blit.epoch) : 0;
		ret = ret ?: vprot_session_decryption_blt(client->session, &blit, 1);
	} while (ret == -ESTALE);
	fail_if_gone(ret);
	if (blit.key_description && (ret == -ENOKEY || ret == -EKEYREJECTED))
		keyring_fail(description, ret);
	if (ret && ret != -EKEYREVOKED)
		fail("a sample of %d bytes cannot be decrypted: %s", slot->packet->size,
		     strerror(-ret));
	free(subsamples);
	return !ret;
}

/* Whether there is a sample to decrypt, and a session for it. */
static bool may_decrypt(const struct pipeline *pipeline)
{
	return pipeline->taken != pipeline->fed && !pipeline->lost;
}

static void *decrypter(void *data)
{
	struct pipeline *pipeline = data;
	struct slot *slot;
	bool decrypted;

	pthread_mutex_lock(&pipeline->lock);
	for (;;) {
		while (!may_decrypt(pipeline) && !is_over(pipeline))
			pthread_cond_wait(&pipeline->moved, &pipeline->lock);
		if (is_over(pipeline))
			break;
		slot = &pipeline->slots[pipeline->taken++ % NUM_SLOTS];
		pipeline->busy++;
		pthread_mutex_unlock(&pipeline->lock);

		decrypted = decrypt(pipeline, slot);

		pthread_mutex_lock(&pipeline->lock);
		pipeline->busy--;
		slot->decrypted = decrypted;
		if (!decrypted)
			pipeline->lost = true;
		pthread_cond_broadcast(&pipeline->moved);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

/* --- read-back -------------------------------------------------------------------------------- */

/* Returns whether it was done; else the session is lost. */
static bool read_back(struct pipeline *pipeline, struct slot *slot)
{
	struct client *client = pipeline->client;
	struct drm_vprot_blt_result result;
	struct vprot_blit blit = {
		.src = slot->prot,
		.dst = slot->out,
		.size = slot->packet->size,
		.result = &result,
	};
	int ret;

	ret = vprot_session_encryption_blt(client->session, &blit, 1);
	fail_if_gone(ret);
	if (ret == -EKEYREVOKED)
		return false;
	if (!ret && !client->internal)
		ret = av_packet_make_writable(slot->packet) ?:
		      vprot_client_crypt(client->read_back_key, result.iv, map_buffer(slot->out),
					 slot->packet->data, slot->packet->size);
	if (ret)
		fail("a sample of %d bytes cannot be read back: %s", slot->packet->size,
		     strerror(-ret));

	media_write(pipeline->media, slot->packet);
	av_packet_free(&slot->packet);
	av_encryption_info_free(slot->info);
	slot->info = NULL;
	return true;
}

/* Whether the next sample may be read back: decrypted, not lost, and enough others behind it. */
static bool may_read_back(const struct pipeline *pipeline)
{
	uint64_t in_flight = pipeline->fed - pipeline->done;

	return in_flight && (in_flight > MIN_IN_FLIGHT || pipeline->end) && !pipeline->lost &&
	       pipeline->slots[pipeline->done % NUM_SLOTS].decrypted;
}

static void *reader(void *data)
{
	struct pipeline *pipeline = data;
	struct slot *slot;
	bool done;

	pthread_mutex_lock(&pipeline->lock);
	for (;;) {
		while (!may_read_back(pipeline) && !is_over(pipeline))
			pthread_cond_wait(&pipeline->moved, &pipeline->lock);
		if (is_over(pipeline))
			break;
		slot = &pipeline->slots[pipeline->done % NUM_SLOTS];
		pipeline->busy++;
		pthread_mutex_unlock(&pipeline->lock);

		done = read_back(pipeline, slot);

		pthread_mutex_lock(&pipeline->lock);
		pipeline->busy--;
		slot->decrypted = false;
		if (done)
			pipeline->done++;
		else
			pipeline->lost = true;
		pthread_cond_broadcast(&pipeline->moved);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The key that the player knows, NULL for one that is in a keyring. */
static const struct content_key *find_key(const struct pipeline *pipeline,
					  const AVEncryptionInfo *info)
{
	char id[2 * sizeof(pipeline->keys->id) + 1] = "";
	size_t i;

	if (pipeline->keyring && info->key_id_size == KEY_ID_SIZE)
		return NULL;
	if (info->key_id_size == sizeof(pipeline->keys->id))
		for (i = 0; i < pipeline->num_keys; i++)
			if (!memcmp(pipeline->keys[i].id, info->key_id, info->key_id_size))
				return &pipeline->keys[i];

	for (i = 0; i < info->key_id_size && i < sizeof(pipeline->keys->id); i++)
		sprintf(id + 2 * i, "%02x", info->key_id[i]);
	fail("there is no key for key id %s; give it: --key %s:KEY", id, id);
}

uint32_t crypto_type_of(uint32_t scheme)
{
	switch (scheme) {
	case 0:
	case MKBETAG('c', 'e', 'n', 'c'):
	case MKBETAG('c', 'e', 'n', 's'):
		return DRM_VPROT_CRYPTO_AES128_CTR;
	case MKBETAG('c', 'b', 'c', 's'):
		return DRM_VPROT_CRYPTO_AES128_CBCS;
	default:
		fail("the film uses the encryption scheme '%c%c%c%c', which the device does not have; package it with 'cenc' or 'cbcs'",
		     scheme >> 24, scheme >> 16 & 0xff, scheme >> 8 & 0xff, scheme & 0xff);
	}
}

static void check_encryption(const struct client *client, const AVEncryptionInfo *info)
{
	if (crypto_type_of(info->scheme) != client->crypto_type)
		fail("the film mixes encryption schemes, and a session has but one");
	if (info->iv_size != VPROT_KEY_SIZE)
		fail("the film has IVs of %u bytes, not 16", info->iv_size);
}

static void show_progress(const struct pipeline *pipeline)
{
	double part = media_progress(pipeline->media);
	int filled = part * BAR_WIDTH;

	fprintf(stderr, "\r[%.*s%*s] %3.0f %%  %llu samples, epoch %llu ", filled,
		"########################################", BAR_WIDTH - filled, "", part * 100,
		(unsigned long long)pipeline->fed,
		(unsigned long long)pipeline->client->epoch);
	if (pipeline->losses)
		fprintf(stderr, "losses survived: %llu ", (unsigned long long)pipeline->losses);
}

/* Returns whether it was done; else the session is lost, as the next blit finds. */
static bool refresh(struct pipeline *pipeline, const AVPacket *next, unsigned int in_flight)
{
	AVRational base = pipeline->media->in->streams[next->stream_index]->time_base;
	struct change *change;
	uint64_t epoch;
	int ret;

	ret = client_refresh(pipeline->client, &epoch);
	fail_if_gone(ret);
	if (ret == -EKEYREVOKED)
		return false;
	if (ret == -EOPNOTSUPP)
		fail("the device does not refresh session keys; use --refresh-every 0, or load the module without caps_off");
	if (ret)
		fail("the session key cannot be refreshed: %s", strerror(-ret));

	pipeline->changes = realloc(pipeline->changes,
				    (pipeline->num_changes + 1) * sizeof(*pipeline->changes));
	if (!pipeline->changes)
		fail("no memory");
	change = &pipeline->changes[pipeline->num_changes++];
	change->sample = pipeline->fed;
	change->time = next->pts * av_q2d(base);
	change->epoch = epoch;
	change->in_flight = in_flight;
	return true;
}

static void feed(struct pipeline *pipeline)
{
	uint64_t since_refresh = 0;
	unsigned int in_flight;
	AVEncryptionInfo *info;
	struct slot *slot;
	AVPacket *packet;

	for (;;) {
		packet = av_packet_alloc();
		if (!packet)
			fail("no memory for a sample");
		if (!media_read(pipeline->media, packet, &info))
			break;
		if (info)
			check_encryption(pipeline->client, info);

		in_flight = wait_for_room(pipeline, NUM_SLOTS - 1);

		/* The samples in flight stay so: nothing is read back below MIN_IN_FLIGHT. */
		if (pipeline->refresh_every && since_refresh >= pipeline->refresh_every &&
		    in_flight >= MIN_IN_FLIGHT && refresh(pipeline, packet, in_flight))
			since_refresh = 0;

		slot = &pipeline->slots[pipeline->fed % NUM_SLOTS];
		make_room(pipeline->client, slot, packet->size);
		slot->packet = packet;
		slot->info = info;
		slot->key = info ? find_key(pipeline, info) : NULL;
		pipeline->bytes += packet->size;
		since_refresh++;

		pthread_mutex_lock(&pipeline->lock);
		pipeline->fed++;
		pthread_cond_broadcast(&pipeline->moved);
		pthread_mutex_unlock(&pipeline->lock);
		lose_at(pipeline, pipeline->fed - 1);
		if (pipeline->show_progress)
			show_progress(pipeline);
	}
	av_packet_free(&packet);
	check_lose_at(pipeline);

	pthread_mutex_lock(&pipeline->lock);
	pipeline->end = true;
	pthread_cond_broadcast(&pipeline->moved);
	pthread_mutex_unlock(&pipeline->lock);
	wait_for_room(pipeline, 0);
}

static void start(pthread_t *thread, void *(*run)(void *), struct pipeline *pipeline)
{
	int ret = pthread_create(thread, NULL, run, pipeline);

	if (ret)
		fail("cannot start a thread: %s", strerror(ret));
}

void pipeline_run(struct pipeline *pipeline)
{
	pthread_t decrypters[NUM_DECRYPTERS], read_back_thread;
	size_t i;

	pthread_mutex_init(&pipeline->lock, NULL);
	pthread_cond_init(&pipeline->moved, NULL);
	for (i = 0; i < NUM_DECRYPTERS; i++)
		start(&decrypters[i], decrypter, pipeline);
	start(&read_back_thread, reader, pipeline);

	feed(pipeline);

	for (i = 0; i < NUM_DECRYPTERS; i++)
		pthread_join(decrypters[i], NULL);
	pthread_join(read_back_thread, NULL);
	if (pipeline->show_progress)
		fputc('\n', stderr);

	for (i = 0; i < NUM_SLOTS; i++) {
		vprot_buffer_unref(pipeline->slots[i].in);
		vprot_buffer_unref(pipeline->slots[i].prot);
		vprot_buffer_unref(pipeline->slots[i].out);
	}
	pthread_cond_destroy(&pipeline->moved);
	pthread_mutex_destroy(&pipeline->lock);
}
