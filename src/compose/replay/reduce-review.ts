/** Takes out of a review what does not matter for its decision, so that a person sees what does. */
import { isRecord } from '../../base/is-record.ts';

/** Each takes a fraction of a millisecond. */
const TRIES_MAX = 400;
/** Deeper, a reader does not look. */
const DEPTH_MAX = 6;

type Path = readonly string[];

/** Without these, it is no object. */
const KEPT: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'metadata.name',
  'metadata.namespace',
]);

/**
 * Removes members of the new object and the old one, the same of both, the largest first, as long as `isKept` says that the
 * decision stays the same. The review is not changed.
 */
export async function reduceReview(
  review: object,
  isKept: (reduced: object) => Promise<boolean>,
): Promise<object> {
  let reduced = review;
  let tries = 0;
  for (let depth = 1; depth <= DEPTH_MAX; depth += 1) {
    for (const path of listPaths(reduced, depth)) {
      if (tries >= TRIES_MAX) return reduced;
      tries += 1;
      const smaller = removePath(reduced, path);
      if (await isKept(smaller)) reduced = smaller;
    }
  }
  return reduced;
}

/** Of either object, those of a depth; later items of a list before earlier ones, so that indexes stay what they were. */
function listPaths(review: object, depth: number): readonly Path[] {
  const found = new Map<string, Path>();
  for (const object of objectsOf(review)) {
    for (const path of listBelow(object, depth)) {
      const name = path.join('.');
      if (!KEPT.has(name)) found.set(name, path);
    }
  }
  return [...found.values()].toReversed();
}

function objectsOf(review: object): readonly unknown[] {
  const request = 'request' in review && isRecord(review.request) ? review.request : {};
  return [request['object'], request['oldObject']];
}

function listBelow(value: unknown, depth: number): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    depth === 1 ? [[key]] : listBelow(member, depth - 1).map((path) => [key, ...path]),
  );
}

function removePath(review: object, path: Path): object {
  const copy: object = structuredClone(review);
  for (const object of objectsOf(copy)) remove(object, path);
  return copy;
}

function remove(value: unknown, [key = '', ...below]: Path): void {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return;
  if (below.length > 0) remove(Reflect.get(value, key), below);
  else if (Array.isArray(value)) value.splice(Number(key), 1);
  else Reflect.deleteProperty(value, key);
}
