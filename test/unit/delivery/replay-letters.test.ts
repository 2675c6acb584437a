import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { DeadLetters, listLetters } from '../../../src/delivery/dead-letters.ts';
import { replayLetters } from '../../../src/delivery/replay-letters.ts';
import { systemWait } from '../../../src/base/wait.ts';
import { makeScriptedSink, type Script } from '../../support/delivery-stage.ts';
import { sampleEntry } from '../../support/journal-entries.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';

async function stage(script: Script = () => ({ status: 'delivered' })) {
  const { state } = new MemoryJournal();
  const letters = new DeadLetters({ state, sink: 'siem', countMax: 10 });
  await letters.add(
    [3, 1, 2].map((number) => ({
      entry: sampleEntry(number),
      reason: 'Too old',
      refusedAt: '2026-01-05T00:00:00.000Z',
    })),
  );
  const sink = makeScriptedSink('siem');
  sink.script = script;
  const controller = new AbortController();
  const options = {
    sink,
    state,
    prepareMask: async () => ({ ok: true, mask: (record: AuditRecord) => record }) as const,
    timeoutMs: 1000,
    wait: systemWait,
    signal: controller.signal,
  };
  const left = async () => (await listLetters(state, 'siem')).map(({ sequence }) => sequence);
  return { state, sink, options, controller, left };
}

async function replay(options: Parameters<typeof replayLetters>[0]) {
  const replayed: unknown[] = [];
  for await (const { letter, status, reason } of replayLetters(options)) {
    replayed.push([letter.sequence, status, reason]);
  }
  return replayed;
}

test('replayLetters() sends each letter alone, in order, and forgets what is accepted', async () => {
  const { sink, options, left } = await stage();

  assert.deepEqual(await replay(options), [
    [1, 'delivered', ''],
    [2, 'delivered', ''],
    [3, 'delivered', ''],
  ]);
  assert.deepEqual(sink.sends, [[1], [2], [3]]);
  assert.deepEqual(await left(), []);
});

test('replayLetters() keeps what is refused again, and goes on behind it', async () => {
  const { options, left } = await stage(([entry]) => {
    if (entry?.sequence === 1) return { status: 'refused', sequences: [1], reason: 'Never' };
    return entry?.sequence === 2
      ? { status: 'too-large', reason: 'Too large' }
      : { status: 'delivered' };
  });

  assert.deepEqual(await replay(options), [
    [1, 'refused', 'Never'],
    [2, 'refused', 'Too large'],
    [3, 'delivered', ''],
  ]);
  assert.deepEqual(await left(), [1, 2]);
});

for (const [name, outcome] of [
  ['is away', { status: 'retry', reason: 'Away' }],
  ['wants no more', { status: 'stopped', reason: 'Away' }],
] as const) {
  test(`replayLetters() keeps everything where the target ${name}`, async () => {
    const { options, left } = await stage(() => outcome);

    assert.deepEqual(await replay(options), [[1, 'unavailable', 'Away']]);
    assert.deepEqual(await left(), [1, 2, 3]);
  });
}

test('replayLetters() masks with the mask of now, and sends nothing without it', async () => {
  const { sink, options } = await stage();
  const prepared = [
    {
      ok: true,
      mask: (record: AuditRecord) => ({ ...record, message: '' }),
    },
    { ok: false, reason: 'No key' },
  ] as const;
  let asked = 0;

  const replayed = await replay({
    ...options,
    prepareMask: async () => prepared[asked++] ?? { ok: false, reason: 'asked too often' },
  });

  assert.deepEqual(replayed, [
    [1, 'delivered', ''],
    [2, 'unavailable', 'No key'],
  ]);
  assert.equal(sink.accepted[0]?.record.message, '');
});

test('replayLetters() ends when it is told to', async () => {
  const { options, controller, left } = await stage();
  controller.abort();

  assert.deepEqual(await replay(options), []);
  assert.equal((await left()).length, 3);
});

test('replayLetters() goes on behind a letter that cannot be read', async () => {
  const { options, state, left } = await stage();
  await state.write('dead-letters/siem/0000000000000002', { entry: undefined });

  assert.deepEqual(await replay(options), [
    [1, 'delivered', ''],
    [2, 'refused', 'The dead letter cannot be read'],
    [3, 'delivered', ''],
  ]);
  assert.deepEqual(await left(), [2]);
});
