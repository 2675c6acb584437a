/**
 * The configuration file: every section, its defaults, and nothing else. Unknown keys are errors.
 *
 * Environment variables are not interpolated: a value must mean the same to whoever reads the file, to
 * `config check`, and to the process; secrets, which may not stand here, have references instead.
 */
import type { z } from 'zod';
import { alertsSchema } from '../alerting/settings.ts';
import { auditSchema } from './schema-audit.ts';
import { breakGlassSchema } from './schema-break-glass.ts';
import { identitySchema, ownershipSchema, policiesSchema } from './schema-judging.ts';
import {
  clusterSchema,
  engineSchema,
  kubernetesSchema,
  limitsSchema,
  logSchema,
  serverSchema,
} from './schema-serving.ts';
import { section } from '../settings/value-schemas.ts';

/** The whole file. Every section may be absent; the defaults are the safe choice. */
export const configurationSchema = section({
  cluster: clusterSchema.prefault({}),
  server: serverSchema.prefault({}),
  policies: policiesSchema.prefault({}),
  identity: identitySchema.prefault({}),
  breakGlass: breakGlassSchema.prefault({}),
  ownership: ownershipSchema.prefault({}),
  engine: engineSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  kubernetes: kubernetesSchema.prefault({}),
  audit: auditSchema.prefault({}),
  alerts: alertsSchema.prefault({}),
  log: logSchema.prefault({}),
}).refine(({ alerts, audit }) => alerts.targets.length === 0 || audit.journal !== undefined, {
  error:
    'Expected audit.journal beside alert targets: incidents are made from it, so that none is lost',
  path: ['alerts', 'targets'],
});

/** A valid configuration with every default filled in. */
export type Configuration = z.output<typeof configurationSchema>;

export type PoliciesConfiguration = Configuration['policies'];
export type IdentityConfiguration = Configuration['identity'];
export type OwnershipConfiguration = Configuration['ownership'];
export type JournalConfiguration = NonNullable<Configuration['audit']['journal']>;
