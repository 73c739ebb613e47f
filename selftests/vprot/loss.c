// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "debugfs.h"
#include "loss.h"
#include "module.h"

#define SIZE	65536

__u64 vt_loss_event(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct drm_vprot_event_loss event = { 0 };
	ssize_t size;

	if (poll(&p, 1, 0) != 1)
		return 0;
	size = read(fd, &event, sizeof(event));
	if (size != sizeof(event) || event.base.type != DRM_VPROT_EVENT_LOSS ||
	    event.base.length != sizeof(event))
		return -1;
	return event.generation;
}

/* --- the states ------------------------------------------------------------------------------- */

static void create_anew(struct vt_loss *l, __u32 key_exchange_type)
{
	vt_session_destroy(&l->stage.s);
	vt_session_create(&l->stage.s, l->stage.fd, key_exchange_type, 0);
}

static void without_a_key(struct vt_loss *l, bool frozen)
{
	create_anew(l, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP);
}

static void with_a_key(struct vt_loss *l, bool frozen)
{
	static const __u8 key[VT_KEY] = "a session key..";

	create_anew(l, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP);
	vt_key_exchange(&l->stage.s, key);
}

static void with_a_key_of_the_kernel(struct vt_loss *l, bool frozen)
{
	create_anew(l, DRM_VPROT_KEY_EXCHANGE_INTERNAL);
	l->internal = true;
}

static void with_a_read_back_key(struct vt_loss *l, bool frozen)
{
	vt_draw_read_back_key(&l->stage.s);
}

static void with_a_refresh_pending(struct vt_loss *l, bool frozen)
{
	__u8 nonce[VT_KEY];

	if (vt_start(&l->stage.s, nonce))
		vt_fatal("Start failed");
}

static void with_contents(struct vt_loss *l, bool frozen)
{
	__u8 plain[SIZE];
	__u64 seed = 5;

	vt_fill(&seed, plain, SIZE);
	vt_load(&l->stage.s, &l->stage.secret, 0, plain, SIZE);
	vt_read_back(&l->stage.s, &l->stage.secret, 0, plain, SIZE);
}

/* Queues a blit that is going to be given up. */
static void queue(struct vt_loss *l, const struct drm_vprot_blt *blt, __u32 wait)
{
	if (vt_queue_blt(&l->stage.s, DECRYPT, blt, wait, l->stage.done))
		vt_fatal("a blit was not queued");
	l->fences[l->num_fences++] = vt_syncobj_export(l->stage.fd, l->stage.done);
}

/* Jobs that are going to be given up, all or most of them. Returns a syncobj of the last. */
static __u32 queue_work(struct vt_loss *l)
{
	__u32 done = vt_queue_work(&l->stage.s, &(struct drm_vprot_blt){ 0 });

	l->fences[l->num_fences++] = vt_syncobj_export(l->stage.fd, done);
	return done;
}

/*
 * A syncobj for what is to be queued when all is lost: that of a gate, for which nobody waits. But
 * a gate gives up after ten seconds, in which a busy system does not always fall asleep.
 */
static __u32 hold(struct vt_loss *l, bool frozen)
{
	struct vt_stage *stage = &l->stage;

	if (frozen) {
		vt_gate_open(&stage->gate);
		return queue_work(l);
	}
	/* That of the stage was closed some time ago. */
	vt_gate_free(&stage->gate);
	vt_gate(&stage->gate, stage->fd);
	return stage->gate.syncobj;
}

/* Two sessions, each behind the other in a clear buffer. */
static void with_a_queue(struct vt_loss *l, bool frozen)
{
	struct vt_stage *stage = &l->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	struct drm_vprot_blt other = vt_stage_blit(stage, &stage->other, 1);
	int many = vt_gate_many() / 4;

	blt.size = 64;
	other.size = 64;
	queue(l, &blt, hold(l, frozen));
	vt_session_open(&l->other, stage->fd, 0);
	for (int i = 0; i < many; i++) {
		if (vt_queue_blt(&l->other, DECRYPT, &other, 0, stage->done))
			vt_fatal("a blit of the other session was not queued");
		queue(l, &blt, 0);
	}
}

/* Some run, others are behind them; and one that is not queued runs in a thread. */
static void with_work_under_way(struct vt_loss *l, bool frozen)
{
	queue_work(l);
	if (!frozen)
		vt_flight_by_thread(&l->flight, &l->stage.s, 1000);
}

/* Of vgem; there is a fence of vgem on it if that is the gate. */
static void with_an_imported_buffer(struct vt_loss *l, bool frozen)
{
	struct vt_stage *stage = &l->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	__u32 wait = hold(l, frozen);

	blt.size = 4096;
	if (vt_import(stage->fd, stage->gate.dmabuf, &blt.src))
		vt_fatal("a buffer of vgem was not imported");
	queue(l, &blt, wait);
}

static const struct {
	const char *name;
	void (*enter)(struct vt_loss *l, bool frozen);
} states[VT_LOSS_STATES] = {
	{ "without a key", without_a_key },
	{ "with a key", with_a_key },
	{ "with a key of the kernel", with_a_key_of_the_kernel },
	{ "with a read-back key", with_a_read_back_key },
	{ "with a refresh pending", with_a_refresh_pending },
	{ "with contents", with_contents },
	{ "with an imported buffer", with_an_imported_buffer },
	{ "with a queue", with_a_queue },
	/* It does not take for ever: last. */
	{ "with work under way", with_work_under_way },
};

void vt_losses_open(struct vt_losses *losses, bool frozen)
{
	struct vt_session s;
	int fd;

	vt_driver_bind();
	/* What the generation is now is seen by losing all once more. */
	fd = vt_open();
	vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_lose();
	losses->generation = vt_loss_event(fd);
	if ((__s64)losses->generation <= 0)
		vt_fatal("a file was not told of a loss");
	close(fd);

	for (int i = 0; i < VT_LOSS_STATES; i++)
		vt_stage_open(&losses->of[i].stage, SIZE);
	for (int i = 0; i < VT_LOSS_STATES; i++)
		states[i].enter(&losses->of[i], frozen);
}

void vt_losses_close(struct vt_losses *losses)
{
	for (int i = 0; i < VT_LOSS_STATES; i++) {
		struct vt_loss *l = &losses->of[i];

		while (l->num_fences)
			close(l->fences[--l->num_fences]);
		vt_stage_close(&l->stage);
	}
	vt_driver_bind();
}

/* --- afterwards ------------------------------------------------------------------------------- */

/* The session says so, and so does each way to use it. */
static const char *not_lost(const struct vt_session *s, const struct vt_buffer *secret,
			    bool internal, bool unbound)
{
	struct drm_vprot_session_status status = { .handle = s->handle };
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = { .src = secret->handle, .dst = secret->handle, .size = 64 };
	__u8 nonce[VT_KEY], blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
	struct drm_vprot_get_encryption_blt_key key = {
		.handle = s->handle,
		.size = VT_KEY,
		.key = (uintptr_t)nonce,
	};
	int expected = unbound ? -ENODEV : -EKEYREVOKED;
	int of_the_key = internal && !unbound ? -EOPNOTSUPP : expected;

	if (vt_ioctl(s->fd, DRM_IOCTL_VPROT_SESSION_STATUS, &status) != (unbound ? -ENODEV : 0))
		return "status";
	if (!unbound && (status.state != DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST || status.epoch ||
			 status.flags))
		return "what the status says";
	if (vt_decrypt_blt(s, &blt) != expected)
		return "decryption";
	blt.result = (uintptr_t)&result;
	if (vt_encrypt_blt(s, &blt) != expected)
		return "encryption";
	if (vt_start(s, nonce) != of_the_key)
		return "Start";
	if (vt_finish(s, NULL) != of_the_key)
		return "Finish";
	if (vt_send_blob(s, blob) != of_the_key)
		return "key exchange";
	if (vt_ioctl(s->fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &key) != expected)
		return "drawing a read-back key";
	return "";
}

/* What the administrator sees of it. */
static bool are_listed_as_lost(void)
{
	struct vt_listed listed[2 * VT_LOSS_STATES];
	size_t count = vt_sessions_of(getpid(), listed, 2 * VT_LOSS_STATES);

	for (size_t i = 0; i < count; i++)
		if (strcmp(listed[i].state, "lost") || listed[i].epoch || listed[i].in_flight ||
		    strcmp(listed[i].pending, "no") || strcmp(listed[i].read_back, "no"))
			return false;
	return count > VT_LOSS_STATES;
}

/* All that was lost can be had again. */
static const char *not_begun_anew(struct vt_stage *stage)
{
	static const __u8 zeros[SIZE];
	__u8 plain[SIZE];
	__u64 seed = 6;

	vt_session_destroy(&stage->s);
	vt_session_open(&stage->s, stage->fd, 0);
	/* What is not bound reads as zeros whatever it holds: bind it, by a byte that is one. */
	vt_load(&stage->s, &stage->secret, 0, zeros, 1);
	vt_read_back(&stage->s, &stage->secret, 0, plain, SIZE);
	if (memcmp(plain, zeros, SIZE))
		return "a new session finds contents";
	vt_fill(&seed, plain, SIZE);
	vt_load(&stage->s, &stage->secret, 0, plain, SIZE);
	vt_read_back(&stage->s, &stage->secret, 0, plain, SIZE);
	seed = 6;
	vt_fill(&seed, stage->clear.map, SIZE);
	if (memcmp(plain, stage->clear.map, SIZE))
		return "a new session does not get its contents back";
	return vt_key_works(&stage->s) ? "" : "a new session does not work";
}

static const char *fault_of(struct vt_loss *l, __u64 generation, bool unbound)
{
	static char text[64];
	const char *fault;

	for (unsigned int i = 0; i < l->num_fences; i++) {
		struct pollfd p = { .fd = l->fences[i], .events = POLLIN };
		int status = poll(&p, 1, VT_LONG) == 1 ? vt_fence_status(l->fences[i]) : 0;

		snprintf(text, sizeof(text), "the fence of blit %u has the status %d", i, status);
		if (status != -EKEYREVOKED)
			return text;
	}
	if (l->flight.thread && vt_flight_end(&l->flight) != -EKEYREVOKED)
		return "the blit that is not queued was not stopped";
	if (vt_loss_event(l->stage.fd) != generation)
		return "the file was not told of the loss";
	if (vt_loss_event(l->stage.fd))
		return "the file was told twice";
	fault = not_lost(&l->stage.s, &l->stage.secret, l->internal, unbound);
	if (!*fault && l->other.handle)
		fault = not_lost(&l->other, &l->stage.other, false, unbound);
	return fault;
}

const char *vt_losses_fault(struct vt_losses *losses, bool unbound)
{
	static char text[128];
	const char *fault = "";

	for (int i = 0; i < VT_LOSS_STATES; i++) {
		fault = fault_of(&losses->of[i], losses->generation + 1, unbound);
		snprintf(text, sizeof(text), "%s: %s", states[i].name, fault);
		if (*fault)
			return text;
	}
	if (unbound)
		return "";
	if (!are_listed_as_lost())
		return "they are not listed as lost";
	for (int i = 0; i < VT_LOSS_STATES; i++) {
		fault = not_begun_anew(&losses->of[i].stage);
		snprintf(text, sizeof(text), "%s: %s", states[i].name, fault);
		if (*fault)
			return text;
	}
	return "";
}
