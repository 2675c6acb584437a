/** What events of Falco, notifications of Argo CD and plans of Terraform mean. */
import type { ObservedCode } from '../../audit/audit-record.ts';
import type { TerraformPlan } from '../terraform/parse-terraform-plan.ts';
import { FALCO_PRIORITIES, type FalcoPriority } from './falco-priorities.ts';
import type { ArgocdNotification } from './parse-argocd-notification.ts';
import type { FalcoEvent } from './parse-falco-event.ts';

/** `undefined` for what is milder than is asked for. */
export function classifyFalcoEvent(
  { priority }: Pick<FalcoEvent, 'priority'>,
  minimumPriority: FalcoPriority,
): Extract<ObservedCode, 'runtime_attack' | 'runtime_suspicion'> | undefined {
  const rank = FALCO_PRIORITIES.indexOf(priority);
  if (rank > FALCO_PRIORITIES.indexOf(minimumPriority)) return undefined;
  return rank <= FALCO_PRIORITIES.indexOf('Error') ? 'runtime_attack' : 'runtime_suspicion';
}

/** The gravest of what it says; `undefined` where all is well, or not known yet. */
export function classifyNotification({
  phase,
  health,
  sync,
}: ArgocdNotification):
  | Extract<
      ObservedCode,
      'application_sync_failed' | 'application_degraded' | 'application_out_of_sync'
    >
  | undefined {
  if (phase === 'Failed' || phase === 'Error') return 'application_sync_failed';
  if (health === 'Degraded' || health === 'Missing') return 'application_degraded';
  return sync === 'OutOfSync' && phase !== 'Running' ? 'application_out_of_sync' : undefined;
}

/** What a plan would change is what somebody asked for; what others have changed is drift. */
export function classifyPlan({
  drift,
}: Pick<TerraformPlan, 'drift'>): Extract<ObservedCode, 'terraform_drift_found'> | undefined {
  return drift.length === 0 ? undefined : 'terraform_drift_found';
}
