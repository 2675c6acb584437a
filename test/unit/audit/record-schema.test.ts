import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { z } from 'zod';
import { formatRecord } from '../../../src/admission/format-record.ts';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { auditRecordSchema, recordJsonSchema } from '../../../src/audit/record-schema.ts';
import { deniedDecision, sampledRequest } from '../../support/decision-samples.ts';
import { sampleRecord } from '../../support/journal-samples.ts';

const PUBLISHED = new URL('../../../deploy/schemas/audit-record.v1.schema.json', import.meta.url);

test('the published schema is the one of the code: npm run docs:reference writes it', () => {
  assert.deepEqual(JSON.parse(readFileSync(PUBLISHED, 'utf8')), recordJsonSchema());
});

test('what is recorded is what the schema says, to the compiler and to a reader', () => {
  const written: z.input<typeof auditRecordSchema> = sampleRecord();
  const read: AuditRecord = auditRecordSchema.parse(JSON.parse(JSON.stringify(written)));

  assert.deepEqual(read, sampleRecord());
});

test('the record of a whole decision is as the schema says', () => {
  const origin = { route: 'validate', replica: 'holdfast-0', configurationHash: 'c' } as const;
  const record = formatRecord(sampledRequest, deniedDecision, origin);

  const parsed = auditRecordSchema.safeParse(JSON.parse(JSON.stringify(record)));

  assert.equal(parsed.error?.message, undefined);
});

for (const change of [
  { schemaVersion: 2 },
  { allowed: 'no' },
  { user: { groups: [] } },
  { policies: [{ policy: 'a' }] },
]) {
  test(`a record with ${JSON.stringify(change)} is none of version 1`, () => {
    assert.equal(auditRecordSchema.safeParse({ ...sampleRecord(), ...change }).success, false);
  });
}
