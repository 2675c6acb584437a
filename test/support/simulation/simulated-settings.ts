/** The settings of the simulated processes: everything is small and soon, so that limits are met. */
import { alertsSchema, type AlertsConfiguration } from '../../../src/alerting/settings.ts';
import type { JournalOptions } from '../../../src/audit/settings.ts';
import type { DeliverySettings } from '../../../src/delivery/settings.ts';
import { journalOptions } from '../journal-samples.ts';

const LETTERS_MAX = 6;
const KIB = 1024;

function deliverySettings(name: string, filter: DeliverySettings['filter']): DeliverySettings {
  return {
    name,
    startAt: 'oldest',
    filter,
    batch: { entriesMax: 8, bytesMax: 8000, delayMs: name === 'siem' ? 0 : 40 },
    delivery: {
      timeoutMs: 800,
      backoffMs: 100,
      backoffMaxMs: 1000,
      retryAfterMaxMs: 2000,
      breakerFailures: 3,
      breakerOpenMs: 1500,
      deadLettersMax: LETTERS_MAX,
      closeMs: 200,
    },
  };
}

/** One takes everything, the other one what was denied. */
export const SINKS: readonly DeliverySettings[] = [
  deliverySettings('siem', { dryRun: true }),
  deliverySettings('denials', { dryRun: true, decisions: ['denied'] }),
];

/** One incident for each actor, and one target. */
export function alertSettings(resolveOnHeal: boolean): AlertsConfiguration {
  return alertsSchema.parse({
    targets: [
      {
        type: 'pagerduty',
        name: 'pager',
        routingKey: { env: 'KEY' },
        triggersPerMinuteMax: 6000,
        timeoutMs: 1000,
        backoffMs: 1000,
        backoffMaxMs: 3000,
        changeEvents: false,
      },
    ],
    rules: [
      { name: 'refused', match: { decisions: ['denied'] }, severity: 'critical', resolveOnHeal },
    ],
    defaultRules: false,
    quietMs: 6000,
    updateMs: 2000,
  });
}

/** Segments of some dozens of records, which are removed after a minute. */
export function smallJournal(folder: string, headKeyFile: string): JournalOptions {
  return journalOptions(folder, {
    headKeyFile,
    headIntervalMs: 2000,
    segmentBytesMax: 120 * KIB,
    segmentAgeMs: 20_000,
    retentionMs: 60_000,
    batchDelayMs: 2,
    batchEntriesMax: 8,
    queueEntriesMax: 64,
  });
}
