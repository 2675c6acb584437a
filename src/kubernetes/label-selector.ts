/**
 * Label selectors of workloads: which pods a controller takes for its own.
 * Sources: apimachinery meta/v1 LabelSelector, and pkg/labels Requirement.Matches; core/v1 ReplicationControllerSpec.
 */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject } from './object.ts';

type Texts = Readonly<Record<string, unknown>>;

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly unknown[];
}

/** All of its requirements must hold. One without any selects nothing: no workload has such a selector. */
export type LabelSelector = readonly Requirement[];

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** `spec.selector` of a workload; `undefined` where it has none, or one that cannot be understood. */
export function parseSelector({ spec }: KubernetesObject): LabelSelector | undefined {
  const selector = isRecord(spec) ? spec['selector'] : undefined;
  if (!isRecord(selector)) return undefined;
  const { matchLabels, matchExpressions } = selector;
  // A ReplicationController's is a plain map.
  if (!isRecord(matchLabels) && !Array.isArray(matchExpressions)) return equalities(selector);
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.map(parseExpression) : [];
  const understood = expressions.filter((expression) => expression !== undefined);
  if (understood.length < expressions.length) return undefined;
  return [...equalities(isRecord(matchLabels) ? matchLabels : {}), ...understood];
}

/** The requirements of a map of labels: each label with its value. */
export function equalities(labels: Texts): LabelSelector {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

function parseExpression(value: unknown): Requirement | undefined {
  if (!isRecord(value) || typeof value['key'] !== 'string') return undefined;
  const operator = OPERATORS.find((known) => known === value['operator']);
  const values: unknown = value['values'] ?? [];
  if (operator === undefined || !Array.isArray(values)) return undefined;
  return { key: value['key'], operator, values };
}

/** Whether a controller with this selector would take an object with these labels. */
export function selects(selector: LabelSelector, labels: Texts): boolean {
  return selector.length > 0 && meets(selector, labels);
}

/** Whether labels meet all requirements; where there are none, as for a selector of an API that selects everything. */
export function meets(selector: LabelSelector, labels: Texts): boolean {
  return selector.every((requirement) => holds(requirement, labels));
}

function holds({ key, operator, values }: Requirement, labels: Texts): boolean {
  const isThere = Object.hasOwn(labels, key);
  switch (operator) {
    case 'In':
      return isThere && values.includes(labels[key]);
    case 'NotIn':
      return !isThere || !values.includes(labels[key]);
    case 'Exists':
      return isThere;
    case 'DoesNotExist':
      return !isThere;
  }
}
