/**
 * What a configuration lacks for constraints to be Git's alone. Who writes a template, a constraint or the definition of its kind writes
 * policy: the policies of Holdfast itself have to refuse everybody else.
 */
import type { Configuration } from '../../../config/schema.ts';
import { POLICY_GROUPS } from './followed-kinds.ts';

/** The policy that refuses the writes of others, and the one that guards the definitions. */
const WRITES = 'gitops_only_writes';
const DEFINITIONS = 'gitops_definitions';
/** The parameter of the latter that names who makes the kinds of templates. */
const ACCOUNTS = 'constraintAccounts';

/** One sentence for each lack. */
export function findUnguarded({
  ownership,
  policies,
}: Pick<Configuration, 'ownership' | 'policies'>): readonly string[] {
  const unselected = POLICY_GROUPS.filter(
    (group) =>
      !ownership.selectors.some(
        ({ groups, kinds, namespaces, labels }) =>
          groups?.includes(group) === true &&
          [kinds, namespaces, labels].every((criterion) => criterion === undefined),
      ),
  );
  const accounts = policies.settings[DEFINITIONS]?.parameters[ACCOUNTS];
  const isDefinitionGuarded = Array.isArray(accounts) && accounts.length > 0;
  return [
    ...(unselected.length === 0
      ? []
      : [
          `ownership.selectors has none for the whole of the groups ${unselected.join(', ')}, so that ${WRITES} lets others than Git write them`,
        ]),
    ...(isDefinitionGuarded
      ? []
      : [
          `policies.settings.${DEFINITIONS}.parameters.${ACCOUNTS} names nobody, so that others may define the kinds of constraints anew`,
        ]),
  ];
}
