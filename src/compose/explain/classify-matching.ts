/** Why a policy judges a request, or the first condition for which it does not. */
import type { AdmissionRoute } from '../../admission/decide.ts';
import type { KnownFacts } from '../../admission/facts/fact.ts';
import { classifyMismatch, type Mismatch } from '../../policy/classify-mismatch.ts';
import type { PolicyDescriptor, PolicyMatch } from '../../policy/descriptor.ts';
import type { ConstraintMatch } from '../../policy/gatekeeper/constraint.ts';
import {
  matchConstraint,
  matchesKind,
  type MatchedObjects,
} from '../../policy/gatekeeper/match-constraint.ts';
import type { MatchAttributes } from '../../policy/match-index.ts';

export type Matching =
  | { readonly matched: true }
  | {
      readonly matched: false;
      /** A member of `match`, `constraint.` and a member of the constraint's match, `exempt`, `mode` or `route`. */
      readonly condition: string;
      /** One sentence without its period. */
      readonly reason: string;
    };

export interface MatchingQuestion {
  /** As the configuration has it; absent where that leaves it nothing to judge. */
  readonly policy: PolicyDescriptor | undefined;
  readonly route: AdmissionRoute;
  readonly attributes: MatchAttributes;
  readonly objects: MatchedObjects;
  readonly object: KnownFacts['object'];
  /** Whether it is on here, and matches what the request says by itself. */
  readonly isCandidate: boolean;
  /** Whether it judged. */
  readonly isSelected: boolean;
}

/** The conditions in the order in which the path of requests checks them. */
export function classifyMatching(question: MatchingQuestion): Matching {
  const { policy, attributes, isCandidate, isSelected, object } = question;
  if (isSelected) return { matched: true };
  if (policy === undefined) {
    return unmatched('judgedImagesOnly', 'the configuration judges no signatures of images');
  }
  const { match, constraint } = policy;
  const mismatch = classifyMismatch(match, attributes);
  if (mismatch !== undefined) return describeMismatch(mismatch, match);
  if (constraint !== undefined && !matchesKind(constraint.match, attributes)) {
    return describeConstraint('kinds');
  }
  if (!isCandidate) return describeDisabled(policy, question);
  if (object?.scope === 'exempt') {
    return unmatched('exempt', 'the object is exempt from all policies: a cluster lives by it');
  }
  if (match.managedOnly === true && object?.managed === false && !object.wasManaged) {
    return unmatched('managedOnly', 'Git does not manage the object');
  }
  return describeConstraint(findUnmatched(constraint?.match ?? {}, question.objects));
}

function unmatched(condition: string, reason: string): Matching {
  return { matched: false, condition, reason };
}

/** More names than this say nothing to a person. */
const NAMES_SHOWN_MAX = 6;

function describeMismatch({ condition, named, found }: Mismatch, match: PolicyMatch): Matching {
  if (condition === 'excludedNamespaces') {
    return unmatched(condition, `it leaves out the namespace ${found}`);
  }
  if (condition === 'namespaces' && match.installationsOnly === true) {
    return unmatched(
      'installationsOnly',
      `nothing of GitOps or Holdfast is installed in ${shown(found)}`,
    );
  }
  const hidden = named.length - NAMES_SHOWN_MAX;
  const more = hidden > 0 ? ` and ${String(hidden)} more` : '';
  const names = named.slice(0, NAMES_SHOWN_MAX).map(shown).join(', ');
  return unmatched(condition, `it names ${names}${more}, and the request has ${shown(found)}`);
}

function shown(text: string): string {
  return text === '' ? '""' : text;
}

function describeDisabled(
  { rules }: PolicyDescriptor,
  { route, attributes: { namespace = '' } }: MatchingQuestion,
): Matching {
  if (route === 'mutate' && !rules.includes('patch')) {
    return unmatched('route', 'it patches nothing, and only patches are asked for here');
  }
  const place = namespace === '' ? '' : ` in the namespace ${namespace}`;
  return unmatched('mode', `its mode is off${place}`);
}

const CONSTRAINT_MEMBERS = [
  'scope',
  'namespaces',
  'excludedNamespaces',
  'labelSelector',
  'namespaceSelector',
  'name',
  'source',
] as const satisfies readonly (keyof ConstraintMatch)[];

/** `undefined` where each is met by one of the objects, and no object meets all of them. */
function findUnmatched(
  match: ConstraintMatch,
  objects: MatchedObjects,
): keyof ConstraintMatch | undefined {
  return CONSTRAINT_MEMBERS.find(
    (member) => matchConstraint({ [member]: match[member] }, objects) === 'unmatched',
  );
}

function describeConstraint(member: keyof ConstraintMatch | undefined): Matching {
  if (member === undefined) {
    return unmatched('constraint', 'neither the new object nor the old one meets all of its match');
  }
  return unmatched(`constraint.${member}`, `its match names other objects by ${member}`);
}
