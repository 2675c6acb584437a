import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { calendarShape, hasDaysInOrder } from '../../../src/settings/calendar.ts';
import { section } from '../../../src/settings/value-schemas.ts';

const schema = section(calendarShape);

describe('days and hours of the configuration', () => {
  it('are every day in UTC where nothing is said', () => {
    assert.deepEqual(schema.parse({}), { timeZone: 'UTC', from: '00:00', to: '24:00' });
  });

  for (const wrong of [
    { timeZone: 'Europe/Berlun' },
    { timeZone: '+01:00' },
    { days: [] },
    { days: ['monday'] },
    { firstDate: '2026-02-30' },
    { firstDate: '2026-2-3' },
    { lastDate: '2026-13-01' },
    { from: '24:00' },
    { from: '9:00' },
    { to: '24:01' },
    { to: '08:60' },
  ]) {
    it(`are not ${JSON.stringify(wrong)}`, () => {
      assert.equal(schema.safeParse(wrong).success, false);
    });
  }

  it('take the last day of February of a leap year', () => {
    assert.equal(schema.safeParse({ firstDate: '2028-02-29' }).success, true);
  });
});

describe('hasDaysInOrder()', () => {
  it('compares the first day with the last where there are both', () => {
    assert.equal(hasDaysInOrder({}), true);
    assert.equal(hasDaysInOrder({ firstDate: '2026-12-20' }), true);
    assert.equal(hasDaysInOrder({ lastDate: '2026-12-20' }), true);
    assert.equal(hasDaysInOrder({ firstDate: '2026-12-20', lastDate: '2026-12-20' }), true);
    assert.equal(hasDaysInOrder({ firstDate: '2026-12-20', lastDate: '2026-12-19' }), false);
  });
});
