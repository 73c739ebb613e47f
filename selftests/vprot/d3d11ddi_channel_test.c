// SPDX-License-Identifier: GPL-2.0
/*
 * The authenticated channel of the D3D11.1 DDI: a conversation that is signed and checked with
 * OpenSSL, what is refused, and that it is D3D9's.
 */
#include <vprot_d3d11ddi.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "ddi.h"
#include "ddi11.h"
#include "debugfs.h"

/* A channel of the DDI, and what its client knows; @c by its name alone. */
struct channel {
	struct vt_ddi11 *ddi;
	D3D11_1DDI_HAUTHCHANNEL handle;
	struct vt_channel c;
};

/* A GUID of Windows as one of the driver's: in memory they are the same. */
static struct drm_vprot_guid guid(const GUID *windows)
{
	struct drm_vprot_guid type;

	memcpy(&type, windows, sizeof(type));
	return type;
}

static HRESULT create(struct vt_ddi11 *ddi, int type, D3D11_1DDI_HAUTHCHANNEL channel, HANDLE *name)
{
	D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = type,
		.hChannel = *name,
	};
	const D3D11_1DDI_HRTAUTHCHANNEL rt = { NULL };
	HRESULT result = ddi->f.pfnCreateAuthenticatedChannel(ddi->device, &create, channel, rt);

	*name = create.hChannel;
	return result;
}

/* Sends a command; its answer has to be signed, and to say what the function returned. */
static HRESULT tell(struct channel *ch, const GUID *type, void *input, UINT size)
{
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT answer;
	HRESULT result;

	vt_command(&ch->c, guid(type), input, size);
	result = ch->ddi->f.pfnConfigureAuthenticatedChannel(ch->ddi->device, ch->handle, size,
							     input, &answer);
	if (!vt_is_signed(&ch->c, &answer, sizeof(answer)) || answer.ReturnCode != result ||
	    memcmp(&answer.ConfigureType, type, sizeof(*type)) ||
	    (uintptr_t)answer.hChannel != ch->c.name ||
	    answer.SequenceNumber != ch->c.configure - 1)
		vt_fatal("the answer to a command is not right");
	return result;
}

static HRESULT ask(struct channel *ch, const GUID *type, void *input, UINT size, void *output,
		   UINT output_size)
{
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT *answer = output;
	HRESULT result;

	vt_question(&ch->c, guid(type), input);
	result = ch->ddi->f.pfnQueryAuthenticatedChannel(ch->ddi->device, ch->handle, size, input,
							 output_size, output);
	if (!vt_is_signed(&ch->c, output, output_size) || answer->ReturnCode != result ||
	    memcmp(&answer->QueryType, type, sizeof(*type)) ||
	    (uintptr_t)answer->hChannel != ch->c.name ||
	    answer->SequenceNumber != ch->c.query - 1)
		vt_fatal("the answer to a question is not right");
	return result;
}

#define TELL(ch, type, input) \
	tell(ch, &D3D11_AUTHENTICATED_CONFIGURE_##type, input, sizeof(*(input)))
#define ASK(ch, type, input, output) \
	ask(ch, &D3D11_AUTHENTICATED_QUERY_##type, input, sizeof(*(input)), output, \
	    sizeof(*(output)))

/* A channel without a key. */
static void create_channel(struct channel *ch, struct vt_ddi11 *ddi)
{
	HANDLE name = NULL;

	ch->ddi = ddi;
	ch->handle.pDrvPrivate = vt_ddi11_private();
	vt_ddi_must(create(ddi, D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE, ch->handle,
			   &name), "CreateAuthenticatedChannel");
	ch->c = (struct vt_channel){
		.name = (uintptr_t)name,
		.query = VT_START_QUERY,
		.configure = VT_START_CONFIGURE,
	};
}

static void open_channel(struct channel *ch, struct vt_ddi11 *ddi)
{
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INITIALIZE initialize = {
		.StartSequenceQuery = VT_START_QUERY,
		.StartSequenceConfigure = VT_START_CONFIGURE + 1,
	};
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	__u64 seed = vt_ddi_seed();

	create_channel(ch, ddi);
	vt_fill(&seed, ch->c.key, VT_KEY);
	vt_key_exchange_blob(vt_open(), ch->c.key, VT_KEY, blob);
	vt_ddi_must(ddi->f.pfnNegotiateAuthenticatedChannelKeyExchange(ddi->device, ch->handle,
								       sizeof(blob), blob),
		    "NegotiateAuthenticatedChannelKeyExchange");
	vt_ddi_must(TELL(ch, INITIALIZE, &initialize), "INITIALIZE");
}

FIXTURE(channel) {
	struct vt_ddi11 ddi;
	struct channel ch;
};

FIXTURE_SETUP(channel)
{
	vt_ddi11_open(&self->ddi, NULL, 0);
	open_channel(&self->ch, &self->ddi);
}

FIXTURE_TEARDOWN(channel)
{
	EXPECT_EQ(0, self->ddi.errors);
}

/* --- conversations ---------------------------------------------------------------------------- */

TEST_F(channel, what_it_is)
{
	D3D11_1DDI_AUTHENTICATED_QUERY_CHANNEL_TYPE_OUTPUT type;
	D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_OUTPUT access;
	D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_COUNT_OUTPUT count;
	D3D11_1DDI_AUTHENTICATED_QUERY_CURRENT_ACCESSIBILITY_ENCRYPTION_OUTPUT current;
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input;

	ASSERT_EQ(S_OK, ASK(&self->ch, CHANNEL_TYPE, &input, &type));
	EXPECT_EQ(D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE, type.ChannelType);
	ASSERT_EQ(S_OK, ASK(&self->ch, ACCESSIBILITY_ATTRIBUTES, &input, &access));
	EXPECT_EQ(D3D11_1DDI_BUS_TYPE_OTHER, access.BusType);
	EXPECT_EQ(0, access.AccessibleInContiguousBlocks);
	EXPECT_EQ(0, access.AccessibleInNonContiguousBlocks);
	ASSERT_EQ(S_OK, ASK(&self->ch, ENCRYPTION_WHEN_ACCESSIBLE_GUID_COUNT, &input, &count));
	EXPECT_EQ(1, count.EncryptionGuidCount);
	ASSERT_EQ(S_OK, ASK(&self->ch, CURRENT_ENCRYPTION_WHEN_ACCESSIBLE, &input, &current));
	EXPECT_EQ(0, memcmp(&D3D11_CRYPTO_TYPE_AES128_CTR, &current.EncryptionGuid,
			    sizeof(GUID)));
}

TEST_F(channel, protection)
{
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_PROTECTION protect = {
		.Protections = { .ProtectionEnabled = 1 },
	};
	const VPROT_D3D11DDIARG_CREATERESOURCE lockable = {
		.RestrictedContent = 1,
		.Lockable = 1,
		.Width = 4096,
		.Height = 1,
		.ArraySize = 1,
	};
	const D3D10DDI_HRESOURCE resource = { vt_ddi11_private() };
	D3D11_1DDI_AUTHENTICATED_QUERY_PROTECTION_OUTPUT protection;
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input;
	VOID *data = NULL, *again = NULL;

	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_resource(self->ddi.device, &lockable, resource));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_map(self->ddi.device, resource, 0, &data, NULL));
	ASSERT_EQ(S_OK, TELL(&self->ch, PROTECTION, &protect));
	EXPECT_EQ(E_ACCESSDENIED,
		  vprot_d3d11ddi_map(self->ddi.device, resource, 0, &again, NULL));
	ASSERT_EQ(S_OK, ASK(&self->ch, PROTECTION, &input, &protection));
	EXPECT_EQ(1, protection.ProtectionFlags.Value);
	protect.Protections.Value = 4;
	EXPECT_EQ(E_INVALIDARG, TELL(&self->ch, PROTECTION, &protect));
	/* With the channel its demand ends. */
	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, self->ddi.f.pfnDestroyAuthenticatedChannel
				    (self->ddi.device, self->ch.handle)));
	EXPECT_EQ(S_OK, vprot_d3d11ddi_map(self->ddi.device, resource, 0, &again, NULL));
	EXPECT_EQ(data, again);
}

/* Sessions and decoders are named by the handles that the DDI gives. */
TEST_F(channel, crypto_session)
{
	const D3D11_1DDI_HDECODE decoder = { vt_ddi11_private() };
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_CRYPTO_SESSION use;
	D3D11_1DDI_AUTHENTICATED_QUERY_CRYPTO_SESSION_INPUT of;
	D3D11_1DDI_AUTHENTICATED_QUERY_CRYPTO_SESSION_OUTPUT answer;
	D3D11_1DDI_AUTHENTICATED_QUERY_DEVICE_HANDLE_OUTPUT device;
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input;
	HANDLE session = NULL, decode = NULL;
	struct vt_ddi11_session s;

	vt_ddi11_session_open(&s, &self->ddi);
	ASSERT_EQ(S_OK, self->ddi.f.pfnCryptoSessionGetHandle(self->ddi.device, s.handle,
							      &session));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_decoder(self->ddi.device, decoder));
	ASSERT_EQ(S_OK, self->ddi.f.pfnVideoDecoderGetHandle(self->ddi.device, decoder, &decode));
	ASSERT_EQ(S_OK, ASK(&self->ch, DEVICE_HANDLE, &input, &device));
	use.DecodeHandle = decode;
	use.CryptoSessionHandle = session;
	use.DeviceHandle = device.DeviceHandle;
	ASSERT_EQ(S_OK, TELL(&self->ch, CRYPTO_SESSION, &use));
	of.DecodeHandle = decode;
	ASSERT_EQ(S_OK, ASK(&self->ch, CRYPTO_SESSION, &of, &answer));
	EXPECT_EQ(session, answer.CryptoSessionHandle);
	EXPECT_EQ(decode, answer.DecodeHandle);
	EXPECT_EQ(device.DeviceHandle, answer.DeviceHandle);
	use.CryptoSessionHandle = (HANDLE)0x7fffffff;
	EXPECT_EQ(E_INVALIDARG, TELL(&self->ch, CRYPTO_SESSION, &use));
}

/* Made by one interface, used by the other. */
TEST(channel_of_d3d9)
{
	D3D11_1DDI_AUTHENTICATED_QUERY_CHANNEL_TYPE_OUTPUT type;
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input;
	D3DDDIARG_QUERYAUTHENTICATEDCHANNEL query = {
		.InputSize = sizeof(input),
		.pInputData = &input,
		.OutputSize = sizeof(type),
		.pOutputData = &type,
	};
	struct vt_ddi11 ddi11;
	struct vt_ddi ddi9;
	struct channel ch;

	vt_ddi_open(&ddi9, 0);
	vt_ddi11_open(&ddi11, ddi9.device, 0);
	open_channel(&ch, &ddi11);
	ASSERT_EQ(S_OK, ASK(&ch, CHANNEL_TYPE, &input, &type));
	vt_question(&ch.c, guid(&D3D11_AUTHENTICATED_QUERY_CHANNEL_TYPE), &input);
	ASSERT_EQ(S_OK, ddi9.funcs.pfnQueryAuthenticatedChannel(ddi9.device, &query));
	EXPECT_TRUE(vt_is_signed(&ch.c, &type, sizeof(type)));
	ASSERT_EQ(S_OK, ASK(&ch, CHANNEL_TYPE, &input, &type));
}

/* --- what is refused -------------------------------------------------------------------------- */

TEST_F(channel, create_refused)
{
	const D3D11_1DDI_HAUTHCHANNEL channel = { vt_ddi11_private() }, none = { NULL };
	const D3D11_1DDI_HRTAUTHCHANNEL rt = { NULL };
	HANDLE name = (HANDLE)0x5a;

	EXPECT_EQ(VPROT_D3D11DDI_PRIVATE_SIZE,
		  self->ddi.f.pfnCalcPrivateAuthenticatedChannelSize(self->ddi.device, NULL));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  create(&self->ddi, D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_HARDWARE, channel,
			 &name));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create(&self->ddi, 1, channel, &name));
	EXPECT_EQ(E_INVALIDARG, create(&self->ddi, 2, none, &name));
	EXPECT_EQ(E_INVALIDARG, self->ddi.f.pfnCreateAuthenticatedChannel(self->ddi.device, NULL,
									  channel, rt));
	EXPECT_EQ((HANDLE)0x5a, name);
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  VT_REPORTED(&self->ddi, self->ddi.f.pfnDestroyAuthenticatedChannel
			      (self->ddi.device, channel)));
}

TEST_F(channel, key_exchange_refused)
{
	const PFND3D11_1DDI_NEGOTIATEAUTHENTICATEDCHANNELKEYEXCHANGE negotiate =
		self->ddi.f.pfnNegotiateAuthenticatedChannelKeyExchange;
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
	const D3D10DDI_HDEVICE device = self->ddi.device;
	struct channel keyless;

	create_channel(&keyless, &self->ddi);
	EXPECT_EQ(E_INVALIDARG, negotiate(device, keyless.handle, sizeof(blob), blob));
	EXPECT_EQ(E_INVALIDARG, negotiate(device, keyless.handle, sizeof(blob) - 1, blob));
	EXPECT_EQ(E_INVALIDARG, negotiate(device, keyless.handle, sizeof(blob), NULL));
	/* There is one key, once. */
	vt_key_exchange_blob(vt_open(), self->ch.c.key, VT_KEY, blob);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, negotiate(device, self->ch.handle, sizeof(blob), blob));
}

TEST_F(channel, messages_refused)
{
	const D3D11_1DDI_VIDEODEVICEFUNCS *f = &self->ddi.f;
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_PROTECTION protect = { .Protections = { .Value = 1 } };
	D3D11_1DDI_AUTHENTICATED_QUERY_CHANNEL_TYPE_OUTPUT type;
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT answer;
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input;
	const D3D10DDI_HDEVICE device = self->ddi.device;
	struct channel other, keyless;

	EXPECT_EQ(E_INVALIDARG, f->pfnQueryAuthenticatedChannel(device, self->ch.handle,
								sizeof(input), NULL, sizeof(type),
								&type));
	EXPECT_EQ(E_INVALIDARG, f->pfnQueryAuthenticatedChannel(device, self->ch.handle,
								sizeof(input), &input,
								sizeof(type), NULL));
	EXPECT_EQ(E_INVALIDARG, f->pfnConfigureAuthenticatedChannel(device, self->ch.handle,
								    sizeof(protect), NULL,
								    &answer));
	EXPECT_EQ(E_INVALIDARG, f->pfnConfigureAuthenticatedChannel(device, self->ch.handle,
								    sizeof(protect), &protect,
								    NULL));
	/* An unknown command. */
	EXPECT_EQ(E_FAIL, tell(&self->ch, &D3D11_AUTHENTICATED_QUERY_PROTECTION, &protect,
			       sizeof(protect)));
	/* A message for another channel than the one it is sent to. */
	open_channel(&other, &self->ddi);
	vt_question(&other.c, guid(&D3D11_AUTHENTICATED_QUERY_CHANNEL_TYPE), &input);
	EXPECT_EQ(E_INVALIDARG, f->pfnQueryAuthenticatedChannel(device, self->ch.handle,
								sizeof(input), &input,
								sizeof(type), &type));
	vt_command(&other.c, guid(&D3D11_AUTHENTICATED_CONFIGURE_PROTECTION), &protect,
		   sizeof(protect));
	EXPECT_EQ(E_INVALIDARG, f->pfnConfigureAuthenticatedChannel(device, self->ch.handle,
								    sizeof(protect), &protect,
								    &answer));
	/* The same one twice, and one that was changed. */
	vt_command(&self->ch.c, guid(&D3D11_AUTHENTICATED_CONFIGURE_PROTECTION), &protect,
		   sizeof(protect));
	EXPECT_EQ(S_OK, f->pfnConfigureAuthenticatedChannel(device, self->ch.handle,
							    sizeof(protect), &protect, &answer));
	EXPECT_EQ(E_INVALIDARG, f->pfnConfigureAuthenticatedChannel(device, self->ch.handle,
								    sizeof(protect), &protect,
								    &answer));
	vt_command(&self->ch.c, guid(&D3D11_AUTHENTICATED_CONFIGURE_PROTECTION), &protect,
		   sizeof(protect));
	protect.Protections.Value = 0;
	EXPECT_EQ(E_INVALIDARG, f->pfnConfigureAuthenticatedChannel(device, self->ch.handle,
								    sizeof(protect), &protect,
								    &answer));
	/* Before the key exchange. */
	create_channel(&keyless, &self->ddi);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL,
		  f->pfnQueryAuthenticatedChannel(device, keyless.handle, sizeof(input), &input,
						  sizeof(type), &type));
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, type.Output.ReturnCode);
}

/* --- the end ---------------------------------------------------------------------------------- */

TEST_F(channel, lost)
{
	D3D11_1DDI_AUTHENTICATED_QUERY_CHANNEL_TYPE_OUTPUT type;
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input;

	vt_question(&self->ch.c, guid(&D3D11_AUTHENTICATED_QUERY_CHANNEL_TYPE), &input);
	vt_lose();
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  self->ddi.f.pfnQueryAuthenticatedChannel(self->ddi.device, self->ch.handle,
							   sizeof(input), &input, sizeof(type),
							   &type));
}

TEST_F(channel, destroyed)
{
	D3D11_1DDI_AUTHENTICATED_QUERY_CHANNEL_TYPE_OUTPUT type;
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input;
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
	const D3D10DDI_HDEVICE device = self->ddi.device;

	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, self->ddi.f.pfnDestroyAuthenticatedChannel
				    (device, self->ch.handle)));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  VT_REPORTED(&self->ddi, self->ddi.f.pfnDestroyAuthenticatedChannel
			      (device, self->ch.handle)));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  self->ddi.f.pfnNegotiateAuthenticatedChannelKeyExchange(device, self->ch.handle,
									  sizeof(blob), blob));
	vt_question(&self->ch.c, guid(&D3D11_AUTHENTICATED_QUERY_CHANNEL_TYPE), &input);
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  self->ddi.f.pfnQueryAuthenticatedChannel(device, self->ch.handle, sizeof(input),
							   &input, sizeof(type), &type));
}

TEST_HARNESS_MAIN
