import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCustomType } from '../../../../src/source/manifest/parse-custom-type.ts';
import { compare } from '../../../support/manifest-samples.ts';

const NAME = { group: 'x.example', version: 'v1', kind: 'Widget' };

function definition(spec: object, others: object = {}) {
  return {
    kind: 'CustomResourceDefinition',
    spec: {
      group: 'x.example',
      names: { kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
          ...others,
        },
      ],
    },
  };
}

function widget(spec: object) {
  return { apiVersion: 'x.example/v1', kind: 'Widget', metadata: { name: 'w' }, spec };
}

function judge(schema: object, declared: object, object: object) {
  const customType = parseCustomType(definition({ type: 'object', ...schema }), NAME);
  assert.ok(customType);
  const { status, paths } = compare(widget(declared), widget(object), { customType });
  return [status, ...paths];
}

describe('parseCustomType()', () => {
  it('knows defaults, also below others', () => {
    const schema = {
      properties: {
        size: { type: 'integer', default: 3 },
        limits: {
          type: 'object',
          default: {},
          properties: { cpu: { 'x-kubernetes-int-or-string': true, default: 1 } },
        },
      },
    };
    assert.deepEqual(judge(schema, {}, { size: 3, limits: { cpu: 1 } }), ['equal']);
    assert.deepEqual(judge(schema, {}, { size: 4, limits: { cpu: 1 } }), ['differs', 'spec.size']);
    assert.deepEqual(judge(schema, { size: 5 }, { size: 5 }), ['equal']);
  });

  it('finds additions to what has no default, empty ones too', () => {
    const schema = {
      properties: {
        name: { type: 'string' },
        map: { type: 'object', additionalProperties: { type: 'string' } },
        free: { type: 'object', additionalProperties: true },
        list: { type: 'array', items: { type: 'string' } },
        other: {},
        bare: { type: 'array' },
      },
    };
    for (const [object, path] of [
      [{ name: '' }, 'spec.name'],
      [{ map: {} }, 'spec.map'],
      [{ map: { a: 'x' } }, 'spec.map.a'],
      [{ free: { a: [1] } }, 'spec.free.a'],
      [{ list: [] }, 'spec.list'],
      [{ other: 1 }, 'spec.other'],
      [{ bare: [1] }, 'spec.bare'],
    ] as const) {
      assert.deepEqual(judge(schema, {}, object), ['differs', path]);
    }
  });

  it('knows how lists merge', () => {
    const keyed = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, value: { type: 'string' } },
      },
    };
    const schema = {
      properties: {
        keyed,
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        atomic: { type: 'array', items: { type: 'string' } },
      },
    };
    const [a, b] = [{ name: 'a' }, { name: 'b' }];
    assert.deepEqual(judge(schema, { keyed: [a, b] }, { keyed: [b, a] }), ['equal']);
    assert.deepEqual(judge(schema, { keyed: [a] }, { keyed: [a, b] }), [
      'differs',
      'spec.keyed[b]',
    ]);
    assert.deepEqual(judge(schema, { set: ['a', 'b'] }, { set: ['b', 'a'] }), ['equal']);
    assert.deepEqual(judge(schema, { set: ['a', 'b'] }, { set: ['a'] }), [
      'differs',
      'spec.set[1]',
    ]);
    assert.deepEqual(judge(schema, { atomic: ['a', 'b'] }, { atomic: ['b', 'a'] }), [
      'differs',
      'spec.atomic[0]',
      'spec.atomic[1]',
    ]);
  });

  it('knows that unknown fields are dropped, unless the schema keeps them', () => {
    assert.deepEqual(judge({}, { typo: 1 }, {}), ['equal']);
    const open = { 'x-kubernetes-preserve-unknown-fields': true };
    assert.deepEqual(judge(open, { typo: 1 }, {}), ['differs', 'spec.typo']);
    assert.deepEqual(judge(open, {}, { added: 1 }), ['differs', 'spec.added']);
    assert.deepEqual(judge(open, { a: { b: 1 } }, { a: { b: 1 } }), ['equal']);
  });

  it('reads an object within an object', () => {
    const schema = {
      properties: {
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: {} },
      },
    };
    const declared = {
      template: { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { a: 'x' } } },
    };
    const changed = { template: { ...declared.template, metadata: { labels: { a: 'y' } } } };
    assert.deepEqual(judge(schema, declared, declared), ['equal']);
    assert.deepEqual(judge(schema, declared, changed), [
      'differs',
      'spec.template.metadata.labels.a',
    ]);
  });

  it('knows nothing of another kind or version, or without a schema', () => {
    const good = definition({ type: 'object' });
    assert.equal(parseCustomType(good, { ...NAME, kind: 'Gadget' }), undefined);
    assert.equal(parseCustomType(good, { ...NAME, group: 'y.example' }), undefined);
    assert.equal(parseCustomType(good, { ...NAME, version: 'v2' }), undefined);
    assert.equal(parseCustomType(definition({}, { schema: undefined }), NAME), undefined);
    assert.equal(parseCustomType('text', NAME), undefined);
    const { versions: _, ...bare } = good.spec;
    assert.equal(parseCustomType({ spec: bare }, NAME), undefined);
  });
});
