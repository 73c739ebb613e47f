// SPDX-License-Identifier: GPL-2.0
/*
 * Handles of the D3D9 DDI: those that are not valid are refused by every function, and what is
 * closed is gone.
 */
#include <pthread.h>
#include <semaphore.h>
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "module.h"

#define SIZE	4096

/* A device, and a session and resources of it. */
struct objects {
	struct vt_ddi ddi;
	struct vt_ddi_session s;
	HANDLE clear, restricted;
};

static void open_objects(struct objects *o)
{
	vt_ddi_open(&o->ddi, 0);
	vt_ddi_session_open(&o->s, &o->ddi);
	o->clear = vt_ddi_create_resource(&o->ddi, false, SIZE);
	o->restricted = vt_ddi_create_resource(&o->ddi, true, SIZE);
}

static bool objects_work(const struct objects *o)
{
	D3DCONTENTPROTECTIONCAPS caps;
	DDICONTENTPROTECTIONCAPS info = { { 0 } };
	D3DDDIARG_GETCAPS get = {
		.Type = D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
		.pInfo = &info,
		.pData = &caps,
		.DataSize = sizeof(caps),
	};

	vt_ddi_lock(&o->ddi, o->clear);
	return vprot_d3dddi_get_caps(o->ddi.adapter, &get) == S_OK &&
	       vt_ddi_key_works_in(&o->s, o->restricted, SIZE);
}

/* --- every function, every handle that it takes ----------------------------------------------- */

/* The handles that a call is made with. */
struct handles {
	HANDLE parent;	/* device or adapter */
	HANDLE session;
	HANDLE src;
	HANDLE dst;
};

/* What calls write to; has to stay as it is. */
static struct output {
	__u8 bytes[32];
	HANDLE handle;
	VOID *data;
	UINT pitch;
	D3DDDI_DEVICEFUNCS funcs;
	struct vprot_device *native;
} output;

static HRESULT create_session(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	D3DDDIARG_CREATECRYPTOSESSION create = {
		.CryptoType = D3DCRYPTOTYPE_AES128_CTR,
		.hCryptoSession = output.handle,
	};
	HRESULT result = funcs->pfnCreateCryptoSession(h->parent, &create);

	output.handle = create.hCryptoSession;
	return result;
}

static HRESULT key_exchange(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	static __u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE exchange = {
		.hCryptoSession = h->session,
		.DataSize = sizeof(blob),
		.pData = blob,
	};

	return funcs->pfnCryptoSessionKeyExchange(h->parent, &exchange);
}

static HRESULT destroy_session(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	D3DDDIARG_DESTROYCRYPTOSESSION destroy = { .hCryptoSession = h->session };

	return funcs->pfnDestroyCryptoSession(h->parent, &destroy);
}

static HRESULT encryption_blt(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	D3DDDIARG_ENCRYPTIONBLT blt = {
		.hCryptoSession = h->session,
		.hSrcResource = h->dst,
		.hDstResource = h->src,
		.DstResourceSize = SIZE,
		.pIV = output.bytes,
	};

	return funcs->pfnEncryptionBlt(h->parent, &blt);
}

static HRESULT get_pitch(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	D3DDDIARG_GETPITCH get = {
		.hCryptoSession = h->session,
		.hResource = h->src,
		.Pitch = output.pitch,
	};
	HRESULT result = funcs->pfnGetPitch(h->parent, &get);

	output.pitch = get.Pitch;
	return result;
}

static HRESULT start_refresh(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	D3DDDIARG_STARTSESSIONKEYREFRESH start = {
		.hCryptoSession = h->session,
		.pRandomNumber = output.bytes,
		.RandomNumberSize = VT_KEY,
	};

	return funcs->pfnStartSessionKeyRefresh(h->parent, &start);
}

static HRESULT finish_refresh(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	D3DDDIARG_FINISHSESSIONKEYREFRESH finish = { .hCryptoSession = h->session };

	return funcs->pfnFinishSessionKeyRefresh(h->parent, &finish);
}

static HRESULT get_key(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	D3DDDIARG_GETENCRYPTIONBLTKEY get = {
		.hCryptoSession = h->session,
		.pReadBackKey = output.bytes,
		.KeySize = VT_KEY,
	};

	return funcs->pfnGetEncryptionBltKey(h->parent, &get);
}

static HRESULT decryption_blt(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	__u8 iv[16] = { 0 };
	D3DDDIARG_DECRYPTIONBLT blt = {
		.hCryptoSession = h->session,
		.hSrcResource = h->src,
		.hDstResource = h->dst,
		.SrcResourceSize = SIZE,
		.pIV = iv,
	};

	return funcs->pfnDecryptionBlt(h->parent, &blt);
}

static HRESULT create_resource(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.Pitch = 1,
		.Height = 1,
		.SurfCount = 1,
		.hResource = output.handle,
	};
	HRESULT result = vprot_d3dddi_create_resource(h->parent, &create);

	output.handle = create.hResource;
	return result;
}

static HRESULT destroy_resource(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	return vprot_d3dddi_destroy_resource(h->parent, h->src);
}

static HRESULT lock(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	return vprot_d3dddi_lock(h->parent, h->src, 0, &output.data, &output.pitch);
}

static HRESULT close_device(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	return vprot_d3dddi_close_device(h->parent);
}

static HRESULT get_native_device(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	return vprot_d3dddi_get_native_device(h->parent, &output.native);
}

static HRESULT open_device(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	return vprot_d3dddi_open_device(h->parent, 0, &output.handle, &output.funcs);
}

static HRESULT get_caps(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	DDICONTENTPROTECTIONCAPS info = { { 0 } };
	D3DCONTENTPROTECTIONCAPS caps;
	D3DDDIARG_GETCAPS get = {
		.Type = D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
		.pInfo = &info,
		.pData = &caps,
		.DataSize = sizeof(caps),
	};

	return vprot_d3dddi_get_caps(h->parent, &get);
}

static HRESULT close_adapter(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h)
{
	return vprot_d3dddi_close_adapter(h->parent);
}

static const struct call {
	const char *name;
	HRESULT (*make)(const D3DDDI_DEVICEFUNCS *funcs, const struct handles *h);
	bool of_adapter, session, src, dst;	/* the handles that it takes */
} calls[] = {
	{ "CreateCryptoSession", create_session, false, false, false, false },
	{ "CryptoSessionKeyExchange", key_exchange, false, true, false, false },
	{ "DestroyCryptoSession", destroy_session, false, true, false, false },
	{ "EncryptionBlt", encryption_blt, false, true, true, true },
	{ "GetPitch", get_pitch, false, true, true, false },
	{ "StartSessionKeyRefresh", start_refresh, false, true, false, false },
	{ "FinishSessionKeyRefresh", finish_refresh, false, true, false, false },
	{ "GetEncryptionBltKey", get_key, false, true, false, false },
	{ "DecryptionBlt", decryption_blt, false, true, true, true },
	{ "create_resource", create_resource, false, false, false, false },
	{ "destroy_resource", destroy_resource, false, false, true, false },
	{ "lock", lock, false, false, true, false },
	{ "close_device", close_device, false, false, false, false },
	{ "get_native_device", get_native_device, false, false, false, false },
	{ "open_device", open_device, true, false, false, false },
	{ "GetCaps", get_caps, true, false, false, false },
	{ "close_adapter", close_adapter, true, false, false, false },
};

FIXTURE(handle) {
	struct objects o, other, closed;
};

static unsigned int max_sessions;

__attribute__((constructor)) static void save(void)
{
	max_sessions = vt_parameter("max_sessions");
}

FIXTURE_SETUP(handle)
{
	open_objects(&self->o);
	open_objects(&self->other);
	open_objects(&self->closed);
	vt_ddi_close(&(struct vt_ddi){ self->closed.ddi.adapter, self->closed.ddi.device });
	memset(&output, 0xa5, sizeof(output));
}

/* Even after a test that ended early. */
FIXTURE_TEARDOWN_PARENT(handle)
{
	vt_set_parameter("max_sessions", max_sessions);
}

/* Makes the call with each of these handles in one place; says which was not refused. */
static bool all_refused(const struct call *call, const D3DDDI_DEVICEFUNCS *funcs,
			struct handles *good, HANDLE *place, const HANDLE *bad, int count)
{
	const HANDLE saved = *place;
	struct output before = output;
	bool refused = true;

	for (int i = 0; i < count; i++) {
		HRESULT result;

		*place = bad[i];
		result = call->make(funcs, good);
		if (result == D3DDDIERR_INVALIDHANDLE && !memcmp(&before, &output, sizeof(output)))
			continue;
		printf("# %s with %p as handle %d: %#x\n", call->name, bad[i],
		       (int)(place - &good->parent), result);
		refused = false;
	}
	*place = saved;
	return refused;
}

TEST_F(handle, not_valid)
{
	struct objects *o = &self->o, *other = &self->other, *closed = &self->closed;
	const HANDLE bad[] = {
		/* never given */
		NULL, (HANDLE)-1, (HANDLE)(1ul << 63), (HANDLE)0x7fffffff, &output, o,
		(HANDLE)((uintptr_t)other->restricted + 1000000),
		/* closed */
		closed->ddi.adapter, closed->ddi.device, closed->s.handle, closed->clear,
		closed->restricted,
		/* of another device */
		other->s.handle, other->clear, other->restricted,
	};
	/* of another kind */
	const HANDLE no_parent[] = { o->s.handle, o->clear, o->restricted };
	const HANDLE no_session[] = { o->ddi.adapter, o->ddi.device, o->clear, o->restricted };
	const HANDLE no_resource[] = { o->ddi.adapter, o->ddi.device, o->s.handle };

	for (int i = 0; i < ARRAY_SIZE(calls); i++) {
		const struct call *call = &calls[i];
		const HANDLE other_parent = call->of_adapter ? o->ddi.device : o->ddi.adapter;
		struct handles h = {
			.parent = call->of_adapter ? o->ddi.adapter : o->ddi.device,
			.session = o->s.handle,
			.src = o->clear,
			.dst = o->restricted,
		};

#define REFUSED(place, handles) \
		EXPECT_TRUE(all_refused(call, &o->ddi.funcs, &h, &h.place, handles, \
					ARRAY_SIZE(handles)))
		REFUSED(parent, bad);
		REFUSED(parent, no_parent);
		EXPECT_TRUE(all_refused(call, &o->ddi.funcs, &h, &h.parent, &other_parent, 1));
		/* A good device, but not theirs. */
		if (call->session || call->src)
			EXPECT_TRUE(all_refused(call, &o->ddi.funcs, &h, &h.parent,
						&other->ddi.device, 1));
		if (call->session) {
			REFUSED(session, bad);
			REFUSED(session, no_session);
		}
		if (call->src) {
			REFUSED(src, bad);
			REFUSED(src, no_resource);
		}
		if (call->dst) {
			REFUSED(dst, bad);
			REFUSED(dst, no_resource);
		}
#undef REFUSED
	}
	EXPECT_TRUE(objects_work(&self->o));
	EXPECT_TRUE(objects_work(&self->other));
}

/* --- what is closed --------------------------------------------------------------------------- */

TEST_F(handle, destroyed)
{
	struct objects *o = &self->o;
	const struct handles h = { o->ddi.device, o->s.handle, o->clear, o->restricted };

	ASSERT_EQ(S_OK, destroy_session(&o->ddi.funcs, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy_session(&o->ddi.funcs, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, start_refresh(&o->ddi.funcs, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, decryption_blt(&o->ddi.funcs, &h));
	/* The resources are still there. */
	EXPECT_EQ(S_OK, lock(&o->ddi.funcs, &h));
	ASSERT_EQ(S_OK, destroy_resource(&o->ddi.funcs, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, destroy_resource(&o->ddi.funcs, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, lock(&o->ddi.funcs, &h));

	ASSERT_EQ(S_OK, close_device(&o->ddi.funcs, &h));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, close_device(&o->ddi.funcs, &h));
	EXPECT_TRUE(objects_work(&self->other));
}

/* What a session has written is wiped when it is destroyed; the resource can be used again. */
TEST_F(handle, destroyed_session_leaves_nothing)
{
	static const __u8 zero[SIZE];
	struct objects *o = &self->o;
	const struct handles h = { o->ddi.device, o->s.handle };

	ASSERT_TRUE(vt_ddi_key_works_in(&o->s, o->restricted, SIZE));
	EXPECT_FALSE(vt_ddi_holds(&o->s, o->restricted, zero, SIZE));
	ASSERT_EQ(S_OK, destroy_session(&o->ddi.funcs, &h));
	vt_ddi_session_open(&o->s, &o->ddi);
	EXPECT_TRUE(vt_ddi_holds(&o->s, o->restricted, zero, SIZE));
	EXPECT_TRUE(objects_work(o));
}

TEST_F(handle, never_given_twice)
{
	enum { COUNT = 500 };
	static HANDLE seen[COUNT];
	struct vt_ddi *ddi = &self->o.ddi;

	for (int i = 0; i < COUNT; i++) {
		seen[i] = vt_ddi_create_resource(ddi, false, 1);
		ASSERT_EQ(S_OK, vprot_d3dddi_destroy_resource(ddi->device, seen[i]));
		for (int j = 0; j < i; j++)
			ASSERT_NE(seen[j], seen[i]);
	}
}

TEST_F(handle, many)
{
	enum { COUNT = 2000 };
	static HANDLE resources[COUNT];
	struct vt_ddi *ddi = &self->o.ddi;
	VOID *data;
	UINT pitch;

	for (int i = 0; i < COUNT; i++)
		resources[i] = vt_ddi_create_resource(ddi, false, i + 1);
	/* Every third goes. */
	for (int i = 0; i < COUNT; i += 3)
		ASSERT_EQ(S_OK, vprot_d3dddi_destroy_resource(ddi->device, resources[i]));
	for (int i = 0; i < COUNT; i++) {
		HRESULT result = vprot_d3dddi_lock(ddi->device, resources[i], 0, &data, &pitch);

		ASSERT_EQ(i % 3 ? S_OK : D3DDDIERR_INVALIDHANDLE, result);
		if (i % 3)
			ASSERT_EQ(i + 1, pitch);
	}
	EXPECT_TRUE(objects_work(&self->o));
	ASSERT_EQ(S_OK, vprot_d3dddi_close_device(ddi->device));
	for (int i = 0; i < COUNT; i++)
		ASSERT_EQ(D3DDDIERR_INVALIDHANDLE,
			  vprot_d3dddi_lock(ddi->device, resources[i], 0, &data, &pitch));
	EXPECT_TRUE(objects_work(&self->other));
}

/* --- what is closed while it is in use -------------------------------------------------------- */

/* A thread that decrypts without a pause, for as long as it can. */
struct player {
	struct vt_ddi ddi;		/* handles of its own, whatever becomes of others */
	struct vt_ddi_session s;
	HANDLE clear, restricted;	/* some MiB each */
	sem_t playing;
	HRESULT result;			/* what stopped it */
};

#define PLAYED	(4 << 20)

static void *play(void *data)
{
	struct player *p = data;
	__u8 iv[16] = { 0 };

	do {
		p->result = vt_ddi_decrypt(&p->s, p->clear, p->restricted, PLAYED, iv);
		sem_post(&p->playing);
	} while (p->result == S_OK);
	return NULL;
}

static pthread_t start_player(struct player *p, const struct objects *o)
{
	pthread_t thread;

	p->ddi = o->ddi;
	p->s = o->s;
	p->s.ddi = &p->ddi;
	p->clear = vt_ddi_create_resource(&o->ddi, false, PLAYED);
	p->restricted = vt_ddi_create_resource(&o->ddi, true, PLAYED);
	sem_init(&p->playing, 0, 0);
	if (pthread_create(&thread, NULL, play, p))
		vt_fatal("no thread");
	sem_wait(&p->playing);
	return thread;
}

/* When Destroy returns, the session is gone: there is room for another one, at once. */
TEST_F(handle, destroy_waits_for_calls)
{
	struct objects *o = &self->o;

	vt_set_parameter("max_sessions", 2);
	for (int i = 0; i < 10; i++) {
		const struct handles h = { o->ddi.device, o->s.handle };
		struct player p = { 0 };
		pthread_t thread = start_player(&p, o);

		ASSERT_EQ(S_OK, destroy_session(&o->ddi.funcs, &h));
		vt_ddi_session_open(&o->s, &o->ddi);
		pthread_join(thread, NULL);
		EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, p.result);
		vprot_d3dddi_destroy_resource(o->ddi.device, p.clear);
		vprot_d3dddi_destroy_resource(o->ddi.device, p.restricted);
	}
	EXPECT_TRUE(objects_work(o));
}

/* The same with all that a device has. */
TEST_F(handle, close_device_waits_for_calls)
{
	struct objects *o = &self->o;

	vt_set_parameter("max_sessions", 2);
	for (int i = 0; i < 10; i++) {
		struct player p = { 0 };
		pthread_t thread = start_player(&p, o);

		vt_ddi_close(&o->ddi);
		open_objects(o);
		pthread_join(thread, NULL);
		EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, p.result);
	}
	EXPECT_TRUE(objects_work(o));
}

TEST_HARNESS_MAIN
