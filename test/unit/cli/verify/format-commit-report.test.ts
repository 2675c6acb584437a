import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatCommitReport,
  formatCommitReportJson,
} from '../../../../src/cli/verify/format-commit-report.ts';
import type { CommitReport } from '../../../../src/compose/verify-commit.ts';
import { parseObject } from '../../../../src/signature/git/parse-object.ts';
import { rejected, verifiedBy, type Signer } from '../../../../src/signature/verification.ts';
import { makeCommit, makeTag, PARENT, TREE } from '../../../support/signatures/commit-samples.ts';

function parse(bytes: Buffer, kind: 'commit' | 'tag') {
  const object = parseObject(bytes, { kind, algorithm: 'sha1' });
  assert.ok(object.status === 'parsed');
  return object.value;
}

const commit = parse(
  makeCommit({ message: 'Release\n\nSigned-off-by: Ben <b@x>\nFixes: 7\n' }),
  'commit',
);
const REPORT: CommitReport = {
  repository: '/srv/app',
  revision: 'main',
  object: commit,
  verification: rejected('unsigned', 'The commit has no signature'),
  steps: [{ name: 'read', found: commit.id, durationMs: 1.23456 }],
};
const HEAD = ['repository  /srv/app', 'revision    main'];
const ALICE = 'Alice <alice@example.com> at 2026-01-01T00:00:00.000Z (+0000)';
const STEP = `read        ${commit.id} (1.23 ms)`;

function verdictOf(report: Partial<CommitReport>): string | undefined {
  return formatCommitReport({ ...REPORT, ...report })
    .split('\n')
    .at(-1);
}

describe('formatCommitReport()', () => {
  it('tells what the commit claims, each step, and the verdict last', () => {
    assert.deepEqual(formatCommitReport(REPORT).split('\n'), [
      ...HEAD,
      `commit      ${commit.id}`,
      `parents     ${PARENT}`,
      `author      ${ALICE}`,
      `committer   ${ALICE}`,
      'signed off  by Ben <b@x>',
      STEP,
      'rejected    unsigned: The commit has no signature',
    ]);
  });

  it('tells what a tag claims', () => {
    const tags = [makeTag(), makeTag('v1\n', '')].map((bytes) => parse(bytes, 'tag'));
    const lines = tags.map((object) =>
      formatCommitReport({ ...REPORT, object })
        .split('\n')
        .slice(2, 4),
    );

    assert.deepEqual(lines, [
      [`tag         ${tags[0]?.id} "v1" of the commit ${PARENT}`, `tagger      ${ALICE}`],
      [`tag         ${tags[1]?.id} "v1" of the commit ${PARENT}`, 'tagger      nobody'],
    ]);
  });

  it('tells nothing of an object that could not be read', () => {
    assert.deepEqual(formatCommitReport({ ...REPORT, object: undefined }).split('\n'), [
      ...HEAD,
      STEP,
      'rejected    unsigned: The commit has no signature',
    ]);
  });

  it('says that a root commit has no parents', () => {
    const object = parse(makeCommit({ parents: [] }), 'commit');

    assert.match(formatCommitReport({ ...REPORT, object }), /^parents {5}none$/mu);
  });

  it('keeps what a name says on its line', () => {
    const object = parse(makeCommit({ author: '\u{1B}[2Jverified <a@b> 0 +0000' }), 'commit');

    assert.match(
      formatCommitReport({ ...REPORT, object }),
      /^author {6}\u{FFFD}\[2Jverified <a@b>/mu,
    );
  });

  const signers: readonly (readonly [Signer, string])[] = [
    [
      { scheme: 'ssh', principal: 'alice', fingerprint: 'SHA256:a' },
      'alice with the SSH key SHA256:a',
    ],
    [
      {
        scheme: 'ssh',
        principal: 'alice',
        fingerprint: 'SHA256:a',
        authorityFingerprint: 'SHA256:b',
      },
      'alice with the SSH key SHA256:a, certified by SHA256:b',
    ],
    [
      {
        scheme: 'openpgp',
        fingerprint: 'AB',
        signingKeyFingerprint: 'CD',
        userIds: ['A <a@x>', 'B'],
      },
      'A <a@x>, B with the OpenPGP key AB',
    ],
    [
      { scheme: 'gitsign', issuer: 'https://issuer', subject: 'a@x' },
      'a@x, known to https://issuer, with gitsign',
    ],
    [{ scheme: 'cosign', method: 'key', fingerprint: 'ab' }, 'the key ab'],
    [
      { scheme: 'cosign', method: 'certificate', issuer: 'https://issuer', subject: 'a@x' },
      'a@x, known to https://issuer',
    ],
    [
      { scheme: 'x509', subject: 'CN=a', issuer: 'CN=ca', fingerprint: 'ab', emails: [] },
      'CN=a with a certificate of CN=ca',
    ],
  ];
  for (const [signer, expected] of signers) {
    it(`names the signer: ${expected}`, () => {
      assert.equal(
        verdictOf({ verification: verifiedBy(signer) }),
        `verified    signed by ${expected}`,
      );
    });
  }

  it('says why there is no verdict', () => {
    const verification = { status: 'unavailable', reason: 'no answer', retryAfterMs: 1 } as const;

    assert.equal(verdictOf({ verification }), 'unavailable  no answer');
  });
});

describe('formatCommitReportJson()', () => {
  const alice = {
    name: 'Alice',
    email: 'alice@example.com',
    time: '2026-01-01T00:00:00.000Z',
    zone: '+0000',
  };

  it('prints a commit with times as text and durations in microseconds', () => {
    assert.deepEqual(JSON.parse(formatCommitReportJson(REPORT)), {
      repository: '/srv/app',
      revision: 'main',
      object: {
        kind: 'commit',
        id: commit.id,
        algorithm: 'sha1',
        message: 'Release\n\nSigned-off-by: Ben <b@x>\nFixes: 7\n',
        tree: TREE,
        parents: [PARENT],
        author: alice,
        committer: alice,
        signOffs: ['Ben <b@x>'],
        trailers: [
          { key: 'Signed-off-by', value: 'Ben <b@x>' },
          { key: 'Fixes', value: '7' },
        ],
      },
      verification: {
        status: 'rejected',
        code: 'unsigned',
        reason: 'The commit has no signature',
      },
      steps: [{ name: 'read', found: commit.id, durationMs: 1.235 }],
    });
  });

  it('prints a tag with its tagger and one without, and an object that could not be read', () => {
    const armor = '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n';
    const tag = parse(makeTag(`v1\n${armor}`), 'tag');
    const bare = parse(makeTag('v1\n', ''), 'tag');

    assert.deepEqual(
      [tag, bare, undefined].map((object): unknown =>
        Reflect.get(Object(JSON.parse(formatCommitReportJson({ ...REPORT, object }))), 'object'),
      ),
      [
        {
          kind: 'tag',
          id: tag.id,
          algorithm: 'sha1',
          message: 'v1\n',
          signatureFormat: 'ssh',
          name: 'v1',
          target: PARENT,
          targetKind: 'commit',
          tagger: alice,
        },
        {
          kind: 'tag',
          id: bare.id,
          algorithm: 'sha1',
          message: 'v1\n',
          name: 'v1',
          target: PARENT,
          targetKind: 'commit',
        },
        undefined,
      ],
    );
  });
});
