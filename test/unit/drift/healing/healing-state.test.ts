import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HealingState, type HealingRow } from '../../../../src/drift/healing/healing-state.ts';
import { CONFIG_MAP_KEY, sampleFinding } from '../../../support/drift-samples.ts';
import { MemoryJournal } from '../../../support/memory-journal.ts';

const { what, object, uid, managedBy } = sampleFinding();
const ROW: HealingRow = {
  subject: { what, object, uid, managedBy },
  found: 'D1',
  progress: { firstAtMs: 1, attempts: 2, nextAtMs: 3, gaveUp: true },
};

describe('HealingState', () => {
  it('reads what it wrote, and forgets what is over', async () => {
    const { state } = new MemoryJournal();
    const healing = new HealingState(state);
    await healing.writeRow(CONFIG_MAP_KEY, ROW);
    await healing.writeAsked('app', [1, 2]);
    assert.deepEqual(await healing.load(), {
      rows: new Map([[CONFIG_MAP_KEY, ROW]]),
      asked: new Map([['app', [1, 2]]]),
    });
    await healing.writeRow(CONFIG_MAP_KEY, undefined);
    await healing.writeAsked('app', []);
    assert.deepEqual(await healing.load(), { rows: new Map(), asked: new Map() });
  });

  it('begins anew what cannot be read', async () => {
    const { state } = new MemoryJournal();
    await state.write('drift-healing', { a: '{', b: '{"found":1}' });
    await state.write('drift-healing-asked', { a: '["x"]' });
    const remembered = await new HealingState(state).load();
    assert.deepEqual(remembered, { rows: new Map(), asked: new Map() });
  });
});
