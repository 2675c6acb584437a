/**
 * What to do about a group of requests that would be refused, before the mode enforce refuses them. A suggestion is text for the
 * person who decides: an entry is right only where the user is meant to write there.
 */
import { formatYaml } from '../../base/parse-yaml.ts';
import type { ReportGroup } from './report-groups.ts';

/** A suggestion for one group; `undefined` if this way has none. The first that has one is shown. */
export type Suggest = (group: ReportGroup) => Suggestion | undefined;

export interface Suggestion {
  /** One sentence. */
  readonly advice: string;
  /** YAML for the configuration, where there is some. */
  readonly configuration?: string | undefined;
}

const ACCOUNT_PREFIX = 'system:serviceaccount:';
/** The policy that reads `identity.operators`, and those of its codes that a rule answers. */
const OPERATOR_POLICY = 'gitops_only_writes';
const OPERATOR_CODES: ReadonlySet<string> = new Set([
  'managed_object_changed',
  'managed_object_scaled',
  'managed_object_deleted',
]);

/** The advice for a group, from the first that has some. */
export function planSuggestion(group: ReportGroup, ways: readonly Suggest[]): Suggestion {
  for (const suggest of ways) {
    const suggestion = suggest(group);
    if (suggestion !== undefined) return suggestion;
  }
  return { advice: lastSentenceOf(group.example.message) };
}

/** Whether an entry for an operator, or a preset, would answer it: a service account changes what Git manages. */
export function isOperatorGroup({ username, actorClass, code }: ReportGroup): boolean {
  if (!username.startsWith(ACCOUNT_PREFIX) || !OPERATOR_CODES.has(code)) return false;
  return actorClass === 'other' || actorClass === 'operator';
}

/** The policies of a group that neither an entry nor a preset answers, as the end of an advice. */
export function describeOtherPolicies({ policies }: ReportGroup): string {
  const others = policies.filter((policy) => policy !== OPERATOR_POLICY);
  return others.length > 0 ? ` It does not answer ${others.join(', ')}.` : '';
}

/** An entry of `identity.operators`, for a service account that changes what Git manages. */
export function suggestOperator(group: ReportGroup): Suggestion | undefined {
  if (!isOperatorGroup(group)) return undefined;
  const { username, actorClass } = group;
  const [namespace = '', account = ''] = username.slice(ACCOUNT_PREFIX.length).split(':');
  const isKnown = actorClass === 'operator';
  const cut = group.fieldsAreCut ? ' The records do not list every field: look at them first.' : '';
  const scope = `${cut}${describeOtherPolicies(group)}`;
  return {
    advice: isKnown
      ? `If the operator "${account}" of ${namespace} is meant to do this, add the rule to its entry.${scope}`
      : `If the operator "${account}" of ${namespace} is meant to do this, let it.${scope}`,
    configuration: formatYaml({
      identity: { operators: [{ name: account, username, rules: [ruleOf(group)] }] },
    }).trimEnd(),
  };
}

function ruleOf({ operations, group, resource, fields }: ReportGroup): object {
  // Paths are compared for updates alone.
  const hasPaths = operations.includes('UPDATE') && fields.length > 0;
  return {
    verbs: operations,
    groups: [group],
    resources: [resource],
    ...(hasPaths && { paths: fields.toSorted() }),
  };
}

/** A writer that would be refused: enforcing would stop deployments. */
export function suggestWriter({ actorClass, code }: ReportGroup): Suggestion | undefined {
  return actorClass === 'gitops'
    ? {
        advice: `This is the GitOps controller: enforcing would stop its deployments. Solve ${code} first.`,
      }
    : undefined;
}

/** A part of Kubernetes that would be refused: enforcing would break the cluster. */
export function suggestPlatform({ actorClass, code }: ReportGroup): Suggestion | undefined {
  return actorClass === 'platform' || actorClass === 'node'
    ? {
        advice: `This is a part of Kubernetes: do not enforce before you know why it gets ${code}.`,
      }
    : undefined;
}

/** The line before the closing one is the remedy, where a denial has one. */
function lastSentenceOf(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-2) ?? lines.at(-1) ?? '';
}
