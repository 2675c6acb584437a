/** Where a rule or a function is defined that a reference names. */
import type { PolicyModule } from './parse-policy-module.ts';
import type { RuleDefinition } from './rule-tree.ts';

export interface Defined {
  readonly module: PolicyModule;
  readonly definition: RuleDefinition;
}

export interface DefinitionScope {
  /** Where the reference stands. */
  readonly module: PolicyModule;
  /** Where it may be defined. */
  readonly modules: readonly PolicyModule[];
}

/** The definitions of the rule with these names, `["words", "text"]`, and nothing below it. */
export function definitionsOf(
  reference: readonly string[],
  { module, modules }: DefinitionScope,
  { isFunction }: { readonly isFunction: boolean } = { isFunction: false },
): readonly Defined[] {
  const [head = '', ...rest] = reference;
  const path = [...(module.names.get(head) ?? [head]), ...rest].join('.');
  return modules.flatMap((of) =>
    of.definitions
      .filter(
        ({ name, arguments: parameters }) =>
          (parameters !== undefined) === isFunction &&
          ['data', ...of.packagePath, name].join('.') === path,
      )
      .map((definition) => ({ module: of, definition })),
  );
}
