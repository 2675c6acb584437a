/** Whether the registered rules reach every kind that Git may manage: also those that came after the registration. */
import { REGISTER_AGAIN } from './classify-registration.ts';
import type { Finding } from './finding.ts';
import type { RegisteredWebhook } from './registered-webhook.ts';

export interface KindFacts {
  readonly webhooks: readonly Pick<RegisteredWebhook, 'name' | 'rules'>[];
  /** The webhook that asks about every write. */
  readonly drift: string;
  readonly kinds: readonly { readonly group: string; readonly resource: string }[];
  readonly isTrial: boolean;
}

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE'] as const;
// More are counted: one registration mends all of them.
const SHOWN_MAX = 10;

type Rule = RegisteredWebhook['rules'][number];

/** One finding about all kinds. */
export function classifyKinds({ webhooks, drift, kinds, isTrial }: KindFacts): readonly Finding[] {
  const rules = webhooks.find(({ name }) => name === drift)?.rules;
  // That the webhook is absent is said by another check.
  if (rules === undefined) return [];
  const missed = kinds.filter(
    (kind) => !OPERATIONS.every((operation) => rules.some((rule) => covers(rule, kind, operation))),
  );
  if (missed.length === 0) {
    const message = `The rules of ${drift} reach all of ${String(kinds.length)} kinds`;
    return [{ code: 'kinds_covered', status: 'ok', message }];
  }
  const shown = missed
    .slice(0, SHOWN_MAX)
    .map(({ group, resource }) => (group === '' ? resource : `${resource}.${group}`));
  const more = missed.length > SHOWN_MAX ? ` and ${String(missed.length - SHOWN_MAX)} more` : '';
  return [
    {
      code: 'kinds_uncovered',
      status: isTrial ? 'warning' : 'failed',
      message: `The rules of ${drift} do not reach every write of ${shown.join(', ')}${more}: the API server asks nobody about them`,
      remedy: REGISTER_AGAIN,
    },
  ];
}

function covers(
  { apiGroups, operations, resources }: Rule,
  { group, resource }: KindFacts['kinds'][number],
  operation: string,
): boolean {
  const names = (list: readonly string[], wanted: string): boolean =>
    list.includes('*') || list.includes(wanted);
  const isResource =
    names(resources, resource) || resources.includes('*/*') || resources.includes(`${resource}/*`);
  return isResource && names(apiGroups, group) && names(operations, operation);
}
