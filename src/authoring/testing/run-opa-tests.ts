/** The Rego tests of a folder of policies, by `opa test`. */
import { z } from 'zod';
import { runOpaUnchecked } from '../opa-program.ts';
import type { TestResult } from './test-result.ts';

const NANOSECONDS_PER_MS = 1e6;

const rowsSchema = z.array(
  z.object({
    location: z.object({ file: z.string(), row: z.number() }),
    package: z.string(),
    name: z.string(),
    fail: z.boolean().default(false),
    skip: z.boolean().default(false),
    error: z.unknown().optional(),
    duration: z.number().default(0),
  }),
);

const coverageSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      coverage: z.number().default(0),
      not_covered: z
        .array(
          z.object({ start: z.object({ row: z.number() }), end: z.object({ row: z.number() }) }),
        )
        .default([]),
    }),
  ),
});

export interface OpaTestOptions {
  readonly opaPath: string;
  /** The folder of the policies. */
  readonly folder: string;
  /** Sources and tests, relative to the folder. Data files are none: recorded reviews lie beside the policies. */
  readonly files: readonly string[];
}

/** Each test by its package and name, `data.holdfast.policies.a_test.test_b`. Throws where the sources do not compile. */
export async function runOpaTests(options: OpaTestOptions): Promise<readonly TestResult[]> {
  const { opaPath, folder, files } = options;
  const argv = ['test', '--format', 'json', ...files];
  const rows = rowsSchema.parse(JSON.parse(await runOpaUnchecked(opaPath, argv, folder)));
  // OPA runs several at once, and lists them as they end.
  return rows.toSorted(comparePlaces).map((row) => ({
    engine: 'opa',
    file: row.location.file,
    row: row.location.row,
    name: `${row.package}.${row.name}`,
    ...outcomeOf(row),
    durationMs: row.duration / NANOSECONDS_PER_MS,
  }));
}

type Row = z.output<typeof rowsSchema>[number];

function comparePlaces({ location: a }: Row, { location: b }: Row): number {
  if (a.file === b.file) return a.row - b.row;
  return a.file < b.file ? -1 : 1;
}

function outcomeOf({ fail, skip, error }: Row): Pick<TestResult, 'status' | 'reason'> {
  if (skip) return { status: 'skipped', reason: 'its name begins with todo_' };
  if (error !== undefined) return { status: 'failed', reason: JSON.stringify(error) };
  return fail ? { status: 'failed', reason: 'it is undefined or false' } : { status: 'passed' };
}

/** How much of a file its tests reach. */
export interface FileCoverage {
  readonly file: string;
  /** Of 100. */
  readonly percent: number;
  readonly missedRows: readonly number[];
}

/** Of each source, by all tests of the folder. */
export async function measureCoverage(
  options: OpaTestOptions,
  sources: readonly string[],
): Promise<readonly FileCoverage[]> {
  const argv = ['test', '--coverage', '--format', 'json', ...options.files];
  const { files } = coverageSchema.parse(
    JSON.parse(await runOpaUnchecked(options.opaPath, argv, options.folder)),
  );
  return sources.map((file) => {
    const missed = files[file]?.not_covered ?? [];
    return {
      file,
      percent: files[file]?.coverage ?? 0,
      missedRows: missed.flatMap(({ start, end }) =>
        Array.from({ length: end.row - start.row + 1 }, (_, index) => start.row + index),
      ),
    };
  });
}
