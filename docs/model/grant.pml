/*
 * The life of one grant: a control database, a target, two workers, a bot, a queue, and what goes wrong.
 * README.md beside this file says what is modelled and what is not.
 */

#ifndef KILLS
#define KILLS 2         /* workers killed, or cut off from everything */
#endif
#ifndef STALLS
#define STALLS 1        /* workers stopped for so long that the target ends their transaction */
#endif
#ifndef LOST
#define LOST 1          /* commits on the target with a lost answer */
#endif
#ifndef EXPIRED
#define EXPIRED 1       /* leases that run out while their worker lives: it was slow */
#endif

#define NOBODY 0        /* 1 and 2 are the workers */
#define ORPHAN 3        /* a lease, or a transaction, of a worker that is gone */

mtype = { PROVISIONING, ACTIVE, REVOKING, ENDED, NOTHING, GIVE, TAKE, UNASKED, ASKED, YES, UNKNOWN };

/* The control database. Each atomic block that changes these is one transaction of it. */
mtype state = PROVISIONING;
byte lease = NOBODY;
bool due = false;               /* the end has come, or a person has ended the grant */

/* The target. `member` stands for all that gives access: a login, a membership, a session. */
bool member = false;
byte lock = NOBODY;             /* the transaction that holds the lock of the cluster */
mtype effect = NOTHING;         /* of that transaction, once it commits */
bool sent = false;              /* its COMMIT is on the way: nothing stops it any more */

#ifdef TRUST_THE_QUEUE
bool hint = false;              /* a job of the queue says that the grant is to end */
#endif

bool alive[4] = true;
mtype answer[4] = UNASKED;
byte kills = KILLS, stalls = STALLS, lost = LOST, expired = EXPIRED;

#define MAY_CLAIM_TO_GIVE (state == PROVISIONING && lease == NOBODY && !due)
#define MAY_GIVE (state == PROVISIONING && lease == w && !due)
#define TO_END (state == REVOKING || (due && (state == PROVISIONING || state == ACTIVE)))

inline forget_transaction() {
    lock = NOBODY; effect = NOTHING; sent = false
}

inline send_commit() {
    atomic {
        if
        :: lock == w -> sent = true; answer[w] = ASKED
        :: else -> answer[w] = UNKNOWN
        fi
    };
    answer[w] != ASKED
}

/* A claimed grant becomes a role: target transaction with the fence, then the result. */
inline provision() {
    atomic { lock == NOBODY -> lock = w; effect = GIVE };
#ifndef NO_FENCE
    /* The last look before the commit, in the transaction that holds the lock. */
    atomic {
        if
        :: MAY_GIVE -> skip
        :: else ->
           if
           :: lock == w -> forget_transaction()
           :: else -> skip
           fi
        fi
    };
#endif
    send_commit();
    atomic {
        if
        :: state == PROVISIONING && lease == w && answer[w] == YES -> state = ACTIVE; lease = NOBODY
        :: state == PROVISIONING && lease == w && answer[w] != YES -> lease = NOBODY
        :: else ->      /* a revoker has the grant now, and is told so */
           if
           :: lease == w -> lease = NOBODY
           :: else -> skip
           fi
        fi;
        answer[w] = UNASKED
    }
}

/* A claimed grant ends: target transaction, a look at the target, receipt. */
inline revoke() {
    atomic { lock == NOBODY -> lock = w; effect = TAKE };
    send_commit();
    answer[w] = UNASKED;
    /* Whatever the answer was: only what is seen counts. */
#ifdef NO_LOOK
    saw = false;
#else
    saw = member;
#endif
    atomic {
        if
        :: state == REVOKING && !saw -> state = ENDED
        :: else -> skip
        fi;
        if
        :: lease == w -> lease = NOBODY
        :: else -> skip
        fi
    }
}

/* The second worker may stay away for good: one healthy worker is enough. */
proctype worker(byte w) {
    bool saw;
    do
    :: {
        do
        :: atomic { MAY_CLAIM_TO_GIVE -> lease = w }; provision()
        :: atomic { TO_END && lease == NOBODY -> state = REVOKING; lease = w }; revoke()
#ifdef TRUST_THE_QUEUE
        :: atomic { hint && state == ACTIVE && lease == NOBODY -> state = REVOKING; lease = w; hint = false };
           revoke()
#endif
        od
       } unless { !alive[w] };
       if
       :: w == 1
       :: w == 2
       :: w == 2 -> break
       fi;
       atomic { answer[w] = UNASKED; alive[w] = true }
    od
}

/* The target's server commits what was sent, and ends transactions of clients that are gone or stalled. */
active proctype target() {
    do
    :: atomic {
        sent ->
        if
        :: effect == GIVE -> member = true
        :: effect == TAKE -> assert(due); member = false        /* never early */
        fi;
        if
        :: lock != ORPHAN -> answer[lock] = YES
        :: lock != ORPHAN && lost > 0 -> lost--; answer[lock] = UNKNOWN
        :: lock == ORPHAN -> skip
        fi;
        forget_transaction()
       }
    :: atomic { lock == ORPHAN && !sent -> forget_transaction() }
    :: atomic { lock != NOBODY && lock != ORPHAN && !sent && stalls > 0 -> stalls--; forget_transaction() }
    od
}

/* The lease of a worker is free once its connection is gone; one that lives too long runs out. */
active proctype leases() {
    do
#ifndef NO_TAKEOVER
    :: atomic { lease == ORPHAN -> lease = NOBODY }
#endif
    :: atomic { lease != NOBODY && lease != ORPHAN && expired > 0 -> expired--; lease = NOBODY }
    od
}

/* Kills strike at any moment. What was on its way to the target arrives all the same. */
active proctype kill() {
    byte w;
    do
    :: kills > 0 ->
       atomic {
        select(w : 1 .. 2);
        if
        :: alive[w] ->
           kills--; alive[w] = false;
           if
           :: lock == w -> lock = ORPHAN
           :: else -> skip
           fi;
           if
           :: lease == w -> lease = ORPHAN
           :: else -> skip
           fi
        :: else -> skip
        fi
       }
    :: kills == 0 -> break
    od
}

/* Time passes, or the holder or a reviewer ends the grant in Slack. */
active proctype time_and_people() {
    if
    :: due = true
    :: atomic { state == PROVISIONING || state == ACTIVE -> state = REVOKING; due = true }
    fi
}

#ifdef TRUST_THE_QUEUE
/* A job that somebody forged. */
active proctype queue() {
    hint = true
}
#endif

init {
    atomic { run worker(1); run worker(2) }
}

ltl no_access_after_ended { [] (state == ENDED -> !member) }
ltl ends { [] (due -> <> (state == ENDED)) }
