/** The wall clock of a time zone of the IANA database, as Node brings it along (ICU). */

const SECOND = 1000;

/** Tells how far a zone is from UTC. */
export interface ZoneClock {
  /** In milliseconds, east of UTC positive: what is added to an instant (ms since the epoch) for the wall clock there. */
  readonly offsetMsAt: (atMs: number) => number;
}

/** The first and the last instant at which a wall clock shows a time; the same but where clocks are set back. */
export interface ShownAt {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Longer than clocks of a zone can differ on two sides of one change. */
const AROUND_MS = 24 * 60 * 60 * SECOND;

/** A name of a region, as `Europe/Berlin`, or `UTC`: an offset such as `+01:00` knows no summer time. */
const NAME = /^(?:UTC|[A-Za-z]+(?:\/[A-Za-z0-9_+-]+){1,2})$/u;

/** `undefined` for a name that is not in the database. */
export function openZone(name: string): ZoneClock | undefined {
  if (!NAME.test(name)) return undefined;
  const format = formatOf(name);
  if (format === undefined) return undefined;
  return {
    offsetMsAt: (atMs) => {
      const shown = new Map(
        format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]),
      );
      const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
      const wallMs = Date.UTC(
        part('year'),
        part('month') - 1,
        part('day'),
        part('hour'),
        part('minute'),
        part('second'),
      );
      return wallMs - Math.floor(atMs / SECOND) * SECOND;
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}

/**
 * When the clock of a zone shows a time, which is given as if it were UTC (ms since the epoch).
 *
 * A time that is left out when clocks are set forward is counted from before: 02:30 is the instant that is then called 03:30. Source:
 * RFC 5545 section 3.3.5.
 */
export function findInstants(wallMs: number, zone: ZoneClock): ShownAt {
  const offsets = [zone.offsetMsAt(wallMs - AROUND_MS), zone.offsetMsAt(wallMs + AROUND_MS)];
  const instants = offsets
    .map((offsetMs) => ({ atMs: wallMs - offsetMs, offsetMs }))
    .filter(({ atMs, offsetMs }) => zone.offsetMsAt(atMs) === offsetMs)
    .map(({ atMs }) => atMs);
  const [before = 0] = offsets;
  const shown = instants.length === 0 ? [wallMs - before] : instants;
  return { firstMs: Math.min(...shown), lastMs: Math.max(...shown) };
}
