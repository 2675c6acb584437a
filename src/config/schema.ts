/**
 * The configuration file: every section, its defaults, and nothing else. Unknown keys are errors. Each section is declared in
 * the `settings.ts` of what it configures.
 *
 * Environment variables are not interpolated: a value must mean the same to whoever reads the file, to
 * `config check`, and to the process; secrets, which may not stand here, have references instead.
 */
import type { z } from 'zod';
import { admissionLimitsShape, clusterSchema } from '../admission/settings.ts';
import { alertsSchema } from '../alerting/settings.ts';
import { auditShape } from '../audit/settings.ts';
import { breakGlassSchema } from '../identity/grants/settings.ts';
import { identityLimitsShape, identitySchema } from '../identity/settings.ts';
import { kubernetesSchema } from '../kubernetes/settings.ts';
import { ownershipLimitsShape, ownershipSchema } from '../ownership/settings.ts';
import { engineSchema, policiesSchema } from '../policy/settings.ts';
import { serverLimitsShape, serverSchema } from '../server/settings.ts';
import { section } from '../settings/value-schemas.ts';
import { sinksSchema } from '../sinks/settings.ts';
import { logSchema } from '../telemetry/settings.ts';

/** How much of everything one request and one process may use. */
const limitsSchema = section({
  ...serverLimitsShape,
  ...admissionLimitsShape,
  ...ownershipLimitsShape,
  ...identityLimitsShape,
});

/** What is kept of decisions, and where records go besides. */
const auditSchema = section({
  ...auditShape,
  sinks: sinksSchema.prefault([]),
}).refine(({ journal, sinks }) => sinks.length === 0 || journal !== undefined, {
  error: 'Expected audit.journal beside sinks: they are served from it, so that none is lost',
  path: ['sinks'],
});

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
