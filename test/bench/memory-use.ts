/** The memory of this process once what nobody needs is collected. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { readMemory } from './process-usage.ts';

const MIB = 1024 * 1024;
const KIB_PER_MIB = 1024;
/** One collection leaves what finalizers free. */
const COLLECTIONS = 4;

/** In MiB. */
export interface ProcessMemory {
  /** Of the process with all its threads. */
  readonly rss: number;
  /** The highest RSS so far. */
  readonly peakRss: number;
  /** Of this thread: what is in use after a collection. */
  readonly heap: number;
  /** Of this thread: pages that V8 has for its heap, in use or free. It gives free ones back when it likes. */
  readonly heapPages: number;
}

/** As it comes from another process. */
export const processMemorySchema = z.object({
  rss: z.number(),
  peakRss: z.number(),
  heap: z.number(),
  heapPages: z.number(),
});

/** Collects first. */
export async function measureMemory(): Promise<ProcessMemory> {
  setFlagsFromString('--expose-gc');
  for (let round = 0; round < COLLECTIONS; round += 1) {
    // Only a new context gets what the flag exposes.
    runInNewContext('gc()');
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rssKib, peakKib } = await readMemory(process.pid);
  const { heapUsed, heapTotal } = process.memoryUsage();
  return {
    rss: rssKib / KIB_PER_MIB,
    peakRss: peakKib / KIB_PER_MIB,
    heap: heapUsed / MIB,
    heapPages: heapTotal / MIB,
  };
}
