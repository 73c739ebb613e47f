// SPDX-License-Identifier: GPL-2.0
/*
 * The authenticated channel of the D3D9 DDI: a conversation through the five functions, signed and
 * checked with OpenSSL, and what each of them returns.
 */
#include <sys/syscall.h>
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "ddi.h"
#include "ddi_channel.h"
#include "debugfs.h"

#define SIZE	4096

/* A GUID of Windows as one of the driver's: in memory they are the same. */
static struct drm_vprot_guid guid(const GUID *windows)
{
	struct drm_vprot_guid type;

	memcpy(&type, windows, sizeof(type));
	return type;
}

FIXTURE(channel) {
	struct vt_ddi ddi;
	struct vt_channel c;	/* by its name alone: the DDI knows no file */
	HANDLE handle;
};

static HRESULT create(const struct vt_ddi *ddi, int type, HANDLE *channel)
{
	D3DDDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = type,
		.hChannel = *channel,
	};
	HRESULT result = ddi->funcs.pfnCreateAuthenticatedChannel(ddi->device, &create);

	*channel = create.hChannel;
	return result;
}

static HRESULT exchange(const struct vt_ddi *ddi, HANDLE channel, void *blob, UINT size)
{
	D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE exchange = {
		.hChannel = channel,
		.DataSize = size,
		.pData = blob,
	};

	return ddi->funcs.pfnAuthenticatedChannelKeyExchange(ddi->device, &exchange);
}

static HRESULT destroy(const struct vt_ddi *ddi, HANDLE channel)
{
	D3DDDIARG_DESTROYAUTHENTICATEDCHANNEL destroy = { .hChannel = channel };

	return ddi->funcs.pfnDestroyAuthenticatedChannel(ddi->device, &destroy);
}

static HRESULT send_command(const struct vt_ddi *ddi, const void *input, UINT size, void *output)
{
	D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL configure = {
		.InputSize = size,
		.pInputData = input,
		.pOutputData = output,
	};

	return ddi->funcs.pfnConfigureAuthenticatedChannel(ddi->device, &configure);
}

static HRESULT send_question(const struct vt_ddi *ddi, const void *input, UINT size, void *output,
			     UINT output_size)
{
	D3DDDIARG_QUERYAUTHENTICATEDCHANNEL query = {
		.InputSize = size,
		.pInputData = input,
		.OutputSize = output_size,
		.pOutputData = output,
	};

	return ddi->funcs.pfnQueryAuthenticatedChannel(ddi->device, &query);
}

#define TELL(type, input) \
	VT_DDI_TELL(&self->ddi, &self->c, type, input)
#define ASK(type, input, output) \
	VT_DDI_ASK(&self->ddi, &self->c, type, input, output)

FIXTURE_SETUP(channel)
{
	vt_ddi_open(&self->ddi, 0);
	self->handle = vt_ddi_channel_open(&self->ddi, &self->c);
}

FIXTURE_TEARDOWN(channel)
{
}

/* --- conversations ---------------------------------------------------------------------------- */

TEST_F(channel, what_it_is)
{
	D3DAUTHENTICATEDCHANNEL_QUERYCHANNELTYPE_OUTPUT type;
	D3DAUTHENTICATEDCHANNEL_QUERYINFOBUSTYPE_OUTPUT bus;
	D3DAUTHENTICATEDCHANNEL_QUERY_INPUT input;

	ASSERT_EQ(S_OK, ASK(CHANNELTYPE, &input, &type));
	EXPECT_EQ(D3DAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE, type.ChannelType);
	ASSERT_EQ(S_OK, ASK(ACCESSIBILITYATTRIBUTES, &input, &bus));
	EXPECT_EQ(D3DBUSTYPE_OTHER, bus.BusType);
	EXPECT_EQ(0, bus.bAccessibleInContiguousBlocks);
	EXPECT_EQ(0, bus.bAccessibleInNonContiguousBlocks);
}

TEST_F(channel, encryption)
{
	D3DAUTHENTICATEDCHANNEL_QUERYUNCOMPRESSEDENCRYPTIONLEVEL_OUTPUT current;
	D3DAUTHENTICATEDCHANNEL_QUERYEVICTIONENCRYPTIONGUIDCOUNT_OUTPUT count;
	D3DAUTHENTICATEDCHANNEL_QUERYEVICTIONENCRYPTIONGUID_INPUT index = {
		.EncryptionGuidIndex = 0,
	};
	D3DAUTHENTICATEDCHANNEL_QUERYEVICTIONENCRYPTIONGUID_OUTPUT one;
	D3DAUTHENTICATEDCHANNEL_CONFIGUREUNCOMPRESSEDENCRYPTION choose;
	D3DAUTHENTICATEDCHANNEL_QUERY_INPUT input;

	ASSERT_EQ(S_OK, ASK(ENCRYPTIONWHENACCESSIBLEGUIDCOUNT, &input, &count));
	EXPECT_EQ(1, count.NumEncryptionGuids);
	ASSERT_EQ(S_OK, ASK(ENCRYPTIONWHENACCESSIBLEGUID, &index, &one));
	EXPECT_EQ(0, memcmp(&D3DCRYPTOTYPE_AES128_CTR, &one.EncryptionGuid, sizeof(GUID)));
	index.EncryptionGuidIndex = 1;
	EXPECT_EQ(E_INVALIDARG, ASK(ENCRYPTIONWHENACCESSIBLEGUID, &index, &one));
	ASSERT_EQ(S_OK, ASK(CURRENTENCRYPTIONWHENACCESSIBLE, &input, &current));
	EXPECT_EQ(0, memcmp(&D3DCRYPTOTYPE_AES128_CTR, &current.EncryptionGuid, sizeof(GUID)));
	choose.EncryptionGuid = D3DCRYPTOTYPE_AES128_CTR;
	EXPECT_EQ(S_OK, TELL(ENCRYPTIONWHENACCESSIBLE, &choose));
	choose.EncryptionGuid = D3DCRYPTOTYPE_PROPRIETARY;
	EXPECT_EQ(E_INVALIDARG, TELL(ENCRYPTIONWHENACCESSIBLE, &choose));
}

/* With protection, lockable resources with restricted contents cannot be locked. */
TEST_F(channel, protection)
{
	D3DAUTHENTICATEDCHANNEL_CONFIGUREPROTECTION protect = {
		.Protections = { .ProtectionEnabled = 1 },
	};
	D3DAUTHENTICATEDCHANNEL_QUERYPROTECTION_OUTPUT protection;
	VPROT_D3DDDIARG_CREATERESOURCE lockable = {
		.RestrictedContent = 1,
		.Lockable = 1,
		.Pitch = SIZE,
		.Height = 1,
		.SurfCount = 1,
	};
	D3DAUTHENTICATEDCHANNEL_QUERY_INPUT input;
	HANDLE device = self->ddi.device, clear;
	VOID *data = NULL, *again = NULL;
	struct vt_channel other;

	ASSERT_EQ(S_OK, vprot_d3dddi_create_resource(device, &lockable));
	clear = vt_ddi_create_resource(&self->ddi, false, SIZE);
	ASSERT_EQ(S_OK, vprot_d3dddi_lock(device, lockable.hResource, 0, &data, NULL));
	memset(data, 0x3c, SIZE);

	ASSERT_EQ(S_OK, TELL(PROTECTION, &protect));
	ASSERT_EQ(S_OK, ASK(PROTECTION, &input, &protection));
	EXPECT_TRUE(protection.ProtectionFlags.ProtectionEnabled == 1);
	EXPECT_EQ(1, protection.ProtectionFlags.Value);
	EXPECT_EQ(E_ACCESSDENIED,
		  vprot_d3dddi_lock(device, lockable.hResource, 0, &again, NULL));
	EXPECT_EQ(NULL, again);
	vt_ddi_lock(&self->ddi, clear);

	/* Another channel does not switch it off. */
	vt_ddi_channel_open(&self->ddi, &other);
	protect.Protections.Value = 0;
	EXPECT_EQ(S_OK, VT_DDI_TELL(&self->ddi, &other, PROTECTION, &protect));
	EXPECT_EQ(E_ACCESSDENIED,
		  vprot_d3dddi_lock(device, lockable.hResource, 0, &again, NULL));
	protect.Protections.Value = 4;
	EXPECT_EQ(E_INVALIDARG, TELL(PROTECTION, &protect));
	/* Its end does. */
	EXPECT_EQ(S_OK, destroy(&self->ddi, self->handle));
	EXPECT_EQ(S_OK, vprot_d3dddi_lock(device, lockable.hResource, 0, &again, NULL));
	EXPECT_EQ(data, again);
	EXPECT_EQ(0x3c, *(__u8 *)data);
}

/* Sessions are known to the driver by the handles of the DDI. */
TEST_F(channel, crypto_session)
{
	const D3DAUTHENTICATEDCHANNEL_HANDLE decoder = (HANDLE)0x7777;
	D3DAUTHENTICATEDCHANNEL_CONFIGURECRYPTOSESSION use = { .DXVA2DecodeHandle = decoder };
	D3DAUTHENTICATEDCHANNEL_QUERYCRYPTOSESSION_INPUT of = { .DXVA2DecodeHandle = decoder };
	D3DAUTHENTICATEDCHANNEL_QUERYCRYPTOSESSION_OUTPUT session;
	D3DAUTHENTICATEDCHANNEL_QUERYOUTPUTIDCOUNT_INPUT outputs_of;
	D3DAUTHENTICATEDCHANNEL_QUERYOUTPUTIDCOUNT_OUTPUT outputs;
	D3DAUTHENTICATEDCHANNEL_QUERYOUTPUTID_INPUT output_of = { .OutputIDIndex = 0 };
	D3DAUTHENTICATEDCHANNEL_QUERYOUTPUTID_OUTPUT output;
	D3DAUTHENTICATEDCHANNEL_QUERYDEVICEHANDLE_OUTPUT device;
	D3DAUTHENTICATEDCHANNEL_QUERY_INPUT input;
	struct vt_ddi_session mine, theirs;
	struct vt_ddi other;

	vt_ddi_session_create(&mine, &self->ddi);
	vt_ddi_open(&other, 0);
	vt_ddi_session_create(&theirs, &other);
	ASSERT_EQ(S_OK, ASK(DEVICEHANDLE, &input, &device));
	use.DeviceHandle = device.DeviceHandle;
	use.CryptoSessionHandle = theirs.handle;
	EXPECT_EQ(E_INVALIDARG, TELL(CRYPTOSESSION, &use));
	EXPECT_EQ(E_INVALIDARG, ASK(CRYPTOSESSION, &of, &session));
	use.CryptoSessionHandle = mine.handle;
	EXPECT_EQ(S_OK, TELL(CRYPTOSESSION, &use));
	ASSERT_EQ(S_OK, ASK(CRYPTOSESSION, &of, &session));
	EXPECT_EQ(decoder, session.DXVA2DecodeHandle);
	EXPECT_EQ(mine.handle, session.CryptoSessionHandle);
	EXPECT_EQ(device.DeviceHandle, session.DeviceHandle);

	outputs_of.DeviceHandle = device.DeviceHandle;
	outputs_of.CryptoSessionHandle = mine.handle;
	ASSERT_EQ(S_OK, ASK(OUTPUTIDCOUNT, &outputs_of, &outputs));
	EXPECT_EQ(0, outputs.NumOutputIDs);
	output_of.DeviceHandle = device.DeviceHandle;
	output_of.CryptoSessionHandle = mine.handle;
	EXPECT_EQ(E_INVALIDARG, ASK(OUTPUTID, &output_of, &output));
}

TEST_F(channel, shared_resource)
{
	D3DAUTHENTICATEDCHANNEL_QUERYUNRESTRICTEDPROTECTEDSHAREDRESOURCECOUNT_OUTPUT unrestricted;
	D3DAUTHENTICATEDCHANNEL_QUERYRESTRICTEDSHAREDRESOURCEPROCESSCOUNT_OUTPUT count;
	D3DAUTHENTICATEDCHANNEL_QUERYRESTRICTEDSHAREDRESOURCEPROCESS_INPUT index = {
		.ProcessIndex = 0,
	};
	D3DAUTHENTICATEDCHANNEL_QUERYRESTRICTEDSHAREDRESOURCEPROCESS_OUTPUT process;
	D3DAUTHENTICATEDCHANNEL_CONFIGURESHAREDRESOURCE share = {
		.ProcessIdentiferType = PROCESSIDTYPE_HANDLE,
		.ProcessHandle = (HANDLE)syscall(SYS_pidfd_open, getpid(), 0),
		.AllowAccess = 1,
	};
	D3DAUTHENTICATEDCHANNEL_QUERY_INPUT input;

	ASSERT_EQ(S_OK, ASK(UNRESTRICTEDPROTECTEDSHAREDRESOURCECOUNT, &input, &unrestricted));
	EXPECT_EQ(0, unrestricted.NumUnrestrictedProtectedSharedResources);
	EXPECT_EQ(S_OK, TELL(SHAREDRESOURCE, &share));
	ASSERT_EQ(S_OK, ASK(RESTRICTEDSHAREDRESOURCEPROCESSCOUNT, &input, &count));
	EXPECT_EQ(1, count.NumRestrictedSharedResourceProcesses);
	ASSERT_EQ(S_OK, ASK(RESTRICTEDSHAREDRESOURCEPROCESS, &index, &process));
	EXPECT_EQ(PROCESSIDTYPE_HANDLE, process.ProcessIdentifer);
	EXPECT_EQ(share.ProcessHandle, process.ProcessHandle);
	share.AllowAccess = 0;
	EXPECT_EQ(S_OK, TELL(SHAREDRESOURCE, &share));
	ASSERT_EQ(S_OK, ASK(RESTRICTEDSHAREDRESOURCEPROCESSCOUNT, &input, &count));
	EXPECT_EQ(0, count.NumRestrictedSharedResourceProcesses);
	share.ProcessIdentiferType = PROCESSIDTYPE_DWM;
	EXPECT_EQ(E_INVALIDARG, TELL(SHAREDRESOURCE, &share));
}

/* Some of what is refused; the messages have tests of their own. */
TEST_F(channel, refused_messages)
{
	D3DAUTHENTICATEDCHANNEL_CONFIGUREPROTECTION protect = { .Protections = { .Value = 1 } };
	D3DAUTHENTICATEDCHANNEL_CONFIGURE_OUTPUT answer;
	D3DAUTHENTICATEDCHANNEL_QUERYPROTECTION_OUTPUT protection;
	D3DAUTHENTICATEDCHANNEL_QUERY_INPUT input;
	struct vt_channel *c = &self->c;

	vt_command(c, guid(&D3DAUTHENTICATEDCONFIGURE_PROTECTION), &protect, sizeof(protect));
	protect.Protections.Value = 3;
	EXPECT_EQ(E_INVALIDARG, send_command(&self->ddi, &protect, sizeof(protect), &answer));
	EXPECT_TRUE(vt_is_signed(c, &answer, sizeof(answer)));
	EXPECT_EQ(E_INVALIDARG, answer.ReturnCode);
	EXPECT_EQ(E_FAIL, vt_ddi_tell(&self->ddi, c, &D3DCRYPTOTYPE_AES128_CTR, &protect,
				      sizeof(protect)));
	EXPECT_EQ(E_FAIL, vt_ddi_ask(&self->ddi, c, &D3DCRYPTOTYPE_AES128_CTR, &input,
				     sizeof(input), &protection, sizeof(protection)));
	c->query--;
	EXPECT_EQ(S_OK, ASK(PROTECTION, &input, &protection));
	EXPECT_EQ(0, protection.ProtectionFlags.Value);
	c->query--;
	EXPECT_EQ(E_INVALIDARG, ASK(PROTECTION, &input, &protection));
}

/* --- the functions ---------------------------------------------------------------------------- */

TEST_F(channel, types)
{
	HANDLE handle = (HANDLE)0x5a;
	const int types[] = { 0, D3DAUTHENTICATEDCHANNEL_D3D9, 4, -1,
			      DDIAUTHENTICATEDCHANNEL_DRIVER_HARDWARE };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create(&self->ddi, types[i], &handle));
	EXPECT_EQ((HANDLE)0x5a, handle);
}

TEST_F(channel, null_pointers)
{
	const D3DDDI_DEVICEFUNCS *funcs = &self->ddi.funcs;
	__u8 input[64] = { 0 }, output[64] = { 0 };
	HANDLE device = self->ddi.device;

	EXPECT_EQ(E_INVALIDARG, funcs->pfnCreateAuthenticatedChannel(device, NULL));
	EXPECT_EQ(E_INVALIDARG, funcs->pfnAuthenticatedChannelKeyExchange(device, NULL));
	EXPECT_EQ(E_INVALIDARG, funcs->pfnQueryAuthenticatedChannel(device, NULL));
	EXPECT_EQ(E_INVALIDARG, funcs->pfnConfigureAuthenticatedChannel(device, NULL));
	EXPECT_EQ(E_INVALIDARG, funcs->pfnDestroyAuthenticatedChannel(device, NULL));
	EXPECT_EQ(E_INVALIDARG, send_command(&self->ddi, NULL, 56, output));
	EXPECT_EQ(E_INVALIDARG, send_command(&self->ddi, input, 56, NULL));
	EXPECT_EQ(E_INVALIDARG, send_question(&self->ddi, NULL, 32, output, 56));
	EXPECT_EQ(E_INVALIDARG, send_question(&self->ddi, input, 32, NULL, 56));
}

TEST_F(channel, key_exchange)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE + 1] = { 0 };
	HANDLE handle = NULL;

	ASSERT_EQ(S_OK, create(&self->ddi, DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE, &handle));
	EXPECT_EQ(E_INVALIDARG, exchange(&self->ddi, handle, blob, 256));
	EXPECT_EQ(E_INVALIDARG, exchange(&self->ddi, handle, NULL, 256));
	vt_key_exchange_blob(vt_open(), self->c.key, VT_KEY, blob);
	EXPECT_EQ(E_INVALIDARG, exchange(&self->ddi, handle, blob, 255));
	EXPECT_EQ(E_INVALIDARG, exchange(&self->ddi, handle, blob, 257));
	EXPECT_EQ(S_OK, exchange(&self->ddi, handle, blob, 256));
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, exchange(&self->ddi, handle, blob, 256));
}

/* Without a signature, an answer still has header and result. */
static bool is_unsigned(const void *output, HRESULT result, const void *type, __u64 channel,
			__u32 sequence)
{
	const struct drm_vprot_channel_message *answer = output;
	static const __u8 none[DRM_VPROT_OMAC_SIZE];

	return !memcmp(answer->omac, none, sizeof(none)) &&
	       !memcmp(&answer->header.type, type, sizeof(GUID)) &&
	       answer->header.channel == channel && answer->header.sequence == sequence &&
	       (HRESULT)answer->header.result == result;
}

static bool both_say(struct vt_ddi *ddi, __u64 name, HRESULT result)
{
	struct vt_channel c = { .name = name, .query = 7, .configure = 8 };
	__u8 command[56] = { 0 }, question[32], output[56];

	vt_command(&c, guid(&D3DAUTHENTICATEDCONFIGURE_PROTECTION), command, sizeof(command));
	vt_question(&c, guid(&D3DAUTHENTICATEDQUERY_PROTECTION), question);
	if (send_command(ddi, command, sizeof(command), output) != result ||
	    !is_unsigned(output, result, &D3DAUTHENTICATEDCONFIGURE_PROTECTION, name, 8))
		return false;
	return send_question(ddi, question, sizeof(question), output, sizeof(output)) == result &&
	       is_unsigned(output, result, &D3DAUTHENTICATEDQUERY_PROTECTION, name, 7);
}

TEST_F(channel, handles)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
	struct vt_ddi_session session;
	HANDLE keyless = NULL, ended = NULL;
	struct vt_ddi other;

	vt_ddi_open(&other, 0);
	vt_ddi_session_create(&session, &self->ddi);
	ASSERT_EQ(S_OK, create(&self->ddi, DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE, &ended));
	ASSERT_EQ(S_OK, destroy(&self->ddi, ended));

	HANDLE bad[] = { NULL, ended, session.handle, self->ddi.device, (HANDLE)0x7ffffff0 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy(&self->ddi, bad[i]));
		EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
			  exchange(&self->ddi, bad[i], blob, sizeof(blob)));
		EXPECT_TRUE(both_say(&self->ddi, (uintptr_t)bad[i], D3DDDIERR_INVALIDHANDLE));
	}
	/* Of another device. */
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy(&other, self->handle));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, exchange(&other, self->handle, blob, sizeof(blob)));
	EXPECT_TRUE(both_say(&other, self->c.name, D3DDDIERR_INVALIDHANDLE));
	other.device = self->handle;
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  create(&other, DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE, &keyless));

	ASSERT_EQ(S_OK, create(&self->ddi, DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE, &keyless));
	EXPECT_TRUE(both_say(&self->ddi, (uintptr_t)keyless, D3DDDIERR_INVALIDCALL));
	vt_lose();
	EXPECT_TRUE(both_say(&self->ddi, self->c.name, D3DDDIERR_DEVICEREMOVED));
	EXPECT_EQ(S_OK, destroy(&self->ddi, self->handle));
	EXPECT_EQ(S_OK, destroy(&self->ddi, keyless));
}

TEST_F(channel, sizes)
{
	static const GUID none;
	__u8 input[64], output[128];

	vt_command(&self->c, guid(&D3DAUTHENTICATEDCONFIGURE_PROTECTION), input, 56);
	/* Too small for a header: there is nothing to repeat. */
	EXPECT_EQ(E_INVALIDARG, send_command(&self->ddi, input, 47, output));
	EXPECT_TRUE(is_unsigned(output, E_INVALIDARG, &none, 0, 0));
	vt_question(&self->c, guid(&D3DAUTHENTICATEDQUERY_PROTECTION), input);
	EXPECT_EQ(E_INVALIDARG, send_question(&self->ddi, input, 31, output, 56));
	EXPECT_TRUE(is_unsigned(output, E_INVALIDARG, &none, 0, 0));
	/* An output that cannot hold a result gets none. */
	memset(output, 0xa5, sizeof(output));
	EXPECT_EQ(E_INVALIDARG, send_question(&self->ddi, input, 32, output, 47));
	for (size_t i = 0; i < sizeof(output); i++)
		ASSERT_EQ(0xa5, output[i]);
	EXPECT_EQ(E_INVALIDARG, send_question(&self->ddi, input, 32, output, 57));
	EXPECT_TRUE(vt_is_signed(&self->c, output, 57));
	EXPECT_EQ(0xa5, output[57]);
	EXPECT_EQ(E_INVALIDARG, send_question(&self->ddi, input, 1 << 20, output, 56));
	EXPECT_EQ(S_OK, send_question(&self->ddi, input, 32, output, 56));
}

/* The answer may be where the message is. */
TEST_F(channel, in_place)
{
	__u8 memory[56];

	vt_question(&self->c, guid(&D3DAUTHENTICATEDQUERY_PROTECTION), memory);
	EXPECT_EQ(S_OK, send_question(&self->ddi, memory, 32, memory, 56));
	EXPECT_TRUE(vt_is_signed(&self->c, memory, 56));
}

TEST_F(channel, closed_with_the_device)
{
	struct vt_ddi other;

	vt_ddi_open(&other, 0);
	vt_ddi_close(&self->ddi);
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy(&other, self->handle));
}

TEST_HARNESS_MAIN
