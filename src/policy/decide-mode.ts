/**
 * Decides the mode of a policy in a namespace. The most specific setting wins:
 *
 *     policies.settings.<policy>.namespaces.<namespace>
 *   > policies.settings.<policy>.mode > policies.namespaces.<namespace> > policies.mode > the policy's own
 *   METADATA
 *
 * A setting of a policy takes precedence over one of a namespace: `gitops_only_writes: enforce` also applies
 * in a namespace where everything else only warns. In one list of namespaces an exact name wins over
 * patterns, and a longer pattern over a shorter one.
 */
import type { FailureMode, PolicyMode } from './descriptor.ts';
import type { PoliciesSettings } from './settings.ts';

export interface DeclaredPolicy {
  readonly name: string;
  readonly mode: PolicyMode;
  readonly failure: FailureMode;
}

export interface PolicySetting {
  readonly mode: PolicyMode;
  readonly failure: FailureMode;
}

/**
 * The effective mode. The namespace is absent for cluster-scoped objects, to which lists of namespaces do not
 * apply.
 */
export function decideMode(
  policy: DeclaredPolicy,
  namespace: string | undefined,
  policies: Pick<PoliciesSettings, 'mode' | 'namespaces' | 'settings'>,
): PolicySetting {
  const own = Object.hasOwn(policies.settings, policy.name)
    ? policies.settings[policy.name]
    : undefined;
  const mode =
    matchNamespace(own?.namespaces, namespace) ??
    own?.mode ??
    matchNamespace(policies.namespaces, namespace) ??
    policies.mode ??
    policy.mode;
  return { mode, failure: own?.failure ?? policy.failure };
}

/** The policies that are configured but do not exist: a misspelt name would silently configure nothing. */
export function findUnknownPolicies(
  policies: Pick<PoliciesSettings, 'settings'>,
  known: readonly string[],
): readonly string[] {
  return Object.keys(policies.settings).filter((name) => !known.includes(name));
}

function matchNamespace(
  modes: Readonly<Record<string, PolicyMode>> | undefined,
  namespace: string | undefined,
): PolicyMode | undefined {
  if (modes === undefined || namespace === undefined) return undefined;
  if (Object.hasOwn(modes, namespace)) return modes[namespace];
  let best: { readonly length: number; readonly mode: PolicyMode } | undefined;
  for (const [pattern, mode] of Object.entries(modes)) {
    const length = pattern.length - 1;
    const matches = pattern.endsWith('*') && namespace.startsWith(pattern.slice(0, -1));
    if (matches && length > (best?.length ?? -1)) best = { length, mode };
  }
  return best?.mode;
}
