// SPDX-License-Identifier: GPL-2.0
/*
 * Handles of the D3D11.1 DDI: those that are not valid are refused by every function, and what is
 * destroyed is gone.
 */
#include <pthread.h>
#include <semaphore.h>
#include <vprot_d3d11ddi.h>

#include "kselftest_harness.h"
#include "ddi11.h"

#define SIZE	4096

/* A device, and what it has. */
struct objects {
	struct vt_ddi11 ddi;
	struct vt_ddi11_session s;
	D3D10DDI_HRESOURCE clear, restricted;
	D3D11_1DDI_HDECODE decoder;
	D3D11_1DDI_HAUTHCHANNEL channel;
};

static void open_objects(struct objects *o)
{
	D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE,
	};

	vt_ddi11_open(&o->ddi, NULL, 0);
	vt_ddi11_session_open(&o->s, &o->ddi);
	o->clear = vt_ddi11_create_resource(&o->ddi, false, SIZE);
	o->restricted = vt_ddi11_create_resource(&o->ddi, true, SIZE);
	o->decoder.pDrvPrivate = vt_ddi11_private();
	if (vprot_d3d11ddi_create_decoder(o->ddi.device, o->decoder) != S_OK)
		vt_fatal("create_decoder");
	o->channel.pDrvPrivate = vt_ddi11_private();
	if (o->ddi.f.pfnCreateAuthenticatedChannel(o->ddi.device, &create, o->channel,
						   (D3D11_1DDI_HRTAUTHCHANNEL) { NULL }) != S_OK)
		vt_fatal("CreateAuthenticatedChannel");
}

static bool objects_work(struct objects *o)
{
	return vt_ddi11_key_works_in(&o->s, o->restricted, SIZE);
}

/* --- every function, every handle that it takes ----------------------------------------------- */

/* The memory that a call is made with. */
struct handles {
	void *device, *session, *src, *dst, *decoder, *channel;
};

/* What calls write to; has to stay as it is. */
static union output {
	__u8 bytes[32];
	HANDLE handle;
	VOID *data;
	int fd;
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;
	GUID guid;
	UINT size;
	ULONGLONG number;
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS status;
	struct vprot_device *native;
} output;

#define DEVICE		((D3D10DDI_HDEVICE){ h->device })
#define SESSION		((D3D11_1DDI_HCRYPTOSESSION){ h->session })
#define SRC		((D3D10DDI_HRESOURCE){ h->src })
#define DST		((D3D10DDI_HRESOURCE){ h->dst })
#define DECODER		((D3D11_1DDI_HDECODE){ h->decoder })
#define CHANNEL		((D3D11_1DDI_HAUTHCHANNEL){ h->channel })

/* Makes a call; what it returns or reports. With a device that is not valid nothing is. */
#define CALL(name)	static HRESULT name(struct vt_ddi11 *ddi, const struct handles *h)

static const D3D11_1DDIARG_CREATECRYPTOSESSION *session_arg(void)
{
	static D3D11_1DDIARG_CREATECRYPTOSESSION create;

	create.CryptoType = D3D11_CRYPTO_TYPE_AES128_CTR;
	create.KeyExchangeType = D3D11_KEY_EXCHANGE_HW_PROTECTION;
	return &create;
}

static const D3D11_1DDI_CERTIFICATE_INFO *certificate_arg(void)
{
	static D3D11_1DDI_CERTIFICATE_INFO info = {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION,
	};

	info.CryptoSessionType = D3D11_CRYPTO_TYPE_AES128_CTR;
	return &info;
}

CALL(get_caps)
{
	return ddi->f.pfnGetContentProtectionCaps(DEVICE, NULL, NULL, &output.caps);
}

CALL(get_type)
{
	return ddi->f.pfnGetCryptoKeyExchangeType(DEVICE, NULL, NULL, 0, &output.guid);
}

CALL(create_session)
{
	const D3D11_1DDI_HCRYPTOSESSION session = { vt_ddi11_private() };
	const D3D11_1DDI_HRTCRYPTOSESSION rt = { NULL };

	return ddi->f.pfnCreateCryptoSession(DEVICE, session_arg(), session, rt);
}

CALL(destroy_session)
{
	return VT_REPORTED(ddi, ddi->f.pfnDestroyCryptoSession(DEVICE, SESSION));
}

CALL(get_certificate_size)
{
	return VT_REPORTED(ddi, ddi->f.pfnGetCertificateSize(DEVICE, certificate_arg(),
							     &output.size));
}

CALL(get_certificate)
{
	return VT_REPORTED(ddi, ddi->f.pfnGetCertificate(DEVICE, certificate_arg(), 1,
							 output.bytes));
}

CALL(negotiate)
{
	return ddi->f.pfnNegotiateCryptoSessionKeyExchange(DEVICE, SESSION, 16, output.bytes);
}

CALL(encryption_blt)
{
	return VT_REPORTED(ddi, ddi->f.pfnEncryptionBlt(DEVICE, SESSION, DST, SRC, 16,
							output.bytes));
}

CALL(decryption_blt)
{
	return VT_REPORTED(ddi, ddi->f.pfnDecryptionBlt(DEVICE, SESSION, SRC, DST, NULL, 0, NULL,
							16, output.bytes));
}

CALL(start_refresh)
{
	return VT_REPORTED(ddi, ddi->f.pfnStartSessionKeyRefresh(DEVICE, SESSION, VT_KEY,
								 output.bytes));
}

CALL(finish_refresh)
{
	return VT_REPORTED(ddi, ddi->f.pfnFinishSessionKeyRefresh(DEVICE, SESSION));
}

CALL(get_key)
{
	return VT_REPORTED(ddi, ddi->f.pfnGetEncryptionBltKey(DEVICE, SESSION, VT_KEY,
							      output.bytes));
}

CALL(create_channel)
{
	D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE,
		.hChannel = output.handle,
	};
	const D3D11_1DDI_HAUTHCHANNEL channel = { vt_ddi11_private() };
	const D3D11_1DDI_HRTAUTHCHANNEL rt = { NULL };
	HRESULT result = ddi->f.pfnCreateAuthenticatedChannel(DEVICE, &create, channel, rt);

	output.handle = create.hChannel;
	return result;
}

CALL(destroy_channel)
{
	return VT_REPORTED(ddi, ddi->f.pfnDestroyAuthenticatedChannel(DEVICE, CHANNEL));
}

CALL(channel_key_exchange)
{
	return ddi->f.pfnNegotiateAuthenticatedChannelKeyExchange(DEVICE, CHANNEL, 16,
								  output.bytes);
}

/* An answer is written in any case. */
CALL(query_channel)
{
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT input = { .SequenceNumber = 1 };
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT answer;
	HRESULT result = ddi->f.pfnQueryAuthenticatedChannel(DEVICE, CHANNEL, sizeof(input),
							     &input, sizeof(answer), &answer);

	return answer.ReturnCode == result ? result : E_FAIL;
}

CALL(configure_channel)
{
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT input = { .SequenceNumber = 1 };
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT answer;
	HRESULT result = ddi->f.pfnConfigureAuthenticatedChannel(DEVICE, CHANNEL, sizeof(input),
								 &input, &answer);

	return answer.ReturnCode == result ? result : E_FAIL;
}

CALL(get_decoder_handle)
{
	return ddi->f.pfnVideoDecoderGetHandle(DEVICE, DECODER, &output.handle);
}

CALL(get_session_handle)
{
	return ddi->f.pfnCryptoSessionGetHandle(DEVICE, SESSION, &output.handle);
}

CALL(get_data)
{
	return ddi->f2.pfnGetDataForNewHardwareKey(DEVICE, SESSION, 0, NULL, &output.number);
}

CALL(check_status)
{
	return VT_REPORTED(ddi, ddi->f2.pfnCheckCryptoSessionStatus(DEVICE, SESSION,
								    &output.status));
}

CALL(submit_buffers)
{
	return ddi->f2.pfnVideoDecoderSubmitBuffers1(DEVICE, DECODER, 0, NULL);
}

CALL(get_private_data_size)
{
	return VT_REPORTED(ddi, ddi->f2.pfnGetCryptoSessionPrivateDataSize
			   (DEVICE, &D3D11_CRYPTO_TYPE_AES128_CTR, NULL,
			    &D3D11_KEY_EXCHANGE_HW_PROTECTION, &output.size, &output.size));
}

CALL(set_protection)
{
	return VT_REPORTED(ddi, ddi->d2.pfnSetHardwareProtection(DEVICE, SRC, 1));
}

CALL(open_session)
{
	const D3D11_1DDI_HCRYPTOSESSION session = { vt_ddi11_private() };

	return vprot_d3d11ddi_open_crypto_session(DEVICE, (HANDLE)-1, session);
}

CALL(create_resource)
{
	static const VPROT_D3D11DDIARG_CREATERESOURCE create = {
		.Width = 1,
		.Height = 1,
		.ArraySize = 1,
	};
	const D3D10DDI_HRESOURCE resource = { vt_ddi11_private() };

	return vprot_d3d11ddi_create_resource(DEVICE, &create, resource);
}

CALL(open_resource)
{
	const D3D10DDI_HRESOURCE resource = { vt_ddi11_private() };

	return vprot_d3d11ddi_open_resource(DEVICE, (HANDLE)-1, resource);
}

CALL(share_resource)
{
	return vprot_d3d11ddi_share_resource(DEVICE, SRC, &output.fd);
}

CALL(open_shared_resource)
{
	static const VPROT_D3D11DDIARG_CREATERESOURCE create = {
		.Width = 1,
		.Height = 1,
		.ArraySize = 1,
	};
	const D3D10DDI_HRESOURCE resource = { vt_ddi11_private() };

	return vprot_d3d11ddi_open_shared_resource(DEVICE, &create, 0, resource);
}

CALL(get_resource_handle)
{
	return vprot_d3d11ddi_get_resource_handle(DEVICE, SRC, &output.handle);
}

CALL(destroy_resource)
{
	return vprot_d3d11ddi_destroy_resource(DEVICE, SRC);
}

CALL(map)
{
	return vprot_d3d11ddi_map(DEVICE, SRC, 0, &output.data, NULL);
}

CALL(create_decoder)
{
	const D3D11_1DDI_HDECODE decoder = { vt_ddi11_private() };

	return vprot_d3d11ddi_create_decoder(DEVICE, decoder);
}

CALL(destroy_decoder)
{
	return vprot_d3d11ddi_destroy_decoder(DEVICE, DECODER);
}

CALL(begin_frame)
{
	const D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION frame = {
		.hCryptoSession = SESSION,
	};

	return vprot_d3d11ddi_begin_frame(DEVICE, DECODER, DST, &frame);
}

CALL(get_native_device)
{
	return vprot_d3d11ddi_get_native_device(DEVICE, &output.native);
}

CALL(destroy_device)
{
	return vprot_d3d11ddi_destroy_device(DEVICE);
}

enum {
	TAKES_SESSION = 1,
	TAKES_SRC = 2,
	TAKES_DST = 4,
	TAKES_DECODER = 8,
	TAKES_CHANNEL = 16,
	REPORTS = 32,
};

static const struct call {
	const char *name;
	HRESULT (*make)(struct vt_ddi11 *ddi, const struct handles *h);
	int takes;
} calls[] = {
	{ "GetContentProtectionCaps", get_caps, 0 },
	{ "GetCryptoKeyExchangeType", get_type, 0 },
	{ "CreateCryptoSession", create_session, 0 },
	{ "DestroyCryptoSession", destroy_session, TAKES_SESSION | REPORTS },
	{ "GetCertificateSize", get_certificate_size, REPORTS },
	{ "GetCertificate", get_certificate, REPORTS },
	{ "NegotiateCryptoSessionKeyExchange", negotiate, TAKES_SESSION },
	{ "EncryptionBlt", encryption_blt, TAKES_SESSION | TAKES_SRC | TAKES_DST | REPORTS },
	{ "DecryptionBlt", decryption_blt, TAKES_SESSION | TAKES_SRC | TAKES_DST | REPORTS },
	{ "StartSessionKeyRefresh", start_refresh, TAKES_SESSION | REPORTS },
	{ "FinishSessionKeyRefresh", finish_refresh, TAKES_SESSION | REPORTS },
	{ "GetEncryptionBltKey", get_key, TAKES_SESSION | REPORTS },
	{ "CreateAuthenticatedChannel", create_channel, 0 },
	{ "DestroyAuthenticatedChannel", destroy_channel, TAKES_CHANNEL | REPORTS },
	{ "NegotiateAuthenticatedChannelKeyExchange", channel_key_exchange, TAKES_CHANNEL },
	{ "QueryAuthenticatedChannel", query_channel, TAKES_CHANNEL },
	{ "ConfigureAuthenticatedChannel", configure_channel, TAKES_CHANNEL },
	{ "VideoDecoderGetHandle", get_decoder_handle, TAKES_DECODER },
	{ "CryptoSessionGetHandle", get_session_handle, TAKES_SESSION },
	{ "GetDataForNewHardwareKey", get_data, TAKES_SESSION },
	{ "CheckCryptoSessionStatus", check_status, TAKES_SESSION | REPORTS },
	{ "VideoDecoderSubmitBuffers1", submit_buffers, TAKES_DECODER },
	{ "GetCryptoSessionPrivateDataSize", get_private_data_size, REPORTS },
	{ "SetHardwareProtection", set_protection, TAKES_SRC | REPORTS },
	{ "open_crypto_session", open_session, 0 },
	{ "create_resource", create_resource, 0 },
	{ "open_resource", open_resource, 0 },
	{ "share_resource", share_resource, TAKES_SRC },
	{ "open_shared_resource", open_shared_resource, 0 },
	{ "get_resource_handle", get_resource_handle, TAKES_SRC },
	{ "destroy_resource", destroy_resource, TAKES_SRC },
	{ "map", map, TAKES_SRC },
	{ "create_decoder", create_decoder, 0 },
	{ "destroy_decoder", destroy_decoder, TAKES_DECODER },
	{ "begin_frame", begin_frame, TAKES_SESSION | TAKES_DST | TAKES_DECODER },
	{ "get_native_device", get_native_device, 0 },
	{ "destroy_device", destroy_device, 0 },
};

FIXTURE(handle) {
	struct objects o, other, closed;
	void *moved;	/* the memory of a good session, but elsewhere */
};

FIXTURE_SETUP(handle)
{
	open_objects(&self->o);
	open_objects(&self->other);
	open_objects(&self->closed);
	vt_ddi11_close(&self->closed.ddi);
	self->moved = memcpy(vt_ddi11_private(), self->o.s.handle.pDrvPrivate,
			     VPROT_D3D11DDI_PRIVATE_SIZE);
	memset(&output, 0xa5, sizeof(output));
}

FIXTURE_TEARDOWN(handle)
{
	EXPECT_EQ(0, self->o.ddi.errors);
	EXPECT_EQ(0, self->other.ddi.errors);
}

/* Makes the call with each of these in one place; says which was not refused. */
static bool all_refused(const struct call *call, struct vt_ddi11 *ddi, struct handles *good,
			void **place, void *const *bad, int count)
{
	/* Nobody is there to be told. */
	const HRESULT refusal = place == &good->device && call->takes & REPORTS ?
				S_OK : D3DDDIERR_INVALIDHANDLE;
	const union output before = output;
	void *const saved = *place;
	bool refused = true;

	for (int i = 0; i < count; i++) {
		HRESULT result;

		*place = bad[i];
		result = call->make(ddi, good);
		if (result == refusal && !memcmp(&before, &output, sizeof(output)))
			continue;
		printf("# %s with handle %d in place %d: %#x\n", call->name, i,
		       (int)(place - &good->device), result);
		refused = false;
	}
	*place = saved;
	return refused;
}

TEST_F(handle, not_valid)
{
	struct objects *o = &self->o, *other = &self->other, *closed = &self->closed;
	void *const bad[] = {
		/* never made */
		NULL, vt_ddi11_private(), memset(vt_ddi11_private(), 0, 16), self->moved,
		/* destroyed */
		closed->ddi.memory, closed->s.handle.pDrvPrivate, closed->clear.pDrvPrivate,
		closed->restricted.pDrvPrivate, closed->decoder.pDrvPrivate,
		closed->channel.pDrvPrivate,
		/* of another device */
		other->s.handle.pDrvPrivate, other->clear.pDrvPrivate,
		other->restricted.pDrvPrivate, other->decoder.pDrvPrivate,
		other->channel.pDrvPrivate,
	};
	/* of another kind */
	void *const kinds[] = {
		o->ddi.memory, o->s.handle.pDrvPrivate, o->clear.pDrvPrivate,
		o->decoder.pDrvPrivate, o->channel.pDrvPrivate,
	};

	for (int i = 0; i < ARRAY_SIZE(calls); i++) {
		const struct call *call = &calls[i];
		struct handles h = {
			.device = o->ddi.memory,
			.session = o->s.handle.pDrvPrivate,
			.src = o->clear.pDrvPrivate,
			.dst = o->restricted.pDrvPrivate,
			.decoder = o->decoder.pDrvPrivate,
			.channel = o->channel.pDrvPrivate,
		};

#define REFUSED(place, handles, first, count) \
		EXPECT_TRUE(all_refused(call, &o->ddi, &h, &h.place, (handles) + (first), count))
		REFUSED(device, bad, 0, ARRAY_SIZE(bad));
		REFUSED(device, kinds, 1, 4);
		if (call->takes & TAKES_SESSION) {
			REFUSED(session, bad, 0, ARRAY_SIZE(bad));
			REFUSED(session, kinds, 0, 1);
			REFUSED(session, kinds, 2, 3);
		}
		if (call->takes & TAKES_SRC) {
			REFUSED(src, bad, 0, ARRAY_SIZE(bad));
			REFUSED(src, kinds, 0, 2);
			REFUSED(src, kinds, 3, 2);
		}
		if (call->takes & TAKES_DST) {
			REFUSED(dst, bad, 0, ARRAY_SIZE(bad));
			REFUSED(dst, kinds, 0, 2);
			REFUSED(dst, kinds, 3, 2);
		}
		if (call->takes & TAKES_DECODER) {
			REFUSED(decoder, bad, 0, ARRAY_SIZE(bad));
			REFUSED(decoder, kinds, 0, 3);
			REFUSED(decoder, kinds, 4, 1);
		}
		if (call->takes & TAKES_CHANNEL) {
			REFUSED(channel, bad, 0, ARRAY_SIZE(bad));
			REFUSED(channel, kinds, 0, 4);
		}
#undef REFUSED
	}
	EXPECT_TRUE(objects_work(o));
	EXPECT_TRUE(objects_work(other));
}

/* A good device, but not theirs: that one is told. */
TEST_F(handle, of_another_device)
{
	struct vt_ddi11 *ddi = &self->other.ddi;
	const struct handles h = {
		.device = ddi->memory,
		.session = self->o.s.handle.pDrvPrivate,
		.src = self->o.clear.pDrvPrivate,
		.dst = self->o.restricted.pDrvPrivate,
		.decoder = self->o.decoder.pDrvPrivate,
		.channel = self->o.channel.pDrvPrivate,
	};

	for (int i = 0; i < ARRAY_SIZE(calls); i++) {
		if (!(calls[i].takes & ~REPORTS))
			continue;
		EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, calls[i].make(ddi, &h))
			TH_LOG("%s", calls[i].name);
	}
	EXPECT_TRUE(objects_work(&self->o));
}

TEST_F(handle, destroyed)
{
	struct objects *o = &self->o;
	const struct handles h = {
		.device = o->ddi.memory,
		.session = o->s.handle.pDrvPrivate,
		.src = o->clear.pDrvPrivate,
		.decoder = o->decoder.pDrvPrivate,
		.channel = o->channel.pDrvPrivate,
	};

	ASSERT_EQ(S_OK, destroy_session(&o->ddi, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy_session(&o->ddi, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, start_refresh(&o->ddi, &h));
	ASSERT_EQ(S_OK, destroy_resource(&o->ddi, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, map(&o->ddi, &h));
	ASSERT_EQ(S_OK, destroy_decoder(&o->ddi, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy_decoder(&o->ddi, &h));
	ASSERT_EQ(S_OK, destroy_channel(&o->ddi, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy_channel(&o->ddi, &h));
	ASSERT_EQ(S_OK, destroy_device(&o->ddi, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy_device(&o->ddi, &h));
	EXPECT_TRUE(objects_work(&self->other));
}

/* --- what is destroyed while it is in use ----------------------------------------------------- */

#define PLAYED	(4 << 20)

/* A thread that decrypts without a pause, until it hears of an error. */
struct player {
	struct vt_ddi11 *ddi;
	D3D11_1DDI_HCRYPTOSESSION session;
	D3D10DDI_HRESOURCE clear, restricted;	/* some MiB each */
	sem_t playing;
};

static void *play(void *data)
{
	struct player *p = data;
	__u8 iv[16] = { 0 };

	do {
		p->ddi->f.pfnDecryptionBlt(p->ddi->device, p->session, p->clear, p->restricted,
					   NULL, 0, NULL, 16, iv);
		sem_post(&p->playing);
	} while (!__atomic_load_n(&p->ddi->errors, __ATOMIC_RELAXED));
	return NULL;
}

/* Destroy waits for the calls; the next one is refused. */
TEST_F(handle, destroy_waits_for_calls)
{
	struct objects *o = &self->o;

	for (int i = 0; i < 5; i++) {
		struct player p = {
			.ddi = &o->ddi,
			.session = o->s.handle,
			.clear = vt_ddi11_create_resource(&o->ddi, false, PLAYED),
			.restricted = vt_ddi11_create_resource(&o->ddi, true, PLAYED),
		};
		pthread_t thread;

		sem_init(&p.playing, 0, 0);
		ASSERT_EQ(0, pthread_create(&thread, NULL, play, &p));
		sem_wait(&p.playing);
		o->ddi.f.pfnDestroyCryptoSession(o->ddi.device, o->s.handle);
		pthread_join(thread, NULL);
		EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vt_ddi11_error(&o->ddi));
		ASSERT_EQ(S_OK, vprot_d3d11ddi_destroy_resource(o->ddi.device, p.clear));
		ASSERT_EQ(S_OK, vprot_d3d11ddi_destroy_resource(o->ddi.device, p.restricted));
		vt_ddi11_session_open(&o->s, &o->ddi);
	}
	EXPECT_TRUE(objects_work(o));
}

TEST_HARNESS_MAIN
