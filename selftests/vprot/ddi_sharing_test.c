// SPDX-License-Identifier: GPL-2.0
/*
 * Resources that are shared between devices and processes through the D3D9 DDI and the D3D11.1 DDI,
 * and what authenticated channels have to say about it.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <vprot_d3d11ddi.h>
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi_channel.h"
#include "ddi11.h"
#include "process.h"

#define SIZE	4096

/* A device of one of the two interfaces. That of D3D11.1 is another one to a device of D3D9. */
struct device {
	bool is11;
	struct vt_ddi ddi;
	struct vt_ddi11 ddi11;
};

/* Whichever of the two it is. */
struct resource {
	HANDLE handle;
	D3D10DDI_HRESOURCE handle11;
};

static void open_device(struct device *d, bool is11)
{
	d->is11 = is11;
	vt_ddi_open(&d->ddi, 0);
	vt_ddi11_open(&d->ddi11, d->ddi.device, 0);
}

/* Makes a resource, or with a file descriptor opens a shared one. */
static HRESULT create(struct device *d, struct resource *r, UINT lockable, UINT restrict_shared,
		      int fd)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.RestrictedContent = 1,
		.Lockable = lockable,
		.Pitch = SIZE,
		.Height = 1,
		.SurfCount = 1,
		.RestrictSharedAccess = restrict_shared,
	};
	const VPROT_D3D11DDIARG_CREATERESOURCE create11 = {
		.RestrictedContent = 1,
		.Lockable = lockable,
		.Width = SIZE,
		.Height = 1,
		.ArraySize = 1,
		.RestrictSharedResource = restrict_shared,
	};
	HRESULT result;

	if (d->is11) {
		r->handle11.pDrvPrivate = vt_ddi11_private();
		return fd < 0 ? vprot_d3d11ddi_create_resource(d->ddi11.device, &create11,
							       r->handle11) :
				vprot_d3d11ddi_open_shared_resource(d->ddi11.device, &create11, fd,
								    r->handle11);
	}
	result = fd < 0 ? vprot_d3dddi_create_resource(d->ddi.device, &create) :
			  vprot_d3dddi_open_shared_resource(d->ddi.device, &create, fd);
	r->handle = create.hResource;
	return result;
}

static HRESULT share(struct device *d, const struct resource *r, int *fd)
{
	return d->is11 ? vprot_d3d11ddi_share_resource(d->ddi11.device, r->handle11, fd) :
			 vprot_d3dddi_share_resource(d->ddi.device, r->handle, fd);
}

static HRESULT lock(struct device *d, const struct resource *r, VOID **data)
{
	return d->is11 ? vprot_d3d11ddi_map(d->ddi11.device, r->handle11, 0, data, NULL) :
			 vprot_d3dddi_lock(d->ddi.device, r->handle, 0, data, NULL);
}

static void destroy(struct device *d, const struct resource *r)
{
	vt_ddi_must(d->is11 ? vprot_d3d11ddi_destroy_resource(d->ddi11.device, r->handle11) :
			      vprot_d3dddi_destroy_resource(d->ddi.device, r->handle),
		    "destroy_resource");
}

/* --- another process -------------------------------------------------------------------------- */

/* What a process got that tried to open the resource, and then to lock it. */
struct outcome {
	HRESULT open, lock;
	__u8 first;	/* byte, if it could lock it */
};

struct opener {
	pid_t pid;
	int pidfd, socket;
};

static void open_when_told(int socket, bool is11, UINT lockable, int fd)
{
	struct device d;
	char byte;

	open_device(&d, is11);
	while (read(socket, &byte, 1) == 1) {
		struct outcome outcome = { .lock = E_FAIL };
		struct resource r;
		VOID *data;

		outcome.open = create(&d, &r, lockable, 0, fd);
		if (outcome.open == S_OK)
			outcome.lock = lock(&d, &r, &data);
		if (outcome.lock == S_OK)
			outcome.first = *(__u8 *)data;
		/* What a device has opened it need not open again. */
		if (outcome.open == S_OK)
			destroy(&d, &r);
		if (write(socket, &outcome, sizeof(outcome)) != sizeof(outcome))
			break;
	}
	_exit(0);
}

static void begin(struct opener *opener, bool is11, UINT lockable, int fd)
{
	opener->pid = vt_fork(&opener->socket);
	if (!opener->pid)
		open_when_told(opener->socket, is11, lockable, fd);
	opener->pidfd = syscall(SYS_pidfd_open, opener->pid, 0);
	if (opener->pidfd < 0)
		vt_fatal("pidfd_open: %s", strerror(errno));
}

static struct outcome opens(const struct opener *opener)
{
	struct outcome outcome;

	if (write(opener->socket, "", 1) != 1 ||
	    read(opener->socket, &outcome, sizeof(outcome)) != sizeof(outcome))
		vt_fatal("the other process has ended");
	return outcome;
}

/* --- what is shared --------------------------------------------------------------------------- */

FIXTURE(sharing) {
	struct device maker;
	struct resource resource;
	struct vt_channel c;
	struct opener one, two;
	int fd;
};

FIXTURE_VARIANT(sharing) {
	bool is11;
	UINT lockable;
};

FIXTURE_VARIANT_ADD(sharing, d3d9_protected) {
	.is11 = false,
};

FIXTURE_VARIANT_ADD(sharing, d3d9_lockable) {
	.is11 = false,
	.lockable = 1,
};

FIXTURE_VARIANT_ADD(sharing, d3d11_protected) {
	.is11 = true,
};

FIXTURE_VARIANT_ADD(sharing, d3d11_lockable) {
	.is11 = true,
	.lockable = 1,
};

FIXTURE_SETUP(sharing)
{
	open_device(&self->maker, variant->is11);
	vt_ddi_channel_open(&self->maker.ddi, &self->c);
}

FIXTURE_TEARDOWN(sharing)
{
}

/* Makes the resource, and processes that may try to open it. */
#define SHARE(restrict_shared) do { \
	ASSERT_EQ(S_OK, create(&self->maker, &self->resource, variant->lockable, restrict_shared, \
			       -1)); \
	ASSERT_EQ(S_OK, share(&self->maker, &self->resource, &self->fd)); \
	begin(&self->one, variant->is11, variant->lockable, self->fd); \
	begin(&self->two, variant->is11, variant->lockable, self->fd); \
} while (0)

static HRESULT let_in(struct device *d, struct vt_channel *c, const struct opener *opener,
		      BOOL allow)
{
	D3DAUTHENTICATEDCHANNEL_CONFIGURESHAREDRESOURCE share = {
		.ProcessIdentiferType = PROCESSIDTYPE_HANDLE,
		.ProcessHandle = (HANDLE)(intptr_t)opener->pidfd,
		.AllowAccess = allow,
	};

	return VT_DDI_TELL(&d->ddi, c, SHAREDRESOURCE, &share);
}

static UINT unrestricted(struct device *d, struct vt_channel *c)
{
	D3DAUTHENTICATEDCHANNEL_QUERYUNRESTRICTEDPROTECTEDSHAREDRESOURCECOUNT_OUTPUT count;
	D3DAUTHENTICATEDCHANNEL_QUERY_INPUT input;

	vt_ddi_must(VT_DDI_ASK(&d->ddi, c, UNRESTRICTEDPROTECTEDSHAREDRESOURCECOUNT, &input,
			       &count), "UNRESTRICTEDPROTECTEDSHAREDRESOURCECOUNT");
	return count.NumUnrestrictedProtectedSharedResources;
}

TEST_F(sharing, with_everyone)
{
	SHARE(0);
	EXPECT_EQ(S_OK, opens(&self->one).open);
	EXPECT_EQ(S_OK, opens(&self->two).open);
	/* Letting processes in does not restrict it. */
	EXPECT_EQ(S_OK, let_in(&self->maker, &self->c, &self->one, 1));
	EXPECT_EQ(S_OK, opens(&self->two).open);
	EXPECT_EQ(1, unrestricted(&self->maker, &self->c));
}

TEST_F(sharing, with_those_let_in)
{
	struct vt_channel others;
	struct resource again;
	struct device other;

	SHARE(1);
	EXPECT_EQ(0, unrestricted(&self->maker, &self->c));
	EXPECT_EQ(E_ACCESSDENIED, opens(&self->one).open);
	EXPECT_EQ(E_ACCESSDENIED, opens(&self->two).open);
	/* The process that made it needs nobody's leave, in another device of its own. */
	open_device(&other, variant->is11);
	EXPECT_EQ(S_OK, create(&other, &again, variant->lockable, 1, self->fd));

	EXPECT_EQ(S_OK, let_in(&self->maker, &self->c, &self->one, 1));
	EXPECT_EQ(S_OK, opens(&self->one).open);
	EXPECT_EQ(E_ACCESSDENIED, opens(&self->two).open);
	/* A channel of another device has no say. */
	vt_ddi_channel_open(&other.ddi, &others);
	EXPECT_EQ(S_OK, let_in(&other, &others, &self->two, 1));
	EXPECT_EQ(E_ACCESSDENIED, opens(&self->two).open);

	EXPECT_EQ(S_OK, let_in(&self->maker, &self->c, &self->one, 0));
	EXPECT_EQ(E_ACCESSDENIED, opens(&self->one).open);
}

/* Whoever has opened it, the demands of the device that made it count. */
TEST_F(sharing, locks)
{
	D3DAUTHENTICATEDCHANNEL_CONFIGUREPROTECTION protect = { .Protections = { .Value = 1 } };
	struct outcome outcome;
	VOID *data;

	SHARE(1);
	EXPECT_EQ(S_OK, let_in(&self->maker, &self->c, &self->one, 1));
	if (!variant->lockable) {
		EXPECT_EQ(E_ACCESSDENIED, lock(&self->maker, &self->resource, &data));
		EXPECT_EQ(E_ACCESSDENIED, opens(&self->one).lock);
		return;
	}
	ASSERT_EQ(S_OK, lock(&self->maker, &self->resource, &data));
	*(__u8 *)data = 0x3c;
	outcome = opens(&self->one);
	EXPECT_EQ(S_OK, outcome.lock);
	EXPECT_EQ(0x3c, outcome.first);

	EXPECT_EQ(S_OK, VT_DDI_TELL(&self->maker.ddi, &self->c, PROTECTION, &protect));
	EXPECT_EQ(E_ACCESSDENIED, lock(&self->maker, &self->resource, &data));
	outcome = opens(&self->one);
	EXPECT_EQ(S_OK, outcome.open);
	EXPECT_EQ(E_ACCESSDENIED, outcome.lock);

	protect.Protections.Value = 0;
	EXPECT_EQ(S_OK, VT_DDI_TELL(&self->maker.ddi, &self->c, PROTECTION, &protect));
	EXPECT_EQ(S_OK, lock(&self->maker, &self->resource, &data));
	outcome = opens(&self->one);
	EXPECT_EQ(S_OK, outcome.lock);
	EXPECT_EQ(0x3c, outcome.first);
}

/* --- devices of D3D9 -------------------------------------------------------------------------- */

TEST(d3d9_between_devices)
{
	static const __u8 zero[SIZE];
	VPROT_D3DDDIARG_CREATERESOURCE open = { .Pitch = SIZE, .Height = 1, .SurfCount = 1 };
	struct vt_ddi_session mine, theirs;
	HANDLE clear, secret, copy, sealed;
	struct vt_ddi one, two;
	__u8 iv[16] = { 0 };
	int fd = -1;

	vt_ddi_open(&one, 0);
	vt_ddi_open(&two, 0);
	vt_ddi_session_open(&mine, &one);
	vt_ddi_session_open(&theirs, &two);
	clear = vt_ddi_create_resource(&one, false, SIZE);
	secret = vt_ddi_create_resource(&one, true, SIZE);
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_share_resource(one.device, clear, NULL));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3dddi_share_resource(two.device, clear, &fd));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3dddi_share_resource(one.device, NULL, &fd));
	EXPECT_EQ(-1, fd);

	/* The memory is the same. */
	ASSERT_EQ(S_OK, vprot_d3dddi_share_resource(one.device, clear, &fd));
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_shared_resource(two.device, &open, -1));
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_shared_resource(two.device, &open, 999));
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_shared_resource(two.device, &open, vt_open()));
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_shared_resource(two.device, NULL, fd));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  vprot_d3dddi_open_shared_resource(one.adapter, &open, fd));
	open.Height = 2;
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_shared_resource(two.device, &open, fd));
	open.Height = 1;
	ASSERT_EQ(S_OK, vprot_d3dddi_open_shared_resource(two.device, &open, fd));
	close(fd);
	copy = open.hResource;
	memset(vt_ddi_lock(&one, clear), 0x3c, SIZE);
	EXPECT_EQ(0x3c, ((__u8 *)vt_ddi_lock(&two, copy))[SIZE - 1]);
	ASSERT_EQ(S_OK, vprot_d3dddi_destroy_resource(one.device, clear));
	EXPECT_EQ(0x3c, ((__u8 *)vt_ddi_lock(&two, copy))[0]);

	/* Its secrets stay those of the session that wrote them, and end with it. */
	ASSERT_TRUE(vt_ddi_key_works_in(&mine, secret, SIZE));
	ASSERT_EQ(S_OK, vprot_d3dddi_share_resource(one.device, secret, &fd));
	open.RestrictedContent = 1;
	ASSERT_EQ(S_OK, vprot_d3dddi_open_shared_resource(two.device, &open, fd));
	close(fd);
	sealed = open.hResource;
	EXPECT_EQ(E_ACCESSDENIED, vt_ddi_encrypt(&theirs, sealed, copy, SIZE, iv));
	EXPECT_EQ(E_ACCESSDENIED, vt_ddi_decrypt(&theirs, copy, sealed, SIZE, iv));
	EXPECT_EQ(0x3c, ((__u8 *)vt_ddi_lock(&two, copy))[0]);
	vt_ddi_close(&one);
	EXPECT_TRUE(vt_ddi_holds(&theirs, sealed, zero, SIZE));
	EXPECT_TRUE(vt_ddi_key_works_in(&theirs, sealed, SIZE));
}

/* --- changes of protection -------------------------------------------------------------------- */

static HRESULT protect(struct device *d, const struct resource *r, BOOL protected)
{
	return VT_REPORTED(&d->ddi11, d->ddi11.d2.pfnSetHardwareProtection
			   (d->ddi11.device, r->handle11, protected));
}

/* What a resource was created with it is again, when it is no more, or again, protected. */
TEST(protection_keeps_restrictions)
{
	D3DAUTHENTICATEDCHANNEL_CONFIGUREPROTECTION demand = { .Protections = { .Value = 1 } };
	struct resource lockable, secret;
	struct opener opener;
	struct vt_channel c;
	struct device d;
	VOID *data;
	int fd;

	open_device(&d, true);
	vt_ddi_channel_open(&d.ddi, &c);
	ASSERT_EQ(S_OK, create(&d, &lockable, 1, 1, -1));
	ASSERT_EQ(S_OK, create(&d, &secret, 0, 1, -1));
	ASSERT_EQ(S_OK, protect(&d, &lockable, 1));
	EXPECT_EQ(E_ACCESSDENIED, lock(&d, &lockable, &data));
	ASSERT_EQ(S_OK, share(&d, &lockable, &fd));
	begin(&opener, true, 1, fd);
	EXPECT_EQ(E_ACCESSDENIED, opens(&opener).open);
	ASSERT_EQ(S_OK, protect(&d, &lockable, 0));
	EXPECT_EQ(S_OK, lock(&d, &lockable, &data));
	ASSERT_EQ(S_OK, share(&d, &lockable, &fd));
	begin(&opener, true, 1, fd);
	EXPECT_EQ(E_ACCESSDENIED, opens(&opener).open);
	EXPECT_EQ(S_OK, VT_DDI_TELL(&d.ddi, &c, PROTECTION, &demand));
	EXPECT_EQ(E_ACCESSDENIED, lock(&d, &lockable, &data));

	/* One that was made protected is in plain memory meanwhile, which anyone can open. */
	ASSERT_EQ(S_OK, protect(&d, &secret, 0));
	EXPECT_EQ(S_OK, lock(&d, &secret, &data));
	ASSERT_EQ(S_OK, share(&d, &secret, &fd));
	begin(&opener, true, 1, fd);
	EXPECT_EQ(S_OK, opens(&opener).open);
	ASSERT_EQ(S_OK, protect(&d, &secret, 1));
	ASSERT_EQ(S_OK, share(&d, &secret, &fd));
	begin(&opener, true, 0, fd);
	EXPECT_EQ(E_ACCESSDENIED, opens(&opener).open);
}

TEST_HARNESS_MAIN
