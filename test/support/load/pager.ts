/** A PagerDuty that two replicas notify of attempts on Services, and what its people have seen of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { drawRoutingKey, startFakePagerduty, type FakeAlert } from '../alerts/fake-pagerduty.ts';
import type { StartedCluster } from '../cluster/cluster.ts';

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
  /** How many messages it did not take. */
  readonly refused: () => number;
  readonly stop: () => Promise<void>;
}

/** Shorter than the default, so that a test need not wait for it. */
const LEASE_MS = 3000;
const HANDOVER_MS = 2000;
/** Longer than anything lasts that a test does to the replicas. */
const PAGER_QUIET_MS = 25_000;

/** For `audit.journal.folding`: each refusal is a record, and counts at once. */
export const NOT_FOLDED = { sameWholeMax: 1_000_000, actorWholeMax: 1_000_000 };
const SERVICE_PATH = '/api/v1/namespaces/shop/services/checkout';
/** At once, so that the API server uses connections to both replicas. */
const ATTEMPTS = 6;
const ATTEMPTS_PAUSE_MS = 500;

/** Has alice attempt to change a Service of Git's again and again while something happens. */
export async function attemptDuring(
  cluster: StartedCluster,
  change: () => Promise<unknown>,
): Promise<void> {
  let isOver = false;
  const changing = change().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await Promise.all(
      Array.from({ length: ATTEMPTS }, () =>
        cluster.request('alice', SERVICE_PATH, {
          method: 'PATCH',
          body: { spec: { selector: { app: 'other' } } },
        }),
      ),
    );
    await pause(ATTEMPTS_PAUSE_MS);
  }
  await changing;
}

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
    refused: () => service.log.length - accepted().length,
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
