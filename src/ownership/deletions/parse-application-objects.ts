/**
 * Parses how many objects an application lists as its own, how many of them its running sync is about to delete, and how many its
 * annotation allows.
 *
 * Sources: argo-cd pkg/apis/application/v1alpha1 types.go (ResourceStatus.RequiresPruning, SyncOperation); fluxcd kustomize-controller
 * and helm-controller API (`status.inventory`), where an inventory is written after what left it was deleted.
 */
import { z } from 'zod';

/** In Git, on the Application, Kustomization or HelmRelease: how many of its objects may be deleted. */
export const DELETIONS_ANNOTATION = 'holdfast.dev/allow-deletions';

export interface ApplicationObjects {
  /** 0 where it lists none: a release of which Flux keeps no inventory, or an application that was not compared yet. */
  readonly listedCount: number;
  /** Those that the running sync prunes, as far as the application says so before it does; 0 where it says nothing. */
  readonly plannedCount: number;
  /** What the annotation says; 0 where it says nothing that is a number. */
  readonly allowedCount: number;
  /** The application itself is being deleted, which was judged for itself. */
  readonly isDeleting: boolean;
}

const operation = z
  .looseObject({
    sync: z
      .looseObject({ prune: z.boolean().nullish(), resources: z.array(z.unknown()).nullish() })
      .nullish(),
  })
  .nullish();

const application = z.looseObject({
  metadata: z.looseObject({
    deletionTimestamp: z.string().nullish(),
    annotations: z.record(z.string(), z.unknown()).nullish(),
  }),
  operation,
  status: z
    .looseObject({
      resources: z.array(z.looseObject({ requiresPruning: z.boolean().nullish() })).nullish(),
      inventory: z.looseObject({ entries: z.array(z.unknown()).nullish() }).nullish(),
      operationState: z.looseObject({ phase: z.string().nullish(), operation }).nullish(),
    })
    .nullish(),
});

/** No application has more objects than six digits say. */
const COUNT = /^\d{1,6}$/u;

/** `undefined` where it has another form. */
export function parseApplicationObjects(object: unknown): ApplicationObjects | undefined {
  const parsed = application.safeParse(object);
  if (!parsed.success) return undefined;
  const { metadata, status } = parsed.data;
  const resources = status?.resources ?? [];
  const allowed = metadata.annotations?.[DELETIONS_ANNOTATION];
  return {
    listedCount: status?.inventory?.entries?.length ?? resources.length,
    plannedCount: prunesAll(parsed.data)
      ? resources.filter(({ requiresPruning }) => requiresPruning === true).length
      : 0,
    allowedCount: typeof allowed === 'string' && COUNT.test(allowed) ? Number(allowed) : 0,
    isDeleting: Boolean(metadata.deletionTimestamp),
  };
}

/** A sync of some resources prunes those alone, and the list does not say which. */
function prunesAll({ operation: requested, status }: z.output<typeof application>): boolean {
  const state = status?.operationState;
  const running = requested ?? (state?.phase === 'Running' ? state.operation : undefined);
  return running?.sync?.prune === true && (running.sync.resources ?? []).length === 0;
}
