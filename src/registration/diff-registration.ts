/**
 * Compares one of our webhook configurations as it is with what is planned.
 *
 * Whatever is there and not planned counts: a selector, a condition or a webhook that somebody adds makes the registration
 * narrower without touching what we wrote. `caBundle` is compared where an authority is planned, and else left to whoever
 * writes it.
 */
import { canonicalJson } from '../base/canonical-json.ts';
import { isRecord } from '../base/is-record.ts';
import type { Manifest } from './plan-registration.ts';

export type RegistrationDifference =
  | { readonly status: 'absent' | 'same' }
  | {
      readonly status: 'different';
      /** Where, in words of the API: `drift.holdfast.dev: failurePolicy`. */
      readonly places: readonly string[];
      /** What the planned one asks less about than the one that is there. */
      readonly narrowings: readonly string[];
    };

/** Fields that the API server fills in. Source: k8s.io/kubernetes pkg/apis/admissionregistration/v1 defaults.go. */
const DEFAULTS: Readonly<Record<string, unknown>> = { namespaceSelector: {}, objectSelector: {} };

/** What applying would change, if anything. */
export function diffRegistration(planned: Manifest, live: unknown): RegistrationDifference {
  if (!isRecord(live)) return { status: 'absent' };
  const wanted = webhooksOf(planned);
  const found = webhooksOf(live);
  const places = [
    ...[...wanted].flatMap(([name, webhook]) => diffWebhook(name, webhook, found.get(name))),
    ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `${name}: not ours`),
    ...diffMetadata(planned, live),
  ];
  if (places.length === 0) return { status: 'same' };
  return { status: 'different', places, narrowings: listNarrowings(wanted, found) };
}

type Webhooks = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** The webhooks of a configuration, by name. */
export function webhooksOf(configuration: Readonly<Record<string, unknown>>): Webhooks {
  const list: readonly unknown[] = Array.isArray(configuration['webhooks'])
    ? configuration['webhooks']
    : [];
  return new Map(list.filter(isRecord).map((webhook) => [String(webhook['name']), webhook]));
}

function diffWebhook(
  name: string,
  wanted: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  if (found === undefined) return [`${name}: absent`];
  const keys = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...keys]
    .filter(
      (key) =>
        canonicalJson(valueOf(wanted, key, wanted)) !== canonicalJson(valueOf(found, key, wanted)),
    )
    .map((key) => `${name}: ${key}`);
}

function valueOf(
  webhook: Readonly<Record<string, unknown>>,
  key: string,
  wanted: Readonly<Record<string, unknown>>,
): unknown {
  const value = webhook[key] ?? DEFAULTS[key];
  if (key !== 'clientConfig' || !isRecord(value)) return value;
  const isOurs = isRecord(wanted[key]) && wanted[key]['caBundle'] !== undefined;
  return isOurs ? value : { ...value, caBundle: undefined };
}

/** Labels and annotations of others are theirs: injectors keep notes there. */
function diffMetadata(
  planned: Manifest,
  live: Readonly<Record<string, unknown>>,
): readonly string[] {
  return ['labels', 'annotations'].flatMap((field) => {
    const wanted = fieldOf(planned['metadata'], field);
    const found = fieldOf(live['metadata'], field);
    return Object.keys(wanted)
      .filter((key) => wanted[key] !== found[key])
      .map((key) => `metadata.${field}: ${key}`);
  });
}

function fieldOf(metadata: unknown, field: string): Readonly<Record<string, unknown>> {
  const value = isRecord(metadata) ? metadata[field] : undefined;
  return isRecord(value) ? value : {};
}

/** What is told where a configuration makes the registration ask less. A condition that changed may do either: it is told. */
function listNarrowings(wanted: Webhooks, found: Webhooks): readonly string[] {
  return [...found].flatMap(([name, before]) => {
    const after = wanted.get(name);
    if (after === undefined) return [`${name} is registered no more`];
    const isNarrower = (key: string): boolean =>
      canonicalJson(valueOf(before, key, after)) !== canonicalJson(valueOf(after, key, after));
    return [
      ...(before['failurePolicy'] === 'Fail' && after['failurePolicy'] === 'Ignore'
        ? [`${name} lets through what cannot be judged`]
        : []),
      ...['rules', 'matchConditions', 'namespaceSelector', 'objectSelector']
        .filter(isNarrower)
        .map((key) => `${name} asks about other requests (${key})`),
    ];
  });
}
