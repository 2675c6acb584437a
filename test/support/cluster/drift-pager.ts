/** A PagerDuty that is told of drift, and how long it took until it was. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawRoutingKey, startFakePagerduty } from '../alerts/fake-pagerduty.ts';
import { waitFor } from './wait-for.ts';

export interface AcceptedIncident {
  readonly key: string;
  readonly severity: string;
}

export interface DriftPager {
  /** For `alerts.targets`. */
  readonly target: object;
  /** How long each took from the write to the accepted incident, in milliseconds. */
  readonly latenciesMs: number[];
  /** Resolves when an open incident says so. */
  readonly accepted: (told: RegExp, sinceMs: number) => Promise<AcceptedIncident>;
  readonly resolved: (key: string) => Promise<void>;
  /** The summaries of all open incidents. */
  readonly listOpen: () => readonly string[];
  readonly stop: () => Promise<void>;
}

export async function startDriftPager(): Promise<DriftPager> {
  const { service, server } = await startFakePagerduty();
  const routingKey = drawRoutingKey();
  service.routingKeys.add(routingKey);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-drift-'));
  const file = join(folder, 'routing-key');
  await writeFile(file, routingKey);
  const latenciesMs: number[] = [];
  const open = () => service.alerts.filter(({ state }) => state === 'triggered');
  return {
    target: { type: 'pagerduty', name: 'pager', endpoint: server.url, routingKey: { file } },
    latenciesMs,
    accepted: async (told, sinceMs) => {
      const alert = await waitFor(`PagerDuty has accepted ${String(told)}`, () =>
        Promise.resolve(open().find(({ summary }) => told.test(summary))),
      );
      latenciesMs.push(Date.now() - sinceMs);
      return alert;
    },
    resolved: async (key) => {
      await waitFor('the incident is resolved', () =>
        Promise.resolve(service.alerts.find((one) => one.key === key && one.state === 'resolved')),
      );
    },
    listOpen: () => open().map(({ summary }) => summary),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
