/**
 * Which policies judge this request, and which facts they need. Only facts that some matching policy reads are
 * gathered, and a fact that cannot be had makes only its own readers unavailable.
 */
import type { MonotonicMs } from '../base/clock.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ObjectFact } from '../ownership/object-fact.ts';
import type { FactName, PolicyDescriptor } from '../policy/descriptor.ts';
import type { ClusterFact, Facts, UnavailableFact } from './facts.ts';
import type { FactSources, Gathered } from './ports.ts';

/** What is known about a request before any policy speaks. */
export interface GatheredFacts {
  readonly facts: Facts;
  /** The policies that judge this request. */
  readonly policies: readonly PolicyDescriptor[];
  readonly unavailable: readonly UnavailableFact[];
}

export interface GatherOptions {
  readonly sources: FactSources;
  readonly cluster: ClusterFact;
  readonly matchPolicies: (
    request: AdmissionRequest,
    actor: ActorFact,
  ) => readonly PolicyDescriptor[];
  readonly deadlineAtMs: MonotonicMs;
  /** Facts that the caller itself reads, whatever the policies declare. */
  readonly alwaysNeeded: readonly FactName[];
}

/** Finds the policies for a request and gathers what they read; a fact that cannot be had is listed, not thrown. */
export async function gather(
  request: AdmissionRequest,
  { sources, cluster, matchPolicies, deadlineAtMs, alwaysNeeded }: GatherOptions,
): Promise<GatheredFacts> {
  const claimed = sources.classifyActor(request);
  const candidates = matchPolicies(request, claimed);
  if (candidates.length === 0) {
    return { facts: { actor: claimed, cluster }, policies: [], unavailable: [] };
  }

  const unavailable: UnavailableFact[] = [];
  const proven = await sources.proveActor(request, claimed, deadlineAtMs);
  const actor = settle('actor', proven, unavailable) ?? withoutProof(claimed);
  const object = readsObject(candidates, alwaysNeeded)
    ? settle('object', await sources.describeObject(request, actor, deadlineAtMs), unavailable)
    : undefined;
  // Leases, events and the like keep a cluster alive: no policy can reach them, however broadly it matches.
  if (object?.scope === 'exempt') {
    return { facts: { actor, object, cluster }, policies: [], unavailable: [] };
  }

  const policies = candidates.filter((policy) => appliesTo(policy, object));
  const needed = new Set(policies.flatMap(readFacts));
  const change = needed.has('change') ? sources.diffChange(request) : undefined;
  const source = needed.has('source')
    ? await gatherSource(sources, object, { actor, deadlineAtMs, unavailable })
    : undefined;

  return {
    facts: {
      actor,
      ...(object === undefined ? {} : { object }),
      ...(change === undefined ? {} : { change }),
      ...(source === undefined ? {} : { source }),
      cluster,
    },
    policies,
    unavailable,
  };
}

// Whoever reads the actor anyway must not find a writer that was never checked.
function withoutProof(actor: ActorFact): ActorFact {
  const reason = 'the cluster did not say whether its pod is there';
  return { ...actor, proof: { ...actor.proof, sufficient: false, reason } };
}

function readsObject(
  policies: readonly PolicyDescriptor[],
  alwaysNeeded: readonly FactName[],
): boolean {
  return (
    alwaysNeeded.includes('object') ||
    policies.some((policy) => {
      const read = readFacts(policy);
      return (
        policy.match.managedOnly === true || read.includes('object') || read.includes('source')
      );
    })
  );
}

function readFacts({ facts, optionalFacts }: PolicyDescriptor): readonly FactName[] {
  return optionalFacts.length === 0 ? facts : [...facts, ...optionalFacts];
}

// Without the object fact nobody can say that the object is unmanaged: the policy stays, and will be unavailable.
function appliesTo({ match }: PolicyDescriptor, object: ObjectFact | undefined): boolean {
  return match.managedOnly !== true || object === undefined || object.managed || object.wasManaged;
}

interface SourceQuestion {
  readonly actor: ActorFact;
  readonly deadlineAtMs: MonotonicMs;
  readonly unavailable: UnavailableFact[];
}

async function gatherSource(
  sources: FactSources,
  object: ObjectFact | undefined,
  { actor, deadlineAtMs, unavailable }: SourceQuestion,
): Promise<Facts['source']> {
  if (object !== undefined) {
    return settle('source', await sources.findSource(object, actor, deadlineAtMs), unavailable);
  }
  unavailable.push({
    fact: 'source',
    code: 'fact_unavailable',
    reason: 'the object it would be looked up for is not known',
  });
  return undefined;
}

function settle<T>(
  fact: FactName,
  gathered: Gathered<T>,
  unavailable: UnavailableFact[],
): T | undefined {
  if (gathered.status === 'known') return gathered.value;
  unavailable.push({ fact, code: gathered.code, reason: gathered.reason });
  return undefined;
}
