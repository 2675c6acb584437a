import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { DEFAULT_RULES } from '../../../src/alerting/default-rules.ts';
import { classifyRecord } from '../../../src/alerting/classify-record.ts';
import { createRegistrationReporter } from '../../../src/compose/report-registration-change.ts';
import { findingRecorder } from '../../support/finding-recorder.ts';

const DRIFT = {
  kind: 'ValidatingWebhookConfiguration',
  name: 'holdfast',
  what: 'changed',
  places: ['drift.holdfast.dev: rules'],
  managers: ['kubectl-edit'],
} as const;

function open(record: (record: AuditRecord) => Promise<object>) {
  const { options, entries } = findingRecorder(record);
  return { report: createRegistrationReporter(options), entries };
}

test('a registration that somebody changed or deleted is recorded, and opens a critical incident', () => {
  const records: AuditRecord[] = [];
  const { report, entries } = open(async (record) => {
    records.push(record);
    return {};
  });
  report(DRIFT);
  report({ ...DRIFT, what: 'deleted', places: [], managers: [] });
  assert.deepEqual(
    records.map(({ code, operation, message, finding, object }) => [
      code,
      operation,
      message.split('\n')[0],
      finding,
      object.resource,
    ]),
    [
      [
        'registration_changed',
        'UPDATE',
        'The ValidatingWebhookConfiguration holdfast of Holdfast was changed (drift.holdfast.dev: rules), last written by kubectl-edit, and put right.',
        true,
        'validatingwebhookconfigurations',
      ],
      [
        'registration_changed',
        'DELETE',
        'The ValidatingWebhookConfiguration holdfast of Holdfast was deleted, and put right.',
        true,
        'validatingwebhookconfigurations',
      ],
    ],
  );
  assert.equal(entries.length, 2);
  for (const record of records) {
    const { observations } = classifyRecord(record, DEFAULT_RULES);
    assert.deepEqual(
      observations.map(({ rule }) => [rule.name, rule.severity]),
      [['registration-changed', 'critical']],
    );
  }
});

test('a record that cannot be kept disturbs nobody', async () => {
  const { report } = open(() => Promise.reject(new Error('The disk is full')));
  report(DRIFT);
  await new Promise(setImmediate);
});
