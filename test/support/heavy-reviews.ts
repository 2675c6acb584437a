/** Reviews of the shapes that take most memory for their length. */

/** A shape: JSON text of about so many bytes, which becomes the `spec` of an object. */
export type HeavyShape = (bytes: number) => string;

function repeat(item: string, bytes: number): string {
  return `[${`${item},`.repeat(Math.max(1, Math.floor(bytes / (item.length + 1)) - 1))}${item}]`;
}

/** Maps that have no key in common, of which an engine shares no shape. */
function different(bytes: number): string {
  const maps: string[] = [];
  for (let length = 0; length < bytes; length += (maps.at(-1)?.length ?? 0) + 1) {
    maps.push(`{"k${maps.length}":1}`);
  }
  return `[${maps.join(',')}]`;
}

function wide(bytes: number): string {
  const members: string[] = [];
  for (let length = 0, index = 0; length < bytes; index += 1) {
    const member = `"k${index}":0`;
    members.push(member);
    length += member.length + 1;
  }
  return `{"keys":{${members.join(',')}}}`;
}

/** Levels that stay within `limits.jsonDepthMax`, the review's own included. */
const LEVELS = 100;

/** Every shape by what it has much of. */
export const HEAVY_SHAPES: Readonly<Record<string, HeavyShape>> = {
  'small maps': (bytes) => `{"list":${repeat('{"a":1}', bytes)}}`,
  'maps of different keys': (bytes) => `{"list":${different(bytes)}}`,
  'empty maps': (bytes) => `{"list":${repeat('{}', bytes)}}`,
  'empty lists': (bytes) => `{"list":${repeat('[]', bytes)}}`,
  integers: (bytes) => `{"list":${repeat('1', bytes)}}`,
  'exact digits': (bytes) => `{"list":${repeat('9007199254740993', bytes)}}`,
  texts: (bytes) => `{"list":${repeat('"a"', bytes)}}`,
  'wide map': wide,
  'deep lists': (bytes) =>
    `{"list":${repeat(`${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`, bytes)}}`,
  'deep maps': (bytes) =>
    `{"list":${repeat(`${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`, bytes)}}`,
  escapes: (bytes) => `{"text":"${'\\u003c'.repeat(Math.floor(bytes / 6))}"}`,
  'one text': (bytes) => `{"text":"${'a'.repeat(bytes)}"}`,
};

export interface HeavyReviewOptions {
  readonly shape: HeavyShape;
  /** Of the whole review. */
  readonly bytes: number;
  readonly operation?: 'CREATE' | 'UPDATE';
  readonly uid?: string;
}

/** A review of a custom object that Argo CD manages, as the API server writes it. */
export function heavyReview({
  shape,
  bytes,
  operation = 'UPDATE',
  uid = '5d3c2f0e-0000-4000-8000-000000000001',
}: HeavyReviewOptions): Buffer {
  const objects = operation === 'UPDATE' ? 2 : 1;
  const spec = shape(Math.floor((bytes - 2000) / objects));
  const object = (generation: number): string =>
    `{"apiVersion":"example.com/v1","kind":"Heavy","metadata":{"name":"heavy","namespace":"shop","uid":"u1","generation":${generation},"annotations":{"argocd.argoproj.io/tracking-id":"shop:example.com/Heavy:shop/heavy"}},"spec":${spec}}`;
  const kind = '{"group":"example.com","version":"v1","kind":"Heavy"}';
  const resource = '{"group":"example.com","version":"v1","resource":"heavies"}';
  const old = operation === 'UPDATE' ? `,"oldObject":${object(1)}` : '';
  return Buffer.from(
    `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"${uid}","kind":${kind},"resource":${resource},"requestKind":${kind},"requestResource":${resource},"name":"heavy","namespace":"shop","operation":"${operation}","userInfo":{"username":"alice","groups":["system:authenticated"]},"object":${object(2)}${old},"dryRun":false,"options":{"kind":"UpdateOptions","apiVersion":"meta.k8s.io/v1"}}}`,
  );
}
