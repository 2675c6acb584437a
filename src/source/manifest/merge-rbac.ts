/**
 * What `kubectl auth reconcile` makes of RBAC, which Argo CD runs before it applies: the stored rules, and those of the
 * manifest that they do not cover yet, one verb of one resource at a time. Source: k8s.io/component-helpers
 * auth/rbac/reconciliation and auth/rbac/validation Covers.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../base/is-record.ts';
import type { MergedLists } from './type-schema.ts';

/** Combinations in the rules of one object; beyond, they count as not covered. */
const COMBINATIONS_MAX = 20_000;

interface Rule {
  readonly verbs: ReadonlySet<string>;
  readonly apiGroups: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  readonly resourceNames: ReadonlySet<string>;
  readonly nonResourceURLs: ReadonlySet<string>;
}

/** The object grants what the manifest grants, and nothing that neither the manifest nor the stored object granted. */
export function isMergedRules({ declared, object, stored }: MergedLists): boolean {
  const granted = parseRules([...declared, ...stored]);
  const requested = parseRules(object);
  const wanted = parseRules(declared);
  if (granted === undefined || requested === undefined || wanted === undefined) return false;
  return covers(granted, requested) && covers(requested, wanted);
}

/** The same for the subjects of a binding. */
export function isMergedSubjects({ declared, object, stored }: MergedLists): boolean {
  const known = [...declared, ...stored].map(withGroup);
  const subjects = object.map(withGroup);
  return (
    subjects.every((subject) => known.some((one) => isDeepStrictEqual(one, subject))) &&
    declared.every((one) => subjects.some((subject) => isDeepStrictEqual(withGroup(one), subject)))
  );
}

function withGroup(subject: unknown): unknown {
  if (!isRecord(subject)) return subject;
  const group = subject['kind'] === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io';
  return { ...subject, apiGroup: subject['apiGroup'] ?? group };
}

function parseRules(rules: readonly unknown[]): readonly Rule[] | undefined {
  const parsed: Rule[] = [];
  for (const rule of rules) {
    if (!isRecord(rule)) return undefined;
    parsed.push({
      verbs: textsOf(rule['verbs']),
      apiGroups: textsOf(rule['apiGroups']),
      resources: textsOf(rule['resources']),
      resourceNames: textsOf(rule['resourceNames']),
      nonResourceURLs: textsOf(rule['nonResourceURLs']),
    });
  }
  return parsed;
}

function textsOf(value: unknown): ReadonlySet<string> {
  return new Set(Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);
}

function covers(granted: readonly Rule[], requested: readonly Rule[]): boolean {
  let left = COMBINATIONS_MAX;
  for (const rule of requested) {
    for (const one of combine(rule)) {
      left -= granted.length;
      if (left < 0 || !granted.some((other) => coversOne(other, one))) return false;
    }
  }
  return true;
}

interface Combination {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string | undefined;
  readonly url?: string;
}

function* combine(rule: Rule): Generator<Combination> {
  for (const verb of rule.verbs) {
    for (const url of rule.nonResourceURLs) yield { verb, url };
    for (const group of rule.apiGroups) yield* combineResources(rule, verb, group);
  }
}

function* combineResources(rule: Rule, verb: string, group: string): Generator<Combination> {
  const names = rule.resourceNames.size === 0 ? [undefined] : rule.resourceNames;
  for (const resource of rule.resources) {
    for (const name of names) yield { verb, group, resource, name };
  }
}

function coversOne(rule: Rule, { verb, group, resource, name, url }: Combination): boolean {
  if (!hasOrAll(rule.verbs, verb)) return false;
  if (url !== undefined) return hasOrAll(rule.nonResourceURLs, url);
  return (
    hasOrAll(rule.apiGroups, group ?? '') &&
    hasOrAll(rule.resources, resource ?? '') &&
    (rule.resourceNames.size === 0 || (name !== undefined && rule.resourceNames.has(name)))
  );
}

function hasOrAll(texts: ReadonlySet<string>, text: string): boolean {
  return texts.has(text) || texts.has('*');
}
