/** Parses a suite of tests of constraints. Source: Gatekeeper 3.23, pkg/gator/verify. */
import { z } from 'zod';

const violationsSchema = z.union([z.int(), z.string()]).nullish();

const assertionSchema = z.looseObject({
  violations: violationsSchema,
  message: z.string().nullish(),
});

const caseSchema = z.looseObject({
  name: z.string().default(''),
  object: z.string().default(''),
  inventory: z.array(z.string()).nullish(),
  assertions: z.array(assertionSchema).nullish(),
  skip: z.boolean().default(false),
});

const testSchema = z.looseObject({
  name: z.string().default(''),
  template: z.string().default(''),
  constraint: z.string().default(''),
  expansion: z.string().default(''),
  cases: z.array(caseSchema).nullish(),
  invalid: z.boolean().default(false),
  skip: z.boolean().default(false),
});

const suiteSchema = z.looseObject({
  tests: z.array(testSchema).nullish(),
  skip: z.boolean().default(false),
});

export type SuiteAssertion = z.output<typeof assertionSchema>;
export type SuiteCase = z.output<typeof caseSchema>;
export type SuiteTest = z.output<typeof testSchema>;
export type Suite = z.output<typeof suiteSchema>;

const GROUP = 'test.gatekeeper.sh';

/** Whether a document is a suite: other files lie beside them. */
export function isSuite(document: unknown): boolean {
  const head = z.looseObject({ apiVersion: z.string(), kind: z.string() }).safeParse(document).data;
  return head?.kind === 'Suite' && head.apiVersion.split('/')[0] === GROUP;
}

/** The suite, or what is wrong with it. */
export function parseSuite(document: unknown): Suite | string {
  const parsed = suiteSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.map(String).join('.')}: ${issue?.message}`;
}
