import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DriftState, type ObjectRow, type OpenFinding } from '../../../src/drift/drift-state.ts';
import { CONFIG_MAP_KEY, configMap, sampleFinding } from '../../support/drift-samples.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';

const ROW: ObjectRow = {
  uid: 'uid-1',
  version: '10',
  print: '',
  tool: 'argocd',
  app: 'checkout',
  atMs: 5,
};
const OPEN: OpenFinding = {
  finding: sampleFinding(),
  decisionId: 'D1',
  reverted: false,
  passed: ['data.b'],
};

describe('DriftState', () => {
  it('reads back what an earlier process has written', async () => {
    const { state } = new MemoryJournal();
    const first = new DriftState(state);
    await first.writeRow(CONFIG_MAP_KEY, ROW, configMap());
    await first.writeRow(CONFIG_MAP_KEY, { ...ROW, gone: true });
    await first.writeOpen(CONFIG_MAP_KEY, OPEN);
    await first.writeWatermarks(new Map([['configmaps', '77']]), 12);
    const second = new DriftState(state);
    assert.deepEqual(await second.load(), {
      rows: new Map([[CONFIG_MAP_KEY, { ...ROW, gone: true }]]),
      open: new Map([[CONFIG_MAP_KEY, OPEN]]),
      watermarks: new Map([['configmaps', '77']]),
      cursor: 12,
      damaged: [],
    });
    assert.deepEqual(await second.readObject(CONFIG_MAP_KEY), configMap());
  });

  it('forgets an object with its content, and a finding', async () => {
    const { state } = new MemoryJournal();
    const drift = new DriftState(state);
    await drift.writeRow(CONFIG_MAP_KEY, ROW, configMap());
    await drift.writeOpen(CONFIG_MAP_KEY, OPEN);
    await drift.removeRow(CONFIG_MAP_KEY);
    await drift.writeOpen(CONFIG_MAP_KEY, undefined);
    const { rows, open, cursor } = await drift.load();
    assert.deepEqual([rows.size, open.size, cursor], [0, 0, undefined]);
    assert.equal(await drift.readObject(CONFIG_MAP_KEY), undefined);
  });

  it('names what a disk has damaged, and begins anew there', async () => {
    const { state } = new MemoryJournal();
    await state.write('drift-objects', { bad: '{', good: JSON.stringify(ROW) });
    await state.write('drift-open', { bad: JSON.stringify({ ...OPEN, finding: {} }) });
    await state.write('drift-watermarks', { configmaps: '[]', cursor: '"x"' });
    const drift = new DriftState(state);
    const { rows, open, watermarks, cursor, damaged } = await drift.load();
    assert.deepEqual(
      [[...rows.keys()], open.size, watermarks.size, cursor],
      [['good'], 0, 0, undefined],
    );
    assert.deepEqual(damaged.toSorted(), [
      'drift-objects bad',
      'drift-open bad',
      'drift-watermarks configmaps',
    ]);
    await state.write(`drift-object ${CONFIG_MAP_KEY}`, { state: 'no deflated JSON' });
    assert.equal(await drift.readObject(CONFIG_MAP_KEY), undefined);
  });
});
