import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FollowedCalendar } from '../../../../src/base/calendar/followed-calendar.ts';
import { openZone, type ZoneClock } from '../../../../src/base/calendar/zone-clock.ts';

const NOON = Date.UTC(2026, 10, 30, 12);
const MINUTE = 60_000;

/** A calendar that is open from noon to one, and how often its zone was asked. */
function follow() {
  const zone = openZone('UTC');
  assert.ok(zone);
  let asked = 0;
  const counted: ZoneClock = {
    offsetMsAt: (atMs) => {
      asked += 1;
      return zone.offsetMsAt(atMs);
    },
  };
  const calendar = new FollowedCalendar({ from: '12:00', to: '13:00' }, counted);
  return { calendar, asked: () => asked };
}

describe('FollowedCalendar', () => {
  it('computes a span once, and leaves it at its end', () => {
    const { calendar, asked } = follow();
    const span = { startMs: NOON, endMs: NOON + 60 * MINUTE };
    assert.deepEqual(calendar.spanAt(NOON + 1), span);
    const once = asked();
    assert.deepEqual(calendar.spanAt(NOON + 59 * MINUTE), span);
    assert.equal(asked(), once);
    assert.equal(calendar.spanAt(NOON + 60 * MINUTE), undefined);
  });

  it('looks once a minute whether it has begun', () => {
    const { calendar, asked } = follow();
    assert.equal(calendar.spanAt(NOON - 30_000), undefined);
    const once = asked();
    assert.equal(calendar.spanAt(NOON - 1), undefined);
    assert.equal(asked(), once);
    assert.notEqual(calendar.spanAt(NOON), undefined);
  });

  it('follows a clock that is set back', () => {
    const { calendar } = follow();
    assert.notEqual(calendar.spanAt(NOON + MINUTE), undefined);
    assert.equal(calendar.spanAt(NOON - MINUTE), undefined);
    assert.equal(calendar.spanAt(NOON - 60 * MINUTE), undefined);
  });
});
