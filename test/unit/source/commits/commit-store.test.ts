import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { CommitConclusion } from '../../../../src/source/commits/commit-fact.ts';
import { CommitStore } from '../../../../src/source/commits/commit-store.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const MAIN = { rule: 'platform', repository: 'r', ref: 'refs/heads/main' };

function rejected(code: string): CommitConclusion {
  return { status: 'rejected', repository: 'r', code, reason: 'It is so', objectId: 'o' };
}

async function open(t: TestContext, verdictsMax = 3) {
  const folder = await makeTemporaryFolder(t);
  const telemetry = recordTelemetry();
  const openStore = () => CommitStore.open({ folder, verdictsMax, logger: telemetry.logger });
  return { folder, telemetry, openStore };
}

test('verdicts and history are there again after a restart', async (t) => {
  const { openStore } = await open(t);
  const first = await openStore();
  first.keep('t\u0000a', rejected('unsigned'));
  first.history.add(MAIN, 'one');
  first.history.advance(MAIN, { objectId: 'one', replaced: [], refTip: 'one' });
  await first.save();

  const second = await openStore();

  assert.deepEqual(second.keepTrust('t'), [['t\u0000a', rejected('unsigned')]]);
  assert.equal(second.history.has(MAIN, 'one'), true);
  assert.deepEqual(second.history.tips(MAIN), ['one']);
});

test('verdicts by other keys are forgotten; the history stays, so that it does not begin anew', async (t) => {
  const { openStore } = await open(t);
  const store = await openStore();
  store.keep('t\u0000a', rejected('unsigned'));
  store.history.add(MAIN, 'one');

  assert.deepEqual(store.keepTrust('u'), []);
  assert.equal(store.history.has(MAIN, 'one'), true);
});

test('there are no more verdicts than allowed: the oldest goes', async (t) => {
  const { openStore } = await open(t, 2);
  const store = await openStore();
  for (const name of ['a', 'b', 'a', 'c']) store.keep(`t\u0000${name}`, rejected(name));

  assert.deepEqual(
    store.keepTrust('t').map(([key]) => key),
    ['t\u0000a', 't\u0000c'],
  );
  store.forget('t\u0000a');
  assert.deepEqual(
    store.keepTrust('t').map(([key]) => key),
    ['t\u0000c'],
  );
});

test('what the history has new is written at once, and nothing where it has not changed', async (t) => {
  const { folder, openStore } = await open(t);
  const file = join(folder, 'verdicts.json');
  const store = await openStore();
  store.history.add(MAIN, 'one');
  await store.saveHistory();
  assert.equal((await openStore()).history.has(MAIN, 'one'), true);
  await rm(file);

  store.history.add(MAIN, 'one');
  store.keep('t\u0000a', rejected('unsigned'));
  await store.saveHistory();

  await assert.rejects(readFile(file), { code: 'ENOENT' });
});

test('a damaged file is logged and begun anew', async (t) => {
  const { folder, openStore, telemetry } = await open(t);
  await writeFile(join(folder, 'verdicts.json'), '{');

  const store = await openStore();

  assert.deepEqual(store.keepTrust('t'), []);
  assert.deepEqual(
    telemetry.entries.map(({ level, message }) => [level, message]),
    [['warn', 'The verdicts of commits cannot be read and are begun anew']],
  );
});

test('a disk that refuses is told once, and verdicts stay in memory', async (t) => {
  const { folder, telemetry } = await open(t);
  await writeFile(join(folder, 'file'), '');
  const store = await CommitStore.open({
    folder: join(folder, 'file', 'commits'),
    verdictsMax: 3,
    logger: telemetry.logger,
  });

  store.keep('t\u0000a', rejected('unsigned'));
  await store.save();
  await store.save();

  assert.deepEqual(
    telemetry.entries.map(({ message }) => message),
    [
      'The verdicts of commits cannot be read and are begun anew',
      'The verdicts of commits cannot be written and are kept in memory',
    ],
  );
  assert.equal(store.keepTrust('t').length, 1);
});
