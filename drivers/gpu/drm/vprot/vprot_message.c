// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of authenticated channels: how they are checked, acted upon and answered.
 */
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <crypto/algapi.h>
#include <crypto/hash.h>

#include <drm/drm_file.h>
#include <drm/vprot_drm.h>

#include "vprot_channel.h"
#include "vprot_device.h"
#include "vprot_message.h"
#include "vprot_protection.h"
#include "vprot_trace.h"

/* Both begin with the OMAC, which covers the rest. */
static int vprot_message_omac(struct vprot_channel *channel, const void *data, u32 size,
			      u8 omac[DRM_VPROT_OMAC_SIZE])
{
	return crypto_shash_tfm_digest(channel->cmac, data + DRM_VPROT_OMAC_SIZE,
				       size - DRM_VPROT_OMAC_SIZE, omac);
}

static bool vprot_message_is_authentic(struct vprot_channel *channel,
				       const struct vprot_message *msg)
{
	u8 omac[DRM_VPROT_OMAC_SIZE];

	return !vprot_message_omac(channel, msg->input, msg->input_size, omac) &&
	       !crypto_memneq(omac, msg->input, sizeof(omac));
}

/* The sequence number that the message is compared with. */
static u64 *vprot_message_next(struct vprot_channel *channel, const struct vprot_message *msg)
{
	return msg->is_command ? &channel->next_configure : &channel->next_query;
}

/*
 * Whether the message may have its effect, and, for a question, the answer. Nothing changes before
 * vprot_message_commit().
 */
static u32 vprot_message_prepare(struct vprot_channel *channel, struct vprot_message *msg)
{
	const struct vprot_message_kind *kind = msg->kind;

	lockdep_assert_held(&channel->lock);

	if (msg->header->channel != channel->name)
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	if (!kind)
		return DRM_VPROT_RESULT_FAIL;
	if (msg->input_size != kind->input_size || msg->output_size != kind->output_size)
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	if (msg->is_command && !vprot_message_is_authentic(channel, msg))
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	if (channel->life != kind->life)
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	/* INITIALIZE is the message that has no number. */
	if (channel->life == VPROT_CHANNEL_INITIALIZED) {
		if (msg->header->sequence < *vprot_message_next(channel, msg))
			return DRM_VPROT_RESULT_INVALID_ARGUMENT;
		msg->uses_number = true;
	}
	return kind->prepare(channel, msg);
}

static void vprot_message_commit(struct vprot_channel *channel, struct vprot_message *msg)
{
	lockdep_assert_held(&channel->lock);

	if (msg->uses_number)
		*vprot_message_next(channel, msg) = (u64)msg->header->sequence + 1;
	if (msg->output->header.result == DRM_VPROT_RESULT_OK && msg->kind->commit)
		msg->kind->commit(channel, msg);
}

/* Whether the channel can answer. */
static int vprot_message_check_channel(struct vprot_channel *channel)
{
	lockdep_assert_held(&channel->lock);

	switch (channel->life) {
	case VPROT_CHANNEL_KEYLESS:
		return -ENOKEY;
	case VPROT_CHANNEL_LOST:
		return -EKEYREVOKED;
	case VPROT_CHANNEL_DESTROYED:
		return -ENOENT;
	default:
		return 0;
	}
}

/* Answer the message, and act upon it when the answer was written, if that takes no page fault. */
static int vprot_message_try(struct vprot_channel *channel, struct vprot_message *msg,
			     void __user *answer)
{
	struct drm_vprot_channel_message *output = msg->output;
	u32 result;
	int ret;

	mutex_lock(&channel->lock);
	ret = vprot_message_check_channel(channel);
	if (ret)
		goto out;

	memset(output, 0, msg->output_size);
	msg->uses_number = false;
	result = vprot_message_prepare(channel, msg);
	output->header = *msg->header;
	output->header.result = result;

	ret = vprot_message_omac(channel, output, msg->output_size, output->omac);
	if (!ret && copy_to_user_nofault(answer, output, msg->output_size))
		ret = -EFAULT;
	if (ret)
		goto out;
	vprot_message_commit(channel, msg);
	trace_vprot_channel_message(channel, msg->is_command, msg->header->sequence, result);
out:
	mutex_unlock(&channel->lock);

	vprot_process_free(&channel->vfile->protection, msg->process);
	put_pid(msg->pid);
	msg->process = NULL;
	msg->pid = NULL;
	return ret;
}

static int vprot_message_run(struct vprot_channel *channel, struct vprot_message *msg,
			     void __user *answer)
{
	int ret;

	/* Each turn but the last means that the memory for the answer was not at hand. */
	do {
		ret = vprot_message_try(channel, msg, answer);
		if (ret == -EFAULT && !fault_in_safe_writeable(answer, msg->output_size))
			ret = -EAGAIN;
	} while (ret == -EAGAIN && !fatal_signal_pending(current));
	return ret == -EAGAIN ? -EINTR : ret;
}

static int vprot_message_exchange(struct drm_vprot_channel_exchange *args, struct drm_file *file,
				  bool is_command)
{
	size_t omac_size = is_command ? DRM_VPROT_OMAC_SIZE : 0;
	struct vprot_message msg = { .is_command = is_command };
	struct vprot_channel *channel;
	void *input, *output;
	int ret = -ENOMEM;

	if (args->pad ||
	    args->input_size < omac_size + sizeof(*msg.header) ||
	    args->input_size > DRM_VPROT_MAX_MESSAGE_SIZE ||
	    args->output_size < sizeof(*msg.output) ||
	    args->output_size > (is_command ? sizeof(*msg.output) : DRM_VPROT_MAX_MESSAGE_SIZE))
		return -EINVAL;

	input = memdup_user(u64_to_user_ptr(args->input), args->input_size);
	if (IS_ERR(input))
		return PTR_ERR(input);
	output = kmalloc(args->output_size, GFP_KERNEL);
	if (!output)
		goto out;

	msg.input = input;
	msg.input_size = args->input_size;
	msg.header = input + omac_size;
	msg.output = output;
	msg.output_size = args->output_size;
	msg.kind = is_command ? vprot_configure_find(&msg.header->type) :
				vprot_query_find(&msg.header->type);

	channel = vprot_channel_lookup(file, args->handle);
	if (channel) {
		ret = vprot_message_run(channel, &msg, u64_to_user_ptr(args->output));
		vprot_channel_put(channel);
	} else {
		ret = -ENOENT;
	}
	ret = vprot_rank_fault(ret, args->output, args->output_size);
out:
	kfree(output);
	kfree(input);
	return ret;
}

int vprot_channel_query_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	return vprot_message_exchange(data, file, false);
}

int vprot_channel_configure_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	return vprot_message_exchange(data, file, true);
}
