/**
 * When V8's young generation may grow. Loading modules leaves garbage for which V8 doubles its semi-spaces up to 2 × 16 MiB, and it never gives
 * them back to an idle process. Under load growth is worth its memory: what lives as long as a request survives the collections of a small space
 * and is promoted, and with 2 × 8 MiB a request took a third more of the processor than with 2 × 16 MiB.
 *
 * V8 reads this flag each time that a semi-space could grow (src/heap/new-spaces.cc), so that it may be set while the process runs.
 */
import { setFlagsFromString } from 'node:v8';

/** V8's own default. */
const GROWTH_FACTOR = 2;

/** Keeps the semi-spaces as small as they are, in all threads. */
export function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Lets the semi-spaces grow as survivors ask for it. */
export function releaseYoungGeneration(): void {
  setFlagsFromString(`--semi-space-growth-factor=${GROWTH_FACTOR}`);
}
