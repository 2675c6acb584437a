import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReadiness, LIVE } from '../../../src/server/health.ts';

test('formatReadiness() is ready where every check is met', () => {
  assert.deepEqual(formatReadiness([{ name: 'policies', problem: () => undefined }]), {
    httpStatus: 200,
    text: '[+]policies ok\nreadyz check passed\n',
  });
});

test('formatReadiness() names the failing check and its reason', () => {
  const checks = [
    { name: 'policies', problem: () => undefined },
    { name: 'caches', problem: () => 'not synced' },
  ];
  assert.deepEqual(formatReadiness(checks), {
    httpStatus: 503,
    text: '[+]policies ok\n[-]caches failed: not synced\nreadyz check failed\n',
  });
});

test('formatReadiness() tells what is advisory, and stays ready', () => {
  const sinks = { name: 'sinks', problem: () => 'one was told to stop', advisory: true };

  assert.deepEqual(formatReadiness([sinks]), {
    httpStatus: 200,
    text: '[!]sinks needs somebody: one was told to stop\nreadyz check passed\n',
  });
  assert.equal(formatReadiness([{ ...sinks, problem: () => undefined }]).httpStatus, 200);
});

test('LIVE is what a living process answers', () => {
  assert.deepEqual(LIVE, { httpStatus: 200, text: 'ok\n' });
});
