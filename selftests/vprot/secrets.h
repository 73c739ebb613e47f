/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The search for secrets in a machine's memory. All secrets are made outside of the machine, by
 * secrets_host, which looks for them in all of its memory. In the machine secrets_guest uses
 * them, and has none itself: what it gets is encrypted for the device or under keys it does not
 * have, and what it has to tell is masked.
 *
 * The guest prints lines that begin with '@': "@read-back SESSION HEX" (wrapped),
 * "@nonce SESSION HEX" (masked), and "@scan MOMENT"; then it waits until the moment stands at
 * SECRETS_GO of the disk, to which it writes its memory when it hibernates. The file input/canary
 * has bytes that it has to have in memory, inverted.
 */
#ifndef SECRETS_H
#define SECRETS_H

#include <linux/types.h>
#include <vprot_drm.h>

#define SECRETS_CONTENT	20000	/* bytes */
#define SECRETS_OFFSET	8	/* where they go in the protected buffer */
/*
 * The blits are so large that they are spread over processors, and the contents are where another
 * one most likely takes them: in the second chunk.
 */
#define SECRETS_BLIT	(4 * SECRETS_BEFORE)
#define SECRETS_BEFORE	(256u << 10)
#define SECRETS_DISK	(256u << 20)		/* bytes of the disk */
#define SECRETS_GO	(SECRETS_DISK - 4096)	/* behind the swap space */
#define SECRETS_CANARY	4096	/* bytes that are no secret, and have to be found */

/** enum secrets_session - the sessions, by what ends their secrets */
enum secrets_session {
	SECRETS_REFRESHED,	/**< @SECRETS_REFRESHED: Finish; the session lives on */
	SECRETS_EXCHANGED,	/**< @SECRETS_EXCHANGED: a key exchange; the session lives on */
	SECRETS_DESTROYED,	/**< @SECRETS_DESTROYED: destruction */
	/** @SECRETS_CLOSED: the end of its file; its content key is in a keyring, until then */
	SECRETS_CLOSED,
	SECRETS_LOST,		/**< @SECRETS_LOST: the system hibernates */
	SECRETS_QUEUED,		/**< @SECRETS_QUEUED: that, before its blits have run */
	SECRETS_RUNNING,	/**< @SECRETS_RUNNING: that, while its blits run */
	SECRETS_LATER,		/**< @SECRETS_LATER: the device is unbound */
	SECRETS_SESSIONS,	/**< @SECRETS_SESSIONS: number of sessions */
};

/** enum secrets_moment - when memory is searched */
enum secrets_moment {
	SECRETS_ALIVE,		/**< @SECRETS_ALIVE: all sessions live */
	SECRETS_ENDED,		/**< @SECRETS_ENDED: all have ended, but for losses */
	SECRETS_ASLEEP,		/**< @SECRETS_ASLEEP: hibernation; what is on the disk */
	SECRETS_AWAKE,		/**< @SECRETS_AWAKE: all are lost, and the later one lives */
	SECRETS_UNBOUND,	/**< @SECRETS_UNBOUND: it is lost, too */
	SECRETS_MOMENTS,	/**< @SECRETS_MOMENTS: number of moments */
};

/**
 * struct secrets_input - what the guest gets for a session, the file input/SESSION
 */
struct secrets_input {
	/** @blob: The session key, encrypted for the device. */
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	/** @next_blob: Another one, for a second key exchange. */
	__u8 next_blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	/** @bad_blob: A third one, which the device has to refuse after it has decrypted it. */
	__u8 bad_blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	/** @wrapped: The content key, wrapped under the session key. */
	__u8 wrapped[DRM_VPROT_KEY_SIZE];
	/** @masked: The content key XOR @content_mask, to be put into a keyring. */
	__u8 masked[DRM_VPROT_KEY_SIZE];
	/** @content_mask: What to XOR it with. */
	__u8 content_mask[DRM_VPROT_KEY_SIZE];
	/** @iv: The counter block that @content begins with. */
	__u8 iv[16];
	/** @mask: What to XOR the nonce with. */
	__u8 mask[DRM_VPROT_KEY_SIZE];
	/** @content: Contents, encrypted under the content key. */
	__u8 content[SECRETS_CONTENT];
};

#endif
