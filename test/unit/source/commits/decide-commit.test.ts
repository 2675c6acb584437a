import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommitFact } from '../../../../src/source/commits/commit-fact.ts';
import { decideCommit } from '../../../../src/source/commits/decide-commit.ts';

const place = { repository: 'https://git.example.com/platform/shop', path: 'production' };
const person = { name: 'Alice', email: 'alice@example.com' };
const verified: CommitFact = {
  ...place,
  status: 'verified',
  rule: 'platform',
  content: {
    objectId: 'a'.repeat(40),
    author: person,
    committer: person,
    committedAt: '2026-11-28T12:00:00Z',
    parents: [],
    signOffs: [],
  },
  signers: [],
};
const unjudged: CommitFact = { ...place, status: 'unjudged', reason: 'No rule' };
const rejected: CommitFact = {
  ...place,
  status: 'rejected',
  code: 'unsigned',
  reason: 'No signature',
  objectId: 'b'.repeat(40),
};

function unavailable(mode: 'deny' | 'warn' | 'allow'): CommitFact {
  return { ...place, status: 'unavailable', reason: 'No answer', mode };
}

describe('the commit that decides', () => {
  it('is the worst of all sources', () => {
    const worstFirst = [
      rejected,
      unavailable('deny'),
      unavailable('warn'),
      unjudged,
      unavailable('allow'),
      verified,
    ];
    for (let index = 0; index < worstFirst.length; index += 1) {
      const rest = worstFirst.slice(index);
      assert.equal(decideCommit(rest), rest[0]);
      assert.equal(decideCommit(rest.toReversed()), rest[0]);
    }
  });

  it('an application without a source has none', () => {
    assert.equal(decideCommit([]), undefined);
  });
});
