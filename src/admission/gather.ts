/**
 * Selects the policies for a request and gathers the facts that they read. An unavailable fact makes only its
 * own readers unavailable.
 */
import type { MonotonicMs } from '../base/clock.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import type { FactName } from '../policy/fact-names.ts';
import type { RequestPlace } from '../policy/request-place.ts';
import type {
  ClusterFact,
  FactQuestion,
  Facts,
  FactValues,
  KnownFacts,
  UnavailableFact,
} from './facts/fact.ts';
import type { FactSources, Gathered } from './facts/fact-sources.ts';
import { FACTS, planGathering } from './facts/registry.ts';
import type { PolicySettings } from './runtime.ts';
import { selectConstraints } from './select-constraints.ts';
import { settlePolicies } from './settle-policies.ts';

/** The selected policies and the facts, before evaluation. */
export interface GatheredFacts {
  readonly facts: Facts;
  /** The policies that match this request. */
  readonly policies: readonly PolicyDescriptor[];
  readonly unavailable: readonly UnavailableFact[];
  /** Where the request is, where labels decide. */
  readonly place?: RequestPlace | undefined;
}

export interface GatherOptions {
  readonly sources: FactSources;
  readonly cluster: ClusterFact;
  readonly matchPolicies: (
    request: AdmissionRequest,
    actor: ActorFact,
  ) => readonly PolicyDescriptor[];
  /** @default no policy is off by labels */
  readonly settings?: PolicySettings | undefined;
  readonly deadlineAtMs: MonotonicMs;
  /** Facts that the caller reads, in addition to those of the policies. */
  readonly alwaysNeeded: readonly FactName[];
}

/** Finds the policies for a request and gathers their facts; unavailable facts are listed, not thrown. */
export async function gather(
  request: AdmissionRequest,
  { sources, cluster, matchPolicies, settings, deadlineAtMs, alwaysNeeded }: GatherOptions,
): Promise<GatheredFacts> {
  const claimed = sources.classifyActor(request);
  const candidates = matchPolicies(request, claimed);
  if (candidates.length === 0) {
    return { facts: { actor: claimed, cluster }, policies: [], unavailable: [] };
  }

  const gathering = new Gathering({ request, sources, claimed, deadlineAtMs });
  const { unavailable } = gathering;
  await gathering.add(['actor']);
  gathering.set('actor', gathering.facts.actor ?? withoutProof(claimed));
  if (readsObject(candidates, alwaysNeeded)) await gathering.add(['object']);
  const { object } = gathering.facts;
  // Leases, events and similar objects keep a cluster alive: they are exempt from all policies, however
  // broadly these match.
  if (object?.scope === 'exempt') {
    return { facts: { ...gathering.facts, cluster }, policies: [], unavailable: [] };
  }

  const applicable = candidates.filter((policy) => appliesTo(policy, object));
  const selected = await selectConstraints(applicable, request, async () => {
    await gathering.add(['namespace']);
    return gathering.facts.namespace;
  });
  const settled = await settlePolicies(selected, request, {
    settings,
    // Not as a fact: those are given to every policy, and a namespace may be large.
    readNamespace: () => sources.readNamespace(request, deadlineAtMs),
  });
  await gathering.add(settled.policies.flatMap(readFacts));
  return { facts: { ...gathering.facts, cluster }, ...settled, unavailable };
}

/** The facts of one request, each gathered once. */
class Gathering {
  readonly #question: Omit<FactQuestion, 'facts'>;
  readonly #asked = new Set<FactName>();
  readonly facts: { -readonly [Name in FactName]?: FactValues[Name] } = {};
  readonly unavailable: UnavailableFact[] = [];

  constructor(question: Omit<FactQuestion, 'facts'>) {
    this.#question = question;
  }

  /** Gathers these facts and their dependencies. Awaits only those that return a promise. */
  async add(names: readonly FactName[]): Promise<void> {
    for (const name of planGathering(names)) {
      const pending = this.#asked.has(name) ? undefined : this.#ask(name);
      if (pending !== undefined) await pending;
    }
  }

  set<Name extends FactName>(name: Name, value: FactValues[Name]): void {
    this.facts[name] = value;
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- ties the row to the value of the same name
  #ask<Name extends FactName>(name: Name): Promise<void> | undefined {
    this.#asked.add(name);
    const answer = FACTS[name].gather({ ...this.#question, facts: this.facts });
    if (answer instanceof Promise) {
      return answer.then((settled) => {
        this.#settle(name, settled);
      });
    }
    this.#settle(name, answer);
    return undefined;
  }

  #settle<Name extends FactName>(name: Name, answer: Gathered<FactValues[Name] | undefined>): void {
    if (answer.status === 'unavailable') {
      this.unavailable.push({ fact: name, code: answer.code, reason: answer.reason });
    } else if (answer.value !== undefined) {
      this.set(name, answer.value);
    }
  }
}

// Readers of the actor must never get an unverified writer.
function withoutProof(actor: ActorFact): ActorFact {
  const reason = 'the cluster did not say whether its pod is there';
  return { ...actor, proof: { ...actor.proof, sufficient: false, reason } };
}

// First, because whether Git manages the object determines which policies match.
function readsObject(
  policies: readonly PolicyDescriptor[],
  alwaysNeeded: readonly FactName[],
): boolean {
  return (
    alwaysNeeded.some(needsObject) ||
    policies.some(
      (policy) => policy.match.managedOnly === true || readFacts(policy).some(needsObject),
    )
  );
}

function needsObject(name: FactName): boolean {
  return planGathering([name]).includes('object');
}

function readFacts({ facts, optionalFacts }: PolicyDescriptor): readonly FactName[] {
  return optionalFacts.length === 0 ? facts : [...facts, ...optionalFacts];
}

// Without the object fact the object may be managed: the policy stays selected, and will be unavailable.
function appliesTo({ match }: PolicyDescriptor, object: KnownFacts['object']): boolean {
  return match.managedOnly !== true || object === undefined || object.managed || object.wasManaged;
}
