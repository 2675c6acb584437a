import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askUsername } from '../../../../src/cli/freeze/ask-username.ts';
import type { ApiWriting } from '../../../../src/kubernetes/client/cluster-client.ts';

function ask(answer: ApiWriting): Promise<string> {
  return askUsername({ write: () => Promise.resolve(answer) });
}

describe('askUsername()', () => {
  it('is the username of the answer', async () => {
    const body = { status: { userInfo: { username: 'alice' } } };
    assert.equal(await ask({ status: 'written', body }), 'alice');
  });

  for (const [what, answer, message] of [
    [
      'an answer without one',
      { status: 'written', body: {} },
      'The API server does not say who asks',
    ],
    ['no such kind', { status: 'absent' }, 'The API server does not say who asks'],
    [
      'a refusal',
      { status: 'refused', reason: 'it may not' },
      'The API server does not say who asks: it may not',
    ],
  ] as const) {
    it(`fails on ${what}`, async () => {
      await assert.rejects(ask(answer), { code: 'lookup_failed', message });
    });
  }
});
