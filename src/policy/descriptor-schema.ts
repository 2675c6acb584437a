/** The schema of a policy's descriptor, in METADATA and in a manifest. */
import { z } from 'zod';
import { entryLookupsSchema } from './entry-lookups.ts';
import { FACT_NAMES } from './fact-names.ts';
import { constraintSchema } from './gatekeeper/constraint.ts';
import { parameterSchema } from './parameter-schema.ts';
import { valueReadsSchema } from './value-reads.ts';
import { failureSchema, modeSchema, POLICY_NAME } from './settings.ts';

/** The default deadline of a policy: a hundred times what an included policy needs. */
const DEADLINE_MS_DEFAULT = 200;
/** The API server waits 10 s by default and 30 s at most; a policy must leave time for the others. */
const DEADLINE_MS_MAX = 5000;

const nonEmptyList = <T extends z.ZodType>(item: T) => z.array(item).min(1).readonly();
const texts = nonEmptyList(z.string());
const nonEmptyTexts = nonEmptyList(z.string().min(1));

/** `custom.match`: which requests a policy judges. */
export const matchSchema = z.strictObject({
  operations: nonEmptyList(z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT'])).optional(),
  groups: texts.optional(),
  kinds: nonEmptyTexts.optional(),
  resources: nonEmptyTexts.optional(),
  subresources: texts.optional(),
  namespaces: nonEmptyTexts.optional(),
  excludedNamespaces: nonEmptyTexts.optional(),
  actorClasses: nonEmptyList(
    z.enum(['gitops', 'platform', 'node', 'operator', 'breakglass', 'other']),
  ).optional(),
  managedOnly: z.boolean().optional(),
  installationsOnly: z.boolean().optional(),
  judgedImagesOnly: z.boolean().optional(),
});

const factNames = z.array(z.enum(FACT_NAMES)).readonly().default([]);

/** `custom` of a METADATA block. */
export const customSchema = z.strictObject({
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  match: matchSchema,
  failure: failureSchema,
  deadlineMs: z.int().min(1).max(DEADLINE_MS_MAX).default(DEADLINE_MS_DEFAULT),
  facts: factNames,
  optionalFacts: factNames,
  mode: modeSchema.default('enforce'),
  parameters: z.record(z.string(), z.unknown()).readonly().default({}),
  parametersSchema: z.record(z.string(), parameterSchema).readonly().optional(),
});

/** A descriptor in a manifest: the METADATA block and properties of the code. */
export const descriptorSchema = customSchema.extend({
  name: z.string().regex(POLICY_NAME),
  title: z.string().min(1),
  description: z.string().min(1),
  rules: z
    .array(z.enum(['deny', 'warn', 'audit', 'patch']))
    .min(1)
    .readonly(),
  requestReads: valueReadsSchema.optional(),
  parameterReads: valueReadsSchema.optional(),
  parameterLookups: entryLookupsSchema.optional(),
  builtins: z.array(z.string()).readonly().optional(),
  constraint: constraintSchema.optional(),
});
