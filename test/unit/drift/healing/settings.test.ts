import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { healSchema, HEALING_LIMITS } from '../../../../src/drift/healing/settings.ts';
import { driftSchema } from '../../../../src/drift/settings.ts';

describe('the settings of healing', () => {
  it('are absent unless somebody asks for it, and name the applications', () => {
    assert.equal(driftSchema.parse({}).heal, undefined);
    assert.equal(healSchema.safeParse({}).success, false);
    assert.deepEqual(healSchema.parse({ applications: ['team-a/*'] }), {
      applications: ['team-a/*'],
      namespaces: ['', '*'],
      additions: false,
      waitMs: 2000,
      retryMs: 5000,
      deadlineMs: 60_000,
      windowMs: 600_000,
      attemptsMax: 10,
    });
  });

  it('are held to their rows in the table of limits', () => {
    for (const name of ['waitMs', 'retryMs', 'deadlineMs', 'windowMs', 'attemptsMax'] as const) {
      const { minimum, maximum } = HEALING_LIMITS[`drift.heal.${name}`];
      const isTaken = (value: number) =>
        healSchema.safeParse({ applications: ['*'], [name]: value }).success;
      assert.deepEqual([minimum, maximum, minimum - 1, maximum + 1].map(isTaken), [
        true,
        true,
        false,
        false,
      ]);
    }
  });

  it('refuse what names no application and no namespace', () => {
    for (const applications of [[], [''], ['A'], ['a/b/c']]) {
      assert.equal(healSchema.safeParse({ applications }).success, false);
    }
    const namespaces = ['Shop'];
    assert.equal(healSchema.safeParse({ applications: ['*'], namespaces }).success, false);
  });
});
