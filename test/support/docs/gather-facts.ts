/** What the path of the webhook gathers for recorded reviews: every fact, whether a policy reads it or not. */
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { decodeReview } from '../../../src/admission/decode.ts';
import type { Facts } from '../../../src/admission/facts/fact.ts';
import { gather } from '../../../src/admission/gather.ts';
import { bindSnapshotLookup } from '../../../src/compose/bind-lookup.ts';
import { bindRuntime } from '../../../src/compose/bind-runtime.ts';
import { snapshotClusterObjects } from '../../../src/compose/cluster-objects.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import type { PolicyDescriptor } from '../../../src/policy/descriptor.ts';
import { FACT_NAMES } from '../../../src/policy/fact-names.ts';
import { ENGINE_LIMITS } from '../../../src/policy/settings.ts';

/** A request, and what it is judged with. */
export interface GatheredReview {
  readonly name: string;
  readonly review: unknown;
  /** As in `holdfast.yaml`. */
  readonly configuration: object;
  readonly clusterState: readonly unknown[];
}

/** A policy that judges everything and reads everything. */
const READER: PolicyDescriptor = {
  name: 'reader',
  title: 'Reads every fact',
  description: 'Judges nothing.',
  severity: 'info',
  match: {},
  failure: 'deny',
  deadlineMs: ENGINE_LIMITS['engine.deadlineMs'].default,
  facts: [],
  optionalFacts: FACT_NAMES,
  rules: ['deny'],
  mode: 'enforce',
  parameters: {},
};
// As long as a busy machine may take.
const DEADLINE_MS = 60_000;

/** The facts of one request. Throws where the review cannot be read. */
export async function gatherFacts({
  name,
  review,
  configuration: written,
  clusterState,
}: GatheredReview): Promise<Facts> {
  const parsed = parseConfiguration(JSON.stringify(written), { file: name, folder: '/' });
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.problems)}`);
  const { configuration } = parsed;
  const runtime = bindRuntime(configuration, {
    engine: { revision: 'facts', descriptors: [READER], evaluate: () => Promise.resolve([]) },
    lookup: bindSnapshotLookup(configuration, clusterState),
    clusterObjects: snapshotClusterObjects(clusterState, []),
  });
  const decoded = decodeReview(Buffer.from(JSON.stringify(review)), runtime.decodeLimits);
  if (!decoded.ok) throw new Error(`${name}: ${decoded.message}`);
  const { facts } = await gather(decoded.request, {
    sources: runtime.sources,
    cluster: runtime.cluster,
    matchPolicies: (request, actor) => runtime.matchPolicies('validate', request, actor),
    deadlineAtMs: addMs(systemClock.monotonicMs(), DEADLINE_MS),
    alwaysNeeded: [],
  });
  // As a policy reads them: what is undefined is absent.
  const read: Facts = JSON.parse(JSON.stringify(facts));
  return read;
}
