/**
 * What facts cost: everything between the decoded review and the first policy, over every review of the recorded day, beside
 * the decoding of the same reviews in the same run. Lookups are answered from memory, as a watch cache answers them.
 */
import { join } from 'node:path';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { decodeReview, type DecodedReview } from '../../src/admission/decode.ts';
import { gather } from '../../src/admission/gather.ts';
import type { AdmissionRuntime } from '../../src/admission/runtime.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { bindSnapshotLookup } from '../../src/compose/bind-lookup.ts';
import { bindRuntime } from '../../src/compose/bind-runtime.ts';
import { foldClusterState, readRecordedDay } from '../../src/compose/recorded-day.ts';
import { LIMITS } from '../../src/config/limits.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import { ensureBundle } from '../../src/authoring/ensure-bundle.ts';
import { describeMachine } from './machine.ts';
import { percentile } from './percentile.ts';
import { formatNumber, formatTable } from './report-format.ts';
import { REPOSITORY_ROOT } from './workload.ts';

const RECORDED_DAY = join(REPOSITORY_ROOT, 'test', 'fixtures', 'recorded-day.json');
const LIMIT = { jsonDepthMax: LIMITS['limits.jsonDepthMax'].default };
const WARM_UP_ROUNDS = 30;
const DEADLINE_MS = 60_000;
const WANTED_P50_US = 100;

type Decoded = Extract<DecodedReview, { ok: true }>;

/** Runs so many rounds over all reviews, and writes the report. */
export async function measureFacts({ rounds }: { readonly rounds: number }): Promise<string> {
  const machine = describeMachine();
  const cases = await readRecordedDay(RECORDED_DAY);
  const bodies = cases.map(({ review }) => Buffer.from(JSON.stringify(review)));
  const decoded = bodies.map(decode);
  const runtime = await bindRecordedRuntime(foldClusterState(cases));
  const all = WARM_UP_ROUNDS + rounds;
  const decoding: number[] = [];
  const facts: number[] = [];
  for (let round = 0; round < all; round += 1) {
    for (const [index, body] of bodies.entries()) {
      const decodeUs = elapsed(() => decode(body));
      const factsUs = await elapsedAsync(() => gatherFacts(decoded[index], runtime));
      if (round < WARM_UP_ROUNDS) continue;
      decoding.push(decodeUs);
      facts.push(factsUs);
    }
  }
  const rows = [
    ['facts: actor, policies, object, change, source', ...figures(facts)],
    ['for comparison: decoding the same reviews', ...figures(decoding)],
  ];
  return [
    '# What facts cost',
    '',
    `Every one of the ${String(bodies.length)} reviews of the recorded day, ${String(rounds)} times, one at a time, in one thread; lookups are`,
    'answered from memory. Microseconds for one review. Written by `npm run bench -- --facts`.',
    '',
    formatTable(['step', 'p50', 'p90', 'p99'], rows),
    '',
    `Wanted: a p50 of facts below ${String(WANTED_P50_US)} µs. It ${reaches(facts) ? 'is' : 'is not'}.`,
    '',
    `${machine.cpuModel}, ${String(machine.cores)} cores, ${formatNumber(machine.memoryMib, 0)} MiB, ${machine.kernel}, Node ${machine.node}; ` +
      `load average before the run ${formatNumber(machine.loadAverage, 2)}.`,
    '',
  ].join('\n');
}

async function bindRecordedRuntime(clusterState: readonly unknown[]): Promise<AdmissionRuntime> {
  const {
    bundle: { manifest },
  } = await ensureBundle({
    sourceFolder: join(REPOSITORY_ROOT, 'policies'),
    cacheFolder: cacheFolder(),
  });
  const configuration = configurationSchema.parse({
    cluster: { name: 'bench' },
    identity: {
      writers: [
        {
          name: 'argocd',
          username: 'system:serviceaccount:argocd:argocd-application-controller',
          tool: 'argocd',
        },
      ],
    },
  });
  const evaluate = (): Promise<never[]> => Promise.resolve([]);
  return bindRuntime(configuration, {
    engine: { revision: 'bench', descriptors: manifest.policies, evaluate },
    lookup: bindSnapshotLookup(configuration, clusterState),
  });
}

function decode(body: Uint8Array): Decoded {
  const decoded = decodeReview(body, LIMIT);
  if (!decoded.ok) throw new Error(`Cannot decode a recorded review: ${decoded.message}`);
  return decoded;
}

function gatherFacts(decoded: Decoded | undefined, runtime: AdmissionRuntime): Promise<unknown> {
  if (decoded === undefined) throw new Error('There are more bodies than reviews');
  return gather(decoded.request, {
    sources: runtime.sources,
    cluster: runtime.cluster,
    matchPolicies: (request, actor) => runtime.matchPolicies('validate', request, actor),
    deadlineAtMs: addMs(systemClock.monotonicMs(), DEADLINE_MS),
    alwaysNeeded: [],
  });
}

function elapsed(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) * 1000;
}

async function elapsedAsync(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) * 1000;
}

function reaches(values: readonly number[]): boolean {
  return percentile(sort(values), 50) < WANTED_P50_US;
}

function figures(values: readonly number[]): readonly string[] {
  const sorted = sort(values);
  return [50, 90, 99].map((percent) => formatNumber(percentile(sorted, percent), 1));
}

function sort(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}
