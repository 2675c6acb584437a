import assert from 'node:assert/strict';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openKeptDeployed } from '../../../src/compose/kept-deployed.ts';
import type { ApplicationName } from '../../../src/source/commits/deployed-commits.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const SHOP: ApplicationName = { kind: 'Application', namespace: 'argocd', name: 'shop' };
const FLUX: ApplicationName = { kind: 'Kustomization', namespace: 'flux-system', name: 'cart' };
const QUESTION = {
  repository: 'https://git.example.com/shop.git',
  tracked: 'main',
  path: 'prod',
  access: { tool: 'argocd', project: 'default' },
} as const;
const SECRET = { namespace: 'flux-system', name: 'git' };
const COMMIT = { repository: 'https://git.example.com/shop', objectId: 'a'.repeat(40) };

async function prepare(t: TestContext) {
  const folder = join(await makeTemporaryFolder(t), 'commits');
  const { logger, entries } = recordTelemetry();
  // Only the end writes.
  const wait = async (_delayMs: number, signal: AbortSignal): Promise<void> => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  return { folder, entries, open: () => openKeptDeployed({ folder, logger, wait }) };
}

test('what is noted is there in the next process, in a file of our own', async (t) => {
  const { folder, open, entries } = await prepare(t);
  const first = await open();
  first.deployed.note(SHOP, [{ ...COMMIT, question: QUESTION }]);
  first.deployed.note(FLUX, [
    { ...COMMIT, question: { ...QUESTION, access: { tool: 'flux', secret: SECRET } } },
  ]);
  await first.close();
  const second = await open();
  assert.deepEqual(second.deployed.list(), first.deployed.list());
  second.deployed.forget(SHOP);
  await second.close();

  const third = await open();
  assert.deepEqual(
    third.deployed.list().map(({ application }) => application),
    [FLUX],
  );
  assert.deepEqual(entries, []);
  assert.equal((await stat(join(folder, 'deployed.jsonl'))).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
});

test('nothing is written where nothing is new', async (t) => {
  const { folder, open } = await prepare(t);
  await (await open()).close();
  await assert.rejects(stat(folder));
});

test('a damaged line is forgotten and told, and the others stay', async (t) => {
  const { folder, open, entries } = await prepare(t);
  const first = await open();
  first.deployed.note(SHOP, [{ ...COMMIT, question: QUESTION }]);
  await first.close();
  const file = join(folder, 'deployed.jsonl');
  await writeFile(file, `{"application":{}}\n${await readFile(file, 'utf8')}not json\n`);

  const { deployed } = await open();
  assert.equal(deployed.size, 1);
  assert.deepEqual(
    entries.map(({ message, fields }) => [message, fields?.['applications']]),
    [['Deployed commits cannot be read and are forgotten', 2]],
  );
});

test('a folder that cannot be written is told once, and the process goes on', async (t) => {
  const { folder, open, entries } = await prepare(t);
  await writeFile(folder, 'a file');
  await chmod(folder, 0o400);
  const kept = await open();
  kept.deployed.note(SHOP, [{ ...COMMIT, question: QUESTION }]);
  await kept.close();
  assert.equal(kept.deployed.size, 1);
  assert.deepEqual(
    entries.map(({ message }) => message).filter((message) => message.includes('written')),
    ['The deployed commits cannot be written and are kept in memory'],
  );
});
