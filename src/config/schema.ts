/**
 * The schema of the configuration file: every section and its defaults. Unknown keys are errors. Each section is
 * declared in the `settings.ts` of its feature.
 *
 * Environment variables are not interpolated: a value must mean the same to a reader of the file, to `config check`,
 * and to the process; secrets are referenced instead.
 */
import { z } from 'zod';
import { admissionLimitsShape, clusterSchema } from '../admission/settings.ts';
import { alertsSchema } from '../alerting/settings.ts';
import { auditShape } from '../audit/settings.ts';
import { certificatesSchema } from '../certificates/settings.ts';
import { dashboardSchema } from '../dashboard/settings.ts';
import { intakeSchema } from '../drift/intake/settings.ts';
import { driftSchema } from '../drift/settings.ts';
import { freezeSchema } from '../freeze/settings.ts';
import { breakGlassSchema } from '../identity/grants/settings.ts';
import { identityLimitsShape, identitySchema } from '../identity/settings.ts';
import { customImagesSchema } from '../image/custom-images.ts';
import { parseReference } from '../image/parse-reference.ts';
import { registriesSchema } from '../image/registry/settings.ts';
import { kubernetesSchema } from '../kubernetes/settings.ts';
import { ownershipLimitsShape, ownershipSchema } from '../ownership/settings.ts';
import { engineSchema, policiesSchema } from '../policy/settings.ts';
import { serverLimitsShape, serverSchema } from '../server/settings.ts';
import { registrationSchema } from '../registration/settings.ts';
import { section } from '../settings/value-schemas.ts';
import { findImageTrustProblems } from '../signature/image-trust/find-image-trust-problems.ts';
import { imageTrustShape } from '../signature/image-trust/settings.ts';
import { findTrustProblems } from '../signature/trust/find-trust-problems.ts';
import { commitsSchema } from '../signature/trust/settings.ts';
import { sinksSchema } from '../sinks/settings.ts';
import { lineageSchema } from '../source/lineage/settings.ts';
import { promotionsSchema } from '../source/promotion/settings.ts';
import { manifestsSchema } from '../source/manifest/settings.ts';
import { mirrorsSchema } from '../source/mirror/settings.ts';
import { logSchema } from '../telemetry/settings.ts';
import { tracesSchema } from '../telemetry/tracing/settings.ts';
import { CONFIGURATION_VERSION } from './configuration-version.ts';

/** The limits of one request and of the process. */
const limitsSchema = section({
  ...serverLimitsShape,
  ...admissionLimitsShape,
  ...ownershipLimitsShape,
  ...identityLimitsShape,
});

/** What is recorded of decisions, and where records are sent. */
const auditSchema = section({
  ...auditShape,
  sinks: sinksSchema.prefault([]).describe('Where records are sent, besides the journal.'),
}).refine(({ journal, sinks }) => sinks.length === 0 || journal !== undefined, {
  error: 'Expected audit.journal beside sinks: they are served from it, so that none is lost',
  path: ['sinks'],
});

/** What names an artifact of a registry is read as the name of an image is. */
const downloadedPoliciesSchema = policiesSchema.superRefine(({ registry }, context) => {
  const reading = registry && parseReference(registry.reference);
  if (reading === undefined || reading.ok) return;
  const path = ['registry', 'reference'];
  const message = `It is no reference of an artifact: ${reading.reason}`;
  context.addIssue({ code: 'custom', path, message });
});

/** Rules that can match nobody are problems of their place. */
const trustedCommitsSchema = commitsSchema.superRefine((settings, context) => {
  for (const { path, message } of findTrustProblems(settings)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** Whose signatures of images count, and how registries are asked. */
const imagesSchema = section({
  ...imageTrustShape,
  resources: customImagesSchema
    .default([])
    .describe('Custom resources that have images: of known projects by a preset, others by paths.'),
  registries: registriesSchema.prefault({}).describe('How registries are asked.'),
}).superRefine((settings, context) => {
  for (const { path, message } of findImageTrustProblems(settings)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** The whole file. Every section may be absent; the defaults are the safe choice. */
export const configurationSchema = section({
  version: z
    .int()
    .min(1)
    .max(CONFIGURATION_VERSION)
    .default(CONFIGURATION_VERSION)
    .describe(
      'The version of the form of this file. An older one is read; a newer one is refused, before a key in it is misunderstood.',
    ),
  cluster: clusterSchema.prefault({}).describe('Which cluster this is.'),
  server: serverSchema
    .prefault({})
    .describe(
      'Where the webhook and the metrics listen, and how both sides of a connection are authenticated.',
    ),
  policies: downloadedPoliciesSchema
    .prefault({})
    .describe('Which policies are evaluated, and in which mode.'),
  identity: identitySchema
    .prefault({})
    .describe('Who may write: GitOps controllers, and operators within their rules.'),
  breakGlass: breakGlassSchema
    .prefault({})
    .describe('Who may approve a break-glass grant, and how much a grant may allow.'),
  freeze: freezeSchema
    .prefault({})
    .describe(
      'When deployments stop: by days and hours, by hand, and by what Prometheus measures.',
    ),
  ownership: ownershipSchema.prefault({}).describe('How Holdfast finds out who manages an object.'),
  registration: registrationSchema
    .prefault({})
    .describe('Which requests the API server sends to Holdfast: what `holdfast manifests` prints.'),
  certificates: certificatesSchema
    .prefault({})
    .describe('Whether Holdfast makes, registers and rotates its own certificates.'),
  engine: engineSchema.prefault({}).describe('How policies are evaluated. Every key is a limit.'),
  limits: limitsSchema
    .prefault({})
    .describe('How much one request and one process may use. Every key is a limit.'),
  kubernetes: kubernetesSchema
    .prefault({})
    .describe('How Holdfast reads from the Kubernetes API what a review does not carry.'),
  commits: trustedCommitsSchema
    .prefault({})
    .describe('Which commits are trusted: whose signature is accepted for which repository.'),
  promotions: promotionsSchema
    .prefault([])
    .describe(
      'Which applications get only commits that were verified in another application before; all must hold that name an application.',
    ),
  manifests: manifestsSchema
    .prefault({})
    .describe('How what the GitOps controller writes is compared with what its commit declares.'),
  mirrors: mirrorsSchema
    .prefault({})
    .describe('How commits are fetched from Git repositories, and with which credentials.'),
  images: imagesSchema
    .prefault({})
    .describe('Which images are trusted: whose signature is accepted for which repository.'),
  audit: auditSchema
    .prefault({})
    .describe('Which decisions are recorded, where records are kept, and where they are sent.'),
  alerts: alertsSchema
    .prefault({})
    .describe('Which records become incidents, how severe they are, and who is notified.'),
  drift: driftSchema
    .optional()
    .describe(
      'What is followed to find what got past admission. Absent: nothing; `{}` has the defaults. Needs `audit.journal`.',
    ),
  lineage: lineageSchema
    .optional()
    .describe(
      'Which versions each application was brought to, which of them are verified, and how often it may be rolled back. Absent: nothing is noted; `{}` has the defaults. Needs `audit.journal`.',
    ),
  intake: intakeSchema
    .optional()
    .describe(
      'What other programs have seen, and report: the audit log of the API server, Falco, Argo CD, Terraform. Absent: nothing is taken. Needs `audit.journal`.',
    ),
  dashboard: dashboardSchema
    .optional()
    .describe(
      'Read-only pages on a port of their own. Absent: there are none; `{}` has the defaults. Needs `audit.journal`.',
    ),
  log: logSchema.prefault({}).describe('The log on standard error.'),
  traces: tracesSchema
    .optional()
    .describe(
      'Where traces of requests are sent. Absent: there are none, and a request does nothing for them.',
    ),
})
  .refine(({ alerts, audit }) => alerts.targets.length === 0 || audit.journal !== undefined, {
    error:
      'Expected audit.journal beside alert targets: incidents are made from it, so that none is lost',
    path: ['alerts', 'targets'],
  })
  .refine(({ intake, audit }) => intake === undefined || audit.journal !== undefined, {
    error: 'Expected audit.journal beside intake: what is reported is kept there',
    path: ['intake'],
  })
  .refine(({ dashboard, audit }) => dashboard === undefined || audit.journal !== undefined, {
    error: 'Expected audit.journal beside dashboard: its pages show what the journal has',
    path: ['dashboard'],
  })
  .refine(({ drift, audit }) => drift === undefined || audit.journal !== undefined, {
    error:
      'Expected audit.journal beside drift: it has the decisions that tell what was allowed, and what an object was',
    path: ['drift'],
  })
  .refine(({ lineage, audit }) => lineage === undefined || audit.journal !== undefined, {
    error: 'Expected audit.journal beside lineage: versions count once they are recorded in it',
    path: ['lineage'],
  })
  .refine(({ drift, audit }) => drift === undefined || audit.record.managedWrites, {
    error:
      'Expected audit.record.managedWrites beside drift: a write whose decision is not recorded looks like drift',
    path: ['audit', 'record', 'managedWrites'],
  });

/** A valid configuration with every default filled in. */
export type Configuration = z.output<typeof configurationSchema>;
