// SPDX-License-Identifier: GPL-2.0
/*
 * The questions that authenticated channels answer.
 */
#include <linux/kernel.h>

#include "vprot_channel.h"
#include "vprot_device.h"
#include "vprot_message.h"
#include "vprot_protection.h"
#include "vprot_session.h"

/* How contents are encrypted where others can reach them: encryption blits alone lead there. */
const struct drm_vprot_guid vprot_message_encryption = DRM_VPROT_ENCRYPTION_AES128_CTR;

static u32 vprot_query_number(struct vprot_message *msg, u32 number)
{
	struct drm_vprot_query_number_output *out = (void *)msg->output;

	out->number = number;
	return DRM_VPROT_RESULT_OK;
}

static u32 vprot_query_protection(struct vprot_channel *channel, struct vprot_message *msg)
{
	return vprot_query_number(msg, vprot_protection_flags(&channel->vfile->protection));
}

static u32 vprot_query_channel_type(struct vprot_channel *channel, struct vprot_message *msg)
{
	return vprot_query_number(msg, channel->type);
}

static u32 vprot_query_device_handle(struct vprot_channel *channel, struct vprot_message *msg)
{
	struct drm_vprot_query_device_output *out = (void *)msg->output;

	out->device = channel->vfile->id;
	return DRM_VPROT_RESULT_OK;
}

static u32 vprot_query_crypto_session(struct vprot_channel *channel, struct vprot_message *msg)
{
	const struct drm_vprot_query_crypto_session_input *in = msg->input;
	struct drm_vprot_query_crypto_session_output *out = (void *)msg->output;

	if (!in->decoder ||
	    !vprot_session_of_decoder(channel->vfile, in->decoder, &out->session))
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;

	out->decoder = in->decoder;
	out->device = channel->vfile->id;
	return DRM_VPROT_RESULT_OK;
}

static u32 vprot_query_process_count(struct vprot_channel *channel, struct vprot_message *msg)
{
	return vprot_query_number(msg, vprot_process_count(&channel->vfile->protection));
}

static u32 vprot_query_process(struct vprot_channel *channel, struct vprot_message *msg)
{
	const struct drm_vprot_query_index_input *in = msg->input;
	struct drm_vprot_query_process_output *out = (void *)msg->output;

	if (!vprot_process_handle(&channel->vfile->protection, in->index, &out->process))
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;

	out->index = in->index;
	out->type = DRM_VPROT_PROCESS_HANDLE;
	return DRM_VPROT_RESULT_OK;
}

static u32 vprot_query_unrestricted_count(struct vprot_channel *channel,
					  struct vprot_message *msg)
{
	struct vprot_protection *protection = &channel->vfile->protection;

	return vprot_query_number(msg, vprot_protection_count_unrestricted(protection));
}

static u32 vprot_query_output_id_count(struct vprot_channel *channel, struct vprot_message *msg)
{
	const struct drm_vprot_query_output_id_count_input *in = msg->input;
	struct drm_vprot_query_output_id_count_output *out = (void *)msg->output;

	if (in->device != channel->vfile->id ||
	    !vprot_session_is_named(channel->vfile, in->session))
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;

	/* The device shows nothing. */
	out->device = in->device;
	out->session = in->session;
	return DRM_VPROT_RESULT_OK;
}

/* Whichever is asked for is not there. */
static u32 vprot_query_output_id(struct vprot_channel *channel, struct vprot_message *msg)
{
	return DRM_VPROT_RESULT_INVALID_ARGUMENT;
}

/* No bus leads to protected memory, and nobody reaches it: all of it is zero. */
static u32 vprot_query_accessibility(struct vprot_channel *channel, struct vprot_message *msg)
{
	return DRM_VPROT_RESULT_OK;
}

static u32 vprot_query_encryption_count(struct vprot_channel *channel, struct vprot_message *msg)
{
	return vprot_query_number(msg, 1);
}

static u32 vprot_query_encryption(struct vprot_channel *channel, struct vprot_message *msg)
{
	const struct drm_vprot_query_index_input *in = msg->input;
	struct drm_vprot_query_encryption_output *out = (void *)msg->output;

	if (in->index)
		return DRM_VPROT_RESULT_INVALID_ARGUMENT;

	out->encryption = vprot_message_encryption;
	return DRM_VPROT_RESULT_OK;
}

static u32 vprot_query_current_encryption(struct vprot_channel *channel,
					  struct vprot_message *msg)
{
	struct drm_vprot_query_current_encryption_output *out = (void *)msg->output;

	out->encryption = vprot_message_encryption;
	return DRM_VPROT_RESULT_OK;
}

#define VPROT_QUERY(name, input, output, prepare_) { \
	.type = DRM_VPROT_QUERY_##name, \
	.input_size = sizeof(struct drm_vprot_##input), \
	.output_size = sizeof(struct drm_vprot_query_##output), \
	.life = VPROT_CHANNEL_INITIALIZED, \
	.prepare = prepare_, \
}

static const struct vprot_message_kind vprot_query_kinds[] = {
	VPROT_QUERY(PROTECTION, channel_header, number_output, vprot_query_protection),
	VPROT_QUERY(CHANNEL_TYPE, channel_header, number_output, vprot_query_channel_type),
	VPROT_QUERY(DEVICE_HANDLE, channel_header, device_output, vprot_query_device_handle),
	VPROT_QUERY(CRYPTO_SESSION, query_crypto_session_input, crypto_session_output,
		    vprot_query_crypto_session),
	VPROT_QUERY(PROCESS_COUNT, channel_header, number_output, vprot_query_process_count),
	VPROT_QUERY(PROCESS, query_index_input, process_output, vprot_query_process),
	VPROT_QUERY(UNRESTRICTED_COUNT, channel_header, number_output,
		    vprot_query_unrestricted_count),
	VPROT_QUERY(OUTPUT_ID_COUNT, query_output_id_count_input, output_id_count_output,
		    vprot_query_output_id_count),
	VPROT_QUERY(OUTPUT_ID, query_output_id_input, output_id_output, vprot_query_output_id),
	VPROT_QUERY(ACCESSIBILITY, channel_header, accessibility_output,
		    vprot_query_accessibility),
	VPROT_QUERY(ENCRYPTION_COUNT, channel_header, number_output,
		    vprot_query_encryption_count),
	VPROT_QUERY(ENCRYPTION, query_index_input, encryption_output, vprot_query_encryption),
	VPROT_QUERY(CURRENT_ENCRYPTION, channel_header, current_encryption_output,
		    vprot_query_current_encryption),
};

/**
 * vprot_query_find() - what a GUID stands for in a question
 * @type: the GUID
 *
 * Return: the kind of question, or NULL.
 */
const struct vprot_message_kind *vprot_query_find(const struct drm_vprot_guid *type)
{
	return vprot_message_kind_find(vprot_query_kinds, ARRAY_SIZE(vprot_query_kinds), type);
}
