/** State, journal and Lease of the previous version, read by this one, and the other way round. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, it } from 'node:test';
import { formatGroup, formatKey } from '../../src/alerting/format-key.ts';
import { StateDatabase } from '../../src/audit/journal/state-database.ts';
import {
  AlertStage,
  gitopsWrite,
  objectNamed,
  SharedLease,
} from '../support/alerts/alert-stage.ts';
import { sampleAttempt } from '../support/alerts/incident-samples.ts';
import {
  findUnreadRows,
  formatAsPrevious,
  previousRows,
  readAsPrevious,
} from '../support/alerts/previous-formats.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const MINUTE = 60_000;
/** Of alice's attempts on a Deployment of the shop, as the built-in rules group them. */
const CLASS = 'drift-attempt';
const group = formatGroup(['actor', 'alice', CLASS]);
const keyOf = (name: string): string =>
  formatKey({
    cluster: 'prod-eu-1',
    object: `apps/deployments/shop/${name}`,
    actor: 'alice',
    class: CLASS,
  });

describe('what the previous version has stored', () => {
  it('is read: its incident goes on, and is resolved once, and what it has counted of others counts once', async () => {
    const stage = new AlertStage();
    const journal = new MemoryJournal();
    const nowMs = stage.clock.wallMs();
    await journal.state.write('incidents', previousRows({ key: keyOf('checkout'), group, nowMs }));
    const lease = new SharedLease();
    const time = new Date(nowMs).toISOString();
    const report = { key: keyOf('checkout'), group, rule: CLASS, own: 4, objects: {}, unlisted: 0 };
    const reports = [{ ...report, objects: { x: 'open' as const }, last: sampleAttempt({ time }) }];
    lease.statuses.set('holdfast-1', formatAsPrevious({ told: [], ended: [], reports }));
    const { telemetry } = await stage.start({ journal, election: lease.electionOf('holdfast-0') });
    journal.append(1, objectNamed('cart'));
    await stage.pass(2 * MINUTE);

    // Three before, two more of the other replica, and the new one.
    assert.match(stage.pagerduty.alerts[0]?.summary ?? '', /, 6 attempts /u);
    lease.statuses.delete('holdfast-1');
    await stage.pass(20 * MINUTE);
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ key, state }) => [key, state]),
      [[keyOf('checkout'), 'resolved']],
    );
    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level === 'error'),
      [],
    );
  });

  it('is read from its database, which gets the version of this one and keeps every row', async (t) => {
    const folder = await makeTemporaryFolder(t);
    const rows = previousRows({ key: keyOf('checkout'), group, nowMs: 0 });
    const path = join(folder, 'state.sqlite');
    const made = new DatabaseSync(path);
    made.exec(
      'PRAGMA journal_mode = WAL; CREATE TABLE state (space TEXT, key TEXT, value TEXT, PRIMARY KEY (space, key)) WITHOUT ROWID',
    );
    const put = made.prepare("INSERT INTO state VALUES ('incidents', ?, ?)");
    for (const [key, value] of Object.entries(rows)) put.run(key, value);
    made.close();

    const { state, damages } = StateDatabase.open(folder, 0);
    assert.deepEqual(Object.fromEntries(state.list('incidents')), rows);
    state.close();
    const after = new DatabaseSync(path, { readOnly: true });
    assert.deepEqual({ ...after.prepare('PRAGMA user_version').get() }, { user_version: 1 });
    after.close();
    assert.deepEqual(damages, []);
  });
});

describe('beside the previous version', () => {
  let stage: AlertStage;
  let lease: SharedLease;
  beforeEach(() => {
    stage = new AlertStage();
    lease = new SharedLease();
  });

  it('it reads all that this one stores and publishes: after a rollback nothing is forgotten', async () => {
    const first = await stage.start({ name: 'a', election: lease.electionOf('a') });
    const second = await stage.start({ name: 'b', election: lease.electionOf('b') });
    first.journal.append(2, objectNamed('checkout'));
    second.journal.append(1, { ...objectNamed('cart'), replica: 'b' });
    first.journal.append(1, gitopsWrite('search'));
    await stage.pass(2000);
    stage.pagerduty.outage = { status: 503 };
    second.journal.append(1, {
      ...objectNamed('basket'),
      user: { username: 'bob', groups: [], extra: {} },
    });
    await stage.pass(12_000);

    const kept = [first, second].map(({ journal }) => journal.state.spaces.get('incidents'));
    const kinds = new Set(kept.flatMap((rows) => [...(rows?.keys() ?? [])].map(kindOf)));
    assert.deepEqual([...kinds].toSorted(), [
      'change',
      'cursor',
      'incident',
      'message',
      'rate',
      'seen',
      'seen-first',
    ]);
    for (const rows of kept) assert.deepEqual(findUnreadRows(rows ?? new Map()), []);
    for (const status of lease.statuses.values()) {
      assert.ok(readAsPrevious(status).reports.length > 0);
    }
  });

  it('attempts count that follow an incident which it has ended with more of them', async () => {
    lease.holder = 'old';
    lease.statuses.set('old', formatAsPrevious({ told: [], ended: [[group, 6]], reports: [] }));
    const { journal } = await stage.start({ name: 'b', election: lease.electionOf('b') });
    journal.append(1, objectNamed('checkout'));
    await stage.pass(5000);
    const read = readAsPrevious(lease.statuses.get('b') ?? '');
    assert.deepEqual(
      read.reports.map(({ own }) => own),
      [1],
    );
    // It may be gone: who follows notifies by itself.
    await stage.pass(10_000);
    assert.deepEqual(
      stage.pagerduty.alerts.map(({ state }) => state),
      ['triggered'],
    );
  });
});

function kindOf(key: string): string {
  return key.split('/')[0] ?? key;
}
