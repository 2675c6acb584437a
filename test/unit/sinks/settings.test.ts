import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../../../src/config/describe-issue.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { sinksSchema } from '../../../src/sinks/settings.ts';

function complaints(sinks: readonly unknown[]): readonly string[] {
  const parsed = sinksSchema.safeParse(sinks, { error: describeIssue });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('sinksSchema fills every default of a sink in', () => {
  assert.deepEqual(sinksSchema.parse([{ type: 'stdout', name: 'out' }]), [
    {
      type: 'stdout',
      name: 'out',
      startAt: 'oldest',
      filter: { dryRun: true },
      mask: { drop: [], hash: [] },
      batch: { entriesMax: 100, bytesMax: 1_048_576, delayMs: 200 },
      delivery: {
        timeoutMs: 10_000,
        backoffMs: 500,
        backoffMaxMs: 60_000,
        retryAfterMaxMs: 3_600_000,
        breakerFailures: 5,
        breakerOpenMs: 30_000,
        deadLettersMax: 1000,
        closeMs: 2000,
      },
    },
  ]);
});

test('sinksSchema refuses a name twice, because the cursor is kept under it', () => {
  const sink = { type: 'stdout', name: 'out' };

  assert.deepEqual(complaints([sink, sink]), [
    '1.name: Expected a name that no other sink has, found "out" again',
  ]);
});

test('sinksSchema refuses a file twice, because each sink would rotate it away under the other', () => {
  const sink = { type: 'file', name: 'a', file: 'audit.jsonl' };

  assert.deepEqual(complaints([sink, { ...sink, name: 'b' }]), [
    '1.file: Expected a file that no other sink has, found "audit.jsonl" again',
  ]);
  assert.deepEqual(complaints([sink, { ...sink, name: 'b', file: 'other.jsonl' }]), []);
});

test('sinksSchema names the types where one is wrong', () => {
  const [complaint = ''] = complaints([{ type: 'carrier-pigeon', name: 'out' }]);

  assert.match(
    complaint,
    /^0\.type: Expected "stdout",.* found the text "carrier-pigeon"$|^0\.type: Expected "stdout", found the text "carrier-pigeon"$/u,
  );
});

test('sinks need a journal to be served from', () => {
  const sinks = [{ type: 'stdout', name: 'out' }];

  assert.equal(configurationSchema.safeParse({ audit: { journal: {}, sinks } }).success, true);
  assert.deepEqual(
    configurationSchema.safeParse({ audit: { sinks } }).error?.issues.map((issue) => issue.message),
    ['Expected audit.journal beside sinks: they are served from it, so that none is lost'],
  );
});
