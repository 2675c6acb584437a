/** Measures the policies of a folder on recorded reviews, in the module as the admission thread runs it. */
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { HoldfastError } from '../../errors.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { runSteps } from '../../base/run-steps.ts';
import type { PolicyBundle } from '../../policy/load-bundle.ts';
import { ENGINE_LIMITS } from '../../policy/settings.ts';
import { meterModule } from '../../policy/wasm/fuel/meter-module.ts';
import { loadRequiredBuiltins } from '../../policy/wasm/load-required-builtins.ts';
import { WasmHost } from '../../policy/wasm/wasm-host.ts';
import { ensureBundle } from '../ensure-bundle.ts';
import type { OpaOptions } from '../opa-binary.ts';
import type { BenchReport } from './bench-report-schema.ts';
import { isDisturbed } from './classify-rounds.ts';
import {
  CaseCollection,
  collectGivenReviews,
  collectOwnReviews,
  type GivenReviews,
} from './collect-cases.ts';
import { measurePolicies, type MeasurePlan } from './measure-policies.ts';

/** What takes longer than a second would be ended by the deadline of most policies: a runaway must not hold the measurement up. */
const FUEL_MAX = ENGINE_LIMITS['engine.inlineFuel'].default * 1000;

export interface BenchOptions extends OpaOptions, Omit<MeasurePlan, 'progress'> {
  readonly sourceFolder: string;
  /** Those to measure. @default all */
  readonly names: readonly string[];
  /** Reviews beside those that the folder has. */
  readonly given: GivenReviews;
}

/** Throws a `HoldfastError` where the sources do not compile, a name is unknown, or a review cannot be read. */
export async function benchPolicies(options: BenchOptions): Promise<BenchReport> {
  const { names, given, rounds, durationMs, progress = () => undefined } = options;
  const folder = resolve(options.sourceFolder);
  const { folder: bundleFolder, bundle } = await ensureBundle({ ...options, sourceFolder: folder });
  const policies = bundle.manifest.policies.map(({ name }) => name);
  refuseUnknown(names, policies);
  const measured = names.length === 0 ? policies : policies.filter((name) => names.includes(name));
  progress('Gathering the facts of the recorded reviews');
  const collection = new CaseCollection(measured);
  await collectOwnReviews(collection, { folder, policies, measured, bundleFolder });
  await collectGivenReviews(collection, given, { bundleFolder });
  refuseFaults(collection);
  const withCases = measured.map((name) => ({ name, cases: collection.casesOf(name) }));
  const host = await createBenchHost(bundle);
  const { failed, ...figures } = await measurePolicies(
    host,
    withCases.filter(({ cases }) => cases.length > 0),
    { rounds, durationMs, progress },
  );
  const unjudged = withCases
    .filter(({ cases }) => cases.length === 0)
    .map(({ name }) => ({ name, reason: 'no recorded review is judged by it' }));
  return {
    format: 1,
    revision: bundle.manifest.revision,
    node: process.version,
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    rounds,
    ...figures,
    isDisturbed: isDisturbed(figures),
    unmeasured: [...failed, ...unjudged],
  };
}

function refuseUnknown(names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestWord(unknown, known);
  const remedy =
    nearest === undefined ? `Known are ${known.join(', ')}` : `Did you mean "${nearest}"?`;
  throw new HoldfastError('argument_invalid', `There is no policy "${unknown}"`, { remedy });
}

/** A review that is left out would make the figures look better or worse than they are. */
function refuseFaults({ faults }: CaseCollection): void {
  if (faults.length === 0) return;
  throw new HoldfastError(
    'argument_invalid',
    faults.map(({ source, reason }) => `${source}: ${reason}`).join('\n'),
    { remedy: 'Correct the reviews: holdfast policy test judges those beside the policies' },
  );
}

async function createBenchHost({ manifest, moduleBytes }: PolicyBundle): Promise<WasmHost> {
  const module = await WebAssembly.compile(runSteps(meterModule(moduleBytes)));
  return new WasmHost(module, {
    memoryPagesMax: ENGINE_LIMITS['engine.memoryPagesMax'].default,
    data: manifest.data,
    builtins: await loadRequiredBuiltins(module),
    fuel: FUEL_MAX,
  });
}
