/** What the policies see of recorded reviews, made by the request path's own parts. */
import { decodeReview } from '../../src/admission/decode.ts';
import { gather } from '../../src/admission/gather.ts';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { bindRuntime } from '../../src/compose/bind-runtime.ts';
import { LIMITS } from '../../src/config/limits.ts';
import { configurationSchema, type Configuration } from '../../src/config/schema.ts';
import { createNoLookup, type ClusterLookup } from '../../src/kubernetes/lookup/lookup.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';

const DEADLINE_MS = 60_000;
const DECODING = { jsonDepthMax: LIMITS['limits.jsonDepthMax'].default };

/** What the input document of a review is made of. */
export interface PolicyInput {
  readonly requestJson: Uint8Array;
  readonly facts: unknown;
  readonly parameters: readonly (readonly [policy: string, parameters: unknown])[];
}

export interface InputOptions {
  /** @default all that has a default */
  readonly configuration?: Configuration;
  /** @default nothing can be looked up */
  readonly lookup?: ClusterLookup;
  /** Every policy judges every review, whether it matches or not. @default false */
  readonly withAll?: boolean;
}

/** The parts of the input document of each review that some policy matches. */
export async function planPolicyInputs(
  bodies: readonly Uint8Array[],
  descriptors: readonly PolicyDescriptor[],
  {
    configuration = configurationSchema.parse({ cluster: { name: 'test' } }),
    lookup = createNoLookup(),
    withAll = false,
  }: InputOptions = {},
): Promise<readonly PolicyInput[]> {
  const engine = { revision: 'none', descriptors, evaluate: () => Promise.resolve([]) };
  const { sources, cluster, matchPolicies, settings } = bindRuntime(configuration, {
    engine,
    lookup,
  });
  const everywhere = descriptors.map((descriptor) => ({ ...descriptor, match: {} }));
  const planned: PolicyInput[] = [];
  for (const body of bodies) {
    const decoded = decodeReview(body, DECODING);
    if (!decoded.ok) continue;
    const { policies, facts } = await gather(decoded.request, {
      sources,
      cluster,
      matchPolicies: (request, actor) =>
        withAll ? everywhere : matchPolicies('validate', request, actor),
      deadlineAtMs: addMs(systemClock.monotonicMs(), DEADLINE_MS),
      alwaysNeeded: [],
    });
    if (policies.length === 0) continue;
    const { namespace } = decoded.request;
    const { parameters } = settings.parametersOf(policies, { namespace });
    planned.push({
      requestJson: decoded.requestJson,
      facts,
      parameters: policies.map(({ name, parameters: own }) => [name, parameters[name] ?? own]),
    });
  }
  return planned;
}
