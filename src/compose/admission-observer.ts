/** Counts every answer in metrics, and logs unexpected errors. */
import type { AdmissionRoute } from '../admission/decide.ts';
import type { Decision } from '../admission/decision.ts';
import type { AdmissionObserver } from '../admission/ports.ts';
import { HoldfastError } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

const MS_PER_SECOND = 1000;

/** Builds the observer of the request path. */
export function createAdmissionObserver(metrics: Metrics, logger: Logger): AdmissionObserver {
  return {
    decided: (route, request, decision) => {
      const { operation } = request;
      metrics.increment('holdfast_decisions_total', {
        route,
        operation,
        decision: outcomeOf(route, decision),
      });
      metrics.observe('holdfast_decision_duration_seconds', decision.durationMs / MS_PER_SECOND, {
        route,
      });
      for (const { policy, status } of decision.policies) {
        metrics.increment('holdfast_policy_outcomes_total', { policy, outcome: status });
      }
      for (const policy of decision.wouldDeny?.policies ?? []) {
        metrics.increment('holdfast_would_deny_total', { policy });
      }
      if (decision.facts.change?.truncated === true) {
        metrics.increment('holdfast_changes_truncated_total');
      }
    },
    rejected: (route, { code, message }) => {
      metrics.increment('holdfast_reviews_rejected_total', { route, code });
      logger.warn('A review could not be read', { route, code, reason: message });
    },
    faulted: (request, fault) => {
      const code = fault instanceof HoldfastError ? fault.code : 'internal_error';
      metrics.increment('holdfast_faults_total', { code });
      logger.error('A review was refused because something broke', {
        code,
        requestUid: request.uid,
        error: fault,
      });
    },
  };
}

/** The label value of an answer in metrics. */
export function outcomeOf(
  route: AdmissionRoute,
  { allowed, httpStatus, warnings, patch, policies }: Decision,
): 'allowed' | 'warned' | 'audited' | 'patched' | 'denied' | 'unavailable' {
  if (!allowed) return httpStatus === 403 ? 'denied' : 'unavailable';
  if (route === 'mutate' && patch.length > 0) return 'patched';
  if (warnings.length > 0) return 'warned';
  return policies.some(({ status }) => status === 'audited') ? 'audited' : 'allowed';
}
