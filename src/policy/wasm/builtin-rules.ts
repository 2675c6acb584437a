/** What the built-in functions of the host may do in one evaluation. */
export interface BuiltinRules {
  /** Those that may be called, by name: the call of another ends the evaluation. @default all */
  readonly allowedBuiltins?: ReadonlySet<string> | undefined;
  /**
   * What the failure of one does: it ends the evaluation, as `opa eval --strict-builtin-errors` has it, so that no rule that a policy
   * depends on is silently undefined; or the call is undefined, as OPA and Gatekeeper have it by default, and as Gatekeeper's templates
   * are written for. @default fail
   */
  readonly builtinErrors?: 'fail' | 'undefined' | undefined;
}

/** These two, of what has more. */
export function builtinRulesOf({ allowedBuiltins, builtinErrors }: BuiltinRules): BuiltinRules {
  return { allowedBuiltins, builtinErrors };
}
