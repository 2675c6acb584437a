/** Preloaded into a replica: its wall clock is wrong by `CLOCK_SHIFT_MS`, in every thread. */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS'] ?? '0');
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + shiftMs;
