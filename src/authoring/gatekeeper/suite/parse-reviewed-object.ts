/**
 * The AdmissionRequest by which a constraint judges the object of a case: of an AdmissionReview the request that it holds, of any other
 * object one that says of it what gator says. Its JSON has the members that Go writes, also those without a value, because templates read
 * them. Source: k8s.io/api/admission/v1 types.go; Gatekeeper 3.23, pkg/target and pkg/gator/verify.
 */
import { z } from 'zod';
import { isRecord } from '../../../base/is-record.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';

/** A request as Gatekeeper's templates get it; what is absent in a file is empty. */
export type ReviewedRequest = Readonly<Record<string, unknown>> & {
  readonly operation: string;
  readonly namespace?: string | undefined;
  readonly object: KubernetesObject | null;
  readonly oldObject: KubernetesObject | null;
};

export type ParsedReview =
  | { readonly ok: true; readonly request: ReviewedRequest }
  | { readonly ok: false; readonly problem: string };

const text = z.string().default('');
const EMPTY_KIND = { group: '', version: '', kind: '' };
const EMPTY_RESOURCE = { group: '', version: '', resource: '' };
const kindSchema = z.strictObject({ group: text, version: text, kind: text });
const resourceSchema = z.strictObject({ group: text, version: text, resource: text });
const anyObject = z.custom<KubernetesObject>(isRecord, 'expected an object').nullish();

const requestSchema = z.strictObject({
  uid: text,
  kind: kindSchema.default(EMPTY_KIND),
  resource: resourceSchema.default(EMPTY_RESOURCE),
  subResource: z.string().optional(),
  requestKind: kindSchema.nullish(),
  requestResource: resourceSchema.nullish(),
  requestSubResource: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().optional(),
  operation: text,
  userInfo: z
    .strictObject({
      username: z.string().optional(),
      uid: z.string().optional(),
      groups: z.array(z.string()).nullish(),
      extra: z.record(z.string(), z.array(z.string())).nullish(),
    })
    .default({}),
  object: anyObject,
  oldObject: anyObject,
  dryRun: z.boolean().nullish(),
  options: anyObject,
});

const reviewSchema = z.strictObject({
  apiVersion: text,
  kind: text,
  request: requestSchema.nullish(),
  response: z.unknown().optional(),
});

const REVIEW = { group: 'admission.k8s.io', kind: 'AdmissionReview' };

/** The request that is judged. */
export function parseReviewedObject(object: KubernetesObject): ParsedReview {
  const { group, version, kind } = splitKind(object);
  if (kind === REVIEW.kind && group === REVIEW.group) return parseReview(object);
  const { name = '', namespace = '' } = object.metadata ?? {};
  const request = {
    uid: '',
    kind: { group, version, kind },
    resource: EMPTY_RESOURCE,
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation: '',
    userInfo: {},
    object,
    oldObject: null,
    options: null,
  };
  return { ok: true, request };
}

function parseReview(review: KubernetesObject): ParsedReview {
  const parsed = reviewSchema.safeParse(review);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join('.');
    return fault(`not a valid AdmissionReview object: ${place}: ${issue?.message}`);
  }
  const request = parsed.data.request ?? undefined;
  if (request === undefined) return fault('missing an AdmissionRequest object');
  const { object = null, oldObject = null, options = null, ...rest } = request;
  if (object === null && oldObject === null) {
    return fault('no object or oldObject found to review');
  }
  if ([object, oldObject].some((one) => one !== null && !hasKind(one))) {
    return fault('object or oldObject cannot be unmarshalled: it has no kind');
  }
  if (request.operation === 'DELETE' && oldObject === null) {
    return fault('oldObject cannot be nil for DELETE operations');
  }
  const kept = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  const { operation, namespace } = rest;
  const members = Object.fromEntries(kept);
  return { ok: true, request: { ...members, operation, namespace, object, oldObject, options } };
}

function hasKind({ kind }: KubernetesObject): boolean {
  return typeof kind === 'string' && kind !== '';
}

/** Group, version and kind of an object. */
export function splitKind({ apiVersion = '', kind = '' }: KubernetesObject) {
  const slash = apiVersion.indexOf('/');
  const group = slash === -1 ? '' : apiVersion.slice(0, slash);
  return { group, version: apiVersion.slice(slash + 1), kind };
}

function fault(problem: string): ParsedReview {
  return { ok: false, problem };
}
