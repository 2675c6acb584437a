/** Which roles and bindings let their subjects become anybody. Source: kubernetes.io "RBAC Good Practices", privilege escalation. */
import { z } from 'zod';

/** By `escalate` and `bind` one writes roles beyond one's own, by `impersonate` one becomes another. */
const ESCALATING_VERBS: ReadonlySet<string> = new Set(['bind', 'escalate', 'impersonate']);
const ANY = '*';
/** All verbs on these are those verbs, too. */
const ESCALATED_RESOURCES: readonly string[] = [ANY, 'roles', 'clusterroles'];
const RBAC_GROUPS: readonly string[] = [ANY, 'rbac.authorization.k8s.io'];
const ADMINISTRATOR = 'cluster-admin';

const texts = z.array(z.string()).nullish();
const roleSchema = z.looseObject({
  rules: z.array(z.looseObject({ verbs: texts, resources: texts, apiGroups: texts })).nullish(),
});
const bindingSchema = z.looseObject({
  roleRef: z.looseObject({ kind: z.string().nullish(), name: z.string() }),
});

/** Whether a Role, ClusterRole, RoleBinding or ClusterRoleBinding, as the API server has it, gives everything or the way to it. */
export function classifyRole(object: unknown): 'escalating' | 'other' {
  const binding = bindingSchema.safeParse(object).data;
  if (binding !== undefined) {
    const { kind, name } = binding.roleRef;
    return name === ADMINISTRATOR && kind !== 'Role' ? 'escalating' : 'other';
  }
  const rules = roleSchema.safeParse(object).data?.rules ?? [];
  const escalates = rules.some(({ verbs, resources, apiGroups }) => {
    const named = verbs ?? [];
    if (named.some((verb) => ESCALATING_VERBS.has(verb))) return true;
    return (
      named.includes(ANY) && holds(resources, ESCALATED_RESOURCES) && holds(apiGroups, RBAC_GROUPS)
    );
  });
  return escalates ? 'escalating' : 'other';
}

function holds(list: readonly string[] | null | undefined, wanted: readonly string[]): boolean {
  return list?.some((value) => wanted.includes(value)) === true;
}
