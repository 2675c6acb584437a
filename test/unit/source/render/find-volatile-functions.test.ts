import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findVolatileFunctions } from '../../../../src/source/render/find-volatile-functions.ts';

test('findVolatileFunctions() names functions whose result is another one each time', () => {
  assert.deepEqual(
    findVolatileFunctions(
      'a: {{ randAlphaNum 5 }}\nb: {{- now | date "2006" -}}\nc: {{ genCA "x" 1 }}',
    ),
    { random: ['genCA', 'randAlphaNum'], clock: ['now'] },
  );
});

test('findVolatileFunctions() takes neither text nor values for functions, and lookup for none', () => {
  assert.deepEqual(
    findVolatileFunctions(
      'now: {{ .Values.now }} {{ $now }} {{ lookup "v1" "Secret" "a" "b" }} {{ "now" }}',
    ),
    { random: [], clock: [] },
  );
});
