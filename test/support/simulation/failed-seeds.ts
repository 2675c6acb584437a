/** Seeds that have failed once, and what they found: they run with every change. */

export interface FailedSeed {
  readonly seed: number;
  readonly steps: number;
  /** What was wrong. */
  readonly found: string;
}

/** The table. */
export const FAILED_SEEDS: readonly FailedSeed[] = [
  {
    seed: 13,
    steps: 2500,
    found: 'retention removed records whose skipping by a sink was not stored',
  },
  { seed: 68, steps: 2500, found: 'a sound state was set aside after one failed read' },
  {
    seed: 76,
    steps: 2500,
    found: 'a state that was opened for reading only was kept until the process ended',
  },
];
