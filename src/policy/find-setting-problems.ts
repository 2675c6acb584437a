/** What is wrong with the settings of policies, by the bundle that they are for: names, parameters, and their types. */
import { nearestWord } from '../base/nearest-word.ts';
import type { PolicyDescriptor } from './descriptor.ts';

export interface SettingProblem {
  /** Below `policies.settings`. */
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

/** The part of a policy's settings that the bundle decides on. */
export type PolicySettings = Readonly<
  Record<string, { readonly parameters?: Readonly<Record<string, unknown>> | undefined }>
>;

export interface SettingRules {
  readonly descriptors: readonly Pick<PolicyDescriptor, 'name' | 'parameters'>[];
  /** Parameters that every policy is given from the configuration itself. */
  readonly sharedNames: readonly string[];
}

/** Every problem. A mistyped name would otherwise leave a policy at its default, in silence. */
export function findSettingProblems(
  settings: PolicySettings,
  { descriptors, sharedNames }: SettingRules,
): readonly SettingProblem[] {
  const policies = new Map(descriptors.map((descriptor) => [descriptor.name, descriptor]));
  return Object.entries(settings).flatMap(([name, { parameters = {} }]) => {
    const policy = policies.get(name);
    if (policy === undefined) {
      const message = `There is no policy "${name}"`;
      return [{ path: [name], message, remedy: suggest(name, [...policies.keys()]) }];
    }
    return Object.entries(parameters).flatMap(([parameter, value]) =>
      describeParameter(policy, { parameter, value, sharedNames }).map((problem) => ({
        path: [name, 'parameters', parameter],
        ...problem,
      })),
    );
  });
}

interface Given {
  readonly parameter: string;
  readonly value: unknown;
  readonly sharedNames: readonly string[];
}

function describeParameter(
  { name, parameters }: SettingRules['descriptors'][number],
  { parameter, value, sharedNames }: Given,
): readonly Omit<SettingProblem, 'path'>[] {
  const known = Object.keys(parameters);
  if (!known.includes(parameter)) {
    // To set one here would replace what the configuration says elsewhere: the writers, for one policy alone.
    if (sharedNames.includes(parameter)) {
      const message = `The parameter "${parameter}" is not one of the policy "${name}": every policy is given it`;
      return [{ message, remedy: 'Set it in the section of the configuration that it comes from' }];
    }
    const message = `The policy "${name}" has no parameter "${parameter}"`;
    return [{ message, remedy: suggest(parameter, known) }];
  }
  const wanted = describeKind(parameters[parameter]);
  const found = describeKind(value);
  if (wanted === found) return [];
  const remedy = `The default is ${JSON.stringify(parameters[parameter])}`;
  return [{ message: `Expected ${wanted}, found ${found}`, remedy }];
}

function suggest(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  return known.length === 0 ? 'It has none' : `There are ${known.toSorted().join(', ')}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

function describeKind(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return 'nothing';
  return KINDS[typeof value] ?? 'a section with keys';
}
