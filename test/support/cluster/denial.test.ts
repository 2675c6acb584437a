import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDenial } from './denial.ts';

const ID = '01M7YJ9AHCV7JN4NMWH62Y3WPF';

function result(stderr: string) {
  return { code: 1, stdout: '', stderr };
}

describe('readDenial()', () => {
  it('reads the webhook and the lines, and stops at the decision', () => {
    const stderr = `error: could not patch: admission webhook "a.test" denied the request: \none\ntwo\ndecision ${ID} (p, cluster c)\nYou can run kubectl replace\n`;
    assert.deepEqual(readDenial(result(stderr)), {
      webhook: 'a.test',
      lines: ['one', 'two', 'decision <id> (p, cluster c)'],
    });
  });

  it('finds none in other failures', () => {
    const stderr = 'Error from server (Forbidden): User "bob" cannot patch resource';
    assert.equal(readDenial(result(stderr)), undefined);
  });
});
