/**
 * Decides the mode of a policy where a request is. The first of these that is there decides:
 *
 *     policies.settings.<policy>.namespaces   an exact name, then the longest pattern
 *     policies.settings.<policy>.overrides    the first that matches and names a mode
 *     policies.settings.<policy>.mode
 *     policies.namespaces
 *     policies.overrides
 *     policies.mode
 *     the policy's own METADATA
 *
 * A setting of a policy takes precedence over one of a namespace: `gitops_only_writes: enforce` also applies
 * in a namespace where everything else only warns.
 *
 * Where labels are not known, an override that selects by them may match or not: the strictest mode that can come of it
 * holds. Whoever can keep the labels from us must not weaken a policy by it.
 */
import type { FailureMode, PolicyMode } from './descriptor.ts';
import { matchOverride, type OverrideScope } from './match-override.ts';
import type { RequestPlace } from './request-place.ts';
import type { PoliciesSettings } from './settings.ts';

export interface DeclaredPolicy {
  readonly name: string;
  readonly mode: PolicyMode;
  readonly failure: FailureMode;
}

export interface PolicySetting {
  readonly mode: PolicyMode;
  readonly failure: FailureMode;
}

/** What decides about modes. */
export type ModeSettings = Pick<PoliciesSettings, 'mode' | 'namespaces' | 'overrides' | 'settings'>;

/** A mode with the setting that gives it. */
export interface FoundMode {
  readonly mode: PolicyMode;
  /** `policy`: below `policies.settings.<policy>`; `all`: below `policies`; `metadata`: of the policy itself. */
  readonly level: 'policy' | 'all' | 'metadata';
  /** The pattern in `namespaces`, or the position in `overrides`. Absent: `mode` of the level. */
  readonly key?: string | number | undefined;
  /** False: it holds or not by labels that are not known. */
  readonly isCertain: boolean;
}

/** From the weakest to the strictest. */
const STRICTNESS: readonly PolicyMode[] = ['off', 'audit', 'warn', 'enforce'];

/** The effective mode. */
export function decideMode(
  policy: DeclaredPolicy,
  place: RequestPlace,
  policies: ModeSettings,
): PolicySetting {
  const { mode } = findStrictest(findModes(policy, place, policies));
  return { mode, failure: ownSettings(policy, policies)?.failure ?? policy.failure };
}

/** Of the modes that may hold, the strictest. There is always one: that of the METADATA. */
export function findStrictest(modes: readonly [FoundMode, ...FoundMode[]]): FoundMode {
  return modes.reduce((strictest, found) =>
    STRICTNESS.indexOf(found.mode) > STRICTNESS.indexOf(strictest.mode) ? found : strictest,
  );
}

/** The modes that may hold there: the first that is certain, and before it those that labels decide about. */
export function findModes(
  policy: DeclaredPolicy,
  place: RequestPlace,
  policies: ModeSettings,
): readonly [FoundMode, ...FoundMode[]] {
  const own = ownSettings(policy, policies);
  const uncertain: FoundMode[] = [];
  const certain =
    (own && findAt('policy', own, { place, uncertain })) ??
    findAt('all', policies, { place, uncertain });
  const last: FoundMode = certain ?? { mode: policy.mode, level: 'metadata', isCertain: true };
  const [first, ...others] = uncertain;
  return first === undefined ? [last] : [first, ...others, last];
}

interface Search {
  readonly place: RequestPlace;
  /** Takes up what may hold. */
  readonly uncertain: FoundMode[];
}

interface LevelSettings {
  readonly mode?: PolicyMode | undefined;
  readonly namespaces: Readonly<Record<string, PolicyMode>>;
  readonly overrides: readonly (OverrideScope & { readonly mode?: PolicyMode | undefined })[];
}

function findAt(
  level: 'policy' | 'all',
  { mode, namespaces, overrides }: LevelSettings,
  { place, uncertain }: Search,
): FoundMode | undefined {
  const named = matchNamespace(namespaces, place.namespace);
  if (named !== undefined) return { ...named, level, isCertain: true };
  for (const [key, override] of overrides.entries()) {
    if (override.mode === undefined) continue;
    const matching = matchOverride(override, place);
    if (matching === 'unmatched') continue;
    const found: FoundMode = { mode: override.mode, level, key, isCertain: matching === 'matched' };
    if (found.isCertain) return found;
    uncertain.push(found);
  }
  return mode === undefined ? undefined : { mode, level, isCertain: true };
}

function ownSettings(
  { name }: DeclaredPolicy,
  { settings }: ModeSettings,
): PoliciesSettings['settings'][string] | undefined {
  return Object.hasOwn(settings, name) ? settings[name] : undefined;
}

function matchNamespace(
  modes: Readonly<Record<string, PolicyMode>>,
  namespace: string | undefined,
): { readonly key: string; readonly mode: PolicyMode } | undefined {
  if (namespace === undefined) return undefined;
  const exact = Object.hasOwn(modes, namespace) ? modes[namespace] : undefined;
  if (exact !== undefined) return { key: namespace, mode: exact };
  let best: { readonly key: string; readonly mode: PolicyMode } | undefined;
  for (const [key, mode] of Object.entries(modes)) {
    const matches = key.endsWith('*') && namespace.startsWith(key.slice(0, -1));
    if (matches && key.length > (best?.key.length ?? 0)) best = { key, mode };
  }
  return best;
}
