// SPDX-License-Identifier: MIT
/*
 * Authenticated channels: their clients, who sign messages and check what is answered.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <vprot_channel.h>

#include "client.h"
#include "oracle.h"

#define MAX_CHANNELS	128
#define MAX_NUMBERS	256	/* sequence numbers that are remembered */

/* Sequence numbers of one kind. */
struct sequence {
	__u64 next;			/* for the next message */
	__u32 had[MAX_NUMBERS];		/* those of messages that had an effect */
	unsigned int num;
};

/* What its clients know of a channel. A channel gets its key once, so what they know is right. */
struct channel {
	__u32 file;
	__u32 handle;
	__u8 key[FZ_KEY];
	bool has_key;
	bool initialized;
	__u64 device;
	struct sequence questions;
	struct sequence commands;
};

static struct channel channels[MAX_CHANNELS];
static unsigned int num_channels;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* For those that are not known: nothing that is told of it is checked. */
static __thread struct channel nobody;

static struct channel *find(__u32 file, __u32 handle)
{
	for (unsigned int i = 0; i < num_channels; i++)
		if (channels[i].file == file && channels[i].handle == handle)
			return &channels[i];
	return NULL;
}

static struct channel *call_channel(const struct fz_slot *slot)
{
	struct channel *channel;

	pthread_mutex_lock(&lock);
	channel = find(slot->file, slot->handle);
	pthread_mutex_unlock(&lock);
	if (channel)
		return channel;
	memset(&nobody, 0, sizeof(nobody));
	return &nobody;
}

int fz_channel_create(struct fz_thread *t, const struct fz_call *call)
{
	__u32 file = fz_get_slot(FZ_FILE, call->value[0]).file;
	struct drm_vprot_channel_create *args = (void *)t->good;
	int result;

	fz_fill(t, call, args);
	result = fz_call_ioctl(t, call, args);
	if (result)
		return result;
	pthread_mutex_lock(&lock);
	if (num_channels < MAX_CHANNELS && !find(file, args->handle))
		channels[num_channels++] = (struct channel){
			.file = file, .handle = args->handle,
		};
	pthread_mutex_unlock(&lock);
	return 0;
}

int fz_channel_key_exchange(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_channel_key_exchange *args = (void *)t->good;
	struct fz_slot slot = fz_client_slot(call, "handle");
	struct channel *channel = call_channel(&slot);
	__u64 number = fz_value(call, "key");
	__u8 key[FZ_KEY];
	int result;

	if (!fz_spend(FZ_DEAR))
		return -ENOSPC;
	fz_client_key_message(number, fz_memory(t, call, "data"), key);
	fz_fill(t, call, args);
	result = fz_call_ioctl(t, call, args);
	if (result)
		return result;
	if (number >= FZ_KEY_MESSAGES && fz_value(call, "data") == FZ_GOOD)
		fz_violation(t, "a key exchange with a wrong message succeeds");
	if (__atomic_load_n(&channel->has_key, __ATOMIC_ACQUIRE))
		fz_violation(t, "a channel gets another key");
	memcpy(channel->key, key, sizeof(key));
	__atomic_store_n(&channel->has_key, true, __ATOMIC_RELEASE);
	return 0;
}

/* --- messages --------------------------------------------------------------------------------- */

/* A message on its way, and what is known of it. */
struct message {
	struct channel *channel;
	struct sequence *sequence;
	bool is_command;
	bool is_signed;		/* the channel's key is known */
	bool is_forged;		/* the OMAC is wrong */
	struct drm_vprot_channel_header *header;
};

static bool is_type(const struct fz_call *call, struct drm_vprot_guid guid)
{
	return !memcmp(call->type->guid, &guid, sizeof(guid));
}

static void change_byte(__u8 *message, size_t size, __u64 number)
{
	if (number && number <= size)
		message[number - 1] ^= 1;
}

static void omac(const struct channel *channel, const __u8 *message, size_t size, __u8 out[16])
{
	vt_cmac(channel->key, message + DRM_VPROT_OMAC_SIZE, size - DRM_VPROT_OMAC_SIZE, out);
}

/* Fills in what a good client does, and changes what the call wants to be wrong. */
static void make_message(struct fz_thread *t, const struct fz_call *call, struct message *message,
			 __u64 name, __u8 *input, size_t size)
{
	__u64 next;

	fz_fill(t, call, input);
	for (int i = 0; call->type->fields[i].name; i++) {
		__u64 *device = (void *)(input + call->type->fields[i].offset);

		if (!strcmp(call->type->fields[i].name, "device"))
			*device += message->channel->device;
	}

	message->header = (void *)(input + (message->is_command ? DRM_VPROT_OMAC_SIZE : 0));
	message->header->type = *call->type->guid;
	message->header->channel = name;
	pthread_mutex_lock(&lock);
	message->header->sequence = message->sequence->next + fz_value(call, "ahead");
	next = message->header->sequence + 1ull;
	if (next > message->sequence->next)
		message->sequence->next = next;
	pthread_mutex_unlock(&lock);

	change_byte(input, call->type->size, fz_value(call, "odd"));
	if (message->is_command) {
		__u64 forged = fz_value(call, "forged");

		message->is_forged = forged && forged <= call->type->size;
		omac(message->channel, input, size, input);
		change_byte(input, call->type->size, forged);
	}
}

static void note_number(struct fz_thread *t, struct message *message)
{
	struct sequence *sequence = message->sequence;
	__u32 number = message->header->sequence;

	pthread_mutex_lock(&lock);
	for (unsigned int i = 0; i < sequence->num; i++)
		if (sequence->had[i] == number)
			fz_violation(t, "two messages with the number %u have an effect", number);
	if (sequence->num < MAX_NUMBERS)
		sequence->had[sequence->num++] = number;
	pthread_mutex_unlock(&lock);
}

/* A message has had its effect. */
static void note_effect(struct fz_thread *t, const struct fz_call *call, struct message *message,
			const void *input, const void *output)
{
	const struct drm_vprot_configure_initialize *initialize = input;
	const struct drm_vprot_query_device_output *device = output;
	struct channel *channel = message->channel;

	if (message->is_forged)
		fz_violation(t, "a message with a wrong OMAC has an effect");
	if (channel == &nobody)
		return;
	if (!is_type(call, (struct drm_vprot_guid)DRM_VPROT_CONFIGURE_INITIALIZE)) {
		note_number(t, message);
	} else {
		if (__atomic_exchange_n(&channel->initialized, true, __ATOMIC_SEQ_CST))
			fz_violation(t, "a channel is initialized once more");
		pthread_mutex_lock(&lock);
		channel->questions.next = initialize->start_query;
		channel->commands.next = initialize->start_configure;
		pthread_mutex_unlock(&lock);
	}
	if (is_type(call, (struct drm_vprot_guid)DRM_VPROT_QUERY_DEVICE_HANDLE))
		channel->device = device->device;
}

static void check_answer(struct fz_thread *t, const struct fz_call *call, struct message *message,
			 const __u8 *input, const __u8 *output, size_t size)
{
	const struct drm_vprot_channel_message *answer = (const void *)output;
	__u8 right[DRM_VPROT_OMAC_SIZE], rest = 0;

	if (message->is_signed) {
		omac(message->channel, output, size, right);
		if (memcmp(right, answer->omac, sizeof(right)))
			fz_violation(t, "the OMAC of an answer is wrong");
	}
	if (memcmp(&answer->header, message->header,
		   offsetof(struct drm_vprot_channel_header, result)))
		fz_violation(t, "an answer is to another message");
	for (size_t i = sizeof(*answer); i < size; i++)
		rest |= output[i];
	if (answer->header.result && rest)
		fz_violation(t, "an answer tells more than that there is none");
	if (answer->header.result == DRM_VPROT_RESULT_OK &&
	    !memcmp(&message->header->type, call->type->guid, sizeof(*call->type->guid)))
		note_effect(t, call, message, input, output);
}

int fz_message(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_channel_exchange *args = (void *)t->good;
	struct fz_slot slot = fz_client_slot(call, "FZ_CHANNEL");
	struct channel *channel = call_channel(&slot);
	struct message message = {
		.channel = channel,
		.is_command = call->type->request == DRM_IOCTL_VPROT_CHANNEL_CONFIGURE,
		.is_signed = __atomic_load_n(&channel->has_key, __ATOMIC_ACQUIRE),
	};
	__u8 *input = fz_memory(t, call, "input"), *output = fz_memory(t, call, "output");
	__u32 size = call->type->size + fz_value(call, "extra_input");
	int result;

	message.sequence = message.is_command ? &channel->commands : &channel->questions;
	if (size < call->type->size || size > DRM_VPROT_MAX_MESSAGE_SIZE)
		size = call->type->size;
	memset(input, 0, size);
	make_message(t, call, &message, slot.name, input, size);
	*args = (struct drm_vprot_channel_exchange){
		.handle = slot.handle,
		.pad = fz_value(call, "pad"),
		.input = fz_pointer(t, fz_value(call, "input"), input),
		.output = fz_pointer(t, fz_value(call, "output"), output),
		.input_size = call->type->size + fz_value(call, "extra_input"),
		.output_size = call->type->answer_size + fz_value(call, "extra_output"),
	};
	result = fz_ioctl(t, fz_call_fd(call), call->type->request, args);
	fz_check_error(t, call, result);
	if (!result && fz_value(call, "input") == FZ_GOOD && fz_value(call, "output") == FZ_GOOD)
		check_answer(t, call, &message, input, output, args->output_size);
	return result;
}
