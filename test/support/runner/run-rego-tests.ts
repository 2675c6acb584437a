/** Runs the policies' own unit tests (`opa test`). */
import { z } from 'zod';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { ensureOpa } from '../../../src/authoring/opa-binary.ts';
import { runProgram } from './run-tool.ts';
import type { StageResult } from './tally.ts';

/** One row of `opa test --format json`. */
const ROW = z.object({
  package: z.string(),
  name: z.string(),
  fail: z.boolean().optional(),
  skip: z.boolean().optional(),
  error: z.unknown().optional(),
  output: z.string().optional(),
});

export interface RegoTestOptions {
  readonly root: string;
  /** Folders below the root. */
  readonly folders: readonly string[];
  readonly print: (line: string) => void;
}

/** Builds OPA where there is none, then counts each Rego test as one test. */
export async function runRegoTests(options: RegoTestOptions): Promise<StageResult> {
  const opa = await ensureOpa({ cacheFolder: cacheFolder(), progress: options.print });
  options.print(`opa ${opa.version} (${opa.origin})`);
  const output = await runProgram({
    name: 'opa test',
    command: opa.path,
    args: ['test', '--format', 'json', '--verbose', ...options.folders],
    cwd: options.root,
  });
  const rows = parseRows(output.stdout);
  if (rows === undefined || rows.length === 0) {
    options.print(`${output.stdout}${output.stderr}`.trimEnd());
    options.print(`FAILED opa test: ${rows === undefined ? output.end : 'found no test'}`);
    return { passed: 0, failures: ['opa test'], skips: [] };
  }
  return countRows(rows, options.print);
}

function parseRows(text: string): readonly z.infer<typeof ROW>[] | undefined {
  try {
    const parsed = z.array(ROW).safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function countRows(
  rows: readonly z.infer<typeof ROW>[],
  print: (line: string) => void,
): StageResult {
  const failures: string[] = [];
  const skips: string[] = [];
  for (const row of rows) {
    const label = `${row.package}.${row.name}`;
    if (row.skip === true) skips.push(`${label} (marked todo in Rego)`);
    else if (row.fail === true || row.error !== undefined) {
      failures.push(label);
      print(`\nFAILED ${label}\n${row.output ?? ''}${JSON.stringify(row.error ?? '')}`);
    }
  }
  return { passed: rows.length - failures.length - skips.length, failures, skips };
}
