/** The schema of stored findings: the state of an earlier version, or of a disk that failed, is input like any other. */
import { z } from 'zod';
import { driftWriterSchema } from '../audit/record-schema.ts';

const textSchema = z.string();

/** Who manages an object. */
export const toolSchema = z.enum(['argocd', 'flux', 'helm', 'scope', 'selector', 'none']);

const changedPathSchema = z
  .object({
    path: textSchema,
    segments: z.array(z.union([z.string(), z.number()])).readonly(),
    kind: z.enum(['changed', 'added', 'removed']),
    from: textSchema.optional(),
    to: textSchema.optional(),
    owner: textSchema.optional(),
    gitOwned: z.boolean().optional(),
  })
  .readonly();

const subjectShape = {
  what: z.enum(['added', 'changed', 'deleted', 'reverted']),
  object: z
    .object({
      group: textSchema,
      version: textSchema,
      resource: textSchema,
      kind: textSchema,
      namespace: textSchema.optional(),
      name: textSchema,
    })
    .readonly(),
  uid: textSchema,
  managedBy: z.object({ tool: toolSchema, app: textSchema }).readonly(),
};

/** What a finding is about. */
export const findingSubjectSchema = z.object(subjectShape).readonly();

const findingSchema = z
  .object({
    ...subjectShape,
    writers: z.array(driftWriterSchema).readonly(),
    change: z
      .object({
        semantic: z.boolean(),
        paths: z.array(changedPathSchema).readonly(),
        protectedKeys: z.array(textSchema).readonly(),
        truncated: z.boolean(),
      })
      .readonly(),
    effect: z
      .object({
        what: z.enum(['mutates', 'blocks']),
        reaches: z.array(textSchema).readonly(),
      })
      .readonly()
      .optional(),
  })
  .readonly();

/** A difference that was found, and how far it was told. */
export const openFindingSchema = z
  .object({
    finding: findingSchema,
    decisionId: textSchema,
    reverted: z.boolean(),
    passed: z.array(textSchema).readonly(),
  })
  .readonly();
