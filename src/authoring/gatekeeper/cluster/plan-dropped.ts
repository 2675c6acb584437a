/**
 * Which policies of the bundle that is published would be dropped by the next one, and whether that is meant. A constraint that was deleted
 * past Git, or cannot be read any more, must not turn a policy off in silence.
 */
import { pluralOf } from '../../../kubernetes/client/format-api-path.ts';
import type { ObjectReference } from '../../../kubernetes/object-reference.ts';
import type { PolicyDescriptor } from '../../../policy/descriptor.ts';
import type { FoundDocument } from '../plan-constraints.ts';
import { CONSTRAINT_GROUP, TEMPLATE_KIND } from './followed-kinds.ts';
import type { FollowedPlan } from './plan-followed.ts';

export type DroppedPolicy =
  /** Its objects are there, and one of them cannot be judged by. */
  | { readonly status: 'faulty'; readonly policy: string; readonly file: string }
  /** One of its objects is gone: dropped where nothing lists that object as its own. */
  | { readonly status: 'gone'; readonly policy: string; readonly object: ObjectReference }
  /** Its constraint no longer acts at the webhook. */
  | { readonly status: 'left'; readonly policy: string };

export interface DroppedOptions {
  /** Of the published bundle. */
  readonly published: readonly PolicyDescriptor[];
  readonly documents: readonly FoundDocument[];
  readonly followed: Pick<FollowedPlan, 'plan' | 'accepted'>;
}

/** The policies in the order of the published bundle. Policies of Rego folders are none of them. */
export function planDropped({
  published,
  documents,
  followed,
}: DroppedOptions): readonly DroppedPolicy[] {
  const kept = new Set(
    followed.plan.constraints.map(
      ({ template, constraint }) => `${template.name}/${constraint.name}`,
    ),
  );
  // The kind of a constraint is that of its template in other letters, which the name of a policy has not.
  const files = new Map(documents.map(({ file }) => [file.toLowerCase(), file]));
  return published.flatMap(({ name: policy, constraint }): readonly DroppedPolicy[] => {
    if (constraint === undefined || kept.has(policy)) return [];
    const template = files.get(`${TEMPLATE_KIND.kind}/${constraint.template}`.toLowerCase());
    if (template === undefined) {
      return [{ status: 'gone', policy, object: templateReference(constraint.template) }];
    }
    if (!followed.accepted.has(template)) return [{ status: 'faulty', policy, file: template }];
    const found = files.get(policy);
    if (found === undefined) {
      return [{ status: 'gone', policy, object: constraintReference(constraint) }];
    }
    return followed.accepted.has(found)
      ? [{ status: 'left', policy }]
      : [{ status: 'faulty', policy, file: found }];
  });
}

function templateReference(name: string): ObjectReference {
  return { ...TEMPLATE_KIND, resource: 'constrainttemplates', name };
}

/** By its resource alone. */
function constraintReference({
  template,
  name,
}: NonNullable<PolicyDescriptor['constraint']>): ObjectReference {
  return {
    group: CONSTRAINT_GROUP,
    version: '',
    kind: '',
    resource: pluralOf(template),
    name,
  };
}
