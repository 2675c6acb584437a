/**
 * The limits of built-in functions. `policy/builtin-limit-rows.ts` gives the reason of each; it is apart because a worker
 * thread must not load the schema of the configuration for a few numbers.
 */
export const BUILTIN_LIMITS = {
  items: 100_000,
  // A full heap of a thread ends the process.
  outputChars: 1_048_576,
  // A person's pattern has a few hundred.
  patternChars: 8192,
  patternInstructions: 20_000,
  // The schema of a large service has some 100,000; checking a query takes its square.
  graphqlChars: 131_072,
  // An RSA key of 8,192 bits has 6,500 as a JSON Web Key.
  keyChars: 16_384,
  // The schema of a custom resource has some thousand parts, each of which meets a few values.
  schemaSteps: 200_000,
  // A ConfigMap has a few thousand.
  yamlChars: 262_144,
} as const;
