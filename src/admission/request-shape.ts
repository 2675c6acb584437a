/**
 * Accepts a well-formed AdmissionRequest in a fraction of the time that the schema takes. It accepts nothing that the schema
 * refuses; what it does not accept, the schema judges and explains.
 *
 * Source: k8s.io/api/admission/v1 types.go, k8s.io/apimachinery pkg/apis/meta/v1 types.go.
 */
import { isRecord } from '../base/is-record.ts';

type Fields = Readonly<Record<string, unknown>>;

const OPERATIONS: ReadonlySet<unknown> = new Set(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']);

/** Whether a value is surely an AdmissionRequest in every field that Holdfast reads. */
export function hasRequestShape(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value['uid']) &&
    isGroupVersion(value['kind'], 'kind') &&
    isGroupVersion(value['resource'], 'resource') &&
    isOptionalText(value['subResource']) &&
    isOptionalText(value['name']) &&
    isOptionalText(value['namespace']) &&
    OPERATIONS.has(value['operation']) &&
    isUserInfo(value['userInfo']) &&
    isAbsentOr(value['object'], isObject) &&
    isAbsentOr(value['oldObject'], isObject) &&
    isAbsentOr(value['dryRun'], isBoolean) &&
    isAbsentOr(value['options'], isRecord)
  );
}

function isGroupVersion(value: unknown, last: 'kind' | 'resource'): boolean {
  if (!isRecord(value)) return false;
  const named = value[last];
  return isText(value['group']) && isText(value['version']) && isText(named) && named !== '';
}

function isUserInfo(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { groups, extra } = value;
  return (
    isText(value['username']) &&
    isOptionalText(value['uid']) &&
    (groups === undefined || isTextList(groups)) &&
    (extra === undefined || isTextListMap(extra))
  );
}

function isObject(value: unknown): boolean {
  return (
    isRecord(value) &&
    isOptionalText(value['apiVersion']) &&
    isOptionalText(value['kind']) &&
    isAbsentOr(value['metadata'], isObjectMeta)
  );
}

function isObjectMeta(value: unknown): boolean {
  return (
    isRecord(value) &&
    isOptionalText(value['name']) &&
    isOptionalText(value['generateName']) &&
    isOptionalText(value['namespace']) &&
    isOptionalText(value['uid']) &&
    isOptionalText(value['resourceVersion']) &&
    isAbsentOr(value['deletionTimestamp'], isText) &&
    isAbsentOr(value['labels'], isTextMap) &&
    isAbsentOr(value['annotations'], isTextMap) &&
    isAbsentOr(value['ownerReferences'], isOwnerReferences) &&
    isAbsentOr(value['finalizers'], isTextList) &&
    isAbsentOr(value['managedFields'], isManagedFields)
  );
}

function isOwnerReferences(value: unknown): boolean {
  return Array.isArray(value) && value.every(isOwnerReference);
}

function isOwnerReference(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value['apiVersion']) &&
    isText(value['kind']) &&
    isText(value['name']) &&
    isText(value['uid']) &&
    isAbsentOr(value['controller'], isBoolean) &&
    isAbsentOr(value['blockOwnerDeletion'], isBoolean)
  );
}

function isManagedFields(value: unknown): boolean {
  return Array.isArray(value) && value.every(isManagedFieldsEntry);
}

function isManagedFieldsEntry(value: unknown): boolean {
  return (
    isRecord(value) &&
    isOptionalText(value['manager']) &&
    isOptionalText(value['operation']) &&
    isOptionalText(value['apiVersion']) &&
    isOptionalText(value['subresource']) &&
    isAbsentOr(value['fieldsV1'], isRecord)
  );
}

function isAbsentOr(value: unknown, test: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || test(value);
}

/** Labels and annotations. */
export function isTextMap(value: unknown): boolean {
  return isMapOf(value, isText);
}

/** Extra fields of a user. */
export function isTextListMap(value: unknown): boolean {
  return isMapOf(value, isTextList);
}

function isMapOf(value: unknown, test: (value: unknown) => boolean): boolean {
  if (!isRecord(value)) return false;
  const map: Fields = value;
  for (const key of Object.keys(map)) if (!test(map[key])) return false;
  return true;
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}
