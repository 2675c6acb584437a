/** Which objects of a cluster say what Gatekeeper judges. Source: Gatekeeper 3.23, charts/gatekeeper/crds. */
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { FollowedKind } from '../../../kubernetes/watch/object-follower.ts';
import type { FoundDocument } from '../plan-constraints.ts';

/** Of the kinds that templates declare. */
export const CONSTRAINT_GROUP = 'constraints.gatekeeper.sh';

/** Of ConstraintTemplate. */
export const TEMPLATE_GROUP = 'templates.gatekeeper.sh';

/** The groups whose objects become policies, or say what policies see. Who writes one of them writes policy. */
export const POLICY_GROUPS: readonly string[] = [
  TEMPLATE_GROUP,
  CONSTRAINT_GROUP,
  'config.gatekeeper.sh',
  'syncset.gatekeeper.sh',
];

/** The one kind without which there is nothing to judge by. */
export const TEMPLATE_KIND: FollowedKind = {
  group: TEMPLATE_GROUP,
  version: 'v1',
  kind: 'ConstraintTemplate',
};

/** What they may be judged against, and where they do not judge. */
export const SETTING_KINDS: readonly FollowedKind[] = [
  { group: 'config.gatekeeper.sh', version: 'v1alpha1', kind: 'Config' },
  { group: 'syncset.gatekeeper.sh', version: 'v1alpha1', kind: 'SyncSet' },
];

/** The constraints of one template. */
export function constraintKindOf(kind: string): FollowedKind {
  return { group: CONSTRAINT_GROUP, version: 'v1beta1', kind };
}

/** An object as a document; people find it by its kind and name. */
export function documentOf(
  object: KubernetesObject,
  { group, version, kind }: FollowedKind,
): FoundDocument {
  const { namespace = '', name = '' } = object.metadata ?? {};
  return {
    file: [kind, namespace, name].filter((part) => part !== '').join('/'),
    // Objects of a list do not say what they are.
    value: { ...object, apiVersion: `${group}/${version}`, kind },
  };
}

/** In an order that does not depend on the cluster: the same objects give the same bundle. */
export function sortDocuments<Document extends FoundDocument>(
  documents: readonly Document[],
): readonly Document[] {
  return documents.toSorted((a, b) => (a.file < b.file ? -1 : 1));
}
