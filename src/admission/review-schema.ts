/**
 * The schema of the fields of an AdmissionReview that Holdfast reads. Source: k8s.io/api/admission/v1
 * types.go.
 *
 * The schema only validates, and the parsed value itself is used: a copy by zod would lose a key
 * `__proto__`, which policies may read.
 */
import { z } from 'zod';
import { isRecord } from '../base/is-record.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { hasRequestShape, isTextListMap, isTextMap } from './request-shape.ts';

/** The only version: `admissionReviewVersions: [v1]` in every webhook configuration. */
const REVIEW_KIND = 'AdmissionReview';
const REVIEW_VERSION = 'admission.k8s.io/v1';

type TextMap = Readonly<Record<string, string>>;

const textMap = z.custom<TextMap>(isTextMap, 'expected a map of text to text');
const textListMap = z.custom<Readonly<Record<string, readonly string[]>>>(
  isTextListMap,
  'expected a map of text to lists of text',
);

const ownerReference = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().nullish(),
  blockOwnerDeletion: z.boolean().nullish(),
});

const anyRecord = z.custom<Readonly<Record<string, unknown>>>(isRecord, 'expected an object');

const managedFieldsEntry = z.looseObject({
  manager: z.string().optional(),
  operation: z.string().optional(),
  apiVersion: z.string().optional(),
  subresource: z.string().optional(),
  fieldsV1: anyRecord.nullish(),
});

const objectMeta = z.looseObject({
  name: z.string().optional(),
  generateName: z.string().optional(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  deletionTimestamp: z.string().nullish(),
  labels: textMap.nullish(),
  annotations: textMap.nullish(),
  ownerReferences: z.array(ownerReference).nullish(),
  finalizers: z.array(z.string()).nullish(),
  managedFields: z.array(managedFieldsEntry).nullish(),
});

const kubernetesObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: objectMeta.nullish(),
});

const admissionRequest: z.ZodType<AdmissionRequest> = z.looseObject({
  uid: z.string(),
  kind: z.looseObject({ group: z.string(), version: z.string(), kind: z.string().min(1) }),
  resource: z.looseObject({ group: z.string(), version: z.string(), resource: z.string().min(1) }),
  subResource: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().optional(),
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
  userInfo: z.looseObject({
    username: z.string(),
    uid: z.string().optional(),
    groups: z.array(z.string()).optional(),
    extra: textListMap.optional(),
  }),
  object: kubernetesObject.nullish(),
  oldObject: kubernetesObject.nullish(),
  dryRun: z.boolean().nullish(),
  options: anyRecord.nullish(),
});

/** Whether a document is an AdmissionReview of this version, with any content. */
export function isReviewEnvelope(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && value['kind'] === REVIEW_KIND && value['apiVersion'] === REVIEW_VERSION;
}

/** Whether a value is an AdmissionRequest in every field that Holdfast reads. */
export function isAdmissionRequest(value: unknown): value is AdmissionRequest {
  return hasRequestShape(value) || admissionRequest.safeParse(value).success;
}

/** The invalid fields of a request, one sentence each; empty if there are none. Contains no values. */
export function describeFaults(value: unknown): readonly string[] {
  const { success, error } = admissionRequest.safeParse(value);
  return success ? [] : error.issues.map(describeIssue);
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const field = ['request', ...path].map(String).join('.');
  return `${field}: ${message.replace(/^Invalid (input|option): /, '')}`;
}
