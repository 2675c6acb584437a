/**
 * The timing of the worker pool, each value with its reason. They depend on each other: change them together,
 * and measure.
 */

/** Jobs per message. With more, the first job of a batch would wait longer for the last. */
export const BATCH_JOBS_MAX = 8;
/** One batch runs and one is queued at the worker, so that it is never idle. */
export const BATCHES_IN_FLIGHT_MAX = 2;
/** The interval of the watchdog while there is work: the precision of every deadline. */
export const WATCH_INTERVAL_MS = 1;
/**
 * A job that is seen running for so long (ten times the usual) may be one that never ends: what waits behind it goes to
 * another worker, where there is one. Nothing is held against the job: on a busy machine a thread often rests for so long.
 */
export const OVERTAKE_MS = 1;
/** A job that runs longer than this (a hundred times the usual) counts as slow, and others like it as suspects. */
export const SLOW_MS = 15;
/**
 * No result for so long means that a job runs much longer than the usual ones. Others that come alone are then evaluated
 * on the admission thread, and do not wait until the job counts as slow.
 */
export const PROGRESS_MS = 2;
/** Enough to terminate one worker at a time without waiting for a thread to start. */
export const SPARES = 1;
/** A job that runs longer than this will most likely never end; it continues with the lowest priority. */
export const YIELD_MS = 20;
/** How many stuck workers are replaced: threads cost memory, and stuck ones CPU time. */
export const SUBSTITUTES_MAX = 2;
/**
 * Starting a thread takes 100 ms of CPU time. If other workers are available, the start waits until the pool is
 * quiet, so that other requests do not pay for a policy that never ends.
 */
export const REFILL_DELAY_MS = 1500;
/** A worker that cannot start is not restarted at once: that would waste CPU time. */
export const RESTART_DELAY_MS = 1000;
/**
 * A large input takes time itself, about 5 ms per MiB on an idle CPU and several times that on a busy one. It is added
 * to every threshold: large objects must not make workers look stuck and policies look endless.
 */
export const ALLOWANCE_MS_PER_MIB = 60;
