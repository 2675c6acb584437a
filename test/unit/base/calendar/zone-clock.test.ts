import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findInstants, openZone } from '../../../../src/base/calendar/zone-clock.ts';

const HOUR = 3_600_000;

function zoneOf(name: string) {
  const zone = openZone(name);
  assert.ok(zone);
  return zone;
}

/** When a clock of the zone shows a time, as ISO times in UTC. */
function instantsOf(wall: string, name: string): readonly string[] {
  const { firstMs, lastMs } = findInstants(Date.parse(`${wall}Z`), zoneOf(name));
  return [...new Set([firstMs, lastMs])].map((atMs) => new Date(atMs).toISOString());
}

describe('openZone()', () => {
  for (const name of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata']) {
    it(`knows ${name}`, () => {
      assert.ok(openZone(name));
    });
  }

  // An offset knows no summer time, and an abbreviation means several zones.
  for (const name of ['', '+01:00', 'Europe/Berlun', 'CET+1', 'Etc/../UTC', 'a'.repeat(70)]) {
    it(`knows no zone "${name.slice(0, 12)}"`, () => {
      assert.equal(openZone(name), undefined);
    });
  }

  it('tells winter from summer, halves of hours, and years before the epoch', () => {
    const berlin = zoneOf('Europe/Berlin');
    assert.equal(berlin.offsetMsAt(Date.UTC(2026, 0, 1)), HOUR);
    assert.equal(berlin.offsetMsAt(Date.UTC(2026, 6, 1)), 2 * HOUR);
    assert.equal(zoneOf('Asia/Kolkata').offsetMsAt(1.5), 5.5 * HOUR);
    assert.equal(zoneOf('America/New_York').offsetMsAt(-500), -5 * HOUR);
    assert.equal(zoneOf('UTC').offsetMsAt(Date.UTC(2026, 6, 1) + 999), 0);
  });
});

describe('findInstants()', () => {
  it('finds the one instant of most times', () => {
    assert.deepEqual(instantsOf('2026-11-30T18:00', 'Europe/Berlin'), ['2026-11-30T17:00:00.000Z']);
    assert.deepEqual(instantsOf('2026-11-30T18:00', 'UTC'), ['2026-11-30T18:00:00.000Z']);
    assert.deepEqual(instantsOf('2026-07-01T00:00', 'Pacific/Apia'), ['2026-06-30T11:00:00.000Z']);
  });

  it('finds both instants of a time that is shown twice', () => {
    assert.deepEqual(instantsOf('2026-10-25T02:30', 'Europe/Berlin'), [
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
  });

  it('counts a time that is left out from before', () => {
    assert.deepEqual(instantsOf('2026-03-29T02:30', 'Europe/Berlin'), ['2026-03-29T01:30:00.000Z']);
    // Clocks are set by half an hour there.
    assert.deepEqual(instantsOf('2026-10-04T02:15', 'Australia/Lord_Howe'), [
      '2026-10-03T15:45:00.000Z',
    ]);
  });

  it('counts a day that is left out from before', () => {
    // Samoa went over the date line: after the 29th came the 31st.
    assert.deepEqual(instantsOf('2011-12-30T12:00', 'Pacific/Apia'), ['2011-12-30T22:00:00.000Z']);
  });
});
