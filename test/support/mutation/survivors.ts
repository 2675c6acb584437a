/** Mutants that no test fails, and why that is right. */
import { createHash } from 'node:crypto';
import type { FileMutant } from './run-mutants.ts';

export interface Survivor {
  readonly folder: string;
  readonly file: string;
  /** As the mutant has them: the line and what stands in its place. */
  readonly source: string;
  readonly change: string;
  readonly reason: string;
}

/** One in so many may survive. */
export const SURVIVORS_SHARE_MAX = 0.02;

/** The table. */
export const SURVIVORS: readonly Survivor[] = [
  {
    folder: 'lib',
    file: 'platform.rego',
    source:
      'others := {"apiserver", "cloud-controller-manager", "cloud-node-controller", "kube-scheduler"}',
    change:
      '{"apiserver", "cloud-controller-manager", "cloud-node-controller", "kube-scheduler", "secrets"}',
    reason: 'The set leaves rows out by their names, and no row has this one.',
  },
  {
    folder: 'lib',
    file: 'naming.rego',
    source: 'has_name(request)',
    change: 'true',
    reason: 'Of no names there is no first one either; the condition says what is meant.',
  },
  {
    folder: 'lib',
    file: 'syncs.rego',
    source: 'application.spec.sourceHydrator',
    change: 'true',
    reason: 'Without one the value is undefined, and the next one is taken all the same.',
  },
  {
    folder: 'lib',
    file: 'deployments.rego',
    source: 'not is_object(new)',
    change: 'true',
    reason:
      'Equal maps are equal by both rules; compared whole, they take the square of their size.',
  },
];

/** Those that are not in the table, as lines for the report. */
export function listUnexplained(mutants: readonly FileMutant[]): readonly string[] {
  return mutants
    .filter((mutant) => !SURVIVORS.some((survivor) => isSame(survivor, mutant)))
    .map(
      ({ module: { folder, file }, line, kind, source, change }) =>
        `policies/${folder}/${file}:${line} ${kind}: no test fails with ${change} in ${source}`,
    );
}

/** Rows of the table whose mutant does not survive any more. */
export function listStale(mutants: readonly FileMutant[]): readonly Survivor[] {
  return SURVIVORS.filter((survivor) => !mutants.some((mutant) => isSame(survivor, mutant)));
}

/** By what a mutant is, not by where it stands: a change elsewhere leaves the others in the sample. */
export function sampleMutants(
  mutants: readonly FileMutant[],
  count: number,
): readonly FileMutant[] {
  return mutants
    .map((mutant) => ({ mutant, digest: digestOf(mutant) }))
    .toSorted((one, other) => (one.digest < other.digest ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

function digestOf({ module: { folder, file }, source, change }: FileMutant): string {
  return createHash('sha256').update([folder, file, source, change].join('\n')).digest('hex');
}

function isSame(survivor: Survivor, { module, source, change }: FileMutant): boolean {
  return (
    survivor.folder === module.folder &&
    survivor.file === module.file &&
    survivor.source === source &&
    survivor.change === change
  );
}
