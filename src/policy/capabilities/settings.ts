/** The section `policies.capabilities`: what policies may use. */
import { z } from 'zod';
import { section } from '../../settings/value-schemas.ts';
import { FACT_NAMES } from '../fact-names.ts';
import { FAMILY_NAMES } from '../wasm/builtins/builtin-names.ts';

/** A rule for each team, and some more. */
const RULES_MAX = 64;
const PATTERNS_MAX = 256;

const familySchema = z.enum([...FAMILY_NAMES.keys()]);

const capabilityRuleSchema = section({
  policies: z
    .array(
      z
        .string()
        .regex(
          /^[a-z0-9_*][-a-z0-9_./*]{0,127}$/u,
          'Expected the name of a policy, or a part of one with "*"',
        ),
    )
    .min(1)
    .max(PATTERNS_MAX)
    .readonly()
    .describe('Which policies: names, in which `*` is any text, as in `team_*`.'),
  builtins: z
    .array(familySchema)
    .readonly()
    .optional()
    .describe(
      'The families of built-in functions of the host that they may call. Absent: all. What OPA compiles into the module computes only, and is no part of this.',
    ),
  facts: z
    .array(z.enum(FACT_NAMES))
    .readonly()
    .optional()
    .describe('The facts that they may read. Absent: all.'),
});

/** What policies may use, by their names. */
export const capabilitiesSchema = z
  .array(capabilityRuleSchema)
  .max(RULES_MAX)
  .readonly()
  .default([]);

export type CapabilityRule = z.output<typeof capabilityRuleSchema>;
