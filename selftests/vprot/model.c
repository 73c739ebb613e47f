// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static void *must_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		vt_fatal("no memory for %zu bytes", size);
	return memory;
}

void vt_model_open(struct vt_model *m, struct vt_session *s, __u64 size, __u64 seed)
{
	memset(m, 0, sizeof(*m));
	m->session = s;
	m->size = size;
	m->seed = seed;
	vt_clear(&m->src, s->fd, size);
	vt_protected(&m->dst, s->fd, size);
	m->expected = must_alloc(size);
	vt_fill(&m->seed, m->src.map, size);
}

/* Encrypted bytes: the key stream, or the chain, runs over them alone. */
struct encrypted {
	__u8 *bytes;
	size_t size;
};

/* Moves the encrypted runs of data to @e (@scatter: back from there). */
static void visit(struct encrypted *e, __u8 *data, size_t size, bool scatter)
{
	if (scatter)
		memcpy(data, e->bytes + e->size, size);
	else
		memcpy(e->bytes + e->size, data, size);
	e->size += size;
}

/* The encrypted part of one subsample. */
static void visit_pattern(struct encrypted *e, const struct drm_vprot_blt *blt, __u8 *data,
			  size_t size, bool scatter)
{
	size_t crypt = blt->crypt_blocks * 16ull, skip = blt->skip_blocks * 16ull;

	if (!crypt) {
		visit(e, data, size, scatter);
		return;
	}
	/* A run of encrypted blocks that is cut short stays clear. */
	while (size >= crypt) {
		visit(e, data, crypt, scatter);
		if (size - crypt <= skip)
			return;
		data += crypt + skip;
		size -= crypt + skip;
	}
}

static void visit_subsamples(struct encrypted *e, const struct drm_vprot_blt *blt, __u8 *data,
			     bool scatter)
{
	const struct drm_vprot_subsample *subsamples = (void *)(uintptr_t)blt->subsamples;

	e->size = 0;
	if (!blt->num_subsamples)
		visit_pattern(e, blt, data, blt->size, scatter);
	for (__u32 i = 0; i < blt->num_subsamples; i++) {
		data += subsamples[i].clear;
		visit_pattern(e, blt, data, subsamples[i].encrypted, scatter);
		data += subsamples[i].encrypted;
	}
}

/* In CBCS each subsample is a chain of its own. */
static void decrypt_chains(struct encrypted *e, const struct drm_vprot_blt *blt, __u8 *data,
			   const __u8 key[VT_KEY])
{
	const struct drm_vprot_subsample whole = { .encrypted = blt->size };
	const struct drm_vprot_subsample *s = (void *)(uintptr_t)blt->subsamples;
	__u32 count = blt->num_subsamples;

	if (!count) {
		s = &whole;
		count = 1;
	}
	for (__u32 i = 0; i < count; i++) {
		data += s[i].clear;
		e->size = 0;
		visit_pattern(e, blt, data, s[i].encrypted, false);
		vt_cbcs(key, blt->iv, e->bytes, e->size, false);
		e->size = 0;
		visit_pattern(e, blt, data, s[i].encrypted, true);
		data += s[i].encrypted;
	}
}

static void model_blt(struct vt_model *m, const struct drm_vprot_blt *blt)
{
	struct encrypted e = { .bytes = must_alloc(blt->size) };
	__u8 *data = m->expected + blt->dst_offset;
	__u8 content_key[VT_KEY];
	const __u8 *key = m->session->key;

	if (blt->key_form == DRM_VPROT_KEY_WRAPPED) {
		vt_unwrap(m->session->key, (void *)(uintptr_t)blt->key, content_key);
		key = content_key;
	} else if (blt->key_form == DRM_VPROT_KEY_KEYRING) {
		key = m->logon;
	}
	memcpy(data, m->src.map + blt->src_offset, blt->size);
	if (m->session->crypto_type == DRM_VPROT_CRYPTO_AES128_CBCS) {
		decrypt_chains(&e, blt, data, key);
	} else {
		visit_subsamples(&e, blt, data, false);
		vt_ctr(key, blt->iv, e.bytes, e.size);
		visit_subsamples(&e, blt, data, true);
	}
	free(e.bytes);
}

int vt_model_submit(struct vt_model *m, struct drm_vprot_blt *blts, __u32 count)
{
	int result;

	for (__u32 i = 0; i < count; i++) {
		blts[i].src = m->src.handle;
		blts[i].dst = m->dst.handle;
	}
	result = vt_submit_array(m->session, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, count);
	if (!result)
		for (__u32 i = 0; i < count; i++)
			model_blt(m, &blts[i]);
	return result;
}

bool vt_model_same(struct vt_model *m, __u64 offset, __u64 size)
{
	__u8 *seen;
	bool same;

	if (offset > m->size)
		offset = m->size;
	if (size > m->size - offset)
		size = m->size - offset;
	seen = must_alloc(size);
	vt_read_back(m->session, &m->dst, offset, seen, size);
	same = !memcmp(seen, m->expected + offset, size);
	if (!same) {
		__u64 i = 0;

		while (seen[i] == m->expected[offset + i])
			i++;
		fprintf(stderr, "# byte %llu is 0x%02x, expected 0x%02x\n",
			(unsigned long long)(offset + i), seen[i], m->expected[offset + i]);
	}
	free(seen);
	return same;
}

__u64 vt_model_random_number(struct vt_model *m, __u64 low, __u64 high)
{
	return low + vt_random(&m->seed) % (high - low + 1);
}

void vt_model_random_iv(struct vt_model *m, __u8 iv[16], __u64 size)
{
	__u64 first = vt_random(&m->seed);

	if (vt_random(&m->seed) % 3)
		vt_iv(iv, first, vt_random(&m->seed) >> 1);
	else
		vt_iv(iv, first | 0xff, -vt_model_random_number(m, 1, size / 16 + 1));
}
