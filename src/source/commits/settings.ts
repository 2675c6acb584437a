/** Limits of what is remembered of deployed commits. The section `commits` itself is with the rules of trust. */
import { fixedLimit, MINUTE, type LimitRows } from '../../settings/limit.ts';

/** The kinds of applications that deploy commits. */
export const APPLICATION_KINDS = ['Application', 'Kustomization', 'HelmRelease'] as const;

/** Rows of the table of limits. */
export const DEPLOYED_LIMITS = {
  'commits.deployed.applicationsMax': fixedLimit(10_000, {
    unit: 'items',
    reason: 'Applications of a large installation, whose verified commits are remembered',
    overflow: 'Those of the application that deployed longest ago are forgotten',
  }),
  'commits.deployed.sourcesMax': fixedLimit(20, {
    unit: 'items',
    reason: 'Repositories of one application with several sources',
    overflow: 'Those that were deployed longest ago are forgotten',
  }),
  'commits.deployed.commitsMax': fixedLimit(20, {
    unit: 'items',
    reason:
      'Commits of one application and repository: a later one contains those before, and git looks for each',
    overflow: 'The oldest is forgotten; what it contains is promoted by the later ones',
  }),
  'commits.deployed.concurrentChecksMax': fixedLimit(4, {
    unit: 'items',
    reason: 'What is deployed is verified again behind what is deployed next',
    overflow: 'The others wait for their turn',
  }),
  'commits.deployed.retryMsMax': fixedLimit(10 * MINUTE, {
    unit: 'milliseconds',
    reason: 'A Git server that is away is asked for each deployed commit until it answers',
    overflow: 'The time between two attempts grows no longer',
  }),
} as const satisfies LimitRows;
