import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sourceFact } from '../../../../src/admission/facts/source.ts';
import type { CommitFact } from '../../../../src/source/commits/commit-fact.ts';
import type { SourceFact } from '../../../../src/source/parse-application.ts';

const source: SourceFact = {
  repository: 'https://git.example.com/platform/shop',
  revision: 'main',
  path: 'production',
  inlineManifests: false,
};
const repository = 'https://git.example.com/platform/shop';
const place = { repository, path: 'production' };
const content = {
  objectId: 'a'.repeat(40),
  author: { name: 'Alice', email: 'alice@example.com' },
  committer: { name: 'Bob', email: 'bob@example.com' },
  committedAt: '2026-11-28T12:00:00Z',
  parents: [],
  signOffs: [],
};
const author = 'Alice <alice@example.com>';
const signers = [{ scheme: 'ssh', identity: 'ssh alice@example.com' }] as const;
const reason = 'Long words for people';

const RECORDED: readonly (readonly [CommitFact, object])[] = [
  [
    { ...place, status: 'verified', rule: 'platform', content, signers },
    {
      status: 'verified',
      repository,
      objectId: content.objectId,
      author,
      rule: 'platform',
      signers,
    },
  ],
  [
    {
      ...place,
      status: 'rejected',
      rule: 'platform',
      code: 'unsigned',
      reason,
      objectId: content.objectId,
      content,
    },
    {
      status: 'rejected',
      repository,
      objectId: content.objectId,
      author,
      rule: 'platform',
      code: 'unsigned',
      signers: [],
    },
  ],
  [
    { ...place, status: 'rejected', code: 'commit_not_found', reason, objectId: 'b'.repeat(40) },
    {
      status: 'rejected',
      repository,
      objectId: 'b'.repeat(40),
      code: 'commit_not_found',
      signers: [],
    },
  ],
  [
    { ...place, status: 'unavailable', rule: 'platform', reason, mode: 'deny' },
    { status: 'unavailable', repository, rule: 'platform', signers: [] },
  ],
  [
    { ...place, status: 'unavailable', reason, mode: 'deny' },
    { status: 'unavailable', repository, signers: [] },
  ],
  [
    { ...place, status: 'unjudged', reason },
    { status: 'unjudged', repository, signers: [] },
  ],
];

describe('what a record keeps of the source', () => {
  it('nothing where there is none, and the source alone where no commit is judged', () => {
    assert.deepEqual(sourceFact.record(null), {});
    assert.deepEqual(sourceFact.record(source), { source });
  });

  it('the operation that runs, since when the source is kept, and who began it', () => {
    const operation = { phase: 'Running' } as never;
    const kept = { ...source, operation, keptForMs: 5 };
    const initiatedBy = { username: 'alice' } as never;
    assert.deepEqual(sourceFact.record({ ...kept, initiatedBy }), { source: kept, initiatedBy });
  });

  it('of the comparison with the commit its status, places and commit', () => {
    const commit = 'c'.repeat(40);
    const manifest = { status: 'differs', paths: ['data.a'], objectId: commit } as const;
    const fact = { ...source, manifest: { ...manifest, repository, path: 'prod' } };
    assert.deepEqual(sourceFact.record(fact), { source: { ...source, manifest } });
    const unknown = { status: 'unavailable', paths: [], reason: 'no answer' } as const;
    const late = { ...source, manifest: { ...unknown, mode: 'deny' as const } };
    assert.deepEqual(sourceFact.record(late), { source: { ...source, manifest: unknown } });
  });

  it('of each commit who wrote and signed it, and the verdict', () => {
    for (const [commit, recorded] of RECORDED) {
      const fact = { ...source, commits: [commit], commit };
      assert.deepEqual(sourceFact.record(fact), { source: { ...source, commits: [recorded] } });
    }
  });
});
