/**
 * Facts: what Holdfast knows about a request beyond the request itself.
 *
 * This file is the contract between the features that gather facts and the policies that read them
 * (`input.facts` in Rego). A fact is known or unavailable; it is never guessed.
 */
import type { ActorFact } from '../identity/actor.ts';
import type { ChangeFact } from '../ownership/change.ts';
import type { ObjectFact } from '../ownership/object-fact.ts';
import type { FactName } from '../policy/descriptor.ts';
import type { SourceFact } from '../source/source-fact.ts';

/** Why a fact could not be had. It makes the policies that read it `unavailable`, and no others. */
export interface UnavailableFact {
  readonly fact: FactName;
  /** A code of the error table (`src/errors.ts`). */
  readonly code: string;
  readonly reason: string;
}

/** The facts handed to the policies: `input.facts`. A fact that no matching policy reads is absent. */
export interface Facts {
  readonly actor?: ActorFact;
  readonly object?: ObjectFact;
  readonly change?: ChangeFact;
  readonly source?: SourceFact | null;
  readonly images?: null;
  readonly grant?: GrantFact;
  readonly cluster: ClusterFact;
}

/** The break-glass grant that a request is judged under; absent for every other request. */
export interface GrantFact {
  readonly id: string;
  /** Whether the grant names this very resource, and not all of them. */
  readonly namesResource: boolean;
}

export interface ClusterFact {
  readonly name: string;
  readonly frozen: boolean;
}
