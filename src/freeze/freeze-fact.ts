/** What policies read of freezes (`input.facts.freeze`): which of them cover the object. */
import type { FollowedCalendar } from '../base/calendar/followed-calendar.ts';
import { matchNeverFrozen, matchScope, type DeployedObject } from './match-frozen.ts';
import type { Freeze } from './parse-freeze.ts';
import { FREEZE_LIMITS, type FreezeWindow } from './settings.ts';

export interface FreezeFact {
  /** Those in force that cover the object, the one that ends last first; at most 8. Empty where it may be deployed. */
  readonly freezes: readonly FreezeInForce[];
  /** Whether the write takes its application back to a version that was verified; only asked where something is frozen. */
  readonly isRevert: boolean;
  /** Why `Freeze` objects cannot be read now: others than those of the configuration are not known. */
  readonly unknown?: string | undefined;
}

export interface FreezeInForce {
  /** What has begun it: a window of the configuration, a `Freeze` object of a person, or a circuit breaker. */
  readonly kind: 'window' | 'person' | 'breaker';
  /** Of the window, or of the object. */
  readonly name: string;
  readonly reason: string;
  /** The username of who made the object; the name of the circuit breaker; empty for a window. */
  readonly by: string;
  /** An ISO time. */
  readonly until: string;
}

/** A window of the configuration with its calendar. */
export interface OpenWindow extends Pick<
  FreezeWindow,
  'name' | 'reason' | 'applications' | 'namespaces'
> {
  readonly calendar: Pick<FollowedCalendar, 'spanAt'>;
}

/** What is known of the `Freeze` objects of the cluster. */
export type KnownFreezes =
  | { readonly status: 'known'; readonly freezes: readonly Freeze[] }
  | { readonly status: 'unavailable'; readonly reason: string };

export interface FreezeSources {
  /** Those of this cluster. */
  readonly windows: readonly OpenWindow[];
  readonly readFreezes: () => KnownFreezes;
  readonly exemptNamespaces: readonly string[];
  readonly lifetimeMaxMs: number;
}

const TOLD_MAX = FREEZE_LIMITS['freeze.toldMax'].default;
const NOTHING: FreezeFact = { freezes: [], isRevert: false };

/** Which freezes cover an object now. `isRevert` is left to whoever knows the versions of the application. */
export function describeFreezes(
  object: DeployedObject,
  sources: FreezeSources,
  nowMs: number,
): FreezeFact {
  if (matchNeverFrozen(object, sources.exemptNamespaces)) return NOTHING;
  const known = sources.readFreezes();
  const covering = [
    ...sources.windows
      .filter((window) => matchScope(window, object))
      .flatMap((window) => {
        const span = window.calendar.spanAt(nowMs);
        return span === undefined ? [] : [describeWindow(window, span.endMs)];
      }),
    ...(known.status === 'known' ? known.freezes : [])
      .filter((freeze) => matchScope(freeze.scope, object))
      .flatMap((freeze) => {
        const untilMs = endOf(freeze, sources.lifetimeMaxMs);
        return nowMs < untilMs ? [describeFreeze(freeze, untilMs)] : [];
      }),
  ];
  return {
    // Times of this form are sorted as texts are.
    freezes: covering.toSorted((a, b) => b.until.localeCompare(a.until)).slice(0, TOLD_MAX),
    isRevert: false,
    ...(known.status === 'unavailable' && { unknown: known.reason }),
  };
}

/**
 * When a freeze ends (ms since the epoch): at once where somebody has ended it, and after its longest life at the latest. Of a circuit breaker the object
 * is older than its freeze, which is renewed for minutes.
 */
export function endOf(freeze: Freeze, lifetimeMaxMs: number): number {
  const { createdAtMs, expiresAtMs, ended, breaker } = freeze;
  if (ended !== undefined) return createdAtMs;
  return breaker === undefined ? Math.min(expiresAtMs, createdAtMs + lifetimeMaxMs) : expiresAtMs;
}

function describeWindow({ name, reason }: OpenWindow, untilMs: number): FreezeInForce {
  return { kind: 'window', name, reason, by: '', until: formatTime(untilMs) };
}

function describeFreeze({ name, reason, by, breaker }: Freeze, untilMs: number): FreezeInForce {
  const kind = breaker === undefined ? 'person' : 'breaker';
  return { kind, name, reason, by: breaker ?? by, until: formatTime(untilMs) };
}

/** Whole seconds: people read these times. */
function formatTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/u, 'Z');
}
