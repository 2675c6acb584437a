/** The facts that policies can read. */

/** Every fact that a policy may name in its METADATA. */
export const FACT_NAMES = [
  'actor',
  'object',
  'change',
  'source',
  'images',
  'plaintext',
  'deletions',
  'rollback',
  'freeze',
  'grant',
  'namespace',
  'inventory',
] as const;
export type FactName = (typeof FACT_NAMES)[number];
