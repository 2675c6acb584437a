import assert from 'node:assert/strict';
import { it } from 'node:test';
import { applyDefaults } from '../../../../src/authoring/gatekeeper/apply-defaults.ts';

it('applyDefaults() fills in what is absent, or null where null is no value', () => {
  const schema = {
    properties: {
      a: { default: 1 },
      b: { default: 2, nullable: true },
      c: { default: {}, properties: { d: { default: 'd' } } },
      e: {},
    },
    additionalProperties: { properties: { f: { default: 'f' } } },
  };

  assert.deepEqual(applyDefaults(schema, { a: null, b: null, other: {}, e: [1] }), {
    a: 1,
    b: null,
    c: { d: 'd' },
    e: [1],
    other: { f: 'f' },
  });
  assert.deepEqual(applyDefaults({ items: schema.properties.c }, [{}, 'x']), [{ d: 'd' }, 'x']);
  assert.deepEqual(applyDefaults({ additionalProperties: true }, { a: 1 }), { a: 1 });
});
