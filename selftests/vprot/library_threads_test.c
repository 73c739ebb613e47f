// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that share what the library makes: devices, sessions, buffers, and handles of the DDI,
 * stale ones among them. Everything is given back at the end: this is also run with sanitizers and
 * under valgrind, which see races, bad accesses and what is left.
 */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sanitizer/lsan_interface.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <vprot.h>
#include <vprot_client.h>
#include <vprot_d3d11ddi.h>
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "vprot_test.h"

#define ROUNDS	60	/* of each thread */
#define SIZE	4096

static int open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

/* The address sanitizer looks for leaks when a program ends; tests end without that. */
static int leaks(void)
{
#ifdef __SANITIZE_ADDRESS__
	return __lsan_do_recoverable_leak_check();
#else
	return 0;
#endif
}

/* Runs these threads with the same argument until each has done its rounds. */
static void run_threads(void *(*const *threads)(void *), int count, void *arg)
{
	pthread_t ids[16];

	for (int i = 0; i < count; i++)
		if (pthread_create(&ids[i], NULL, threads[i], arg))
			vt_fatal("no thread");
	for (int i = 0; i < count; i++)
		pthread_join(ids[i], NULL);
}

/* --- the native interface --------------------------------------------------------------------- */

/* What the threads share. */
struct shared {
	struct vprot_device *dev;
	struct vprot_session *session;
	struct vprot_buffer *clear, *secret;
	int prime;		/* a dma-buf of another device */
	atomic_int failures;	/* calls that returned an error */
};

/* A call that has to succeed, whatever other threads do. */
#define GOOD(call) good(shared, call, #call)

static void good(struct shared *shared, int result, const char *call)
{
	if (!result)
		return;
	printf("# %s: %d\n", call, result);
	atomic_fetch_add(&shared->failures, 1);
}

static void *refresh(void *arg)
{
	struct shared *shared = arg;
	__u8 nonce[VPROT_KEY_SIZE];
	uint64_t epoch;

	for (int i = 0; i < ROUNDS; i++) {
		GOOD(vprot_session_start_key_refresh(shared->session, nonce, sizeof(nonce)));
		GOOD(vprot_session_finish_key_refresh(shared->session, &epoch));
		GOOD(vprot_session_get_encryption_blt_key(shared->session, nonce, sizeof(nonce),
							  &epoch));
	}
	return NULL;
}

static void *blit(void *arg)
{
	struct shared *shared = arg;

	for (int i = 0; i < ROUNDS; i++) {
		struct drm_vprot_blt_result result = { 0 };
		struct vprot_session *session = vprot_session_ref(shared->session);
		struct vprot_blit in = {
			.src = vprot_buffer_ref(shared->clear),
			.dst = vprot_buffer_ref(shared->secret),
			.size = SIZE,
		};
		struct vprot_blit out = {
			.src = in.dst,
			.dst = in.src,
			.size = SIZE,
			.result = &result,
		};

		GOOD(vprot_session_decryption_blt(session, &in, 1));
		GOOD(vprot_session_encryption_blt(session, &out, 1));
		vprot_buffer_unref(in.src);
		vprot_buffer_unref(in.dst);
		vprot_session_unref(session);
	}
	return NULL;
}

static void *create(void *arg)
{
	struct shared *shared = arg;
	struct drm_vprot_session_status status;
	struct vprot_session *session;
	struct vprot_buffer *buffer;
	void *map;

	for (int i = 0; i < ROUNDS; i++) {
		GOOD(vprot_session_create(shared->dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session));
		GOOD(vprot_buffer_create(shared->dev, SIZE, 0, &buffer));
		GOOD(vprot_buffer_map(buffer, &map));
		GOOD(vprot_buffer_map(shared->clear, &map));
		GOOD(vprot_session_get_status(shared->session, &status, sizeof(status)));
		vprot_buffer_unref(buffer);
		vprot_session_unref(session);
	}
	return NULL;
}

/*
 * The shared buffers, and one of another device: that comes and goes with the imports of these
 * threads, always under the same handle.
 */
static void *import(void *arg)
{
	struct shared *shared = arg;
	struct vprot_buffer *buffer, *again;
	int prime = -1;

	for (int i = 0; i < ROUNDS; i++) {
		GOOD(vprot_buffer_export(i % 2 ? shared->clear : shared->secret, &prime));
		GOOD(vprot_buffer_import(shared->dev, prime, &buffer));
		GOOD(vprot_buffer_import(shared->dev, shared->prime, &again));
		vprot_buffer_unref(buffer);
		close(prime);
		vprot_buffer_unref(again);
	}
	return NULL;
}

static void *query(void *arg)
{
	struct shared *shared = arg;
	struct drm_vprot_get_caps caps;
	struct vprot_device *dev;
	uint8_t *chain;
	size_t size;

	for (int i = 0; i < ROUNDS; i++) {
		GOOD(vprot_device_open_fd(vprot_device_fd(shared->dev), &dev));
		GOOD(vprot_device_get_caps(dev, DRM_VPROT_CRYPTO_AES128_CTR, &caps, sizeof(caps)));
		vprot_device_unref(dev);
		dev = vprot_device_ref(shared->dev);
		GOOD(vprot_device_get_certificate(dev, &chain, &size));
		vprot_device_unref(dev);
		free(chain);
	}
	return NULL;
}

/* With the library alone: it is what is tested here. */
static void open_session(struct shared *shared)
{
	__u8 key[VPROT_KEY_SIZE] = "the session key", blob[VPROT_KEY_EXCHANGE_SIZE];
	uint8_t *chain;
	size_t size;

	GOOD(vprot_session_create(shared->dev, DRM_VPROT_CRYPTO_AES128_CTR,
				  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &shared->session));
	GOOD(vprot_device_get_certificate(shared->dev, &chain, &size));
	GOOD(vprot_client_wrap_session_key(chain, size, key, blob));
	GOOD(vprot_session_key_exchange(shared->session, blob, sizeof(blob)));
	free(chain);
}

static void share_native(struct shared *shared)
{
	static void *(*const threads[])(void *) = {
		refresh, blit, blit, create, create, import, import, import, query, query,
	};
	struct vprot_device *other;
	struct vprot_buffer *foreign;
	__u8 key[VPROT_KEY_SIZE];

	GOOD(vprot_device_open(&shared->dev));
	GOOD(vprot_device_open(&other));
	GOOD(vprot_buffer_create(other, SIZE, DRM_VPROT_GEM_PROTECTED, &foreign));
	GOOD(vprot_buffer_export(foreign, &shared->prime));
	open_session(shared);
	GOOD(vprot_session_get_encryption_blt_key(shared->session, key, sizeof(key), NULL));
	GOOD(vprot_buffer_create(shared->dev, SIZE, 0, &shared->clear));
	GOOD(vprot_buffer_create(shared->dev, SIZE, DRM_VPROT_GEM_PROTECTED, &shared->secret));

	run_threads(threads, ARRAY_SIZE(threads), shared);

	close(shared->prime);
	vprot_buffer_unref(foreign);
	vprot_buffer_unref(shared->clear);
	vprot_buffer_unref(shared->secret);
	vprot_session_unref(shared->session);
	vprot_device_unref(other);
	vprot_device_unref(shared->dev);
}

TEST(native)
{
	struct shared shared = { 0 };
	int files = open_files();

	share_native(&shared);
	EXPECT_EQ(0, shared.failures);
	EXPECT_EQ(files, open_files());
	EXPECT_EQ(0, leaks());
}

/* --- loss ------------------------------------------------------------------------------------- */

/* What the threads share. */
struct losses {
	struct vprot_device *devs[2];	/* of the same open file */
	sem_t told;
	atomic_int count;	/* how often it was told */
	atomic_int failures;
	atomic_bool over;
};

static void lost(uint64_t generation, void *data)
{
	struct losses *losses = data;

	atomic_fetch_add(&losses->count, 1);
	sem_post(&losses->told);
}

static void *lose(void *arg)
{
	struct losses *losses = arg;
	struct vprot_session *session;

	for (int i = 0; i < ROUNDS; i++) {
		if (vprot_session_create(losses->devs[i % 2], DRM_VPROT_CRYPTO_AES128_CTR,
					 DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session)) {
			atomic_fetch_add(&losses->failures, 1);
			break;
		}
		vt_lose();
		sem_wait(&losses->told);
		vprot_session_unref(session);
	}
	atomic_store(&losses->over, true);
	return NULL;
}

static void *dispatch(void *arg)
{
	static atomic_int number;
	struct losses *losses = arg;
	struct vprot_device *dev = losses->devs[atomic_fetch_add(&number, 1) % 2];
	struct pollfd file = { .fd = vprot_device_fd(dev), .events = POLLIN };

	while (!atomic_load(&losses->over)) {
		/* All wake up at once. The time only brings the end. */
		poll(&file, 1, 100);
		if (vprot_device_dispatch(dev, lost, losses))
			atomic_fetch_add(&losses->failures, 1);
	}
	return NULL;
}

/* Threads that look for losses at the same time: each is told once, and none of them waits. */
TEST(loss)
{
	static void *(*const threads[])(void *) = { lose, dispatch, dispatch, dispatch, dispatch };
	struct losses losses = { 0 };
	int files = open_files(), fd = vt_open();

	sem_init(&losses.told, 0, 0);
	ASSERT_EQ(0, vprot_device_open_fd(fd, &losses.devs[0]));
	ASSERT_EQ(0, vprot_device_open_fd(fd, &losses.devs[1]));
	close(fd);
	run_threads(threads, ARRAY_SIZE(threads), &losses);
	EXPECT_EQ(0, losses.failures);
	EXPECT_EQ(ROUNDS, losses.count);
	vprot_device_unref(losses.devs[0]);
	vprot_device_unref(losses.devs[1]);
	sem_destroy(&losses.told);
	EXPECT_EQ(files, open_files());
	EXPECT_EQ(0, leaks());
}

/* --- handles of the DDI ----------------------------------------------------------------------- */

#define SLOTS	8

/* What the threads share: handles that any of them may replace, and destroy, at any time. */
struct handles {
	HANDLE adapter, device;
	D3DDDI_DEVICEFUNCS funcs;
	HANDLE sessions[SLOTS];
	HANDLE resources[SLOTS];	/* the second half protected */
	atomic_int succeeded, refused, failures;
};

/* Any call may come too late for its handles, or find another session's contents. */
static HRESULT may_be_late(struct handles *h, HRESULT result)
{
	if (result == S_OK)
		atomic_fetch_add(&h->succeeded, 1);
	else if (result == D3DDDIERR_INVALIDHANDLE || result == E_ACCESSDENIED ||
		 result == D3DDDIERR_INVALIDCALL)
		atomic_fetch_add(&h->refused, 1);
	else
		atomic_fetch_add(&h->failures, 1);
	return result;
}

static HANDLE replace(HANDLE *slot, HANDLE handle)
{
	return __atomic_exchange_n(slot, handle, __ATOMIC_SEQ_CST);
}

static HANDLE look(HANDLE *slot)
{
	return __atomic_load_n(slot, __ATOMIC_SEQ_CST);
}

static void *replace_sessions(void *arg)
{
	struct handles *h = arg;

	for (int i = 0; i < ROUNDS; i++) {
		D3DDDIARG_CREATECRYPTOSESSION create = { .CryptoType = D3DCRYPTOTYPE_AES128_CTR };
		D3DDDIARG_DESTROYCRYPTOSESSION destroy;

		may_be_late(h, h->funcs.pfnCreateCryptoSession(h->device, &create));
		destroy.hCryptoSession = replace(&h->sessions[i % SLOTS], create.hCryptoSession);
		may_be_late(h, h->funcs.pfnDestroyCryptoSession(h->device, &destroy));
	}
	return NULL;
}

static void *replace_resources(void *arg)
{
	struct handles *h = arg;

	for (int i = 0; i < ROUNDS; i++) {
		VPROT_D3DDDIARG_CREATERESOURCE create = {
			.RestrictedContent = i % SLOTS >= SLOTS / 2,
			.Pitch = SIZE,
			.Height = 1,
			.SurfCount = 1,
		};
		HANDLE old;

		may_be_late(h, vprot_d3dddi_create_resource(h->device, &create));
		old = replace(&h->resources[i % SLOTS], create.hResource);
		may_be_late(h, vprot_d3dddi_destroy_resource(h->device, old));
	}
	return NULL;
}

static void *use_handles(void *arg)
{
	struct handles *h = arg;
	__u8 iv[16] = { 0 }, number[VPROT_KEY_SIZE];

	for (int i = 0; i < ROUNDS; i++) {
		D3DDDIARG_STARTSESSIONKEYREFRESH start = {
			.hCryptoSession = look(&h->sessions[i % SLOTS]),
			.pRandomNumber = number,
			.RandomNumberSize = sizeof(number),
		};
		D3DDDIARG_FINISHSESSIONKEYREFRESH finish = { start.hCryptoSession };
		D3DDDIARG_GETPITCH pitch = {
			.hCryptoSession = start.hCryptoSession,
			.hResource = look(&h->resources[i % (SLOTS / 2)]),
		};
		D3DDDIENCRYPTED_BLOCK_INFO info = { 16, 48, 16 };
		D3DDDIARG_DECRYPTIONBLT blt = {
			.hCryptoSession = start.hCryptoSession,
			.hSrcResource = pitch.hResource,
			.hDstResource = look(&h->resources[SLOTS / 2 + i % (SLOTS / 2)]),
			.SrcResourceSize = SIZE,
			.pEncryptedBlockInfo = &info,
			.pIV = iv,
		};

		may_be_late(h, h->funcs.pfnStartSessionKeyRefresh(h->device, &start));
		may_be_late(h, h->funcs.pfnFinishSessionKeyRefresh(h->device, &finish));
		may_be_late(h, h->funcs.pfnGetPitch(h->device, &pitch));
		may_be_late(h, h->funcs.pfnDecryptionBlt(h->device, &blt));
	}
	return NULL;
}

/* Devices of the same adapter, and the end of one that is in use. */
static void *use_other_devices(void *arg)
{
	struct handles *h = arg;
	struct handles other = { 0 };

	for (int i = 0; i < ROUNDS / 4; i++) {
		may_be_late(h, vprot_d3dddi_open_device(h->adapter, 0, &other.device,
							&other.funcs));
		for (int j = 0; j < SLOTS; j++) {
			VPROT_D3DDDIARG_CREATERESOURCE create = {
				.Pitch = SIZE,
				.Height = 1,
				.SurfCount = 1,
			};

			may_be_late(h, vprot_d3dddi_create_resource(other.device, &create));
			/* Of the other device: not there. */
			may_be_late(h, vprot_d3dddi_destroy_resource(h->device, create.hResource));
		}
		may_be_late(h, vprot_d3dddi_close_device(other.device));
	}
	return NULL;
}

/* Memory for handles of the D3D11.1 DDI. */
union private {
	void *align;
	__u8 bytes[VPROT_D3D11DDI_PRIVATE_SIZE];
};

static VOID set_error(D3D10DDI_HRTCORELAYER core_layer, HRESULT error)
{
	may_be_late(core_layer.handle, error);
}

/* The D3D11.1 interface of the same device, with the same sessions and resources. */
static void *use_d3d11(void *arg)
{
	struct handles *h = arg;
	union private private[5] = { { NULL } };
	const D3D10DDI_HDEVICE device = { &private[0] };
	const D3D11_1DDI_HCRYPTOSESSION session = { &private[1] };
	const D3D10DDI_HRESOURCE src = { &private[2] }, dst = { &private[3] };
	const D3D11_1DDI_HDECODE decoder = { &private[4] };
	D3D11_1DDI_VIDEODEVICEFUNCS f;
	D3DWDDM2_0DDI_VIDEODEVICEFUNCS f2;
	D3DWDDM2_0DDI_DEVICEFUNCS d2;
	const VPROT_D3D11DDIARG_CREATEDEVICE create = {
		.hDevice9 = h->device,
		.hRTCoreLayer.handle = h,
		.pfnSetErrorCb = set_error,
		.pVideoFuncs = &f,
		.pVideoFuncs2 = &f2,
		.pDeviceFuncs2 = &d2,
	};
	const D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION frame = { session };
	__u8 iv[16] = { 0 }, number[VPROT_KEY_SIZE];

	if (may_be_late(h, vprot_d3d11ddi_create_device(h->adapter, &create, device)) != S_OK)
		return NULL;
	may_be_late(h, vprot_d3d11ddi_create_decoder(device, decoder));
	for (int i = 0; i < ROUNDS / 2; i++) {
		const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 buffer = {
			.hResource = src,
			.BufferType = D3D11_1DDI_VIDEO_DECODER_BUFFER_BITSTREAM,
			.DataSize = SIZE,
		};

		may_be_late(h, vprot_d3d11ddi_open_crypto_session(device,
								  look(&h->sessions[i % SLOTS]),
								  session));
		may_be_late(h, vprot_d3d11ddi_open_resource(device,
							    look(&h->resources[i % (SLOTS / 2)]),
							    src));
		may_be_late(h, vprot_d3d11ddi_open_resource
			    (device, look(&h->resources[SLOTS / 2 + i % (SLOTS / 2)]), dst));
		f.pfnStartSessionKeyRefresh(device, session, sizeof(number), number);
		f.pfnFinishSessionKeyRefresh(device, session);
		f.pfnDecryptionBlt(device, session, src, dst, NULL, 0, NULL, sizeof(iv), iv);
		may_be_late(h, vprot_d3d11ddi_begin_frame(device, decoder, dst, &frame));
		may_be_late(h, f2.pfnVideoDecoderSubmitBuffers1(device, decoder, 1, &buffer));
		/* From then on there is another one. */
		d2.pfnSetHardwareProtection(device, src, i & 1);
	}
	may_be_late(h, vprot_d3d11ddi_destroy_decoder(device, decoder));
	may_be_late(h, vprot_d3d11ddi_destroy_device(device));
	return NULL;
}

TEST(ddi)
{
	static void *(*const threads[])(void *) = {
		replace_sessions, replace_sessions, replace_resources, replace_resources,
		use_handles, use_handles, use_handles, use_other_devices, use_other_devices,
		use_d3d11, use_d3d11,
	};
	struct handles h = { 0 };
	int files = open_files();

	ASSERT_EQ(S_OK, vprot_d3dddi_open_adapter(&h.adapter));
	ASSERT_EQ(S_OK, vprot_d3dddi_open_device(h.adapter, 0, &h.device, &h.funcs));
	run_threads(threads, ARRAY_SIZE(threads), &h);
	EXPECT_LT(ROUNDS, h.succeeded);
	EXPECT_LT(ROUNDS, h.refused);
	EXPECT_EQ(0, h.failures);
	/* What is in the slots goes with the device. */
	ASSERT_EQ(S_OK, vprot_d3dddi_close_device(h.device));
	ASSERT_EQ(S_OK, vprot_d3dddi_close_adapter(h.adapter));
	EXPECT_EQ(files, open_files());
	EXPECT_EQ(0, leaks());
}

/* A device is closed while others use it, and add to it. */
TEST(ddi_close_in_use)
{
	static void *(*const threads[])(void *) = {
		replace_sessions, replace_resources, replace_resources, use_handles, use_handles,
		use_d3d11,
	};
	int files = open_files();

	for (int i = 0; i < 5; i++) {
		struct handles h = { 0 };
		pthread_t ids[ARRAY_SIZE(threads)];

		ASSERT_EQ(S_OK, vprot_d3dddi_open_adapter(&h.adapter));
		ASSERT_EQ(S_OK, vprot_d3dddi_open_device(h.adapter, 0, &h.device, &h.funcs));
		for (int j = 0; j < ARRAY_SIZE(threads); j++)
			ASSERT_EQ(0, pthread_create(&ids[j], NULL, threads[j], &h));
		/* In the midst of it. */
		while (atomic_load(&h.succeeded) < 10 * i)
			sched_yield();
		EXPECT_EQ(S_OK, vprot_d3dddi_close_device(h.device));
		EXPECT_EQ(S_OK, vprot_d3dddi_close_adapter(h.adapter));
		for (int j = 0; j < ARRAY_SIZE(threads); j++)
			pthread_join(ids[j], NULL);
		EXPECT_EQ(0, h.failures);
		EXPECT_EQ(files, open_files());
	}
	EXPECT_EQ(0, leaks());
}

TEST_HARNESS_MAIN
