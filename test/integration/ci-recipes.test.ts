/** The shell of docs/ci.md, with the real git and ssh-keygen: what it lets through, what it refuses, and with which exit code. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseDocument } from 'yaml';
import { compileCacheFolder } from '../support/compile-cache.ts';
import { openGitWorkshop, type GitWorkshop } from '../support/signatures/git-workshop.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DOCUMENT = await readFile(join(ROOT, 'docs', 'ci.md'), 'utf8');
const RECIPE =
  /^<!-- run by test\/integration\/ci-recipes\.test\.ts -->\n```(?<language>sh|yaml)\n(?<text>[\s\S]*?)^```$/gmu;
const RECIPES = [...DOCUMENT.matchAll(RECIPE)].map(({ groups }) => groups?.['text'] ?? '');
const [HOOK = '', GITHUB = '', GITLAB = '', DRIFT = ''] = RECIPES;

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

interface Stage {
  readonly workshop: GitWorkshop;
  /** The path of an accepted key. */
  readonly key: string;
  /** Runs a program as the server or the runner would. */
  readonly run: (
    argv: readonly [string, ...string[]],
    options?: { readonly folder?: string; readonly environment?: Readonly<Record<string, string>> },
  ) => Outcome;
  readonly signersFile: string;
}

async function open(t: TestContext): Promise<Stage> {
  const workshop = await openGitWorkshop(t);
  const { folder, repository } = workshop;
  await mkdir(join(folder, 'bin'));
  const program = join(folder, 'bin', 'holdfast');
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/main.ts" "$@"\n`);
  await chmod(program, 0o755);
  const { path: key, text } = await workshop.makeKey('key', '-t', 'ed25519');
  const signersFile = join(repository, '.holdfast', 'allowed_signers');
  await mkdir(dirname(signersFile));
  await writeFile(signersFile, `alice@example.com namespaces="git" ${text}\n`);
  await workshop.git('checkout', '-q', '-b', 'main');
  await workshop.git('add', '--all');
  await workshop.commit({ key, message: 'Trust Alice' });
  return {
    workshop,
    key,
    signersFile,
    run: ([command, ...argv], { folder: cwd = repository, environment = {} } = {}) => {
      const { status, stdout, stderr } = spawnSync(command, argv, {
        cwd,
        encoding: 'utf8',
        env: {
          PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
          HOME: folder,
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_CONFIG_NOSYSTEM: '1',
          NODE_COMPILE_CACHE: compileCacheFolder(ROOT),
          ...environment,
        },
      });
      return { status, output: `${stdout}${stderr}` };
    },
  };
}

/** The texts at a path of a recipe. */
function scriptOf(recipe: string, path: readonly (string | number)[]): string {
  const script = parseDocument(recipe).getIn(path);
  assert.ok(typeof script === 'string', `${path.join('.')} is shell`);
  return script;
}

test('the document has the four recipes', () => {
  assert.equal(RECIPES.length, 4);
});

for (const format of ['sha1', 'sha256'] as const) {
  test(`the hook lets signed commits in and refuses others, on every branch (${format})`, async (t) => {
    const { workshop, key, run, signersFile } = await open(t);
    const bare = join(workshop.folder, 'bare');
    run(['git', 'init', '--quiet', '--bare', `--object-format=${format}`, bare]);
    const hook = join(bare, 'hooks', 'pre-receive');
    await mkdir(dirname(hook), { recursive: true });
    await writeFile(hook, HOOK.replace('/etc/holdfast/allowed_signers', signersFile));
    await chmod(hook, 0o755);
    if (format === 'sha256') {
      run(['git', 'init', '--quiet', `--object-format=${format}`, '../other']);
    }
    const from = format === 'sha1' ? workshop.repository : join(workshop.folder, 'other');
    const commit = (message: string, ...signing: readonly string[]) =>
      run(['git', ...AS_ALICE, ...signing, 'commit', '--quiet', '--allow-empty', '-m', message], {
        folder: from,
      });
    const signing = [
      '-c',
      'gpg.format=ssh',
      '-c',
      `user.signingKey=${key}`,
      '-c',
      'commit.gpgSign=true',
    ];
    const push = (refspec: string) =>
      run(['git', 'push', '--quiet', bare, refspec], { folder: from });

    assert.deepEqual(commit('Signed', ...signing), { status: 0, output: '' });
    assert.deepEqual(push('HEAD:refs/heads/main'), { status: 0, output: '' });
    commit('Unsigned');
    commit('Signed again', ...signing);
    const refused = push('HEAD:refs/heads/feature');
    assert.equal(refused.status, 1);
    const complaints = refused.output.split('\n').filter((line) => line.startsWith('remote: refs'));
    assert.equal(complaints.length, 1, refused.output);
    assert.match(
      complaints[0] ?? '',
      /^remote: refs\/heads\/feature [0-9a-f]{12}: rejected {4}unsigned: The commit has no signature/u,
    );
    assert.notEqual(run(['git', '--git-dir', bare, 'rev-parse', '--verify', 'feature']).status, 0);
    // What is there already is not verified again, and deleting is no push of commits.
    assert.deepEqual(push('HEAD~2:refs/heads/other'), { status: 0, output: '' });
    assert.deepEqual(push(':refs/heads/other'), { status: 0, output: '' });
  });
}

test('the hook refuses everything where its keys cannot be read', async (t) => {
  const { workshop, run } = await open(t);
  const bare = join(workshop.folder, 'bare');
  run(['git', 'init', '--quiet', '--bare', bare]);
  const hook = join(bare, 'hooks', 'pre-receive');
  await mkdir(dirname(hook), { recursive: true });
  await writeFile(hook, HOOK.replace('/etc/holdfast/allowed_signers', '/nonexistent'));
  await chmod(hook, 0o755);

  const { status, output } = run(['git', 'push', '--quiet', bare, 'HEAD:refs/heads/main']);
  assert.equal(status, 1);
  assert.match(output, /nonexistent/u);
});

const AS_ALICE = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com'];

for (const { name, script, environment } of [
  {
    name: 'GitHub Actions',
    script: scriptOf(GITHUB, ['jobs', 'signatures', 'steps', 1, 'run']),
    environment: (base: string, head: string, folder: string) => ({
      BASE: base,
      HEAD: head,
      RUNNER_TEMP: folder,
    }),
  },
  {
    name: 'GitLab CI',
    script: [0, 1].map((index) => scriptOf(GITLAB, ['signatures', 'script', index])).join('\n'),
    environment: (base: string, head: string, folder: string) => ({
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_COMMIT_SHA: head,
      CI_PROJECT_DIR: join(folder, 'project'),
    }),
  },
]) {
  test(`the steps of ${name} end with 0 for signed commits alone, by the keys of the base`, async (t) => {
    const { workshop, key, run, signersFile } = await open(t);
    const base = await workshop.git('rev-parse', 'HEAD');
    const check = async (): Promise<Outcome> => {
      const head = await workshop.git('rev-parse', 'HEAD');
      // Both run steps so.
      return run(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
        environment: environment(base, head, workshop.folder),
      });
    };
    await workshop.commit({ key, message: 'One' });
    await workshop.commit({ key, message: 'Two' });
    const good = await check();
    assert.equal(good.status, 0, good.output);
    assert.equal(good.output.match(/^verified /gmu)?.length, 2);

    // A stranger who adds his key in the same change is no less a stranger.
    const { path: stranger, text } = await workshop.makeKey('stranger', '-t', 'ed25519');
    await writeFile(signersFile, `alice@example.com namespaces="git" ${text}\n`);
    await workshop.git('add', '--all');
    await workshop.commit({ key: stranger, message: 'Trust me' });
    await workshop.commit({ key, message: 'On top' });
    const bad = await check();
    assert.equal(bad.status, 1, bad.output);
    assert.match(bad.output, /^rejected {4}unknown_key/mu);
  });

  test(`the steps of ${name} end with an error where the base has no keys`, async (t) => {
    const { workshop, key, run } = await open(t);
    await workshop.git('rm', '-q', '-r', '.holdfast');
    const base = await workshop.commit({ key, message: 'Remove' });
    const head = await workshop.commit({ key, message: 'One' });
    const { status } = run(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      environment: environment(base, head, workshop.folder),
    });
    assert.notEqual(status, 0);
  });
}

test('the comparison of what runs ends with 0 where it is what Git declares, and with 1 where it is not', async (t) => {
  const { workshop, run } = await open(t);
  const { folder, repository } = workshop;
  const [list = '', verify = ''] = [0, 1].map((index) =>
    scriptOf(DRIFT, ['drift', 'script', index]),
  );
  const declared = (value: string) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'shop' },
      data: { greeting: value },
    });
  await mkdir(join(repository, 'deploy', 'shop'), { recursive: true });
  await writeFile(join(repository, 'deploy', 'shop', 'settings.yaml'), declared('hello'));
  // Stands in for the cluster: the arguments are checked by kubectl elsewhere.
  const kubectl = join(folder, 'bin', 'kubectl');
  for (const [live, status] of [
    ['hello', 0],
    ['changed', 1],
  ] as const) {
    await writeFile(kubectl, `#!/bin/sh\nprintf '%s' '${declared(live)}'\n`);
    await chmod(kubectl, 0o755);
    const ended = run(['bash', '-eo', 'pipefail', '-c', `${list}\n${verify}`]);
    assert.equal(ended.status, status, ended.output);
  }
});
