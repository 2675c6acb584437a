import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planRemoval } from '../../../../src/drift/healing/plan-removal.ts';
import type { KubernetesObject } from '../../../../src/kubernetes/object.ts';

const TESTS = [
  { op: 'test', path: '/metadata/uid', value: 'uid-1' },
  { op: 'test', path: '/metadata/resourceVersion', value: '12' },
];

type Segments = readonly (string | number)[];

function plan(
  [intended, live]: readonly [KubernetesObject, KubernetesObject],
  additions: readonly Segments[],
  { uid = 'uid-1', removedMax = 10 } = {},
) {
  return planRemoval({
    additions: additions.map((segments) => ({
      path: segments.join('.'),
      segments,
      kind: 'added',
      gitOwned: false,
    })),
    intended,
    live: { ...live, metadata: { uid: 'uid-1', resourceVersion: '12', ...live.metadata } },
    uid,
    removedMax,
  });
}

function removed(...paths: readonly string[]) {
  return { ok: true, patch: [...TESTS, ...paths.map((path) => ({ op: 'remove', path }))] };
}

describe('planRemoval', () => {
  it('takes a key off, of this state of this object alone', () => {
    const planned = plan([{ data: { a: '1' } }, { data: { a: '1', b: '2' } }], [['data', 'b']]);
    assert.deepEqual(planned, removed('/data/b'));
  });

  it('takes the first label or annotation off, and escapes its name', () => {
    const key = 'example.com/a~b';
    for (const map of ['labels', 'annotations'] as const) {
      const live = { metadata: { [map]: { [key]: 'x' } } };
      const wanted = removed(`/metadata/${map}/example.com~1a~0b`);
      assert.deepEqual(plan([{ metadata: {} }, live], [['metadata', map, key]]), wanted);
      assert.deepEqual(plan([{ metadata: { [map]: {} } }, live], [['metadata', map, key]]), wanted);
    }
  });

  it('finds an item of a list by the label that the comparison gave it', () => {
    const app = { name: 'app', image: 'a' };
    const intended = { spec: { containers: [app] } };
    const live = {
      spec: {
        containers: [
          { name: 'evil', image: 'b' },
          { ...app, tty: true },
        ],
      },
    };
    const planned = plan(
      [intended, live],
      [
        ['spec', 'containers', 'evil'],
        ['spec', 'containers', 'app', 'tty'],
      ],
    );
    assert.deepEqual(planned, removed('/spec/containers/1/tty', '/spec/containers/0'));
  });

  it('finds an item that has no label by its place, the last one first', () => {
    const planned = plan(
      [{ spec: { args: ['a'] } }, { spec: { args: ['a', 'b', 'c'] } }],
      [
        ['spec', 'args', 1],
        ['spec', 'args', 2],
      ],
    );
    assert.deepEqual(planned, removed('/spec/args/2', '/spec/args/1'));
  });

  it('has an order in which a removal moves no other one', () => {
    const live = { data: { a: { x: 1, y: 2 }, b: 1, c: 1 } };
    const planned = plan(
      [{ data: {} }, live],
      [
        ['data', 'c'],
        ['data', 'b'],
        ['data', 'b'],
      ],
    );
    assert.deepEqual(planned, removed('/data/b', '/data/b', '/data/c'));
    const nested = plan(
      [{ data: { a: {} } }, live],
      [
        ['data', 'a', 'x'],
        ['data', 'b'],
      ],
    );
    assert.deepEqual(nested, removed('/data/a/x', '/data/b'));
  });

  it('refuses another object, and one whose version is not known', () => {
    const reason = 'it is another object than the one that drifted';
    const live = { data: { b: '2' } };
    const refused = { ok: false, reason };
    assert.deepEqual(plan([{ data: {} }, live], [['data', 'b']], { uid: 'uid-2' }), refused);
    assert.deepEqual(plan([{ data: {} }, live], [['data', 'b']], { uid: '' }), refused);
    const unversioned = { ...live, metadata: { resourceVersion: undefined } };
    assert.deepEqual(plan([{ data: {} }, unversioned], [['data', 'b']]), refused);
  });

  it('refuses as a whole what it cannot find, or what was there before', () => {
    const cases: readonly (readonly [KubernetesObject, KubernetesObject, Segments])[] = [
      [{ data: { b: '1' } }, { data: { b: '2' } }, ['data', 'b']],
      [{ data: {} }, { data: {} }, ['data', 'b']],
      [{ data: {} }, { data: {} }, ['data', 'toString']],
      [{}, { data: { b: '1' } }, ['data', 'b']],
      [{ spec: 'text' }, { spec: { b: '1' } }, ['spec', 'b']],
      [{ spec: {} }, { spec: 'text' }, ['spec', 'b']],
      [{ spec: { args: ['a'] } }, { spec: { args: ['a', 'b'] } }, ['spec', 'args', 'b']],
      [{ spec: { args: ['a'] } }, { spec: { args: ['a', 'b'] } }, ['spec', 'args', 2]],
      [
        { spec: { ports: [{ name: 'a' }] } },
        { spec: { ports: [{ name: 'a' }] } },
        ['spec', 'ports', 'b'],
      ],
      [{ spec: {} }, { spec: {} }, []],
    ];
    for (const [intended, live, segments] of cases) {
      const reason = `${segments.join('.')} cannot be told from what Git declares`;
      assert.deepEqual(plan([intended, live], [segments]), { ok: false, reason });
    }
  });

  it('takes a member off that is new as a whole', () => {
    assert.deepEqual(plan([{}, { data: { b: '1' } }], [['data']]), removed('/data'));
  });

  it('refuses more than its limit', () => {
    const live = { data: { a: '1', b: '2' } };
    const additions = [
      ['data', 'a'],
      ['data', 'b'],
    ];
    const reason = 'it has 2 additions, and at most 1 are taken off';
    assert.deepEqual(plan([{ data: {} }, live], additions, { removedMax: 1 }), {
      ok: false,
      reason,
    });
  });
});
