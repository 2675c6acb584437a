import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { bindAlerts } from '../../../src/compose/bind-alerts.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { drawRoutingKey, startFakePagerduty } from '../../support/alerts/fake-pagerduty.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const BASE = '/apis/coordination.k8s.io/v1/namespaces/holdfast-system/leases';

function parts(environment: Readonly<Record<string, string>> = {}) {
  const journal = new MemoryJournal();
  return { journal, clock: systemClock, environment, replica: 'holdfast-0', ...recordTelemetry() };
}

test('bindAlerts() keeps no record and asks nobody where there is nobody to tell', async () => {
  const given = parts();
  const alerts = await bindAlerts(configurationSchema.parse({}), given);

  assert.deepEqual(
    [alerts.settledThrough(), alerts.problem(), given.journal.listeners],
    [Number.MAX_SAFE_INTEGER, undefined, 0],
  );
  await alerts.close();
});

test('bindAlerts() elects a leader by the Lease of our namespace', async (t) => {
  const server = await startFakeApiServer();
  const { service, server: pagerduty } = await startFakePagerduty();
  t.after(async () => {
    await server.stop();
    await pagerduty.stop();
  });
  const routingKey = drawRoutingKey();
  service.routingKeys.add(routingKey);
  const held: unknown[] = [];
  server.answerWrites(({ path, body }) => {
    const spec: unknown = Reflect.get(Object(body), 'spec');
    held.push([path, Reflect.get(Object(spec), 'holderIdentity')]);
    server.answer(`${BASE}/holdfast-alerts`, { body });
    return { status: 201 };
  });
  const target = { type: 'pagerduty', name: 'pager', routingKey: { env: 'KEY' } };
  const configuration = configurationSchema.parse({
    kubernetes: { kubeconfigFile: server.kubeconfigFile },
    audit: { journal: {} },
    alerts: { targets: [{ ...target, endpoint: pagerduty.url }], defaultRules: true },
  });
  const given = parts({ POD_NAMESPACE: 'holdfast-system', KEY: routingKey });
  const alerts = await bindAlerts(configuration, given);

  given.journal.append(1, { time: new Date(systemClock.wallMs()).toISOString() });
  await waitUntil(() => service.alerts.length === 1);
  await waitUntil(() => alerts.settledThrough() === 1);
  assert.deepEqual(held[0], [BASE, 'holdfast-0']);
  await alerts.close();
  // Given up, so that the next replica need not wait.
  assert.deepEqual(held.at(-1), [`${BASE}/holdfast-alerts`, undefined]);
});

test('bindAlerts() leads alone outside a namespace, without the built-in rules where they are unwanted', async () => {
  const configuration = configurationSchema.parse({
    audit: { journal: {} },
    alerts: {
      targets: [{ type: 'alertmanager', name: 'am', url: 'https://am.example.com' }],
      defaultRules: false,
    },
  });
  const given = parts();
  const alerts = await bindAlerts(configuration, given);

  given.journal.append(1);
  await waitUntil(() => alerts.settledThrough() === 1);
  await waitUntil(async () => {
    const [leader] = await given.exposed('holdfast_alert_leader');
    return leader === 'holdfast_alert_leader 1';
  });
  assert.deepEqual(await given.exposed('holdfast_incidents_open'), ['holdfast_incidents_open 0']);
  await alerts.close();
});

test('bindAlerts() refuses a kubeconfig that cannot be used, and leaves nothing running', async () => {
  const configuration = configurationSchema.parse({
    kubernetes: { kubeconfigFile: '/no/such/kubeconfig' },
    audit: { journal: {} },
    alerts: { targets: [{ type: 'alertmanager', name: 'am', url: 'https://am.example.com' }] },
  });
  const given = parts({ POD_NAMESPACE: 'holdfast-system' });

  await assert.rejects(bindAlerts(configuration, given), { code: 'kubeconfig_unusable' });
  assert.equal(given.journal.listeners, 0);
});
