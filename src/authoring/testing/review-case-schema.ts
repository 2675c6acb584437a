/** The format of recorded reviews as test cases: `NAME/reviews/*.yaml`, one document a file. */
import { z } from 'zod';
import { SHOWN_PROOFS } from '../../compose/evaluate/plan-user.ts';

const objectSchema = z.record(z.string(), z.unknown());
const findingSchema = z
  .string()
  .transform((code) => ({ code }))
  .or(
    z.strictObject({
      code: z.string(),
      message: z.string().optional(),
      path: z.string().optional(),
      remedy: z.string().optional(),
      details: z.unknown().optional(),
    }),
  );

const expectedSchema = z.strictObject({
  /** What the API server is answered. */
  allowed: z.boolean(),
  /** What becomes of the policy: `unmatched` where it is not asked. @default not compared */
  status: z.enum(['passed', 'denied', 'warned', 'audited', 'unavailable', 'unmatched']).optional(),
  /** Those of the policy, all of them, in any order; of each the members that are given. @default not compared */
  findings: z.array(findingSchema).optional(),
  /** The whole patch of the answer. @default not compared */
  patch: z.array(objectSchema).optional(),
  /** A part of the message that the user reads. @default not compared */
  message: z.string().optional(),
});

const caseSchema = z.strictObject({
  name: z.string().min(1),
  /** A whole AdmissionReview, as the API server sends it; instead of the members below. */
  review: objectSchema.optional(),
  /** @default UPDATE where there is an oldObject and an object, DELETE where there is only an oldObject, else CREATE */
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE']).optional(),
  object: objectSchema.optional(),
  oldObject: objectSchema.optional(),
  /** Who asks, as `kubectl --as`. @default developer */
  as: z.string().optional(),
  /** Of `as`, beside those that authentication gives. */
  groups: z.array(z.string()).optional(),
  /** The credential that a service account has shown. */
  proof: z.enum(SHOWN_PROOFS).optional(),
  /** Whole, instead of `as`. */
  userInfo: objectSchema.optional(),
  /** Members of the request that come over the others: `subResource`, `dryRun`, `options`, `name`… */
  request: objectSchema.optional(),
  /** Facts as a record has them, instead of those that the configuration and the cluster state give. */
  facts: objectSchema.optional(),
  /** Of the policy. @default enforce */
  mode: z.enum(['enforce', 'warn', 'audit', 'off']).default('enforce'),
  /** Of the policy, over its defaults. */
  parameters: objectSchema.optional(),
  route: z.enum(['validate', 'mutate']).default('validate'),
  expect: expectedSchema,
});

/** One file. */
export const reviewFileSchema = z.strictObject({
  /** As in holdfast.yaml: who the writers are, and so on. @default a cluster without writers */
  configuration: objectSchema.default({}),
  /** Objects that the cluster has. */
  clusterState: z.array(objectSchema).default([]),
  /** Whether the other policies of the folder judge too. @default only the policy that the file lies beside */
  policies: z.enum(['own', 'all']).default('own'),
  cases: z.array(caseSchema).min(1),
});

export type ReviewFile = z.output<typeof reviewFileSchema>;
export type ReviewCase = ReviewFile['cases'][number];
export type ExpectedReview = ReviewCase['expect'];
