// SPDX-License-Identifier: MIT
/*
 * ioctls of the device: made from the table of their fields, checked against the interface.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <vprot_channel.h>

#include "calls.h"

#define PAGE		4096
#define FIELD_MEMORY	1024	/* bytes of good memory for a field, behind the first page */

int fz_ioctl(struct fz_thread *t, int fd, unsigned long request, void *arg)
{
	int result;

	fz_enter(t);
	result = ioctl(fd, request, arg) < 0 ? -errno : 0;
	fz_leave(t);
	return result;
}

__u64 fz_pointer(struct fz_thread *t, __u64 kind, void *good)
{
	switch (kind) {
	case FZ_NULL:
		return 0;
	case FZ_BAD:
		return (uintptr_t)t->bad;
	case FZ_EDGE:
		return (uintptr_t)t->bad - 8;
	case FZ_READ_ONLY:
		return (uintptr_t)t->read_only;
	case FZ_KERNEL:
		return 0xffff888000001000ull;
	case FZ_ODD:
		return (uintptr_t)good + 1;
	case FZ_MAPPED:
		return (uintptr_t)fz_get_slot(FZ_MAP, 0).memory;
	default:
		return (uintptr_t)good;
	}
}

void *fz_memory(struct fz_thread *t, const struct fz_call *call, const char *field)
{
	return t->good + PAGE + fz_field_index(call->type, field) * FIELD_MEMORY;
}

static void put_number(__u8 *at, size_t size, __u64 value, bool big_endian)
{
	for (size_t i = 0; i < size; i++, value >>= 8)
		at[big_endian ? size - 1 - i : i] = value;
}

static const struct drm_vprot_guid encryption = DRM_VPROT_ENCRYPTION_AES128_CTR;

static void put_guid(void *at, __u64 value)
{
	const struct drm_vprot_guid none = { .data1 = value };

	memcpy(at, value ? &none : &encryption, sizeof(none));
}

void fz_fill(struct fz_thread *t, const struct fz_call *call, void *arg)
{
	const struct fz_field *field = call->type->fields;

	memset(arg, 0, call->type->size);
	for (int i = 0; field[i].name; i++) {
		__u8 *at = (__u8 *)arg + field[i].offset;
		__u64 value = call->value[i];

		if (!field[i].size || field[i].makes)
			continue;
		if (field[i].kind == FZ_GUID) {
			put_guid(at, value);
			continue;
		}
		if (field[i].kind < FZ_KINDS)
			value = field[i].size == sizeof(__u64) ?
				fz_get_slot(field[i].kind, value).name :
				fz_get_slot(field[i].kind, value).handle;
		else if (field[i].kind == FZ_POINTER)
			value = fz_pointer(t, value, fz_memory(t, call, field[i].name));
		put_number(at, field[i].size, value, field[i].kind == FZ_BIG_ENDIAN);
	}
}

static struct fz_slot call_slot(const struct fz_call *call)
{
	const struct fz_field *field = call->type->fields;
	struct fz_slot slot = { .fd = -1 };

	for (int i = 0; field[i].name; i++) {
		if (field[i].kind >= FZ_KINDS || field[i].makes)
			continue;
		if (field[i].named && call->value[i] == field[i].usual)
			continue;
		/* The first one, but "via" wins. */
		if (field[i].named || slot.fd < 0)
			slot = fz_get_slot(field[i].kind, call->value[i]);
	}
	return slot;
}

int fz_call_fd(const struct fz_call *call)
{
	return call_slot(call).fd;
}

/* Where the structure itself lies when it does not lie well; NULL: in no memory of ours. */
static void *arg_alias(struct fz_thread *t, __u64 kind, void *arg, size_t size)
{
	struct fz_slot map;

	switch (kind) {
	case FZ_GOOD:
		return arg;
	case FZ_READ_ONLY:
		return memcpy(t->read_only_alias, arg, size);
	case FZ_ODD:
		return memmove((__u8 *)arg + 1, arg, size);
	case FZ_MAPPED:
		map = fz_get_slot(FZ_MAP, 0);
		if (map.memory && map.size >= size)
			return memcpy(map.memory, arg, size);
	}
	return NULL;
}

/* Errors of all ioctls: the header's, and that the file is not there any more. */
static bool documented(const struct fz_type *type, int error)
{
	switch (error) {
	case 0:
	case ENODEV:
	case EINVAL:
	case EFAULT:
	case ENOMEM:
	case EBADF:
		return true;
	}
	for (const int *known = type->errors; known && *known; known++)
		if (error == *known)
			return true;
	return !type->errors;
}

void fz_check_error(struct fz_thread *t, const struct fz_call *call, int result)
{
	if (result == -EAGAIN)
		fz_violation(t, "-EAGAIN, which callers repeat for ever");
	else if (!documented(call->type, -result))
		fz_violation(t, "the error %s is not documented", strerror(-result));
}

static void make_slots(struct fz_thread *t, const struct fz_call *call, const struct fz_slot *by,
		       const void *arg)
{
	const struct fz_field *field = call->type->fields;
	struct fz_slot slot = { .fd = by->fd, .file = by->file };
	__u64 name = 0;

	for (int i = 0; field[i].name; i++)
		if (!strcmp(field[i].name, "name"))
			name = call->value[i];
	for (int i = 0; field[i].name; i++) {
		if (!field[i].makes || !field[i].size)
			continue;
		memcpy(&slot.handle, (const __u8 *)arg + field[i].offset, sizeof(slot.handle));
		slot.name = name ? name : slot.handle;
		if (!slot.handle && fz_value(call, "arg") == FZ_GOOD)
			fz_violation(t, "the handle 0 is given out");
		fz_put(field[i].kind, call->value[i], slot);
	}
}

int fz_call_ioctl(struct fz_thread *t, const struct fz_call *call, void *arg)
{
	__u64 where = fz_value(call, "arg");
	struct fz_slot by = call_slot(call);
	void *alias;
	int result;

	if (!call->type->run)
		fz_fill(t, call, arg);
	alias = arg_alias(t, where, arg, call->type->size);
	result = fz_ioctl(t, by.fd, call->type->request,
			  (void *)(uintptr_t)fz_pointer(t, where, arg));
	fz_check_error(t, call, result);
	if (!result && alias) {
		if (alias != arg)
			memmove(arg, alias, call->type->size);
		make_slots(t, call, &by, arg);
	}
	return result;
}

int fz_raw(struct fz_thread *t, const struct fz_call *call)
{
	__u64 word = fz_value(call, "word");
	unsigned long request = _IOC(fz_value(call, "direction") & 3, DRM_IOCTL_BASE,
				     (DRM_COMMAND_BASE + fz_value(call, "nr")) & 255,
				     fz_value(call, "size") & _IOC_SIZEMASK);

	for (int i = 0; i < PAGE / sizeof(word); i++)
		memcpy(t->good + i * sizeof(word), &word, sizeof(word));
	return fz_ioctl(t, fz_call_fd(call), request,
			(void *)(uintptr_t)fz_pointer(t, fz_value(call, "arg"), t->good));
}
