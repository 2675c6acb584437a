import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  formatListPath,
  formatObjectPath,
  pluralOf,
} from '../../../../src/kubernetes/client/format-api-path.ts';
import { SEARCHED_KINDS } from '../../../../src/kubernetes/lookup/searched-kinds.ts';

const deployment = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};

describe('formatObjectPath', () => {
  it('names objects of the core group, of other groups, and without a namespace', () => {
    const pod = { ...deployment, group: '', resource: 'pods', kind: 'Pod' };
    const { namespace, ...role } = { ...deployment, resource: 'nodes', group: '' };
    assert.equal(namespace, 'shop');
    assert.equal(formatObjectPath(pod), '/api/v1/namespaces/shop/pods/checkout');
    assert.equal(
      formatObjectPath(deployment),
      '/apis/apps/v1/namespaces/shop/deployments/checkout',
    );
    assert.equal(formatObjectPath(role), '/api/v1/nodes/checkout');
  });

  for (const name of ['', '.', '..']) {
    it(`refuses the name ${JSON.stringify(name)}, which would name another object`, () => {
      assert.equal(formatObjectPath({ ...deployment, name }), undefined);
      assert.equal(formatObjectPath({ ...deployment, namespace: name }), undefined);
    });
  }

  it('keeps any other name inside its own segment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        fc.pre(name !== '.' && name !== '..' && name.isWellFormed());
        const path = formatObjectPath({ ...deployment, name });
        const { pathname, search } = new URL(`https://api.test${path ?? ''}`);
        assert.equal(search, '');
        assert.equal(decodeURIComponent(pathname.split('/').at(-1) ?? ''), name);
        assert.equal(pathname.split('/').length, 8);
      }),
    );
  });
});

describe('formatListPath', () => {
  it('names all objects of a kind in a namespace', () => {
    assert.equal(formatListPath(deployment, 'shop'), '/apis/apps/v1/namespaces/shop/deployments');
    assert.equal(formatListPath(deployment, '..'), undefined);
  });
});

it('pluralOf agrees with the API server on the kinds that we name', () => {
  for (const { kind, resource } of SEARCHED_KINDS) assert.equal(pluralOf(kind), resource);
});

it('pluralOf knows the endings', () => {
  const kinds = ['Endpoints', 'Ingress', 'NetworkPolicy', 'Gateway', 'Switch', 'Box', 'Pod'];
  assert.deepEqual(kinds.map(pluralOf), [
    'endpoints',
    'ingresses',
    'networkpolicies',
    'gateways',
    'switches',
    'boxes',
    'pods',
  ]);
});
