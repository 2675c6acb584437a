/** Matches that no request meets, and rules that ask for what their match never lets through. */
import { guessResource } from '../compose/evaluate/resource-names.ts';
import type { PolicyDescriptor, PolicyMatch } from '../policy/descriptor.ts';
import type { PolicyModule } from './parse-policy-module.ts';
import {
  readCall,
  readItems,
  readReference,
  textOf,
  type Expression,
  type Term,
} from './rule-tree.ts';
import type { SourceProblem } from './source-problem.ts';

export interface MatchedPolicy {
  readonly module: PolicyModule;
  readonly descriptor: Pick<PolicyDescriptor, 'match'>;
}

/** What of a request each list of a match is compared with. */
const COMPARED: readonly (readonly [key: keyof PolicyMatch, path: string])[] = [
  ['operations', 'input.request.operation'],
  ['kinds', 'input.request.kind.kind'],
  ['groups', 'input.request.resource.group'],
  ['resources', 'input.request.resource.resource'],
  ['subresources', 'input.request.subResource'],
  ['namespaces', 'input.request.namespace'],
  ['actorClasses', 'input.facts.actor.class'],
];

/** Each problem with its place and its remedy. */
export function classifyMatch(policy: MatchedPolicy): readonly SourceProblem[] {
  const { module, descriptor } = policy;
  const row = module.annotations.find(({ scope }) => scope === 'package')?.row;
  const unmet = findUnmet(descriptor.match).map(([text, remedy]) => ({
    file: module.file,
    row,
    code: 'match_unreachable' as const,
    text: `METADATA custom.match: ${text}, so no request matches`,
    remedy,
  }));
  return [...unmet, ...findUnreachableRules(policy)];
}

type Unmet = readonly [text: string, remedy: string | undefined];

function findUnmet(match: PolicyMatch): readonly Unmet[] {
  return [
    ...findMisspelt(match),
    ...findExcluded(match),
    ...findBareConnect(match),
    ...findStrangers(match),
  ];
}

/** Names that the API never has: a resource is in lower case, a kind begins with a capital, a group has no version. */
function findMisspelt(match: PolicyMatch): readonly Unmet[] {
  const { groups = [], kinds = [], resources = [] } = match;
  return [
    ...groups
      .filter((group) => group.includes('/'))
      .map((group): Unmet => {
        return [`the group "${group}" has a version`, `write "${group.replace(/\/.*$/u, '')}"`];
      }),
    ...groups
      .filter((group) => group === 'core' || group === 'v1')
      .map((group): Unmet => [`there is no group "${group}"`, 'write "" for the core group']),
    ...kinds
      .filter((kind) => !/^[A-Z]/u.test(kind))
      .map((kind): Unmet => [`the kind "${kind}" has no capital`, 'write it as in a manifest']),
    ...resources
      .filter((resource) => resource.includes('/'))
      .map((resource): Unmet => {
        const part = resource.replace(/^[^/]*\//u, '');
        return [`the resource "${resource}" has a subresource`, `name "${part}" in subresources`];
      }),
    ...resources
      .filter((resource) => /[A-Z]/u.test(resource))
      .map((resource): Unmet => {
        const remedy = 'write the plural in lower case, as kubectl api-resources lists it';
        return [`the resource "${resource}" has a capital`, remedy];
      }),
  ];
}

function findExcluded({ namespaces, excludedNamespaces = [] }: PolicyMatch): readonly Unmet[] {
  if (namespaces === undefined) return [];
  if (!namespaces.every((name) => excludedNamespaces.includes(name))) return [];
  return [['excludedNamespaces has every entry of namespaces', undefined]];
}

/** The API server connects to subresources alone: pods/exec, services/proxy. */
function findBareConnect({ operations, subresources }: PolicyMatch): readonly Unmet[] {
  const isConnect = operations?.every((operation) => operation === 'CONNECT') === true;
  if (!isConnect || subresources?.every((name) => name === '') !== true) return [];
  return [['CONNECT concerns subresources only', 'name exec, attach, portforward or proxy']];
}

/** A kind and a resource that are not each other's; a subresource may have a kind of its own, as scale has. */
function findStrangers({ kinds, resources, subresources }: PolicyMatch): readonly Unmet[] {
  if (kinds === undefined || resources === undefined) return [];
  if (subresources?.every((name) => name === '') !== true) return [];
  const plurals = kinds.map(guessResource);
  if (plurals.some((plural) => resources.includes(plural))) return [];
  const text = `no kind of ${kinds.join(', ')} is one of the resources ${resources.join(', ')}`;
  return [[text, `the resources would be ${plurals.join(', ')}`]];
}

function findUnreachableRules({ module, descriptor }: MatchedPolicy): readonly SourceProblem[] {
  return module.definitions.flatMap(({ name, branches }) =>
    branches.flatMap(({ conditions }) =>
      conditions.flatMap((condition) => {
        const wanted = readComparison(condition);
        if (wanted === undefined) return [];
        const listed = listOf(descriptor.match, wanted.key);
        if (listed === undefined) return [];
        if (wanted.values.some((value) => listed.includes(value))) return [];
        const values = wanted.values.map((value) => `"${value}"`).join(', ');
        return [
          {
            file: module.file,
            row: wanted.row,
            code: 'rule_unreachable' as const,
            text: `"${name}" asks for ${wanted.path} ${values}, and custom.match.${wanted.key} has only ${listed.map((value) => `"${value}"`).join(', ')}`,
          },
        ];
      }),
    ),
  );
}

interface Comparison {
  readonly key: keyof PolicyMatch;
  readonly path: string;
  readonly values: readonly string[];
  readonly row: number;
}

/** `input.request.operation == "DELETE"`, either way round, or `… in ["CREATE", "UPDATE"]`. */
function readComparison(condition: Expression): Comparison | undefined {
  if (condition.negated === true) return undefined;
  const call = readCall(condition);
  const operator = call?.operator.join('.');
  const [left, right] = call?.operands ?? [];
  if (left === undefined || right === undefined) return undefined;
  const isMember = operator === 'internal.member_2';
  if (!isMember && operator !== 'equal' && operator !== 'eq') return undefined;
  const sides = isMember
    ? [[left, right] as const]
    : [[left, right] as const, [right, left] as const];
  for (const [subject, wanted] of sides) {
    const path = readReference(subject).map(textOf).join('.');
    const key = COMPARED.find(([, compared]) => compared === path)?.[0];
    const values = readTexts(isMember ? readItems(wanted) : [wanted]);
    if (key !== undefined && values.length > 0) {
      return { key, path, values, row: subject.location.row };
    }
  }
  return undefined;
}

/** None where one of them is no text. */
function readTexts(terms: readonly Term[]): readonly string[] {
  return terms.every(({ type }) => type === 'string') ? terms.map(textOf) : [];
}

function listOf(match: PolicyMatch, key: keyof PolicyMatch): readonly string[] | undefined {
  const value = match[key];
  return Array.isArray(value) ? value.map(String) : undefined;
}
