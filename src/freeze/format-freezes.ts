/** Every freeze of a cluster with its state, for lists. */
import { endOf, type OpenWindow } from './freeze-fact.ts';
import type { FreezeScope } from './match-frozen.ts';
import type { Freeze } from './parse-freeze.ts';

export interface FreezeRow {
  readonly name: string;
  readonly kind: 'window' | 'person' | 'breaker';
  readonly state: 'in force' | 'ended' | 'over' | 'waiting';
  /** An ISO time; absent for a window that is not open. */
  readonly until?: string | undefined;
  readonly scope: FreezeScope;
  /** Who has begun it; absent for a window. */
  readonly by?: string | undefined;
  readonly reason: string;
  /** Who has ended it before its time, and why. */
  readonly ended?: Freeze['ended'];
}

export interface ListedFreezes {
  readonly windows: readonly OpenWindow[];
  readonly freezes: readonly Freeze[];
  readonly lifetimeMaxMs: number;
}

/** Windows first, as the configuration has them; then objects, the newest first. */
export function listFreezes(
  { windows, freezes, lifetimeMaxMs }: ListedFreezes,
  nowMs: number,
): readonly FreezeRow[] {
  return [
    ...windows.map((window) => describeWindow(window, nowMs)),
    ...freezes
      .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
      .map((freeze) => describeFreeze(freeze, endOf(freeze, lifetimeMaxMs), nowMs)),
  ];
}

/** The cells of one row, for people. */
export function formatFreezeRow({ name, kind, state, until, scope, by, reason, ended }: FreezeRow) {
  const end = ended === undefined ? '' : ` (ended by ${ended.by}: ${ended.reason})`;
  return [name, kind, state, until ?? '', formatScope(scope), by ?? '', `${reason}${end}`];
}

function describeWindow(
  { name, reason, calendar, applications, namespaces }: OpenWindow,
  nowMs: number,
): FreezeRow {
  const span = calendar.spanAt(nowMs);
  const scope = scopeOf({ applications, namespaces });
  const state = span === undefined ? 'waiting' : 'in force';
  return {
    name,
    kind: 'window',
    state,
    ...(span && { until: formatTime(span.endMs) }),
    scope,
    reason,
  };
}

function describeFreeze(freeze: Freeze, endsAtMs: number, nowMs: number): FreezeRow {
  const { name, scope, reason, by, breaker, ended } = freeze;
  const isOver = nowMs >= endsAtMs;
  return {
    name,
    kind: breaker === undefined ? 'person' : 'breaker',
    state: ended === undefined ? (isOver ? 'over' : 'in force') : 'ended',
    until: formatTime(endsAtMs),
    scope,
    by: breaker ?? by,
    reason,
    ...(ended && { ended }),
  };
}

function scopeOf({ applications, namespaces }: FreezeScope): FreezeScope {
  return { ...(applications && { applications }), ...(namespaces && { namespaces }) };
}

function formatScope({ applications, namespaces }: FreezeScope): string {
  const parts = [
    ...(applications === undefined ? [] : [applications.join(', ')]),
    ...(namespaces === undefined ? [] : [`in ${namespaces.join(', ')}`]),
  ];
  return parts.length === 0 ? 'everything' : parts.join(' ');
}

function formatTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
