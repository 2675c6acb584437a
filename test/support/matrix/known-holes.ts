/**
 * What passes today and should not: each with what does not judge it yet. A row goes as soon as its attempts are refused; the
 * test says so where nothing needs it any more.
 */
import type { Explanation } from './explanations.ts';

export const KNOWN_HOLES: readonly Pick<Explanation, 'rule' | 'reason' | 'explains'>[] = [
  {
    rule: 'nodes/proxy',
    reason: 'it is asked about, and no policy judges it',
    explains: ({ act }) => act.resource === 'nodes/proxy',
  },
  {
    rule: 'where GitOps runs',
    reason:
      'only its settings, accounts’ tokens and Applications are guarded, not its whole namespace',
    explains: ({ act }) => act.target.role === 'gitops',
  },
  {
    rule: 'slices of a managed Service',
    reason: 'managed_children does not guard EndpointSlices: whoever writes one takes the traffic',
    explains: ({ act }) =>
      act.target.role === 'child' && act.resource === 'endpointslices.discovery.k8s.io',
  },
  {
    rule: 'children under a node’s name',
    reason: 'managed_children is not asked about nodes',
    explains: ({ identity, act }) => identity.role === 'node' && act.target.role === 'child',
  },
  {
    rule: 'status under any name',
    reason: 'any service account may write it, and that of children anybody',
    explains: ({ identity, act }) =>
      act.what.startsWith('status') &&
      (act.target.role === 'child' || identity.role !== 'cluster-admin'),
  },
  {
    rule: 'labels and owners of children',
    reason: 'the labels by which a controller selects are free',
    explains: ({ act }) => act.target.role === 'child' && act.resource === 'pods',
  },
  {
    rule: 'binding a pod that waits',
    reason: 'whoever may create bindings says on which node a pod runs',
    explains: ({ act }) => act.resource === 'pods/binding',
  },
  {
    rule: 'more than the controller does',
    reason:
      'a row of the platform table permits more than its controller needs, or an exemption hides it',
    explains: ({ identity }) => identity.role === 'control plane',
  },
];
