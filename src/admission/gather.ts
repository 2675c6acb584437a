/**
 * Which policies judge this request, and which facts they need. Only facts that some matching policy reads are
 * gathered, and a fact that cannot be had makes only its own readers unavailable.
 */
import type { MonotonicMs } from '../base/clock.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { isGatheredFact } from '../policy/descriptor.ts';
import type { FactName, GatheredFactName, PolicyDescriptor } from '../policy/descriptor.ts';
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

  const gathering = new Gathering({ request, sources, claimed, deadlineAtMs });
  const { unavailable } = gathering;
  await gathering.add(['actor']);
  gathering.set('actor', gathering.facts.actor ?? withoutProof(claimed));
  if (readsObject(candidates, alwaysNeeded)) await gathering.add(['object']);
  const { object } = gathering.facts;
  // Leases, events and the like keep a cluster alive: no policy can reach them, however broadly it matches.
  if (object?.scope === 'exempt') {
    return { facts: { ...gathering.facts, cluster }, policies: [], unavailable: [] };
  }

  const policies = candidates.filter((policy) => appliesTo(policy, object));
  await gathering.add(policies.flatMap(readFacts));
  return { facts: { ...gathering.facts, cluster }, policies, unavailable };
}

/** The facts of one request as they come in, each asked for once. */
class Gathering {
  readonly #question: Omit<FactQuestion, 'facts'>;
  readonly #asked = new Set<FactName>();
  readonly facts: { -readonly [Name in GatheredFactName]?: FactValues[Name] } = {};
  readonly unavailable: UnavailableFact[] = [];

  constructor(question: Omit<FactQuestion, 'facts'>) {
    this.#question = question;
  }

  /** Gathers these facts and what they are made from. Waits only for those that answer with a promise. */
  async add(names: readonly FactName[]): Promise<void> {
    for (const name of planGathering(names)) {
      const pending = this.#asked.has(name) ? undefined : this.#ask(name);
      if (pending !== undefined) await pending;
    }
    for (const name of names) this.#refuse(name);
  }

  set<Name extends GatheredFactName>(name: Name, value: FactValues[Name]): void {
    this.facts[name] = value;
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- ties the row to the value of the same name
  #ask<Name extends GatheredFactName>(name: Name): Promise<void> | undefined {
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

  #settle<Name extends GatheredFactName>(
    name: Name,
    answer: Gathered<FactValues[Name] | undefined>,
  ): void {
    if (answer.status === 'unavailable') {
      this.unavailable.push({ fact: name, code: answer.code, reason: answer.reason });
    } else if (answer.value !== undefined) {
      this.set(name, answer.value);
    }
  }

  // A declared fact without a gatherer is not "there is none": its readers must not judge as if they had seen it.
  #refuse(name: FactName): void {
    if (isGatheredFact(name) || this.#asked.has(name)) return;
    this.#asked.add(name);
    const reason = `this version of Holdfast does not gather the fact "${name}"`;
    this.unavailable.push({ fact: name, code: 'fact_unavailable', reason });
  }
}

// Whoever reads the actor anyway must not find a writer that was never checked.
function withoutProof(actor: ActorFact): ActorFact {
  const reason = 'the cluster did not say whether its pod is there';
  return { ...actor, proof: { ...actor.proof, sufficient: false, reason } };
}

// Before anything else is asked: whether Git manages the object decides which policies judge at all.
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

// Without the object fact nobody can say that the object is unmanaged: the policy stays, and will be unavailable.
function appliesTo({ match }: PolicyDescriptor, object: KnownFacts['object']): boolean {
  return match.managedOnly !== true || object === undefined || object.managed || object.wasManaged;
}
