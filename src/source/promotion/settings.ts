/** The settings section `promotions`: which applications get only commits that were verified in another application before. */
import { z } from 'zod';
import { fixedLimit, SECOND, type LimitRows } from '../../settings/limit.ts';
import { applicationPatternSchema, nameSchema, section } from '../../settings/value-schemas.ts';
import { APPLICATION_KINDS } from '../commits/settings.ts';
import { expandApplication, matchApplication } from './match-application.ts';

/** Rows of the table of limits. */
export const PROMOTION_LIMITS = {
  'promotions.answersMax': fixedLimit(10_000, {
    unit: 'items',
    reason: 'Commits that were found in the history of others, which stays true',
    overflow: 'The oldest is looked up again',
  }),
  'promotions.retryMs': fixedLimit(10 * SECOND, {
    unit: 'milliseconds',
    reason: 'A commit that is not in a history does not get there, and every write of a sync asks',
    overflow: 'It is looked up again: a repository may have been out of reach in part',
  }),
} as const satisfies LimitRows;

const promotionSchema = section({
  name: nameSchema.describe('The name of the promotion in messages.'),
  kind: z
    .enum(APPLICATION_KINDS)
    .default('Application')
    .describe(
      'The kind of both: an Application of Argo CD, or a Kustomization or HelmRelease of Flux.',
    ),
  to: applicationPatternSchema.describe(
    'The applications that get only what was verified before, as `argocd/*-production`.',
  ),
  from: applicationPatternSchema.describe(
    'The application where it must have been verified: `*` in the namespace or the name is what it was in `to`.',
  ),
  repositories: z
    .array(z.string().min(1).max(1024))
    .min(1)
    .max(100)
    .readonly()
    .default(['**'])
    .describe('Only sources from these repositories; patterns as in `commits.rules`.'),
})
  .refine(({ to, from }) => hasStars(from, to), {
    error:
      'Expected "*" in the namespace or the name only where "to" has one there: nothing else says what it is',
    path: ['from'],
  })
  .refine(({ to, from }) => !demandsItself(to, from), {
    error:
      'Expected applications that "to" does not name itself: they would wait for one another for ever',
    path: ['from'],
  });

/** All must hold that name an application. */
export const promotionsSchema = z.array(promotionSchema).max(100).readonly();

export type PromotionSettings = z.output<typeof promotionsSchema>[number];

function hasStars(from: string, to: string): boolean {
  const allowed = to.split('/').map((part) => part.includes('*'));
  return from.split('/').every((part, index) => !part.includes('*') || allowed[index] === true);
}

/** Tried with a name that no pattern has. */
function demandsItself(to: string, from: string): boolean {
  const [namespace = '', name = ''] = to.split('/').map((part) => part.replace('*', 'x0x'));
  const expanded = expandApplication(from, matchApplication(to, { namespace, name }) ?? []);
  return matchApplication(to, expanded) !== undefined;
}
