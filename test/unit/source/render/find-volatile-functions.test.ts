import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findVolatileFunctions } from '../../../../src/source/render/find-volatile-functions.ts';

test('findVolatileFunctions() names functions whose result is another one each time', () => {
  assert.deepEqual(
    findVolatileFunctions(
      'a: {{ randAlphaNum 5 }}\nb: {{- now | date "2006" -}}\nc: {{ genCA "x" 1 }}',
    ),
    { random: ['genCA', 'randAlphaNum'], clock: ['now'], readsCapabilities: false },
  );
});

test('findVolatileFunctions() takes neither text nor values for functions, and lookup for none', () => {
  assert.deepEqual(
    findVolatileFunctions(
      'now: {{ .Values.now }} {{ $now }} {{ lookup "v1" "Secret" "a" "b" }} {{ "now" }}',
    ),
    { random: [], clock: [], readsCapabilities: false },
  );
});

test('findVolatileFunctions() sees that a template asks what the cluster is like', () => {
  for (const template of ['{{ .Capabilities.KubeVersion }}', '{{- $c := $.Capabilities }}']) {
    assert.equal(findVolatileFunctions(template).readsCapabilities, true, template);
  }
});
