/**
 * The policies of the bench as ConstraintTemplates and Constraints of Gatekeeper: the same rules, with its names for what they read.
 *
 * Three differences, each of which leaves Gatekeeper less to do: one action for all rules of a constraint, which is the policy's failure
 * mode; no rule that only audits; and facts that Holdfast gathers are read from the review.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';

const TARGET = 'admission.k8s.gatekeeper.sh';

/** Head of a rule: what it finds is its key. */
const RULE_HEAD = /^(?:deny|warn) contains finding if \{$/gmu;
const VIOLATION_HEAD = 'violation contains {"msg": finding.message, "details": finding} if {';
const AUDIT_RULE = /^audit contains finding if \{\n[\s\S]*?^\}\n/mu;

/** What Gatekeeper has no fact for, as its users write it. */
const REWRITES: readonly (readonly [found: string, instead: string])[] = [
  [
    'some change in input.facts.change.paths\n\tsome frozen in input.parameters.frozenPaths\n\tstartswith(change.path, frozen)',
    'some frozen in input.parameters.frozenPaths\n\tpath := split(frozen, ".")\n\tobject.get(input.review.object, path, null) != object.get(input.review.oldObject, path, null)',
  ],
  ['{change.path}', '{frozen}'],
  ['input.facts.actor.username', 'input.review.userInfo.username'],
  ['input.facts.actor.class', 'actor_class'],
];
const ACTOR_CLASS = `
actor_class := "platform" if startswith(input.review.userInfo.username, "system:serviceaccount:kube-system:")
else := "other"
`;

/** What is applied for one policy: the template first; its constraint once the API server serves that kind. */
export interface GatekeeperPolicy {
  readonly template: object;
  readonly constraint: object;
}

/** Reads the sources of the policies from the folder, and writes them anew. */
export async function planGatekeeperPolicies(
  descriptors: readonly PolicyDescriptor[],
  folder: string,
): Promise<readonly GatekeeperPolicy[]> {
  return Promise.all(
    descriptors.map(async (descriptor) => {
      const { name } = descriptor;
      const source = await readFile(join(folder, name, `${name}.rego`), 'utf8');
      return {
        template: formatTemplate(descriptor, rewriteRego(name, source)),
        constraint: formatConstraint(descriptor),
      };
    }),
  );
}

/** Throws where the source reads a fact that no rewrite knows: it would be undefined, and the rule silent. */
export function rewriteRego(name: string, source: string): string {
  let rego = source
    .replace(/^[\s\S]*?^package .*$/mu, `package ${name}`)
    .replace(AUDIT_RULE, '')
    .replaceAll(RULE_HEAD, VIOLATION_HEAD)
    .replaceAll('input.request.', 'input.review.');
  for (const [found, instead] of REWRITES) rego = rego.replaceAll(found, instead);
  if (rego.includes('actor_class')) rego += ACTOR_CLASS;
  const unknown = /input\.(?:facts|request)\S*/u.exec(rego)?.[0];
  if (unknown !== undefined) {
    throw new Error(
      `Policy "${name}" must read what a review of Gatekeeper holds: found "${unknown}"`,
    );
  }
  return rego;
}

function formatTemplate({ name }: PolicyDescriptor, rego: string): object {
  const kind = kindOf(name);
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: kind.toLowerCase() },
    spec: {
      crd: { spec: { names: { kind }, validation: { openAPIV3Schema: schema } } },
      targets: [{ target: TARGET, code: [{ engine: 'Rego', source: { version: 'v1', rego } }] }],
    },
  };
}

/** Gatekeeper matches by kind and namespace; the measured reviews are judged by as many policies as elsewhere. */
function formatConstraint({ name, match, failure, parameters }: PolicyDescriptor): object {
  const { groups = ['*'], kinds = ['*'], namespaces, excludedNamespaces } = match;
  return {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: kindOf(name),
    metadata: { name: name.replaceAll('_', '-') },
    spec: {
      enforcementAction: failure === 'deny' ? 'deny' : 'warn',
      match: {
        kinds: [{ apiGroups: groups, kinds }],
        ...(namespaces && { namespaces }),
        ...(excludedNamespaces && { excludedNamespaces }),
      },
      parameters,
    },
  };
}

/** `allowed_registries`: `AllowedRegistries`. */
function kindOf(name: string): string {
  return name
    .split('_')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}
