import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { sampleRequest } from '../support/admission-samples.ts';
import { createHttpsClient } from '../support/https-client.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { isolatedThreads, readThreadPriorities } from '../support/thread-priorities.ts';
import { waitUntil } from '../support/wait-until.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

const CONFIGURATION = `
server:
  port: 0
  metrics: { port: 0 }
`;

function run(test: TestContext, folder: string, argv: readonly string[]): ChildProcess {
  return runNode(test, folder, [MAIN, ...argv]);
}

function runNode(test: TestContext, folder: string, argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  test.after(() => child.kill('SIGKILL'));
  // A day's records are more than a pipe holds: unread, they would hold the process up.
  child.stderr.resume();
  return child;
}

/** The configuration of the recorded day, with certificates of its own. */
async function makeRecordedFolder(test: TestContext): Promise<string> {
  const recorded = await readFile(join(FIXTURES, 'holdfast.yaml'), 'utf8');
  return makeTemporaryFolder(test, {
    'holdfast.yaml': recorded.replaceAll('../../certs/', 'certs/'),
  });
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, 'exit');
  return code;
}

async function firstLine(child: ChildProcess): Promise<string> {
  assert.ok(child.stdout);
  for await (const line of createInterface(child.stdout)) return line;
  return '';
}

async function collect(child: ChildProcess): Promise<{ code: unknown; reported: string }> {
  const chunks: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
  const [code]: readonly unknown[] = await once(child, 'close');
  return { code, reported: chunks.join('') };
}

/** A folder from which a process can serve: certificates, and the policies that come with Holdfast, built. */
async function makeServingFolder(test: TestContext): Promise<string> {
  const policies = `policies: { bundle: ${JSON.stringify(await bundleFolder())} }`;
  const folder = await makeTemporaryFolder(test, {
    'holdfast.yaml': `${CONFIGURATION}${policies}\n`,
  });
  assert.equal(await exitOf(run(test, folder, ['certs'])), 0);
  return folder;
}

describe('holdfast serve', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`prints where it is ready, and ends with 0 on ${signal}`, async (test) => {
      const folder = await makeServingFolder(test);
      const child = run(test, folder, ['serve']);

      assert.match(await firstLine(child), /^ready https:\/\/127\.0\.0\.1:\d+$/u);
      child.kill(signal);

      assert.equal(await exitOf(child), 0);
    });
  }

  it(
    'lets the admission thread go before V8’s threads, and policies with it: answers wait for both',
    isolatedThreads,
    async (test) => {
      const folder = await makeServingFolder(test);
      const child = run(test, folder, ['serve']);
      await firstLine(child);

      const { pid = 0 } = child;
      const { V8Worker: v8 = [], policy = [] } = readThreadPriorities(pid);

      const own = getPriority();
      // A process that is nice already cannot go further than the lowest priority.
      assert.deepEqual(new Set(v8), new Set([Math.min(19, own + 10)]));
      assert.deepEqual(new Set(policy), new Set([own]));
      assert.equal(getPriority(pid), own);
    },
  );

  it('serves, judges and reloads without the right to start a process', async (test) => {
    const folder = await makeServingFolder(test);
    // Node itself refuses: child_process throws ERR_ACCESS_DENIED without --allow-child-process.
    const flags = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker'];
    const child = runNode(test, folder, [...flags, MAIN, 'serve']);
    const reported: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => reported.push(chunk.toString('utf8')));
    const url = (await firstLine(child)).replace('ready ', '');
    const client = createHttpsClient(url, {
      ca: await readFile(join(folder, 'certs', 'ca.crt'), 'utf8'),
    });
    test.after(() => client.close());

    const answer = await client.post(
      '/validate',
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: sampleRequest(),
      }),
    );
    await appendFile(join(folder, 'holdfast.yaml'), 'cluster: { name: reloaded }\n');
    await waitUntil(() => reported.join('').includes('Loaded the changed configuration'));
    child.kill('SIGTERM');

    assert.equal(answer.httpStatus, 200);
    assert.equal(child.exitCode ?? (await exitOf(child)), 0);
    assert.doesNotMatch(reported.join(''), /ERR_ACCESS_DENIED/u);
  });

  it('refuses Rego, and prints the command that makes it serve', async (test) => {
    const folder = await makeServingFolder(test);
    await cp(join(FIXTURES, '..', '..', 'policies'), join(folder, 'our policies'), {
      recursive: true,
    });
    const write = (bundle: string): Promise<void> =>
      writeFile(
        join(folder, 'holdfast.yaml'),
        `${CONFIGURATION}policies: { bundle: ${JSON.stringify(bundle)} }\n`,
      );
    await write('our policies');

    const { code, reported } = await collect(run(test, folder, ['serve']));

    assert.equal(code, 3);
    const found =
      /Run "(?<command>holdfast policy build .*)", and set policies\.bundle to "(?<bundle>.*)"/u;
    const { command = '', bundle = '' } = found.exec(reported)?.groups ?? {};
    assert.equal(bundle, join(folder, 'our policies-bundle'));
    // As printed, typed into a shell that finds holdfast on PATH.
    const script = `holdfast() { '${process.execPath}' '${MAIN}' "$@"; }; ${command}`;
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: folder });
    assert.match(
      stdout,
      /^Built \d+ policies into .*our policies-bundle \(revision [0-9a-f]{12}\)$/mu,
    );
    await write(bundle);
    assert.match(await firstLine(run(test, folder, ['serve'])), /^ready https:/u);
  });

  it('says at the key what became of policies.source, as config check does', async (test) => {
    const folder = await makeTemporaryFolder(test, {
      'holdfast.yaml': 'policies: { source: rego }\n',
    });

    const served = await collect(run(test, folder, ['serve']));
    const checked = await collect(run(test, folder, ['config', 'check']));

    assert.deepEqual([served.code, checked.code], [3, 3]);
    const remedy = `Run "holdfast policy build ${folder}/rego --out ${folder}/rego-bundle"`;
    assert.ok(served.reported.includes(remedy), served.reported);
    assert.ok(checked.reported.includes(remedy), checked.reported);
  });

  it('ends with 3 and names the key where the configuration is wrong', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'holdfast.yaml': 'server: { prot: 1 }\n' });
    const child = run(test, folder, ['serve']);
    const reported: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => reported.push(chunk.toString('utf8')));

    assert.equal(await exitOf(child), 3);
    assert.match(reported.join(''), /holdfast\.yaml:1:11: .*"?prot"?/u);
  });
});

describe('holdfast demo', () => {
  it('plays the day once and ends with 0', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'holdfast.yaml': CONFIGURATION });
    const child = run(test, folder, ['demo', '--once', '--config', 'holdfast.yaml']);

    assert.notEqual(await firstLine(child), '');
    // Reading a line pauses the rest.
    child.stdout?.resume();
    // Without the writers of the recorded day, its syncs are refused: the command says that the day went otherwise.
    assert.equal(await exitOf(child), 1);
  });

  it('ends with 3 where its configuration cannot be read', async (test) => {
    const folder = await makeTemporaryFolder(test);

    assert.equal(await exitOf(run(test, folder, ['demo', '--config', 'missing.yaml'])), 3);
  });

  it('ends with 0 after a day that went as recorded', async (test) => {
    const folder = await makeRecordedFolder(test);
    const day = join(FIXTURES, 'recorded-day.json');
    const child = run(test, folder, ['demo', '--once', '--config', 'holdfast.yaml', '--day', day]);
    child.stdout?.resume();

    assert.equal(await exitOf(child), 0);
  });

  it('stays up after the day, says how to go on, and ends with 0 on SIGTERM', async (test) => {
    const folder = await makeRecordedFolder(test);
    const child = run(test, folder, ['demo', '--config', 'holdfast.yaml']);
    assert.ok(child.stdout);
    const lines: string[] = [];

    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line === 'Ctrl-C stops it.') child.kill('SIGTERM');
    }

    assert.ok(
      lines.some((line) => /^\d+ reviews: \d+ allowed, \d+ denied, 0 not as recorded$/u.test(line)),
    );
    assert.ok(lines.some((line) => /^ready https:\/\/127\.0\.0\.1:\d+$/u.test(line)));
    assert.ok(lines.includes('  npm run sandbox'));
    assert.equal(child.exitCode ?? (await exitOf(child)), 0);
  });
});
