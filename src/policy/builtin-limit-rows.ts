/** Rows of the table of limits: what a built-in function of the host takes and gives at most. */
import { fixedLimit, type LimitRows } from '../settings/limit.ts';
import { BUILTIN_LIMITS } from './wasm/builtins/limits.ts';

/** None of them is undefined when it is exceeded: an undefined call could let a request pass. */
const OVERFLOW = 'The evaluation fails: its policies are unavailable';
const METRIC = 'holdfast_engine_failures_total';

/** By their path. */
export const BUILTIN_LIMIT_ROWS = {
  'engine.builtinGraphqlCharsMax': fixedLimit(BUILTIN_LIMITS.graphqlChars, {
    unit: 'characters',
    reason:
      'The schema of a large service has some 100,000 characters; fields of a query are compared with each other',
    overflow: OVERFLOW,
    metric: METRIC,
  }),
  'engine.builtinItemsMax': fixedLimit(BUILTIN_LIMITS.items, {
    unit: 'items',
    reason:
      'Items of a list and steps through a graph that a built-in makes of a few bytes: more than any object of the cluster has, and some tens of megabytes',
    overflow: OVERFLOW,
    metric: METRIC,
  }),
  'engine.builtinKeyCharsMax': fixedLimit(BUILTIN_LIMITS.keyChars, {
    unit: 'characters',
    reason:
      'A private key of RSA with 8,192 bits has 6,500; signing takes the cube of its length in time',
    overflow: OVERFLOW,
    metric: METRIC,
  }),
  'engine.builtinOutputCharsMax': fixedLimit(BUILTIN_LIMITS.outputChars, {
    unit: 'characters',
    reason: 'A message has a few hundred characters; a full heap of a thread ends the process',
    overflow: OVERFLOW,
    metric: METRIC,
  }),
  'engine.builtinPatternCharsMax': fixedLimit(BUILTIN_LIMITS.patternChars, {
    unit: 'characters',
    reason: 'A regular expression or glob of a person has a few hundred characters',
    overflow: OVERFLOW,
    metric: METRIC,
  }),
  'engine.builtinPatternInstructionsMax': fixedLimit(BUILTIN_LIMITS.patternInstructions, {
    unit: 'items',
    reason:
      'A match takes this times the length of the text; repetitions such as (a{100}){100} make much of few characters',
    overflow: OVERFLOW,
    metric: METRIC,
  }),
  'engine.builtinSchemaStepsMax': fixedLimit(BUILTIN_LIMITS.schemaSteps, {
    unit: 'items',
    reason:
      'Parts of a JSON Schema that meet a value: a custom resource has some thousand, and schemas that refer to each other make millions of a few characters',
    overflow: OVERFLOW,
    metric: METRIC,
  }),
  'engine.builtinYamlCharsMax': fixedLimit(BUILTIN_LIMITS.yamlChars, {
    unit: 'characters',
    reason: 'A thread parses a megabyte in some 200 ms; what is in a ConfigMap has a few KiB',
    overflow: OVERFLOW,
    metric: METRIC,
  }),
} as const satisfies LimitRows;
