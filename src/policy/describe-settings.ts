/** What the configuration makes of each policy at a place, and which setting says so: for people who ask before a rollout. */
import {
  decideMode,
  findModes,
  findStrictest,
  type FoundMode,
  type ModeSettings,
} from './decide-mode.ts';
import type { PolicyDescriptor, PolicyMode } from './descriptor.ts';
import { matchParameters, overlayParameters } from './match-parameters.ts';
import type { RequestPlace } from './request-place.ts';

export interface DescribedSetting {
  readonly policy: string;
  readonly mode: PolicyMode;
  /** The setting that gives the mode, as its path in the configuration, or `METADATA`. */
  readonly setBy: string;
  /** The modes that the labels could give, where they are not known. */
  readonly byLabels: readonly PolicyMode[];
  readonly failure: PolicyDescriptor['failure'];
  /** Its own parameters; absent where the labels decide about them and are not known. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

type Described = Pick<PolicyDescriptor, 'name' | 'mode' | 'failure' | 'parameters'>;

/** One for each policy, by name. */
export function describeSettings(
  descriptors: readonly Described[],
  place: RequestPlace,
  policies: ModeSettings,
): readonly DescribedSetting[] {
  return descriptors
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((policy) => describeSetting(policy, place, policies));
}

function describeSetting(
  policy: Described,
  place: RequestPlace,
  policies: ModeSettings,
): DescribedSetting {
  const { name } = policy;
  const modes = findModes(policy, place, policies);
  const own = policies.settings[name];
  const overrides = own?.overrides ?? [];
  const matching = matchParameters(overrides, place);
  const parameters = { ...policy.parameters, ...own?.parameters };
  return {
    policy: name,
    ...decideMode(policy, place, policies),
    setBy: formatOrigin(name, findStrictest(modes)),
    byLabels: modes.length === 1 ? [] : modes.map(({ mode }) => mode),
    ...(matching.status === 'known' && {
      parameters: overlayParameters(parameters, overrides, matching.positions),
    }),
  };
}

function formatOrigin(policy: string, { level, key }: FoundMode): string {
  if (level === 'metadata') return 'METADATA';
  const below = level === 'all' ? 'policies' : `policies.settings.${quote(policy)}`;
  if (key === undefined) return `${below}.mode`;
  return typeof key === 'number'
    ? `${below}.overrides[${key}]`
    : `${below}.namespaces.${quote(key)}`;
}

/** A constraint of Gatekeeper and a pattern are no plain words. */
function quote(key: string): string {
  return /^[\w-]+$/u.test(key) ? key : JSON.stringify(key);
}
