/** The record of what was done about drift: its writer was asked, it is put right, or it was given up. */
import {
  DRIFT_HEAL_ASKED_CODE,
  DRIFT_HEAL_FAILED_CODE,
  DRIFT_HEALED_CODE,
  type AuditRecord,
  type HealingMeans,
} from '../../audit/audit-record.ts';
import { UNASKED } from '../../audit/unasked-record.ts';
import { formatPlace } from '../../kubernetes/object-reference.ts';
import type { FindingSubject } from '../drift-finding.ts';
import { describeSubject, type DriftOrigin } from '../format-drift-record.ts';

/** Plain data that a message can carry. */
export interface HealingReport {
  readonly state: 'asked' | 'healed' | 'failed';
  readonly subject: FindingSubject;
  /** The decision id of the finding. */
  readonly found: string;
  /** What was asked for now; empty where nothing was. */
  readonly by: readonly HealingMeans[];
  /** How often it was asked for, this time included. */
  readonly attempts: number;
  /** Why it was given up, or what of it stays; one clause. */
  readonly reason?: string | undefined;
}

const CODES = {
  asked: DRIFT_HEAL_ASKED_CODE,
  healed: DRIFT_HEALED_CODE,
  failed: DRIFT_HEAL_FAILED_CODE,
} as const;

const MEANS: Readonly<Record<HealingMeans, string>> = {
  refresh: 'Argo CD is asked to compare it again',
  sync: 'Argo CD is asked to sync it to the revision that it deployed last',
  reconcile: 'Flux is asked to reconcile it',
  removal: 'what was added to it is taken off',
};

/** Nobody has asked Holdfast, so that nothing is refused. */
export function formatHealingRecord(report: HealingReport, origin: DriftOrigin): AuditRecord {
  const { state, subject, found, by, attempts } = report;
  const { what } = subject;
  return {
    ...UNASKED,
    ...origin,
    finding: true,
    operation: what === 'deleted' ? 'DELETE' : 'UPDATE',
    ...describeSubject(subject),
    drifted: { what, writers: [], found, healing: { state, by, attempts } },
    code: CODES[state],
    message: formatMessage(report),
  };
}

function formatMessage({ state, subject, by, attempts, reason }: HealingReport): string {
  const { object, managedBy } = subject;
  const place = formatPlace({ namespace: object.namespace ?? '', name: object.name });
  const name = `The ${object.kind} ${place} of "${managedBy.app}" (${managedBy.tool})`;
  const left = reason === undefined ? '' : ` Some of it stays: ${reason}.`;
  switch (state) {
    case 'asked':
      return `${name} has drifted: ${by.map((means) => MEANS[means]).join(', and ')} (attempt ${attempts}).${left}`;
    case 'healed':
      return `${name} is what its writer wrote again, after ${attempts === 1 ? 'one attempt' : `${attempts} attempts`}.`;
    case 'failed':
      return `${name} has drifted and is not put right: ${reason ?? 'nothing can be asked for'}.\n${REMEDY}`;
  }
}

const REMEDY =
  'Find out what changes it (`holdfast drift show` and the audit log of the API server), and sync the application yourself. Holdfast asks no more until it is reverted.';
