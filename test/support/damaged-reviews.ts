/** AdmissionReviews that are nearly what an API server sends: recorded ones, changed in places that policies read. */
import fc from 'fast-check';

import { isRecord } from '../../src/base/is-record.ts';
import type { ValueReads } from '../../src/policy/value-reads.ts';

type Place = readonly string[];

/** Values that policies ask for, and values of a type that they do not expect. */
const SCALARS: readonly unknown[] = [null, true, false, 0, -1, 1.5];
const TEXTS = ` x CREATE UPDATE DELETE Delete other orphan Failed argocd system:node:a kubernetes.io/service-account-token`;
const VALUES: readonly unknown[] = [
  ...SCALARS,
  ...TEXTS.split(' '),
  [],
  {},
  [null],
  [{}],
  [{ name: 'x' }],
  { name: 'x' },
  { metadata: {} },
  ['orphan'],
  [{ controller: true, kind: 'ReplicaSet', name: 'x', uid: 'u', apiVersion: 'apps/v1' }],
  [{ name: 'c', image: 'registry.local/a:latest', securityContext: { privileged: true } }],
  { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web', app: 'web' },
];

const KEYS =
  `apiVersion kind metadata spec status name namespace labels annotations ownerReferences finalizers
  managedFields containers initContainers template operation object oldObject request facts parameters type __proto__`
    .trim()
    .split(/\s+/);

/** One change, at a place that exists or that somebody reads. */
interface Damage {
  readonly place: Place | readonly number[];
  readonly change: 'remove' | 'replace' | 'insert';
  readonly key: string;
  readonly value: unknown;
}

/** How the text differs from what `JSON.stringify` writes. */
type Spelling = 'compact' | 'spaced' | 'escaped' | 'floats' | 'prototype';

/** The JSON text of whole reviews. `places` are damaged more often than others. */
export function damagedReviews(
  reviews: readonly unknown[],
  places: readonly Place[],
): fc.Arbitrary<string> {
  const damage: fc.Arbitrary<Damage> = fc.record({
    place: fc.oneof(
      fc.constantFrom<Place[]>(['object', 'metadata'], ...places),
      fc.array(fc.nat(20), { maxLength: 6 }),
    ),
    change: fc.constantFrom('remove' as const, 'replace' as const, 'insert' as const),
    key: fc.constantFrom(...KEYS),
    value: fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue({ maxDepth: 2 })),
  });
  const spelling = fc.constantFrom<Spelling[]>(
    'compact',
    'spaced',
    'escaped',
    'floats',
    'prototype',
  );
  return fc
    .tuple(fc.constantFrom(...reviews), fc.array(damage, { maxLength: 5 }), spelling)
    .map(([review, damages, spelled]) => {
      const damaged = structuredClone(review);
      const request = isRecord(damaged) ? damaged['request'] : undefined;
      for (const one of damages) apply(request, one);
      return spell(damaged, spelled);
    });
}

/** All places that a policy reads, without those of all below them. */
export function placesOf(reads: ValueReads, above: Place = []): readonly Place[] {
  if (reads === true) return above.length === 0 ? [] : [above];
  const below = Object.entries(reads).flatMap(([key, inner]) => placesOf(inner, [...above, key]));
  return below.length === 0 && above.length > 0 ? [above] : below;
}

function apply(root: unknown, { place, change, key, value: shared }: Damage): void {
  // Damages of one review may meet: a value must not come to lie within itself.
  const value: unknown = structuredClone(shared);
  let parent: unknown = root;
  let last: string | undefined;
  for (const [depth, segment] of place.entries()) {
    if (!isRecord(parent) && !Array.isArray(parent)) return;
    const keys = Object.keys(parent);
    last = typeof segment === 'string' ? segment : keys[segment % Math.max(1, keys.length)];
    if (last === undefined) return;
    if (depth === place.length - 1) break;
    const next: unknown = Reflect.get(parent, last);
    if (next === undefined && typeof segment === 'string') Reflect.set(parent, last, {});
    parent = Reflect.get(parent, last);
  }
  if (last === undefined || !(isRecord(parent) || Array.isArray(parent))) return;
  if (change === 'remove') Reflect.deleteProperty(parent, last);
  else if (change === 'replace') Reflect.set(parent, last, value);
  else if (isRecord(parent)) define(parent, key, value);
}

/** An own member, whatever its key means to JavaScript. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
}

function spell(review: unknown, spelling: Spelling): string {
  const text = JSON.stringify(review);
  switch (spelling) {
    case 'compact':
      return text;
    case 'spaced':
      return JSON.stringify(review, undefined, '\t').replaceAll(':', ' : ');
    case 'escaped':
      return text.replaceAll(/"(labels|metadata|name|object|spec)":/g, escapeKey);
    case 'floats':
      return text.replaceAll(/:(\d)([,}])/g, ':$1.0$2').replaceAll(':-1', ':-1e0');
    case 'prototype':
      return text.replace('"object":{', '"object":{"__proto__":{"a":1},');
  }
}

function escapeKey(written: string, key: string): string {
  return written.replace(key, `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`);
}
