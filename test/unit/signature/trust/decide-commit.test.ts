import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decideCommits,
  type CommitVerdict,
  type ExaminedCommit,
} from '../../../../src/signature/trust/decide-commit.ts';
import { commitsSchema, type CommitRule } from '../../../../src/signature/trust/settings.ts';
import { rejected, verifiedBy, type Signer } from '../../../../src/signature/verification.ts';

const NOW_MS = Date.parse('2026-11-28T12:00:00Z');
const ALICE: Signer = { scheme: 'ssh', principal: 'alice@example.com', fingerprint: 'SHA256:a' };
const BOB: Signer = { scheme: 'ssh', principal: 'bob@example.com', fingerprint: 'SHA256:b' };
const MALLORY: Signer = { scheme: 'ssh', principal: 'mallory@evil.net', fingerprint: 'SHA256:m' };
const FORGE: Signer = {
  scheme: 'openpgp',
  fingerprint: 'F'.repeat(40),
  signingKeyFingerprint: 'F'.repeat(40),
  userIds: ['Forge <noreply@forge.example>'],
};

function ruleOf(settings: object = {}): CommitRule {
  const [rule] = commitsSchema.parse({
    rules: [
      {
        name: 'platform',
        repositories: ['https://git.example.com/platform/*'],
        signers: [{ scheme: 'ssh', principal: '*@example.com' }],
        ...settings,
      },
    ],
  }).rules;
  assert.ok(rule);
  return rule;
}

function commit(oid: string, signer: Signer, rest: Partial<ExaminedCommit> = {}): ExaminedCommit {
  return {
    oid,
    isMerge: false,
    authorEmail: 'alice@example.com',
    committerEmail: 'alice@example.com',
    committedAtMs: NOW_MS - 60_000,
    verification: verifiedBy(signer),
    ...rest,
  };
}

function decide(
  rule: CommitRule,
  ...commits: readonly [ExaminedCommit, ...ExaminedCommit[]]
): CommitVerdict {
  return decideCommits({ commits, rule, keyrings: new Map(), nowMs: NOW_MS });
}

/** Status, code and commit: the reason is wording. */
function briefOf(verdict: CommitVerdict): readonly string[] {
  return verdict.status === 'rejected'
    ? [verdict.status, verdict.code, verdict.oid]
    : [verdict.status];
}

describe('commits and their rule', () => {
  it('a commit by an accepted signer is verified, and names the signer', () => {
    assert.deepEqual(decide(ruleOf(), commit('c1', ALICE)), {
      status: 'verified',
      signers: [ALICE],
    });
  });

  it('a good signature by somebody else is rejected', () => {
    const verdict = decide(ruleOf(), commit('c1', MALLORY));
    assert.deepEqual(briefOf(verdict), ['rejected', 'signer_not_accepted', 'c1']);
  });

  it('what the verifier rejected keeps its code', () => {
    const verification = rejected('key_revoked', 'The key was revoked');
    const verdict = decide(ruleOf(), commit('c1', ALICE, { verification }));
    assert.deepEqual(briefOf(verdict), ['rejected', 'key_revoked', 'c1']);
  });

  it('every commit of the range is judged', () => {
    const rule = ruleOf({ range: 'since-verified' });
    const verdict = decide(rule, commit('c2', ALICE), commit('c1', MALLORY));
    assert.deepEqual(briefOf(verdict), ['rejected', 'signer_not_accepted', 'c1']);
  });

  it('two signatures by one person are one signer', () => {
    const rule = ruleOf({ range: 'since-verified', signersMin: 2 });
    const alone = decide(rule, commit('c2', ALICE), commit('c1', ALICE));
    assert.deepEqual(briefOf(alone), ['rejected', 'too_few_signers', 'c2']);
    const reviewed = decide(rule, commit('c2', BOB), commit('c1', ALICE));
    assert.deepEqual(reviewed, { status: 'verified', signers: [BOB, ALICE] });
  });

  it('a key of the forge signs merges only, only where the rule says so, and is no signer', () => {
    const rule = ruleOf({ range: 'since-verified', mergeCommits: 'forge' });
    const unknown = rejected('unknown_key', 'No keyring has it');
    const byForge = { verification: unknown, forgeVerification: verifiedBy(FORGE) };
    const merge = commit('m1', ALICE, { isMerge: true, ...byForge });
    assert.deepEqual(decide(rule, merge, commit('c1', ALICE)), {
      status: 'verified',
      signers: [ALICE],
    });
    assert.deepEqual(briefOf(decide(rule, merge)), ['rejected', 'too_few_signers', 'm1']);
    const edit = commit('c2', ALICE, byForge);
    assert.deepEqual(briefOf(decide(rule, edit)), ['rejected', 'unknown_key', 'c2']);
    const strict = ruleOf({ range: 'since-verified' });
    assert.deepEqual(briefOf(decide(strict, merge)), ['rejected', 'unknown_key', 'm1']);
  });

  it('author and committer must be the signer where the rule says so, in any case of letters', () => {
    const other = commit('c1', ALICE, { committerEmail: 'bob@example.com' });
    const committer = ruleOf({ committerMustMatch: true });
    assert.deepEqual(briefOf(decide(committer, other)), ['rejected', 'committer_mismatch', 'c1']);
    const capital = commit('c1', ALICE, { committerEmail: 'Alice@Example.com' });
    assert.equal(decide(committer, capital).status, 'verified');
    const author = ruleOf({ authorMustMatch: true });
    const authored = commit('c1', ALICE, { authorEmail: 'bob@example.com' });
    assert.deepEqual(briefOf(decide(author, authored)), ['rejected', 'author_mismatch', 'c1']);
  });

  it('the deployed commit may be too old, those before it not', () => {
    const rule = ruleOf({ ageMaxMs: 3_600_000, range: 'since-verified' });
    const old = commit('c1', ALICE, { committedAtMs: NOW_MS - 3_600_001 });
    assert.deepEqual(briefOf(decide(rule, old)), ['rejected', 'commit_too_old', 'c1']);
    assert.equal(decide(rule, commit('c2', ALICE), old).status, 'verified');
  });

  it('what cannot be told is unavailable, unless something else is rejected for good', () => {
    const rule = ruleOf({ range: 'since-verified' });
    const verification = {
      status: 'unavailable',
      reason: 'No answer',
      retryAfterMs: 1000,
    } as const;
    const unknown = commit('c2', ALICE, { verification });
    assert.deepEqual(decide(rule, unknown, commit('c1', ALICE)), verification);
    const verdict = decide(rule, unknown, commit('c1', MALLORY));
    assert.deepEqual(briefOf(verdict), ['rejected', 'signer_not_accepted', 'c1']);
  });
});
