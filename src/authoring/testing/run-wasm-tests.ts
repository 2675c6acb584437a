/**
 * The Rego tests of a folder of policies in the host that judges requests: each test is an entry point of one module.
 *
 * `opa test` interprets Rego in Go; requests are judged by WebAssembly and our own built-in functions. A test that passes in
 * one and fails in the other shows a policy that would judge otherwise than its author saw.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { errorText } from '../../base/error-details.ts';
import { HoldfastError } from '../../errors.ts';
import { loadBuiltins } from '../../policy/wasm/builtins/host-builtins.ts';
import { readEntryPoints, readRequiredBuiltins, WasmHost } from '../../policy/wasm/wasm-host.ts';
import { buildWithOpa } from '../build-with-opa.ts';
import type { OpaTestOptions } from './run-opa-tests.ts';
import type { TestResult } from './test-result.ts';

/** 256 MiB: tests loop over many requests. */
const MEMORY_PAGES_MAX = 4096;

/** Each test that OPA ran, again. What cannot be compiled is skipped, with the reason. */
export async function runWasmTests(
  options: OpaTestOptions,
  tests: readonly TestResult[],
): Promise<readonly TestResult[]> {
  const wanted = tests.filter(({ status }) => status !== 'skipped');
  if (wanted.length === 0) return [];
  const compiled = await compile(options, wanted.map(entryPointOf));
  if (compiled.ok) return runModule(compiled.module, wanted);
  if (wanted.length === 1) {
    return wanted.map((test) => ({
      ...test,
      engine: 'wasm',
      status: 'skipped',
      reason: `it does not compile to WebAssembly: ${compiled.reason}`,
      durationMs: 0,
    }));
  }
  // One test that cannot be compiled must not hide the others.
  const half = Math.ceil(wanted.length / 2);
  return [
    ...(await runWasmTests(options, wanted.slice(0, half))),
    ...(await runWasmTests(options, wanted.slice(half))),
  ];
}

/** `data.a_test.test_b` is the entry point `a_test/test_b`. */
function entryPointOf({ name }: TestResult): string {
  return name.replace(/^data\./u, '').replaceAll('.', '/');
}

type Compiled =
  | { readonly ok: true; readonly module: WebAssembly.Module }
  | { readonly ok: false; readonly reason: string };

async function compile(
  { opaPath, folder, files }: OpaTestOptions,
  entryPoints: readonly string[],
): Promise<Compiled> {
  const workFolder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  try {
    const bytes = await buildWithOpa({
      opaPath,
      target: 'wasm',
      entryPoints,
      inputs: files,
      folder,
      workFolder,
    });
    return { ok: true, module: new WebAssembly.Module(new Uint8Array(bytes)) };
  } catch (fault) {
    if (fault instanceof HoldfastError) return { ok: false, reason: fault.message };
    throw fault;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function runModule(
  module: WebAssembly.Module,
  tests: readonly TestResult[],
): Promise<readonly TestResult[]> {
  const entryPoints = readEntryPoints(module);
  // A test may call what no policy may: such a call is the end of that test.
  const builtins = await loadBuiltins(readRequiredBuiltins(module));
  const host = new WasmHost(module, { memoryPagesMax: MEMORY_PAGES_MAX, builtins });
  return tests.map((test) => {
    const startedAt = performance.now();
    const outcome = runTest(host, entryPoints.get(entryPointOf(test)));
    return { ...test, engine: 'wasm', ...outcome, durationMs: performance.now() - startedAt };
  });
}

type Outcome = Pick<TestResult, 'status' | 'reason'>;

function runTest(host: WasmHost, entryPoint: number | undefined): Outcome {
  if (entryPoint === undefined) return { status: 'failed', reason: 'the module does not have it' };
  try {
    return readOutcome(JSON.parse(host.evaluate([], { nowMs: Date.now() }, entryPoint)));
  } catch (fault) {
    const reason = errorText(fault);
    // A test may call what no policy may; OPA has it.
    const isUnknown = reason.includes('unknown built-in');
    return { status: isUnknown ? 'skipped' : 'failed', reason };
  }
}

/** `[{"result": true}]`. */
function readOutcome(answers: unknown): Outcome {
  const [answer] = z.array(z.object({ result: z.unknown() })).parse(answers);
  if (typeof answer?.result === 'object') {
    return {
      status: 'skipped',
      reason: 'OPA tells its cases apart by a trace, which WebAssembly has not',
    };
  }
  const isHeld = answer !== undefined && answer.result !== false;
  return isHeld
    ? { status: 'passed', reason: undefined }
    : { status: 'failed', reason: 'it is undefined or false' };
}
