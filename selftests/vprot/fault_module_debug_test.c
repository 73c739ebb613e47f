// SPDX-License-Identifier: GPL-2.0
/*
 * The insertion of the module with each fault that can happen in it: it fails and leaves nothing
 * behind, or the device works.
 */
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "fault.h"
#include "module.h"
#include "vprot_test.h"

/* When the test has ended; it ends by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	if (access("/sys/module/vprot", F_OK))
		vt_module_insert("");
}

static bool is_gone(void)
{
	return access("/sys/module/vprot", F_OK) &&
	       access("/sys/bus/platform/drivers/vprot", F_OK) &&
	       access("/sys/bus/platform/devices/vprot", F_OK);
}

/* Whether the device has its file in /dev: the kernel registers it with or without. */
static bool has_node(void)
{
	char path[64];
	glob_t nodes;
	bool found;

	if (glob("/sys/bus/platform/devices/vprot/drm/renderD*", 0, NULL, &nodes))
		return false;
	snprintf(path, sizeof(path), "/dev/dri/%s", basename(nodes.gl_pathv[0]));
	found = !access(path, R_OK | W_OK);
	globfree(&nodes);
	return found;
}

static bool has_identity(int fd)
{
	struct drm_vprot_get_caps caps;

	vt_caps(fd, &caps);
	return caps.key_exchange_types & 1 << DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP;
}

struct outcome {
	unsigned int refused;		/* insmod failed */
	unsigned int invalid;		/* with -EINVAL */
	unsigned int without_identity;	/* it succeeded, without a key, as the log says */
	unsigned int without_node;	/* it succeeded, without a file in /dev */
};

static bool device_works(struct outcome *outcome)
{
	struct vt_session s;
	bool works = true;
	int fd;

	if (!has_node()) {
		outcome->without_node++;
		return true;
	}
	fd = vt_open();
	if (has_identity(fd)) {
		vt_session_open(&s, fd, 0);
		works = vt_key_works(&s);
	} else {
		outcome->without_identity++;
		vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	}
	close(fd);
	return works;
}

FIXTURE(module) {
	int fd;
};

FIXTURE_SETUP(module)
{
	self->fd = vt_module_open();
	ASSERT_EQ(0, vt_module_remove());
	vt_fault_setup();
	/*
	 * What happens before the module's own code runs is not ours to show; and after a failure
	 * in drm_minor_alloc() the DRM core uses what it did not get (6.12).
	 */
	for (enum vt_fault kind = 0; kind < VT_FAULT_KINDS; kind++) {
		vt_fault_filter(kind, "require", "do_one_initcall");
		vt_fault_filter(kind, "reject", "drm_minor_alloc");
	}
}

FIXTURE_TEARDOWN(module)
{
}

TEST_F_TIMEOUT(module, insert, 2400)
{
	struct vt_fault_count count = { 0 };
	enum vt_fault kind = VT_FAULT_SLAB;
	struct outcome outcome = { 0 };

	for (unsigned int nth = 1; kind != VT_FAULT_NONE; nth++) {
		int result;

		vt_fault_arm(nth);
		result = syscall(SYS_finit_module, self->fd, "", 0) ? -errno : 0;
		kind = vt_fault_disarm();
		ASSERT_TRUE(kind != VT_FAULT_NONE || !result);
		if (kind != VT_FAULT_NONE)
			count.of[kind]++;
		if (result) {
			ASSERT_TRUE(result == -ENOMEM || result == -ENODEV || result == -EINVAL)
				TH_LOG("fault %u: %s", nth, strerror(-result));
			outcome.refused++;
			outcome.invalid += result == -EINVAL;
			ASSERT_TRUE(is_gone());
		} else {
			ASSERT_TRUE(device_works(&outcome));
			ASSERT_EQ(0, vt_module_remove());
			ASSERT_TRUE(is_gone());
		}
	}
	vt_fault_report("insmod", &count);
	printf("# insmod: %u refused, %u of them as invalid; %u devices without identity, %u without file\n",
	       outcome.refused, outcome.invalid, outcome.without_identity, outcome.without_node);
	EXPECT_GE(count.of[VT_FAULT_SLAB], 100);
	EXPECT_GE(outcome.refused, 50);
	/* These are the kernel's: it forgets the reason. */
	EXPECT_LE(outcome.invalid, 10);
	EXPECT_LE(outcome.without_identity, 30);
	EXPECT_LE(outcome.without_node, 30);
}

TEST_HARNESS_MAIN
