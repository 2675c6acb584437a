/**
 * Whether a replica whose certificate is not trusted says that it is not ready.
 *
 * Every call of the API server to such a replica fails. Where another replica is trusted, this one must go: the calls then
 * reach the other. Where none is known to be, all stay: what is registered is wrong for all of them alike, so that a replica
 * that goes helps nobody; a rolling update that would mend it would wait for ever for pods that are ready; and what we read
 * may not be what decides (a proxy that ends TLS, an API server that has not learned of it yet), in which case taking all
 * replicas away would itself stop every write of the cluster under failure policy Fail. It is then told, by the metric, the
 * alert and the text of /readyz.
 */
import type { Trust } from './classify-trust.ts';
import type { ReplicaState } from './replica-state.ts';

export interface ReadinessFacts {
  readonly trust: Trust;
  /** What the other replicas said last. Empty where nobody is asked. */
  readonly others: readonly Pick<ReplicaState, 'replica' | 'isTrusted'>[];
}

export interface ReadinessDecision {
  /** Why this replica should get no calls. */
  readonly failure?: string;
  /** What somebody should see to. */
  readonly advice?: string;
}

/** At most one of the two. */
export function decideReadiness({ trust, others }: ReadinessFacts): ReadinessDecision {
  if (trust.status !== 'untrusted') return {};
  const where = trust.webhooks.join(', ');
  const text = `the registered caBundle of ${where} does not trust the certificate that is served here`;
  const trusted = others.find(({ isTrusted }) => isTrusted);
  if (trusted === undefined) return { advice: `${text}, so that the API server cannot call it` };
  return { failure: `${text}, and ${trusted.replica} is trusted` };
}
