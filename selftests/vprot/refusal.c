// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "refusal.h"

/* --- the world -------------------------------------------------------------------------------- */

/* A session of another file whose handle means nothing in this one, and a buffer bound to it. */
static void open_foreign(struct vt_world *w)
{
	static const __u8 plain[VT_WORLD_SIZE] = "somebody else's";
	struct vt_session s;
	struct vt_buffer theirs;
	int fd = vt_open(), dmabuf;

	do
		vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	while (s.handle <= w->internal.handle);
	w->foreign = s.handle;

	vt_session_open(&s, fd, 0);
	vt_protected(&theirs, fd, VT_WORLD_SIZE);
	vt_load(&s, &theirs, 0, plain, sizeof(plain));
	dmabuf = vt_export(&theirs);
	w->others = (struct vt_buffer){ .fd = w->fd, .size = VT_WORLD_SIZE };
	if (vt_import(w->fd, dmabuf, &w->others.handle))
		vt_fatal("a protected buffer of another file cannot be imported");
}

void vt_world_open(struct vt_world *w)
{
	__u64 seed = 77;

	memset(w, 0, sizeof(*w));
	w->fd = vt_open();
	vt_session_open(&w->session, w->fd, 0);
	vt_session_create(&w->keyless, w->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_session_create(&w->internal, w->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_channel_create(&w->keyless_channel, w->fd, 0);
	vt_channel_open(&w->channel, w->fd);
	vt_protect(&w->channel, VT_WORLD_PROTECTION);

	vt_fill(&seed, w->plain, sizeof(w->plain));
	vt_fill(&seed, w->clear_copy, sizeof(w->clear_copy));
	vt_clear(&w->clear, w->fd, VT_WORLD_SIZE);
	memcpy(w->clear.map, w->clear_copy, VT_WORLD_SIZE);
	vt_protected(&w->secret, w->fd, VT_WORLD_SIZE);
	vt_load(&w->session, &w->secret, 0, w->plain, VT_WORLD_SIZE);
	vt_protected(&w->unbound, w->fd, VT_WORLD_SIZE);
	open_foreign(w);

	w->bad = vt_bad_page();
	w->read_only = vt_page_before_bad();
	if (mprotect(w->read_only, 4096, PROT_READ))
		vt_fatal("mprotect: %s", strerror(errno));
	memset(w->output, 0xa5, sizeof(w->output));
	if (vt_start(&w->session, w->nonce))
		vt_fatal("the refresh did not start");
	vt_status(&w->session, &w->status);
}

bool vt_world_same(const struct vt_world *w)
{
	struct drm_vprot_session_status status;
	const char *what = NULL;

	vt_status(&w->session, &status);
	if (memcmp(&status, &w->status, sizeof(status)))
		what = "the session's status";
	else if (memcmp(w->clear.map, w->clear_copy, VT_WORLD_SIZE))
		what = "the clear buffer";
	for (size_t i = 0; i < sizeof(w->output); i++)
		if (w->output[i] != 0xa5)
			what = "the memory for results";
	if (what)
		fprintf(stderr, "# %s has changed\n", what);
	return !what;
}

/* The channels have used up no number, have changed nothing, and still take messages. */
static const char *channels_changed(struct vt_world *w)
{
	struct drm_vprot_configure_protection same = { .flags = VT_WORLD_PROTECTION };
	struct drm_vprot_query_number_output output = { 0 };
	struct drm_vprot_channel_header input;

	if (VT_QUERY(&w->channel, PROTECTION, &input, &output) ||
	    output.number != VT_WORLD_PROTECTION)
		return "the channel's protection has changed";
	if (VT_CONFIGURE(&w->channel, PROTECTION, &same))
		return "the channel's numbers have changed";
	vt_channel_key_exchange(&w->keyless_channel);
	vt_channel_initialize(&w->keyless_channel);
	return NULL;
}

bool vt_world_intact(struct vt_world *w)
{
	static const __u8 zero[VT_WORLD_SIZE];
	__u8 seen[VT_WORLD_SIZE];
	const char *what = NULL;

	if (!vt_world_same(w))
		return false;
	what = channels_changed(w);
	vt_read_back(&w->session, &w->secret, 0, seen, sizeof(seen));
	if (memcmp(seen, w->plain, sizeof(seen)))
		what = "the protected buffer has changed";
	vt_read_back(&w->session, &w->unbound, 0, seen, sizeof(seen));
	if (memcmp(seen, zero, sizeof(seen)))
		what = "the empty protected buffer has changed";
	if (!vt_key_works(&w->session))
		what = "the session's key has changed";
	if (vt_finish(&w->session, NULL))
		what = "no refresh is pending any more";
	vt_xor(w->session.key, w->nonce);
	w->session.epoch++;
	if (!what && !vt_key_works(&w->session))
		what = "the pending key has changed";
	if (what)
		fprintf(stderr, "# %s\n", what);
	return !what;
}

/* --- bad calls -------------------------------------------------------------------------------- */

void vt_apply(const struct vt_change *change, __u64 *old)
{
	*old = 0;
	memcpy(old, change->at, change->size);
	memcpy(change->at, &change->value, change->size);
}

void vt_undo(const struct vt_change *change, __u64 old)
{
	memcpy(change->at, &old, change->size);
}

static bool refused(const struct vt_world *w, unsigned long request, void *arg, size_t arg_size,
		    const struct vt_change *change)
{
	__u8 before[256];
	int result;
	bool same;
	__u64 old;

	vt_apply(change, &old);
	memcpy(before, arg, arg_size);
	result = vt_ioctl(w->fd, request, arg);
	same = !memcmp(before, arg, arg_size);
	vt_undo(change, old);
	if (result != change->error)
		fprintf(stderr, "# %s (0x%llx): %s, expected %s\n", change->what,
			(unsigned long long)change->value, strerrorname_np(-result),
			strerrorname_np(-change->error));
	if (!same)
		fprintf(stderr, "# %s: the argument has changed\n", change->what);
	if (!vt_world_same(w)) {
		fprintf(stderr, "# ... by %s (0x%llx)\n", change->what,
			(unsigned long long)change->value);
		same = false;
	}
	return result == change->error && same;
}

bool vt_refused(const struct vt_world *w, unsigned long request, void *arg, size_t arg_size,
		const struct vt_change *changes, size_t count)
{
	bool all = vt_ioctl(w->fd, request, w->bad) == -EFAULT;

	if (!all)
		fprintf(stderr, "# an argument that cannot be read is not -EFAULT\n");
	for (size_t i = 0; i < count; i++) {
		struct vt_change change = changes[i];

		if (!change.bits) {
			all &= refused(w, request, arg, arg_size, &change);
			continue;
		}
		for (size_t bit = 0; bit < 8 * change.size; bit++) {
			change.value = 1ull << bit;
			if (!(changes[i].value & change.value))
				all &= refused(w, request, arg, arg_size, &change);
		}
	}
	return all;
}
