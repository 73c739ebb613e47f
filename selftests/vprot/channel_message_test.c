// SPDX-License-Identifier: GPL-2.0
/*
 * Conversations on an authenticated channel: which messages it takes, and what it answers. OpenSSL
 * signs the commands and checks the answers.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "channel.h"

#define OK		DRM_VPROT_RESULT_OK
#define FAIL		DRM_VPROT_RESULT_FAIL
#define INVALID		DRM_VPROT_RESULT_INVALID_ARGUMENT
#define MEMORY		DRM_VPROT_RESULT_OUT_OF_MEMORY

FIXTURE(message) {
	int fd;
	struct vt_channel c;
};

FIXTURE_SETUP(message)
{
	self->fd = vt_open();
	vt_channel_create(&self->c, self->fd, 0xfeedfacecafef00dull);
	vt_channel_key_exchange(&self->c);
	vt_channel_initialize(&self->c);
}

/* Whatever was tried: the channel goes on. */
FIXTURE_TEARDOWN(message)
{
	EXPECT_EQ(DRM_VPROT_CHANNEL_SOFTWARE,
		  vt_query_number(&self->c, VT_GUID(QUERY_CHANNEL_TYPE)));
	vt_protect(&self->c, 0);
}

/* --- what the questions say, and what the commands change ------------------------------------- */

TEST_F(message, channel_type)
{
	EXPECT_EQ(2, vt_query_number(&self->c, VT_GUID(QUERY_CHANNEL_TYPE)));
}

TEST_F(message, protection)
{
	struct vt_channel *c = &self->c, other;

	vt_channel_open(&other, self->fd);
	for (__u32 flags = 0; flags < 4; flags++) {
		vt_protect(c, flags);
		EXPECT_EQ(flags, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
		EXPECT_EQ(flags, vt_query_number(&other, VT_GUID(QUERY_PROTECTION)));
		/* The same once more is the same. */
		vt_protect(c, flags);
		EXPECT_EQ(flags, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
	}
	vt_protect(c, DRM_VPROT_PROTECTION_ENABLED);
	for (int bit = 2; bit < 32; bit++) {
		struct drm_vprot_configure_protection protection = { .flags = 1u << bit };

		EXPECT_EQ(INVALID, VT_CONFIGURE(c, PROTECTION, &protection));
	}
	EXPECT_EQ(DRM_VPROT_PROTECTION_ENABLED,
		  vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
}

TEST_F(message, protection_of_two_channels)
{
	struct vt_channel *c = &self->c, other;

	vt_channel_open(&other, self->fd);
	vt_protect(c, DRM_VPROT_PROTECTION_ENABLED);
	vt_protect(&other, DRM_VPROT_PROTECTION_ENABLED |
			   DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN);
	EXPECT_EQ(3, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
	/* One does not switch off what the other has switched on. */
	vt_protect(c, 0);
	EXPECT_EQ(3, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
	vt_protect(c, DRM_VPROT_PROTECTION_ENABLED);
	EXPECT_EQ(0, vt_channel_destroy(&other));
	EXPECT_EQ(1, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
}

TEST_F(message, device_handle)
{
	struct vt_channel other, elsewhere;
	int fd = vt_open();

	vt_channel_open(&other, self->fd);
	vt_channel_open(&elsewhere, fd);
	EXPECT_NE(0, vt_device_handle(&self->c));
	EXPECT_EQ(vt_device_handle(&self->c), vt_device_handle(&other));
	EXPECT_NE(vt_device_handle(&self->c), vt_device_handle(&elsewhere));
}

/* A session with a name in messages; returns its handle. */
static __u32 create_session(int fd, __u64 name)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_INTERNAL,
		.name = name,
	};

	if (vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create))
		vt_fatal("there is no session");
	return create.handle;
}

static __u32 use_session(struct vt_channel *c, __u64 decoder, __u64 session, __u64 device)
{
	struct drm_vprot_configure_crypto_session configure = {
		.decoder = decoder,
		.session = session,
		.device = device,
	};

	return VT_CONFIGURE(c, CRYPTO_SESSION, &configure);
}

/* The session that the decoder works with, 0 if there is none. */
static __u64 session_of(struct vt_channel *c, __u64 decoder)
{
	struct drm_vprot_query_crypto_session_input input = { .decoder = decoder };
	struct drm_vprot_query_crypto_session_output output = { 0 };
	__u32 result = VT_QUERY(c, CRYPTO_SESSION, &input, &output);

	if (result == INVALID)
		return 0;
	if (result || output.decoder != decoder || output.device != vt_device_handle(c) ||
	    !output.session)
		vt_fatal("the answer about a decoder is not right");
	return output.session;
}

TEST_F(message, crypto_session)
{
	const __u64 named = 0xabcdef0123456789ull, decoder = 0xdec0dec0dec0ull;
	struct drm_vprot_session_destroy destroy = { 0 };
	struct vt_channel *c = &self->c, other;
	__u64 device = vt_device_handle(c), unnamed;

	unnamed = create_session(self->fd, 0);
	destroy.handle = create_session(self->fd, named);
	vt_channel_open(&other, self->fd);

	EXPECT_EQ(0, session_of(c, decoder));
	EXPECT_EQ(OK, use_session(c, decoder, named, device));
	EXPECT_EQ(named, session_of(c, decoder));
	EXPECT_EQ(named, session_of(&other, decoder));
	EXPECT_EQ(0, session_of(c, decoder + 1));
	EXPECT_EQ(0, session_of(c, 0));

	/* Each decoder has one session, and each session one decoder. */
	EXPECT_EQ(OK, use_session(&other, decoder, unnamed, device));
	EXPECT_EQ(unnamed, session_of(c, decoder));
	EXPECT_EQ(OK, use_session(c, decoder + 1, unnamed, device));
	EXPECT_EQ(unnamed, session_of(c, decoder + 1));
	EXPECT_EQ(0, session_of(c, decoder));
	EXPECT_EQ(OK, use_session(c, decoder, named, device));

	/* Refused, nothing changes. */
	EXPECT_EQ(INVALID, use_session(c, decoder, unnamed, device + 1));
	EXPECT_EQ(INVALID, use_session(c, decoder, unnamed, 0));
	EXPECT_EQ(INVALID, use_session(c, decoder, unnamed + 1000, device));
	EXPECT_EQ(INVALID, use_session(c, decoder, destroy.handle, device));
	EXPECT_EQ(INVALID, use_session(c, decoder, 0, device));
	EXPECT_EQ(INVALID, use_session(c, 0, unnamed, device));
	EXPECT_EQ(named, session_of(c, decoder));
	EXPECT_EQ(unnamed, session_of(c, decoder + 1));

	/* It outlives the channel, and ends with the session. */
	EXPECT_EQ(OK, use_session(&other, decoder, named, device));
	EXPECT_EQ(0, vt_channel_destroy(&other));
	EXPECT_EQ(named, session_of(c, decoder));
	EXPECT_EQ(0, vt_ioctl(self->fd, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy));
	EXPECT_EQ(0, session_of(c, decoder));
	EXPECT_EQ(INVALID, use_session(c, decoder, named, device));
}

/* Those of another file are of another device. */
TEST_F(message, crypto_session_of_another_device)
{
	struct vt_channel elsewhere;
	int fd = vt_open();

	vt_channel_open(&elsewhere, fd);
	create_session(fd, 77);
	EXPECT_EQ(INVALID, use_session(&self->c, 9, 77, vt_device_handle(&self->c)));
	EXPECT_EQ(INVALID, use_session(&self->c, 9, 77, vt_device_handle(&elsewhere)));
	EXPECT_EQ(OK, use_session(&elsewhere, 9, 77, vt_device_handle(&elsewhere)));
	EXPECT_EQ(0, session_of(&self->c, 9));
	EXPECT_EQ(77, session_of(&elsewhere, 9));
}

static __u32 output_count(struct vt_channel *c, __u64 session, __u64 device)
{
	struct drm_vprot_query_output_id_count_input input = {
		.device = device,
		.session = session,
	};
	struct drm_vprot_query_output_id_count_output output = { 0 };
	__u32 result = VT_QUERY(c, OUTPUT_ID_COUNT, &input, &output);

	if (!result && (output.session != session || output.device != device || output.count))
		vt_fatal("the device has %u outputs", output.count);
	return result;
}

TEST_F(message, outputs)
{
	struct vt_channel *c = &self->c;
	struct drm_vprot_query_output_id_input input = {
		.device = vt_device_handle(c),
		.session = create_session(self->fd, 0),
	};
	struct drm_vprot_query_output_id_output output;

	EXPECT_EQ(OK, output_count(c, input.session, input.device));
	EXPECT_EQ(INVALID, output_count(c, input.session, input.device + 1));
	EXPECT_EQ(INVALID, output_count(c, input.session + 1, input.device));
	EXPECT_EQ(INVALID, VT_QUERY(c, OUTPUT_ID, &input, &output));
}

TEST_F(message, accessibility)
{
	struct drm_vprot_query_accessibility_output output;
	struct drm_vprot_channel_header input;

	ASSERT_EQ(OK, VT_QUERY(&self->c, ACCESSIBILITY, &input, &output));
	EXPECT_EQ(0, output.bus_type);
	EXPECT_EQ(0, output.contiguous);
	EXPECT_EQ(0, output.non_contiguous);
}

TEST_F(message, encryption)
{
	const struct drm_vprot_guid ctr = DRM_VPROT_ENCRYPTION_AES128_CTR, null = { 0 };
	struct drm_vprot_configure_encryption configure = { .encryption = ctr };
	struct drm_vprot_query_current_encryption_output current;
	struct drm_vprot_query_index_input input = { .index = 0 };
	struct drm_vprot_query_encryption_output output;
	struct drm_vprot_channel_header header;
	struct vt_channel *c = &self->c;

	EXPECT_EQ(1, vt_query_number(c, VT_GUID(QUERY_ENCRYPTION_COUNT)));
	ASSERT_EQ(OK, VT_QUERY(c, ENCRYPTION, &input, &output));
	EXPECT_EQ(0, output.index);
	EXPECT_EQ(0, memcmp(&ctr, &output.encryption, sizeof(ctr)));
	input.index = 1;
	EXPECT_EQ(INVALID, VT_QUERY(c, ENCRYPTION, &input, &output));
	ASSERT_EQ(OK, VT_QUERY(c, CURRENT_ENCRYPTION, &header, &current));
	EXPECT_EQ(0, memcmp(&ctr, &current.encryption, sizeof(ctr)));

	EXPECT_EQ(OK, VT_CONFIGURE(c, ENCRYPTION, &configure));
	configure.encryption = null;
	EXPECT_EQ(INVALID, VT_CONFIGURE(c, ENCRYPTION, &configure));
	configure.encryption = ctr;
	configure.encryption.data4[7] ^= 1;
	EXPECT_EQ(INVALID, VT_CONFIGURE(c, ENCRYPTION, &configure));
	ASSERT_EQ(OK, VT_QUERY(c, CURRENT_ENCRYPTION, &header, &current));
	EXPECT_EQ(0, memcmp(&ctr, &current.encryption, sizeof(ctr)));
}

/* --- sequence numbers ------------------------------------------------------------------------- */

static __u32 ask_with(struct vt_channel *c, __u32 sequence)
{
	struct drm_vprot_query_number_output output;
	struct drm_vprot_channel_header input;

	c->query = sequence;
	return VT_QUERY(c, CHANNEL_TYPE, &input, &output);
}

static __u32 tell_with(struct vt_channel *c, __u32 sequence, __u32 flags)
{
	struct drm_vprot_configure_protection protection = { .flags = flags };

	c->configure = sequence;
	return VT_CONFIGURE(c, PROTECTION, &protection);
}

TEST_F(message, first_numbers)
{
	struct vt_channel c;

	vt_channel_create(&c, self->fd, 0);
	vt_channel_key_exchange(&c);
	vt_channel_initialize(&c);
	EXPECT_EQ(INVALID, ask_with(&c, VT_START_QUERY - 1));
	EXPECT_EQ(INVALID, tell_with(&c, VT_START_CONFIGURE - 1, 1));
	EXPECT_EQ(INVALID, ask_with(&c, 0));
	EXPECT_EQ(INVALID, tell_with(&c, 0, 1));
	EXPECT_EQ(OK, ask_with(&c, VT_START_QUERY));
	EXPECT_EQ(OK, tell_with(&c, VT_START_CONFIGURE, 2));
	EXPECT_EQ(INVALID, ask_with(&c, VT_START_QUERY));
	EXPECT_EQ(INVALID, tell_with(&c, VT_START_CONFIGURE, 1));
	EXPECT_EQ(2, vt_query_number(&c, VT_GUID(QUERY_PROTECTION)));
}

TEST_F(message, gaps)
{
	struct vt_channel *c = &self->c;
	__u32 query = c->query, configure = c->configure;

	EXPECT_EQ(OK, ask_with(c, query + 100));
	EXPECT_EQ(INVALID, ask_with(c, query + 99));
	EXPECT_EQ(INVALID, ask_with(c, query + 100));
	EXPECT_EQ(OK, ask_with(c, query + 101));
	EXPECT_EQ(OK, tell_with(c, configure + 1000000, 0));
	EXPECT_EQ(INVALID, tell_with(c, configure + 999999, 1));
	EXPECT_EQ(OK, tell_with(c, configure + 1000001, 0));
}

/* Questions use up no numbers of commands, nor the other way round. */
TEST_F(message, two_counters)
{
	struct vt_channel *c = &self->c;
	__u32 configure = c->configure;

	EXPECT_EQ(OK, ask_with(c, 4000000000u));
	EXPECT_EQ(OK, tell_with(c, configure, 0));
	EXPECT_EQ(OK, tell_with(c, 4100000000u, 0));
	EXPECT_EQ(OK, ask_with(c, 4000000001u));
}

/* Behind the last number there is none: the counters do not wrap. */
TEST_F(message, last_number)
{
	struct vt_channel c;

	vt_channel_create(&c, self->fd, 0);
	vt_channel_key_exchange(&c);
	c.query = 0xfffffffe;
	c.configure = 0xffffffff;
	vt_channel_initialize(&c);
	EXPECT_EQ(OK, ask_with(&c, 0xfffffffe));
	EXPECT_EQ(OK, ask_with(&c, 0xffffffff));
	EXPECT_EQ(INVALID, ask_with(&c, 0xffffffff));
	EXPECT_EQ(INVALID, ask_with(&c, 0));
	EXPECT_EQ(INVALID, ask_with(&c, 1));
	EXPECT_EQ(OK, tell_with(&c, 0xffffffff, 0));
	EXPECT_EQ(INVALID, tell_with(&c, 0, 1));
	EXPECT_EQ(INVALID, tell_with(&c, 0xffffffff, 1));
}

/* A message that is good but for what it says uses up its number. */
TEST_F(message, number_of_a_failed_message)
{
	struct drm_vprot_query_index_input index = { .index = 1 };
	struct drm_vprot_query_encryption_output encryption;
	struct vt_channel *c = &self->c;
	__u32 query = c->query, configure = c->configure;

	EXPECT_EQ(INVALID, VT_QUERY(c, ENCRYPTION, &index, &encryption));
	EXPECT_EQ(INVALID, ask_with(c, query));
	EXPECT_EQ(OK, ask_with(c, query + 1));
	EXPECT_EQ(INVALID, tell_with(c, configure, 0x80));
	EXPECT_EQ(INVALID, tell_with(c, configure, 0));
	EXPECT_EQ(OK, tell_with(c, configure + 1, 0));
}

TEST_F(message, initialize_is_first_and_once)
{
	struct drm_vprot_configure_initialize initialize = { 0 };
	struct drm_vprot_configure_encryption encryption = {
		.encryption = DRM_VPROT_ENCRYPTION_AES128_CTR,
	};
	struct vt_channel c;

	vt_channel_create(&c, self->fd, 0);
	vt_channel_key_exchange(&c);
	EXPECT_EQ(INVALID, ask_with(&c, 0));
	EXPECT_EQ(INVALID, ask_with(&c, 0xffffffff));
	EXPECT_EQ(INVALID, tell_with(&c, 0xffffffff, 1));
	EXPECT_EQ(INVALID, VT_CONFIGURE(&c, ENCRYPTION, &encryption));

	/* Its own number does not matter, and it needs an OMAC as any. */
	vt_command(&c, VT_GUID(CONFIGURE_INITIALIZE), &initialize, sizeof(initialize));
	initialize.message.omac[0] ^= 1;
	EXPECT_EQ(INVALID, vt_send_command(&c, &initialize, sizeof(initialize)));
	initialize.message.omac[0] ^= 1;
	c.query = 7;
	c.configure = 8;
	vt_channel_initialize(&c);
	EXPECT_EQ(OK, ask_with(&c, 7));
	EXPECT_EQ(OK, tell_with(&c, 8, 0));
	EXPECT_EQ(INVALID, vt_send_command(&c, &initialize, sizeof(initialize)));
	initialize.start_query = 0;
	EXPECT_EQ(INVALID, VT_CONFIGURE(&c, INITIALIZE, &initialize));
	EXPECT_EQ(INVALID, ask_with(&c, 7));
	/* Nor did those use up a number. */
	EXPECT_EQ(OK, tell_with(&c, 9, 0));
}

/* --- what was changed on the way -------------------------------------------------------------- */

TEST_F(message, replay_and_reorder)
{
	struct drm_vprot_configure_protection on = { .flags = 1 }, off = { .flags = 0 };
	struct vt_channel *c = &self->c;

	vt_command(c, VT_GUID(CONFIGURE_PROTECTION), &off, sizeof(off));
	vt_command(c, VT_GUID(CONFIGURE_PROTECTION), &on, sizeof(on));
	EXPECT_EQ(OK, vt_send_command(c, &on, sizeof(on)));
	/* Overtaken, and played again. */
	EXPECT_EQ(INVALID, vt_send_command(c, &off, sizeof(off)));
	EXPECT_EQ(INVALID, vt_send_command(c, &on, sizeof(on)));
	EXPECT_EQ(1, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
	vt_protect(c, 0);
	EXPECT_EQ(INVALID, vt_send_command(c, &on, sizeof(on)));
	EXPECT_EQ(0, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
}

/* A command for one channel is none for another one, be its name the same. */
TEST_F(message, of_another_channel)
{
	struct drm_vprot_configure_protection on = { .flags = 1 };
	struct vt_channel *c = &self->c, other, twin;

	vt_channel_open(&other, self->fd);
	vt_channel_create(&twin, self->fd, c->name);
	vt_channel_key_exchange(&twin);
	vt_channel_initialize(&twin);
	vt_command(c, VT_GUID(CONFIGURE_PROTECTION), &on, sizeof(on));
	on.message.header.channel = other.name;
	vt_sign(c, &on, sizeof(on));
	EXPECT_EQ(INVALID, vt_send_command(c, &on, sizeof(on)));
	on.message.header.channel = c->name;
	vt_sign(c, &on, sizeof(on));
	EXPECT_EQ(INVALID, vt_send_command(&other, &on, sizeof(on)));
	on.message.header.sequence = twin.configure;
	vt_sign(c, &on, sizeof(on));
	EXPECT_EQ(INVALID, vt_send_command(&twin, &on, sizeof(on)));
	EXPECT_EQ(0, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
}

/* The commands, each as long as it should be. */
static const struct command {
	struct drm_vprot_guid type;
	size_t size;
} commands[] = {
	{ DRM_VPROT_CONFIGURE_INITIALIZE, 56 },
	{ DRM_VPROT_CONFIGURE_PROTECTION, 56 },
	{ DRM_VPROT_CONFIGURE_CRYPTO_SESSION, 72 },
	{ DRM_VPROT_CONFIGURE_SHARED_RESOURCE, 72 },
	{ DRM_VPROT_CONFIGURE_ENCRYPTION, 64 },
};

/* The questions, each as long as it should be, and so its answer. */
static const struct question {
	struct drm_vprot_guid type;
	size_t size, output_size;
} questions[] = {
	{ DRM_VPROT_QUERY_PROTECTION, 32, 56 },
	{ DRM_VPROT_QUERY_CHANNEL_TYPE, 32, 56 },
	{ DRM_VPROT_QUERY_DEVICE_HANDLE, 32, 56 },
	{ DRM_VPROT_QUERY_CRYPTO_SESSION, 40, 72 },
	{ DRM_VPROT_QUERY_PROCESS_COUNT, 32, 56 },
	{ DRM_VPROT_QUERY_PROCESS, 40, 64 },
	{ DRM_VPROT_QUERY_UNRESTRICTED_COUNT, 32, 56 },
	{ DRM_VPROT_QUERY_OUTPUT_ID_COUNT, 48, 72 },
	{ DRM_VPROT_QUERY_OUTPUT_ID, 56, 80 },
	{ DRM_VPROT_QUERY_ACCESSIBILITY, 32, 64 },
	{ DRM_VPROT_QUERY_ENCRYPTION_COUNT, 32, 56 },
	{ DRM_VPROT_QUERY_ENCRYPTION, 40, 72 },
	{ DRM_VPROT_QUERY_CURRENT_ENCRYPTION, 32, 64 },
};

/* A command of each kind that would be taken; the process is this one. */
static void make_commands(struct vt_channel *c, __u8 made[ARRAY_SIZE(commands)][72])
{
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0);
	struct drm_vprot_configure_protection *protection = (void *)made[1];
	struct drm_vprot_configure_crypto_session *session = (void *)made[2];
	struct drm_vprot_configure_shared_resource *shared = (void *)made[3];
	struct drm_vprot_configure_encryption *encryption = (void *)made[4];
	__u64 device = vt_device_handle(c);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		memset(made[i], 0, sizeof(made[i]));
	protection->flags = DRM_VPROT_PROTECTION_ENABLED;
	session->decoder = 0x1234;
	session->session = create_session(c->fd, 0);
	session->device = device;
	shared->type = DRM_VPROT_PROCESS_HANDLE;
	shared->process = pidfd;
	shared->allow = 1;
	encryption->encryption = VT_GUID(ENCRYPTION_AES128_CTR);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		vt_command(c, commands[i].type, made[i], commands[i].size);
}

/* Nothing of what the commands of make_commands() would change has changed. */
static bool nothing_changed(struct vt_channel *c)
{
	return !vt_query_number(c, VT_GUID(QUERY_PROTECTION)) && !session_of(c, 0x1234) &&
	       !vt_query_number(c, VT_GUID(QUERY_PROCESS_COUNT));
}

/* With any of its bits flipped, a command has an effect no more: the OMAC covers padding, too. */
TEST_F(message, flipped_bits)
{
	__u8 made[ARRAY_SIZE(commands)][72];
	struct vt_channel *c = &self->c;

	make_commands(c, made);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		for (size_t bit = 0; bit < 8 * commands[i].size; bit++) {
			bool type = bit / 8 >= 16 && bit / 8 < 32;
			__u32 result;

			made[i][bit / 8] ^= 1 << bit % 8;
			result = vt_send_command(c, made[i], commands[i].size);
			made[i][bit / 8] ^= 1 << bit % 8;
			if (result != (type ? FAIL : INVALID))
				vt_fatal("command %zu, bit %zu: %#x", i, bit, result);
		}
	}
	EXPECT_TRUE(nothing_changed(c));
	for (size_t i = 1; i < ARRAY_SIZE(commands); i++)
		EXPECT_EQ(OK, vt_send_command(c, made[i], commands[i].size));
	EXPECT_EQ(1, vt_query_number(c, VT_GUID(QUERY_PROTECTION)));
	EXPECT_NE(0, session_of(c, 0x1234));
	EXPECT_EQ(1, vt_query_number(c, VT_GUID(QUERY_PROCESS_COUNT)));
}

/* Padding may hold anything that is signed. */
TEST_F(message, padding)
{
	struct drm_vprot_configure_shared_resource shared = {
		.type = DRM_VPROT_PROCESS_HANDLE,
		.pad = 0x11111111,
		.process = syscall(SYS_pidfd_open, getpid(), 0),
		.allow = 0x80000000,
		.pad2 = 0x22222222,
	};
	struct drm_vprot_query_number_output output;
	struct drm_vprot_channel_header input;
	struct vt_channel *c = &self->c;

	vt_command(c, VT_GUID(CONFIGURE_SHARED_RESOURCE), &shared, sizeof(shared));
	shared.message.header.result = 0x33333333;
	vt_sign(c, &shared, sizeof(shared));
	EXPECT_EQ(OK, vt_send_command(c, &shared, sizeof(shared)));
	EXPECT_EQ(1, vt_query_number(c, VT_GUID(QUERY_PROCESS_COUNT)));
	vt_question(c, VT_GUID(QUERY_CHANNEL_TYPE), &input);
	input.result = 0x33333333;
	EXPECT_EQ(OK, vt_send_question(c, &input, sizeof(input), &output, sizeof(output)));
}

/* The size has to be that of the message, not only at least. */
TEST_F(message, sizes_of_commands)
{
	struct vt_channel *c = &self->c;
	__u8 made[ARRAY_SIZE(commands)][72];

	make_commands(c, made);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		for (size_t size = 48; size <= 160; size += 4) {
			__u8 message[160] = { 0 };

			if (size == commands[i].size)
				continue;
			memcpy(message, made[i], commands[i].size);
			vt_sign(c, message, size);
			EXPECT_EQ(INVALID, vt_send_command(c, message, size));
			/* Cut short or made longer on the way. */
			memcpy(message, made[i], 16);
			EXPECT_EQ(INVALID, vt_send_command(c, message, size));
		}
	}
	EXPECT_TRUE(nothing_changed(c));
}

TEST_F(message, sizes_of_questions)
{
	struct vt_channel *c = &self->c;

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		const struct question *q = &questions[i];
		__u8 input[96] = { 0 }, output[96];
		__u32 query = c->query;

		vt_question(c, q->type, input);
		for (size_t size = 32; size <= sizeof(input); size += 4) {
			for (size_t output_size = 48; output_size <= sizeof(output);
			     output_size += 4) {
				if (size == q->size && output_size == q->output_size)
					continue;
				EXPECT_EQ(INVALID, vt_send_question(c, input, size, output,
								    output_size));
			}
		}
		/* None of them has used up the number. */
		c->query = query;
	}
}

/* Each question with its own numbers, and with the one of the question before. */
TEST_F(message, old_questions)
{
	struct vt_channel *c = &self->c;

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		const struct question *q = &questions[i];
		__u8 input[56] = { 0 }, output[80];

		vt_question(c, q->type, input);
		c->query--;
		ask_with(c, c->query);
		EXPECT_EQ(INVALID, vt_send_question(c, input, q->size, output, q->output_size));
	}
}

TEST_F(message, unknown_guids)
{
	__u8 input[DRM_VPROT_MAX_MESSAGE_SIZE] = { 0 }, output[DRM_VPROT_MAX_MESSAGE_SIZE];
	const size_t sizes[] = { 48, 52, 100, 4000, 4096 };
	struct vt_channel *c = &self->c;
	struct drm_vprot_guid unknown = { 0x12345678 };
	__u32 query = c->query, configure = c->configure;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		vt_command(c, unknown, input, sizes[i]);
		EXPECT_EQ(FAIL, vt_send_command(c, input, sizes[i]));
		vt_question(c, unknown, input);
		EXPECT_EQ(FAIL, vt_send_question(c, input, sizes[i], output, sizes[i]));
		EXPECT_EQ(FAIL, vt_send_question(c, input, 32, output, sizes[i]));
	}
	/* A command is no question, and a question no command. */
	vt_command(c, VT_GUID(QUERY_PROTECTION), input, 56);
	EXPECT_EQ(FAIL, vt_send_command(c, input, 56));
	vt_question(c, VT_GUID(CONFIGURE_PROTECTION), input);
	EXPECT_EQ(FAIL, vt_send_question(c, input, 56, output, 48));
	/* No number was used up. */
	EXPECT_EQ(OK, ask_with(c, query));
	EXPECT_EQ(OK, tell_with(c, configure, 0));
}

TEST_HARNESS_MAIN
