/** The drift thread over a real journal, on a fake API server. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { startDrift } from '../../../src/compose/bind-drift.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { sampleDiscovery } from '../../support/discovery-samples.ts';
import { ARGOCD_ENTRY, configMap, entryOf } from '../../support/drift-samples.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { journalOptions, openTestJournal } from '../../support/journal-samples.ts';
import { findingRecorder } from '../../support/finding-recorder.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const LIST = '/api/v1/configmaps';
const OBJECT = '/api/v1/namespaces/shop/configmaps/checkout';
const SETTINGS = '/api/v1/namespaces/argocd/configmaps';

async function stage(t: TestContext, more: object = {}) {
  const folder = await makeTemporaryFolder(t);
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const served = sampleDiscovery([{ resource: 'configmaps', kind: 'ConfigMap' }]);
  server.answer('/api', { body: served['/api'] });
  server.answer('/apis', { body: served['/apis'] });
  server.answer(SETTINGS, { body: { metadata: { resourceVersion: '5' }, items: [] } });
  const journalFolder = join(folder, 'journal');
  const { journal } = await openTestJournal(t, journalOptions(journalFolder));
  const records: AuditRecord[] = [];
  const faults = { left: 0 };
  const { options: reporter } = findingRecorder((record) => {
    if (faults.left > 0) {
      faults.left -= 1;
      return Promise.reject(new Error('a full disk'));
    }
    records.push(record);
    return journal.append(record).then((place) => ({ place }));
  });
  const configuration = configurationSchema.parse({
    kubernetes: { kubeconfigFile: server.kubeconfigFile },
    audit: { journal: { folder: journalFolder } },
    drift: { resources: ['configmaps'], settleMs: 0 },
    ...more,
  });
  const telemetry = recordTelemetry();
  const start = () => {
    const drift = startDrift(
      {
        loaded: { configuration },
        environment: {},
        replica: 'holdfast-0',
        ...telemetry,
      },
      { evidence: { journal }, reporter },
    );
    t.after(() => drift?.close());
    return drift;
  };
  const serve = (version: string, object = configMap()): void => {
    server.answer(LIST, { body: { metadata: { resourceVersion: version }, items: [object] } });
    server.answer(OBJECT, { body: object });
  };
  return { server, records, faults, telemetry, start, serve };
}

function hacked(version: string, metadata: object = {}) {
  const entries = [
    { ...ARGOCD_ENTRY, fieldsV1: { 'f:metadata': ARGOCD_ENTRY.fieldsV1?.['f:metadata'] } },
    entryOf('kubectl-edit', ['greeting'], { time: '2026-01-05T09:00:00Z' }),
  ];
  return configMap({ greeting: 'hacked' }, { version, entries, metadata });
}

describe('DriftSupervisor', () => {
  it('records what its thread finds, again where it could not be, and what an earlier thread has missed', async (t) => {
    const on = await stage(t);
    on.serve('10');
    const first = on.start();
    const events = await on.server.nextWatch(LIST);
    await waitUntil(
      async () =>
        (await on.telemetry.exposed('holdfast_drift_objects '))[0] === 'holdfast_drift_objects 1',
    );
    on.faults.left = 1;
    on.serve('11', hacked('11'));
    events.send('MODIFIED', hacked('11'));
    await waitUntil(() => on.records.length === 1);
    assert.equal(first?.problem(), undefined);
    await first?.close();
    on.serve('12');
    on.start();
    const later = await on.server.nextWatch(LIST);
    later.send('MODIFIED', configMap(undefined, { version: '12' }));
    await waitUntil(() => on.records.length === 2);
    assert.deepEqual(
      on.records.map(({ code, drifted }) => [code, drifted?.found]),
      [
        ['drift_found', undefined],
        ['drift_reverted', 'D1'],
      ],
    );
  });

  it('reads marks as argocd-cm says, also when that changes, and by selectors', async (t) => {
    const on = await stage(t, {
      ownership: {
        selectors: [{ name: 'team', labels: { team: 'blue' } }],
        helm: { enabled: true },
      },
    });
    on.serve(
      '10',
      configMap(undefined, { metadata: { annotations: {}, labels: { app: 'checkout' } } }),
    );
    on.start();
    await on.server.nextWatch(LIST);
    const objects = async () => (await on.telemetry.exposed('holdfast_drift_objects '))[0];
    const settings = await on.server.nextWatch(SETTINGS);
    settings.send('ADDED', {
      metadata: { name: 'argocd-cm', namespace: 'argocd', resourceVersion: '6' },
      data: {
        'application.resourceTrackingMethod': 'label',
        'application.instanceLabelKey': 'app',
      },
    });
    await waitUntil(async () => (await objects()) === 'holdfast_drift_objects 1');
    const other = configMap(undefined, {
      version: '30',
      metadata: { name: 'other', annotations: {}, labels: { team: 'blue' } },
    });
    on.server.answer('/api/v1/namespaces/shop/configmaps/other', { body: other });
    const events = await on.server.nextWatch(LIST);
    events.send('ADDED', other);
    await waitUntil(async () => (await objects()) === 'holdfast_drift_objects 2');
  });

  it('is not there where nobody asks for it, nothing is journaled, or the cluster is a snapshot', () => {
    const telemetry = recordTelemetry();
    const { options: reporter } = findingRecorder(() => Promise.resolve({}));
    const configuration = configurationSchema.parse({ audit: { journal: {} } });
    const asked = configurationSchema.parse({ audit: { journal: {} }, drift: {} });
    const journal = { lastSequence: () => 0, onAppended: () => () => undefined };
    const common = { environment: {}, replica: 'holdfast-0', ...telemetry };
    const none = [
      startDrift({ ...common, loaded: { configuration } }, { evidence: { journal }, reporter }),
      startDrift({ ...common, loaded: { configuration: asked } }, { evidence: {}, reporter }),
      startDrift(
        { ...common, loaded: { configuration: asked }, clusterState: {} },
        { evidence: { journal }, reporter },
      ),
    ];
    assert.deepEqual(none, [undefined, undefined, undefined]);
  });

  it('says that there is no cluster to follow, and goes on without it', async (t) => {
    const on = await stage(t, { kubernetes: {} });
    const drift = on.start();
    await waitUntil(() => drift?.problem() !== undefined);
    assert.match(
      drift?.problem() ?? '',
      /^the drift thread ended: No drift is seen: there is no cluster to follow \(lookup_not_configured\) \(drift_thread_ended\); what changes past admission is found later until it runs again$/u,
    );
  });
});
