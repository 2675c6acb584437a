import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RefusedConfiguration } from '../../../src/config/refused-configuration.ts';

it('RefusedConfiguration names every setting by its path', () => {
  const problems = [
    { path: ['policies', 'settings', 'a/b'], message: 'One', remedy: 'Do this' },
    { path: ['policies', 'overrides', 0], message: 'Two', remedy: 'Do that' },
  ];
  const { code, message, remedy, problems: kept } = new RefusedConfiguration(problems);

  assert.deepEqual(
    [code, message, remedy],
    [
      'configuration_invalid',
      'policies.settings["a/b"]: One. Do this; policies.overrides[0]: Two. Do that',
      'Correct the named keys; holdfast config check says the lines',
    ],
  );
  assert.equal(kept, problems);
});
