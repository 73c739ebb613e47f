// SPDX-License-Identifier: MIT
/*
 * A program for Direct3D 9: what it does with protected contents. It has OpenSSL check what comes
 * of it. With the path of the device's vprot_teardown in debugfs, all is lost in between.
 */
#include <string.h>

#include "layer9.h"
#include "program.h"

#define WIDTH		64
#define HEIGHT		4
#define PITCH		(WIDTH * 4)
#define SAMPLE_SIZE	(PITCH * HEIGHT)

struct program {
	struct device *device;
	struct crypto_session *session;
	HANDLE session_number;
	BYTE session_key[KEY_SIZE];
};

static void begin(struct program *p)
{
	const DWORD needed = D3DCPCAPS_CONTENTKEY | D3DCPCAPS_PARTIALDECRYPTION |
			     D3DCPCAPS_FRESHENSESSIONKEY | D3DCPCAPS_ENCRYPTEDREADBACK |
			     D3DCPCAPS_ENCRYPTEDREADBACKKEY;
	BYTE message[MESSAGE_SIZE], *certificate;
	D3DCONTENTPROTECTIONCAPS caps;
	UINT size;

	CHECK(create_device(&p->device));
	CHECK(device_get_content_protection_caps(p->device, &D3DCRYPTOTYPE_AES128_CTR, NULL,
						 &caps));
	REQUIRE((caps.Caps & needed) == needed);
	REQUIRE(!memcmp(&caps.KeyExchangeType, &D3DKEYEXCHANGE_RSAES_OAEP, sizeof(GUID)));

	CHECK(device_create_crypto_session(p->device, &D3DCRYPTOTYPE_AES128_CTR, NULL, &p->session,
					   &p->session_number));
	CHECK(crypto_session_get_certificate_size(p->session, &size));
	certificate = malloc(size);
	REQUIRE(certificate);
	CHECK(crypto_session_get_certificate(p->session, size, certificate));
	program_random(p->session_key, KEY_SIZE);
	program_wrap_for_device(certificate, size, p->session_key, message);
	CHECK(crypto_session_negotiate_key_exchange(p->session, sizeof(message), message));
	free(certificate);
}

static void end(struct program *p)
{
	crypto_session_release(p->session);
	device_release(p->device);
}

/* Whether a protected surface holds these bytes: read back, and decrypted by OpenSSL. */
static bool holds(struct program *p, struct surface *surface, const void *contents)
{
	const struct program_run all = { 0, SAMPLE_SIZE };
	BYTE wrapped[KEY_SIZE], read_back_key[KEY_SIZE];
	struct surface *sysmem = NULL;
	DXVADDI_PVP_HW_IV iv;
	void *bits = NULL;
	UINT pitch;
	bool same;

	CHECK(crypto_session_get_surface_pitch(p->session, surface, &pitch));
	REQUIRE(pitch == PITCH);
	CHECK(device_create_offscreen_plain_surface(p->device, false, WIDTH, HEIGHT, &sysmem));
	CHECK(crypto_session_get_encryption_blt_key(p->session, wrapped, sizeof(wrapped)));
	program_unwrap(p->session_key, wrapped, read_back_key);
	CHECK(crypto_session_encryption_blt(p->session, surface, sysmem, pitch * HEIGHT, &iv));
	CHECK(surface_lock_rect(sysmem, &bits, NULL));
	program_crypt(read_back_key, (BYTE *)&iv, bits, &all, 1);
	same = !memcmp(bits, contents, SAMPLE_SIZE);
	surface_release(sysmem);
	return same;
}

/* A sample of common encryption, with one subsample, under a content key. */
static void decrypt_sample(struct program *p)
{
	const struct program_run runs[] = { { 40, SAMPLE_SIZE - 40 } };
	D3DDDIENCRYPTED_BLOCK_INFO info = { 0, 40, SAMPLE_SIZE - 40 };
	BYTE contents[SAMPLE_SIZE], content_key[KEY_SIZE], wrapped[KEY_SIZE];
	struct surface *sysmem = NULL, *protected = NULL;
	DXVADDI_PVP_HW_IV iv = { 0 };
	void *bits = NULL;

	program_random(contents, sizeof(contents));
	program_random(content_key, sizeof(content_key));
	program_random(&iv.IV, sizeof(iv.IV));
	program_wrap(p->session_key, content_key, wrapped);

	CHECK(device_create_offscreen_plain_surface(p->device, false, WIDTH, HEIGHT, &sysmem));
	CHECK(device_create_offscreen_plain_surface(p->device, true, WIDTH, HEIGHT, &protected));
	CHECK(surface_lock_rect(sysmem, &bits, NULL));
	memcpy(bits, contents, sizeof(contents));
	program_crypt(content_key, (BYTE *)&iv, bits, runs, 1);
	CHECK(crypto_session_decryption_blt(p->session, sysmem, protected, SAMPLE_SIZE, &info,
					    wrapped, &iv));
	REQUIRE(surface_lock_rect(protected, &bits, NULL) == E_ACCESSDENIED);
	REQUIRE(holds(p, protected, contents));
	surface_release(protected);
	surface_release(sysmem);
	printf("a sample was decrypted, and read back encrypted\n");
}

static void refresh(struct program *p)
{
	BYTE random_number[KEY_SIZE];

	CHECK(crypto_session_start_session_key_refresh(p->session, random_number,
						       sizeof(random_number)));
	program_refresh(p->session_key, random_number);
	CHECK(crypto_session_finish_session_key_refresh(p->session));
	printf("the session key was refreshed\n");
}

/* A decoder that the program has named is bound to the session, and the channel tells of it. */
static void converse(struct program *p)
{
	const HANDLE decoder = (HANDLE)1;
	D3DAUTHENTICATEDCHANNEL_CONFIGUREINITIALIZE initialize = { .StartSequenceQuery = 1000 };
	D3DAUTHENTICATEDCHANNEL_CONFIGURECRYPTOSESSION bind = { .DXVA2DecodeHandle = decoder };
	D3DAUTHENTICATEDCHANNEL_QUERYCRYPTOSESSION_INPUT question = {
		.DXVA2DecodeHandle = decoder,
	};
	D3DAUTHENTICATEDCHANNEL_QUERYCRYPTOSESSION_OUTPUT answer = { 0 };
	D3DAUTHENTICATEDCHANNEL_QUERYDEVICEHANDLE_OUTPUT device = { 0 };
	D3DAUTHENTICATEDCHANNEL_CONFIGURE_OUTPUT output = { 0 };
	struct authenticated_channel *channel = NULL;
	BYTE key[KEY_SIZE], message[MESSAGE_SIZE], *certificate;
	HANDLE number = NULL;
	UINT size;

	CHECK(device_create_authenticated_channel(p->device, D3DAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE,
						  &channel, &number));
	CHECK(authenticated_channel_get_certificate_size(channel, &size));
	certificate = malloc(size);
	REQUIRE(certificate);
	CHECK(authenticated_channel_get_certificate(channel, size, certificate));
	program_random(key, KEY_SIZE);
	program_wrap_for_device(certificate, size, key, message);
	CHECK(authenticated_channel_negotiate_key_exchange(channel, sizeof(message), message));
	free(certificate);

	initialize.Parameters.ConfigureType = D3DAUTHENTICATEDCONFIGURE_INITIALIZE;
	initialize.Parameters.hChannel = number;
	initialize.StartSequenceConfigure = 2000;
	program_sign(key, &initialize, sizeof(initialize));
	CHECK(authenticated_channel_configure(channel, sizeof(initialize), &initialize, &output));
	REQUIRE(program_is_signed(key, &output, sizeof(output)));

	question.Input.QueryType = D3DAUTHENTICATEDQUERY_DEVICEHANDLE;
	question.Input.hChannel = number;
	question.Input.SequenceNumber = 1000;
	CHECK(authenticated_channel_query(channel, sizeof(question.Input), &question.Input,
					  sizeof(device), &device));
	REQUIRE(program_is_signed(key, &device, sizeof(device)));

	bind.Parameters.ConfigureType = D3DAUTHENTICATEDCONFIGURE_CRYPTOSESSION;
	bind.Parameters.hChannel = number;
	bind.Parameters.SequenceNumber = 2001;
	bind.CryptoSessionHandle = p->session_number;
	bind.DeviceHandle = device.DeviceHandle;
	program_sign(key, &bind, sizeof(bind));
	CHECK(authenticated_channel_configure(channel, sizeof(bind), &bind, &output));
	REQUIRE(program_is_signed(key, &output, sizeof(output)));

	question.Input.QueryType = D3DAUTHENTICATEDQUERY_CRYPTOSESSION;
	question.Input.SequenceNumber = 1001;
	CHECK(authenticated_channel_query(channel, sizeof(question), &question, sizeof(answer),
					  &answer));
	REQUIRE(program_is_signed(key, &answer, sizeof(answer)));
	REQUIRE(answer.Output.ReturnCode == S_OK && answer.Output.SequenceNumber == 1001);
	REQUIRE(answer.CryptoSessionHandle == p->session_number);
	authenticated_channel_release(channel);
	printf("a channel told the session of a decoder\n");
}

/* All is lost, and the program makes a new device, as Direct3D 9 wants it. */
static void lose(struct program *p, const char *teardown)
{
	BYTE random_number[KEY_SIZE];

	program_lose(teardown);
	REQUIRE(crypto_session_start_session_key_refresh(p->session, random_number,
							 sizeof(random_number)) ==
		D3DERR_DEVICEREMOVED);
	end(p);
	printf("keys and contents were lost\n");
	begin(p);
}

int main(int argc, char **argv)
{
	struct program p;

	begin(&p);
	decrypt_sample(&p);
	refresh(&p);
	decrypt_sample(&p);
	converse(&p);
	if (argc > 1) {
		lose(&p, argv[1]);
		decrypt_sample(&p);
	}
	end(&p);
	return 0;
}
