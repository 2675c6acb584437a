import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FileSink, planRotation } from '../../../../src/sinks/file/file-sink.ts';
import { formatJsonLines } from '../../../../src/audit/entry-json.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const lineBytes = Buffer.byteLength(formatJsonLines(sampleEntries(1, 1)));

async function stage(context: TestContext, rotation = { bytesMax: 1_000_000, filesMax: 2 }) {
  const folder = await makeTemporaryFolder(context);
  const file = join(folder, 'audit', 'records.jsonl');
  const sink = new FileSink({ name: 'file', file, rotation });
  context.after(() => sink.close());
  const send = (first: number, last = first) => sink.send(sampleEntries(first, last));
  return { folder, file, sink, send };
}

/** The numbers of the entries in a file. */
async function numbersIn(file: string): Promise<readonly number[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { sequence: number }).sequence);
}

test('FileSink writes lines that only our user reads', async (t) => {
  const { file, send } = await stage(t);

  assert.deepEqual(await send(1, 2), { status: 'delivered' });
  assert.deepEqual(await send(3), { status: 'delivered' });

  assert.equal(await readFile(file, 'utf8'), formatJsonLines(sampleEntries(1, 3)));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(file, '..'))).mode & 0o777, 0o700);
});

test('FileSink goes on in the file of the process before', async (t) => {
  const { file, sink, send } = await stage(t);
  await send(1);
  await sink.close();

  const second = new FileSink({ name: 'file', file, rotation: { bytesMax: 1e6, filesMax: 2 } });
  await second.send(sampleEntries(2, 2));
  await second.close();

  assert.deepEqual(await numbersIn(file), [1, 2]);
});

test('FileSink begins a new file when one is full, and keeps so many', async (t) => {
  const { file, send } = await stage(t, { bytesMax: Math.floor(lineBytes * 2.5), filesMax: 2 });

  for (const number of [1, 2, 3, 4, 5, 6, 7]) await send(number);

  assert.deepEqual((await readdir(join(file, '..'))).toSorted(), [
    'records.jsonl',
    'records.jsonl.1',
    'records.jsonl.2',
  ]);
  assert.deepEqual(
    [await numbersIn(`${file}.2`), await numbersIn(`${file}.1`), await numbersIn(file)],
    [[3, 4], [5, 6], [7]],
  );
});

test('FileSink writes a batch that is larger than a file whole', async (t) => {
  const { file, send } = await stage(t, { bytesMax: lineBytes, filesMax: 2 });

  await send(1, 5);

  assert.deepEqual(await numbersIn(file), [1, 2, 3, 4, 5]);
});

test('FileSink writes into a new file when the old one was renamed or removed', async (t) => {
  const { file, send } = await stage(t);
  await send(1);
  await rename(file, `${file}.rotated`);
  await send(2);
  assert.deepEqual(await numbersIn(`${file}.rotated`), [1]);
  assert.deepEqual(await numbersIn(file), [2]);

  await rm(join(file, '..'), { recursive: true });
  assert.deepEqual(await send(3), { status: 'delivered' });

  assert.deepEqual(await numbersIn(file), [3]);
});

test('FileSink does not write on in the half line that a crash has left', async (t) => {
  const { file, send, sink } = await stage(t);
  await send(1);
  await sink.close();
  await appendFile(file, '{"sequence":2,"ha');

  await send(2);

  const lines = (await readFile(file, 'utf8')).split('\n');
  assert.equal(lines[1], '{"sequence":2,"ha');
  assert.equal(`${lines[2]}\n`, formatJsonLines(sampleEntries(2, 2)));
});

test('FileSink says that the disk is full, and tries again', async () => {
  const sink = new FileSink({
    name: 'file',
    file: '/dev/full',
    rotation: { bytesMax: 1e6, filesMax: 2 },
  });

  const outcome = await sink.send(sampleEntries(1, 1));
  await sink.close();

  assert.deepEqual(outcome, {
    status: 'retry',
    reason: 'The file cannot be written: the disk is full',
  });
});

test('FileSink follows no link, and writes as soon as it is gone', async (t) => {
  const { folder, file, send } = await stage(t);
  await mkdir(join(file, '..'), { recursive: true });
  await symlink(join(folder, 'elsewhere'), file);

  assert.deepEqual(await send(1), {
    status: 'retry',
    reason: 'The file cannot be written: it is a symbolic link, and links are not followed',
  });
  assert.deepEqual(await readdir(folder), ['audit']);
  await rm(file);

  assert.deepEqual(await send(1), { status: 'delivered' });
});

for (const [name, make, reason] of [
  ['a folder', (file: string) => mkdir(file, { recursive: true }), 'it is a folder'],
  [
    'below a file',
    async (file: string) => {
      await appendFile(join(file, '..'), '');
    },
    'ENOTDIR',
  ],
] as const) {
  test(`FileSink says that its place is ${name}`, async (t) => {
    const { file, send } = await stage(t);
    await make(file);

    const outcome = await send(1);

    assert.equal(outcome.status, 'retry');
    assert.match(
      'reason' in outcome ? outcome.reason : '',
      new RegExp(`: (?:${reason}|EEXIST)$`, 'u'),
    );
  });
}

test('FileSink writes one batch after the other, though nobody waits', async (t) => {
  const { file, send, sink } = await stage(t);

  void send(1, 20);
  void send(21, 40);
  await sink.close();

  assert.deepEqual(
    await numbersIn(file),
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
});

test('planRotation() makes room from the oldest on, and drops the one beyond the last', () => {
  assert.deepEqual(planRotation('audit.jsonl', 3), [
    { from: 'audit.jsonl.2', to: 'audit.jsonl.3' },
    { from: 'audit.jsonl.1', to: 'audit.jsonl.2' },
    { from: 'audit.jsonl', to: 'audit.jsonl.1' },
  ]);
});

test('planRotation() of a single file replaces it', () => {
  assert.deepEqual(planRotation('a', 1), [{ from: 'a', to: 'a.1' }]);
});
