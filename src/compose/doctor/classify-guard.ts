/** What keeps people from taking Holdfast out of the way, where Holdfast itself is not asked. */
import type { Finding } from './finding.ts';

/** The names of the ValidatingAdmissionPolicies that are bound, and of those that are wanted. */
export interface GuardFacts {
  readonly bound: readonly string[];
  readonly wanted: readonly string[];
}

/** The API server asks no webhook about webhook configurations: only a policy of its own can guard them. */
export function classifyGuard({ bound, wanted }: GuardFacts): readonly Finding[] {
  const missing = wanted.filter((name) => !bound.includes(name));
  if (missing.length === 0) {
    const message = `The registration is guarded by the admission policies ${wanted.join(', ')}`;
    return [{ code: 'guard_present', status: 'ok', message }];
  }
  return [
    {
      code: 'guard_absent',
      status: 'warning',
      message: `Nothing guards the registration (no bound ${missing.join(', ')}): whoever may delete webhook configurations can switch Holdfast off`,
      remedy:
        'holdfast manifests --config FILE --ca-file FILE --with-guard --guard-user USERNAME | kubectl apply --server-side -f - (Kubernetes 1.30 and later)',
    },
  ];
}
