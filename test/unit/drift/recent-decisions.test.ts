import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { RecentDecisions } from '../../../src/drift/recent-decisions.ts';
import { CONFIG_MAP_KEY } from '../../support/drift-samples.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';

const TIME = '2026-01-05T08:00:00.000Z';
const AT_MS = Date.parse(TIME);

const OBJECT: AuditRecord['object'] = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  subresource: '',
  kind: 'ConfigMap',
  namespace: 'shop',
  name: 'checkout',
};

function changeOf(...paths: readonly string[]): NonNullable<AuditRecord['change']> {
  return {
    semantic: true,
    paths: paths.map((path) => ({ path, segments: path.split('.'), kind: 'changed' })),
    protectedKeys: [],
    truncated: false,
  };
}

const ALLOWED: Partial<AuditRecord> = {
  time: TIME,
  allowed: true,
  dryRun: false,
  route: 'validate',
  operation: 'UPDATE',
  object: OBJECT,
  change: changeOf('data.a'),
  actor: undefined,
};

async function decided(...records: readonly Partial<AuditRecord>[]): Promise<RecentDecisions> {
  const journal = new MemoryJournal();
  const decisions = new RecentDecisions({ journal, afterSequence: 0, decisionsMax: 10 });
  for (const record of records) journal.append(1, { ...ALLOWED, ...record });
  await decisions.catchUp();
  return decisions;
}

function uncovered(
  decisions: RecentDecisions,
  paths: readonly string[] | 'deleted',
  {
    sinceMs = AT_MS,
    writtenAtMs = AT_MS,
    isNew = false,
  }: Partial<Record<'sinceMs' | 'writtenAtMs', number>> & { readonly isNew?: boolean } = {},
): readonly string[] {
  const what =
    paths === 'deleted' ? paths : { paths: paths.map((path) => ({ path, atMs: writtenAtMs })) };
  return decisions.findUncovered({ object: CONFIG_MAP_KEY, sinceMs, isNew, what });
}

describe('RecentDecisions', () => {
  it('covers the paths that an allowed request changed, and no others', async () => {
    const decisions = await decided({});
    assert.deepEqual(uncovered(decisions, ['data.a', 'data.b']), ['data.b']);
    assert.deepEqual(uncovered(decisions, 'deleted'), ['']);
  });

  it('counts no decision from before the state that is compared with', async () => {
    const sinceMs = AT_MS + 10_000;
    assert.deepEqual(uncovered(await decided({}), ['data.a'], { sinceMs }), ['data.a']);
  });

  it('covers one write, and not the same field written later', async () => {
    const decisions = await decided({});
    const writtenAtMs = AT_MS + 10_000;
    assert.deepEqual(uncovered(decisions, ['data.a'], { writtenAtMs }), ['data.a']);
  });

  it('covers no change by the creation of the same object', async () => {
    const decisions = await decided({ operation: 'CREATE' });
    assert.deepEqual(uncovered(decisions, ['data.a']), ['data.a']);
    assert.deepEqual(uncovered(decisions, ['data.a'], { isNew: true }), []);
  });

  it('covers all of an object by a creation, by a record that was cut, and where no change is known', async () => {
    for (const record of [
      { operation: 'CREATE' },
      { change: undefined },
      { cut: ['change'] },
      { change: { ...changeOf(), truncated: true } },
    ] as const) {
      assert.deepEqual(uncovered(await decided(record), ['data.z'], { isNew: true }), []);
    }
    assert.deepEqual(uncovered(await decided({ cut: ['user'] }), ['data.z']), ['data.z']);
  });

  it('covers a deletion by an allowed deletion only', async () => {
    assert.deepEqual(uncovered(await decided({ operation: 'DELETE' }), 'deleted'), []);
  });

  it('covers nothing by what was refused, only tried, found by ourselves, or is no write', async () => {
    const decisions = await decided(
      { allowed: false },
      { dryRun: true },
      { route: 'mutate' },
      { operation: 'CONNECT' },
      { finding: true },
    );
    assert.equal(decisions.size, 0);
  });

  it('covers by a subresource: to scale changes the object', async () => {
    const scaled = {
      object: { ...OBJECT, subresource: 'scale' },
      change: changeOf('spec.replicas'),
    };
    assert.deepEqual(uncovered(await decided(scaled), ['spec.replicas']), []);
  });

  it('forgets the oldest beyond its limit', async () => {
    const first = { object: { ...OBJECT, name: 'first' } };
    const records = Array.from({ length: 11 }, (_, index) => (index === 0 ? first : {}));
    const decisions = await decided(first, ...records);
    assert.equal(decisions.size <= 10, true);
    const object = '/configmaps/shop/first';
    const question = { object, sinceMs: 0, isNew: false, what: { paths: [{ path: 'data.a' }] } };
    assert.deepEqual(decisions.findUncovered(question), ['data.a']);
    assert.deepEqual(uncovered(decisions, ['data.a']), []);
  });

  it('hears of the decisions of other replicas, and tells its own that are of no GitOps controller', async () => {
    const gitops = {
      actor: { class: 'gitops', proof: { grade: 'pod-bound', sufficient: true, reason: '' } },
    } as const;
    const own = await decided(
      gitops,
      { change: changeOf('data.b') },
      { ...gitops, operation: 'DELETE' },
    );
    const told = own.listTold(AT_MS);
    assert.deepEqual(told, [
      {
        object: CONFIG_MAP_KEY,
        atMs: AT_MS,
        isDeletion: false,
        isCreation: false,
        paths: ['data.b'],
      },
      {
        object: CONFIG_MAP_KEY,
        atMs: AT_MS,
        isDeletion: true,
        isCreation: false,
        paths: undefined,
      },
    ]);
    const other = await decided({ object: { ...OBJECT, name: 'other' } });
    other.hear('holdfast-1', told);
    assert.deepEqual(uncovered(other, ['data.a', 'data.b']), []);
    assert.deepEqual(own.listTold(AT_MS + 3_600_000), []);
  });

  it('tells the newest where there are more than others can read', async () => {
    const journal = new MemoryJournal();
    const decisions = new RecentDecisions({ journal, afterSequence: 0, decisionsMax: 1000 });
    journal.append(300, ALLOWED);
    await decisions.catchUp();
    assert.equal(decisions.listTold(AT_MS).length, 200);
    assert.equal(decisions.cursor, 300);
  });

  it('goes on behind what retention has removed, and reads a new journal from its beginning', async () => {
    const journal = new MemoryJournal();
    journal.append(5, ALLOWED);
    journal.removeBefore(4);
    const decisions = new RecentDecisions({ journal, afterSequence: 99, decisionsMax: 10 });
    await decisions.catchUp();
    assert.deepEqual([decisions.cursor, decisions.size], [5, 2]);
    journal.emptyReads = 1;
    journal.skip(3);
    await decisions.catchUp();
    assert.equal(decisions.cursor, 8);
    journal.beginAnew();
    journal.append(1, ALLOWED);
    await Promise.all([decisions.catchUp(), decisions.catchUp()]);
    assert.equal(decisions.cursor, 1);
  });
});
