/** A PagerDuty that two replicas notify of attempts on Services, and what its people have seen of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawRoutingKey, startFakePagerduty, type FakeAlert } from '../alerts/fake-pagerduty.ts';

export interface Pager {
  /** The section `alerts` of a configuration. */
  readonly alerts: Readonly<Record<string, unknown>>;
  /** While it is away, it answers 503. */
  readonly setAway: (isAway: boolean) => void;
  readonly incidents: () => readonly FakeAlert[];
  /** The greatest number of attempts that it was told of. */
  readonly attempts: () => number;
  /** The messages that it has accepted, in order. */
  readonly accepted: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** Shorter than the default, so that a test need not wait for it. */
const LEASE_MS = 3000;
const HANDOVER_MS = 2000;
/** Longer than anything lasts that a test does to the replicas. */
export const PAGER_QUIET_MS = 25_000;

/** Starts it. */
export async function startPager(): Promise<Pager> {
  const { service, server } = await startFakePagerduty();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-pager-'));
  const routingKey = drawRoutingKey();
  service.routingKeys.add(routingKey);
  const file = join(folder, 'routing-key');
  await writeFile(file, routingKey, { mode: 0o600 });
  const accepted = (): readonly unknown[] =>
    service.log.filter(({ status }) => status === 202).map(({ body }) => body);
  return {
    alerts: {
      targets: [
        {
          type: 'pagerduty',
          name: 'pager',
          routingKey: { file },
          endpoint: server.url,
          changeEvents: false,
          backoffMs: 1000,
        },
      ],
      rules: [{ name: 'services', match: { kinds: ['Service'], decisions: ['denied'] } }],
      defaultRules: false,
      quietMs: PAGER_QUIET_MS,
      updateMs: 1000,
      handoverMs: HANDOVER_MS,
      lease: { durationMs: LEASE_MS },
    },
    setAway: (isAway) => {
      service.outage = isAway ? { status: 503 } : undefined;
    },
    incidents: () => service.alerts,
    attempts: () => Math.max(0, ...accepted().map(readAttempts)),
    accepted: () => accepted().map((body) => String(Reflect.get(Object(body), 'event_action'))),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function readAttempts(body: unknown): number {
  const payload: unknown = Reflect.get(Object(body), 'payload');
  const details: unknown = Reflect.get(Object(payload), 'custom_details');
  return Number(Reflect.get(Object(details), 'attempts') ?? 0);
}
