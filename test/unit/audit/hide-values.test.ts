import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createValueHider, drawHideKey, parseHiddenPath } from '../../../src/audit/hide-values.ts';
import { createChangeDiffer } from '../../../src/ownership/diff-change.ts';
import { sampleRequest } from '../../support/admission-samples.ts';

const key = Buffer.from('k'.repeat(32));
const hider = createValueHider({
  paths: ['spec.containers[*].env[*].value', 'metadata.annotations["a.b/c"]'],
  key,
});

test('a hidden value is a keyed hash: the same for equal values, another with another key', () => {
  const hash = createHmac('sha256', key).update('"hunter2"').digest('hex').slice(0, 32);

  assert.equal(hider.hide('hunter2'), `(hidden ${hash})`);
  assert.notEqual(hider.hide('hunter3'), hider.hide('hunter2'));
  const other = createValueHider({ paths: [], key: drawHideKey() });
  assert.notEqual(other.hide('hunter2'), hider.hide('hunter2'));
});

for (const [segments, value, hidden] of [
  [['spec', 'containers', 'app', 'env', 'PASSWORD', 'value'], 'x', true],
  [['spec', 'containers', 'app', 'env', 'PASSWORD', 'value', 'deeper'], 'x', true],
  [['spec', 'containers', 'app', 'env', 'PASSWORD'], { name: 'PASSWORD', value: 'x' }, true],
  [['spec', 'containers', 'app'], { env: [] }, true],
  [['spec', 'containers', 'app', 'image'], 'x', false],
  [['spec', 'replicas'], 5, false],
  [['spec'], 'a text holds no path', false],
  [['metadata', 'annotations', 'a.b/c'], 'x', true],
  [['metadata', 'annotations', 'other'], 'x', false],
  [['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'], '{}', true],
  [['metadata', 'labels', 'kubectl.kubernetes.io/last-applied-configuration'], '{}', false],
] as const) {
  test(`${segments.join('/')} of ${JSON.stringify(value)} is ${hidden ? '' : 'not '}hidden`, () => {
    assert.equal(hider.isHidden(segments, value), hidden);
  });
}

test('without configured paths nothing is hidden beside what the differ hides', () => {
  const none = createValueHider({ paths: [], key });
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

  assert.equal(none.isHidden(['metadata', 'annotations', lastApplied], '{}'), false);
});

test('a change shows hashes in place of what a Secret and configured paths hold', () => {
  const diffChange = createChangeDiffer({ hider });
  const secret = (password: string) => ({ data: { password } });
  const pod = (value: string) => ({
    spec: { containers: [{ name: 'app', env: [{ name: 'A', value }] }] },
  });

  const ofSecret = diffChange(
    sampleRequest({
      operation: 'UPDATE',
      kind: { group: '', version: 'v1', kind: 'Secret' },
      oldObject: secret('b25l'),
      object: secret('dHdv'),
    }),
  );
  const ofPod = diffChange(
    sampleRequest({ operation: 'UPDATE', oldObject: pod('one'), object: pod('two') }),
  );

  const texts = [...ofSecret.paths, ...ofPod.paths].map(({ path, from, to }) => [path, from, to]);
  assert.deepEqual(texts, [
    ['data.password', hider.hide('b25l'), hider.hide('dHdv')],
    ['spec.containers[app].env[A].value', hider.hide('one'), hider.hide('two')],
  ]);
});

for (const [text, segments] of [
  ['data', ['data']],
  ['spec.containers[*].env[KEY].value', ['spec', 'containers', '*', 'env', 'KEY', 'value']],
  ['metadata.annotations["a.b/c"]', ['metadata', 'annotations', 'a.b/c']],
  ['*.password', ['*', 'password']],
  ['spec.items[0].image[registry:5000/a]', ['spec', 'items', '0', 'image', 'registry:5000/a']],
] as const) {
  test(`parseHiddenPath() reads ${text}`, () => {
    assert.deepEqual(parseHiddenPath(text), segments);
  });
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

test('a copy has hashes in place of every leaf at a hidden path, by whatever an item is named', () => {
  const { hideIn, hide } = createValueHider({
    paths: ['spec.ports[8080/TCP].secret', 'spec.list[1]', 'spec.map', 'spec.names[a]', 'absent.b'],
    key,
  });
  const object = {
    metadata: { annotations: { [LAST_APPLIED]: '{}', other: 'o' } },
    spec: {
      ports: [
        { containerPort: 8080, protocol: 'TCP', secret: 's' },
        { containerPort: 9090, secret: 't' },
      ],
      list: ['a', ['b', { c: 'd' }]],
      map: { a: { b: null } },
      names: ['a', 'b'],
      plain: 1,
    },
  };

  assert.deepEqual(hideIn(object), {
    metadata: { annotations: { [LAST_APPLIED]: hide('{}'), other: 'o' } },
    spec: {
      ports: [
        { containerPort: 8080, protocol: 'TCP', secret: hide('s') },
        { containerPort: 9090, secret: 't' },
      ],
      list: ['a', [hide('b'), { c: hide('d') }]],
      map: { a: { b: hide(null) } },
      names: [hide('a'), 'b'],
      plain: 1,
    },
  });
});

test('without hidden paths an object is its own copy', () => {
  const object = { metadata: {} };

  assert.equal(createValueHider({ paths: [], key }).hideIn(object), object);
  assert.equal(hider.hideIn(undefined), undefined);
});
