/* SPDX-License-Identifier: MIT */
/*
 * The rules of epochs and refresh, as a model for spin: all that can happen between blits, a client
 * that refreshes, another that finishes refreshes behind its back, one that exchanges keys, and the
 * two ways in which a session ends; and a blit that is queued while they do.
 *
 * The model follows drivers/gpu/drm/vprot step by step. Between any two steps anybody else may come,
 * as far as locks let them. What is done under the spinlock is one step, and so is what is done in a
 * row without that anybody else could tell when.
 *
 *   here                     in the driver
 *   mutex_lock, spin_lock    session->key_mutex and, inside of it, session->lock
 *   key_get, key_put         vprot_key_get(), vprot_key_put(); without references a key is wiped
 *   session_get, session_put kref_get(&session->ref), vprot_session_put()
 *   user_memory              copy_to_user(): takes as long as user space likes
 *   blitter                  a client's call of vprot_blt_ioctl()
 *     unwrap                   vprot_submit_get_content_keys(), and the results are written
 *     accept                   vprot_submit_accept(), the submit point; may_submit and again stand for
 *                              vprot_submit_check()
 *     execute                  vprot_blt_run_run(): a chunk and a vprot_blt_pause() at each turn; of a large
 *                              blit vprot_split_do_chunks(), whose helpers are gone when it is done
 *     drop_keys                the end of vprot_submit_try(), with vprot_submit_drop_keys()
 *     done                     vprot_submit_done()
 *     put                      vprot_job_fini()
 *   queued                   in session->queued; blt_key is then one that others can reach
 *     wait                     a job's dependencies, and vprot_queued_claim()
 *   cancel                   vprot_queue_cancel(), which loss calls and destruction does not
 *   start_refresh            vprot_session_start_refresh() with vprot_session_prepare_key()
 *   finish_refresh           vprot_session_finish_refresh() with vprot_session_pending_epoch()
 *   exchange_key             vprot_session_set_key()
 *   draw_read_back_key       vprot_session_draw_read_back_key() with vprot_session_set_read_back_key()
 *   session_end              vprot_session_end(); loser and destroyer are vprot_loss() and
 *                            vprot_session_destroy_ioctl(), which call it
 *     drain                    wait_event_idle(), and wake_up() in vprot_submit_done()
 *     take                     the keys are taken away
 *     wipe                     vprot_gem_wipe_bound()
 *
 * What has no counterpart in the driver states the rules, and is marked "ghost". The rules are the
 * assertions and the formula at the end.
 *
 * All processes at once have more states than can be visited in a minute, so there are scenarios, by
 * who is there beside a blitter and the destroyer:
 *   REFRESH     another blitter, refresher, finisher
 *   EXCHANGE    refresher, finisher, exchanger
 *   LOSS        another blitter, exchanger, loser
 *   END         refresher
 *   QUEUE       refresher, loser; the blit is queued behind a gate, which does not open during loss
 *
 * Each BROKEN_* is a variant of the driver that breaks a rule, and that spin has to reject.
 * tools/model/run runs all scenarios and variants.
 */

/* --- state ---------------------------------------------------------------------------------------- */

#define NONE		0	/* a NULL pointer */
#define NOBODY		255

/* Keys, each with its number; that of a refreshed key stands for its nonce, too. */
#define FIRST		1
#define REFRESHED	2	/* and 3 */
#define EXCHANGED	4
#define READ_BACK	5
#define CONTENT		6	/* and 7 */
#define NUM_KEYS	8

typedef vprot_key {
	byte refs;
	byte epoch;
	/*
	 * ghost: of a session key, the key exchange that it stems from; of a read-back key, that of
	 * the session key that it was wrapped under; of a content key, the epoch that it was
	 * unwrapped in.
	 */
	byte stem;
	bool applied;		/* ghost: it was made the session key */
}
vprot_key keys[NUM_KEYS];

/* enum vprot_session_life */
#define ALIVE		0
#ifndef BROKEN_DESTROY_HIDES_LOSS
#define DESTROYED	1
#define LOST		2
#else
#define LOST		1
#define DESTROYED	2
#endif

/* struct vprot_session */
byte refs = 1;			/* its handle's */
byte key_mutex = NOBODY;	/* who holds it */
byte pending = NONE;
byte lock = NOBODY;
byte life = ALIVE;
byte key = FIRST;
byte read_back_key = NONE;
byte content_key = NONE;
byte in_flight;
bool asleep[2];			/* who ends the session waits in @idle */

bool handle = true;		/* the file has it */
bool bound;			/* a protected buffer is bound to it */

#ifdef QUEUE
byte blt_key;			/* struct vprot_route of the job that is queued */
bool queued;			/* it is in the session's list */
bool gate;			/* what it waits for has come */
#endif

bool contents;			/* ghost: the buffer is not wiped */
byte exchanges = 1;		/* ghost */
byte begun = 1;			/* ghost: newest epoch that a client knows to have begun */
byte flying;			/* ghost: jobs that were accepted and still have their key */
bool lost;			/* ghost: loss has begun */
bool loss_over;			/* ghost: and has returned, if there is any */
bool destroyed;			/* ghost: destroy has returned */

#define session_key	keys[key]

/* swap(): of pointers, with the references that they stand for. */
#define swap(a, b)	a = a ^ b; b = a ^ b; a = a ^ b

/* --- locks and references ------------------------------------------------------------------------- */

/* A key without references is wiped, and freed. */
#define use(k)		assert(keys[k].refs > 0)

#define key_create(k)	assert(keys[k].refs == 0); keys[k].refs = 1

inline key_get(k)
{
	if
	:: k != NONE -> use(k); keys[k].refs++
	:: else
	fi
}

/* Drop the reference that a variable stands for. */
inline key_put(k)
{
	assert(lock != _pid);
	if
	:: k != NONE -> use(k); keys[k].refs--; k = NONE
	:: else
	fi
}

#define session_get()	assert(refs > 0); refs++

inline session_put()
{
	assert(lock != _pid && refs > 0);
	refs--;
	/* It would be freed with what it has. */
	assert(refs > 0 || !(in_flight || bound || key || pending || read_back_key || content_key))
}

/* vprot_session_lookup(): not once the handle is gone. */
inline session_lookup()
{
	if
	:: handle -> session_get()
	:: else -> goto out
	fi
}

/* May have to wait, so it comes first in a step. */
inline mutex_lock()
{
	key_mutex == NOBODY ->
	assert(refs > 0 && lock != _pid);
	key_mutex = _pid
}

inline mutex_unlock()
{
	assert(key_mutex == _pid && lock != _pid);
	key_mutex = NOBODY
}

/* Held for no longer than a step, so it is free. */
inline spin_lock()
{
	assert(refs > 0 && lock == NOBODY);
	lock = _pid
}

inline spin_unlock()
{
	assert(lock == _pid);
	lock = NOBODY
}

inline user_memory()
{
	assert(key_mutex != _pid && lock != _pid)
}

/* --- blits ---------------------------------------------------------------------------------------- */

#define SESSION_KEY	0	/* DECRYPTION_BLT, key form SESSION */
#define WRAPPED		1	/* DECRYPTION_BLT, key form WRAPPED */
#define ENCRYPTS	2	/* ENCRYPTION_BLT */

#define CHUNKS		2

/* vprot_submit_check() says -EAGAIN when the session key is not the one of the unwrapping any more. */
#define may_submit	(life == ALIVE && key != NONE && (kind != ENCRYPTS || read_back_key != NONE) && \
			 (named == 0 || named == session_key.epoch))
#ifndef BROKEN_NO_RETRY
#define again		(may_submit && key != sub_key)
#else
#define again		false
#endif
#ifndef BROKEN_EPOCH_AT_EXECUTION
#define used_key	blt_key
#else
#define used_key	(kind == SESSION_KEY -> key : blt_key)
#endif

inline drop_keys()
{
	key_put(blt_key);
	key_put(sub_content);
	key_put(sub_key)
}

/* A job lets its key go before its flight ends, and with it what destroy waits for. */
inline let_go()
{
#ifdef BROKEN_BORROWED_KEY
	blt_key = (kind == SESSION_KEY -> NONE : blt_key);
#endif
	key_put(blt_key);
	flying--
}

/* vprot_submit_done() */
inline job_done()
{
#ifndef BROKEN_DONE_TOO_EARLY
	let_go();
#endif
	spin_lock();
	assert(in_flight > 0);
	in_flight--;
#ifndef BROKEN_NO_WAKE_UP
	if
	:: in_flight == 0 -> asleep[0] = false; asleep[1] = false
	:: else
	fi;
#endif
	spin_unlock()
}

/* Give up what is queued; it is nobody else's then. */
inline cancel()
{
#if defined(QUEUE) && !defined(BROKEN_LOSS_KEEPS_QUEUE)
	atomic {
		spin_lock();
		cancelled = queued;
		queued = false;
		spin_unlock()
	}
	atomic {
		if
		:: cancelled -> cancelled = false; job_done()
		:: else
		fi
	}
#else
	skip
#endif
}

proctype blitter(byte kind, own)
{
	byte named;			/* the epoch that the client expects */
	byte known;			/* ghost: an epoch that had begun before it called */
	byte sub_key, sub_content;	/* struct vprot_submission */
#ifndef QUEUE
	byte blt_key;			/* struct vprot_route */
#endif
	byte epoch;			/* struct vprot_job */
	byte chunks;
	byte late;			/* ghost: chunks that began after loss */

	atomic {
		session_lookup();
		known = begun;
		if
		:: named = 0
		:: kind == WRAPPED -> named = known
		fi
	}

unwrap:
	atomic {
		spin_lock();
		sub_key = key;
		sub_content = (kind == WRAPPED -> content_key : NONE);
		key_get(sub_key);
		key_get(sub_content);
		spin_unlock();
		if
		:: kind == WRAPPED && sub_key != NONE ->
			/* The same wrapped form as before is not unwrapped again. */
			if
			:: sub_content != NONE && keys[sub_content].stem == keys[sub_key].epoch
			:: else ->
				key_put(sub_content);
				key_create(own);
				keys[own].stem = keys[sub_key].epoch;
				sub_content = own
			fi;
			blt_key = sub_content;
			key_get(blt_key)
		:: else
		fi;
		user_memory()		/* the results */
	}

accept:
	atomic {
		if
		:: skip
		:: drop_keys(); goto put	/* they cannot be written */
		fi;
		spin_lock();
		if
		:: !may_submit -> spin_unlock(); drop_keys(); goto put
		:: again -> spin_unlock(); drop_keys(); goto unwrap
		:: else
		fi;
		epoch = session_key.epoch;
		/* What a client knows to have begun is not undone by what it submits then. */
		assert(epoch >= known);
		if
		:: kind == SESSION_KEY ->
			blt_key = key;
#ifndef BROKEN_BORROWED_KEY
			key_get(blt_key)
#endif
		:: kind == WRAPPED ->
			/* It was unwrapped under the key whose epoch is reported. */
			assert(keys[blt_key].stem == epoch);
			swap(content_key, sub_content)
		:: kind == ENCRYPTS ->
			blt_key = read_back_key;
			key_get(blt_key);
			/* A key exchange leaves no read-back key that its client does not know. */
			assert(keys[blt_key].stem == session_key.stem)
		fi;
		if
		:: kind != ENCRYPTS && !bound -> session_get(); bound = true
		:: else
		fi;
		in_flight++;
		flying++;
#ifdef QUEUE
		queued = true;
#endif
		spin_unlock();
		key_put(sub_content);
		key_put(sub_key);
		named = 0;
		known = 0
	}

#ifdef QUEUE
wait:
	atomic {
		gate || !queued ->
		spin_lock();
#ifndef BROKEN_RUNS_WHAT_WAS_CANCELLED
		if
		:: !queued -> spin_unlock(); goto put
		:: else
		fi;
#endif
		queued = false;
		spin_unlock()
	}
#endif

execute:
	do
	:: atomic {
			chunks < CHUNKS ->
			chunks++;
			late = late + lost;
			assert(late <= 1);
			use(used_key);
			/* One key for all of it, that of the epoch it reports. */
			assert(kind != SESSION_KEY || keys[used_key].epoch == epoch);
			if
			:: kind != ENCRYPTS -> assert(bound); contents = true
			:: else
			fi;
			if
			:: life == LOST -> break
			:: else
			fi
		}
	:: chunks == CHUNKS -> break
	od;

done:
	atomic { job_done() }
#ifdef BROKEN_DONE_TOO_EARLY
	atomic { let_go() }
#endif

put:
	atomic {
		session_put();
out:
		kind = 0; named = 0; known = 0; epoch = 0; chunks = 0; late = 0
	}
}

/* --- changes of keys ------------------------------------------------------------------------------ */

#define has_key		(life == ALIVE && key != NONE)
#define next_epoch	((key != NONE -> session_key.epoch : 0) + 1)

#ifndef BROKEN_FINISH_UNCHECKED
#define still_pending	(pending != NONE && keys[pending].epoch == epoch)
#else
#define still_pending	(pending != NONE)
#endif

/* vprot_session_swap_key(): @new is the session key, and then stands for the old one. */
inline swap_key(new)
{
	/* Epochs come one after the other, and no nonce, nor any other key, comes twice. */
	assert(key_mutex == _pid && !keys[new].applied);
	assert(keys[new].epoch == next_epoch);
	keys[new].applied = true;
	spin_lock();
	swap(key, new);
	spin_unlock()
}

/* ghost: a client was told that an epoch has begun. */
inline learn(epoch)
{
	begun = (epoch > begun -> epoch : begun);
	epoch = 0
}

/* @next is the key that it makes. */
inline start_refresh(next)
{
	atomic {
		mutex_lock();
		ready = has_key;
		mutex_unlock();
		if
		:: ready ->
			own = next;
			key_create(own);
			user_memory()	/* the nonce */
		:: else
		fi
	}
	if
	:: ready ->
		atomic {
			mutex_lock();
			if
			:: has_key ->
				keys[own].epoch = next_epoch;
				keys[own].stem = session_key.stem;
				swap(pending, own)
			:: else
			fi;
			mutex_unlock();
			key_put(own);
			ready = false
		}
	:: else
	fi
}

inline finish_refresh()
{
	atomic {
		mutex_lock();
		ready = (life == ALIVE && pending != NONE);
		epoch = (ready -> keys[pending].epoch : 0);
		mutex_unlock();
		user_memory()		/* the epoch */
	}
	if
	:: ready ->
		atomic {
			mutex_lock();
			ready = (life == ALIVE && still_pending)
		}
		/* The session's life can end here, but not its end be over. */
		atomic {
			if
			:: ready ->
				own = pending;
#ifndef BROKEN_NONCE_TWICE
				pending = NONE;
#else
				key_get(own);
#endif
				/* The one that was reported. */
				assert(keys[own].epoch == epoch);
				swap_key(own);
				learn(epoch)
			:: else
			fi;
			mutex_unlock();
			key_put(own);
			epoch = 0;
			ready = false
		}
	:: else
	fi
}

inline exchange_key(next)
{
	atomic {
		mutex_lock();
		ready = (life == ALIVE)
	}
	atomic {
		own = next;
		key_create(own);
		if
		:: ready ->
			exchanges++;
			keys[own].epoch = next_epoch;
			keys[own].stem = exchanges;
#ifndef BROKEN_EXCHANGE_KEEPS_PENDING
			swap(pending, old_pending);
#endif
#ifndef BROKEN_EXCHANGE_KEEPS_READ_BACK_KEY
			spin_lock();
			swap(read_back_key, old_read_back_key);
			spin_unlock()
#endif
		:: else
		fi
	}
	atomic {
		if
		:: ready -> epoch = keys[own].epoch; swap_key(own); learn(epoch)
		:: else
		fi;
		mutex_unlock();
		key_put(old_pending);
		key_put(old_read_back_key);
		key_put(own);
		ready = false
	}
}

inline draw_read_back_key(next)
{
	do
	:: atomic {
			mutex_lock();
			if
			:: !has_key -> mutex_unlock(); break
			:: else
			fi;
			wrapped_at = session_key.epoch;
			wrapped_stem = session_key.stem;
			mutex_unlock();
			user_memory()	/* the wrapped key */
		}
		atomic {
			own = next;
			key_create(own);
			keys[own].stem = wrapped_stem;
			mutex_lock();
			if
			:: !has_key -> mutex_unlock(); key_put(own); break
			:: has_key && session_key.epoch != wrapped_at -> mutex_unlock(); key_put(own)
			:: has_key && session_key.epoch == wrapped_at ->
				spin_lock();
				swap(read_back_key, own);
				spin_unlock();
				mutex_unlock();
				key_put(own);
				break
			fi
		}
	od;
	atomic {
		wrapped_at = 0;
		wrapped_stem = 0
	}
}

/* A client that refreshes, and starts again. */
proctype refresher()
{
	byte own, epoch;
	bool ready;

	atomic { session_lookup() }
	start_refresh(REFRESHED);
	if
	:: finish_refresh()
	:: skip			/* it starts anew without */
	fi;
	start_refresh(REFRESHED + 1);
	atomic { session_put() }
out:
	skip
}

/* Another one, whose Finish races. */
proctype finisher()
{
	byte own, epoch;
	bool ready;

	atomic { session_lookup() }
	finish_refresh();
	atomic { session_put() }
out:
	skip
}

proctype exchanger()
{
	byte own, epoch, old_pending, old_read_back_key, wrapped_at;
	byte wrapped_stem;	/* ghost */
	bool ready;

	atomic { session_lookup() }
	draw_read_back_key(READ_BACK);
	exchange_key(EXCHANGED);
	atomic { session_put() }
out:
	skip
}

/* --- the end of the session ----------------------------------------------------------------------- */

inline wipe_bound()
{
	if
	:: bound ->
		contents = false;
		bound = false;
		session_put()
	:: else
	fi
}

/* @me is 0 or 1, for the two that may be in here at once. */
inline session_end(end, me)
{
	atomic {
		spin_lock();
		life = (life < end -> end : life);
		lost = lost || end == LOST;
		spin_unlock()
	}
	if
	:: end == LOST -> cancel()
	:: else
	fi;

drain:
#ifdef BROKEN_WIPE_BEFORE_DRAIN
	atomic {
		mutex_lock();
		wipe_bound();
		mutex_unlock()
	}
#endif
	do
	:: atomic {
			spin_lock();
			asleep[me] = (in_flight > 0);
			spin_unlock();
			if
			:: !asleep[me] -> break
			:: else
			fi
		}
		!asleep[me]
	od;

take:
	atomic {
		mutex_lock();
		spin_lock();
		swap(key, old_key);
		swap(read_back_key, old_read_back_key);
		swap(content_key, old_content_key);
		spin_unlock();
		swap(pending, old_pending)
	}

wipe:
	atomic {
#ifndef BROKEN_WIPE_BEFORE_DRAIN
		wipe_bound();
#endif
		mutex_unlock();
		key_put(old_pending);
		key_put(old_content_key);
		key_put(old_read_back_key);
		key_put(old_key);
		/* Nothing is left, and nothing comes any more. */
		assert(!(in_flight || flying || contents || key || pending || read_back_key ||
			 content_key))
	}
}

/* The device sleeps or goes away; or it does not. */
proctype loser()
{
	byte old_key, old_read_back_key, old_content_key, old_pending;
	bool cancelled;

	atomic {
		if
		:: refs > 0 -> session_get()
		:: goto out
		fi
	}
	session_end(LOST, 0);
	atomic { session_put() }
out:
	loss_over = true
}

#ifdef QUEUE
/* Loss must not need it. */
proctype opener()
{
	atomic { !lost || loss_over -> gate = true }
}
#endif

proctype destroyer()
{
	byte old_key, old_read_back_key, old_content_key, old_pending;
	bool cancelled;

	handle = false;
	session_end(DESTROYED, 1);
	atomic {
		session_put();
		destroyed = true
	}
}

init {
	byte k, kind;

	atomic {
		keys[FIRST].refs = 1;
		keys[FIRST].epoch = 1;
		keys[FIRST].stem = exchanges;
		keys[FIRST].applied = true;
		/* Blits of any two kinds. */
		select(kind : SESSION_KEY .. ENCRYPTS);
		select(k : SESSION_KEY .. kind);
		run blitter(kind, CONTENT);
#if defined(REFRESH) || defined(LOSS)
		run blitter(k, CONTENT + 1);
#endif
#ifndef LOSS
		run refresher();
#endif
#if defined(REFRESH) || defined(EXCHANGE)
		run finisher();
#endif
#if defined(EXCHANGE) || defined(LOSS)
		run exchanger();
#endif
#if defined(LOSS) || defined(QUEUE)
		run loser();
#endif
#ifdef QUEUE
		run opener();
#endif
		run destroyer()
	}
	/* Every reference that was taken is given back. */
	atomic {
		_nr_pr == 1;
		assert(refs == 0 && key_mutex == NOBODY);
		for (k : FIRST .. NUM_KEYS - 1) {
			assert(keys[k].refs == 0)
		}
	}
}

/* Whatever the clients do, destroy comes to its end. */
ltl destroy_returns { <> destroyed }
