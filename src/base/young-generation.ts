/**
 * How far V8's young generation may grow. Loading modules leaves garbage for which V8 doubles its semi-spaces up to 2 × 16 MiB, and it never gives
 * them back to an idle process; under load growth saves collections and is worth its memory, up to a size.
 *
 * V8 reads this flag each time that a semi-space could grow (src/heap/new-spaces.cc), so that it may be set while the process runs. Its flag for the
 * greatest size is read only when an isolate is created, and whoever starts the process would have to give it.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** V8's own default. */
const GROWTH_FACTOR = 2;
/**
 * Both semi-spaces of this thread. The last doubling, to 32 MiB, takes 75 MiB of a process under load, because buffers whose objects wait for
 * a collection are held outside of the heap, and saves at most some per cent of the processor time.
 */
const SPACE_BYTES_MAX = 16 * 1024 * 1024;

/** Keeps the semi-spaces as small as they are, in all threads. */
export function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Lets the semi-spaces grow as survivors ask for it, until those of this thread are large enough. */
export function releaseYoungGeneration(): void {
  setFlagsFromString(`--semi-space-growth-factor=${GROWTH_FACTOR}`);
  // A semi-space doubles at a collection, after several of the size before.
  const collections = new PerformanceObserver(() => {
    if (readYoungBytes() < SPACE_BYTES_MAX) return;
    holdYoungGeneration();
    collections.disconnect();
  });
  collections.observe({ entryTypes: ['gc'] });
}

function readYoungBytes(): number {
  return (
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
  );
}
