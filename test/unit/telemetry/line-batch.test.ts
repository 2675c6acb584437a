import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineBatch } from '../../../src/telemetry/line-batch.ts';

describe('LineBatch', () => {
  it('writes the lines of one turn of the event loop at once, in their order', async () => {
    const written: string[] = [];
    const batch = new LineBatch((text) => written.push(text));

    await Promise.all([batch.add('one\n'), batch.add('two\n')]);
    await batch.add('three\n');

    assert.deepEqual(written, ['one\ntwo\n', 'three\n']);
  });

  it('resolves only when the line is written', async () => {
    const events: string[] = [];
    const batch = new LineBatch((text) => events.push(`wrote ${text}`));

    await batch.add('one').then(() => events.push('resolved'));

    assert.deepEqual(events, ['wrote one', 'resolved']);
  });

  it('rejects every line of a write that fails, and writes later ones without them', async () => {
    const written: string[] = [];
    let isBroken = true;
    const batch = new LineBatch((text) => {
      if (isBroken) throw new Error('EPIPE');
      written.push(text);
    });

    const first = [batch.add('one\n'), batch.add('two\n')];
    for (const line of first) await assert.rejects(line, { message: 'EPIPE' });
    isBroken = false;
    await batch.add('three\n');

    assert.deepEqual(written, ['three\n']);
  });
});
