/** The subject that a record is published under. Source: NATS documentation, "Subject-Based Messaging". */
import type { AuditRecord } from '../../audit/audit-record.ts';
import { classifyDecision } from '../../audit/classify-decision.ts';

/** The placeholders of a template, each with its value in a record. */
const PLACEHOLDERS: Readonly<Record<string, (record: AuditRecord) => string>> = {
  cluster: ({ cluster }) => cluster,
  replica: ({ replica }) => replica,
  decision: classifyDecision,
  namespace: ({ object }) => (object.namespace === '' ? '_cluster' : object.namespace),
  resource: ({ object }) => object.resource,
};

/** Fills a template such as `holdfast.{cluster}.{decision}`. An unknown placeholder stays unchanged. */
export function formatNatsSubject(template: string, record: AuditRecord): string {
  return template
    .split('.')
    .map((token) => {
      const name = /^\{(\w+)\}$/u.exec(token)?.[1] ?? '';
      const value = Object.hasOwn(PLACEHOLDERS, name) ? PLACEHOLDERS[name]?.(record) : undefined;
      return sanitize(value ?? token);
    })
    .join('.');
}

// A dot would split a token, and `*` or `>` would be wildcards: a user who names a namespace must not be able to choose
// the subject of its records.
function sanitize(token: string): string {
  return token.replaceAll(/[^A-Za-z0-9_-]/gu, '_') || '_';
}
