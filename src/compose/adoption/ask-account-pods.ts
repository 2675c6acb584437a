/** Workloads that run under an account which a GitOps controller impersonates: what they write is refused, since their token is no impersonation. */
import type { ClusterSurvey } from './cluster-survey.ts';
import { listSeen } from './looked.ts';
import type { Question } from './planned-configuration.ts';

const SHOWN = 3;

/** A question for each username whose account is used by workloads, too. */
export function askAccountPods(
  usernames: readonly string[],
  { workloads }: Pick<ClusterSurvey, 'workloads'>,
): readonly Question[] {
  const byUser = Map.groupBy(
    listSeen(workloads),
    ({ namespace, serviceAccount }) => `system:serviceaccount:${namespace}:${serviceAccount}`,
  );
  return usernames.flatMap((username) => {
    const found = byUser.get(username) ?? [];
    if (found.length === 0) return [];
    const names = found.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
    const rest = names.length - SHOWN;
    const shown = `${names.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
    const text = `${shown} runs under ${username}, which is impersonated to apply, too: whatever its pods write with a token of their own is refused. Give the impersonation an account of its own`;
    return [{ key: 'identity.writers', text }];
  });
}
