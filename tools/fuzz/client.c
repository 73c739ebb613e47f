// SPDX-License-Identifier: MIT
/*
 * Clients: they know session keys, put contents that can be recognised into protected buffers, and
 * look for them where they must not be.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client.h"
#include "device.h"
#include "oracle.h"
#include "vprot_test.h"

#define MAX_SESSIONS	512
#define MAX_STREAMS	32
#define MARKER		16

static struct fz_session sessions[MAX_SESSIONS];
static unsigned int num_sessions;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The first blocks of key streams that were used; nobody may see them, either. */
static __u8 streams[MAX_STREAMS][16];
static unsigned int num_streams;

static bool has_identity;
static __u8 messages[FZ_KEY_MESSAGES][DRM_VPROT_KEY_EXCHANGE_SIZE];

static void message_key(__u64 number, __u8 key[FZ_KEY])
{
	memset(key, 0x50 + number % FZ_KEY_MESSAGES, FZ_KEY);
}

void fz_client_key_message(__u64 number, __u8 *data, __u8 key[FZ_KEY])
{
	/* Beyond the good messages: a random one, 1, and one that is too large. */
	if (number < FZ_KEY_MESSAGES)
		memcpy(data, messages[number], DRM_VPROT_KEY_EXCHANGE_SIZE);
	else
		memset(data, number == FZ_KEY_MESSAGES ? 0x5a :
			     number == FZ_KEY_MESSAGES + 1 ? 0 : 0xff,
		       DRM_VPROT_KEY_EXCHANGE_SIZE);
	if (number == FZ_KEY_MESSAGES + 1)
		data[DRM_VPROT_KEY_EXCHANGE_SIZE - 1] = 1;
	message_key(number, key);
}

void fz_client_content_key(__u64 number, __u8 key[FZ_KEY])
{
	memset(key, 0xc0 + number % 4, FZ_KEY);
}

const char *fz_client_init(void)
{
	struct drm_vprot_get_caps caps = { .crypto_type = DRM_VPROT_CRYPTO_AES128_CTR };
	int fd = fz_device_open(false);
	__u8 key[FZ_KEY];

	if (fd < 0)
		return "the device cannot be opened";
	if (ioctl(fd, DRM_IOCTL_VPROT_GET_CAPS, &caps)) {
		close(fd);
		return "the device does not tell its caps";
	}
	has_identity = caps.certificate_size;
	for (int i = 0; has_identity && i < FZ_KEY_MESSAGES; i++) {
		message_key(i, key);
		vt_key_exchange_blob(fd, key, sizeof(key), messages[i]);
	}
	close(fd);
	return has_identity ? NULL : "the device has no identity";
}

/* --- sessions --------------------------------------------------------------------------------- */

static struct fz_session *find(__u32 file, __u32 handle)
{
	for (unsigned int i = 0; i < num_sessions; i++)
		if (sessions[i].file == file && sessions[i].handle == handle)
			return &sessions[i];
	return NULL;
}

/* Keys have numbers, which are what contents are told apart by; two rarely have the same. */
static unsigned int key_number(const __u8 key[FZ_KEY])
{
	__u32 hash = 2166136261;

	for (int i = 0; i < FZ_KEY; i++)
		hash = (hash ^ key[i]) * 16777619;
	return hash % FZ_KEY_NUMBERS;
}

static void note_key(struct fz_session *s, const __u8 key[FZ_KEY])
{
	unsigned int number = key_number(key);

	__atomic_fetch_or(&s->had[number / 64], 1ull << number % 64, __ATOMIC_SEQ_CST);
}

static bool had_key(const struct fz_session *s, unsigned int number)
{
	/* Content keys belong to nobody. */
	return number >= FZ_KEY_NUMBERS || s->had[number / 64] >> number % 64 & 1;
}

struct fz_slot fz_client_slot(const struct fz_call *call, const char *field)
{
	struct fz_slot slot = fz_get(call, field);

	for (unsigned int i = 0; call->type->fields[i].name; i++)
		if (call->type->fields[i].named && call->value[i] != FZ_NO_SLOT)
			slot.file = fz_get_slot(FZ_FILE, call->value[i]).file;
	return slot;
}

struct fz_session *fz_client_session(const struct fz_call *call, const char *field)
{
	struct fz_slot slot = fz_client_slot(call, field);
	struct fz_session *s;

	pthread_mutex_lock(&lock);
	s = find(slot.file, slot.handle);
	pthread_mutex_unlock(&lock);
	return s;
}

int fz_session_create(struct fz_thread *t, const struct fz_call *call)
{
	__u32 file = fz_get_slot(FZ_FILE, call->value[0]).file;
	struct drm_vprot_session_create *args = (void *)t->good;
	int result;

	fz_fill(t, call, args);
	result = fz_call_ioctl(t, call, args);
	if (result)
		return result;
	pthread_mutex_lock(&lock);
	if (num_sessions < MAX_SESSIONS && !find(file, args->handle))
		sessions[num_sessions++] = (struct fz_session){
			.file = file, .handle = args->handle,
		};
	pthread_mutex_unlock(&lock);
	return 0;
}

void fz_client_epoch(struct fz_thread *t, struct fz_session *s, __u64 epoch)
{
	if (!s || !epoch)
		return;
	if (epoch < s->epoch[t->index])
		fz_violation(t, "the epoch goes back from %llu to %llu", s->epoch[t->index], epoch);
	s->epoch[t->index] = epoch;
}

int fz_status(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_session_status *args = (void *)t->good;
	int result;

	fz_fill(t, call, args);
	result = fz_call_ioctl(t, call, args);
	if (!result && fz_value(call, "arg") == FZ_GOOD)
		fz_client_epoch(t, fz_client_session(call, "handle"), args->epoch);
	return result;
}

int fz_key_exchange(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_session_key_exchange *args = (void *)t->good;
	struct fz_session *s = fz_client_session(call, "handle");
	__u8 *data = fz_memory(t, call, "data");
	__u64 key = fz_value(call, "key");
	__u8 raw[FZ_KEY];
	int result;

	if (!fz_spend(FZ_DEAR))
		return -ENOSPC;
	fz_client_key_message(key, data, raw);
	if (s)
		note_key(s, raw);
	fz_fill(t, call, args);
	result = fz_call_ioctl(t, call, args);
	if (!result && key >= FZ_KEY_MESSAGES && fz_value(call, "data") == FZ_GOOD)
		fz_violation(t, "a key exchange with a wrong message succeeds");
	if (!result && s) {
		memcpy(s->key, raw, sizeof(s->key));
		s->has_key = true;
		s->has_read_back = false;
	}
	return result;
}

int fz_start(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_start_session_key_refresh *args = (void *)t->good;
	struct fz_session *s = fz_client_session(call, "handle");
	__u8 *nonce = fz_memory(t, call, "nonce");
	int result;

	if (s)
		__atomic_add_fetch(&s->starts, 1, __ATOMIC_SEQ_CST);
	fz_fill(t, call, args);
	result = fz_call_ioctl(t, call, args);
	if (!result && s)
		for (int i = 0; i < FZ_KEY; i++)
			s->next[i] = s->key[i] ^ nonce[i];
	return result;
}

int fz_finish(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_finish_session_key_refresh *args = (void *)t->good;
	struct fz_session *s = fz_client_session(call, "handle");
	__u64 *epoch = fz_memory(t, call, "epoch");
	int result;

	fz_fill(t, call, args);
	result = fz_call_ioctl(t, call, args);
	if (result || !s)
		return result;
	/* Who starts a refresh counts it before, who finishes one afterwards. */
	if (__atomic_add_fetch(&s->finishes, 1, __ATOMIC_SEQ_CST) >
	    __atomic_load_n(&s->starts, __ATOMIC_SEQ_CST))
		fz_violation(t, "a refresh is finished that was not started");
	memcpy(s->key, s->next, sizeof(s->key));
	if (fz_value(call, "epoch") == FZ_GOOD)
		fz_client_epoch(t, s, *epoch);
	return 0;
}

int fz_get_encryption_blt_key(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_get_encryption_blt_key *args = (void *)t->good;
	struct fz_session *s = fz_client_session(call, "handle");
	__u64 *epoch = fz_memory(t, call, "epoch");
	int result;

	fz_fill(t, call, args);
	result = fz_call_ioctl(t, call, args);
	if (result || !s)
		return result;
	if (s->has_key && fz_value(call, "key") == FZ_GOOD) {
		vt_unwrap(s->key, fz_memory(t, call, "key"), s->read_back);
		s->has_read_back = true;
	}
	if (fz_value(call, "epoch") == FZ_GOOD)
		fz_client_epoch(t, s, *epoch);
	return 0;
}

/* --- contents --------------------------------------------------------------------------------- */

/* What is put into protected buffers: the number of its key, in 16 bytes that nothing else has. */
static void marker(unsigned int number, char text[MARKER + 1])
{
	snprintf(text, MARKER + 1, "vprot-secret%04u", number % 10000);
}

int fz_seal(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot map = fz_get(call, "FZ_MAP");
	struct fz_session *s = fz_client_session(call, "FZ_SESSION");
	__u64 offset = fz_value(call, "offset"), size = fz_value(call, "size");
	char text[MARKER + 1];
	__u8 key[FZ_KEY], iv[16], data[65536];

	if (!s || !s->has_key || !map.memory || offset >= map.size)
		return -EINVAL;
	if (size > map.size - offset)
		size = map.size - offset;
	if (size > sizeof(data))
		size = sizeof(data);
	memcpy(key, s->key, sizeof(key));
	note_key(s, key);
	marker(key_number(key), text);
	if (fz_value(call, "content")) {
		fz_client_content_key(fz_value(call, "content"), key);
		marker(FZ_KEY_NUMBERS, text);
	}
	for (__u64 i = 0; i < size; i++)
		data[i] = text[i % MARKER];
	vt_iv(iv, fz_value(call, "iv"), fz_value(call, "count"));
	vt_ctr(key, iv, data, size);
	memcpy(map.memory + offset, data, size);

	memset(data, 0, 16);
	vt_ctr(key, iv, data, 16);
	pthread_mutex_lock(&lock);
	memcpy(streams[num_streams++ % MAX_STREAMS], data, 16);
	pthread_mutex_unlock(&lock);
	return 0;
}

bool fz_secrets_in(const __u8 *memory, size_t size)
{
	unsigned int num = num_streams < MAX_STREAMS ? num_streams : MAX_STREAMS;

	if (memmem(memory, size, "vprot-secret", 12))
		return true;
	for (unsigned int i = 0; i < num; i++)
		if (memmem(memory, size, streams[i], 16))
			return true;
	return false;
}

int fz_scan(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot map = fz_get(call, "FZ_MAP");

	if (!map.memory)
		return -EINVAL;
	if (fz_secrets_in(map.memory, map.size))
		fz_violation(t, "protected contents or key stream in a clear mapping");
	return 0;
}

static void scan_map(struct fz_thread *t, unsigned int index)
{
	struct fz_slot map = fz_get_slot(FZ_MAP, index);

	/* What has no page any more shows nothing. */
	if (sigsetjmp(t->no_page, 1))
		return;
	if (map.memory && fz_secrets_in(map.memory, map.size))
		fz_violation(t, "protected contents or key stream in mapping m%u", index);
}

void fz_scan_all(struct fz_thread *t)
{
	for (unsigned int i = 0; i < FZ_SLOTS; i++)
		scan_map(t, i);
}

void fz_client_check_read_back(struct fz_thread *t, struct fz_session *s,
			       const struct drm_vprot_blt *blt,
			       const struct drm_vprot_blt_result *result)
{
	__u8 data[4096];

	for (int i = 0; i < FZ_SLOTS; i++) {
		struct fz_slot map = fz_get_slot(FZ_MAP, i);
		const __u8 *at = data;
		size_t size = sizeof(data);

		if (!map.memory || map.handle != blt->dst || map.file != s->file)
			continue;
		if (blt->dst_offset >= map.size)
			continue;
		if (size > blt->size)
			size = blt->size;
		if (size > map.size - blt->dst_offset)
			size = map.size - blt->dst_offset;
		memcpy(data, map.memory + blt->dst_offset, size);
		vt_ctr(s->read_back, result->iv, data, size);
		while ((at = memmem(at, data + size - at, "vprot-secret", 12))) {
			char number[5] = "";

			if (data + size - at >= MARKER)
				memcpy(number, at + 12, 4);
			/* Where a clear part begins the rest is something else. */
			if (strspn(number, "0123456789") == 4 && !had_key(s, atoi(number)))
				fz_violation(t, "another session's contents are read back");
			at++;
		}
	}
}
