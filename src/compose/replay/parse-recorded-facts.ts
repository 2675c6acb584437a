/** Facts of a record, as far as Holdfast reads them itself; what only policies read is theirs to check. */
import { z } from 'zod';
import type { KnownFacts } from '../../admission/facts/fact.ts';
import { ACTOR_CLASSES } from '../../identity/actor.ts';

const actorSchema = z.looseObject({
  class: z.enum(ACTOR_CLASSES),
  username: z.string(),
  groups: z.array(z.string()),
  proof: z.looseObject({ grade: z.string(), sufficient: z.boolean(), reason: z.string() }),
});
const objectSchema = z.looseObject({
  managed: z.boolean(),
  wasManaged: z.boolean(),
  self: z.boolean(),
  scope: z.string(),
});
const changeSchema = z.looseObject({
  semantic: z.boolean(),
  paths: z.array(z.looseObject({ path: z.string() })),
  protectedKeys: z.array(z.string()),
  truncated: z.boolean(),
});
const factsSchema = z.looseObject({
  actor: actorSchema.optional(),
  object: objectSchema.optional(),
  change: changeSchema.optional(),
  images: z.array(z.looseObject({})).optional(),
  namespace: z.looseObject({}).nullish(),
  source: z.looseObject({}).nullish(),
});

/** `undefined` where they are not what a record holds. */
export function parseRecordedFacts(facts: unknown): KnownFacts | undefined {
  return areFacts(facts) ? facts : undefined;
}

function areFacts(facts: unknown): facts is KnownFacts {
  return factsSchema.safeParse(facts).success;
}
