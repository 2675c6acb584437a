/**
 * Facts: what Holdfast knows about a request beyond the request itself.
 *
 * This file is the contract between the features that gather facts and the policies that read them
 * (`input.facts` in Rego). A fact is known or unavailable; it is never guessed.
 */
import type { AuditRecord } from '../../audit/audit-record.ts';
import type { MonotonicMs } from '../../base/clock.ts';
import type { ErrorCode } from '../../errors.ts';
import type { FreezeFact } from '../../freeze/freeze-fact.ts';
import type { ActorFact } from '../../identity/actor.ts';
import type { ImageFact } from '../../image/images-fact.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ChangeFact } from '../../ownership/change.ts';
import type { DeletionsFact } from '../../ownership/deletions/deletions-fact.ts';
import type { ObjectFact } from '../../ownership/object-fact.ts';
import type { InventoryFact } from '../../policy/gatekeeper/plan-inventory.ts';
import type { FactName } from '../../policy/fact-names.ts';
import type { PlaintextFact } from '../../plaintext/plaintext-fact.ts';
import type { RollbackFact } from '../../source/lineage/decide-rollback.ts';
import type { SourceFact } from '../../source/parse-application.ts';
import type { FactSources, Gathered } from './fact-sources.ts';

/** What each fact tells. */
export interface FactValues {
  readonly actor: ActorFact;
  readonly object: ObjectFact;
  readonly change: ChangeFact;
  /** `null` if no application is known for the object. */
  readonly source: SourceFact | null;
  /** Those that the object names, in its order; empty if it names none. */
  readonly images: readonly ImageFact[];
  readonly plaintext: PlaintextFact;
  /** `null` for what is no deletion of a managed object whose application is known. */
  readonly deletions: DeletionsFact | null;
  /** `null` for what no GitOps controller writes, and where versions are not noted. */
  readonly rollback: RollbackFact | null;
  readonly freeze: FreezeFact;
  readonly grant: GrantFact;
  /** The namespace that the object is in, as it is stored; `null` for what is in none. */
  readonly namespace: KubernetesObject | null;
  readonly inventory: InventoryFact;
}

/** The known facts of one request. A fact that no policy reads is absent, and so is an unavailable one. */
export type KnownFacts = { readonly [Name in FactName]?: FactValues[Name] };

/** The facts passed to the policies: `input.facts`. */
export interface Facts extends KnownFacts {
  readonly cluster: ClusterFact;
}

/** The break-glass grant that a request is judged under; absent for every other request. */
export interface GrantFact {
  readonly id: string;
  /** Whether the grant names this resource explicitly, not with `*`. */
  readonly namesResource: boolean;
}

export interface ClusterFact {
  readonly name: string;
  readonly frozen: boolean;
}

/** Why a fact is unavailable. It makes the policies that read it `unavailable`, and no others. */
export interface UnavailableFact {
  readonly fact: FactName;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** The inputs of a fact. */
export interface FactQuestion {
  readonly request: AdmissionRequest;
  readonly sources: FactSources;
  /** The claimed actor, before verification against the cluster. */
  readonly claimed: ActorFact;
  /** The facts gathered so far. */
  readonly facts: KnownFacts;
  readonly deadlineAtMs: MonotonicMs;
}

/** Known to be `undefined`: the request has none. */
type Answer<Value> = Gathered<Value | undefined>;

/** The members of an audit record that come from facts. */
export type FactRecord = Pick<
  AuditRecord,
  'actor' | 'managedBy' | 'change' | 'source' | 'initiatedBy' | 'images'
>;

/** How a fact is gathered and recorded. */
export interface FactRow<Name extends FactName> {
  /** Its dependencies: they are gathered first, and it is unavailable if one of them is. */
  readonly needs: readonly FactName[];
  /** Synchronous if the request contains the answer, because a promise costs every request. */
  readonly gather: (
    question: FactQuestion,
  ) => Answer<FactValues[Name]> | Promise<Answer<FactValues[Name]>>;
  readonly record: (value: FactValues[Name]) => FactRecord;
}

interface FactDefinition<Name extends FactName, Need extends FactName> {
  readonly needs: readonly Need[];
  readonly gather: (
    question: FactQuestion,
    needed: Pick<FactValues, Need>,
  ) => ReturnType<FactRow<Name>['gather']>;
  readonly record: FactRow<Name>['record'];
}

/** The row of a fact: its gatherer is called only if all dependencies are known. */
export function defineFact<Name extends FactName, Need extends FactName>(
  name: Name,
  { needs, gather, record }: FactDefinition<Name, Need>,
): FactRow<Name> {
  return {
    needs,
    gather: (question) => {
      const { facts } = question;
      if (knowsAll(facts, needs)) return gather(question, facts);
      const missing = needs.find((need) => facts[need] === undefined);
      const reason = `the fact "${name}" is made from the fact "${missing}", which is not known`;
      return { status: 'unavailable', code: 'fact_unavailable', reason };
    },
    record,
  };
}

function knowsAll<Need extends FactName>(
  facts: KnownFacts,
  needs: readonly Need[],
): facts is KnownFacts & Pick<FactValues, Need> {
  return needs.every((need) => facts[need] !== undefined);
}
