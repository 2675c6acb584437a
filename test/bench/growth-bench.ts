/**
 * What an evaluation costs with 10, 100 and 1,000 policies loaded of which 3 match, and with more of them matching; and what
 * a bundle of that size costs to build, load and keep.
 */
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { decodeReview } from '../../src/admission/decode.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { LIMITS } from '../../src/config/limits.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { MODULE_FILE } from '../../src/policy/manifest.ts';
import { mergeReads } from '../../src/policy/request-reads.ts';
import { formatInput } from '../../src/policy/wasm/format-input.ts';
import { planPruning } from '../../src/policy/wasm/prune-json.ts';
import { WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { planCases, type BenchCase } from './bench-case.ts';
import { MachineWatch, type WatchedMachine } from './machine.ts';
import { percentile } from './percentile.ts';
import { formatNumber, formatTable } from './report-format.ts';
import { readRecordedReviews, REPOSITORY_ROOT, selectBenchReviews } from './workload.ts';

const SOURCES = join(REPOSITORY_ROOT, 'test', 'bench', 'policies');
const LOADED = [10, 100, 1_000] as const;
const MATCHING = [1, 3, 10, 50] as const;
/** More than before costs at most this much. */
const GROWTH_MAX = 1.2;
const CALLS = 200;
const WARM_UP_CALLS = 3_000;

interface LoadedBundle {
  readonly loaded: number;
  readonly host: WasmHost;
  readonly policies: readonly PolicyDescriptor[];
  readonly buildMs: number;
  readonly loadMs: number;
  readonly moduleBytes: number;
  readonly memoryBytes: number;
}

/** One thing that is measured; both forms of the input of the same policies. */
interface Cell {
  readonly review: string;
  readonly loaded: number;
  readonly matching: number;
  readonly form: 'parts that are read' | 'whole request';
  readonly run: () => unknown;
}

export interface GrowthOptions {
  readonly workFolder: string;
  readonly rounds: number;
  readonly progress: (line: string) => void;
}

/** Builds the bundles, measures all cells round by round, and writes the report. */
export async function measureGrowth(options: GrowthOptions): Promise<string> {
  const watch = await MachineWatch.start();
  const bundles: LoadedBundle[] = [];
  for (const loaded of LOADED) {
    options.progress(`Building a bundle of ${String(loaded)} policies`);
    bundles.push(await loadPolicies(loaded, options.workFolder));
  }
  const [smallest] = bundles;
  if (smallest === undefined) throw new Error('There is no bundle to measure');
  const cases = await planCases(selectBenchReviews(readRecordedReviews()), smallest.policies);
  const cells = cases.flatMap((benchCase) => planCells(benchCase, bundles));
  const times = measure(cells, options);
  return formatReport({ cells, times, bundles, machine: await watch.stop(), ...options });
}

/** The policies of the bench, and as many copies under other names as it takes. */
async function loadPolicies(loaded: number, workFolder: string): Promise<LoadedBundle> {
  const sourceFolder = join(workFolder, `sources-${String(loaded)}`);
  const outputFolder = join(workFolder, `bundle-${String(loaded)}`);
  await cp(SOURCES, sourceFolder, { recursive: true });
  const names = await readdir(SOURCES);
  for (let copy = 1; copy < loaded / names.length; copy += 1) {
    for (const name of names) await copyPolicy(name, copy, sourceFolder);
  }
  const opa = await ensureOpa({ cacheFolder: cacheFolder() });
  const startedAtMs = performance.now();
  await buildBundle({ sourceFolder, outputFolder, opa });
  const builtAtMs = performance.now();
  const rssBefore = process.memoryUsage.rss();
  const { module, manifest } = await loadBundle(outputFolder);
  const host = new WasmHost(module, {
    memoryPagesMax: LIMITS['engine.memoryPagesMax'].default,
    data: manifest.data,
  });
  return {
    loaded,
    host,
    policies: manifest.policies,
    buildMs: builtAtMs - startedAtMs,
    loadMs: performance.now() - builtAtMs,
    moduleBytes: (await stat(join(outputFolder, MODULE_FILE))).size,
    memoryBytes: process.memoryUsage.rss() - rssBefore,
  };
}

async function copyPolicy(name: string, copy: number, folder: string): Promise<void> {
  const copied = copyName(name, copy);
  const text = await readFile(join(SOURCES, name, `${name}.rego`), 'utf8');
  await mkdir(join(folder, copied));
  await writeFile(
    join(folder, copied, `${copied}.rego`),
    text.replace(`package holdfast.policies.${name}`, `package holdfast.policies.${copied}`),
  );
}

function copyName(name: string, copy: number): string {
  return copy === 0 ? name : `${name}_${String(copy)}`;
}

function planCells(benchCase: BenchCase, bundles: readonly LoadedBundle[]): readonly Cell[] {
  const largest = bundles.at(-1);
  const forms = ['whole request', 'parts that are read'] as const;
  const planned = forms.flatMap((form) => [
    ...bundles.map((bundle) => ({ bundle, matching: 3, form })),
    ...MATCHING.flatMap((matching) => (largest ? [{ bundle: largest, matching, form }] : [])),
  ]);
  return planned.map(({ bundle, matching, form }) => {
    const { loaded, host, policies } = bundle;
    const originals = benchCase.matching;
    const nameOf = (index: number): string =>
      copyName(originals[index % originals.length] ?? '', Math.floor(index / originals.length));
    const names = new Set(Array.from({ length: matching }, (_, index) => nameOf(index)));
    const judging = policies.filter(({ name }) => names.has(name));
    if (judging.length !== matching) {
      throw new Error(`Found only ${String(judging.length)} policies`);
    }
    const input = inputOf(benchCase, judging, form);
    const run = (): unknown => host.evaluate([input], { nowMs: 0 });
    return { review: benchCase.review.title, loaded, matching, form, run };
  });
}

function inputOf(
  { review, facts }: BenchCase,
  policies: readonly PolicyDescriptor[],
  form: Cell['form'],
): Uint8Array {
  const jsonDepthMax = LIMITS['limits.jsonDepthMax'].default;
  const decoded = decodeReview(Buffer.from(review.body), { jsonDepthMax });
  if (!decoded.ok) throw new Error(`Cannot decode "${review.title}": ${decoded.message}`);
  const { requestJson, requestOutline } = decoded;
  const reads = mergeReads(policies.map(({ requestReads }) => requestReads));
  const parameters = policies.map(({ name, parameters: own }) => [name, own] as const);
  const whole = { requestJson, facts, parameters };
  if (form === 'whole request') return formatInput(whole);
  return formatInput({ ...whole, requestOutline, pruning: planPruning(reads) });
}

/** Microseconds of each cell, a mean for each of many short turns: what else the machine does meets all cells alike. */
function measure(cells: readonly Cell[], { rounds, progress }: GrowthOptions): readonly number[][] {
  const times = cells.map((): number[] => []);
  for (const { run } of cells) for (let call = 0; call < WARM_UP_CALLS; call += 1) run();
  progress(`Measuring ${String(cells.length)} cells in ${String(rounds)} rounds`);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { run }] of cells.entries()) {
      const startMs = performance.now();
      for (let call = 0; call < CALLS; call += 1) run();
      times[index]?.push(((performance.now() - startMs) / CALLS) * 1000);
    }
  }
  return times.map((all) => all.toSorted((a, b) => a - b));
}

interface Report extends GrowthOptions {
  readonly cells: readonly Cell[];
  readonly times: readonly number[][];
  readonly bundles: readonly LoadedBundle[];
  readonly machine: WatchedMachine;
}

function formatReport({ cells, times, bundles, machine, rounds }: Report): string {
  const fastest = (index: number): number => times[index]?.[0] ?? Number.NaN;
  const rows = cells.map(({ review, form, loaded, matching }, index) => [
    review,
    form,
    formatNumber(loaded, 0),
    String(matching),
    formatNumber(fastest(index), 1),
    formatNumber(percentile(times[index] ?? [], 50), 1),
  ]);
  const growths = cells.flatMap(({ matching, loaded }, index) =>
    loaded === LOADED[0] && matching === 3 ? [fastest(index + 2) / fastest(index)] : [],
  );
  const growth = Math.max(...growths);
  const sizes = bundles.map(({ loaded, buildMs, loadMs, moduleBytes, memoryBytes }) => [
    formatNumber(loaded, 0),
    formatNumber(buildMs / 1000, 1),
    formatNumber(loadMs, 0),
    formatNumber(moduleBytes / 1024, 0),
    formatNumber(memoryBytes / 1024 / 1024, 1),
  ]);
  return [
    '# What more policies cost',
    '',
    `One evaluation in the WASM host, in one thread, in microseconds: the fastest and the median of ${String(rounds)} turns of ${String(CALLS)} calls, all cells`,
    'turn by turn. The policies are those of the bench and copies of them under other names. Written by `npm run bench -- --growth`.',
    '',
    formatTable(['review', 'input', 'loaded', 'matching', 'fastest', 'median'], rows),
    '',
    `Wanted: with 3 matching, 1,000 loaded cost at most ${formatNumber((GROWTH_MAX - 1) * 100, 0)} % more than 10. It is ${formatNumber((growth - 1) * 100, 0)} % (fastest turns), which ${growth <= GROWTH_MAX ? 'is' : 'is not'} within it.`,
    '',
    formatTable(
      ['policies', 'build, s', 'load, ms', 'module, KiB', 'memory of the process, MiB'],
      sizes,
    ),
    '',
    `${machine.cpuModel}, ${String(machine.cores)} cores, ${formatNumber(machine.memoryMib, 0)} MiB, ${machine.kernel}, Node ${machine.node}; ` +
      `load average before the run ${formatNumber(machine.loadAverage, 2)}; other processes took ${formatNumber(machine.disturbance * 100, 0)} % of the machine.`,
    '',
  ].join('\n');
}
