/**
 * Reads an event of Falco, as its `http_output` sends it with `json_output`.
 * Source: falco.org, "Falco Alerts" (JSON output) and the supported fields of the sources `syscall` and `k8s_audit`.
 */
import { z } from 'zod';
import { formatIssuePath } from '../../base/format-issue-path.ts';
import { FALCO_PRIORITIES, type FalcoPriority } from './falco-priorities.ts';

export interface FalcoEvent {
  /** Empty where this version of Falco writes none. */
  readonly id: string;
  /** RFC 3339; empty where it cannot be read. */
  readonly time: string;
  readonly rule: string;
  readonly priority: FalcoPriority;
  /** `syscall`, `k8s_audit`, … */
  readonly source: string;
  readonly output: string;
  readonly namespace: string;
  /** Of a syscall; else what the request is about. */
  readonly pod: string;
  readonly container: string;
  /** Of the request; a process in a container has none of Kubernetes. */
  readonly username: string;
  /** Of a request: `deployments`. */
  readonly resource: string;
  readonly name: string;
}

export type ParsedFalcoEvent =
  | { readonly ok: true; readonly event: FalcoEvent }
  /** Completes a sentence. */
  | { readonly ok: false; readonly reason: string };

const text = z.string().nullish();

const eventSchema = z.looseObject({
  uuid: text,
  time: text,
  rule: z.string().min(1),
  priority: z.string(),
  source: text,
  output: text,
  output_fields: z.record(z.string(), z.unknown()).nullish(),
});

/** Never throws. */
export function parseFalcoEvent(document: unknown): ParsedFalcoEvent {
  const parsed = eventSchema.safeParse(document);
  if (!parsed.success) {
    const place = formatIssuePath(parsed.error.issues);
    return { ok: false, reason: `it is no event of Falco${place}` };
  }
  const { data } = parsed;
  // Falco writes `Informational`, and takes `info`; the case has changed over time.
  const priority = FALCO_PRIORITIES.find(
    (name) => name.toLowerCase() === data.priority.toLowerCase(),
  );
  if (priority === undefined) return { ok: false, reason: 'it has no priority of Falco' };
  const fields = data.output_fields ?? {};
  const atMs = Date.parse(data.time ?? '');
  return {
    ok: true,
    event: {
      id: data.uuid ?? '',
      time: Number.isNaN(atMs) ? '' : new Date(atMs).toISOString(),
      rule: data.rule,
      priority,
      source: data.source ?? '',
      output: data.output ?? '',
      namespace: textOf(fields['k8s.ns.name']) || textOf(fields['ka.target.namespace']),
      pod: textOf(fields['k8s.pod.name']),
      container: textOf(fields['container.name']),
      username: textOf(fields['ka.user.name']),
      resource: textOf(fields['ka.target.resource']),
      name: textOf(fields['ka.target.name']),
    },
  };
}

/** Falco writes null and `<NA>` for what it does not know. */
function textOf(value: unknown): string {
  return typeof value === 'string' && value !== '<NA>' ? value : '';
}
