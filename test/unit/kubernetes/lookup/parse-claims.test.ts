import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  parseClaims,
  matchesClaimed,
  readClaims,
} from '../../../../src/kubernetes/lookup/parse-claims.ts';

const server = 'https://kubernetes.default.svc';

function application(destination: object, resources: unknown) {
  return { spec: { destination }, status: { resources } };
}

function flux(ids: readonly string[], spec: object = {}) {
  return { spec, status: { inventory: { entries: ids.map((id) => ({ id, v: 'v1' })) } } };
}

describe('parseClaims', () => {
  it('reads what an application has applied to the cluster it runs in', () => {
    const crd = { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', name: 'a.b' };
    const claimed = [{ ...crd, namespace: '' }];
    assert.deepEqual(parseClaims('Application', application({ server }, [crd])), claimed);
    const byName = application({ name: 'in-cluster' }, [crd]);
    assert.deepEqual(parseClaims('Application', byName), claimed);
    assert.deepEqual(
      parseClaims('Application', application({ server }, [{ kind: 'Service', name: 'web' }])),
      [{ group: '', kind: 'Service', namespace: '', name: 'web' }],
    );
    const versioned = { ...crd, version: 'v1' };
    assert.deepEqual(parseClaims('Application', application({ server }, [versioned])), [
      { ...versioned, namespace: '' },
    ]);
  });

  it('leaves out what goes to another cluster', () => {
    const resources = [{ kind: 'Service', name: 'web' }];
    const elsewhere = application({ server: 'https://other.example' }, resources);
    assert.deepEqual(parseClaims('Application', elsewhere), []);
    const ids = ['shop_web__Service'];
    for (const kind of ['Kustomization', 'HelmRelease']) {
      assert.deepEqual(parseClaims(kind, flux(ids, { kubeConfig: { secretRef: {} } })), []);
    }
  });

  it('reads an inventory: namespaced, cluster-scoped, core, and names with a colon', () => {
    assert.deepEqual(
      parseClaims(
        'Kustomization',
        flux([
          'shop_web__Service',
          '_a.example_apiextensions.k8s.io_CustomResourceDefinition',
          '_system__admin_rbac.authorization.k8s.io_ClusterRole',
        ]),
      ),
      [
        { group: '', kind: 'Service', namespace: 'shop', name: 'web', version: 'v1' },
        {
          group: 'apiextensions.k8s.io',
          kind: 'CustomResourceDefinition',
          namespace: '',
          name: 'a.example',
          version: 'v1',
        },
        {
          group: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          namespace: '',
          name: 'system:admin',
          version: 'v1',
        },
      ],
    );
  });

  it('makes nothing of what it does not understand', () => {
    assert.deepEqual(parseClaims('Application', { status: { resources: [] } }), []);
    assert.deepEqual(parseClaims('HelmRelease', {}), []);
    assert.deepEqual(parseClaims('HelmRelease', flux(['', 'a', 'a_b', '___', 'a_b_c_'])), []);
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.object(), fc.constantFrom('Application', 'Kustomization'), (object, kind) => {
        parseClaims(kind, object);
      }),
    );
  });
});

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
    const shop = { metadata: { name: 'shop' }, spec: { destination }, status };
    assert.deepEqual(readClaims('Application', shop), {
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
