import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createValueHider } from '../../../src/audit/hide-values.ts';
import { listEntries, reduceObject } from '../../../src/drift/reduce-object.ts';
import { parseObject } from '../../../src/kubernetes/lookup/parse-object.ts';
import { HIDE_SECRETS } from '../../../src/ownership/change.ts';
import { ARGOCD_ENTRY, configMap, entryOf } from '../../support/drift-samples.ts';

describe('reduceObject', () => {
  it('leaves the status out, and the entries of those who wrote only that', () => {
    const status = entryOf('kubelet', [], { subresource: 'status' });
    const object = { ...configMap({}, { entries: [ARGOCD_ENTRY, status] }), status: { ready: 1 } };
    const reduced = reduceObject(object, { hider: HIDE_SECRETS, isSecret: false });
    assert.equal('status' in reduced, false);
    assert.deepEqual(reduced.metadata?.managedFields, [ARGOCD_ENTRY]);
    assert.deepEqual(reduced.metadata?.annotations, object.metadata?.annotations);
  });

  it('keeps no value of a Secret, and no copy of one in an annotation', () => {
    const key = Buffer.alloc(32, 1);
    const hider = createValueHider({ paths: [], key });
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"aHVudGVyMg=="}}',
      note: 'seen',
    };
    const secret = {
      ...configMap({ password: 'aHVudGVyMg==' }, { metadata: { name: 's', annotations } }),
      stringData: { token: 'hunter2' },
    };
    const text = JSON.stringify(reduceObject(secret, { hider, isSecret: true }));
    assert.equal(/hunter2|aHVudGVyMg/u.test(text), false);
    assert.match(text, /"note":"seen"/u);
    assert.match(text, /"password":"\(hidden [0-9a-f]{32}\)"/u);
  });

  it('hides configured paths, of list items by their names, and tells equal values from others', () => {
    const hider = createValueHider({
      paths: ['spec.containers[*].env[*].value'],
      key: Buffer.alloc(32, 1),
    });
    const podOf = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      spec: { containers: [{ name: 'app', env: [{ name: 'A', value }], args: ['x', 1, null] }] },
    });
    const reduce = (value: string): string =>
      JSON.stringify(reduceObject(podOf(value), { hider, isSecret: false }));
    assert.equal(reduce('one').includes('one'), false);
    assert.match(reduce('one'), /"args":\["x",1,null\]/u);
    assert.equal(reduce('one'), reduce('one'));
    assert.notEqual(reduce('one'), reduce('two'));
  });

  it('hides as a whole what nests deeper than anything that Kubernetes has', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 300; level += 1) deep = { deep };
    const object = { ...configMap(), spec: deep };
    const text = JSON.stringify(reduceObject(object, { hider: HIDE_SECRETS, isSecret: false }));
    assert.match(text, /"deep":"\(hidden\)"/u);
  });

  it('takes an object without metadata, and a member that is not there, as they are', () => {
    const reduced = reduceObject(
      { kind: 'X', spec: undefined },
      { hider: HIDE_SECRETS, isSecret: false },
    );
    assert.deepEqual(reduced, { kind: 'X', metadata: { managedFields: [] } });
  });
});

describe('listEntries', () => {
  it('passes over what is no entry: whoever may write an object can write its managedFields', () => {
    const listed = (managedFields: unknown) => {
      const object = parseObject({ metadata: { managedFields } });
      return object && listEntries(object);
    };
    assert.deepEqual(listed([null, 'text', {}, { manager: 7 }, ARGOCD_ENTRY]), [ARGOCD_ENTRY]);
    assert.deepEqual(listed('x'), []);
    assert.deepEqual(listEntries({}), []);
  });
});
