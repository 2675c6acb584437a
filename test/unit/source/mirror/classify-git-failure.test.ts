import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyGitFailure } from '../../../../src/source/mirror/classify-git-failure.ts';

function classify(complaint: string, secrets: readonly string[] = []) {
  return classifyGitFailure({ status: 'failed', exitCode: 128, complaint }, secrets);
}

test('classifyGitFailure() tells what git 2.39 writes apart', () => {
  const table: readonly [string, string][] = [
    ['fatal: remote error: upload-pack: not our ref 1111', 'object-absent'],
    ['error: Server does not allow request for unadvertised object 1111', 'object-absent'],
    ['error: origin did not send all necessary objects', 'object-absent'],
    ['fatal: mismatched algorithms: client sha1; server sha256', 'format-mismatch'],
    [
      'error: object 1111: missingEmail: invalid author\nfatal: fsck error in packed object',
      'object-malformed',
    ],
    ['fatal: unable to update url base from redirection:\n  asked for: https://a\n', 'redirected'],
    ["fatal: unable to access 'https://a/': The requested URL returned error: 302", 'redirected'],
    ['error: packfile a.pack does not match index', 'mirror-damaged'],
    ["fatal: not a git repository: '/x'", 'mirror-damaged'],
    ['Host key verification failed.', 'unavailable'],
    ['fatal: Authentication failed for https://a', 'unavailable'],
    ['git@a: Permission denied (publickey).', 'unavailable'],
    ['fatal: Out of memory, malloc failed', 'unavailable'],
    ["fatal: repository 'https://a/' not found", 'unavailable'],
    ['fatal: unable to access: SSL certificate problem', 'unavailable'],
    ['fatal: something new', 'unavailable'],
    ['', 'unavailable'],
  ];
  for (const [complaint, kind] of table) assert.equal(classify(complaint).kind, kind, complaint);
});

test('classifyGitFailure() quotes the line that names the cause, and says so without one', () => {
  assert.deepEqual(classify('warning: slow\nfatal: something new\nhint: try again\n'), {
    kind: 'unavailable',
    reason: 'git failed (git: fatal: something new)',
  });
  assert.deepEqual(classify('\n'), { kind: 'unavailable', reason: 'git failed' });
  assert.deepEqual(classify('only this'), {
    kind: 'unavailable',
    reason: 'git failed (git: only this)',
  });
});

test('classifyGitFailure() masks secrets, controls of a terminal, and long texts', () => {
  const { reason } = classify(`fatal: no s3cr3t for you \u001B[2J ${'x'.repeat(5000)}`, ['s3cr3t']);

  assert.ok(!reason.includes('s3cr3t'));
  assert.doesNotMatch(reason, /\p{Cc}/u);
  assert.ok(reason.length < 400);
});

test('classifyGitFailure() does not believe lines that the server wrote itself', () => {
  assert.equal(classify('remote: packfile a does not match index\nfatal: x').kind, 'unavailable');
  assert.equal(classify('remote: not our ref 1\nfatal: x').kind, 'unavailable');
});

test('classifyGitFailure() explains every other end of a run', () => {
  const kinds = [
    { status: 'timed-out' },
    { status: 'stopped' },
    { status: 'output-exceeded' },
    { status: 'file-exceeded' },
    { status: 'not-started', reason: 'ENOENT' },
  ] as const;
  assert.deepEqual(
    kinds.map((each) => classifyGitFailure(each, [])),
    [
      { kind: 'unavailable', reason: 'The server did not finish in time' },
      { kind: 'unavailable', reason: 'The work was stopped' },
      { kind: 'unavailable', reason: 'git printed more than its limit' },
      { kind: 'unavailable', reason: 'The server sent more than mirrors.receivedBytesMax' },
      { kind: 'unavailable', reason: 'git cannot be started (ENOENT)' },
    ],
  );
});
