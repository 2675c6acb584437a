import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { CommitConclusion } from '../../../../src/source/commits/commit-fact.ts';
import { CommitStore } from '../../../../src/source/commits/commit-store.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

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
  first.add('main', 'one');
  await first.save();

  const second = await openStore();

  assert.deepEqual(second.keepTrust('t'), [['t\u0000a', rejected('unsigned')]]);
  assert.deepEqual(
    [second.has('main', 'one'), second.has('main', 'two'), second.isEmpty('main')],
    [true, false, false],
  );
  assert.equal(second.isEmpty('other'), true);
});

test('verdicts by other keys are forgotten; the history stays, so that it does not begin anew', async (t) => {
  const { openStore } = await open(t);
  const store = await openStore();
  store.keep('t\u0000a', rejected('unsigned'));
  store.add('main', 'one');

  assert.deepEqual(store.keepTrust('u'), []);
  assert.equal(store.has('main', 'one'), true);
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

test('a history keeps the newest commits', async (t) => {
  const { openStore } = await open(t);
  const store = await openStore();
  for (let number = 0; number < 101; number += 1) store.add('main', String(number));
  store.add('main', '5');

  assert.deepEqual(
    ['0', '1', '5', '100'].map((id) => store.has('main', id)),
    [false, true, true, true],
  );
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
