/** The objects of a file that are compared with a commit: objects as they are stored, or admission reviews. */
import { isRecord } from '../../base/is-record.ts';
import { parseDocuments } from '../../compose/evaluate/parse-documents.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface ComparedObject {
  readonly object: Fields;
  /** `oldObject` of a review of an UPDATE. */
  readonly stored?: Fields | undefined;
}

export type ParsedCompared =
  | { readonly ok: true; readonly objects: readonly ComparedObject[] }
  | { readonly ok: false; readonly reason: string };

/** Lists are expanded. A file without any object is a fault. */
export function parseComparedObjects(bytes: Uint8Array): ParsedCompared {
  const { documents, faults } = parseDocuments(bytes);
  const [fault] = faults;
  if (fault !== undefined) return { ok: false, reason: `${fault.place} ${fault.reason}`.trim() };
  const objects: ComparedObject[] = [];
  for (const { value } of documents) {
    const found = readDocument(value);
    if (found === undefined) {
      return {
        ok: false,
        reason: 'expected objects with apiVersion and kind, or admission reviews',
      };
    }
    objects.push(...found);
  }
  if (objects.length === 0) return { ok: false, reason: 'the file holds no object' };
  return { ok: true, objects };
}

function readDocument(value: unknown): readonly ComparedObject[] | undefined {
  if (!isRecord(value)) return undefined;
  if (value['kind'] === 'AdmissionReview') return readReview(value['request']);
  const { items } = value;
  if (!Array.isArray(items)) return isObject(value) ? [{ object: value }] : undefined;
  return items.every(isObject) ? items.map((object) => ({ object })) : undefined;
}

function readReview(request: unknown): readonly ComparedObject[] | undefined {
  if (!isRecord(request) || !isObject(request['object'])) return undefined;
  const { object, oldObject } = request;
  return [{ object, stored: isObject(oldObject) ? oldObject : undefined }];
}

function isObject(value: unknown): value is Fields {
  return (
    isRecord(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string'
  );
}
