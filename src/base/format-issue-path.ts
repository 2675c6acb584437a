/** Where a document does not match its schema, for a message. */
import { printable } from './printable.ts';

/** What a schema finds wrong, as zod reports it. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
}

/** Real paths are shorter; keys of the document can be as long as it is. */
const PATH_CHARS_MAX = 200;

/** ` at "spec.containers.0"` for the first of the issues; empty where it is the document as a whole. */
export function formatIssuePath(issues: readonly SchemaIssue[]): string {
  const path = issues
    .slice(0, 1)
    .flatMap((issue) => issue.path)
    .map(String)
    .join('.');
  if (path === '') return '';
  const shown = path.length > PATH_CHARS_MAX ? `${path.slice(0, PATH_CHARS_MAX)}…` : path;
  return ` at "${printable(shown)}"`;
}
