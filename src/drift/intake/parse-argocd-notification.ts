/**
 * Reads what Argo CD's notifications send by the template of docs/intake.md. Argo CD lets each installation write its own body: this one
 * is ours.
 */
import { z } from 'zod';
import { formatIssuePath } from '../../base/format-issue-path.ts';

export interface ArgocdNotification {
  readonly application: string;
  readonly namespace: string;
  /** `Synced`, `OutOfSync`, `Unknown`; empty where Argo CD has not compared yet. */
  readonly sync: string;
  /** `Healthy`, `Degraded`, … */
  readonly health: string;
  /** Of the last operation: `Succeeded`, `Failed`, `Error`, `Running`. */
  readonly phase: string;
  readonly revision: string;
  readonly message: string;
  /** RFC 3339: when the last operation has finished; empty where there was none. */
  readonly time: string;
}

export type ParsedArgocdNotification =
  | { readonly ok: true; readonly notification: ArgocdNotification }
  /** Completes a sentence. */
  | { readonly ok: false; readonly reason: string };

const text = z.string().nullish();

const notificationSchema = z.looseObject({
  application: z.string().min(1),
  namespace: z.string().min(1),
  sync: text,
  health: text,
  phase: text,
  revision: text,
  message: text,
  finishedAt: text,
});

/** Never throws. */
export function parseArgocdNotification(document: unknown): ParsedArgocdNotification {
  const parsed = notificationSchema.safeParse(document);
  if (!parsed.success) {
    const place = formatIssuePath(parsed.error.issues);
    return { ok: false, reason: `it is not what the template of docs/intake.md sends${place}` };
  }
  const { application, namespace, sync, health, phase, revision, message, finishedAt } =
    parsed.data;
  const atMs = Date.parse(finishedAt ?? '');
  return {
    ok: true,
    notification: {
      application,
      namespace,
      sync: sync ?? '',
      health: health ?? '',
      phase: phase ?? '',
      revision: revision ?? '',
      message: message ?? '',
      time: Number.isNaN(atMs) ? '' : new Date(atMs).toISOString(),
    },
  };
}
