/**
 * Who manages an object by the inventories that list it: an Argo CD Application's `status.resources`, a Flux inventory.
 *
 * A field manager's name is whatever its client says, so it makes nobody's object Git's: whoever could write one would
 * freeze the objects of others with it. An inventory must list the object.
 */
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { Claim, ClaimLookup } from '../kubernetes/lookup/lookup.ts';
import type { Applied } from './find-mark.ts';
import type { ObjectFact } from './object-fact.ts';

/** An object that carries no mark, and a field manager's name that says who applied it. */
export interface AppliedObject {
  readonly reference: ObjectReference;
  /** What is known of it without the inventories. */
  readonly fact: ObjectFact;
  readonly applier: Applied;
}

/** The fact of an unmarked object. While nobody can tell it may be Git's: it would be free in every outage otherwise. */
export function describeClaims(
  answer: ClaimLookup,
  { reference, fact, applier }: AppliedObject,
): ObjectFact {
  if (answer.status === 'unavailable') return describeApplied(applier);
  const [claim] = answer.claims;
  if (claim === undefined) return fact;
  // Argo CD marks no CustomResourceDefinition; everything else has lost its mark.
  return { ...describeClaimed(claim), self: reference.resource === 'customresourcedefinitions' };
}

/** The fact of an object that this inventory lists. */
export function describeClaimed({ tool, kind, namespace, app }: Claim): ObjectFact {
  return {
    managed: true,
    wasManaged: true,
    tool,
    app,
    appNamespace: namespace,
    mark: `inventory of ${kind}`,
    self: true,
    confirmed: true,
    scope: 'managed',
  };
}

/** `self` is false: no mark names the object any more. Only its GitOps controller can put it back in order. */
function describeApplied({ tool, mark }: Applied): ObjectFact {
  return { managed: true, wasManaged: true, tool, mark, self: false, scope: 'managed' };
}
