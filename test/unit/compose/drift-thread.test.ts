/** What the drift thread does, outside of a thread: over a real journal, on a fake API server. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SharedSequence } from '../../../src/audit/journal/shared-sequence.ts';
import type { FoundDrift } from '../../../src/compose/drift-messages.ts';
import { beginDrift } from '../../../src/compose/drift-thread.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { sampleDiscovery } from '../../support/discovery-samples.ts';
import { ARGOCD_ENTRY, CONFIG_MAP, configMap, entryOf } from '../../support/drift-samples.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { journalOptions, openTestJournal } from '../../support/journal-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const LIST = '/api/v1/configmaps';
const OBJECT = '/api/v1/namespaces/shop/configmaps/checkout';
const SETTINGS = '/api/v1/namespaces/argocd/configmaps';

async function stage(t: TestContext, more: object = {}) {
  const folder = join(await makeTemporaryFolder(t), 'journal');
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const served = sampleDiscovery([{ resource: 'configmaps', kind: 'ConfigMap' }]);
  server.answer('/api', { body: served['/api'] });
  server.answer('/apis', { body: served['/apis'] });
  server.answer(SETTINGS, { body: { metadata: { resourceVersion: '5' }, items: [] } });
  const serve = (version: string, object = configMap()): void => {
    server.answer(LIST, { body: { metadata: { resourceVersion: version }, items: [object] } });
    server.answer(OBJECT, { body: object });
  };
  await openTestJournal(t, journalOptions(folder));
  const configuration = configurationSchema.parse({
    kubernetes: { kubeconfigFile: server.kubeconfigFile },
    audit: { journal: { folder } },
    drift: { resources: ['configmaps'], settleMs: 0 },
    ...more,
  });
  const telemetry = recordTelemetry();
  const sent: FoundDrift[] = [];
  const begin = () =>
    beginDrift(
      {
        configuration,
        folder,
        newest: new SharedSequence().memory,
        environment: {},
        replica: 'holdfast-0',
      },
      { ...telemetry, send: (found) => sent.push(found) },
    );
  return { server, serve, telemetry, sent, begin };
}

function changed() {
  const entries = [
    { ...ARGOCD_ENTRY, fieldsV1: { 'f:metadata': ARGOCD_ENTRY.fieldsV1?.['f:metadata'] } },
    entryOf('kubectl-edit', ['greeting'], { time: '2026-01-05T09:00:00Z' }),
  ];
  return configMap({ greeting: 'hacked' }, { version: '11', entries });
}

/** Until a change past admission is found. */
async function find(on: Awaited<ReturnType<typeof stage>>) {
  on.serve('10');
  const work = await on.begin();
  const events = await on.server.nextWatch(LIST);
  await waitUntil(
    async () =>
      (await on.telemetry.exposed('holdfast_drift_objects '))[0] === 'holdfast_drift_objects 1',
  );
  on.serve('11', changed());
  events.send('MODIFIED', changed());
  await waitUntil(() => on.sent.length === 1);
  return work;
}

describe('beginDrift()', () => {
  it('sends a finding until it is recorded, then no more', async (t) => {
    const on = await stage(t, { ownership: { helm: { enabled: true } } });
    const work = await find(on);
    work.receive?.({ number: 1 });
    await waitUntil(() => on.sent.length === 2);
    work.receive?.({ number: 2, decisionId: 'D1' });
    // An answer that nobody waits for changes nothing.
    work.receive?.({ number: 2, decisionId: 'D2' });
    assert.equal(work.problem(), undefined);
    await work.stop();
    assert.deepEqual(
      on.sent.map(({ number, note }) => {
        assert.ok('finding' in note);
        const { what, object, managedBy } = note.finding;
        return { number, what, object, managedBy };
      }),
      [1, 2].map((number) => ({
        number,
        what: 'changed',
        object: CONFIG_MAP,
        managedBy: { tool: 'argocd', app: 'checkout' },
      })),
    );
  });

  it('stops although a finding is never answered', async (t) => {
    const on = await stage(t);
    const work = await find(on);
    await work.stop();
    assert.equal(on.sent.length, 1);
  });

  it('has what it finds healed where it is asked to, and ends that, too', async (t) => {
    const heal = { applications: ['*'] };
    const windows = [{ name: 'night', reason: 'nobody is there', from: '22:00', to: '06:00' }];
    const on = await stage(t, {
      drift: { resources: ['configmaps'], settleMs: 0, heal },
      freeze: { windows },
    });
    const work = await find(on);
    work.receive?.({ number: 1, decisionId: 'D1' });
    assert.equal(work.problem(), undefined);
    await work.stop();
  });

  it('rejects where an approver of grants has no key that can be read, and keeps nothing open', async (t) => {
    const on = await stage(t, {
      drift: { resources: ['configmaps'], heal: { applications: ['*'] } },
      breakGlass: { approvers: [{ name: 'anna', key: '/nowhere/anna.jwk' }] },
    });
    await assert.rejects(on.begin(), { code: 'grant_key_unusable' });
  });

  it('rejects where there is no cluster to follow', async (t) => {
    const on = await stage(t, { kubernetes: {} });
    await assert.rejects(
      on.begin(),
      (fault) => fault instanceof HoldfastError && fault.code === 'lookup_not_configured',
    );
  });

  it('rejects where nobody asked for it, also with a cluster', async (t) => {
    const on = await stage(t, { drift: undefined });
    await assert.rejects(
      on.begin(),
      (fault) => fault instanceof HoldfastError && fault.code === 'lookup_not_configured',
    );
    assert.deepEqual(on.server.requests, []);
  });
});
