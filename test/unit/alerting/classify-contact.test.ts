import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyContact } from '../../../src/alerting/classify-contact.ts';
import { monotonicMs } from '../../../src/base/clock.ts';

const HOUR_MS = 3_600_000;
const at = (ms: number) => monotonicMs(ms);
const times = {
  nowMs: at(100_000),
  pollMs: 1000,
  startedAtMs: at(90_000),
  exchangedAtMs: at(99_000),
  heardAtMs: at(99_000),
};

test('classifyContact() knows what the others have published while exchanges are answered', () => {
  assert.equal(classifyContact(times), 'current');
  assert.equal(classifyContact({ ...times, heardAtMs: at(95_000) }), 'current');
});

test('classifyContact() knows nothing after a start, or after standing still, until an exchange has ended', () => {
  const never = { exchangedAtMs: undefined, heardAtMs: undefined };
  assert.equal(classifyContact({ ...times, ...never }), 'unknown');
  assert.equal(classifyContact({ ...times, exchangedAtMs: at(94_000) }), 'unknown');
  const slow = { ...times, pollMs: 60_000, exchangedAtMs: at(94_000), heardAtMs: at(94_000) };
  assert.equal(classifyContact(slow), 'current');
});

test('classifyContact() has lost the others while exchanges fail, and goes on alone after an hour', () => {
  assert.equal(classifyContact({ ...times, heardAtMs: at(94_000) }), 'lost');
  assert.equal(classifyContact({ ...times, heardAtMs: undefined }), 'lost');
  const nowMs = at(100_000 + HOUR_MS);
  const late = { ...times, nowMs, exchangedAtMs: nowMs };
  assert.equal(classifyContact(late), 'current');
  assert.equal(classifyContact({ ...late, heardAtMs: undefined }), 'current');
  assert.equal(classifyContact({ ...late, heardAtMs: at(100_001) }), 'lost');
});
