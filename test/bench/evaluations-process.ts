/**
 * Evaluates recorded reviews on an engine of its own, a million times, and prints the memory of the process after ten thousand and after each
 * hundred thousand. Started with `YOUNG_FLAGS`, `--expose-gc` and the folder of a bundle.
 */
import { getHeapSpaceStatistics } from 'node:v8';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { decodeReview } from '../../src/admission/decode.ts';
import { LIMITS } from '../../src/config/limits.ts';
import { createPolicyEngine } from '../../src/policy/engine.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { engineSchema } from '../../src/policy/settings.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { planCases } from './bench-case.ts';
import { readRecordedReviews, selectBenchReviews } from './workload.ts';

/** What is compared with what. */
export const FIRST_EVALUATIONS = 10_000;
export const ALL_EVALUATIONS = 1_000_000;
const SAMPLE_EVALUATIONS = 100_000;
/** Of these, so many wait at once: the first is evaluated on this thread, the others by the worker. The rest comes one by one. */
const TURN = 50;
const AT_ONCE = 5;
const DEADLINE_MS = 60_000;

/**
 * V8 doubles its semi-spaces once survivors ask for it, which may be after a thousand evaluations or half a million, and never gives them
 * back: that is a step of up to 22 MiB, and nothing that an evaluation leaves behind. From the start they have the size to which they grow.
 */
export const YOUNG_FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16'] as const;

export interface MemorySample {
  readonly evaluations: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** What V8 has of the system for the young generation of this thread. */
  readonly youngBytes: number;
  readonly arrayBufferBytes: number;
}

async function run(bundleFolder: string): Promise<readonly MemorySample[]> {
  const { logger, metrics } = recordTelemetry();
  const bundle = await loadBundle(bundleFolder);
  const engine = await createPolicyEngine(bundle, engineSchema.parse({}), { logger, metrics });
  const asked = (
    await planCases(selectBenchReviews(readRecordedReviews()), engine.descriptors)
  ).map(({ review, matching, facts }) => {
    const jsonDepthMax = LIMITS['limits.jsonDepthMax'].default;
    const decoded = decodeReview(Buffer.from(review.body), { jsonDepthMax });
    if (!decoded.ok) throw new Error(`Cannot decode "${review.title}": ${decoded.message}`);
    const { requestJson, requestOutline } = decoded;
    const policies = engine.descriptors.filter(({ name }) => matching.includes(name));
    const parameters = Object.fromEntries(
      policies.map((policy) => [policy.name, policy.parameters]),
    );
    const cause = { username: 'bench', namespace: 'shop', resource: 'pods' };
    return { policies, requestJson, requestOutline, facts, parameters, cause };
  });
  const evaluate = async (number: number): Promise<void> => {
    const input = asked[number % asked.length];
    if (input === undefined) throw new Error('There is nothing to evaluate');
    const deadlineAtMs = addMs(systemClock.monotonicMs(), DEADLINE_MS);
    const outcomes = await engine.evaluate({ ...input, deadlineAtMs });
    const failed = outcomes.find(({ status }) => status !== 'evaluated');
    if (failed !== undefined) {
      throw new Error(`Evaluation ${String(number)} of "${failed.policy}" failed`);
    }
  };
  const samples: MemorySample[] = [];
  for (let done = 0; done < ALL_EVALUATIONS; done += TURN) {
    if (done === FIRST_EVALUATIONS || (done > 0 && done % SAMPLE_EVALUATIONS === 0)) {
      samples.push(takeSample(done));
    }
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => evaluate(done + index)));
    for (let index = AT_ONCE; index < TURN; index += 1) await evaluate(done + index);
  }
  samples.push(takeSample(ALL_EVALUATIONS));
  await engine.close();
  return samples;
}

/** After a collection: what is garbage does not count. */
function takeSample(evaluations: number): MemorySample {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  return {
    evaluations,
    rssBytes: rss,
    heapBytes: heapUsed,
    youngBytes: young?.physical_space_size ?? 0,
    arrayBufferBytes: arrayBuffers,
  };
}

const [, , folder] = process.argv;
if (import.meta.main && folder !== undefined) {
  process.stdout.write(`${JSON.stringify(await run(folder))}\n`);
}
