/** Takes back deletions that were counted and did not happen, and those whose object is there again. */
import type { AdmissionObserver } from '../admission/ports.ts';
import type { DeletionCounts } from '../ownership/deletions/deletion-counts.ts';
import { deletionKeys } from '../ownership/deletions/deletions-fact.ts';
import { findApplication } from '../ownership/find-application.ts';

/** An observer that tells `counts` beside `observer`. */
export function observeDeletions(
  observer: AdmissionObserver,
  counts: DeletionCounts,
): AdmissionObserver {
  return {
    ...observer,
    decided: (route, request, decision) => {
      observer.decided(route, request, decision);
      const { operation, dryRun = false } = request;
      const ends = decision.allowed ? operation === 'CREATE' : operation === 'DELETE';
      if (counts.isEmpty || !ends || dryRun) return;
      const { object } = decision.facts;
      const application = object === undefined ? undefined : findApplication(object);
      if (application === undefined) return;
      const keys = deletionKeys(request, application);
      counts.forget(keys.application, keys.object);
    },
  };
}
