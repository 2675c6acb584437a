/** The section about break-glass grants: who may approve one, and how much any of them may allow. */
import { z } from 'zod';
import { limit } from '../settings/limit.ts';
import { nameSchema, namespaceSchema, section, usernameSchema } from '../settings/value-schemas.ts';
import { BREAK_GLASS_LIMITS } from './limits-break-glass.ts';

const approverSchema = section({
  name: nameSchema,
  /** Their public key: JSON (RFC 7517) or PEM; Ed25519 or P-256. The private one never comes near the cluster. */
  key: z.string().min(1).max(4096),
  /** Their own username: their approval does not count for a grant to themselves. */
  username: usernameSchema.optional(),
});

/** Without approvers nobody can be granted anything. */
export const breakGlassSchema = section({
  approvers: z.array(approverSchema).max(100).readonly().prefault([]),
  /** How many different approvers a grant needs. */
  approvalsRequired: z.int().min(1).max(16).default(1),
  /** Where `BreakGlassGrant` objects lie and uses are counted: our own namespace. */
  namespace: namespaceSchema.default('holdfast-system'),
  /** Grants that no longer count, by id, for good: those that are marked revoked in the cluster can be unmarked. */
  revoked: z.array(z.string().min(1).max(64)).max(10_000).readonly().prefault([]),
  limits: section({
    lifetimeMaxMs: limit(BREAK_GLASS_LIMITS['breakGlass.limits.lifetimeMaxMs']),
    clockSkewMs: limit(BREAK_GLASS_LIMITS['breakGlass.limits.clockSkewMs']),
    usesMax: limit(BREAK_GLASS_LIMITS['breakGlass.limits.usesMax']),
    candidatesMax: limit(BREAK_GLASS_LIMITS['breakGlass.limits.candidatesMax']),
    tokenCharsMax: limit(BREAK_GLASS_LIMITS['breakGlass.limits.tokenCharsMax']),
    listCacheMs: limit(BREAK_GLASS_LIMITS['breakGlass.limits.listCacheMs']),
  }).prefault({}),
}).superRefine(({ approvers, approvalsRequired }, context) => {
  const names = new Set(approvers.map(({ name }) => name));
  if (names.size !== approvers.length) {
    context.addIssue({
      code: 'custom',
      path: ['approvers'],
      message: 'Expected each name once: two keys of one person are one approval',
    });
  }
  if (approvers.length > 0 && approvalsRequired > names.size) {
    context.addIssue({
      code: 'custom',
      path: ['approvalsRequired'],
      message: `Expected at most ${names.size}, the number of approvers, found ${approvalsRequired}`,
    });
  }
});
