// SPDX-License-Identifier: GPL-2.0
/*
 * What each function of the D3D9 DDI and of the D3D11.1 DDI returns when memory is short, the
 * device is gone, or the driver says something that nobody expects: at each place where it
 * allocates or asks the driver, in turn. What is linked into this program, the library above all,
 * has its calloc() and malloc() by way of the wrappers here, and all have their ioctl() here.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vprot_d3d11ddi.h>
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "ddi11.h"

#define SIZE	4096

/* --- failures --------------------------------------------------------------------------------- */

/* How many steps are left until one fails, 0 for never; what the step then is, and its errno. */
static int memory_left, ioctls_left, ioctl_error;

/* The linker's names (--wrap). What libdrm does without memory is not for us to test. */
void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);

static bool fails(void)
{
	if (!memory_left || --memory_left)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (ioctls_left && _IOC_TYPE(request) == DRM_IOCTL_BASE && !--ioctls_left) {
		errno = ioctl_error;
		return -1;
	}
	return syscall(SYS_ioctl, fd, request, arg);
}

/* --- the functions ---------------------------------------------------------------------------- */

/* What they work with. Outputs have a value that no function leaves there. */
struct world {
	struct vt_ddi ddi;
	struct vt_ddi11 ddi11;
	struct vt_ddi_session s;
	struct vt_ddi11_session s11;
	struct vt_ddi11_session hw;
	HANDLE clear, secret;
	D3D10DDI_HRESOURCE clear11, secret11, changing;
	D3D11_1DDI_HDECODE decoder;
	D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION frame;
	__u8 zero[VT_KEY], iv[16], blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	int shared;
	union {
		__u8 bytes[65536];
		HANDLE handle;
		UINT number;
		int fd;
	} out;
	UINT certificate_size;
};

static struct world w;

#define UNTOUCHED	0x5a

/* Each is called with w.out filled with UNTOUCHED, and leaves it so unless it returns S_OK. */

static HRESULT open_adapter(void)
{
	return vprot_d3dddi_open_adapter(&w.out.handle);
}

static HRESULT open_device(void)
{
	D3DDDI_DEVICEFUNCS funcs;

	return vprot_d3dddi_open_device(w.ddi.adapter, 0, &w.out.handle, &funcs);
}

static HRESULT get_caps(D3DDDICAPS_TYPE type, const void *info, UINT size)
{
	const D3DDDIARG_GETCAPS get = {
		.Type = type,
		.pInfo = (VOID *)info,
		.pData = w.out.bytes,
		.DataSize = size,
	};

	return vprot_d3dddi_get_caps(w.ddi.adapter, &get);
}

static HRESULT content_protection_caps(void)
{
	const DDICONTENTPROTECTIONCAPS info = { .CryptoType = D3DCRYPTOTYPE_AES128_CTR };

	return get_caps(D3DDDICAPS_GETCONTENTPROTECTIONCAPS, &info,
			sizeof(D3DCONTENTPROTECTIONCAPS));
}

static const DDICERTIFICATEINFO *certificate_info(void)
{
	static DDICERTIFICATEINFO info = { .CertificateType = D3DDDI_CERTTYPE_CRYPTOSESSION };

	info.CryptoSessionType = D3DCRYPTOTYPE_AES128_CTR;
	return &info;
}

static HRESULT certificate_size(void)
{
	return get_caps(D3DDDICAPS_GETCERTIFICATESIZE, certificate_info(), sizeof(UINT));
}

static HRESULT certificate(void)
{
	return get_caps(D3DDDICAPS_GETCERTIFICATE, certificate_info(), w.certificate_size);
}

static HRESULT create_resource(void)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.RestrictedContent = 1,
		.Pitch = SIZE,
		.Height = 1,
		.SurfCount = 1,
		.hResource = w.out.handle,
	};
	HRESULT result = vprot_d3dddi_create_resource(w.ddi.device, &create);

	w.out.handle = create.hResource;
	return result;
}

static HRESULT share_resource(void)
{
	return vprot_d3dddi_share_resource(w.ddi.device, w.clear, &w.out.fd);
}

static HRESULT open_shared_resource(void)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.Pitch = SIZE,
		.Height = 1,
		.SurfCount = 1,
		.hResource = w.out.handle,
	};
	HRESULT result = vprot_d3dddi_open_shared_resource(w.ddi.device, &create, w.shared);

	w.out.handle = create.hResource;
	return result;
}

static HRESULT lock(void)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = { .Pitch = SIZE, .Height = 1, .SurfCount = 1 };
	HRESULT result = vprot_d3dddi_create_resource(w.ddi.device, &create);

	/* A lock asks the driver once; that of an old resource does no more. */
	if (result == S_OK)
		result = vprot_d3dddi_lock(w.ddi.device, create.hResource, 0,
					   (VOID **)&w.out.handle, NULL);
	return result;
}

static HRESULT create_channel(void)
{
	D3DDDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE,
		.hChannel = w.out.handle,
	};
	HRESULT result = w.ddi.funcs.pfnCreateAuthenticatedChannel(w.ddi.device, &create);

	w.out.handle = create.hChannel;
	return result;
}

static HRESULT channel_key_exchange(void)
{
	D3DDDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE,
	};
	D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE exchange = {
		.DataSize = sizeof(w.blob),
		.pData = w.blob,
	};
	HRESULT result = w.ddi.funcs.pfnCreateAuthenticatedChannel(w.ddi.device, &create);

	exchange.hChannel = create.hChannel;
	if (result == S_OK)
		result = w.ddi.funcs.pfnAuthenticatedChannelKeyExchange(w.ddi.device, &exchange);
	return result;
}

static HRESULT create_session(void)
{
	D3DDDIARG_CREATECRYPTOSESSION create = {
		.CryptoType = D3DCRYPTOTYPE_AES128_CTR,
		.hCryptoSession = w.out.handle,
	};
	HRESULT result = w.ddi.funcs.pfnCreateCryptoSession(w.ddi.device, &create);

	w.out.handle = create.hCryptoSession;
	return result;
}

static HRESULT key_exchange(void)
{
	D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE exchange = {
		.hCryptoSession = w.s.handle,
		.DataSize = sizeof(w.blob),
		.pData = w.blob,
	};

	return w.ddi.funcs.pfnCryptoSessionKeyExchange(w.ddi.device, &exchange);
}

static HRESULT start_refresh(void)
{
	return vt_ddi_start(&w.s, w.out.bytes);
}

static HRESULT finish_refresh(void)
{
	HRESULT result = vt_ddi_start(&w.s, w.zero);

	return result == S_OK ? vt_ddi_finish(&w.s) : result;
}

static HRESULT get_encryption_blt_key(void)
{
	const D3DDDIARG_GETENCRYPTIONBLTKEY get = {
		.hCryptoSession = w.s.handle,
		.pReadBackKey = w.out.bytes,
		.KeySize = VT_KEY,
	};

	return w.ddi.funcs.pfnGetEncryptionBltKey(w.ddi.device, &get);
}

static HRESULT decryption_blt(void)
{
	D3DDDIENCRYPTED_BLOCK_INFO info = { 16, 16, 16 };
	const D3DDDIARG_DECRYPTIONBLT blt = {
		.hCryptoSession = w.s.handle,
		.hSrcResource = w.clear,
		.hDstResource = w.secret,
		.SrcResourceSize = SIZE,
		.pEncryptedBlockInfo = &info,
		.pIV = w.iv,
	};

	return w.ddi.funcs.pfnDecryptionBlt(w.ddi.device, &blt);
}

static HRESULT encryption_blt(void)
{
	return vt_ddi_encrypt(&w.s, w.secret, w.clear, SIZE, w.out.bytes);
}

static void no_error(D3D10DDI_HRTCORELAYER layer, HRESULT result)
{
}

static HRESULT create_device11(void)
{
	const VPROT_D3D11DDIARG_CREATEDEVICE create = { .pfnSetErrorCb = no_error };

	return vprot_d3d11ddi_create_device(w.ddi.adapter, &create,
					    (D3D10DDI_HDEVICE) { w.out.bytes });
}

static HRESULT create_resource11(void)
{
	const VPROT_D3D11DDIARG_CREATERESOURCE create = {
		.RestrictedContent = 1,
		.Width = SIZE,
		.Height = 1,
		.ArraySize = 1,
	};
	const D3D10DDI_HRESOURCE resource = { w.out.bytes };

	return vprot_d3d11ddi_create_resource(w.ddi11.device, &create, resource);
}

static HRESULT content_protection_caps11(void)
{
	return w.ddi11.f.pfnGetContentProtectionCaps(w.ddi11.device, &D3D11_CRYPTO_TYPE_AES128_CTR,
						     NULL, (void *)w.out.bytes);
}

static HRESULT key_exchange_type11(void)
{
	return w.ddi11.f.pfnGetCryptoKeyExchangeType(w.ddi11.device, &D3D11_CRYPTO_TYPE_AES128_CTR,
						     NULL, 0, (void *)w.out.bytes);
}

static HRESULT create_session11(void)
{
	const D3D11_1DDIARG_CREATECRYPTOSESSION create = {
		.CryptoType = D3D11_CRYPTO_TYPE_AES128_CTR,
		.KeyExchangeType = D3D11_KEY_EXCHANGE_RSAES_OAEP,
	};

	return w.ddi11.f.pfnCreateCryptoSession(w.ddi11.device, &create,
						(D3D11_1DDI_HCRYPTOSESSION) { w.out.bytes },
						(D3D11_1DDI_HRTCRYPTOSESSION) { NULL });
}

static HRESULT key_exchange11(void)
{
	return w.ddi11.f.pfnNegotiateCryptoSessionKeyExchange(w.ddi11.device, w.s11.handle,
							      sizeof(w.blob), w.blob);
}

static HRESULT certificate_size11(void)
{
	const D3D11_1DDI_CERTIFICATE_INFO info = {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION,
		.CryptoSessionType = D3D11_CRYPTO_TYPE_AES128_CTR,
	};

	return VT_REPORTED(&w.ddi11, w.ddi11.f.pfnGetCertificateSize(w.ddi11.device, &info,
								     &w.out.number));
}

static HRESULT certificate11(void)
{
	const D3D11_1DDI_CERTIFICATE_INFO info = {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION,
		.CryptoSessionType = D3D11_CRYPTO_TYPE_AES128_CTR,
	};

	return VT_REPORTED(&w.ddi11, w.ddi11.f.pfnGetCertificate(w.ddi11.device, &info,
								 w.certificate_size, w.out.bytes));
}

static HRESULT start_refresh11(void)
{
	return VT_REPORTED(&w.ddi11, w.ddi11.f.pfnStartSessionKeyRefresh
			   (w.ddi11.device, w.s11.handle, VT_KEY, w.out.bytes));
}

static HRESULT finish_refresh11(void)
{
	HRESULT result = VT_REPORTED(&w.ddi11, w.ddi11.f.pfnStartSessionKeyRefresh
				     (w.ddi11.device, w.s11.handle, VT_KEY, w.zero));

	return result != S_OK ? result :
	       VT_REPORTED(&w.ddi11, w.ddi11.f.pfnFinishSessionKeyRefresh(w.ddi11.device,
									  w.s11.handle));
}

static HRESULT get_encryption_blt_key11(void)
{
	return VT_REPORTED(&w.ddi11, w.ddi11.f.pfnGetEncryptionBltKey
			   (w.ddi11.device, w.s11.handle, VT_KEY, w.out.bytes));
}

static HRESULT decryption_blt11(void)
{
	const D3D11_1DDI_ENCRYPTED_BLOCK_INFO info = { 16, 16, 16 };

	return VT_REPORTED(&w.ddi11, w.ddi11.f.pfnDecryptionBlt
			   (w.ddi11.device, w.s11.handle, w.clear11, w.secret11, &info, 0, NULL, 16,
			    w.iv));
}

static HRESULT encryption_blt11(void)
{
	return vt_ddi11_encrypt(&w.s11, w.secret11, w.clear11, w.out.bytes);
}

static HRESULT create_channel11(void)
{
	D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE,
	};

	return w.ddi11.f.pfnCreateAuthenticatedChannel(w.ddi11.device, &create,
						       (D3D11_1DDI_HAUTHCHANNEL) { w.out.bytes },
						       (D3D11_1DDI_HRTAUTHCHANNEL) { NULL });
}

static HRESULT create_decoder11(void)
{
	return vprot_d3d11ddi_create_decoder(w.ddi11.device,
					     (D3D11_1DDI_HDECODE) { w.out.bytes });
}

static HRESULT submit_buffers11(void)
{
	const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 desc = {
		.hResource = w.clear11,
		.BufferType = D3D11_1DDI_VIDEO_DECODER_BUFFER_BITSTREAM,
		.DataSize = SIZE,
		.pIV = w.iv,
		.IVSize = sizeof(w.iv),
	};

	vt_ddi_must(vprot_d3d11ddi_begin_frame(w.ddi11.device, w.decoder, w.secret11, &w.frame),
		    "begin_frame");
	return w.ddi11.f2.pfnVideoDecoderSubmitBuffers1(w.ddi11.device, w.decoder, 1, &desc);
}

static HRESULT session_status11(void)
{
	return VT_REPORTED(&w.ddi11, w.ddi11.f2.pfnCheckCryptoSessionStatus
			   (w.ddi11.device, w.s11.handle, (void *)w.out.bytes));
}

static HRESULT new_hardware_key11(void)
{
	return w.ddi11.f2.pfnGetDataForNewHardwareKey(w.ddi11.device, w.hw.handle, 0, NULL,
						      (void *)w.out.bytes);
}

static HRESULT private_data_size11(void)
{
	UINT *sizes = (void *)w.out.bytes;

	return VT_REPORTED(&w.ddi11, w.ddi11.f2.pfnGetCryptoSessionPrivateDataSize
			   (w.ddi11.device, &D3D11_CRYPTO_TYPE_AES128_CTR, NULL,
			    &D3D11_KEY_EXCHANGE_RSAES_OAEP, &sizes[0], &sizes[1]));
}

static HRESULT set_hardware_protection11(void)
{
	static BOOL protect;

	protect = !protect;
	return VT_REPORTED(&w.ddi11, w.ddi11.d2.pfnSetHardwareProtection(w.ddi11.device,
									 w.changing, protect));
}

static const struct {
	const char *name;
	HRESULT (*call)(void);
	bool allocates;		/* memory of its own */
	bool asks;		/* the driver */
} functions[] = {
	{ "open_adapter", open_adapter, true, false },
	{ "open_device", open_device, true, false },
	{ "GETCONTENTPROTECTIONCAPS", content_protection_caps, false, true },
	{ "GETCERTIFICATESIZE", certificate_size, true, true },
	{ "GETCERTIFICATE", certificate, true, true },
	{ "create_resource", create_resource, true, true },
	{ "share_resource", share_resource, false, true },
	{ "open_shared_resource", open_shared_resource, true, true },
	{ "lock", lock, true, true },
	{ "CreateAuthenticatedChannel", create_channel, true, true },
	{ "AuthenticatedChannelKeyExchange", channel_key_exchange, true, true },
	{ "CreateCryptoSession", create_session, true, true },
	{ "CryptoSessionKeyExchange", key_exchange, false, true },
	{ "StartSessionKeyRefresh", start_refresh, false, true },
	{ "FinishSessionKeyRefresh", finish_refresh, false, true },
	{ "GetEncryptionBltKey", get_encryption_blt_key, false, true },
	{ "DecryptionBlt", decryption_blt, true, true },
	{ "EncryptionBlt", encryption_blt, false, true },
	{ "11: create_device", create_device11, true, false },
	{ "11: create_resource", create_resource11, true, true },
	{ "11: GetContentProtectionCaps", content_protection_caps11, false, true },
	{ "11: GetCryptoKeyExchangeType", key_exchange_type11, false, true },
	{ "11: CreateCryptoSession", create_session11, true, true },
	{ "11: NegotiateCryptoSessionKeyExchange", key_exchange11, false, true },
	{ "11: GetCertificateSize", certificate_size11, true, true },
	{ "11: GetCertificate", certificate11, true, true },
	{ "11: StartSessionKeyRefresh", start_refresh11, false, true },
	{ "11: FinishSessionKeyRefresh", finish_refresh11, false, true },
	{ "11: GetEncryptionBltKey", get_encryption_blt_key11, false, true },
	{ "11: DecryptionBlt", decryption_blt11, true, true },
	{ "11: EncryptionBlt", encryption_blt11, false, true },
	{ "11: CreateAuthenticatedChannel", create_channel11, true, true },
	{ "11: create_decoder", create_decoder11, true, false },
	{ "11: VideoDecoderSubmitBuffers1", submit_buffers11, true, true },
	{ "11: CheckCryptoSessionStatus", session_status11, false, true },
	{ "11: GetDataForNewHardwareKey", new_hardware_key11, false, true },
	{ "11: GetCryptoSessionPrivateDataSize", private_data_size11, false, true },
	{ "11: SetHardwareProtection", set_hardware_protection11, true, true },
};

FIXTURE(failure) {
};

FIXTURE_SETUP(failure)
{
	vt_ddi_open(&w.ddi, 0);
	vt_ddi11_open(&w.ddi11, w.ddi.device, 0);
	vt_ddi_session_open(&w.s, &w.ddi);
	vt_ddi11_session_open(&w.s11, &w.ddi11);
	vt_ddi11_session_create(&w.hw, &w.ddi11, &D3D11_KEY_EXCHANGE_HW_PROTECTION);
	vt_key_exchange_blob(vt_open(), w.s.key, VT_KEY, w.blob);
	w.clear = vt_ddi_create_resource(&w.ddi, false, SIZE);
	w.secret = vt_ddi_create_resource(&w.ddi, true, SIZE);
	w.clear11 = vt_ddi11_create_resource(&w.ddi11, false, SIZE);
	w.secret11 = vt_ddi11_create_resource(&w.ddi11, true, SIZE);
	w.changing = vt_ddi11_create_resource(&w.ddi11, false, SIZE);
	ASSERT_EQ(S_OK, vprot_d3dddi_share_resource(w.ddi.device, w.clear, &w.shared));
	w.decoder.pDrvPrivate = vt_ddi11_private();
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_decoder(w.ddi11.device, w.decoder));
	w.frame.hCryptoSession = w.s11.handle;
	w.frame.pBlob = w.zero;
	w.frame.BlobSize = VT_KEY;
	ASSERT_EQ(S_OK, certificate_size());
	w.certificate_size = w.out.number;
	/* Each of them works. A key exchange takes the read-back keys away. */
	for (int i = 0; i < ARRAY_SIZE(functions); i++) {
		ASSERT_EQ(S_OK, functions[i].call())
			TH_LOG("%s", functions[i].name);
	}
	ASSERT_EQ(S_OK, get_encryption_blt_key());
	ASSERT_EQ(S_OK, get_encryption_blt_key11());
}

FIXTURE_TEARDOWN(failure)
{
}

/*
 * Lets the first step of a function fail, then the second, and so on until there is none left.
 * Returns how often it failed. Another result than the expected one, or an output, ends the test.
 */
static int sweep(int index, int *left, HRESULT expected)
{
	int step, failures = 0;
	HRESULT result;

	for (step = 1; ; step++) {
		memset(w.out.bytes, UNTOUCHED, sizeof(w.out.bytes));
		*left = step;
		result = functions[index].call();
		if (*left) {
			*left = 0;
			break;
		}
		failures++;
		if (result != expected)
			vt_fatal("%s, step %d: %#x, expected %#x", functions[index].name, step,
				 result, expected);
		for (int i = 0; i < 64; i++)
			if (w.out.bytes[i] != UNTOUCHED)
				vt_fatal("%s, step %d: has an output", functions[index].name, step);
		/* The key that it had may be gone. */
		vt_ddi_must(get_encryption_blt_key(), "GetEncryptionBltKey");
		vt_ddi_must(get_encryption_blt_key11(), "GetEncryptionBltKey of 11");
	}
	if (result != S_OK)
		vt_fatal("%s: %#x without a failure", functions[index].name, result);
	return failures;
}

TEST_F(failure, memory)
{
	for (int i = 0; i < ARRAY_SIZE(functions); i++) {
		EXPECT_EQ(functions[i].allocates, sweep(i, &memory_left, E_OUTOFMEMORY) > 0)
			TH_LOG("%s", functions[i].name);
	}
}

TEST_F(failure, driver)
{
	static const struct {
		int error;
		HRESULT result;
	} errors[] = {
		{ ENOMEM, E_OUTOFMEMORY },
		{ ENODEV, D3DDDIERR_DEVICEREMOVED },
		{ EIO, E_FAIL },
	};

	for (int e = 0; e < ARRAY_SIZE(errors); e++) {
		ioctl_error = errors[e].error;
		for (int i = 0; i < ARRAY_SIZE(functions); i++) {
			if (!functions[i].asks)
				continue;
			EXPECT_LT(0, sweep(i, &ioctls_left, errors[e].result))
				TH_LOG("%s", functions[i].name);
		}
	}
}

TEST_HARNESS_MAIN
