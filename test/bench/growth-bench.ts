/**
 * What an evaluation costs with 1, 10, 100 and 1,000 policies loaded of which 3 match (of one, that one), and with more of them matching; and what
 * a module of that size costs to compile, load and keep.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ensureBundle } from '../../src/authoring/ensure-bundle.ts';
import { decodeReview } from '../../src/admission/decode.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { LIMITS } from '../../src/config/limits.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { mergeReads } from '../../src/policy/value-reads.ts';
import { formatInput, formatParameters } from '../../src/policy/wasm/format-input.ts';
import { planPruning } from '../../src/policy/wasm/prune-json.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import { WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { ClosingStack, type ClosingHooks } from '../support/closing-hooks.ts';
import { compilePolicies } from '../support/compile-policies.ts';
import { planCases, type BenchCase } from './bench-case.ts';
import { MachineWatch, type WatchedMachine } from './machine.ts';
import { DISTURBANCE_MAX } from './measure.ts';
import { percentile } from './percentile.ts';
import { formatNumber, formatTable } from './report-format.ts';
import { readRecordedReviews, REPOSITORY_ROOT, selectBenchReviews } from './workload.ts';

const SOURCES = join(REPOSITORY_ROOT, 'test', 'bench', 'policies');
const LOADED = [1, 10, 100, 1_000] as const;
/** Of one policy there are no three. */
const FEWEST_WITH_THREE = 10;
const MATCHING = [1, 3, 10, 50] as const;
/** More than before costs at most this much. */
export const GROWTH_MAX = 1.2;
/** It judges all of the reviews, so that there is one to load alone. */
const FIRST_POLICY = 'allowed_registries';
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
  readonly rounds: number;
  readonly progress: (line: string) => void;
}

export interface GrowthResults {
  /** What an evaluation costs with the most policies loaded, times that with the fewest: the worst of the reviews and forms. */
  readonly growth: number;
  readonly machine: WatchedMachine;
  /** The whole document. */
  readonly report: string;
}

/** Builds the bundles, measures all cells round by round, and writes the report. */
export async function measureGrowth(options: GrowthOptions): Promise<GrowthResults> {
  const watch = await MachineWatch.start();
  const closing = new ClosingStack();
  const originals = await readOriginals();
  const bundles: LoadedBundle[] = [];
  for (const loaded of LOADED) {
    options.progress(`Compiling ${String(loaded)} policies`);
    bundles.push(await loadPolicies(loaded, { originals, closing }));
  }
  await closing.close();
  const all = bundles.find(({ loaded }) => loaded === originals.length);
  if (all === undefined) throw new Error('No bundle has every policy of the bench once');
  const cases = await planCases(selectBenchReviews(readRecordedReviews()), all.policies);
  const cells = cases.flatMap((benchCase) => planCells(benchCase, bundles));
  const times = measure(cells, options);
  const machine = await watch.stop();
  const growth = findGrowth(cells, times);
  const report = formatReport({ cells, times, growth, bundles, machine, ...options });
  return { growth, machine, report };
}

/**
 * The policies of the bench, and as many copies under other names as it takes. Each run of OPA's parser for the checks of a build
 * would take longer than everything that is measured here: only what is compiled is timed.
 */
async function loadPolicies(
  loaded: number,
  { originals, closing }: { readonly originals: Originals; readonly closing: ClosingHooks },
): Promise<LoadedBundle> {
  const policies: PolicyDescriptor[] = [];
  const texts = new Map<string, string>();
  for (let index = 0; index < loaded; index += 1) {
    const original = originals[index % originals.length];
    if (original === undefined) throw new Error('The bench has no policies');
    const name = copyName(original.descriptor.name, Math.floor(index / originals.length));
    policies.push({ ...original.descriptor, name });
    texts.set(name, renamePackage(original, name));
  }
  const rules = new Map(policies.map((policy) => [policy.name, policy.rules]));
  const startedAtMs = performance.now();
  const compiled = await compilePolicies(closing, texts, {
    rulesOf: (name) => rules.get(name) ?? [],
  });
  const compiledAtMs = performance.now();
  const rssBefore = process.memoryUsage.rss();
  const module = await WebAssembly.compile(compiled.moduleBytes);
  const memoryPagesMax = LIMITS['engine.memoryPagesMax'].default;
  const host = new WasmHost(module, {
    memoryPagesMax,
    builtins: await loadRequiredBuiltins(module),
  });
  return {
    loaded,
    host,
    policies: policies.map((one) => ({ ...one, ...compiled.reads.get(one.name) })),
    buildMs: compiledAtMs - startedAtMs,
    loadMs: performance.now() - compiledAtMs,
    moduleBytes: compiled.moduleBytes.byteLength,
    memoryBytes: process.memoryUsage.rss() - rssBefore,
  };
}

interface Original {
  readonly descriptor: PolicyDescriptor;
  readonly text: string;
}
type Originals = readonly Original[];

async function readOriginals(): Promise<Originals> {
  const { bundle } = await ensureBundle({ sourceFolder: SOURCES, cacheFolder: cacheFolder() });
  const isFirst = ({ name }: PolicyDescriptor): boolean => name === FIRST_POLICY;
  const ordered = bundle.manifest.policies.toSorted(
    (a, b) => Number(isFirst(b)) - Number(isFirst(a)),
  );
  return Promise.all(
    ordered.map(async (descriptor) => {
      const { name } = descriptor;
      return { descriptor, text: await readFile(join(SOURCES, name, `${name}.rego`), 'utf8') };
    }),
  );
}

function renamePackage({ descriptor, text }: Original, name: string): string {
  return text.replace(
    `package holdfast.policies.${descriptor.name}`,
    `package holdfast.policies.${name}`,
  );
}

function copyName(name: string, copy: number): string {
  return copy === 0 ? name : `${name}_${String(copy)}`;
}

function planCells(benchCase: BenchCase, bundles: readonly LoadedBundle[]): readonly Cell[] {
  const largest = bundles.at(-1);
  const forms = ['whole request', 'parts that are read'] as const;
  const planned = forms.flatMap((form) => [
    ...bundles.map((bundle) => ({ bundle, matching: Math.min(3, bundle.loaded), form })),
    ...MATCHING.flatMap((matching) => (largest ? [{ bundle: largest, matching, form }] : [])),
  ]);
  return planned.map(({ bundle, matching, form }) => {
    const { loaded, host, policies } = bundle;
    const loadedNames = new Set(policies.map(({ name }) => name));
    const originals = benchCase.matching.filter((name) => loadedNames.has(name));
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
  const parametersJson = formatParameters(
    policies.map(({ name, parameters }) => [name, parameters]),
  );
  const whole = { requestJson, facts, parametersJson };
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
  readonly growth: number;
  readonly bundles: readonly LoadedBundle[];
  readonly machine: WatchedMachine;
}

/** Of the fastest turns: with three matching from ten loaded to all, with one from one. */
function findGrowth(cells: readonly Cell[], times: readonly number[][]): number {
  const most = LOADED.at(-1);
  const fastest = (index: number): number => times[index]?.[0] ?? Number.NaN;
  const growths = cells.flatMap(({ review, form, matching, loaded }, index) => {
    if (loaded !== (matching === 1 ? LOADED[0] : FEWEST_WITH_THREE)) return [];
    const grown = cells.findIndex(
      (cell) =>
        cell.review === review &&
        cell.form === form &&
        cell.matching === matching &&
        cell.loaded === most,
    );
    return [fastest(grown) / fastest(index)];
  });
  return Math.max(...growths);
}

/** Microseconds that one more matching policy costs, from 1 to 10 and from 10 to 50: where both are alike, the cost is linear. */
function findSlopes(cells: readonly Cell[], times: readonly number[][]): readonly string[][] {
  const fastestOf = ({ review, form }: Cell, matching: number): number => {
    const index = cells.findLastIndex(
      (cell) => cell.review === review && cell.form === form && cell.matching === matching,
    );
    return times[index]?.[0] ?? Number.NaN;
  };
  return cells
    .filter(({ loaded }) => loaded === LOADED[0])
    .map((cell) => [
      cell.review,
      cell.form,
      formatNumber((fastestOf(cell, 10) - fastestOf(cell, 1)) / 9, 1),
      formatNumber((fastestOf(cell, 50) - fastestOf(cell, 10)) / 40, 1),
    ]);
}

function formatReport({ cells, times, growth, bundles, machine, rounds }: Report): string {
  const fastest = (index: number): number => times[index]?.[0] ?? Number.NaN;
  const rows = cells.map(({ review, form, loaded, matching }, index) => [
    review,
    form,
    formatNumber(loaded, 0),
    String(matching),
    formatNumber(fastest(index), 1),
    formatNumber(percentile(times[index] ?? [], 50), 1),
  ]);
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
    `Wanted: with 3 matching, 1,000 loaded cost at most ${formatNumber((GROWTH_MAX - 1) * 100, 0)} % more than 10, and with 1 matching, than 1. It is ${formatNumber((growth - 1) * 100, 0)} % (fastest turns). ${judgeGrowth(growth, machine)}`,
    '',
    'What one more matching policy costs, in microseconds, with 1,000 loaded:',
    '',
    formatTable(['review', 'input', 'from 1 to 10', 'from 10 to 50'], findSlopes(cells, times)),
    '',
    formatTable(
      [
        'policies',
        'OPA’s compiler and analysis, s',
        'load, ms',
        'module, KiB',
        'memory of the process, MiB',
      ],
      sizes,
    ),
    '',
    `${machine.cpuModel}, ${String(machine.cores)} cores, ${formatNumber(machine.memoryMib, 0)} MiB, ${machine.kernel}, Node ${machine.node}; ` +
      `load average before the run ${formatNumber(machine.loadAverage, 2)}; other processes took ${formatNumber(machine.disturbance * 100, 0)} % of the machine.`,
    '',
  ].join('\n');
}

function judgeGrowth(growth: number, { disturbance }: WatchedMachine): string {
  if (disturbance > DISTURBANCE_MAX) {
    return 'Other processes took too much of the machine: this proves nothing. Run it again on a quiet one.';
  }
  return growth <= GROWTH_MAX ? 'That is within it.' : 'That is not within it.';
}
