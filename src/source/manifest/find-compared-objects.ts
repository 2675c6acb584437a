/**
 * The objects of a request that are compared with a commit. Only what a request brings in can be in no commit: not a deletion, a
 * subresource, or an update that changes nothing but status, owners of fields, or fewer finalizers.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../base/is-record.ts';
import type { Fields } from './type-schema.ts';

export interface WrittenObjects {
  readonly operation: string;
  readonly subResource?: string | undefined;
  readonly object?: unknown;
  readonly oldObject?: unknown;
}

export interface ObjectPair {
  readonly object: Fields;
  /** Of an UPDATE. */
  readonly stored?: Fields | undefined;
}

/** `undefined` if nothing of the request is compared. */
export function findComparedObjects({
  operation,
  subResource = '',
  object,
  oldObject,
}: WrittenObjects): ObjectPair | undefined {
  if (subResource !== '' || !isRecord(object)) return undefined;
  if (operation === 'CREATE') return { object };
  if (operation !== 'UPDATE' || !isRecord(oldObject)) return undefined;
  // What is being deleted is only let go: finalizers are taken away, and the commit may declare it no longer.
  if (isBeingDeleted(oldObject)) return undefined;
  return bringsNothing(object, oldObject) ? undefined : { object, stored: oldObject };
}

function isBeingDeleted({ metadata }: Fields): boolean {
  return isRecord(metadata) && typeof metadata['deletionTimestamp'] === 'string';
}

/** The API server writes these by itself, and the rules of status and operations judge the others. */
const UNCOMPARED = new Set(['status', 'metadata']);
const UNCOMPARED_METADATA = new Set([
  'managedFields',
  'generation',
  'resourceVersion',
  'finalizers',
]);

function bringsNothing(object: Fields, stored: Fields): boolean {
  const isApplication = String(object['apiVersion']).startsWith('argoproj.io/');
  // Argo CD keeps the state of its work in the Application itself, which has no subresource.
  const omitted = isApplication ? new Set([...UNCOMPARED, 'operation']) : UNCOMPARED;
  const [metadata, before] = [fieldsOf(object['metadata']), fieldsOf(stored['metadata'])];
  return (
    isDeepStrictEqual(omit(object, omitted), omit(stored, omitted)) &&
    isDeepStrictEqual(omit(metadata, UNCOMPARED_METADATA), omit(before, UNCOMPARED_METADATA)) &&
    isPart(metadata['finalizers'], before['finalizers'])
  );
}

function omit(fields: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));
}

function isPart(list: unknown, whole: unknown): boolean {
  const members: readonly unknown[] = Array.isArray(whole) ? whole : [];
  return Array.isArray(list) ? list.every((one) => members.includes(one)) : true;
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
