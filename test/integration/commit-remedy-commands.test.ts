/** What denials tell to do, done as they print it with the real git: in a person's clone of a branch whose commit was refused. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { CommitFact } from '../../src/source/commits/commit-fact.ts';
import {
  applicationAt,
  judgeNow,
  openCommitStage,
  syncing,
} from '../support/commits/commit-stage.ts';
import { commandsIn, readFindings } from '../support/read-findings.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

interface Stage {
  /** Runs a line in the clone as a person types it. */
  readonly type: (line: string) => Promise<void>;
  readonly git: (...argv: readonly string[]) => Promise<string>;
  /** The verdict on the tip of the branch. */
  readonly judge: () => Promise<CommitFact>;
  /** The paths of keys: of two people who may sign, of somebody else, and of somebody whose key is not valid any more. */
  readonly keys: Readonly<Record<'alice' | 'bob' | 'stranger' | 'expired', string>>;
}

/** A branch with one commit that was verified, and a clone in which Alice works. */
async function open(t: TestContext, rule: object): Promise<Stage> {
  const { binder, configure, workshop, url, key } = await openCommitStage(t);
  const others = ['bob', 'stranger', 'expired'].map(async (name) =>
    workshop.makeKey(name, '-t', 'ed25519'),
  );
  const [bob, stranger, expired] = await Promise.all(others);
  assert.ok(bob && stranger && expired);
  const allowed = (await workshop.read('allowed_signers')).toString('utf8');
  await workshop.write(
    'allowed_signers',
    `${allowed}bob@example.com ${bob.text}\nalice@example.com valid-before="20200101" ${expired.text}\n`,
  );
  const signers = [{ scheme: 'ssh', principal: '*@example.com' }];
  const rules = [{ name: 'platform', repositories: ['file:///**'], signers, ...rule }];
  const { judgeCommits } = await binder.bind(configure({ rules }));
  // The person pushes to the branch that is checked out there.
  await workshop.git('config', 'receive.denyCurrentBranch', 'ignore');
  const origin = await workshop.commit({ key });
  const clone = join(workshop.folder, 'clone');
  const environment = {
    PATH: process.env['PATH'],
    HOME: workshop.folder,
    GIT_CONFIG_NOSYSTEM: '1',
    // Whoever types a command writes the message in an editor.
    GIT_EDITOR: 'echo Message >',
  };
  const call = async (program: string, argv: readonly string[]): Promise<string> => {
    const options = { cwd: clone, env: environment, timeout: TIMEOUT_MS };
    return (await run(program, argv, options)).stdout.trimEnd();
  };
  await run('git', ['clone', '-q', workshop.repository, clone]);
  const git: Stage['git'] = (...argv) => call('git', argv);
  for (const [name, value] of Object.entries({
    'user.name': 'Alice',
    'user.email': 'alice@example.com',
    'gpg.format': 'ssh',
    'user.signingKey': key,
  })) {
    await git('config', name, value);
  }
  const judge: Stage['judge'] = async () => {
    const id = await workshop.git('rev-parse', 'main');
    const [fact] = await judgeNow(judgeCommits, applicationAt(url, syncing(id)));
    assert.ok(fact);
    return fact;
  };
  if (!('signersMin' in rule) && !('ageMaxMs' in rule)) {
    assert.equal((await judge()).status, 'verified', origin);
  }
  const keys = { alice: key, bob: bob.path, stranger: stranger.path, expired: expired.path };
  return { git, judge, keys, type: async (line) => void (await call('sh', ['-c', line])) };
}

/** The remedy that the denial of a commit prints. */
async function remedyOf(fact: CommitFact): Promise<string> {
  const [finding] = await readFindings('signed_commits', { commits: [fact] });
  assert.equal(finding?.code, 'commit_rejected');
  return finding.remedy;
}

const COMMIT = ['commit', '-q', '--allow-empty', '-m', 'Refused'] as const;

interface Case {
  readonly code: string;
  readonly rule?: object;
  /** Makes the commit that is refused. */
  readonly refuse?: (stage: Stage) => Promise<unknown>;
  /** What a person does before, and what he writes for the words in capitals. */
  readonly prepare?: (stage: Stage) => Promise<unknown>;
  readonly words?: Readonly<Record<string, string>>;
}

const signWith = (key: keyof Stage['keys'], ...more: readonly string[]) => {
  return async ({ git, keys }: Stage): Promise<unknown> =>
    await git('-c', `user.signingKey=${keys[key]}`, ...COMMIT, '-S', ...more);
};

const CASES: readonly Case[] = [
  { code: 'unsigned', refuse: ({ git }) => git(...COMMIT, '--no-gpg-sign') },
  { code: 'unknown_key', refuse: signWith('stranger') },
  { code: 'key_not_valid', refuse: signWith('expired') },
  {
    code: 'committer_mismatch',
    rule: { committerMustMatch: true },
    refuse: ({ git }) => git('-c', 'user.email=alice@home.example', ...COMMIT, '-S'),
    words: { ADDRESS: 'alice@example.com' },
  },
  {
    code: 'author_mismatch',
    rule: { authorMustMatch: true },
    refuse: signWith('bob', '--author=Alice <alice@example.com>'),
  },
  {
    code: 'bad_signature',
    refuse: async ({ git, type }) => {
      await git(...COMMIT, '-S');
      await type(
        'git reset -q --soft "$(git cat-file commit HEAD | sed s/Refused/Changed/ | git hash-object -w -t commit --stdin)"',
      );
    },
  },
];

for (const range of ['head', 'since-verified']) {
  for (const { code, rule, refuse, words = {} } of CASES) {
    test(`what ${code} tells to do helps where the range is ${range}`, async (t) => {
      const stage = await open(t, { range, ...rule });
      await refuse?.(stage);
      await stage.git('push', '-q');
      const refused = await stage.judge();
      assert.equal(refused.status === 'rejected' && refused.code, code);

      const commands = commandsIn(await remedyOf(refused));
      assert.ok(commands.some((command) => command.startsWith('git push')));
      for (const command of commands) await stage.type(fillIn(command, words));

      assert.equal((await stage.judge()).status, 'verified');
    });
  }
}

test('what an old commit tells to do helps', async (t) => {
  const stage = await open(t, { ageMaxMs: 60_000 });
  const refused = await stage.judge();
  assert.equal(refused.status === 'rejected' && refused.code, 'commit_too_old');
  for (const command of commandsIn(await remedyOf(refused))) await stage.type(command);
  assert.equal((await stage.judge()).status, 'verified');
});

test('what too few signers tell to do helps, done by the second person', async (t) => {
  const stage = await open(t, { range: 'since-verified', signersMin: 2 });
  const refused = await stage.judge();
  assert.equal(refused.status === 'rejected' && refused.code, 'too_few_signers');
  await stage.git('config', 'user.signingKey', stage.keys.bob);
  for (const command of commandsIn(await remedyOf(refused))) await stage.type(command);
  assert.equal((await stage.judge()).status, 'verified');
});

for (const range of ['head', 'since-verified']) {
  test(`what a rewritten history tells to do helps where the range is ${range}`, async (t) => {
    const stage = await open(t, { range });
    const { git, judge, type } = stage;
    await signWith('alice')(stage);
    await git('push', '-q');
    assert.equal((await judge()).status, 'verified');
    const lost = await git('rev-parse', 'HEAD');
    await git('reset', '-q', '--hard', 'HEAD~1');
    await git(...COMMIT, '-S', '-m', 'Instead');
    await git('push', '-q', '--force');
    const refused = await judge();
    assert.ok(refused.status === 'rejected' && refused.code === 'history_rewritten');
    assert.ok(refused.reason.includes(`${lost} was verified there`), refused.reason);

    const commands = commandsIn(await remedyOf(refused));
    assert.deepEqual(commands, ['git merge -S COMMIT', 'git push']);
    for (const command of commands) await type(fillIn(command, { COMMIT: lost }));

    assert.equal((await judge()).status, 'verified');
  });
}

test('a refused commit that is signed again below others of the range is mended with them', async (t) => {
  const stage = await open(t, { range: 'since-verified' });
  const { git, judge, type } = stage;
  await git(...COMMIT, '--no-gpg-sign');
  const unsigned = await git('rev-parse', 'HEAD');
  await signWith('alice')(stage);
  await git('push', '-q');
  const refused = await judge();
  assert.ok(refused.status === 'rejected' && refused.objectId === unsigned);

  for (const command of commandsIn(await remedyOf(refused))) await type(command);

  assert.equal((await judge()).status, 'verified');
});

function fillIn(command: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce((text, [word, value]) => text.replace(word, value), command);
}
