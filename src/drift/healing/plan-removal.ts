/**
 * A JSON patch (RFC 6902) that takes exactly the given additions off, and only of the state that was read: it tests uid and
 * resourceVersion first, so that what anybody has written meanwhile is judged again instead of overwritten. Not a server-side apply of
 * the intended state: that would make its sender the owner of every field, and of what another controller has put there.
 */
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isRecord } from '../../base/is-record.ts';
import type { ChangedPath } from '../../ownership/change.ts';
import { labelItems } from '../../ownership/label-items.ts';

export type PatchOperation =
  | { readonly op: 'test'; readonly path: string; readonly value: string }
  | { readonly op: 'remove'; readonly path: string };

export type PlannedRemoval =
  | { readonly ok: true; readonly patch: readonly PatchOperation[] }
  /** One clause. */
  | { readonly ok: false; readonly reason: string };

export interface RemovalQuestion {
  readonly additions: readonly ChangedPath[];
  /** What the writer wrote last; values that are secret are hidden. */
  readonly intended: KubernetesObject;
  /** As it is now. */
  readonly live: KubernetesObject;
  /** Of the object that the finding is about. */
  readonly uid: string;
  readonly removedMax: number;
}

/** Refuses as a whole where one addition cannot be found: half a patch would be a state that nobody has meant. */
export function planRemoval(question: RemovalQuestion): PlannedRemoval {
  const { additions, intended, live, uid, removedMax } = question;
  const version = live.metadata?.resourceVersion;
  if (uid === '' || live.metadata?.uid !== uid || version === undefined) {
    return { ok: false, reason: 'it is another object than the one that drifted' };
  }
  if (additions.length > removedMax) {
    return {
      ok: false,
      reason: `it has ${additions.length} additions, and at most ${removedMax} are taken off`,
    };
  }
  const places: Place[] = [];
  for (const { path, segments } of additions) {
    const place = findAddition(segments, intended, live);
    if (place === undefined) {
      return { ok: false, reason: `${path} cannot be told from what Git declares` };
    }
    places.push(place);
  }
  return {
    ok: true,
    patch: [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'test', path: '/metadata/resourceVersion', value: version },
      // The last items of a list first: each removal moves those behind it.
      ...places
        .toSorted(comparePlaces)
        .map((place) => ({ op: 'remove' as const, path: formatPointer(place) })),
    ],
  };
}

/** Keys, and indexes of the list as it is now. */
type Place = readonly (string | number)[];

/** Where it is in the object as it is now; `undefined` unless it is there, and was not before. */
function findAddition(
  segments: ChangedPath['segments'],
  intended: KubernetesObject,
  live: KubernetesObject,
): Place | undefined {
  let before: unknown = intended;
  let now: unknown = live;
  const place: (string | number)[] = [];
  for (const [depth, segment] of segments.entries()) {
    // Absent equals empty there, as the comparison has it.
    if (before === undefined && depth === 2 && isMetadataMap(segments)) before = {};
    if (before === undefined) return undefined;
    const step = follow(segment, before, now);
    if (step === undefined) return undefined;
    ({ before, now } = step);
    place.push(step.at);
  }
  return before === undefined && place.length > 0 ? place : undefined;
}

function isMetadataMap([first, second]: ChangedPath['segments']): boolean {
  return first === 'metadata' && (second === 'labels' || second === 'annotations');
}

interface Step {
  readonly at: string | number;
  readonly before: unknown;
  readonly now: unknown;
}

function follow(segment: string | number, before: unknown, now: unknown): Step | undefined {
  if (Array.isArray(before) && Array.isArray(now)) return followItem(segment, before, now);
  if (!isRecord(now) || !Object.hasOwn(now, segment) || !isRecord(before)) return undefined;
  return {
    at: segment,
    before: Object.hasOwn(before, segment) ? before[segment] : undefined,
    now: now[segment],
  };
}

/** As the comparison has named it: by its label where the items have one each, else by its place. */
function followItem(
  segment: string | number,
  before: readonly unknown[],
  now: readonly unknown[],
): Step | undefined {
  const labels = labelItems(before, now);
  if (labels === undefined) {
    return typeof segment === 'number' && segment < now.length
      ? { at: segment, before: before[segment], now: now[segment] }
      : undefined;
  }
  const at = labels.to.indexOf(String(segment));
  const from = labels.from.indexOf(String(segment));
  return at === -1 ? undefined : { at, before: before[from], now: now[at] };
}

/** No addition lies within another one. */
function comparePlaces(one: Place, other: Place): number {
  for (const [depth, segment] of one.entries()) {
    const against = other[depth];
    if (segment === against) continue;
    if (typeof segment === 'number' && typeof against === 'number') return against - segment;
    return String(segment) < String(against) ? -1 : 1;
  }
  return 0;
}

/** RFC 6901. */
function formatPointer(place: Place): string {
  return place
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
