import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApplicationTable } from '../../../../src/kubernetes/hub/application-table.ts';
import type { KubernetesObject } from '../../../../src/kubernetes/object.ts';

const application = (
  name: string,
  { version = '1', cluster = 'here', padding = '', resources = [{}] }: Record<string, unknown> = {},
): KubernetesObject => ({
  kind: 'Application',
  metadata: { name, namespace: 'argocd', uid: name, resourceVersion: String(version) },
  spec: { destination: { name: cluster }, padding },
  status: { resources },
});
const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const webReference = { ...web, version: 'v1', resource: 'deployments' };

function open(limits: { entriesMax?: number; applicationCharsMax?: number } = {}) {
  const heard: (string | undefined)[] = [];
  const table = new ApplicationTable({
    entriesMax: 1000,
    applicationCharsMax: 10_000,
    ...limits,
    isHere: ({ spec }) => JSON.stringify(spec).includes('"here"'),
    onApplication: ({ metadata }) => heard.push(metadata?.name),
  });
  return { table, heard };
}

describe('ApplicationTable', () => {
  it('keeps what deploys to this cluster, and nothing of the rest', () => {
    const { table, heard } = open();
    table.put(application('shop'));
    table.put(application('other', { cluster: 'there' }));
    assert.equal(table.find('argocd', 'shop')?.metadata?.name, 'shop');
    assert.equal(table.find('argocd', 'other'), undefined);
    assert.equal(table.size, 1);
    assert.deepEqual(heard, ['shop']);
    assert.deepEqual(
      [...table.objects()].map(({ metadata }) => metadata?.name),
      ['shop'],
    );
  });

  it('forgets an Application that deploys elsewhere now', () => {
    const { table } = open();
    table.put(application('shop', { resources: [web] }));
    table.put(application('shop', { version: '2', cluster: 'there', resources: [web] }));
    assert.equal(table.find('argocd', 'shop'), undefined);
    assert.deepEqual(table.claimants(webReference), []);
    assert.equal(table.entries, 0);
  });

  it('does not go back to an older version', () => {
    const { table } = open();
    table.put(application('shop', { version: '12', padding: 'new' }));
    table.put(application('shop', { version: '9', padding: 'old' }));
    assert.match(JSON.stringify(table.find('argocd', 'shop')), /"new"/u);
  });

  it('finds who lists an object', () => {
    const { table } = open();
    table.put(application('shop', { resources: [web] }));
    assert.deepEqual(
      table.claimants(webReference).map(({ name }) => name),
      ['shop'],
    );
    assert.deepEqual(table.claimants({ ...webReference, name: 'api' }), []);
  });

  it('counts an Application by what it lists and by its size', () => {
    const { table } = open();
    table.put(application('shop', { resources: [web, { ...web, name: 'api' }] }));
    assert.equal(table.entries, 4);
    table.put(application('big', { padding: 'x'.repeat(5000), resources: [] }));
    assert.equal(table.entries, 4 + 1 + 6);
    table.remove(application('big', { version: '2' }));
    assert.equal(table.entries, 4);
  });

  it('keeps of one that is too large what it lists, and no operation', () => {
    const { table } = open();
    table.put(application('big', { padding: 'x'.repeat(10_000), resources: [web] }));
    assert.equal(table.find('argocd', 'big'), undefined);
    assert.equal(table.claimants(webReference).length, 1);
    assert.deepEqual([...table.objects()], []);
  });

  it('keeps what it has when it may not be read any more, and drops it when it is too much', () => {
    const { table } = open({ entriesMax: 4 });
    assert.equal(table.put(application('shop', { resources: [] })), true);
    table.clear();
    assert.equal(table.size, 1);
    assert.equal(
      table.put(application('many', { resources: Array.from({ length: 9 }, () => web) })),
      false,
    );
    table.clear();
    assert.equal(table.size, 0);
    assert.equal(table.entries, 0);
  });

  it('takes malformed Applications as such that list nothing', () => {
    const { table } = open();
    const malformed = { ...application('shop'), status: { resources: 'many' } };
    assert.equal(table.put(malformed), true);
    assert.equal(table.entries, 2);
  });

  it('removes what a later list does not have', () => {
    const { table } = open();
    table.put(application('shop'));
    table.beginList();
    table.put(application('api'));
    table.endList();
    assert.deepEqual(
      [...table.all()].map(({ name }) => name),
      ['api'],
    );
  });
});
