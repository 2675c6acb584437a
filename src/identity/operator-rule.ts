/** What an operator may write on managed objects: one rule of its entry. */
import { z } from 'zod';
import { section } from '../settings/value-schemas.ts';
import { parseFieldPattern } from './parse-field-pattern.ts';

const texts = z.array(z.string().min(1).max(512)).min(1).readonly();

const pathSchema = z
  .string()
  .min(1)
  .max(512)
  .superRefine((path, context) => {
    const parsed = parseFieldPattern(path);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.reason });
  });

/** The schema of a rule in `identity.operators`. */
export const operatorRuleSchema = section({
  verbs: z
    .array(z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']))
    .min(1)
    .readonly()
    .describe('The operations that the rule allows.'),
  groups: z
    .array(z.string().max(253))
    .min(1)
    .readonly()
    .describe('API groups; the core group is the empty text.'),
  resources: texts.describe('Resources and subresources: `deployments`, `deployments/scale`.'),
  paths: z
    .array(pathSchema)
    .min(1)
    .readonly()
    .optional()
    .describe(
      'Which fields may change, with everything below each path. `[*]` is any item or key, `[begin*]` those that begin so. Absent: any field.',
    ),
  undeclared: z
    .boolean()
    .optional()
    .describe("Only fields that Git does not declare, by the stored object's managedFields."),
  autoscaled: z
    .boolean()
    .optional()
    .describe('Only where an autoscaler from Git targets the object, and within its bounds.'),
});

export type OperatorRule = z.output<typeof operatorRuleSchema>;
