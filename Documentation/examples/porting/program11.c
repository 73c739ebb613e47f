// SPDX-License-Identifier: MIT
/*
 * A program for Direct3D 11: what it does with protected contents. It has OpenSSL check what comes
 * of it. With the path of the device's vprot_teardown in debugfs, all is lost in between.
 */
#include <string.h>

#include "layer11.h"
#include "program.h"

#define WIDTH		64
#define HEIGHT		36
#define SURFACE_SIZE	(WIDTH * HEIGHT * 3 / 2)	/* NV12; the pitch is the width here */

struct program {
	struct video_device *device;
	struct crypto_session *session;
	BYTE session_key[KEY_SIZE];
};

static void begin(struct program *p)
{
	GUID key_exchange_type = { 0 };
	BYTE message[MESSAGE_SIZE], *certificate;
	UINT size, i;

	/* One of the key exchanges is this: else there is an error at the end of them. */
	for (i = 0; memcmp(&key_exchange_type, &D3D11_KEY_EXCHANGE_RSAES_OAEP, sizeof(GUID)); i++)
		CHECK(video_device_check_crypto_key_exchange(p->device,
							     &D3D11_CRYPTO_TYPE_AES128_CTR, NULL, i,
							     &key_exchange_type));
	CHECK(video_device_create_crypto_session(p->device, &D3D11_CRYPTO_TYPE_AES128_CTR, NULL,
						 &key_exchange_type, &p->session));

	CHECK(crypto_session_get_certificate_size(p->session, &size));
	certificate = malloc(size);
	REQUIRE(certificate);
	CHECK(crypto_session_get_certificate(p->session, size, certificate));
	program_random(p->session_key, KEY_SIZE);
	program_wrap_for_device(certificate, size, p->session_key, message);
	CHECK(video_context_negotiate_crypto_session_key_exchange(p->session, sizeof(message),
								  message));
	free(certificate);
}

static bool caps_has(struct program *p, UINT bits)
{
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;

	CHECK(video_device_get_content_protection_caps(p->device, &D3D11_CRYPTO_TYPE_AES128_CTR,
						       NULL, &caps));
	return (caps.Caps & bits) == bits;
}

/* Whether a protected texture holds these bytes: read back, and decrypted by OpenSSL. */
static bool holds(struct program *p, struct texture *texture, const void *contents, UINT size)
{
	BYTE wrapped[KEY_SIZE], read_back_key[KEY_SIZE];
	const struct program_run all = { 0, size };
	D3D11_1DDI_AES_CTR_IV iv;
	struct texture *staging;
	void *map;
	bool same;

	CHECK(video_context_get_encryption_blt_key(p->session, sizeof(wrapped), wrapped));
	program_unwrap(p->session_key, wrapped, read_back_key);
	CHECK(device_create_texture(p->device, false, DXGI_FORMAT_NV12, WIDTH, HEIGHT, &staging));
	video_context_encryption_blt(p->session, texture, staging, sizeof(iv), &iv);
	CHECK(context_map(staging, &map, NULL));
	program_crypt(read_back_key, (BYTE *)&iv, map, &all, 1);
	same = !memcmp(map, contents, size);
	texture_release(staging);
	return same;
}

/* A picture, encrypted under the session key. */
static void show_picture(struct program *p)
{
	const struct program_run all = { 0, SURFACE_SIZE };
	struct texture *staging, *picture;
	BYTE contents[SURFACE_SIZE];
	D3D11_1DDI_AES_CTR_IV iv;
	UINT row_pitch;
	void *map;

	program_random(contents, sizeof(contents));
	program_random(&iv.IV, sizeof(iv.IV));
	iv.Count = 0;
	CHECK(device_create_texture(p->device, false, DXGI_FORMAT_NV12, WIDTH, HEIGHT, &staging));
	CHECK(device_create_texture(p->device, true, DXGI_FORMAT_NV12, WIDTH, HEIGHT, &picture));
	CHECK(context_map(staging, &map, &row_pitch));
	REQUIRE(row_pitch == WIDTH);
	memcpy(map, contents, sizeof(contents));
	program_crypt(p->session_key, (BYTE *)&iv, map, &all, 1);
	video_context_decryption_blt(p->session, staging, picture, NULL, 0, NULL, sizeof(iv), &iv);

	REQUIRE(context_map(picture, &map, NULL) == E_ACCESSDENIED);
	REQUIRE(holds(p, picture, contents, sizeof(contents)));
	texture_release(picture);
	texture_release(staging);
	printf("a picture was decrypted, and read back encrypted\n");
}

static void refresh(struct program *p)
{
	BYTE random_number[KEY_SIZE];

	video_context_start_session_key_refresh(p->session, sizeof(random_number), random_number);
	program_refresh(p->session_key, random_number);
	video_context_finish_session_key_refresh(p->session);
	printf("the session key was refreshed\n");
}

/* A sample of common encryption, under a content key. */
static void decode_sample(struct program *p)
{
	static const struct program_run runs[] = { { 16, 500 }, { 20, 464 } };
	D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK blocks[] = { { 16, 500 }, { 20, 464 } };
	BYTE contents[1000], content_key[KEY_SIZE], wrapped[KEY_SIZE], iv[8], counter[16] = { 0 };
	struct begin_frame_crypto_session frame = {
		.session = p->session,
		.blob_size = sizeof(wrapped),
		.blob = wrapped,
	};
	struct video_decoder_buffer_desc1 desc = {
		.buffer_type = VIDEO_DECODER_BUFFER_BITSTREAM,
		.data_size = sizeof(contents),
		.iv = iv,
		.iv_size = sizeof(iv),
		.sub_sample_mapping_block = blocks,
		.sub_sample_mapping_count = 2,
	};
	struct video_decoder *decoder = NULL;
	struct texture *view = NULL;
	void *buffer = NULL;

	program_random(contents, sizeof(contents));
	program_random(content_key, sizeof(content_key));
	program_random(iv, sizeof(iv));
	memcpy(counter, iv, sizeof(iv));
	program_wrap(p->session_key, content_key, wrapped);

	CHECK(video_device_create_video_decoder(p->device, sizeof(contents), &decoder));
	CHECK(device_create_texture(p->device, true, DXGI_FORMAT_NV12, WIDTH, HEIGHT, &view));
	CHECK(video_context_decoder_begin_frame(decoder, view, sizeof(frame), &frame));
	CHECK(video_context_get_decoder_buffer(decoder, &buffer));
	memcpy(buffer, contents, sizeof(contents));
	program_crypt(content_key, counter, buffer, runs, 2);
	CHECK(video_context1_submit_decoder_buffers1(decoder, 1, &desc));
	REQUIRE(holds(p, view, contents, sizeof(contents)));
	texture_release(view);
	video_decoder_release(decoder);
	printf("a sample with subsamples was decrypted for a decoder\n");
}

struct conversation {
	struct authenticated_channel *channel;
	HANDLE number;
	BYTE key[KEY_SIZE];
	UINT query, configure;
};

static HRESULT configure(struct conversation *c, const GUID *type, void *input, UINT size)
{
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT *header = input;
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT output = { 0 };
	HRESULT result;

	header->ConfigureType = *type;
	header->hChannel = c->number;
	header->SequenceNumber = c->configure++;
	program_sign(c->key, input, size);
	result = video_context_configure_authenticated_channel(c->channel, size, input, &output);
	REQUIRE(program_is_signed(c->key, &output, sizeof(output)));
	REQUIRE(output.SequenceNumber == header->SequenceNumber && output.ReturnCode == result);
	return result;
}

static HRESULT query(struct conversation *c, const GUID *type, void *output, UINT size)
{
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input = {
		.QueryType = *type,
		.hChannel = c->number,
		.SequenceNumber = c->query++,
	};
	const D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT *header = output;
	HRESULT result;

	result = video_context_query_authenticated_channel(c->channel, sizeof(input), &input, size,
							   output);
	REQUIRE(program_is_signed(c->key, output, size));
	REQUIRE(header->SequenceNumber == input.SequenceNumber && header->ReturnCode == result);
	return result;
}

static void converse(struct program *p)
{
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_PROTECTION protect = {
		.Protections = { .ProtectionEnabled = 1 },
	};
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INITIALIZE initialize = { 0 };
	D3D11_1DDI_AUTHENTICATED_QUERY_PROTECTION_OUTPUT protection = { 0 };
	BYTE message[MESSAGE_SIZE], *certificate;
	struct conversation c = { 0 };
	UINT size;

	CHECK(video_device_create_authenticated_channel
	      (p->device, D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE, &c.channel));
	authenticated_channel_get_channel_handle(c.channel, &c.number);
	CHECK(authenticated_channel_get_certificate_size(c.channel, &size));
	certificate = malloc(size);
	REQUIRE(certificate);
	CHECK(authenticated_channel_get_certificate(c.channel, size, certificate));
	program_random(c.key, KEY_SIZE);
	program_wrap_for_device(certificate, size, c.key, message);
	CHECK(video_context_negotiate_authenticated_channel_key_exchange(c.channel, sizeof(message),
									 message));
	free(certificate);

	/* Small enough not to end at 0xffffffff, behind which there are no messages. */
	program_random(&c.query, 2);
	program_random(&c.configure, 2);
	initialize.StartSequenceQuery = c.query;
	initialize.StartSequenceConfigure = c.configure;
	CHECK(configure(&c, &D3D11_AUTHENTICATED_CONFIGURE_INITIALIZE, &initialize,
			sizeof(initialize)));
	CHECK(configure(&c, &D3D11_AUTHENTICATED_CONFIGURE_PROTECTION, &protect, sizeof(protect)));
	CHECK(query(&c, &D3D11_AUTHENTICATED_QUERY_PROTECTION, &protection, sizeof(protection)));
	REQUIRE(protection.ProtectionFlags.ProtectionEnabled);
	authenticated_channel_release(c.channel);
	printf("protection was demanded by a channel, and is on\n");
}

/* All is lost, and the program begins anew. */
static void lose(struct program *p, const char *teardown)
{
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS status;

	program_lose(teardown);
	CHECK(video_device_wait_for_teardown(p->device));
	CHECK(video_context1_check_crypto_session_status(p->session, &status));
	REQUIRE(status == D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_AND_CONTENT_LOST);
	REQUIRE(video_context_get_encryption_blt_key(p->session, KEY_SIZE, &(BYTE[KEY_SIZE]){ 0 }) ==
		E_FAIL);
	REQUIRE(p->device->removed_reason == S_OK);
	crypto_session_release(p->session);
	printf("keys and contents were lost\n");
	begin(p);
}

int main(int argc, char **argv)
{
	struct program p;
	HANDLE number;

	CHECK(create_device(&p.device));
	REQUIRE(caps_has(&p, D3D11_1DDI_CONTENT_PROTECTION_CAPS_CONTENT_KEY |
			 D3D11_1DDI_CONTENT_PROTECTION_CAPS_PARTIAL_DECRYPTION |
			 D3D11_1DDI_CONTENT_PROTECTION_CAPS_FRESHEN_SESSION_KEY |
			 D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPTED_READ_BACK_KEY |
			 D3D11_1DDI_CONTENT_PROTECTION_CAPS_DECRYPTION_BLT));
	begin(&p);
	crypto_session_get_crypto_session_handle(p.session, &number);
	REQUIRE(number);
	show_picture(&p);
	refresh(&p);
	show_picture(&p);
	decode_sample(&p);
	converse(&p);
	if (argc > 1) {
		lose(&p, argv[1]);
		show_picture(&p);
	}
	crypto_session_release(p.session);
	device_release(p.device);
	return 0;
}
