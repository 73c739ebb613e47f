/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vprot

#if !defined(__VPROT_TRACE_H__) || defined(TRACE_HEADER_MULTI_READ)
#define __VPROT_TRACE_H__

#include <linux/tracepoint.h>

#include "vprot_blt.h"
#include "vprot_channel.h"
#include "vprot_session.h"

DECLARE_EVENT_CLASS(vprot_session,
		    TP_PROTO(const struct vprot_session *session),
		    TP_ARGS(session),
		    TP_STRUCT__entry(__field(const void *, session)
				     __field(u32, handle)
				     __field(u32, crypto_type)
				     __field(u32, key_exchange_type)),
		    TP_fast_assign(__entry->session = session;
				   __entry->handle = session->handle;
				   __entry->crypto_type = session->crypto_type;
				   __entry->key_exchange_type = session->key_exchange_type;),
		    TP_printk("session=%p handle=%u crypto_type=%u key_exchange_type=%u",
			      __entry->session, __entry->handle, __entry->crypto_type,
			      __entry->key_exchange_type)
);

DEFINE_EVENT(vprot_session, vprot_session_create,
	     TP_PROTO(const struct vprot_session *session),
	     TP_ARGS(session)
);
DEFINE_EVENT(vprot_session, vprot_session_destroy,
	     TP_PROTO(const struct vprot_session *session),
	     TP_ARGS(session)
);
DEFINE_EVENT(vprot_session, vprot_session_lose,
	     TP_PROTO(const struct vprot_session *session),
	     TP_ARGS(session)
);

DECLARE_EVENT_CLASS(vprot_epoch,
		    TP_PROTO(const struct vprot_session *session, u64 epoch),
		    TP_ARGS(session, epoch),
		    TP_STRUCT__entry(__field(const void *, session)
				     __field(u32, handle)
				     __field(u64, epoch)),
		    TP_fast_assign(__entry->session = session;
				   __entry->handle = session->handle;
				   __entry->epoch = epoch;),
		    TP_printk("session=%p handle=%u epoch=%llu",
			      __entry->session, __entry->handle, __entry->epoch)
);

DEFINE_EVENT(vprot_epoch, vprot_session_key,
	     TP_PROTO(const struct vprot_session *session, u64 epoch),
	     TP_ARGS(session, epoch)
);
DEFINE_EVENT(vprot_epoch, vprot_refresh_start,
	     TP_PROTO(const struct vprot_session *session, u64 epoch),
	     TP_ARGS(session, epoch)
);
DEFINE_EVENT(vprot_epoch, vprot_refresh_finish,
	     TP_PROTO(const struct vprot_session *session, u64 epoch),
	     TP_ARGS(session, epoch)
);

TRACE_EVENT(vprot_blt_submit,
	    TP_PROTO(const struct vprot_job *job),
	    TP_ARGS(job),
	    TP_STRUCT__entry(__field(const void *, job)
			     __field(const void *, session)
			     __field(u32, handle)
			     __field(u32, num_blts)
			     __field(u64, epoch)
			     __field(bool, encrypts)),
	    TP_fast_assign(__entry->job = job;
			   __entry->session = job->session;
			   __entry->handle = job->session->handle;
			   __entry->num_blts = job->num_blts;
			   __entry->epoch = job->epoch;
			   __entry->encrypts = job->encrypts;),
	    TP_printk("job=%p session=%p handle=%u %s blts=%u epoch=%llu",
		      __entry->job, __entry->session, __entry->handle, __entry->encrypts ?
		      "encryption" : "decryption", __entry->num_blts, __entry->epoch)
);

TRACE_EVENT(vprot_blt_run,
	    TP_PROTO(const struct vprot_job *job),
	    TP_ARGS(job),
	    TP_STRUCT__entry(__field(const void *, job)
			     __field(u64, epoch)),
	    TP_fast_assign(__entry->job = job;
			   __entry->epoch = job->epoch;),
	    TP_printk("job=%p epoch=%llu", __entry->job, __entry->epoch)
);

TRACE_EVENT(vprot_blt_help,
	    TP_PROTO(const struct vprot_job *job, unsigned int chunks),
	    TP_ARGS(job, chunks),
	    TP_STRUCT__entry(__field(const void *, job)
			     __field(u64, epoch)
			     __field(unsigned int, chunks)),
	    TP_fast_assign(__entry->job = job;
			   __entry->epoch = job->epoch;
			   __entry->chunks = chunks;),
	    TP_printk("job=%p epoch=%llu chunks=%u", __entry->job, __entry->epoch,
		      __entry->chunks)
);

TRACE_EVENT(vprot_blt_done,
	    TP_PROTO(const struct vprot_job *job, u64 moved, int ret),
	    TP_ARGS(job, moved, ret),
	    TP_STRUCT__entry(__field(const void *, job)
			     __field(u64, epoch)
			     __field(u64, moved)
			     __field(int, ret)),
	    TP_fast_assign(__entry->job = job;
			   __entry->epoch = job->epoch;
			   __entry->moved = moved;
			   __entry->ret = ret;),
	    TP_printk("job=%p epoch=%llu moved=%llu ret=%d",
		      __entry->job, __entry->epoch, __entry->moved, __entry->ret)
);

TRACE_EVENT(vprot_blt_signal,
	    TP_PROTO(const struct vprot_job *job, int ret),
	    TP_ARGS(job, ret),
	    TP_STRUCT__entry(__field(const void *, job)
			     __field(u64, epoch)
			     __field(int, ret)),
	    TP_fast_assign(__entry->job = job;
			   __entry->epoch = job->epoch;
			   __entry->ret = ret;),
	    TP_printk("job=%p epoch=%llu ret=%d", __entry->job, __entry->epoch, __entry->ret)
);

DECLARE_EVENT_CLASS(vprot_channel,
		    TP_PROTO(const struct vprot_channel *channel),
		    TP_ARGS(channel),
		    TP_STRUCT__entry(__field(const void *, channel)
				     __field(u32, handle)),
		    TP_fast_assign(__entry->channel = channel;
				   __entry->handle = channel->handle;),
		    TP_printk("channel=%p handle=%u", __entry->channel, __entry->handle)
);

DEFINE_EVENT(vprot_channel, vprot_channel_create,
	     TP_PROTO(const struct vprot_channel *channel),
	     TP_ARGS(channel)
);
DEFINE_EVENT(vprot_channel, vprot_channel_destroy,
	     TP_PROTO(const struct vprot_channel *channel),
	     TP_ARGS(channel)
);
DEFINE_EVENT(vprot_channel, vprot_channel_lose,
	     TP_PROTO(const struct vprot_channel *channel),
	     TP_ARGS(channel)
);
DEFINE_EVENT(vprot_channel, vprot_channel_key,
	     TP_PROTO(const struct vprot_channel *channel),
	     TP_ARGS(channel)
);

TRACE_EVENT(vprot_channel_message,
	    TP_PROTO(const struct vprot_channel *channel, bool is_command, u32 sequence,
		     u32 result),
	    TP_ARGS(channel, is_command, sequence, result),
	    TP_STRUCT__entry(__field(const void *, channel)
			     __field(u32, handle)
			     __field(bool, is_command)
			     __field(u32, sequence)
			     __field(u32, result)),
	    TP_fast_assign(__entry->channel = channel;
			   __entry->handle = channel->handle;
			   __entry->is_command = is_command;
			   __entry->sequence = sequence;
			   __entry->result = result;),
	    TP_printk("channel=%p handle=%u %s sequence=%u result=0x%x", __entry->channel,
		      __entry->handle, __entry->is_command ? "command" : "question",
		      __entry->sequence, __entry->result)
);

#endif /* __VPROT_TRACE_H__ */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE vprot_trace
#include <trace/define_trace.h>
