/** What the denial of a changed manifest tells to run, run as it prints it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { verifyManifestCommand } from '../../src/cli/verify/manifest.ts';
import { recordContext } from '../support/command-context.ts';
import { commandsIn, readFindings } from '../support/read-findings.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const DECLARED =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {greeting: hello}\n';

test('the comparison that a denial tells to make shows what the denial names', async (t) => {
  const manifest = {
    status: 'differs',
    paths: ['data.greeting'],
    repository: 'https://git.example.com/platform/shop',
    path: 'deploy/shop',
    objectId: '0123456789abcdef0123456789abcdef01234567',
  };
  const [finding] = await readFindings('manifest_in_git', { manifest });
  const [line = '', ...others] = commandsIn(finding?.remedy ?? '');
  assert.deepEqual(others, []);
  const checkout = await makeTemporaryFolder(t, {
    'deploy/shop/settings.yaml': DECLARED,
    'object.yaml': DECLARED.replace('hello', 'changed'),
  });
  const { context, printed, reported } = recordContext({ workingDirectory: checkout });

  const [program, ...argv] = line.split(' ');
  const status = await runProgram(argv, {
    commands: [verifyManifestCommand],
    groups: {},
    version: '0',
    context,
  });

  assert.equal(program, 'holdfast');
  assert.deepEqual(
    [status, printed(), reported()],
    ['failed', 'ConfigMap shop/settings: differs\n  data.greeting', ''],
  );
});

test('no other remedy about commits and manifests names a command', async () => {
  const commit = {
    status: 'verified',
    repository: 'https://git.example.com/shop',
    path: 'shop',
    content: {
      objectId: '0123456789abcdef0123456789abcdef01234567',
      author: { name: 'Alice', email: 'alice@example.com' },
      changes: {
        filesCount: 9,
        linesAdded: 9,
        linesDeleted: 9,
        uncountedFilesCount: 9,
        truncated: true,
        files: [],
      },
    },
    promotions: [
      { name: 'production', status: 'missing', from: 'Application argocd/staging' },
      { name: 'next', status: 'unverified', from: 'Application argocd/staging' },
      { name: 'other', status: 'unavailable', from: 'Application argocd/staging', reason: 'No' },
    ],
  };
  const limits = { filesMax: 1, linesMax: 1, uncountedFilesMax: 1, of: 'commit' };
  const unknown = { ...commit, content: { ...commit.content, changes: null } };
  const strict = { requireManifestMatch: true };
  const findings = [
    ...(await readFindings('small_commits', { commits: [commit] }, limits)),
    ...(await readFindings('small_commits', { commits: [unknown] }, limits)),
    ...(await readFindings('promotion_order', { commits: [commit] }, { unavailable: 'deny' })),
    ...(await readFindings('manifest_in_git', { manifest: { status: 'absent' } })),
    ...(await readFindings('manifest_in_git', { manifest: { status: 'not-comparable' } }, strict)),
    ...(await readFindings('manifest_in_git', { manifest: { status: 'unavailable' } })),
  ];

  assert.deepEqual(
    new Set(findings.map(({ code }) => code)),
    new Set([
      'commit_files_exceeded',
      'commit_lines_exceeded',
      'commit_lines_uncounted',
      'commit_size_unknown',
      'commit_not_promoted',
      'promotion_unverified',
      'promotion_unavailable',
      'manifest_absent',
      'manifest_not_comparable',
      'manifest_unavailable',
    ]),
  );
  for (const { code, remedy } of findings) {
    assert.deepEqual([code, commandsIn(remedy)], [code, []]);
    assert.doesNotMatch(remedy, /\b(?:git|holdfast|kubectl|flux|argocd) [a-z]+/u, code);
  }
});
