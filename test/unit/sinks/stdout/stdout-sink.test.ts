import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { StdoutSink } from '../../../../src/sinks/stdout/stdout-sink.ts';
import { formatJsonLines } from '../../../../src/audit/entry-json.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';

interface Pipe {
  readonly output: Writable;
  readonly text: () => string;
  /** Takes what was written first and has not been taken; with an error, refuses it. */
  readonly take: (error?: Error) => void;
}

/** A pipe that takes nothing until it is told to. */
function makePipe(): Pipe {
  const chunks: string[] = [];
  const waiting: ((error?: Error) => void)[] = [];
  const output = new Writable({
    autoDestroy: false,
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      waiting.push((error) => {
        if (error === undefined) chunks.push(String(chunk));
        done(error);
      });
    },
  });
  return { output, text: () => chunks.join(''), take: (error) => waiting.shift()?.(error) };
}

test('StdoutSink has delivered when the lines are taken', async () => {
  const pipe = makePipe();
  const sink = new StdoutSink({ name: 'out' }, { openOutput: () => pipe.output });
  const entries = sampleEntries(1, 2);

  const sending = sink.send(entries, new AbortController().signal);
  assert.equal(pipe.text(), '');
  pipe.take();

  assert.deepEqual(await sending, { status: 'delivered' });
  assert.equal(pipe.text(), formatJsonLines(entries));
  await sink.close();
});

test('StdoutSink does not write a batch twice because nobody reads', async () => {
  const pipe = makePipe();
  const sink = new StdoutSink({ name: 'out' }, { openOutput: () => pipe.output });
  const entries = sampleEntries(1, 2);
  const impatient = new AbortController();

  const first = sink.send(entries, impatient.signal);
  impatient.abort();
  const late = { status: 'retry', reason: 'Standard output is not being read' };
  assert.deepEqual(await first, late);
  assert.deepEqual(await sink.send(entries, AbortSignal.abort()), late);

  const second = sink.send([...entries, ...sampleEntries(3, 3)], new AbortController().signal);
  pipe.take();
  await new Promise(setImmediate);
  pipe.take();
  assert.deepEqual(await second, { status: 'delivered' });
  assert.equal(pipe.text(), formatJsonLines(sampleEntries(1, 3)));
});

test('StdoutSink finds a batch that was taken late to be delivered', async () => {
  const pipe = makePipe();
  const sink = new StdoutSink({ name: 'out' }, { openOutput: () => pipe.output });
  const impatient = new AbortController();
  const first = sink.send(sampleEntries(1, 1), impatient.signal);
  impatient.abort();
  await first;
  pipe.take();

  const second = await sink.send(sampleEntries(1, 1), new AbortController().signal);

  assert.deepEqual(second, { status: 'delivered' });
  assert.equal(pipe.text(), formatJsonLines(sampleEntries(1, 1)));
});

test('StdoutSink says that a write failed, and tries it again', async () => {
  const pipe = makePipe();
  const sink = new StdoutSink({ name: 'out' }, { openOutput: () => pipe.output });

  const sending = sink.send(sampleEntries(1, 1), new AbortController().signal);
  pipe.take(new Error('EPIPE'));

  assert.deepEqual(await sending, { status: 'retry', reason: 'Standard output failed: EPIPE' });
});
