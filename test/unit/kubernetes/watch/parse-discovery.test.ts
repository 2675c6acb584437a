import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDiscovery } from '../../../../src/kubernetes/watch/parse-discovery.ts';

const verbs = ['get', 'list', 'watch'];
const resource = (name: string, kind: string, rest: object = {}) => ({
  resource: name,
  responseKind: { group: '', version: '', kind },
  scope: 'Namespaced',
  verbs,
  ...rest,
});

describe('parseDiscovery', () => {
  it('lists what can be watched, in the preferred version', () => {
    const body = {
      items: [
        { versions: [{ version: 'v1', resources: [resource('pods', 'Pod')] }] },
        {
          metadata: { name: 'apps' },
          versions: [
            { version: 'v1', resources: [resource('deployments', 'Deployment')] },
            {
              version: 'v1beta1',
              resources: [
                resource('deployments', 'Deployment'),
                resource('nodesets', 'NodeSet', { scope: 'Cluster' }),
              ],
            },
          ],
        },
      ],
    };
    const apps = { group: 'apps', version: 'v1' };
    assert.deepEqual(parseDiscovery(body), [
      { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true },
      { ...apps, resource: 'deployments', kind: 'Deployment', namespaced: true },
      { ...apps, version: 'v1beta1', resource: 'nodesets', kind: 'NodeSet', namespaced: false },
    ]);
  });

  it('leaves out what cannot be listed, cannot be watched or has no kind', () => {
    const resources = [
      resource('a', 'A', { verbs: ['list'] }),
      resource('b', 'B', { verbs: ['watch'] }),
      resource('c', 'C', { responseKind: null }),
    ];
    assert.deepEqual(parseDiscovery({ items: [{ versions: [{ version: 'v1', resources }] }] }), []);
    assert.deepEqual(
      parseDiscovery({ items: [{ metadata: {} }, { versions: [{ version: 'v1' }] }] }),
      [],
    );
  });

  it('knows what is no answer', () => {
    assert.equal(parseDiscovery({ kind: 'APIVersions' }), undefined);
    assert.equal(parseDiscovery('html'), undefined);
    fc.assert(
      fc.property(fc.anything(), (body) => {
        parseDiscovery(body);
      }),
    );
  });
});
