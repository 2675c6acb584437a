import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DriftFinding } from '../../../src/drift/drift-finding.ts';
import { DriftState, type OpenFinding } from '../../../src/drift/drift-state.ts';
import { FindingBook } from '../../../src/drift/finding-book.ts';
import { CONFIG_MAP_KEY, sampleFinding } from '../../support/drift-samples.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { settle } from '../../support/simulated-time.ts';

interface Asked {
  readonly finding: DriftFinding;
  readonly answer: (decisionId: string | undefined) => void;
}

/** A book; each record waits for its answer, unless one is given at once. */
function stage({ leads = true, openMax = 10, waits = false } = {}) {
  const { state } = new MemoryJournal();
  const open = new Map<string, OpenFinding>();
  const asked: Asked[] = [];
  const role = { leads };
  const telemetry = recordTelemetry();
  const book = new FindingBook({
    ...telemetry,
    open,
    openMax,
    state: new DriftState(state),
    leads: () => role.leads,
    record: (finding) =>
      new Promise((answer) => {
        asked.push({ finding, answer });
        if (!waits) answer(`D${asked.length}`);
      }),
  });
  const told = (): readonly (readonly [string, string | undefined])[] =>
    asked.map(({ finding: { what, found } }) => [what, found]);
  return { book, open, asked, told, role, telemetry, state };
}

const FOUND = { finding: sampleFinding(), passed: [] };
const OTHER = { finding: sampleFinding({ uid: 'uid-2' }), passed: [] };

describe('FindingBook', () => {
  it('records a difference once, and its end with the decision of the finding', async () => {
    const { book, open, told, state } = stage();
    await book.open(CONFIG_MAP_KEY, FOUND);
    await book.open(CONFIG_MAP_KEY, FOUND);
    assert.equal(book.find(CONFIG_MAP_KEY)?.decisionId, 'D1');
    await book.close(CONFIG_MAP_KEY);
    await book.close(CONFIG_MAP_KEY);
    assert.deepEqual(told(), [
      ['changed', undefined],
      ['reverted', 'D1'],
    ]);
    assert.deepEqual([open.size, state.spaces.get('drift-open')?.size], [0, 0]);
  });

  it('records another difference of the same object again', async () => {
    const { book, told } = stage();
    await book.open(CONFIG_MAP_KEY, FOUND);
    await book.open(CONFIG_MAP_KEY, OTHER);
    assert.equal(told().length, 2);
  });

  it('leaves recording to the leader, and takes over what is open when it leads', async () => {
    const { book, told, role } = stage({ leads: false });
    await book.open(CONFIG_MAP_KEY, FOUND);
    await book.tellRest();
    assert.deepEqual(told(), []);
    role.leads = true;
    await book.tellRest();
    await book.tellRest();
    assert.deepEqual(told(), [['changed', undefined]]);
  });

  it('records the end of what it has recorded, whoever leads then; of what it has not, nothing', async () => {
    const { book, told, role, open } = stage();
    await book.open(CONFIG_MAP_KEY, FOUND);
    role.leads = false;
    await book.open('/configmaps/shop/other', OTHER);
    await book.close(CONFIG_MAP_KEY);
    await book.close('/configmaps/shop/other');
    assert.deepEqual(
      [told(), open.size],
      [
        [
          ['changed', undefined],
          ['reverted', 'D1'],
        ],
        0,
      ],
    );
  });

  it('tries again what could not be recorded', async () => {
    const { book, asked, told, open } = stage({ waits: true });
    const opening = book.open(CONFIG_MAP_KEY, FOUND);
    await settle();
    asked[0]?.answer(undefined);
    await opening;
    const telling = book.tellRest();
    await settle();
    asked[1]?.answer('D2');
    await telling;
    const closing = book.close(CONFIG_MAP_KEY);
    await settle();
    asked[2]?.answer(undefined);
    await closing;
    // Its end is still to be told: it is open no more, and a restart finds it.
    assert.deepEqual(
      [book.find(CONFIG_MAP_KEY), open.get(CONFIG_MAP_KEY)?.reverted],
      [undefined, true],
    );
    const ending = book.tellRest();
    await settle();
    asked[3]?.answer('D4');
    await ending;
    assert.deepEqual(told(), [
      ['changed', undefined],
      ['changed', undefined],
      ['reverted', 'D2'],
      ['reverted', 'D2'],
    ]);
    assert.equal(open.size, 0);
  });

  it('records the end of what is reverted while its record is on its way', async () => {
    const { book, asked, told, open } = stage({ waits: true });
    const opening = book.open(CONFIG_MAP_KEY, FOUND);
    await settle();
    const closing = book.close(CONFIG_MAP_KEY);
    await settle();
    asked[0]?.answer('D1');
    await settle();
    asked[1]?.answer('D2');
    await Promise.all([opening, closing]);
    assert.deepEqual(told(), [
      ['changed', undefined],
      ['reverted', 'D1'],
    ]);
    assert.equal(open.size, 0);
  });

  it('records what an object has become while the record of its earlier state is on its way', async () => {
    const { book, asked, open } = stage({ waits: true });
    const opening = book.open(CONFIG_MAP_KEY, FOUND);
    await settle();
    const next = book.open(CONFIG_MAP_KEY, OTHER);
    await settle();
    asked[0]?.answer('D1');
    await settle();
    asked[1]?.answer('D2');
    await Promise.all([opening, next]);
    assert.deepEqual(
      [asked.map(({ finding }) => finding.uid), open.get(CONFIG_MAP_KEY)?.decisionId],
      [['uid-1', 'uid-2'], 'D2'],
    );
  });

  it('keeps no more than its limit, and counts the rest', async () => {
    const { book, open, telemetry } = stage({ openMax: 1 });
    await book.open(CONFIG_MAP_KEY, FOUND);
    await book.open('/configmaps/shop/other', OTHER);
    assert.equal(open.size, 1);
    assert.deepEqual(await telemetry.exposed('holdfast_drift_left_out_total{'), [
      'holdfast_drift_left_out_total{what="finding"} 1',
    ]);
  });
});
