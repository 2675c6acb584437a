/** AdmissionReviews that no server may accept, each with what is said of it. */
import type { DecodedReview } from '../../src/admission/decode.ts';

/** The limits that the table expects. */
export const MANGLED_LIMITS = { jsonDepthMax: 16 };
/** The uid of every review that has one. */
export const UID = 'de42f4dd-9e63-4760-8f51-156f1324fb48';

/** A valid request. */
export const REQUEST = {
  uid: UID,
  kind: { group: '', version: 'v1', kind: 'ConfigMap' },
  resource: { group: '', version: 'v1', resource: 'configmaps' },
  name: 'settings',
  namespace: 'shop',
  operation: 'CREATE',
  userInfo: { username: 'alice' },
  object: { kind: 'ConfigMap', metadata: { name: 'settings' } },
} as const;

/** A review of that request, with other members. */
export function reviewOf(overrides: Readonly<Record<string, unknown>>): string {
  const request = { ...REQUEST, ...overrides };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

/** A review of an object with this metadata. */
export function withMetadata(metadata: unknown): string {
  return reviewOf({ object: { metadata } });
}

export interface MangledCase {
  readonly name: string;
  readonly body: string | Uint8Array;
  readonly expected: Omit<Extract<DecodedReview, { ok: false }>, 'ok' | 'httpStatus'>;
}

/** Every way that is known to mangle a body. */
export const MANGLED: readonly MangledCase[] = [
  {
    name: 'an empty body',
    body: '',
    expected: { code: 'review_empty', message: 'The document is empty' },
  },
  {
    name: 'a cut body',
    body: reviewOf({}).slice(0, -5),
    expected: {
      code: 'review_malformed_json',
      message: `The document is not JSON at character ${reviewOf({}).length - 5}`,
    },
  },
  {
    name: 'a byte order mark',
    body: `\u{feff}${reviewOf({})}`,
    expected: {
      code: 'review_malformed_json',
      message: 'The document begins with a byte order mark',
    },
  },
  {
    name: 'invalid UTF-8',
    body: Buffer.from(reviewOf({ name: 'sett\u{fc}ngs' }), 'latin1'),
    expected: { code: 'review_invalid_utf8', message: 'The document is not UTF-8' },
  },
  {
    name: 'nesting beyond the limit, after the uid',
    body: reviewOf({ object: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) }),
    expected: {
      code: 'review_nested_too_deep',
      message: 'The document is nested deeper than 16 levels',
      uid: UID,
    },
  },
  {
    name: 'nesting beyond the limit, before the uid',
    body: `{"x":${'['.repeat(20)}${']'.repeat(20)},${reviewOf({}).slice(1)}`,
    expected: {
      code: 'review_nested_too_deep',
      message: 'The document is nested deeper than 16 levels',
    },
  },
  {
    name: 'a key that is written twice',
    body: reviewOf({}).replace('"operation"', '"name":"other","operation"'),
    expected: {
      code: 'review_duplicate_key',
      message: 'The key "request.name" is written twice',
      uid: UID,
    },
  },
  {
    name: 'a key that is written twice, once escaped',
    body: reviewOf({}).replace('"operation"', '"n\\u0061me":"other","operation"'),
    expected: {
      code: 'review_duplicate_key',
      message: 'The key "request.name" is written twice',
      uid: UID,
    },
  },
  {
    name: 'a number beyond every float',
    body: reviewOf({ object: { spec: 'NUMBER' } }).replace('"NUMBER"', '1e400'),
    expected: {
      code: 'review_number_out_of_range',
      message: `The number at byte ${reviewOf({ object: { spec: 'NUMBER' } }).indexOf('"NUMBER"')} is beyond ±1.8e308`,
      uid: UID,
    },
  },
  ...['null', '[]', '"AdmissionReview"', '{}', '{"kind":"AdmissionReview"}'].map(wrongKind),
  wrongKind(reviewOf({}).replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1')),
  wrongKind(reviewOf({}).replace('AdmissionReview', 'TokenReview')),
  ...[undefined, null, 7, '', 'two words', 'x'.repeat(257), 'line\nbreak'].map(wrongUid),
  {
    name: 'a request that is a list',
    body: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":[]}',
    expected: UID_MISSING(),
  },
  {
    name: 'no request',
    body: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}',
    expected: UID_MISSING(),
  },
  invalid(
    { operation: 'PATCH' },
    'operation: expected one of "CREATE"|"UPDATE"|"DELETE"|"CONNECT"',
  ),
  invalid({ kind: undefined }, 'kind: expected object, received undefined'),
  invalid({ userInfo: {} }, 'userInfo.username: expected string, received undefined'),
  invalid(
    { userInfo: { username: 'a', extra: { scopes: 'all' } } },
    'userInfo.extra: expected a map of text to lists of text',
  ),
  invalid(
    { userInfo: { username: 'a', extra: { scopes: [1] } } },
    'userInfo.extra: expected a map of text to lists of text',
  ),
  invalid(
    { userInfo: { username: 'a', groups: [1] } },
    'userInfo.groups.0: expected string, received number',
  ),
  invalid({ object: 'text' }, 'object: expected object, received string'),
  invalid({ options: [] }, 'options: expected an object'),
  invalid({ dryRun: 'yes' }, 'dryRun: expected boolean, received string'),
  invalid({ object: undefined }, 'object: CREATE needs it'),
  invalid({ operation: 'UPDATE' }, 'oldObject: UPDATE needs it'),
  invalid({ operation: 'UPDATE', object: null, oldObject: {} }, 'object: UPDATE needs it'),
  invalid({ operation: 'DELETE' }, 'oldObject: DELETE needs it'),
  invalid({ operation: 'DELETE', oldObject: null }, 'oldObject: DELETE needs it'),
  invalid(
    { object: { metadata: { labels: { app: 1 } } } },
    'object.metadata.labels: expected a map of text to text',
  ),
  invalid(
    { object: { metadata: { annotations: ['x'] } } },
    'object.metadata.annotations: expected a map of text to text',
  ),
  invalid(
    { object: { metadata: { ownerReferences: [{ kind: 'A', apiVersion: 'v1', name: 'a' }] } } },
    'object.metadata.ownerReferences.0.uid: expected string, received undefined',
  ),
  invalid(
    { object: { metadata: { finalizers: 'x' } } },
    'object.metadata.finalizers: expected array, received string',
  ),
  invalid(
    { object: { metadata: { managedFields: [{ fieldsV1: 'x' }] } } },
    'object.metadata.managedFields.0.fieldsV1: expected an object',
  ),
  {
    name: 'a label map with an own __proto__ key that is no text',
    body: withMetadata({ labels: {} }).replace('"labels":{}', '"labels":{"__proto__":{"a":1}}'),
    expected: {
      code: 'review_invalid',
      message: 'request.object.metadata.labels: expected a map of text to text',
      uid: UID,
    },
  },
  {
    name: 'four faults, of which three are told',
    body: reviewOf({ name: 1, namespace: 2, subResource: 3, operation: 'X' }),
    expected: {
      code: 'review_invalid',
      message:
        'request.subResource: expected string, received number; request.name: expected string, received number; request.namespace: expected string, received number',
      uid: UID,
    },
  },
];

function UID_MISSING(): MangledCase['expected'] {
  return {
    code: 'review_uid_missing',
    message: 'The review has no request.uid of 1 to 256 characters',
  };
}

function wrongKind(body: string): MangledCase {
  const expected = {
    code: 'review_kind_unsupported',
    message:
      'Wanted kind AdmissionReview of apiVersion admission.k8s.io/v1, found another document',
  } as const;
  return { name: `another document: ${body.slice(0, 60)}`, body, expected };
}

function wrongUid(uid: unknown): MangledCase {
  const name = `the uid ${JSON.stringify(uid)?.slice(0, 20)}`;
  return { name, body: reviewOf({ uid }), expected: UID_MISSING() };
}

function invalid(overrides: Readonly<Record<string, unknown>>, fault: string): MangledCase {
  return {
    name: fault,
    body: reviewOf(overrides),
    expected: { code: 'review_invalid', message: `request.${fault}`, uid: UID },
  };
}
