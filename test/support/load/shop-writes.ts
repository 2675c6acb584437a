/** What people and Argo CD write into namespace `shop` all day, with the answer that each must get. */
import { trackingAnnotation } from '../cluster/shop.ts';
import type { PlannedWrite } from './paced-load.ts';

const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';
const SCALE = '/apis/apps/v1/namespaces/shop/deployments/checkout/scale';

/** One round: free objects and declared ones are made, changed and deleted, by whoever may and by whoever may not. */
export function planShopRound(name: string): readonly PlannedWrite[] {
  const free = `${CONFIG_MAPS}/free-${name}`;
  const declared = `${CONFIG_MAPS}/declared-${name}`;
  const data = { data: { round: name } };
  const allow = (user: string, path: string, request: PlannedWrite['request']): PlannedWrite => ({
    user,
    path,
    request,
    expected: 'allowed',
  });
  return [
    allow('alice', CONFIG_MAPS, { method: 'POST', body: { metadata: { name: `free-${name}` } } }),
    allow('argocd', CONFIG_MAPS, { method: 'POST', body: describeDeclared(`declared-${name}`) }),
    refuse('managed_object_changed', `${CONFIG_MAPS}/checkout`, { method: 'PATCH', body: data }),
    allow('alice', free, { method: 'PATCH', body: data }),
    allow('argocd', declared, { method: 'PATCH', body: data }),
    refuse('managed_object_deleted', declared, { method: 'DELETE' }),
    refuse('managed_object_scaled', SCALE, { method: 'PATCH', body: { spec: { replicas: 7 } } }),
    allow('argocd', declared, { method: 'DELETE' }),
    allow('alice', free, { method: 'DELETE' }),
  ];
}

function refuse(expected: string, path: string, request: PlannedWrite['request']): PlannedWrite {
  return { user: 'alice', path, request, expected };
}

function describeDeclared(name: string): object {
  const annotations = trackingAnnotation('checkout', `/ConfigMap:shop/${name}`);
  return { metadata: { name, annotations }, data: {} };
}
