/** Journals and records for tests of what is kept. */
import type { TestContext } from 'node:test';
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import { openJournal } from '../../src/audit/journal/open-journal.ts';
import type { JournalOptions } from '../../src/audit/settings.ts';
import type { Journal, JournalReading } from '../../src/audit/journal.ts';
import { JournalFollower } from '../../src/audit/journal/journal-follower.ts';
import { JournalPages } from '../../src/audit/journal/journal-pages.ts';
import { readEntries } from '../../src/audit/journal/read-entries.ts';
import { SharedSequence } from '../../src/audit/journal/shared-sequence.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemWait } from '../../src/base/wait.ts';
import { recordTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

/** A whole record; the number tells records of one test apart. */
export function sampleRecord(number = 1, overrides: Partial<AuditRecord> = {}): AuditRecord {
  return {
    schemaVersion: 1,
    decisionId: `01JD3V9K2M8Q4W6X0Y2Z${String(number).padStart(6, '0')}`,
    time: new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + number).toISOString(),
    cluster: 'prod-eu-1',
    replica: 'holdfast-0',
    route: 'validate',
    requestUid: `uid-${number}`,
    operation: 'UPDATE',
    dryRun: false,
    user: { username: 'alice', groups: ['dev', 'system:authenticated'], extra: {} },
    object: {
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      subresource: '',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'checkout',
    },
    allowed: false,
    code: 'managed_object_changed',
    message: 'Managed',
    policies: [
      {
        policy: 'gitops_only_writes',
        mode: 'enforce',
        status: 'denied',
        codes: ['managed_object_changed'],
      },
      { policy: 'other', mode: 'enforce', status: 'passed', codes: [] },
    ],
    policyRevision: 'sha256:abc',
    configurationHash: 'c'.repeat(64),
    durationMs: 1.5,
    ...overrides,
  };
}

/** Settings of a journal in a folder: the defaults, which no test reaches. */
export function journalOptions(
  folder: string,
  overrides: Partial<JournalOptions> = {},
): JournalOptions {
  return {
    folder,
    cluster: 'prod-eu-1',
    replica: 'holdfast-0',
    headIntervalMs: 60_000,
    segmentBytesMax: 256 * MIB,
    segmentAgeMs: DAY_MS,
    journalBytesMax: 4096 * MIB,
    retentionMs: 3650 * DAY_MS,
    batchDelayMs: 0,
    batchEntriesMax: 512,
    queueEntriesMax: 20_000,
    queueBytesMax: 64 * MIB,
    recordBytesMax: 256 * 1024,
    inputBytesMax: 64 * 1024,
    ...overrides,
  };
}

export interface OpenedTestJournal {
  readonly journal: Journal;
  readonly telemetry: RecordingTelemetry;
}

/** Opens the real journal with its threads; closed when the test ends. */
export async function openTestJournal(
  test: TestContext,
  options: JournalOptions,
  maintenanceMs = 20,
): Promise<OpenedTestJournal> {
  const telemetry = recordTelemetry();
  const { logger, metrics } = telemetry;
  const journal = await openJournal(options, {
    clock: systemClock,
    logger,
    metrics,
    maintenanceMs,
  });
  test.after(() => journal.close());
  return { journal, telemetry };
}

/** Reads an open journal, as the delivery thread does; closed when the test ends. */
export function followTestJournal(
  test: TestContext,
  journal: Journal,
  folder: string,
): JournalFollower {
  const newest = new SharedSequence();
  const publish = (): void => {
    newest.publish(journal.lastSequence());
  };
  publish();
  journal.onAppended(publish);
  const follower = new JournalFollower(
    { folder, newest, nowMs: systemClock.wallMs() },
    { ...recordTelemetry(), wait: systemWait },
  );
  test.after(() => follower.close());
  return follower;
}

/** All entries of a journal's folder after a number, up to what the journal says is durable. */
export function readTestJournal(
  folder: string,
  journal: Journal,
  ask: { readonly afterSequence: number; readonly entriesMax: number },
): JournalReading {
  const pages = new JournalPages({
    readEntries: (one) => readEntries(folder, one),
    onPage: () => {},
  });
  return pages.read(ask, journal.lastSequence());
}
