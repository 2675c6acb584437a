/**
 * Asks Flux to apply a Kustomization or HelmRelease again now: the annotation that `flux reconcile` sets. It writes what it writes at each
 * interval by itself, of the revision that its source has. Source: fluxcd pkg/apis/meta annotations.go (ReconcileRequestAnnotation),
 * helm-controller api/v2 helmrelease_types.go (DriftDetection).
 */
import { z } from 'zod';
import type { WallMs } from '../../base/clock.ts';
import { annotate, type PlannedAsk } from './plan-sync.ts';

const applicationSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string(), deletionTimestamp: z.string().nullish() }),
  spec: z.looseObject({
    suspend: z.boolean().nullish(),
    driftDetection: z.looseObject({ mode: z.string().nullish() }).nullish(),
  }),
});

const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

/** What to ask of a Kustomization or HelmRelease. */
export function planReconcile(application: unknown, kind: string, nowMs: WallMs): PlannedAsk {
  const parsed = applicationSchema.safeParse(application);
  if (!parsed.success) return { status: 'refused', reason: `its ${kind} cannot be read` };
  const { metadata, spec } = parsed.data;
  if (typeof metadata.deletionTimestamp === 'string') {
    return { status: 'held', reason: `its ${kind} is being deleted` };
  }
  if (spec.suspend === true) return { status: 'held', reason: `its ${kind} is suspended` };
  if (kind === 'HelmRelease' && spec.driftDetection?.mode !== 'enabled') {
    const reason = 'its HelmRelease reverts no drift (spec.driftDetection.mode is not "enabled")';
    return { status: 'refused', reason };
  }
  const value = new Date(nowMs).toISOString();
  return { status: 'ask', by: 'reconcile', patch: annotate(REQUESTED_AT, value, metadata) };
}
