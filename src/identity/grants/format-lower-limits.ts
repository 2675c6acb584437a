/** The options with which `grant create` stays within the limits of a configuration. */
import type { GrantLimits } from './settings.ts';

/** What `grant create` asks for without options. */
export const GRANT_DEFAULTS = { minutes: 60, uses: 10 } as const;

const MS_PER_MINUTE = 60_000;

/** Words of a command line, for each default that the limits do not allow; none if they allow both. */
export function formatLowerLimits({
  lifetimeMaxMs,
  usesMax,
}: Pick<GrantLimits, 'lifetimeMaxMs' | 'usesMax'>): readonly string[] {
  const minutes = Math.floor(lifetimeMaxMs / MS_PER_MINUTE);
  return [
    ...(minutes < GRANT_DEFAULTS.minutes ? [`--minutes ${String(minutes)}`] : []),
    ...(usesMax < GRANT_DEFAULTS.uses ? [`--uses ${String(usesMax)}`] : []),
  ];
}
