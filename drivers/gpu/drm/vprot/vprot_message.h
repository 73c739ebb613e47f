/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_MESSAGE_H__
#define __VPROT_MESSAGE_H__

#include <linux/pid.h>
#include <linux/string.h>
#include <linux/types.h>

#include <drm/vprot_channel.h>

#include "vprot_channel.h"

struct vprot_message;
struct vprot_process;

/**
 * struct vprot_message_kind - what there is to know of the messages with one GUID
 */
struct vprot_message_kind {
	/** @type: the GUID */
	struct drm_vprot_guid type;
	/** @input_size: size of the message */
	u32 input_size;
	/** @output_size: size of its answer */
	u32 output_size;
	/** @life: where a channel has to be in its life */
	enum vprot_channel_life life;
	/**
	 * @prepare: decide whether it can have its effect, and fill in what follows the header of
	 * the answer. All that can fail is here, and nothing changes. Returns DRM_VPROT_RESULT_*.
	 */
	u32 (*prepare)(struct vprot_channel *channel, struct vprot_message *msg);
	/** @commit: let it have its effect; NULL for questions */
	void (*commit)(struct vprot_channel *channel, struct vprot_message *msg);
};

/**
 * struct vprot_message - a message, and its answer
 */
struct vprot_message {
	/** @is_command: it is a command, not a question */
	bool is_command;
	/** @kind: what its GUID stands for, NULL for nothing */
	const struct vprot_message_kind *kind;
	/** @input: the message */
	const void *input;
	/** @input_size: bytes at @input */
	u32 input_size;
	/** @header: its header */
	const struct drm_vprot_channel_header *header;
	/** @output: the answer */
	struct drm_vprot_channel_message *output;
	/** @output_size: bytes at @output */
	u32 output_size;
	/** @uses_number: it uses up its sequence number */
	bool uses_number;
	/** @pid: the process that it is about, with a reference, or NULL */
	struct pid *pid;
	/** @process: an entry for @pid, or NULL */
	struct vprot_process *process;
};

/**
 * vprot_message_kind_find() - find a GUID in a table
 * @kinds: the table
 * @count: its length
 * @type: the GUID
 *
 * Return: its entry or NULL.
 */
static inline const struct vprot_message_kind *
vprot_message_kind_find(const struct vprot_message_kind *kinds, size_t count,
			const struct drm_vprot_guid *type)
{
	for (; count--; kinds++)
		if (!memcmp(&kinds->type, type, sizeof(*type)))
			return kinds;
	return NULL;
}

const struct vprot_message_kind *vprot_configure_find(const struct drm_vprot_guid *type);
const struct vprot_message_kind *vprot_query_find(const struct drm_vprot_guid *type);

extern const struct drm_vprot_guid vprot_message_encryption;

#endif /* __VPROT_MESSAGE_H__ */
