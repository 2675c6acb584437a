/** Every test of a folder of policies: Rego tests through OPA and through our own host, and recorded reviews. */
import { resolve } from 'node:path';
import { ensureBundle } from '../ensure-bundle.ts';
import { readBundleSource } from '../bundle-source.ts';
import { ensureOpa, type OpaOptions } from '../opa-binary.ts';
import { diffEngines } from './diff-engines.ts';
import { listTestFiles } from './list-test-files.ts';
import { measureCoverage, runOpaTests, type FileCoverage } from './run-opa-tests.ts';
import { runReviewTests } from './run-review-tests.ts';
import { runWasmTests } from './run-wasm-tests.ts';
import type { TestResult } from './test-result.ts';

export interface TestOptions extends OpaOptions {
  readonly sourceFolder: string;
  readonly measuresCoverage: boolean;
}

export interface TestedPolicies {
  readonly results: readonly TestResult[];
  /** Of each policy and library; none where it was not asked for, or a Rego test failed. */
  readonly coverage: readonly FileCoverage[];
  /** Policies without any test. */
  readonly untested: readonly string[];
}

/** Throws a `HoldfastError` where the sources do not compile. */
export async function testPolicies(options: TestOptions): Promise<TestedPolicies> {
  const folder = resolve(options.sourceFolder);
  const source = await readBundleSource(folder);
  const opa = await ensureOpa(options);
  const { folder: bundleFolder } = await ensureBundle({ ...options, sourceFolder: folder });
  const sources = [...source.policies, ...source.libraries].map(({ file }) => file);
  const tests = await listTestFiles(source);
  const files = [...sources, ...tests];
  const opaOptions = { opaPath: opa.path, folder, files };
  options.progress?.('Running the Rego tests with OPA');
  const byOpa = await runOpaTests(opaOptions);
  options.progress?.('Compiling them to WebAssembly');
  const byWasm = await runWasmTests(opaOptions, byOpa);
  options.progress?.('Judging the recorded reviews');
  const policies = source.policies.map(({ name }) => name);
  const reviews = await runReviewTests({ folder, policies, bundleFolder });
  const results = [...byOpa, ...diffEngines(byWasm, byOpa), ...reviews];
  // OPA measures none where a test fails.
  const isMeasured = options.measuresCoverage && byOpa.every(({ status }) => status !== 'failed');
  const coverage = isMeasured ? await measureCoverage(opaOptions, sources) : [];
  const untested = policies.filter(
    (name) => !results.some(({ file }) => file.startsWith(`${name}/`)),
  );
  return { results, coverage, untested };
}
