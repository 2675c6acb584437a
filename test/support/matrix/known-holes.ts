/**
 * What passes today and should not: each with what does not judge it yet. A row goes as soon as its attempts are refused; the
 * test says so where nothing needs it any more.
 */
import type { Explanation } from './explanations.ts';

export const KNOWN_HOLES: readonly Pick<Explanation, 'rule' | 'reason' | 'explains'>[] = [
  {
    rule: 'nodes/proxy',
    reason: 'paths that only read are left free, and so is an empty one',
    explains: ({ act }) => act.resource === 'nodes/proxy',
  },
  {
    rule: 'where GitOps runs',
    reason: 'single attempts in the namespaces of the installations are not explained yet',
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
    reason: 'a kubelet works on pods, and what it may not do there is left to NodeRestriction',
    explains: ({ identity, act }) => identity.role === 'node' && act.target.role === 'child',
  },
  {
    rule: 'status under any name',
    reason: 'accounts with the token of a pod report on custom kinds, and on children',
    explains: ({ identity, act }) =>
      act.what.startsWith('status') &&
      (act.target.role === 'child' || identity.role !== 'cluster-admin'),
  },
  {
    rule: 'labels and owners of children',
    reason: 'other labels and notes on pods are free',
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
