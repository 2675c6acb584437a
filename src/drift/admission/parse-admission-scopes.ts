/**
 * Which requests a webhook configuration, an admission policy or its binding is about. What cannot be understood counts as
 * everything: whoever writes it must not be told of as harmless. Conditions in CEL and selectors of objects narrow nothing here,
 * because labels and content are for the writer of an object to choose.
 * Source: k8s.io/api admissionregistration/v1.
 */
import { countJsonValues } from '../../base/count-json-values.ts';
import { isRecord } from '../../base/is-record.ts';
import { parseSelector, type LabelSelector } from '../../kubernetes/label-selector.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { DRIFT_LIMITS } from '../settings.ts';
import { isMutatingKind } from './admission-resources.ts';

/** One rule; `*` stands for all. */
export interface AdmissionRule {
  readonly groups: readonly string[];
  /** With their subresources, as in `deployments/scale`. */
  readonly resources: readonly string[];
  readonly operations: readonly string[];
  /** `Cluster`, `Namespaced` or `*`. */
  readonly scope: string;
}

/** One webhook, policy or binding. */
export interface AdmissionScope {
  readonly mutates: boolean;
  /** A request is refused where it cannot be judged. */
  readonly failsClosed: boolean;
  readonly rules: readonly AdmissionRule[];
  /** Absent: every namespace. */
  readonly namespaces?: LabelSelector | undefined;
  /** Who is asked: `namespace/name` of a Service, or a URL; absent for policies. */
  readonly target?: string | undefined;
}

/** Every scope of an object of these kinds; a webhook configuration may have none. */
export function parseAdmissionScopes(object: KubernetesObject): readonly AdmissionScope[] {
  const { kind = '', spec } = object;
  const mutates = isMutatingKind(kind);
  if (isTooLarge(object)) return [{ mutates, failsClosed: true, rules: [EVERYTHING] }];
  if (kind.endsWith('WebhookConfiguration')) {
    return listRecords(object['webhooks']).map((webhook) => parseWebhook(webhook, mutates));
  }
  const settings = isRecord(spec) ? spec : {};
  // A binding narrows what its policy says, and the policy has told of itself.
  const isBinding = kind.endsWith('Binding');
  const match = settings[isBinding ? 'matchResources' : 'matchConstraints'];
  const constraints = isRecord(match) ? match : {};
  const rules = listRecords(constraints['resourceRules']).map(parseRule);
  return [
    {
      mutates,
      failsClosed: !isBinding && settings['failurePolicy'] !== 'Ignore',
      // Without rules a policy is about everything (k8s.io/apiserver policy/matching).
      rules: rules.length === 0 ? [EVERYTHING] : rules,
      namespaces: parseNamespaces(constraints['namespaceSelector']),
    },
  ];
}

/** Stops an object that is so large that each kind and namespace is compared with it for minutes. */
function isTooLarge({ webhooks, spec }: KubernetesObject): boolean {
  const bytes = Buffer.from(JSON.stringify([webhooks, spec]));
  return countJsonValues(bytes) > DRIFT_LIMITS['drift.admissionValuesMax'].default;
}

const EVERYTHING: AdmissionRule = {
  groups: ['*'],
  resources: ['*'],
  operations: ['*'],
  scope: '*',
};

type Fields = Readonly<Record<string, unknown>>;

function parseWebhook(webhook: Fields, mutates: boolean): AdmissionScope {
  return {
    mutates,
    failsClosed: webhook['failurePolicy'] !== 'Ignore',
    rules: listRecords(webhook['rules']).map(parseRule),
    namespaces: parseNamespaces(webhook['namespaceSelector']),
    target: parseTarget(webhook['clientConfig']),
  };
}

function parseTarget(clientConfig: unknown): string {
  const { service, url } = isRecord(clientConfig) ? clientConfig : {};
  if (!isRecord(service)) return String(url);
  return `${String(service['namespace'])}/${String(service['name'])}`;
}

function parseRule({ apiGroups, resources, operations, scope }: Fields): AdmissionRule {
  return {
    groups: listTexts(apiGroups),
    resources: listTexts(resources),
    operations: listTexts(operations),
    scope: typeof scope === 'string' ? scope : '*',
  };
}

function parseNamespaces(selector: unknown): LabelSelector | undefined {
  return parseSelector({ spec: { selector } });
}

function listRecords(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function listTexts(value: unknown): readonly string[] {
  const texts = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  return texts.length === 0 ? ['*'] : texts;
}
