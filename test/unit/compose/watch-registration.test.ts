import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { watchRegistration } from '../../../src/compose/watch-registration.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { createClusterClient } from '../../../src/kubernetes/client/client.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';
import type { TestContext } from 'node:test';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const LISTS = ['validating', 'mutating'].map((kind) => `${ADMISSION}/${kind}webhookconfigurations`);

async function open(test: TestContext, status = 200) {
  const api = await startFakeApiServer();
  test.after(() => api.stop());
  for (const path of LISTS) {
    api.answer(path, { status, body: { metadata: { resourceVersion: '1' }, items: [] } });
  }
  const { kubeconfigFile } = api;
  const client = await createClusterClient({
    kubeconfigFile,
    connectionsMax: 1,
    clock: systemClock,
  });
  const parsed = parseConfiguration('{}', { file: 'holdfast.yaml', folder: api.folder });
  assert.ok(client !== undefined && parsed.ok);
  test.after(() => client.close());
  const telemetry = recordTelemetry();
  const changes = { count: 0 };
  const watch = watchRegistration({
    ...telemetry,
    client,
    clock: systemClock,
    watch: parsed.configuration.kubernetes.watch,
    onChange: () => {
      changes.count += 1;
    },
  });
  test.after(() => watch.close());
  return { api, watch, changes, entries: telemetry.entries };
}

it('watchRegistration() tells of a change of either configuration, and of no other object', async (t) => {
  const { api, watch, changes } = await open(t);
  assert.equal(watch.isHeld(), false);
  for (const path of LISTS) {
    const opened = await api.nextWatch(path);
    assert.equal(opened.query.get('fieldSelector'), 'metadata.name=holdfast');
    opened.open();
    const before = changes.count;
    opened.send('ADDED', { metadata: { name: 'holdfast', resourceVersion: '2' } });
    await waitUntil(() => changes.count > before);
  }
  assert.equal(watch.isHeld(), true);
});

it('watchRegistration() says that nobody tells of changes where it may not look', async (t) => {
  const { watch, entries } = await open(t, 403);
  await waitUntil(() => entries.length > 0);
  assert.match(entries[0]?.message ?? '', /seen late: grant list and watch/u);
  assert.equal(watch.isHeld(), false);
});
