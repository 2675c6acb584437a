/** What a grant allows beyond the limits of the configuration. Asked where a grant is made, and where one is used. */
import type { Grant } from './parse-grant.ts';
import type { GrantLimits } from './settings.ts';

const MS_PER_MINUTE = 60_000;

export interface GrantExcess {
  /** The option of `grant create` that asks for it. */
  readonly option: 'minutes' | 'uses';
  /** The key of the configuration that bounds it. */
  readonly key: string;
  /** In the unit of the option. */
  readonly max: number;
  readonly found: number;
}

/** Every excess; a grant with one does not count. */
export function findExcess(
  { notBefore, expires, uses }: Pick<Grant, 'notBefore' | 'expires' | 'uses'>,
  { lifetimeMaxMs, usesMax }: Pick<GrantLimits, 'lifetimeMaxMs' | 'usesMax'>,
): readonly GrantExcess[] {
  const excesses: GrantExcess[] = [];
  const lifetimeMs = Date.parse(expires) - Date.parse(notBefore);
  if (lifetimeMs > lifetimeMaxMs) {
    excesses.push({
      option: 'minutes',
      key: 'breakGlass.limits.lifetimeMaxMs',
      max: Math.floor(lifetimeMaxMs / MS_PER_MINUTE),
      // Rounded up: a second more is more.
      found: Math.ceil(lifetimeMs / MS_PER_MINUTE),
    });
  }
  if (uses > usesMax) {
    excesses.push({ option: 'uses', key: 'breakGlass.limits.usesMax', max: usesMax, found: uses });
  }
  return excesses;
}

/** A clause about the grant: `it is good for 120 minutes, and 60 are allowed`. */
export function formatExcess({ option, max, found }: GrantExcess): string {
  return option === 'minutes'
    ? `it is good for ${String(found)} minutes, and ${String(max)} are allowed`
    : `it has ${String(found)} uses, and ${String(max)} are allowed`;
}
