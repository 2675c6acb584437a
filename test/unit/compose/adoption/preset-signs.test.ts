import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRESET_SIGNS } from '../../../../src/compose/adoption/preset-signs.ts';
import { OPERATOR_PRESET_NAMES } from '../../../../src/identity/presets/operator-presets.ts';

test('every preset has a kind by which it is recognized, but for a project without kinds', () => {
  assert.deepEqual(Object.keys(PRESET_SIGNS).toSorted(), [...OPERATOR_PRESET_NAMES].toSorted());
  assert.deepEqual(
    OPERATOR_PRESET_NAMES.filter((name) => PRESET_SIGNS[name] === undefined),
    ['reloader'],
  );
});
