/** What is wrong with the settings of policies, by the bundle that they are for: names, parameters, and their types. */
import { nearestWord } from '../base/nearest-word.ts';
import { findUnkeptLabels, LABEL_POLICY } from './deciding-labels.ts';
import type { ModeSettings } from './decide-mode.ts';
import type { PolicyDescriptor } from './descriptor.ts';
import { findParameterFaults, schemaOfDefault } from './find-parameter-faults.ts';

export interface SettingProblem {
  /** `policy`: there is none of that name; it may come with a later bundle. */
  readonly about: 'policy' | 'parameter' | 'labels';
  /** Below `policies`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}

/** A policy as its bundle declares it. */
export type KnownPolicy = Pick<
  PolicyDescriptor,
  'name' | 'mode' | 'failure' | 'parameters' | 'parametersSchema'
>;

export interface SettingRules {
  readonly descriptors: readonly KnownPolicy[];
  /** Parameters that every policy is given from the configuration itself. */
  readonly sharedNames: readonly string[];
}

/** Every problem. A mistyped name would otherwise leave a policy at its default, in silence. */
export function findSettingProblems(
  configured: ModeSettings,
  { descriptors, sharedNames }: SettingRules,
): readonly SettingProblem[] {
  const policies = new Map(descriptors.map((descriptor) => [descriptor.name, descriptor]));
  const ofPolicies = Object.entries(configured.settings).flatMap(
    ([name, { parameters, overrides }]): readonly SettingProblem[] => {
      const path = ['settings', name];
      const policy = policies.get(name);
      if (policy === undefined) {
        const message = `There is no policy "${name}"`;
        return [{ about: 'policy', path, message, remedy: suggest(name, [...policies.keys()]) }];
      }
      const lists = [
        { parameters, path },
        ...overrides.map((override, position) => ({
          parameters: override.parameters ?? {},
          path: [...path, 'overrides', position],
        })),
      ];
      return lists.flatMap((list) => findInParameters(list, { policy, sharedNames }));
    },
  );
  return [...ofPolicies, ...findLabelProblems(configured, descriptors)];
}

interface GivenParameters {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly path: SettingProblem['path'];
}

function findInParameters(
  { parameters, path }: GivenParameters,
  {
    policy,
    sharedNames,
  }: { readonly policy: KnownPolicy; readonly sharedNames: readonly string[] },
): readonly SettingProblem[] {
  return Object.entries(parameters).flatMap(([parameter, value]) =>
    describeParameter(policy, { parameter, value, sharedNames }).map((problem) => ({
      ...problem,
      about: 'parameter' as const,
      path: [...path, 'parameters', parameter, ...problem.path],
    })),
  );
}

function findLabelProblems(
  configured: ModeSettings,
  descriptors: readonly KnownPolicy[],
): readonly SettingProblem[] {
  const message = findUnkeptLabels(configured, descriptors);
  if (message === undefined) return [];
  const remedy = `Set policies.settings.${LABEL_POLICY}.mode to enforce, and to nothing else anywhere; or select namespaces by name`;
  return [{ about: 'labels', path: ['settings', LABEL_POLICY], message, remedy }];
}

interface Given {
  readonly parameter: string;
  readonly value: unknown;
  readonly sharedNames: readonly string[];
}

type Described = Pick<SettingProblem, 'path' | 'message' | 'remedy'>;

function describeParameter(
  { name, parameters, parametersSchema = {} }: KnownPolicy,
  { parameter, value, sharedNames }: Given,
): readonly Described[] {
  const known = [...new Set([...Object.keys(parameters), ...Object.keys(parametersSchema)])];
  if (!known.includes(parameter)) {
    // To set one here would replace what the configuration says elsewhere: the writers, for one policy alone.
    if (sharedNames.includes(parameter)) {
      const message = `The parameter "${parameter}" is not one of the policy "${name}": every policy is given it`;
      const remedy = 'Set it in the section of the configuration that it comes from';
      return [{ path: [], message, remedy }];
    }
    const message = `The policy "${name}" has no parameter "${parameter}"`;
    return [{ path: [], message, remedy: suggest(parameter, known) }];
  }
  const standard = parameters[parameter];
  const schema = parametersSchema[parameter] ?? schemaOfDefault(standard);
  const usual =
    standard === undefined ? 'It has no default' : `The default is ${JSON.stringify(standard)}`;
  return findParameterFaults(schema, value).map(({ remedy = usual, ...fault }) => ({
    ...fault,
    remedy,
  }));
}

function suggest(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  return known.length === 0 ? 'It has none' : `There are ${known.toSorted().join(', ')}`;
}
