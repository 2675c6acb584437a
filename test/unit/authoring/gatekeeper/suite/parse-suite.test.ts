import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isSuite, parseSuite } from '../../../../../src/authoring/gatekeeper/suite/parse-suite.ts';

it('parseSuite() fills in what a suite leaves out', () => {
  assert.deepEqual(parseSuite({ tests: [{ name: 'a', cases: [{ object: 'b.yaml' }] }] }), {
    skip: false,
    tests: [
      {
        name: 'a',
        template: '',
        constraint: '',
        expansion: '',
        invalid: false,
        skip: false,
        cases: [{ name: '', object: 'b.yaml', skip: false }],
      },
    ],
  });
});

it('parseSuite() names the place of what is wrong', () => {
  assert.equal(
    parseSuite({ tests: [{ name: 1 }] }),
    'tests.0.name: Invalid input: expected string, received number',
  );
});

it('isSuite() goes by group and kind', () => {
  assert.equal(isSuite({ apiVersion: 'test.gatekeeper.sh/v9', kind: 'Suite' }), true);
  assert.equal(isSuite({ apiVersion: 'test.gatekeeper.sh/v1', kind: 'Other' }), false);
  assert.equal(isSuite({ apiVersion: 'v1', kind: 'Suite' }), false);
  assert.equal(isSuite(undefined), false);
});
