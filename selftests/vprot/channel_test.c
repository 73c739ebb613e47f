// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of authenticated channels: each bad value of each member alone, keys, handles, and the
 * end of a channel.
 */
#include <pthread.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "module.h"
#include "refusal.h"

#define SIZE	4096

FIXTURE(channel) {
	struct vt_world w;
};

FIXTURE_SETUP(channel)
{
	vt_world_open(&self->w);
}

FIXTURE_TEARDOWN(channel)
{
	EXPECT_TRUE(vt_world_intact(&self->w));
}

/* The bad values of every member that names a channel. */
#define BAD_CHANNELS(member, foreign) \
	VT_BAD(member, 0, -ENOENT), \
	VT_BAD(member, VT_NO_HANDLE, -ENOENT), \
	VT_BAD(member, ~0u, -ENOENT), \
	VT_BAD(member, foreign, -ENOENT)

/* The handle of a channel of another file, which means nothing in this one. */
static __u32 foreign_channel(const struct vt_world *w)
{
	struct vt_channel c;
	int fd = vt_open();

	do
		vt_channel_create(&c, fd, 0);
	while (c.handle <= w->channel.handle);
	return c.handle;
}

TEST_F(channel, create)
{
	struct drm_vprot_channel_create create = {
		.type = DRM_VPROT_CHANNEL_SOFTWARE,
		.handle = 99,
	};
	struct vt_change changes[] = {
		VT_BAD(create.type, 0, -EINVAL),
		VT_BAD(create.type, 1, -EINVAL),
		VT_BAD(create.type, DRM_VPROT_CHANNEL_HARDWARE, -EOPNOTSUPP),
		VT_BAD(create.type, 4, -EINVAL),
		VT_BAD(create.type, 34, -EINVAL),
		VT_BAD(create.type, ~0u, -EINVAL),
		VT_BITS(create.flags, 0),
		VT_BITS(create.pad, 0),
	};
	struct drm_vprot_get_caps caps;

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_CHANNEL_CREATE, &create, changes));
	create.name = 0x1122334455667788;
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &create));
	EXPECT_NE(0, create.handle);
	EXPECT_NE(99, create.handle);
	EXPECT_EQ(0x1122334455667788, create.name);
	EXPECT_EQ(DRM_VPROT_CHANNEL_SOFTWARE, create.type);

	vt_caps(self->w.fd, &caps);
	EXPECT_EQ(1 << DRM_VPROT_CHANNEL_SOFTWARE, caps.channel_types);
	EXPECT_GT(caps.max_file_channels, 0);
	EXPECT_GE(caps.max_channels, caps.max_file_channels);
	EXPECT_GT(caps.max_file_processes, 0);
}

TEST_F(channel, destroy)
{
	struct drm_vprot_channel_destroy destroy = { .handle = self->w.channel.handle };
	struct vt_change changes[] = {
		BAD_CHANNELS(destroy.handle, foreign_channel(&self->w)),
		VT_BITS(destroy.pad, 0),
	};
	struct vt_channel c;

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_CHANNEL_DESTROY, &destroy, changes));
	vt_channel_open(&c, self->w.fd);
	EXPECT_EQ(0, vt_channel_destroy(&c));
	EXPECT_EQ(-ENOENT, vt_channel_destroy(&c));
}

TEST_F(channel, key_exchange)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
	struct drm_vprot_channel_key_exchange exchange = {
		.handle = self->w.keyless_channel.handle,
		.size = sizeof(blob),
		.data = (uintptr_t)blob,
	};
	struct vt_change changes[] = {
		BAD_CHANNELS(exchange.handle, foreign_channel(&self->w)),
		VT_BAD(exchange.handle, self->w.channel.handle, -ESTALE),
		VT_BAD(exchange.size, 0, -EINVAL),
		VT_BAD(exchange.size, 255, -EINVAL),
		VT_BAD(exchange.size, 257, -EINVAL),
		VT_BAD(exchange.size, ~0u, -EINVAL),
		VT_BAD(exchange.data, 0, -EFAULT),
		VT_BAD(exchange.data, (uintptr_t)self->w.bad, -EFAULT),
		VT_BAD(exchange.data, (uintptr_t)self->w.bad - 255, -EFAULT),
		VT_BAD(exchange.data, VT_KERNEL_ADDRESS, -EFAULT),
		VT_BAD(blob[0], 0xff, -EKEYREJECTED),
		VT_BAD(blob[200], 1, -EKEYREJECTED),
	};

	vt_key_exchange_blob(self->w.fd, self->w.plain, VT_KEY, blob);
	changes[ARRAY_SIZE(changes) - 1].value = blob[200] ^ 1;
	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_CHANNEL_KEY_EXCHANGE, &exchange,
			       changes));
}

/* A key has 16 bytes, no more and no less. */
TEST_F(channel, key_of_another_size)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];

	for (size_t size = 0; size <= 40; size++) {
		if (size == VT_KEY)
			continue;
		vt_key_exchange_blob(self->w.fd, self->w.plain, size, blob);
		EXPECT_EQ(-EKEYREJECTED, vt_channel_send_blob(&self->w.keyless_channel, blob));
	}
}

TEST_F(channel, messages)
{
	static const unsigned long requests[] = {
		DRM_IOCTL_VPROT_CHANNEL_QUERY,
		DRM_IOCTL_VPROT_CHANNEL_CONFIGURE,
	};
	struct drm_vprot_configure_protection input = { .flags = 0 };
	__u32 foreign = foreign_channel(&self->w);

	vt_command(&self->w.channel, VT_GUID(CONFIGURE_PROTECTION), &input, sizeof(input));
	self->w.channel.configure--;
	for (int i = 0; i < 2; i++) {
		struct drm_vprot_channel_exchange exchange = {
			.handle = self->w.channel.handle,
			.input = (uintptr_t)&input,
			.output = (uintptr_t)self->w.output,
			.input_size = sizeof(input),
			.output_size = 48,
		};
		struct vt_change changes[] = {
			BAD_CHANNELS(exchange.handle, foreign),
			VT_BAD(exchange.handle, self->w.keyless_channel.handle, -ENOKEY),
			VT_BITS(exchange.pad, 0),
			VT_BAD(exchange.input, 0, -EFAULT),
			VT_BAD(exchange.input, (uintptr_t)self->w.bad, -EFAULT),
			VT_BAD(exchange.input, VT_KERNEL_ADDRESS, -EFAULT),
			VT_BAD(exchange.output, 0, -EFAULT),
			VT_BAD(exchange.output, (uintptr_t)self->w.bad, -EFAULT),
			VT_BAD(exchange.output, (uintptr_t)self->w.read_only, -EFAULT),
			VT_BAD(exchange.output, VT_KERNEL_ADDRESS, -EFAULT),
			VT_BAD(exchange.input_size, 0, -EINVAL),
			VT_BAD(exchange.input_size, i ? 47 : 31, -EINVAL),
			VT_BAD(exchange.input_size, DRM_VPROT_MAX_MESSAGE_SIZE + 1, -EINVAL),
			VT_BAD(exchange.input_size, ~0u, -EINVAL),
			VT_BAD(exchange.output_size, 0, -EINVAL),
			VT_BAD(exchange.output_size, 47, -EINVAL),
			VT_BAD(exchange.output_size, i ? 49 : DRM_VPROT_MAX_MESSAGE_SIZE + 1,
			       -EINVAL),
			VT_BAD(exchange.output_size, ~0u, -EINVAL),
		};

		EXPECT_TRUE(VT_REFUSED(&self->w, requests[i], &exchange, changes));
	}
}

/* An answer that ends where memory ends has no effect; nor does it use up a number. */
TEST_F(channel, answer_that_does_not_fit)
{
	struct drm_vprot_configure_protection input = { .flags = 0 };
	struct vt_channel *c = &self->w.channel;
	__u8 *page = vt_page_before_bad();

	vt_command(c, VT_GUID(CONFIGURE_PROTECTION), &input, sizeof(input));
	EXPECT_EQ(-EFAULT, vt_exchange(c, DRM_IOCTL_VPROT_CHANNEL_CONFIGURE, &input, sizeof(input),
				       page + 4096 - 47, 48));
	c->configure--;
}

/* A page that has yet to come is no obstacle. */
TEST_F(channel, answer_to_new_memory)
{
	struct drm_vprot_configure_protection input = { .flags = VT_WORLD_PROTECTION };
	struct vt_channel *c = &self->w.channel;
	__u8 *page = vt_page_before_bad();

	vt_command(c, VT_GUID(CONFIGURE_PROTECTION), &input, sizeof(input));
	EXPECT_EQ(0, vt_exchange(c, DRM_IOCTL_VPROT_CHANNEL_CONFIGURE, &input, sizeof(input),
				 page + 4096 - 48, 48));
	EXPECT_TRUE(vt_is_signed(c, page + 4096 - 48, 48));
}

/* --- the life of a channel -------------------------------------------------------------------- */

TEST(handles)
{
	struct vt_channel c, d;
	int fd = vt_open();
	__u32 handle;

	vt_channel_open(&c, fd);
	vt_channel_open(&d, fd);
	EXPECT_NE(c.handle, d.handle);
	handle = d.handle;
	ASSERT_EQ(0, vt_channel_destroy(&d));
	vt_channel_open(&d, fd);
	EXPECT_NE(handle, d.handle);
	EXPECT_EQ(0, vt_query_number(&c, VT_GUID(QUERY_PROTECTION)));
}

/* Many take a key at once: one gets it, all others hear that there is one. */
static struct vt_channel raced;
static __u8 raced_blob[DRM_VPROT_KEY_EXCHANGE_SIZE];

static void *race(void *arg)
{
	return (void *)(long)vt_channel_send_blob(&raced, raced_blob);
}

TEST(key_exchanges_at_once)
{
	pthread_t threads[4];
	__u64 seed = 5;
	int got = 0;

	vt_channel_create(&raced, vt_open(), 0);
	vt_fill(&seed, raced.key, VT_KEY);
	vt_key_exchange_blob(raced.fd, raced.key, VT_KEY, raced_blob);
	for (int i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, race, NULL));
	for (int i = 0; i < 4; i++) {
		void *result;

		ASSERT_EQ(0, pthread_join(threads[i], &result));
		if (!result)
			got++;
		else
			EXPECT_EQ(-ESTALE, (long)result);
	}
	EXPECT_EQ(1, got);
	vt_channel_initialize(&raced);
}

/* --- loss ------------------------------------------------------------------------------------- */

static int read_event(int fd)
{
	struct drm_vprot_event_loss event;

	if (read(fd, &event, sizeof(event)) != sizeof(event))
		return -errno;
	return event.base.type == DRM_VPROT_EVENT_LOSS ? 0 : -EINVAL;
}

static int tell(struct vt_channel *c, __u32 flags)
{
	struct drm_vprot_configure_protection input = { .flags = flags };
	struct drm_vprot_channel_message answer;

	vt_command(c, VT_GUID(CONFIGURE_PROTECTION), &input, sizeof(input));
	return vt_exchange(c, DRM_IOCTL_VPROT_CHANNEL_CONFIGURE, &input, sizeof(input), &answer,
			   sizeof(answer));
}

TEST(loss)
{
	struct vt_channel keyless, keyed, used, later;
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	int fd = vt_open();

	vt_channel_create(&keyless, fd, 0);
	vt_channel_create(&keyed, fd, 0);
	vt_channel_key_exchange(&keyed);
	vt_channel_open(&used, fd);
	vt_protect(&used, DRM_VPROT_PROTECTION_ENABLED);
	vt_key_exchange_blob(fd, used.key, VT_KEY, blob);

	vt_lose();
	EXPECT_EQ(0, read_event(fd));
	EXPECT_EQ(-EKEYREVOKED, tell(&keyless, 0));
	EXPECT_EQ(-EKEYREVOKED, tell(&keyed, 0));
	EXPECT_EQ(-EKEYREVOKED, tell(&used, 0));
	EXPECT_EQ(-EKEYREVOKED, vt_channel_send_blob(&keyless, blob));
	EXPECT_EQ(-EKEYREVOKED, vt_channel_send_blob(&used, blob));
	vt_lose();

	/* What a lost channel demands stays demanded until it is destroyed. */
	vt_channel_open(&later, fd);
	EXPECT_EQ(1, vt_query_number(&later, VT_GUID(QUERY_PROTECTION)));
	EXPECT_EQ(0, vt_channel_destroy(&used));
	EXPECT_EQ(0, vt_query_number(&later, VT_GUID(QUERY_PROTECTION)));
	EXPECT_EQ(0, vt_channel_destroy(&keyless));
	EXPECT_EQ(0, vt_channel_destroy(&keyed));
}

static void *lose_often(void *stop)
{
	while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED))
		vt_lose();
	return NULL;
}

/* Whatever comes in between, a channel is lost, or it is not. */
TEST(loss_at_any_time)
{
	int fd = vt_open(), stop = 0, lost = 0;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, lose_often, &stop));
	for (int i = 0; i < 200 || (!lost && i < 100000); i++) {
		__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
		struct vt_channel c;
		int result;

		vt_channel_create(&c, fd, 0);
		result = vt_channel_send_blob(&c, blob);
		if (result == -EKEYREVOKED)
			lost++;
		else
			EXPECT_EQ(-EKEYREJECTED, result);
		EXPECT_EQ(0, vt_channel_destroy(&c));
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

TEST(unbind)
{
	struct drm_vprot_channel_create create = { .type = DRM_VPROT_CHANNEL_SOFTWARE };
	struct vt_channel c;
	int fd = vt_open();

	vt_channel_open(&c, fd);
	vt_protect(&c, DRM_VPROT_PROTECTION_ENABLED);
	ASSERT_EQ(0, vt_driver_unbind());
	EXPECT_EQ(-ENODEV, tell(&c, 0));
	EXPECT_EQ(-ENODEV, vt_channel_destroy(&c));
	EXPECT_EQ(-ENODEV, vt_ioctl(fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &create));
	close(fd);
	EXPECT_EQ(0, vt_driver_bind());
}

TEST_HARNESS_MAIN
