/** Mutants that no test fails, and why that is right. */
import type { FileMutant, MutatedFolder } from './run-mutants.ts';

/** What is held to the table. */
export const MUTATED_FOLDER: MutatedFolder = { name: 'lib', prefix: 'holdfast.lib' };
export const MUTATED_FILES: readonly string[] = ['platform_rows.rego'];

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
export const SURVIVORS: readonly Survivor[] = [];

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
export function listStale(mutants: readonly FileMutant[]): readonly Survivor[] {
  return SURVIVORS.filter((survivor) => !mutants.some((mutant) => isSame(survivor, mutant)));
}

function isSame(survivor: Survivor, { file, source, change }: FileMutant): boolean {
  return survivor.file === file && survivor.source === source && survivor.change === change;
}
