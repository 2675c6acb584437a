import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemWait } from '../../../../src/base/wait.ts';
import type { AuditEvent } from '../../../../src/drift/intake/audit-event.ts';
import { AuditFile } from '../../../../src/drift/intake/audit-file.ts';
import type { TailPosition } from '../../../../src/drift/intake/file-tail.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import { sentAuditEvent } from '../../../support/audit-event-samples.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

async function stage(t: TestContext) {
  const folder = await makeTemporaryFolder(t, { 'audit.log': '' });
  const path = join(folder, 'audit.log');
  const taken: string[] = [];
  const faults: Error[] = [];
  const telemetry = recordTelemetry();
  let kept: TailPosition | undefined = { inode: '0', offset: 0, print: '' };
  const open = (file = path) => {
    const audit = new AuditFile({
      path: file,
      format: 'kubernetes',
      pollMs: 5,
      intake: {
        take: (events: readonly AuditEvent[]) => {
          const fault = events.length === 0 ? undefined : faults.shift();
          if (fault !== undefined) return Promise.reject(fault);
          taken.push(...events.map(({ id }) => id));
          return Promise.resolve();
        },
      },
      position: kept,
      savePosition: (position) => {
        kept = position;
        return Promise.resolve();
      },
      // What is tried again is tried at once.
      wait: (ms, signal) => systemWait(Math.min(ms, 5), signal),
      ...telemetry,
    });
    t.after(() => audit.close());
    return audit;
  };
  const write = (...ids: readonly string[]) =>
    appendFile(
      path,
      ids.map((auditID) => `${JSON.stringify(sentAuditEvent({ auditID }))}\n`).join(''),
    );
  return { folder, path, taken, faults, telemetry, open, write };
}

describe('AuditFile', () => {
  it('takes each line once, across a restart', async (t) => {
    const on = await stage(t);
    await on.write('a', 'b');
    const first = on.open();
    await waitUntil(() => on.taken.length === 2);
    await first.close();
    await on.write('c');
    on.open();
    await waitUntil(() => on.taken.length === 3);
    assert.deepEqual(on.taken, ['a', 'b', 'c']);
    assert.equal(first.problem(), undefined);
  });

  it('waits with what cannot be recorded, and says so once', async (t) => {
    const on = await stage(t);
    const full = () => new HoldfastError('intake_overloaded', 'Too much');
    on.faults.push(full(), full(), full(), new Error('a bug'));
    await on.write('a');
    on.open();
    await waitUntil(() => on.taken.length === 1);
    const warnings = on.telemetry.entries.filter(({ level }) => level === 'warn');
    assert.deepEqual(
      warnings
        .filter(({ message }) => message === 'The audit log waits')
        .map(({ fields }) => fields['code']),
      ['intake_overloaded', 'intake_unreadable'],
    );
  });

  it('counts lines that are no events', async (t) => {
    const on = await stage(t);
    await appendFile(on.path, 'no json\n{}\n');
    await on.write('a');
    on.open();
    await waitUntil(() => on.taken.length === 1);
    assert.deepEqual(await on.telemetry.exposed('holdfast_intake_events_total'), [
      'holdfast_intake_events_total{source="kubernetes-audit",outcome="malformed"} 2',
    ]);
    const cut = 'The audit log was emptied or rotated before it was read to its end';
    assert.ok(
      on.telemetry.entries.some(({ message }) => message === cut),
      'of another file',
    );
  });

  it('says why it cannot read, and goes on when it can', async (t) => {
    const on = await stage(t);
    const audit = on.open(on.folder);
    await waitUntil(() => audit.problem() !== undefined);
    assert.match(audit.problem() ?? '', /^The audit log ".+" waits: .*EISDIR/u);
  });

  it('ends while something waits', async (t) => {
    const on = await stage(t);
    on.faults.push(...Array.from({ length: 100_000 }, () => new Error('never')));
    await on.write('a');
    const audit = on.open();
    await waitUntil(() => audit.problem() !== undefined);
    await audit.close();
    assert.deepEqual(on.taken, []);
    await writeFile(on.path, '');
  });
});
