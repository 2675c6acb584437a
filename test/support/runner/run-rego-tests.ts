/** Runs the policies' own unit tests by OPA and by our own host, and holds all Rego to OPA's form and strict mode. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { ensureOpa, type OpaLocation } from '../../../src/authoring/opa-binary.ts';
import { diffEngines } from '../../../src/authoring/testing/diff-engines.ts';
import { runOpaTests } from '../../../src/authoring/testing/run-opa-tests.ts';
import { runWasmTests } from '../../../src/authoring/testing/run-wasm-tests.ts';
import { runProgram, runTool } from './run-tool.ts';
import { addResults } from './tally.ts';
import type { SkippedTest, StageResult } from './tally.ts';

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
  /** Folders below the root with tests. */
  readonly folders: readonly string[];
  /** Folders below the root that are compiled each by itself. */
  readonly sources: readonly string[];
  readonly print: (line: string) => void;
}

/** Builds OPA where there is none, then counts each Rego test as one test, and each folder's form and strictness as one. */
export async function runRegoTests(options: RegoTestOptions): Promise<StageResult> {
  const opa = await ensureOpa({ cacheFolder: cacheFolder(), progress: options.print });
  options.print(`opa ${opa.version} (${opa.origin})`);
  return addResults([
    await runUnitTests(opa, options),
    await runInHost(opa, options),
    await checkSources(opa, options),
  ]);
}

async function runUnitTests(opa: OpaLocation, options: RegoTestOptions): Promise<StageResult> {
  const output = await runProgram({
    name: 'opa test',
    command: opa.path,
    // Not --verbose: it adds the trace of every evaluation, hundreds of megabytes.
    args: ['test', '--format', 'json', ...options.folders],
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

/** The same tests, compiled to WebAssembly: one that differs is a failure. */
async function runInHost(
  { path: opaPath }: OpaLocation,
  { root, folders, print }: RegoTestOptions,
): Promise<StageResult> {
  const results: StageResult[] = [];
  for (const below of folders) {
    const folder = join(root, below);
    const files = globSync('**/*.rego', { cwd: folder }).toSorted();
    const byOpa = await runOpaTests({ opaPath, folder, files });
    const compared = diffEngines(await runWasmTests({ opaPath, folder, files }, byOpa), byOpa);
    for (const { name, status, reason } of compared) {
      if (status !== 'passed') print(`${status} in WebAssembly: ${name}: ${String(reason)}`);
    }
    const failures = compared.filter(({ status }) => status === 'failed');
    results.push({
      passed: compared.filter(({ status }) => status === 'passed').length,
      failures: failures.map(({ name }) => `${name} in WebAssembly`),
      skips: [],
    });
  }
  return addResults(results);
}

async function checkSources(
  opa: OpaLocation,
  { root, sources, print }: RegoTestOptions,
): Promise<StageResult> {
  const results: StageResult[] = [];
  for (const folder of sources) {
    for (const args of [
      ['fmt', '--list', '--fail', folder],
      ['check', '--strict', folder],
    ]) {
      const name = `opa ${args.join(' ')}`;
      results.push(await runTool({ name, command: opa.path, args, cwd: root }, print));
    }
  }
  return addResults(results);
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
  const skips: SkippedTest[] = [];
  for (const row of rows) {
    const label = `${row.package}.${row.name}`;
    if (row.skip === true) skips.push({ name: label, reason: 'marked todo in Rego' });
    else if (row.fail === true || row.error !== undefined) {
      failures.push(label);
      print(`\nFAILED ${label}\n${row.output ?? ''}${JSON.stringify(row.error ?? '')}`);
    }
  }
  return { passed: rows.length - failures.length - skips.length, failures, skips };
}
