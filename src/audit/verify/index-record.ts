/** The index of a record. Its columns are stored beside the record, so verification computes them again. */
import type { AuditRecord } from '../audit-record.ts';

export interface RecordIndex {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly decisionId: string;
  readonly username: string;
  readonly namespace: string;
  /** `<group>/<resource>/<namespace>/<name>`; the core group is empty. */
  readonly object: string;
  readonly allowed: 0 | 1;
  readonly code: string;
  /** The policies that did not pass, each once. */
  readonly policies: readonly string[];
}

/** The index of one record. */
export function indexRecord(record: AuditRecord): RecordIndex {
  const { group, resource, namespace, name } = record.object;
  const objecting = record.policies.filter(({ status }) => status !== 'passed');
  return {
    timeMs: Date.parse(record.time),
    decisionId: record.decisionId,
    username: record.user.username,
    namespace,
    object: `${group}/${resource}/${namespace}/${name}`,
    allowed: record.allowed ? 1 : 0,
    code: record.code,
    policies: [...new Set(objecting.map(({ policy }) => policy))],
  };
}
