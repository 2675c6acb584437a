import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readReplayItems } from '../../../../src/compose/replay/read-replay-items.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const REVIEW = '{"kind":"AdmissionReview","request":{"uid":"a"}}';

async function readAll(path: string, filter: object = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const item of readReplayItems([{ path, shown: 'given' }], filter)) {
    lines.push(`${item.kind} ${item.source}`);
  }
  return lines;
}

async function write(t: TestContext, text: string): Promise<string> {
  return join(await makeTemporaryFolder(t, { file: text }), 'file');
}

test('a journal is read in the order of its entries, by the filter', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await buildJournal(join(folder, 'j'), { segments: [2, 1] });

  const all = await readAll(join(folder, 'j'));
  const some = await readAll(join(folder, 'j'), { username: 'user-2' });

  assert.equal(all.length, 3);
  assert.ok(all.every((line) => line.startsWith('record ')));
  assert.deepEqual(some, all.slice(1, 2));
});

test('lines are records, entries of an export and reviews; what is none is named with its place', async (t) => {
  const one = sampleRecord(1);
  const two = sampleRecord(2);
  const file = await write(
    t,
    [JSON.stringify(one), '', JSON.stringify({ sequence: 2, record: two }), REVIEW, '{}'].join(
      '\n',
    ),
  );

  assert.deepEqual(await readAll(file), [
    `record ${one.decisionId}`,
    `record ${two.decisionId}`,
    'review given#line 3',
    'unreadable given#line 4',
  ]);
  assert.deepEqual(await readAll(file, { decisionId: two.decisionId }), [
    `record ${two.decisionId}`,
    'review given#line 3',
    'unreadable given#line 4',
  ]);
});

test('a document of reviews is read as a whole', async (t) => {
  const recorded = JSON.stringify(
    { cases: [{ action: 'a', review: JSON.parse(REVIEW) }] },
    null,
    1,
  );

  assert.deepEqual(await readAll(await write(t, recorded)), ['review given#a']);
  assert.deepEqual(await readAll(await write(t, 'a: 1\na: 2\n')), [
    'unreadable given#line 2, column 1',
  ]);
  assert.deepEqual(await readAll(await write(t, '')), []);
});

test('lines that come in several chunks are whole, and one without an end is not kept in memory', async (t) => {
  const long = JSON.stringify({ ...sampleRecord(1), filler: 'x'.repeat(3 * 1024 * 1024) });
  const endless = `{"filler":"${'x'.repeat(20 * 1024 * 1024)}"}`;
  const file = await write(t, `${long}\n${endless}\n${JSON.stringify(sampleRecord(2))}`);

  assert.deepEqual(await readAll(file), [
    `record ${sampleRecord(1).decisionId}`,
    'unreadable given#line 2',
    `record ${sampleRecord(2).decisionId}`,
  ]);
});

test('a source that is not there is named as it was given', async () => {
  await assert.rejects(readAll('/nowhere/at/all'), {
    code: 'input_unreadable',
    message: 'Cannot read "given": there is no such file',
  });
});

test('messages of a stream are records by the filter, and what is none is named with its place', async () => {
  const records = [1, 2].map((number) => sampleRecord(number));
  const texts = [...records.map((record) => JSON.stringify({ sequence: 1, record })), 'none'];
  const readStream = async (filter: object) => {
    const lines: string[] = [];
    const messages = async function* () {
      yield* texts.map((text) => new TextEncoder().encode(text));
    };
    for await (const item of readReplayItems([{ shown: 'bus', messages }], filter)) {
      lines.push(`${item.kind} ${item.source}`);
    }
    return lines;
  };

  const [one, two] = records.map(({ decisionId }) => `record ${decisionId}`);
  assert.deepEqual(await readStream({}), [one, two, 'unreadable bus#message 3']);
  assert.deepEqual(await readStream({ decisionId: records[1]?.decisionId }), [
    two,
    'unreadable bus#message 3',
  ]);
});
