/** The numbers of the worker pool, each with its reason. They are one design: change them together, and measure. */

/** Jobs per message. More would make the first of a batch wait longer for the answer of the last. */
export const BATCH_JOBS_MAX = 8;
/** One batch runs, one waits at the worker: it never idles between two. */
export const BATCHES_IN_FLIGHT_MAX = 2;
/** How often the watchdog looks while there is work: the precision of every deadline. */
export const WATCH_INTERVAL_MS = 5;
/** A job that runs longer than this (a hundred times the usual) may be one that never ends: nobody shall wait behind it. */
export const SLOW_MS = 15;
/** Enough for one worker to be ended at a time without anybody waiting for a thread to start. */
export const SPARES = 1;
/** A job that runs longer than this is most likely lost; it may go on, but only where nobody else wants to. */
export const YIELD_MS = 20;
/** How many stuck workers are made up for: threads cost memory, and stuck ones a processor. */
export const SUBSTITUTES_MAX = 2;
/**
 * Starting a thread takes a tenth of a second of a processor. Where somebody is left to judge, that waits until the
 * disturbance is over: others must not pay for a policy that never ends.
 */
export const REFILL_DELAY_MS = 1500;
/** A worker that cannot even start is not started again at once: it would burn a processor. */
export const RESTART_DELAY_MS = 1000;
/**
 * A large input takes time by itself, about 5 ms for each MiB on an idle processor and several times that on a busy one. It
 * is added to every threshold: who sends large objects must not make workers look stuck and policies look endless.
 */
export const ALLOWANCE_MS_PER_MIB = 60;
