/**
 * How long it takes from a decision until PagerDuty's stand-in has accepted its incident, in the healthy case, and how much of
 * that is the journal: `node test/bench/alert-latency.ts`. The journal and HTTP on loopback are real.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../src/audit/journal/open-journal.ts';
import { systemClock } from '../../src/base/clock.ts';
import { DeliverySupervisor } from '../../src/compose/delivery-supervisor.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import { drawRoutingKey, startFakePagerduty } from '../support/alerts/fake-pagerduty.ts';
import { sampleRecord } from '../support/journal-entries.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { waitUntil } from '../support/wait-until.ts';
import { percentile } from './percentile.ts';

const ATTEMPTS = 200;

const folder = await mkdtemp(join(tmpdir(), 'holdfast-alert-latency-'));
const { service, server } = await startFakePagerduty();
const routingKey = drawRoutingKey();
service.routingKeys.add(routingKey);
const configuration = configurationSchema.parse({
  audit: { journal: { folder } },
  alerts: {
    targets: [
      {
        type: 'pagerduty',
        name: 'pager',
        routingKey: { env: 'KEY' },
        endpoint: server.url,
        triggersPerMinuteMax: 6000,
      },
    ],
  },
});
if (configuration.audit.journal === undefined) throw new Error('The journal is configured above');
const { durability: _, ...settings } = configuration.audit.journal;
const parts = { clock: systemClock, replica: 'bench', ...recordTelemetry() };
const journal = await openJournal({ ...settings, cluster: 'bench', replica: 'bench' }, parts);
const delivery = new DeliverySupervisor(
  { configuration, folder, environment: { KEY: routingKey }, replica: 'bench' },
  { ...parts, journal },
);
await delivery.start();
const durableMs: number[] = [];
const acceptedMs: number[] = [];
for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
  const decidedAtMs = systemClock.wallMs();
  const user = { username: `user-${attempt}`, groups: [], extra: {} };
  const time = new Date(decidedAtMs).toISOString();
  await journal.append(sampleRecord(attempt, { user, time }));
  durableMs.push(systemClock.wallMs() - decidedAtMs);
  await waitUntil(() => service.alerts.length === attempt);
  acceptedMs.push(systemClock.wallMs() - decidedAtMs);
}
await delivery.close();
await journal.close();
await server.stop();
await rm(folder, { recursive: true });

const describe = (values: readonly number[]): string =>
  [50, 99, 100]
    .map((share) =>
      percentile(
        values.toSorted((a, b) => a - b),
        share,
      ).toFixed(1),
    )
    .join(' / ');
process.stdout.write(
  `${ATTEMPTS} attempts, milliseconds p50 / p99 / longest\n` +
    `decided to durable:  ${describe(durableMs)}\n` +
    `decided to accepted: ${describe(acceptedMs)}\n`,
);
