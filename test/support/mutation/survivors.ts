/** Mutants that no test fails, and why that is right. */
import type { FileMutant, MutatedFolder } from './run-mutants.ts';

/** What is held to the table: who may write what Git manages. The tests of its own folder must notice each mutant. */
export const MUTATED: readonly MutatedFolder[] = [
  {
    name: 'lib',
    prefix: 'holdfast.lib',
    files: ['operators.rego', 'platform.rego', 'platform_rows.rego'],
  },
  ...['gitops_control_plane', 'gitops_only_writes', 'protected_keys'].map((name) => ({
    name,
    prefix: `holdfast.policies.${name}`,
    files: [`${name}.rego`],
  })),
];

export interface Survivor {
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
    file: 'platform.rego',
    source:
      'others := {"apiserver", "cloud-controller-manager", "cloud-node-controller", "kube-scheduler"}',
    change:
      '{"apiserver", "cloud-controller-manager", "cloud-node-controller", "kube-scheduler", "secrets"}',
    reason: 'The set leaves rows out by their names, and no row has this one.',
  },
];

/** Those that are not in the table, as lines for the report. */
export function listUnexplained(mutants: readonly FileMutant[]): readonly string[] {
  return mutants
    .filter((mutant) => !SURVIVORS.some((survivor) => isSame(survivor, mutant)))
    .map(
      ({ file, line, kind, source, change }) =>
        `${file}:${line} ${kind}: no test fails with ${change} in ${source}`,
    );
}

/** Rows of the table whose mutant does not survive any more. */
export function listStale(
  mutants: readonly FileMutant[],
  survivors: readonly Survivor[],
): readonly Survivor[] {
  return survivors.filter((survivor) => !mutants.some((mutant) => isSame(survivor, mutant)));
}

function isSame(survivor: Survivor, { file, source, change }: FileMutant): boolean {
  return survivor.file === file && survivor.source === source && survivor.change === change;
}
