/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Authenticated channels through the functions of the D3D9 DDI. Their messages are made and checked
 * with those of channel.h; a struct vt_channel here has no file, as the DDI knows none.
 */
#ifndef DDI_CHANNEL_H
#define DDI_CHANNEL_H

#include "channel.h"
#include "ddi.h"

/** vt_ddi_channel_open() - a channel that has its key and its sequence numbers; its handle */
HANDLE vt_ddi_channel_open(struct vt_ddi *ddi, struct vt_channel *c);
/** vt_ddi_tell() - send a command; its answer has to be signed, and to say what was returned */
HRESULT vt_ddi_tell(struct vt_ddi *ddi, struct vt_channel *c, const GUID *type, void *input,
		    UINT size);
/** vt_ddi_ask() - the same for a question */
HRESULT vt_ddi_ask(struct vt_ddi *ddi, struct vt_channel *c, const GUID *type, void *input,
		   UINT size, void *output, UINT output_size);

/** VT_DDI_TELL() - the same with the name of the command and its structure */
#define VT_DDI_TELL(ddi, c, type, input) \
	vt_ddi_tell(ddi, c, &D3DAUTHENTICATEDCONFIGURE_##type, input, sizeof(*(input)))
/** VT_DDI_ASK() - the same with the name of the question and its structures */
#define VT_DDI_ASK(ddi, c, type, input, output) \
	vt_ddi_ask(ddi, c, &D3DAUTHENTICATEDQUERY_##type, input, sizeof(*(input)), output, \
		   sizeof(*(output)))

#endif
