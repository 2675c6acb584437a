/** One measured review with everything that is posted for it, made by the request path's own parts. */
import { addMs, systemClock } from '../../src/base/clock.ts';
import { gather } from '../../src/admission/gather.ts';
import { decodeReview } from '../../src/admission/decode.ts';
import type { PolicyEngine } from '../../src/admission/ports.ts';
import type { AdmissionRuntime } from '../../src/admission/runtime.ts';
import { createNoLookup } from '../../src/kubernetes/lookup/lookup.ts';
import { bindRuntime } from '../../src/compose/bind-runtime.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import { LIMITS } from '../../src/config/limits.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { formatInput, formatParameters } from '../../src/policy/wasm/format-input.ts';
import type { BenchReview } from './workload.ts';

/** How many of the loaded policies judge each measured review. */
const MATCHING = 3;
const DEADLINE_MS = 60_000;

/** A review, the policies that judge it, and the input document that they see. */
export interface BenchCase {
  readonly review: BenchReview;
  readonly matching: readonly string[];
  readonly facts: object;
  /** The document that Holdfast hands to its WASM module, as OPA's server takes it. */
  readonly opaBody: string;
}

/** Plans the cases of a run. Throws where a review is judged by another number of policies than the bench promises. */
export async function planCases(
  reviews: readonly BenchReview[],
  descriptors: readonly PolicyDescriptor[],
): Promise<readonly BenchCase[]> {
  const runtime = benchRuntime(silentEngine(descriptors));
  return Promise.all(reviews.map((review) => planCase(review, runtime)));
}

/** The request path's parts, bound as `serve` binds them, with the default configuration and no cluster. */
export function benchRuntime(engine: PolicyEngine): AdmissionRuntime {
  const configuration = configurationSchema.parse({ cluster: { name: 'bench' } });
  return bindRuntime(configuration, { engine, lookup: createNoLookup() });
}

async function planCase(review: BenchReview, runtime: AdmissionRuntime): Promise<BenchCase> {
  const decoded = decodeReview(Buffer.from(review.body), {
    jsonDepthMax: LIMITS['limits.jsonDepthMax'].default,
  });
  if (!decoded.ok) throw new Error(`Cannot decode "${review.title}": ${decoded.message}`);
  const { policies, facts } = await gather(decoded.request, {
    sources: runtime.sources,
    cluster: runtime.cluster,
    matchPolicies: (request, actor) => runtime.matchPolicies('validate', request, actor),
    deadlineAtMs: addMs(systemClock.monotonicMs(), DEADLINE_MS),
    alwaysNeeded: [],
  });
  const matching = policies.map(({ name }) => name);
  if (matching.length !== MATCHING) {
    throw new Error(
      `"${review.title}" must be judged by ${MATCHING} policies: found ${matching.join(', ')}`,
    );
  }
  const { parameters } = runtime.settings.parametersOf(policies, {
    namespace: decoded.request.namespace,
  });
  const input = formatInput({
    requestJson: decoded.requestJson,
    facts,
    parametersJson: formatParameters(matching.map((name) => [name, parameters[name] ?? {}])),
  });
  return { review, matching, facts, opaBody: `{"input":${Buffer.from(input).toString()}}` };
}

/** Knows the policies and judges nothing: planning needs no verdicts. */
function silentEngine(descriptors: readonly PolicyDescriptor[]): PolicyEngine {
  return { revision: 'bench', descriptors, evaluate: () => Promise.resolve([]) };
}
