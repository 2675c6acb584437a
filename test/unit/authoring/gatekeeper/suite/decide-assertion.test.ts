import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decideAssertion } from '../../../../../src/authoring/gatekeeper/suite/decide-assertion.ts';

it('decideAssertion() counts the messages that match', () => {
  assert.equal(decideAssertion({}, ['a']), undefined);
  assert.equal(decideAssertion({ violations: 'no' }, []), undefined);
  assert.equal(decideAssertion({ violations: 1, message: '(?i)^a$' }, ['A', 'b']), undefined);
  assert.equal(
    decideAssertion({ violations: 2, message: 'a' }, ['a', 'b']),
    'unexpected number of violations: got 1 violations containing "a" but want exactly 2: got messages [a b]',
  );
  assert.equal(
    decideAssertion({ violations: 'no' }, ['a']),
    'unexpected number of violations: got 1 violations but want none: got messages [a]',
  );
  assert.equal(
    decideAssertion({}, []),
    'unexpected number of violations: got 0 violations but want at least 1: got messages []',
  );
});

it('decideAssertion() refuses what is no count', () => {
  for (const violations of [-1, 'maybe']) {
    assert.match(decideAssertion({ violations }, []) ?? '', /^invalid yaml: violations must be/u);
  }
});
