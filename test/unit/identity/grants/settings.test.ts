import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '../../../../src/config/limits.ts';
import type { Limit } from '../../../../src/settings/limit.ts';
import { breakGlassSchema } from '../../../../src/identity/grants/settings.ts';

const anna = { name: 'anna', key: 'k' };
const ben = { name: 'ben', key: 'l', username: 'ben@example.com' };

function problemsOf(value: unknown): readonly (readonly [string, string])[] {
  const { error } = breakGlassSchema.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);
}

describe('the section breakGlass', () => {
  it('lets nobody approve by default, and keeps grants short', () => {
    const section = breakGlassSchema.parse({});

    assert.deepEqual(section.approvers, []);
    assert.equal(section.limits.lifetimeMaxMs, 3_600_000);
  });

  it('takes approvers and how many are needed', () => {
    assert.deepEqual(problemsOf({ approvers: [anna, ben], approvalsRequired: 2 }), []);
  });

  it('asks for no more approvals than there are approvers', () => {
    assert.deepEqual(problemsOf({ approvers: [anna, ben], approvalsRequired: 3 }), [
      ['approvalsRequired', 'Expected at most 2, the number of approvers, found 3'],
    ]);
  });

  it('refuses two schedules of one name, by which uses are counted', () => {
    const schedule = {
      name: 'night',
      reason: 'restarts need nobody',
      from: '22:00',
      to: '06:00',
      subjects: ['alice'],
      namespaces: ['shop'],
      resources: ['deployments.apps/scale'],
    };
    assert.deepEqual(problemsOf({ schedules: [schedule, { ...schedule, name: 'day' }] }), []);
    assert.deepEqual(problemsOf({ schedules: [schedule, schedule] }), [
      ['schedules', 'Expected each name once: uses are counted by it'],
    ]);
  });

  it('refuses two entries of one name', () => {
    assert.deepEqual(problemsOf({ approvers: [anna, { ...ben, name: 'anna' }] }), [
      ['approvers', 'Expected each name once: two keys of one person are one approval'],
    ]);
  });

  const rows: readonly (readonly [string, Limit])[] = Object.entries(LIMITS);
  for (const [key, row] of rows.filter(([name]) => name.startsWith('breakGlass.limits.'))) {
    it(`holds ${key} to its row in the table of limits`, () => {
      const name = key.split('.')[2] ?? '';

      assert.deepEqual(problemsOf({ limits: { [name]: row.minimum } }), []);
      assert.deepEqual(problemsOf({ limits: { [name]: row.maximum } }), []);
      assert.equal(problemsOf({ limits: { [name]: row.minimum - 1 } }).length, 1);
      assert.equal(problemsOf({ limits: { [name]: row.maximum + 1 } }).length, 1);
    });
  }
});
