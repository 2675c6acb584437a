/** Incidents from the real journal to a strict PagerDuty over HTTP, with the system's clock. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Journal } from '../../src/audit/journal.ts';
import { openJournal } from '../../src/audit/journal/open-journal.ts';
import { systemClock } from '../../src/base/clock.ts';
import { DeliverySupervisor } from '../../src/compose/delivery-supervisor.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import { gitopsWrite, objectNamed } from '../support/alerts/alert-stage.ts';
import { drawRoutingKey, startFakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import { sampleRecord } from '../support/journal-entries.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { waitUntil } from '../support/wait-until.ts';

type Fake = Awaited<ReturnType<typeof startFakePagerduty>>;

describe('incidents from the journal to PagerDuty', () => {
  const routingKey = drawRoutingKey();
  const telemetry = recordTelemetry();
  let fake: Fake;
  let folder: string;
  let journal: Journal;
  let delivery: DeliverySupervisor;
  before(async () => {
    fake = await startFakePagerduty();
    fake.service.routingKeys.add(routingKey);
    folder = await mkdtemp(join(tmpdir(), 'holdfast-alerts-'));
    await start();
  });
  after(async () => {
    await fake.server.stop();
    await stop();
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<void> {
    const configuration = configurationSchema.parse({
      cluster: { name: 'prod-eu-1' },
      audit: { journal: { folder: join(folder, 'journal') } },
      alerts: {
        targets: [
          {
            type: 'pagerduty',
            name: 'pager',
            routingKey: { env: 'ROUTING_KEY' },
            endpoint: fake.server.url,
          },
        ],
      },
    });
    assert.ok(configuration.audit.journal !== undefined);
    const { durability: _, ...settings } = configuration.audit.journal;
    const parts = { clock: systemClock, replica: 'holdfast-0', ...telemetry };
    journal = await openJournal(
      { ...settings, cluster: 'prod-eu-1', replica: 'holdfast-0' },
      parts,
    );
    const environment = { ROUTING_KEY: `${routingKey}\n` };
    delivery = new DeliverySupervisor(
      { configuration, folder: settings.folder, environment, replica: 'holdfast-0' },
      { ...parts, journal },
    );
    await delivery.start();
  }

  async function stop(): Promise<void> {
    await delivery.close();
    await journal.close();
  }

  it('tells of an attempt after its record is durable, and measures how long that took', async () => {
    const time = new Date(systemClock.wallMs()).toISOString();
    const place = await journal.append(sampleRecord(1, { ...objectNamed('checkout'), time }));
    await waitUntil(() => fake.service.alerts.length === 1);
    await waitUntil(() => delivery.settledThrough() === place.sequence);
    const [alert] = fake.service.alerts;
    assert.deepEqual([alert?.state, alert?.severity], ['triggered', 'warning']);
    await waitUntil(async () => {
      const [count] = await telemetry.exposed('holdfast_alert_accept_duration_seconds_count');
      return count === 'holdfast_alert_accept_duration_seconds_count{target="pager"} 1';
    });
  });

  it('remembers across a restart, and resolves when the controller has healed the object', async () => {
    await stop();
    await start();
    const time = new Date(systemClock.wallMs()).toISOString();
    await journal.append(sampleRecord(2, { ...gitopsWrite('checkout'), time }));
    await waitUntil(() => fake.service.open.length === 0);
    await waitUntil(() => fake.service.changes.length === 1);
    assert.deepEqual(
      fake.service.log.map(({ path, status }) => [path, status]),
      [
        ['/v2/enqueue', 202],
        ['/v2/change/enqueue', 202],
        ['/v2/enqueue', 202],
      ],
    );
    assert.equal(delivery.problem(), undefined);
  });

  it('shows the routing key to nobody but PagerDuty', async () => {
    const shown = JSON.stringify([telemetry.entries, await telemetry.metrics.text()]);
    assert.equal(shown.includes(routingKey), false);
  });
});
