import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AdmissionRequest, Operation } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ChangeFact } from '../../../src/ownership/change.ts';
import { createChangeDiffer, describeWholeChange } from '../../../src/ownership/diff-change.ts';
import type { ChangeDifferOptions } from '../../../src/ownership/diff-change.ts';

const NOTHING: ChangeFact = { semantic: false, paths: [], protectedKeys: [], truncated: false };

function request(from: unknown, to: unknown, kind = 'Deployment'): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: kind === 'Secret' ? '' : 'apps', version: 'v1', kind },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    oldObject: from as KubernetesObject,
    object: to as KubernetesObject,
  };
}

function diff(from: unknown, to: unknown, options: ChangeDifferOptions = {}): ChangeFact {
  return createChangeDiffer(options)(request(from, to));
}

/** Each path on one line. */
function lines({ paths }: ChangeFact): readonly string[] {
  return paths.map(({ path, kind, from = '', to = '' }) => `${kind} ${path}: ${from} → ${to}`);
}

const pod = (containers: unknown) => ({ spec: { template: { spec: { containers } } } });

const CHANGES: readonly (readonly [string, unknown, unknown, readonly string[]])[] = [
  [
    'an image, by the name of its container',
    pod([
      { name: 'proxy', image: 'p' },
      { name: 'app', image: 'checkout:1' },
    ]),
    pod([
      { name: 'proxy', image: 'p' },
      { name: 'app', image: 'evil:latest' },
    ]),
    ['changed spec.template.spec.containers[app].image: checkout:1 → evil:latest'],
  ],
  [
    'a container put before the others',
    pod([{ name: 'app' }]),
    pod([{ name: 'evil', image: 'x' }, { name: 'app' }]),
    ['added spec.template.spec.containers[evil]:  → {"name":"evil","image":"x"}'],
  ],
  [
    'a container taken away',
    pod([{ name: 'app' }, { name: 'proxy' }]),
    pod([{ name: 'app' }]),
    ['removed spec.template.spec.containers[proxy]: {"name":"proxy"} → '],
  ],
  [
    'the order of containers',
    pod([{ name: 'a' }, { name: 'b' }]),
    pod([{ name: 'b' }, { name: 'a' }]),
    ['changed spec.template.spec.containers: ["a","b"] → ["b","a"]'],
  ],
  [
    'arguments, by index',
    { spec: { args: ['a', 'b', 'c'], command: [] } },
    { spec: { args: ['a', 'x'], command: ['d'] } },
    ['changed spec.args[1]: b → x', 'removed spec.args[2]: c → ', 'added spec.command[0]:  → d'],
  ],
  [
    'a label of a template that had none',
    { spec: { template: { metadata: {} } } },
    { spec: { template: { metadata: { annotations: { 'a/b': 'c' } } } } },
    ['added spec.template.metadata.annotations["a/b"]:  → c'],
  ],
  ['another type', { spec: { a: {} } }, { spec: { a: [] } }, ['changed spec.a: {} → []']],
  ['null for a value', { spec: { a: 1 } }, { spec: { a: null } }, ['changed spec.a: 1 → null']],
  [
    'an empty map where emptiness means something',
    { spec: {} },
    { spec: { emptyDir: {} } },
    ['added spec.emptyDir:  → {}'],
  ],
  [
    'a number that no float can hold',
    { spec: { n: JSON.rawJSON('9007199254740993') } },
    { spec: { n: JSON.rawJSON('9007199254740995') } },
    ['changed spec.n: 9007199254740993 → 9007199254740995'],
  ],
  [
    'a key of the prototype',
    JSON.parse('{"spec":{"__proto__":{},"constructor":1}}'),
    { spec: {} },
    ['removed spec.__proto__: {} → ', 'removed spec.constructor: 1 → '],
  ],
  [
    'metadata replaced',
    { metadata: { name: 'a' } },
    { metadata: 7 },
    ['changed metadata: {"name":"a"} → 7'],
  ],
  ['metadata lost', { metadata: { name: 'a' } }, {}, ['removed metadata: {"name":"a"} → ']],
];

for (const [why, from, to, expected] of CHANGES) {
  test(`diffChange() finds ${why}`, () => {
    const change = diff(from, to);

    assert.deepEqual(lines(change), expected);
    assert.equal(change.semantic, true);
  });
}

const NO_CHANGES: readonly (readonly [string, unknown, unknown])[] = [
  [
    'bookkeeping',
    {
      metadata: {
        resourceVersion: '1',
        generation: 1,
        uid: 'a',
        managedFields: [{ manager: 'x' }],
      },
    },
    { metadata: { resourceVersion: '2', generation: 2, creationTimestamp: 'now', selfLink: '/' } },
  ],
  [
    'absent, null and empty maps and lists of metadata',
    { metadata: { labels: null, finalizers: [], ownerReferences: null } },
    { metadata: { annotations: {}, labels: {}, finalizers: null } },
  ],
  ['the same large number', { n: JSON.rawJSON('1e400') }, { n: JSON.rawJSON('1e400') }],
];

for (const [why, from, to] of NO_CHANGES) {
  test(`diffChange() takes ${why} for no change`, () => {
    assert.deepEqual(diff(from, to), NOTHING);
  });
}

test('diffChange() does not ignore bookkeeping names elsewhere', () => {
  const template = (generation: number) => ({ spec: { template: { metadata: { generation } } } });

  assert.deepEqual(lines(diff(template(1), template(2))), [
    'changed spec.template.metadata.generation: 1 → 2',
  ]);
});

const owner = { kind: 'ConfigMap', name: 'x', uid: '0' };
const meta = (metadata: unknown) => ({ metadata });

const PROTECTED: readonly (readonly [string, unknown, unknown, readonly string[]])[] = [
  [
    'a mark taken off',
    meta({ annotations: { 'argocd.argoproj.io/tracking-id': 'a', b: 'c' } }),
    meta({ annotations: { b: 'c' } }),
    ['metadata.annotations["argocd.argoproj.io/tracking-id"]'],
  ],
  [
    'a switch put on',
    meta({}),
    meta({ labels: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } }),
    ['metadata.labels["kustomize.toolkit.fluxcd.io/reconcile"]'],
  ],
  ['an owner added', meta({}), meta({ ownerReferences: [owner] }), ['metadata.ownerReferences[x]']],
  [
    'finalizers exchanged',
    meta({ finalizers: ['orphan', 'a.b/c'] }),
    meta({ finalizers: ['a.b/c', 'd'] }),
    ['metadata.finalizers[orphan]', 'metadata.finalizers[d]'],
  ],
  [
    'a finalizer told twice',
    meta({ finalizers: ['a'] }),
    meta({ finalizers: ['a', 'a'] }),
    ['metadata.finalizers[1]'],
  ],
  [
    'annotations replaced by what is no map',
    meta({ annotations: { a: 'b' } }),
    meta({ annotations: 7 }),
    ['metadata.annotations'],
  ],
  ['the metadata replaced', meta({ a: 1 }), meta(7), ['metadata']],
  [
    'a GitOps manager gone from managedFields',
    meta({ managedFields: [{ manager: 'argocd-controller', operation: 'Apply' }] }),
    meta({ managedFields: [] }),
    ['metadata.managedFields[argocd-controller]'],
  ],
  ['none in a label', meta({ labels: { app: 'a' } }), meta({ labels: { app: 'b' } }), []],
  ['none in a template', pod([]), { spec: { template: { metadata: { finalizers: ['a'] } } } }, []],
  ['none in a name', meta({ name: 'a' }), meta({ name: 'b' }), []],
];

for (const [why, from, to, keys] of PROTECTED) {
  test(`diffChange() lists protected keys apart: ${why}`, () => {
    const change = diff(from, to);

    assert.deepEqual(change.protectedKeys, keys);
    assert.equal(change.semantic, true);
  });
}

test('diffChange() protects the tracking label and the managers of the configuration', () => {
  const options = { instanceLabelKey: 'team/app', gitopsManagers: ['ours'] };
  const from = meta({ labels: { 'team/app': 'a' }, managedFields: [{ manager: 'ours' }] });

  assert.deepEqual(diff(from, meta({}), options).protectedKeys, [
    'metadata.labels["team/app"]',
    'metadata.managedFields[ours]',
  ]);
});

test('diffChange() shows nothing of a Secret, nor what kubectl kept of it', () => {
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
  const secret = (value: string) => ({
    metadata: { annotations: { [lastApplied]: value, note: value } },
    data: { password: value },
    stringData: { [value]: value },
    type: value,
  });
  const change = createChangeDiffer({})(request(secret('aaa'), secret('bbb'), 'Secret'));

  assert.deepEqual(lines(change), [
    `changed metadata.annotations["${lastApplied}"]: (hidden) → (hidden)`,
    'changed metadata.annotations.note: aaa → bbb',
    'changed data.password: (hidden) → (hidden)',
    'removed stringData.aaa: (hidden) → ',
    'added stringData.bbb:  → (hidden)',
    'changed type: aaa → bbb',
  ]);
  const appeared = createChangeDiffer({})(request({}, { data: { a: 'aaa' } }, 'Secret'));
  assert.deepEqual(lines(appeared), ['added data:  → (hidden)']);
});

const WHOLE: readonly (readonly [Operation, string])[] = [
  ['CREATE', 'added'],
  ['DELETE', 'removed'],
  ['CONNECT', 'changed'],
];

for (const [operation, kind] of WHOLE) {
  test(`diffChange() takes ${operation} for one change of the whole object`, () => {
    assert.deepEqual(createChangeDiffer({})({ ...request({}, {}), operation }), {
      semantic: true,
      paths: [{ path: '', segments: [], kind, gitOwned: operation !== 'CREATE' }],
      protectedKeys: [],
      truncated: false,
    });
  });
}

test('diffChange() takes an UPDATE that lacks a side for a change of the whole', () => {
  const whole = [{ path: '', segments: [], kind: 'changed', gitOwned: true }];

  assert.deepEqual([diff(null, {}).paths, diff({}, null).paths], [whole, whole]);
});

test('diffChange() cuts and cleans texts', () => {
  assert.deepEqual(lines(diff({ a: 'x\n' }, { a: 'y'.repeat(50) }, { textCharsMax: 4 })), [
    'changed a: x\\n → yyyy…',
  ]);
});

test('diffChange() says when it lists fewer paths than changed', () => {
  const data = (value: number) =>
    Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`k${index}`, value]));
  const change = diff({ data: data(1) }, { data: data(2) });

  assert.deepEqual([change.paths.length, change.truncated], [64, true]);
  // Metadata comes first, wherever it stands.
  const from = { data: data(1), metadata: { finalizers: ['a'] } };
  assert.deepEqual(diff(from, { data: data(2), metadata: {} }).protectedKeys, [
    'metadata.finalizers[a]',
  ]);
});

test('diffChange() lists what changes beside a status before the status, so that a cut list cannot hide it', () => {
  const status = (value: number) =>
    Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`k${index}`, value]));
  const change = diff(
    { status: status(1), spec: { a: 1 } },
    { status: status(2), spec: { a: 2 }, operation: {} },
  );

  assert.deepEqual(lines(change).slice(0, 2), ['changed spec.a: 1 → 2', 'added operation:  → {}']);
  assert.deepEqual([change.paths.length, change.truncated], [64, true]);
});

test('diffChange() takes what it may not look at for a change', () => {
  const deep = (value: unknown, levels: number): unknown =>
    levels === 0 ? value : { a: deep(value, levels - 1) };
  const change = diff(deep(1, 9), deep(2, 9), { depthMax: 5 });

  // The place is listed: an empty list would be one of which every member lies below whatever is allowed.
  assert.deepEqual(lines(change), [
    'changed a.a.a.a.a.a: {"a":{"a":{"a":1}}} → {"a":{"a":{"a":2}}}',
  ]);
  assert.deepEqual([change.semantic, change.truncated], [true, true]);
  assert.deepEqual(diff(deep(1, 9), deep(2, 9), { nodesMax: 5 }), change);
  assert.equal(diff({ a: [1, 2, 3] }, { a: [1, 2, 4] }, { nodesMax: 3 }).truncated, true);
});

const jsonObject = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 });

test('diffChange() finds no change between an object and its copy', () => {
  fc.assert(
    fc.property(jsonObject, (object) => {
      assert.deepEqual(diff(object, structuredClone(object)), NOTHING);
    }),
  );
});

test('diffChange() finds a change exactly where one was made', () => {
  fc.assert(
    fc.property(jsonObject, fc.string(), fc.jsonValue(), (object, key, value) => {
      fc.pre(key !== 'metadata' && key !== '__proto__');
      const before = { ...object, [key]: { inner: 'before' } };
      const after = { ...structuredClone(object), [key]: { inner: ['after', value] } };
      const { paths } = diff(before, after);
      assert.deepEqual(
        paths.map(({ segments }) => segments),
        [[key, 'inner']],
      );
    }),
  );
});

test('diffChange() answers for any two values', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (from, to) => {
      const before = { metadata: from, spec: from };
      diff(before, { metadata: to, spec: to });
    }),
  );
});

test('describeWholeChange() takes all that is stored for owned by Git', () => {
  assert.deepEqual(describeWholeChange('DELETE'), {
    semantic: true,
    paths: [{ path: '', segments: [], kind: 'removed', gitOwned: true }],
    protectedKeys: [],
    truncated: false,
  });
  assert.deepEqual(
    (['CREATE', 'UPDATE', 'CONNECT'] as const).map((operation) =>
      describeWholeChange(operation).paths.map(({ kind, gitOwned }) => [kind, gitOwned]),
    ),
    [[['added', false]], [['changed', true]], [['changed', true]]],
  );
});
