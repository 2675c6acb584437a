/** What the limits of a configuration may take of memory together. */
import { ADMISSION_LIMITS } from '../admission/settings.ts';
import { KIB, MIB } from '../settings/limit.ts';
import type { Configuration } from './schema.ts';

/** An idle process with the policies that come with Holdfast, and its journal: docs/performance.md. */
const IDLE_BYTES = 192 * MIB;
/** Source: WebAssembly core specification, memory instances: the page size. */
const PAGE_BYTES = 64 * KIB;
const SHARE = ADMISSION_LIMITS['limits.heavyReviewsMemoryShare'].default / 100;

/**
 * The memory of a container in which a configuration fits, in bytes: the idle process, the bodies that it may hold and the memory of
 * its policies, and beside them the share for large reviews.
 */
export function planMemoryBytes({
  engine,
  limits,
}: Pick<Configuration, 'engine' | 'limits'>): number {
  const policies = engine.workers * engine.memoryPagesMax * PAGE_BYTES;
  return Math.ceil((IDLE_BYTES + limits.heldBodyBytesMax + policies) / (1 - SHARE));
}
