import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesClaimed, readClaims } from '../../../../src/kubernetes/lookup/match-claims.ts';

const inventory = { inventory: { entries: [{ id: 'shop_web__Service' }] } };
const web = { group: '', kind: 'Service', namespace: 'shop', name: 'web' };
const service = { group: '', version: 'v1', resource: 'services', name: 'web', namespace: 'shop' };

describe('readClaims', () => {
  it('says who claims what', () => {
    const metadata = { name: 'apps', namespace: 'flux-system' };
    assert.deepEqual(readClaims('Kustomization', { metadata, spec: {}, status: inventory }), {
      claim: { tool: 'flux', kind: 'Kustomization', namespace: 'flux-system', app: 'apps' },
      objects: [web],
    });
    const destination = { name: 'in-cluster' };
    const status = { resources: [{ kind: 'Service', name: 'web', namespace: 'shop' }] };
    const application = { metadata: { name: 'shop' }, spec: { destination }, status };
    assert.deepEqual(readClaims('Application', application), {
      claim: { tool: 'argocd', kind: 'Application', namespace: '', app: 'shop' },
      objects: [web],
    });
  });

  it('says nothing of what claims nothing, or has no name', () => {
    assert.equal(readClaims('Kustomization', { metadata: { name: 'apps' } }), undefined);
    assert.equal(readClaims('Kustomization', { spec: {}, status: inventory }), undefined);
  });
});

describe('matchesClaimed', () => {
  it('compares group, name, namespace, and the kind or the resource', () => {
    assert.equal(matchesClaimed(web, { ...service, kind: 'Service' }), true);
    assert.equal(matchesClaimed(web, { ...service, kind: '' }), true);
    for (const other of [
      { kind: 'Endpoints' },
      { kind: '', resource: 'endpoints' },
      { kind: 'Service', name: 'other' },
      { kind: 'Service', group: 'serving.knative.dev' },
      { kind: 'Service', namespace: 'other' },
    ]) {
      assert.equal(matchesClaimed(web, { ...service, ...other }), false);
    }
  });

  it('leaves the namespace of a cluster-scoped object out', () => {
    const claimed = { group: '', kind: 'Namespace', namespace: 'shop', name: 'shop' };
    const reference = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace' };
    assert.equal(matchesClaimed(claimed, { ...reference, name: 'shop' }), true);
  });
});
