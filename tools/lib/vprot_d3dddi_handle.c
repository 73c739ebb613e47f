// SPDX-License-Identifier: MIT
/*
 * The handles of the DDI. A handle is a number, never an address: what a caller gives is looked up.
 * Numbers are not used again (with handles of 32 bits, not before all others were), so that a stale
 * one is never taken for another.
 */
#include <pthread.h>
#include <stdlib.h>

#include "vprot_d3dddi_priv.h"

#define BUCKETS	256

/* Protects the table and what in an object says so. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* An object without a handle has lost its last user. */
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;
static struct ddi_object *buckets[BUCKETS];
static uintptr_t last_handle;

static struct ddi_object **bucket(HANDLE handle)
{
	return &buckets[(uintptr_t)handle % BUCKETS];
}

/* Where the table points to the object of a handle, or to NULL. */
static struct ddi_object **find(HANDLE handle)
{
	struct ddi_object **link = bucket(handle);

	while (*link && (*link)->handle != handle)
		link = &(*link)->next;
	return link;
}

/* The same, if it is of that kind and owner. */
static struct ddi_object **find_of(enum ddi_kind kind, HANDLE handle, HANDLE owner)
{
	struct ddi_object **link = find(handle);

	return *link && (*link)->kind == kind && (*link)->owner == owner ? link : NULL;
}

/* Take an object out of the table, and wait until nobody holds it. */
static struct ddi_object *take(struct ddi_object **link)
{
	struct ddi_object *object = *link;

	*link = object->next;
	object->handle = NULL;
	while (object->users)
		pthread_cond_wait(&idle, &lock);
	return object;
}

static HANDLE draw_number(void)
{
	HANDLE number;

	pthread_mutex_lock(&lock);
	do {
		last_handle++;
		number = (HANDLE)last_handle;
	} while (!number || *find(number));
	pthread_mutex_unlock(&lock);
	return number;
}

struct ddi_object *ddi_new(enum ddi_kind kind, HANDLE owner)
{
	struct ddi_object *object = calloc(1, sizeof(*object));

	if (object) {
		object->kind = kind;
		object->owner = owner;
		object->number = draw_number();
	}
	return object;
}

void ddi_free(struct ddi_object *object)
{
	if (!object)
		return;
	vprot_session_unref(object->session);
	vprot_channel_unref(object->channel);
	vprot_buffer_unref(object->buffer);
	vprot_device_unref(object->dev);
	free(object->data);
	free(object);
}

HANDLE ddi_add(struct ddi_object *object)
{
	/* Once it is in the table, another thread may close it. */
	HANDLE handle = object->number;

	pthread_mutex_lock(&lock);
	object->handle = handle;
	object->next = *bucket(handle);
	*bucket(handle) = object;
	pthread_mutex_unlock(&lock);
	return handle;
}

struct ddi_object *ddi_get(enum ddi_kind kind, HANDLE handle, HANDLE owner)
{
	struct ddi_object *object = NULL, **link;

	pthread_mutex_lock(&lock);
	link = find_of(kind, handle, owner);
	if (link) {
		object = *link;
		object->users++;
	}
	pthread_mutex_unlock(&lock);
	return object;
}

void ddi_put(struct ddi_object *object)
{
	if (!object)
		return;
	pthread_mutex_lock(&lock);
	if (!--object->users && !object->handle)
		pthread_cond_broadcast(&idle);
	pthread_mutex_unlock(&lock);
}

HRESULT ddi_close(enum ddi_kind kind, HANDLE handle, HANDLE owner)
{
	struct ddi_object *object = NULL, **link;

	pthread_mutex_lock(&lock);
	link = find_of(kind, handle, owner);
	if (link)
		object = take(link);
	pthread_mutex_unlock(&lock);
	if (!object)
		return D3DDDIERR_INVALIDHANDLE;

	/* Unlocked: the end of a session waits for its blits. */
	ddi_free(object);
	return S_OK;
}

void ddi_close_owned(HANDLE owner)
{
	struct ddi_object *object, **link;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		do {
			object = NULL;
			pthread_mutex_lock(&lock);
			link = &buckets[i];
			while (*link && (*link)->owner != owner)
				link = &(*link)->next;
			if (*link)
				object = take(link);
			pthread_mutex_unlock(&lock);
			ddi_free(object);
		} while (object);
	}
}
