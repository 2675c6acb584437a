/** Whether Holdfast judged what the API server let pass: by the ids of decisions in the API server's audit log. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** What is read of an event. Source: k8s.io/apiserver audit/v1 types.go. */
const eventSchema = z.object({
  auditID: z.string(),
  stage: z.string(),
  annotations: z.record(z.string(), z.string()).optional(),
  responseStatus: z.object({ message: z.string().optional() }).optional(),
});

type AuditEvent = z.output<typeof eventSchema>;

/** Each webhook writes its annotations under its own name. */
const DECISION_KEY = /^[a-z-]+\.holdfast\.dev\/decision$/u;
const REVISION_KEY = /^[a-z-]+\.holdfast\.dev\/policy-revision$/u;
/** The last line of a denial. */
const CLUSTER = /, cluster (?<cluster>[^,]+), decision 0/u;

export interface Judgements {
  /** Writes whose event names a decision. */
  readonly judged: number;
  /** Writes whose event names none: they passed by Holdfast. */
  readonly unjudged: readonly string[];
  /** Writes without an event: the API server was killed between its answer and its log. */
  readonly unlogged: readonly string[];
  /** Under which names of the cluster, and by which policies, refusals were made while these writes were sent. */
  readonly clusters: readonly string[];
  readonly policyRevisions: readonly string[];
  /** Decisions that stand for two writes: one of the two was not judged. */
  readonly repeated: readonly string[];
}

/** What the audit log says of the writes of one load, of which these were allowed. */
export async function readJudgements(
  auditLogFile: string,
  load: { readonly name: string; readonly allowedAuditIds: readonly string[] },
): Promise<Judgements> {
  const events = await readEvents(auditLogFile, load.name);
  const decisions = new Map(events.map((event) => [event.auditID, list(event, DECISION_KEY)]));
  const found = load.allowedAuditIds.map((id) => ({ id, decisions: decisions.get(id) }));
  const ids = found.flatMap((write) => write.decisions ?? []);
  return {
    judged: found.filter((write) => (write.decisions ?? []).length > 0).length,
    unjudged: found.flatMap((write) => (write.decisions?.length === 0 ? [write.id] : [])),
    unlogged: found.flatMap((write) => (write.decisions === undefined ? [write.id] : [])),
    repeated: ids.filter((id, index) => ids.indexOf(id) !== index),
    clusters: unique(events.flatMap(listClusters)),
    policyRevisions: unique(events.flatMap((event) => list(event, REVISION_KEY))),
  };
}

async function readEvents(auditLogFile: string, loadName: string): Promise<readonly AuditEvent[]> {
  return (await readFile(auditLogFile, 'utf8'))
    .split('\n')
    .filter((line) => line.includes(`"auditID":"${loadName}-`))
    .flatMap((line) => parseEvent(line) ?? [])
    .filter(({ stage }) => stage === 'ResponseComplete');
}

function list({ annotations = {} }: AuditEvent, key: RegExp): readonly string[] {
  return Object.entries(annotations).flatMap(([name, value]) => (key.test(name) ? [value] : []));
}

function listClusters({ responseStatus }: AuditEvent): readonly string[] {
  const { cluster } = CLUSTER.exec(responseStatus?.message ?? '')?.groups ?? {};
  return cluster === undefined ? [] : [cluster];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}

function parseEvent(line: string): AuditEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    // A kill can cut a line in two.
    return undefined;
  }
}
