import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONSTANT_DEFAULTS,
  DERIVED_DEFAULTS,
} from '../../../../src/source/manifest/field-defaults.ts';
import { BUILTIN_TYPES } from '../../../../src/source/manifest/builtin-types.ts';
import { findFieldRule } from '../../../../src/source/manifest/field-rules.ts';
import { SERVER_SET_FIELDS } from '../../../../src/source/manifest/server-set-fields.ts';

const NOWHERE = { declared: [], object: {}, keys: [] };

test('findFieldRule() joins the default of a field with what the server does', () => {
  const policy = findFieldRule('core/v1.Container', 'imagePullPolicy');
  assert.equal(policy?.isServerSet?.('Always', NOWHERE), true);
  assert.equal(policy?.isServerSet?.('Never', NOWHERE), false);
  const image = (text: string) => policy?.fill?.({ ...NOWHERE, declared: [{ image: text }] });
  assert.equal(image('nginx'), 'Always');
  assert.equal(image('host:5000/nginx'), 'Always');
  assert.equal(image('host:5000/nginx:latest'), 'Always');
  assert.equal(image('nginx:1.2'), 'IfNotPresent');
  assert.equal(image('nginx@sha256:00'), 'IfNotPresent');
  assert.equal(findFieldRule('core/v1.Probe', 'periodSeconds')?.fill?.(NOWHERE), 10);
  assert.equal(findFieldRule('core/v1.Container', 'image'), undefined);
});

test('every rule names a field that exists', () => {
  const fields = new Set(
    BUILTIN_TYPES.trim()
      .split('\n')
      .flatMap((line) => {
        const [type = '', ...rest] = line.split(' ');
        return rest.map((field) => `${type}.${field.slice(0, field.indexOf(':'))}`);
      }),
  );
  const named = [
    ...Object.keys(SERVER_SET_FIELDS),
    ...Object.keys(DERIVED_DEFAULTS),
    ...Object.entries(CONSTANT_DEFAULTS).flatMap(([type, values]) =>
      Object.keys(values).map((field) => `${type}.${field}`),
    ),
  ];
  assert.deepEqual(
    named.filter((name) => !fields.has(name)),
    [],
  );
});
