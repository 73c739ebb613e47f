// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of authenticated channels.
 */
#include <linux/file.h>
#include <linux/kernel.h>

#include "vprot_channel.h"
#include "vprot_compat.h"
#include "vprot_device.h"
#include "vprot_message.h"
#include "vprot_protection.h"
#include "vprot_session.h"

static u32 vprot_configure_initialize_prepare(struct vprot_channel *channel,
					      struct vprot_message *msg)
{
	return DRM_VPROT_RESULT_OK;
}

static void vprot_configure_initialize_commit(struct vprot_channel *channel,
					      struct vprot_message *msg)
{
	const struct drm_vprot_configure_initialize *in = msg->input;

	channel->next_query = in->start_query;
	channel->next_configure = in->start_configure;
	channel->life = VPROT_CHANNEL_INITIALIZED;
}

static u32 vprot_configure_protection_prepare(struct vprot_channel *channel,
					      struct vprot_message *msg)
{
	const struct drm_vprot_configure_protection *in = msg->input;

	if (in->flags & ~(DRM_VPROT_PROTECTION_ENABLED |
			  DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN))
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	return DRM_VPROT_RESULT_OK;
}

static void vprot_configure_protection_commit(struct vprot_channel *channel,
					      struct vprot_message *msg)
{
	const struct drm_vprot_configure_protection *in = msg->input;

	vprot_protection_demand(&channel->vfile->protection, channel->protection, in->flags);
	channel->protection = in->flags;
}

static u32 vprot_configure_crypto_session_prepare(struct vprot_channel *channel,
						  struct vprot_message *msg)
{
	const struct drm_vprot_configure_crypto_session *in = msg->input;

	if (!in->decoder || in->device != channel->vfile->id ||
	    !vprot_session_is_named(channel->vfile, in->session))
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	return DRM_VPROT_RESULT_OK;
}

static void vprot_configure_crypto_session_commit(struct vprot_channel *channel,
						  struct vprot_message *msg)
{
	const struct drm_vprot_configure_crypto_session *in = msg->input;

	vprot_session_set_decoder(channel->vfile, in->session, in->decoder);
}

/* The process that a pidfd of the caller stands for, with a reference, or NULL. */
static struct pid *vprot_configure_get_process(u64 handle)
{
	struct pid *pid = NULL;
	struct file *file;

	file = handle <= INT_MAX ? fget(handle) : NULL;
	if (file) {
		pid = get_pid(vprot_compat_pidfd_pid(file));
		fput(file);
	}
	return pid;
}

static u32 vprot_configure_shared_resource_prepare(struct vprot_channel *channel,
						   struct vprot_message *msg)
{
	const struct drm_vprot_configure_shared_resource *in = msg->input;

	if (in->type != DRM_VPROT_PROCESS_HANDLE)
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	msg->pid = vprot_configure_get_process(in->process);
	if (!msg->pid)
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	if (!in->allow)
		return DRM_VPROT_RESULT_OK;

	/* It has ended, or is a thread only. */
	if (!pid_has_task(msg->pid, PIDTYPE_TGID))
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	msg->process = vprot_process_alloc(&channel->vfile->protection, msg->pid, in->process);
	return msg->process ? DRM_VPROT_RESULT_OK : DRM_VPROT_RESULT_OUT_OF_MEMORY;
}

static void vprot_configure_shared_resource_commit(struct vprot_channel *channel,
						   struct vprot_message *msg)
{
	if (msg->process)
		vprot_process_allow(&channel->vfile->protection, msg->process);
	else
		vprot_process_forbid(&channel->vfile->protection, msg->pid);
	msg->process = NULL;
}

/* There is one, which is always in use: choosing it changes nothing. */
static u32 vprot_configure_encryption_prepare(struct vprot_channel *channel,
					      struct vprot_message *msg)
{
	const struct drm_vprot_configure_encryption *in = msg->input;

	if (memcmp(&in->encryption, &vprot_message_encryption, sizeof(in->encryption)))
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;
	return DRM_VPROT_RESULT_OK;
}

#define VPROT_CONFIGURE(name, input, life_, prepare_, commit_) { \
	.type = DRM_VPROT_CONFIGURE_##name, \
	.input_size = sizeof(struct drm_vprot_configure_##input), \
	.output_size = sizeof(struct drm_vprot_channel_message), \
	.life = VPROT_CHANNEL_##life_, \
	.prepare = prepare_, \
	.commit = commit_, \
}

static const struct vprot_message_kind vprot_configure_kinds[] = {
	VPROT_CONFIGURE(INITIALIZE, initialize, KEYED, vprot_configure_initialize_prepare,
			vprot_configure_initialize_commit),
	VPROT_CONFIGURE(PROTECTION, protection, INITIALIZED, vprot_configure_protection_prepare,
			vprot_configure_protection_commit),
	VPROT_CONFIGURE(CRYPTO_SESSION, crypto_session, INITIALIZED,
			vprot_configure_crypto_session_prepare,
			vprot_configure_crypto_session_commit),
	VPROT_CONFIGURE(SHARED_RESOURCE, shared_resource, INITIALIZED,
			vprot_configure_shared_resource_prepare,
			vprot_configure_shared_resource_commit),
	VPROT_CONFIGURE(ENCRYPTION, encryption, INITIALIZED, vprot_configure_encryption_prepare,
			NULL),
};

/**
 * vprot_configure_find() - what a GUID stands for in a command
 * @type: the GUID
 *
 * Return: the kind of command, or NULL.
 */
const struct vprot_message_kind *vprot_configure_find(const struct drm_vprot_guid *type)
{
	return vprot_message_kind_find(vprot_configure_kinds, ARRAY_SIZE(vprot_configure_kinds),
				       type);
}
