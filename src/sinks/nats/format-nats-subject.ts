/** The subject that a record is published under. Source: NATS documentation, "Subject-Based Messaging". */
import type { AuditRecord } from '../../audit/audit-record.ts';
import { classifyDecision } from '../classify-decision.ts';

/** What a template may name, each with its value in a record. */
const PLACEHOLDERS: Readonly<Record<string, (record: AuditRecord) => string>> = {
  cluster: ({ cluster }) => cluster,
  replica: ({ replica }) => replica,
  decision: classifyDecision,
  namespace: ({ object }) => (object.namespace === '' ? '_cluster' : object.namespace),
  resource: ({ object }) => object.resource,
};

/** Fills `holdfast.{cluster}.{decision}` and its like. An unknown placeholder stays as a token of its own. */
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

// A dot would make two tokens of one, and `*` or `>` would be wildcards: whoever names a cluster or a namespace must not
// choose where its records go.
function sanitize(token: string): string {
  return token.replaceAll(/[^A-Za-z0-9_-]/gu, '_') || '_';
}
