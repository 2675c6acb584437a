import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchCalendar, type Calendar } from '../../../../src/base/calendar/match-calendar.ts';
import { openZone } from '../../../../src/base/calendar/zone-clock.ts';

const ALWAYS: Calendar = { from: '00:00', to: '24:00' };
const NIGHT: Calendar = { from: '18:00', to: '08:00' };

/** The span of a time, as ISO times in UTC; empty outside of all. */
function spanOf(calendar: Calendar, at: string, name = 'Europe/Berlin'): string {
  const zone = openZone(name);
  assert.ok(zone);
  const span = matchCalendar(calendar, zone, Date.parse(at));
  if (span === undefined) return '';
  return `${formatTime(span.startMs)} to ${formatTime(span.endMs)}`;
}

function formatTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16);
}

describe('matchCalendar()', () => {
  it('opens at the first instant, and is over at the last', () => {
    const work: Calendar = { days: ['mon'], from: '09:00', to: '17:00' };
    const span = '2026-11-30T08:00 to 2026-11-30T16:00';
    assert.equal(spanOf(work, '2026-11-30T07:59:59.999Z'), '');
    assert.equal(spanOf(work, '2026-11-30T08:00:00Z'), span);
    assert.equal(spanOf(work, '2026-11-30T15:59:59.999Z'), span);
    assert.equal(spanOf(work, '2026-11-30T16:00:00Z'), '');
    assert.equal(spanOf(work, '2026-12-01T10:00:00Z'), '');
  });

  it('goes on past midnight where it ends earlier than it begins', () => {
    const night: Calendar = { ...NIGHT, days: ['mon'] };
    assert.equal(spanOf(night, '2026-12-01T06:00:00Z'), '2026-11-30T17:00 to 2026-12-01T07:00');
    assert.equal(spanOf(night, '2026-12-01T07:00:00Z'), '');
    assert.equal(spanOf(night, '2026-11-30T06:00:00Z'), '');
  });

  it('is a whole day where it ends when it begins', () => {
    const day: Calendar = { days: ['mon'], from: '08:00', to: '08:00' };
    assert.equal(spanOf(day, '2026-12-01T06:59:00Z'), '2026-11-30T07:00 to 2026-12-01T07:00');
  });

  it('joins days that follow one another', () => {
    const weekend: Calendar = { ...ALWAYS, days: ['sat', 'sun'] };
    assert.equal(spanOf(weekend, '2026-11-28T12:00:00Z'), '2026-11-27T23:00 to 2026-11-29T23:00');
    // The span that has begun is told, not the one before it.
    assert.equal(spanOf(weekend, '2026-11-29T12:00:00Z'), '2026-11-28T23:00 to 2026-11-29T23:00');
  });

  it('keeps to the days of the year', () => {
    const yearEnd: Calendar = { ...NIGHT, firstDate: '2026-12-20', lastDate: '2026-12-21' };
    assert.equal(spanOf(yearEnd, '2026-12-19T20:00:00Z'), '');
    assert.equal(spanOf(yearEnd, '2026-12-20T17:00:00Z'), '2026-12-20T17:00 to 2026-12-21T07:00');
    assert.equal(spanOf(yearEnd, '2026-12-22T06:00:00Z'), '2026-12-21T17:00 to 2026-12-22T07:00');
    assert.equal(spanOf(yearEnd, '2026-12-22T18:00:00Z'), '');
  });

  it('tells at most two months of what does not end', () => {
    assert.equal(
      spanOf(ALWAYS, '2026-01-01T12:00:00Z', 'UTC'),
      '2026-01-01T00:00 to 2026-03-05T00:00',
    );
  });

  it('is an hour shorter or longer where clocks are set', () => {
    const night: Calendar = { from: '00:00', to: '06:00' };
    assert.equal(spanOf(night, '2026-03-29T03:00:00Z'), '2026-03-28T23:00 to 2026-03-29T04:00');
    assert.equal(spanOf(night, '2026-10-25T03:00:00Z'), '2026-10-24T22:00 to 2026-10-25T05:00');
  });

  it('covers both of the hours that are shown twice, and does not close between them', () => {
    const half: Calendar = { from: '01:00', to: '02:30' };
    const span = '2026-10-24T23:00 to 2026-10-25T01:30';
    for (const at of ['2026-10-25T00:15:00Z', '2026-10-25T00:45:00Z', '2026-10-25T01:15:00Z']) {
      assert.equal(spanOf(half, at), span, at);
    }
    assert.equal(spanOf(half, '2026-10-25T01:30:00Z'), '');
  });

  it('begins when its time would have been where that is left out', () => {
    const early: Calendar = { from: '02:30', to: '05:00' };
    assert.equal(spanOf(early, '2026-03-29T01:29:59Z'), '');
    assert.equal(spanOf(early, '2026-03-29T01:30:00Z'), '2026-03-29T01:30 to 2026-03-29T03:00');
  });

  it('knows the days before 1970, and of the other end of the world', () => {
    const thursdays: Calendar = { ...ALWAYS, days: ['thu'] };
    assert.equal(
      spanOf(thursdays, '1969-12-25T12:00:00Z', 'UTC'),
      '1969-12-25T00:00 to 1969-12-26T00:00',
    );
    assert.equal(
      spanOf(thursdays, '2026-12-02T10:00:00Z', 'Pacific/Kiritimati'),
      '2026-12-02T10:00 to 2026-12-03T10:00',
    );
    assert.equal(spanOf(thursdays, '2026-12-03T05:00:00Z', 'America/Los_Angeles'), '');
  });

  it('agrees with the wall clock at each quarter of an hour of a year', () => {
    const calendar: Calendar = { days: ['tue', 'fri'], from: '22:15', to: '03:45' };
    const zone = openZone('America/New_York');
    assert.ok(zone);
    const wall = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/New_York',
      hourCycle: 'h23',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
    const wrong: string[] = [];
    // Outside of the two nights in which clocks are set, which have tests of their own.
    const nights = new Set(['2026-03-08', '2026-11-01']);
    for (let atMs = Date.UTC(2026, 0, 1); atMs < Date.UTC(2027, 0, 1); atMs += 900_000) {
      const parts = new Map(wall.formatToParts(atMs).map(({ type, value }) => [type, value]));
      const time = `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}`;
      const day = parts.get('weekday') ?? '';
      const isOpen =
        (['Tue', 'Fri'].includes(day) && time >= '22:15') ||
        (['Wed', 'Sat'].includes(day) && time < '03:45');
      const at = new Date(atMs).toISOString();
      if (nights.has(at.slice(0, 10))) continue;
      if ((matchCalendar(calendar, zone, atMs) !== undefined) !== isOpen) wrong.push(at);
    }
    assert.deepEqual(wrong, []);
  });
});
