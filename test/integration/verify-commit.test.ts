/** `holdfast verify commit` with the real git, on repositories of all kinds, hostile ones too. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { verifyCommitCommand } from '../../src/cli/verify/commit.ts';
import { runProgram } from '../../src/cli/program.ts';
import { SIGNATURE_LIMITS } from '../../src/signature/settings.ts';
import { recordContext } from '../support/command-context.ts';
import { makeCommit, signCommit } from '../support/signatures/commit-samples.ts';
import { openGitWorkshop, type GitWorkshop } from '../support/signatures/git-workshop.ts';

const SEARCH_PATH = process.env['PATH'] ?? '';

async function run(
  workingDirectory: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const recorded = recordContext({
    workingDirectory,
    environment: { PATH: SEARCH_PATH, ...environment },
  });
  const status = await runProgram(['verify', 'commit', ...argv], {
    commands: [verifyCommitCommand],
    groups: { verify: 'Verify' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

/** A repository with one signed commit, and the file that trusts its key. */
async function openSigned(t: TestContext) {
  const workshop = await openGitWorkshop(t);
  const key = await workshop.makeKey('key', '-t', 'ed25519');
  await workshop.write('allowed_signers', `alice@example.com ${key.text}\n`);
  const id = await workshop.commit({ key: key.path });
  return { workshop, key, id };
}

const ARGUMENTS = ['repository', 'HEAD', '--allowed-signers', 'allowed_signers'];
const lastLine = (text: string): string | undefined => text.split('\n').at(-1);

describe('holdfast verify commit', () => {
  it('says who signed, and ends with success', async (t) => {
    const { workshop, id } = await openSigned(t);

    const { status, printed } = await run(workshop.folder, ARGUMENTS);

    assert.equal(status, 'ok');
    assert.match(printed, new RegExp(`^commit {6}${id}$`, 'mu'));
    assert.match(printed, /^(?:read|parse|compare|verify) .* \(\d+\.\d\d ms\)$/mu);
    assert.match(
      lastLine(printed) ?? '',
      /^verified {4}signed by alice@example\.com with the SSH key SHA256:/u,
    );
  });

  it('prints JSON', async (t) => {
    const { workshop, id } = await openSigned(t);

    const { status, printed } = await run(workshop.folder, [...ARGUMENTS, '--output', 'json']);

    assert.equal(status, 'ok');
    assert.partialDeepStrictEqual(JSON.parse(printed), {
      revision: 'HEAD',
      object: { kind: 'commit', id, signatureFormat: 'ssh', parents: [] },
      verification: { status: 'verified', signer: { principal: 'alice@example.com' } },
      steps: [{ name: 'read' }, { name: 'parse' }, { name: 'compare' }, { name: 'verify' }],
    });
  });

  it('ends with a fault where the signature does not count', async (t) => {
    const { workshop, key } = await openSigned(t);
    await workshop.write('revoked', `${key.text}\n`);
    await workshop.write('times', `a valid-before="20260201Z" ${key.text}\n`);
    await workshop.write('nobody', '# nobody\n');
    const with_ = (file: string): readonly string[] => [
      'repository',
      'HEAD',
      '--allowed-signers',
      file,
    ];
    const runs = [
      with_('nobody'),
      ['repository', 'HEAD'],
      [...ARGUMENTS, '--revoked-keys', 'revoked'],
      with_('times'),
      [...with_('times'), '--committer-match', '--key-validity', 'at-signing'],
      [...with_('times'), '--key-validity', 'at-signing'],
    ];
    const results = [];
    for (const argv of runs) results.push(await run(workshop.folder, argv));

    assert.deepEqual(
      results.map(({ status, printed }) => [status, lastLine(printed)?.split(/ +|:/u).slice(0, 2)]),
      [
        ['failed', ['rejected', 'unknown_key']],
        ['failed', ['rejected', 'unsupported_signature']],
        ['failed', ['rejected', 'key_revoked']],
        ['failed', ['rejected', 'key_not_valid']],
        ['failed', ['rejected', 'identity_not_accepted']],
        ['ok', ['verified', 'signed']],
      ],
    );
  });

  it('verifies a tag, or the commit that it names', async (t) => {
    const { workshop, key, id } = await openSigned(t);
    await workshop.git('-c', `user.signingKey=${key.path}`, 'tag', '-s', '-m', 'v1', 'v1');
    const argv = ['repository', 'v1', '--allowed-signers', 'allowed_signers'];

    const tag = await run(workshop.folder, ['--tag', ...argv]);
    const commit = await run(workshop.folder, argv);

    assert.deepEqual([tag.status, commit.status], ['ok', 'ok']);
    assert.match(tag.printed, new RegExp(`^tag .* "v1" of the commit ${id}$`, 'mu'));
    assert.match(commit.printed, new RegExp(`^commit {6}${id}$`, 'mu'));
  });

  it('reads bare repositories, SHA-256, and folders inside of a work tree', async (t) => {
    const { workshop } = await openSigned(t);
    await workshop.git('clone', '-q', '--bare', '.', '../bare');
    await mkdir(join(workshop.repository, 'inside'));
    const other = await openGitWorkshop(t, { objectFormat: 'sha256' });
    const key = await other.makeKey('key', '-t', 'ed25519');
    await other.write('allowed_signers', `alice@example.com ${key.text}\n`);
    await other.commit({ key: key.path });
    const rest = ARGUMENTS.slice(1);

    assert.deepEqual(
      [
        (await run(workshop.folder, ['bare', ...rest])).status,
        (await run(workshop.folder, ['repository/inside', ...rest])).status,
        (await run(other.folder, ARGUMENTS)).status,
      ],
      ['ok', 'ok', 'ok'],
    );
  });

  it('refuses a commit that cannot be read, or has too many bytes', async (t) => {
    const { workshop } = await openSigned(t);
    const bytesMax = SIGNATURE_LIMITS['signature.objectBytesMax'].default;
    const unsigned = makeCommit({ parents: [], headers: 'gpgsigs x\n' });
    const malformed = await workshop.storeObject(unsigned);
    const large = await workshop.storeObject(
      makeCommit({ parents: [], message: 'x'.repeat(bytesMax) }),
    );
    const huge = await workshop.storeObject(
      makeCommit({ parents: [], message: 'x'.repeat(2 * bytesMax) }),
    );
    const results = [];
    for (const id of [malformed, large, huge]) {
      results.push(await run(workshop.folder, ['repository', id]));
    }

    assert.deepEqual(
      results.map(({ status, printed }) => [status, lastLine(printed)?.split(/ +|:/u)[1]]),
      [
        ['failed', 'malformed_object'],
        ['failed', 'limit_exceeded'],
        ['failed', 'limit_exceeded'],
      ],
    );
  });

  const usage = 'See the command with --help';
  it('says what is wrong with its arguments', async (t) => {
    const { workshop } = await openSigned(t);
    await workshop.write('broken', 'alice\nben ssh-ed25519 AAAA\n');
    const results = [];
    for (const argv of [
      ['repository', 'nowhere'],
      ['repository', '--', '--all'],
      ['repository', 'HEAD\nHEAD'],
      ['.', 'HEAD'],
      ['missing', 'HEAD'],
      ['repository', 'HEAD', '--allowed-signers', 'missing'],
      ['repository', 'HEAD', '--allowed-signers', 'broken'],
    ]) {
      const { status, reported } = await run(workshop.folder, argv);
      results.push([status, ...reported.replaceAll(workshop.folder, '…').split('\n')]);
    }

    assert.deepEqual(results, [
      ['usage', 'holdfast: The repository has no commit that is called "nowhere"', usage],
      ['usage', 'holdfast: The repository has no commit that is called "--all"', usage],
      ['usage', 'holdfast: The revision is no name on one line', usage],
      [
        'usage',
        'holdfast: "…" is no repository: git says "fatal: not a git repository (or any of the parent directories): .git"',
        'Check the path and its permissions',
      ],
      [
        'usage',
        `holdfast: "…/missing" is no repository: git says "fatal: cannot change to '…/missing': No such file or directory"`,
        'Check the path and its permissions',
      ],
      [
        'usage',
        'holdfast: "…/missing" cannot be read: there is no such file',
        'Check the path and its permissions',
      ],
      [
        'configuration',
        'holdfast: …/broken:1: principals and a key were expected: write: principals [options] key-type key [comment]',
        '…/broken:2: the key is not of the type "ssh-ed25519": copy both words from the .pub file',
        'Correct the named lines; no line is skipped, as it could be the one that matters',
      ],
    ]);
  });

  it('says where git is missing or fails', async (t) => {
    const { workshop } = await openSigned(t);
    await workshop.git('config', 'core.repositoryFormatVersion', '99');

    const missing = await run(workshop.folder, ARGUMENTS, { PATH: workshop.folder });
    const failing = await run(workshop.folder, ARGUMENTS);

    assert.deepEqual([missing.status, failing.status], ['unavailable', 'unavailable']);
    assert.match(missing.reported, /^holdfast: git could not read the object: spawn git ENOENT\n/u);
    assert.match(failing.reported, /^holdfast: git could not read the object: fatal: /u);
  });
});

describe('holdfast verify commit on a hostile repository', () => {
  /** A program that leaves a file behind when anybody runs it. */
  async function makeTrap(workshop: GitWorkshop) {
    const trap = await workshop.write('trap', `#!/bin/sh\ntouch '${workshop.folder}/sprung'\n`);
    await chmod(trap, 0o755);
    return { trap, isSprung: () => existsSync(join(workshop.folder, 'sprung')) };
  }

  it('runs nothing that its configuration names', async (t) => {
    const { workshop } = await openSigned(t);
    const { trap, isSprung } = await makeTrap(workshop);
    for (const [name, value] of Object.entries({
      'core.fsmonitor': trap,
      'core.pager': trap,
      'core.hooksPath': workshop.folder,
      'core.sshCommand': trap,
      'gpg.ssh.program': trap,
      'gpg.program': trap,
      'alias.cat-file': `!${trap}`,
    })) {
      await workshop.git('config', name, value);
    }

    assert.deepEqual([(await run(workshop.folder, ARGUMENTS)).status, isSprung()], ['ok', false]);
  });

  it('fetches nothing that it lacks', async (t) => {
    const { workshop } = await openSigned(t);
    const { trap, isSprung } = await makeTrap(workshop);
    const missing = 'a'.repeat(40);
    for (const [name, value] of Object.entries({
      'core.repositoryFormatVersion': '1',
      'extensions.partialClone': 'origin',
      'remote.origin.url': `ext::${trap}`,
      'remote.origin.promisor': 'true',
      'protocol.allow': 'always',
      'protocol.ext.allow': 'always',
    })) {
      await workshop.git('config', name, value);
    }
    const { status } = await run(workshop.folder, ['repository', missing]);
    const sprungByUs = isSprung();
    // The trap is one: without what the command sets, git runs it.
    await workshop.git('cat-file', '-p', missing).catch(() => undefined);

    assert.deepEqual([status, sprungByUs, isSprung()], ['usage', false, true]);
  });

  it('is not led elsewhere by the environment', async (t) => {
    const { workshop } = await openSigned(t);
    const other = await openGitWorkshop(t);
    await other.commit();
    const { trap, isSprung } = await makeTrap(workshop);

    const { status } = await run(workshop.folder, ARGUMENTS, {
      GIT_DIR: join(other.repository, '.git'),
      GIT_OBJECT_DIRECTORY: join(other.repository, '.git/objects'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: trap,
    });

    assert.deepEqual([status, isSprung()], ['ok', false]);
  });

  it('reads the object itself, not what replaces it', async (t) => {
    const { workshop, id } = await openSigned(t);
    const unsigned = await workshop.storeObject(makeCommit({ parents: [] }));
    await workshop.git('replace', unsigned, id);

    const { status, printed } = await run(workshop.folder, [
      'repository',
      unsigned,
      ...ARGUMENTS.slice(2),
    ]);

    assert.equal(status, 'failed');
    assert.match(lastLine(printed) ?? '', /^rejected {4}unsigned: /u);
  });

  it(
    'reads a repository of another user',
    { skip: process.getuid?.() !== 0 && 'needs root to give files away' },
    async (t) => {
      const { workshop } = await openSigned(t);
      await chown(workshop.repository, 65_534, 65_534);
      await chown(join(workshop.repository, '.git'), 65_534, 65_534);

      assert.equal((await run(workshop.folder, ARGUMENTS)).status, 'ok');
    },
  );

  it('believes no id that git tells', async (t) => {
    const { workshop, id } = await openSigned(t);
    const bytes = await workshop.readObject(id);
    const other = 'b'.repeat(40);
    const answer = Buffer.concat([Buffer.from(`${other} commit ${bytes.length}\n`), bytes]);
    const file = await workshop.write('answer', answer);
    await mkdir(join(workshop.folder, 'bin'));
    // The real git notices a repository that lies so; one that was replaced does not.
    const liar = await workshop.write('bin/git', `#!/bin/sh\nexec cat '${file}'\n`);
    await chmod(liar, 0o755);

    const { status, printed } = await run(workshop.folder, ARGUMENTS, {
      PATH: `${workshop.folder}/bin:${SEARCH_PATH}`,
    });

    assert.equal(status, 'failed');
    assert.equal(
      lastLine(printed),
      `rejected    malformed_object: The repository answered with the commit ${id} where it calls it ${other}`,
    );
  });

  it('names what it finds in place of a signature', async (t) => {
    const { workshop, id } = await openSigned(t);
    const signed = (await workshop.readObject(id)).toString();
    const header = /gpgsig [\s\S]*?\n(?! )/u.exec(signed)?.[0] ?? '';
    const steps = [];
    for (const text of ['', header + header, 'gpgsig hello\n']) {
      const stored = await workshop.storeObject(Buffer.from(signed.replace(header, text)));
      const { printed } = await run(workshop.folder, ['repository', stored]);
      steps.push(/^parse +(?<found>.*) \(/mu.exec(printed)?.groups?.['found']);
    }

    assert.deepEqual(steps, ['no signature', '2 signatures', 'signature of the format unknown']);
  });

  it('takes no signature of another commit', async (t) => {
    const { workshop, key } = await openSigned(t);
    const signature = await workshop.sign(key.path, makeCommit({ parents: [] }));
    const id = await workshop.storeObject(
      signCommit(makeCommit({ parents: [], message: 'Other\n' }), () => signature),
    );

    const { printed } = await run(workshop.folder, ['repository', id, ...ARGUMENTS.slice(2)]);

    assert.match(lastLine(printed) ?? '', /^rejected {4}bad_signature: /u);
  });
});
