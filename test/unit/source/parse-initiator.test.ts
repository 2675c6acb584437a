import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInitiator } from '../../../src/source/parse-initiator.ts';

describe('parseInitiator()', () => {
  const table: readonly [string, unknown, object | undefined][] = [
    ['a person', { initiatedBy: { username: 'alice' } }, { username: 'alice', automated: false }],
    ['the controller', { initiatedBy: { automated: true } }, { username: '', automated: true }],
    ['nobody', { initiatedBy: {} }, undefined],
    ['nobody, with an empty name', { initiatedBy: { username: '' } }, undefined],
    ['no initiator', { sync: {} }, undefined],
    ['no operation', undefined, undefined],
    ['a name that is no text', { initiatedBy: { username: 7 } }, undefined],
  ];
  for (const [what, operation, expected] of table) {
    it(`reads ${what}`, () => {
      assert.deepEqual(parseInitiator(operation), expected);
    });
  }

  it('cuts a long name, and shows what could forge a line', () => {
    const { username = '' } =
      parseInitiator({ initiatedBy: { username: `a\n${'b'.repeat(999)}` } }) ?? {};

    assert.ok(username.startsWith(String.raw`a\nbbb`));
    assert.ok(username.length < 300);
  });
});
