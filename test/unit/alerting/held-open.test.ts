import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followHeldOpen } from '../../../src/alerting/held-open.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const object = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  subresource: '',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};
const grant = {
  id: 'G',
  subject: 'alice',
  reason: 'the checkout is down',
  ticket: '',
  expires: '2026-01-05T09:00:00Z',
  approvers: ['anna'],
  use: 1,
  usesLeft: 2,
};
const proof = {
  grade: 'pod-bound',
  sufficient: true,
  reason: 'its token is bound to a pod',
} as const;
const byGrant = { allowed: true, object, grant } as const;
const byGit = { allowed: true, object, actor: { class: 'gitops', proof } } as const;

async function held(exposed: (name: string) => Promise<readonly string[]>): Promise<string> {
  return (await exposed('holdfast_objects_held_open'))[0] ?? '';
}

describe('followHeldOpen()', () => {
  it('counts what is open, says so, and lets go when Git has it again', async () => {
    const journal = new MemoryJournal();
    const { logger, metrics, entries, exposed } = recordTelemetry();
    const follower = await followHeldOpen({ journal, logger, metrics });

    journal.append(1, byGrant);
    await waitUntil(async () => (await held(exposed)).endsWith(' 1'));
    journal.append(1, byGit);
    await waitUntil(async () => (await held(exposed)).endsWith(' 0'));
    await follower.close();

    assert.deepEqual(
      entries.map(({ level, message }) => [level, message]),
      [
        ['warn', 'An object is held open by a break-glass grant'],
        ['info', 'Git has an object again that was held open'],
      ],
    );
    assert.equal(journal.listeners, 0);
  });

  it('goes on after a restart where it ended, with what was open', async () => {
    const journal = new MemoryJournal();
    const first = recordTelemetry();
    journal.append(1, byGrant);
    const before = await followHeldOpen({ journal, ...first });
    await waitUntil(async () => (await held(first.exposed)).endsWith(' 1'));
    await before.close();
    const second = recordTelemetry();

    const after = await followHeldOpen({ journal, ...second });

    assert.equal(await held(second.exposed), 'holdfast_objects_held_open 1');
    journal.append(1, byGit);
    await waitUntil(async () => (await held(second.exposed)).endsWith(' 0'));
    await after.close();
  });

  it('reads another journal from its beginning', async () => {
    const journal = new MemoryJournal();
    await journal.state.write('held-open', { cursor: '99' });
    journal.append(1, byGrant);
    const { logger, metrics, exposed } = recordTelemetry();

    const follower = await followHeldOpen({ journal, logger, metrics });

    await waitUntil(async () => (await held(exposed)).endsWith(' 1'));
    await follower.close();
  });

  it('says once that it cannot follow, goes on when it can, and never holds retention up', async () => {
    const journal = new MemoryJournal();
    const { logger, metrics, entries, exposed } = recordTelemetry();
    journal.readFault = new Error('damaged');
    const follower = await followHeldOpen({ journal, logger, metrics });
    journal.append(1, byGrant);
    journal.append(1, byGrant);
    await waitUntil(() => entries.length === 1);
    journal.readFault = undefined;

    journal.append(1, byGrant);

    await waitUntil(async () => (await held(exposed)).endsWith(' 1'));
    await follower.close();
    assert.deepEqual(
      entries.map(({ message }) => message),
      [
        'Objects that are held open cannot be followed',
        'An object is held open by a break-glass grant',
      ],
    );
    assert.equal(follower.settledThrough() > journal.lastSequence(), true);
    assert.equal(follower.problem(), undefined);
  });
});
