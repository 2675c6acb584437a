/** Parses a stored record: the fields that are needed to find and show it. Only their form is checked. */
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { z } from 'zod';
import { indexedObject } from '../verify/index-record.ts';
import type { IndexColumns } from './stored-entry.ts';

const texts = z.array(z.string()).readonly();

const recordSchema = z
  .object({
    decisionId: z.string(),
    time: z.string(),
    cluster: z.string(),
    replica: z.string(),
    route: z.string().optional(),
    operation: z.string(),
    dryRun: z.boolean(),
    user: z.object({ username: z.string(), groups: texts }).readonly(),
    actor: z.object({ class: z.string() }).readonly().optional(),
    object: z
      .object({
        group: z.string(),
        resource: z.string(),
        subresource: z.string(),
        kind: z.string(),
        namespace: z.string(),
        name: z.string(),
      })
      .readonly(),
    managedBy: z.object({ tool: z.string(), app: z.string() }).readonly().optional(),
    source: z
      .object({
        revision: z.string().optional(),
        commits: z
          .array(z.object({ objectId: z.string().optional() }).readonly())
          .readonly()
          .optional(),
      })
      .readonly()
      .optional(),
    change: z
      .object({
        paths: z.array(z.object({ path: z.string() }).readonly()).readonly(),
        truncated: z.boolean(),
      })
      .readonly()
      .optional(),
    finding: z.boolean().optional(),
    allowed: z.boolean(),
    code: z.string(),
    message: z.string(),
    wouldDeny: z.object({ code: z.string(), message: z.string() }).readonly().optional(),
    policies: z
      .array(
        z
          .object({
            policy: z.string(),
            mode: z.string(),
            status: z.string(),
            wouldDeny: z.boolean().optional(),
          })
          .readonly(),
      )
      .readonly(),
    policyRevision: z.string(),
    configurationHash: z.string(),
    grant: z.object({ id: z.string(), ticket: z.string() }).readonly().optional(),
    folded: z
      .object({
        by: z.string(),
        count: z.number(),
        refusals: z
          .array(z.object({ username: z.string(), object: z.string() }).readonly())
          .readonly()
          .optional(),
        unlisted: z.number().optional(),
      })
      .readonly()
      .optional(),
  })
  .readonly();

/** The fields of a record that readers of the journal rely on. */
export type StoredRecord = z.output<typeof recordSchema>;

/** `undefined` if the text is not a record: not JSON, or a field is missing. */
export function parseRecord(recordJson: string): StoredRecord | undefined {
  return parseJsonAs(recordSchema, recordJson);
}

/** The expected values of the columns beside a record. */
export function indexColumnsOf(record: StoredRecord): Required<IndexColumns> {
  return {
    timeMs: Date.parse(record.time),
    decisionId: record.decisionId,
    username: record.user.username,
    namespace: record.object.namespace,
    object: indexedObject(record),
    allowed: record.allowed,
    code: record.code,
  };
}

/** The ids of the commits that the object came from: as they were judged, and as its application said. */
export function commitIds({ source }: StoredRecord): readonly string[] {
  const judged = (source?.commits ?? []).flatMap(({ objectId }) => objectId ?? []);
  return source?.revision === undefined ? judged : [...judged, source.revision];
}

/** The policies that did not pass, each once: the expected rows of `entry_policies`. */
export function objectingPolicies(record: StoredRecord): readonly string[] {
  const names = record.policies.filter(({ status }) => status !== 'passed').map((v) => v.policy);
  return [...new Set(names)];
}
