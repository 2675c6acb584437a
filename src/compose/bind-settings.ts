/** What the configuration says of policies, bound to the policies that there are. */
import type { EvaluationInput } from '../admission/ports.ts';
import type { PolicySettings } from '../admission/runtime.ts';
import type { Configuration } from '../config/schema.ts';
import { decideMode, findModes } from '../policy/decide-mode.ts';
import { listSelectors } from '../policy/deciding-labels.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import { matchParameters, overlayParameters } from '../policy/match-parameters.ts';
import type { RequestPlace } from '../policy/request-place.ts';

/** As many as namespaces differ by their overrides; each costs the parameters of all policies, and a plan of the input. */
const VARIANTS_MAX = 64;

type Parameters = EvaluationInput['parameters'];

/** `parameters` gives those without overrides: the same object until they change. */
export function bindSettings(
  { policies }: Pick<Configuration, 'policies'>,
  parameters: () => Parameters,
): PolicySettings {
  const variants = new ParameterVariants(policies.settings, parameters);
  const usesLabels = listSelectors(policies).length > 0;
  const readsLabels = (policy: PolicyDescriptor, place: RequestPlace): boolean =>
    findModes(policy, place, policies).some(({ isCertain }) => !isCertain) ||
    variants.match(policy, place).status === 'unknown';
  return {
    readsLabels: (matched, namespace) =>
      usesLabels && matched.some((policy) => readsLabels(policy, { namespace })),
    settingOf: (policy, place) => decideMode(policy, place, policies),
    parametersOf: (matched, place) => variants.find(matched, place),
  };
}

/** The parameters of all policies, once for each combination of overrides. */
class ParameterVariants {
  readonly #settings: Configuration['policies']['settings'];
  readonly #base: () => Parameters;
  readonly #variants = new Map<string, Parameters>();
  #known: Parameters | undefined;

  constructor(settings: Configuration['policies']['settings'], base: () => Parameters) {
    this.#settings = settings;
    this.#base = base;
  }

  match({ name }: PolicyDescriptor, place: RequestPlace): ReturnType<typeof matchParameters> {
    const overrides = this.#settings[name]?.overrides ?? [];
    return overrides.length === 0 ? NONE : matchParameters(overrides, place);
  }

  find(
    policies: readonly PolicyDescriptor[],
    place: RequestPlace,
  ): ReturnType<PolicySettings['parametersOf']> {
    const unknown = new Set<string>();
    const applied: Applied[] = [];
    for (const policy of policies) {
      const matching = this.match(policy, place);
      if (matching.status === 'unknown') unknown.add(policy.name);
      else if (matching.positions.length > 0) {
        applied.push({ name: policy.name, positions: matching.positions });
      }
    }
    return { parameters: this.#overlay(applied), unknown };
  }

  #overlay(applied: readonly Applied[]): Parameters {
    const base = this.#base();
    if (base !== this.#known) this.#variants.clear();
    this.#known = base;
    if (applied.length === 0) return base;
    const key = JSON.stringify(applied);
    const known = this.#variants.get(key);
    if (known !== undefined) return known;
    const changed = applied.map(({ name, positions }) => {
      const overrides = this.#settings[name]?.overrides ?? [];
      return [name, overlayParameters(base[name] ?? {}, overrides, positions)] as const;
    });
    const made = { ...base, ...Object.fromEntries(changed) };
    if (this.#variants.size >= VARIANTS_MAX) this.#variants.clear();
    this.#variants.set(key, made);
    return made;
  }
}

/** The overrides of one policy that apply. */
interface Applied {
  readonly name: string;
  readonly positions: readonly number[];
}

const NONE = { status: 'known', positions: [] } as const;
