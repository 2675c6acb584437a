/** A part of the mutants that stays the same while the code does. */
import { createHash } from 'node:crypto';
import type { FileMutant } from './run-source-mutants.ts';

/** So many, by what a mutant is, not by where it stands: a change elsewhere leaves the others in the sample. */
export function sampleMutants(
  mutants: readonly FileMutant[],
  count: number,
): readonly FileMutant[] {
  const byDigest = mutants.map((mutant) => ({ mutant, digest: digestOf(mutant) }));
  return byDigest
    .toSorted((one, other) => (one.digest < other.digest ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

function digestOf({ path, original, replacement }: FileMutant): string {
  return createHash('sha256').update(`${path}\n${original}\n${replacement}`).digest('hex');
}
