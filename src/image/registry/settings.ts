/** Limits of what is asked of registries, and of what they answer: a registry can be slow, and it can lie. */
import { z } from 'zod';
import {
  fixedLimit,
  HOUR,
  KIB,
  MIB,
  MINUTE,
  SECOND,
  type LimitRows,
} from '../../settings/limit.ts';
import { pathSchema, section } from '../../settings/value-schemas.ts';
import { matchGcpHost } from './providers/match-gcp-host.ts';
import { parseAcrHost } from './providers/parse-acr-host.ts';
import { parseEcrHost } from './providers/parse-ecr-host.ts';

/** Rows of the table of limits. */
export const REGISTRY_LIMITS = {
  'image.registry.requestTimeoutMs': fixedLimit(10 * SECOND, {
    unit: 'milliseconds',
    reason: 'A registry answers within a second; a small blob from a distant store takes some more',
    overflow: 'What was asked for is unavailable',
  }),
  'image.registry.totalTimeoutMs': fixedLimit(MINUTE, {
    unit: 'milliseconds',
    reason: 'All requests for one image, with whom a person waits',
    overflow: 'What is not there by then is unavailable',
  }),
  'image.registry.resolveTimeoutMs': fixedLimit(5 * SECOND, {
    unit: 'milliseconds',
    reason: 'The resolver of the system tries twice within this time',
    overflow: 'The registry is unavailable',
  }),
  'image.registry.manifestBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason: 'The limit that the OCI distribution specification recommends to registries',
    overflow: 'The manifest is unavailable',
  }),
  'image.registry.blobBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason: 'As for what is verified: signature.cosign.documentBytesMax',
    overflow: 'The layer is not read, and the report says so',
  }),
  'image.registry.tokenBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'A token has some KiB',
    overflow: 'The registry is unavailable',
  }),
  'image.registry.redirectsMax': fixedLimit(3, {
    unit: 'items',
    reason: 'A registry sends once to its store, and the store perhaps to a region',
    overflow: 'The answer is refused',
  }),
  'image.registry.requestsMax': fixedLimit(16, {
    unit: 'items',
    reason:
      'One image takes seven; with four at a time, 500 images of a registry that takes 200 ms for each would take three minutes',
    overflow: 'Requests wait for each other',
  }),
  'image.registry.waitingMax': fixedLimit(1024, {
    unit: 'items',
    reason: 'More than all requests for one image',
    overflow: 'What was asked for is unavailable',
  }),
  'image.registry.referrerPagesMax': fixedLimit(16, {
    unit: 'pages',
    reason: 'A page has about 100 artifacts',
    overflow: 'The rest is not read, and the report says so',
  }),
  'image.registry.artifactsMax': fixedLimit(64, {
    unit: 'items',
    reason: 'Artifacts beside one image that can hold a signature; others are not counted',
    overflow: 'The rest is not read, and the report says so',
  }),
  'image.registry.layersMax': fixedLimit(128, {
    unit: 'items',
    reason: 'Layers beside one image that can be a signature; a keyless one costs 8 ms to verify',
    overflow: 'The rest is not read, and the report says so',
  }),
  'image.registry.layerBytesMax': fixedLimit(32 * MIB, {
    unit: 'bytes',
    reason:
      'All layers that are read for one image; whoever can push to a repository can put more there',
    overflow: 'A layer that does not fit is not read, and the report says so',
  }),
  'image.registry.hostsMax': fixedLimit(256, {
    unit: 'items',
    reason: 'Registries, their stores and what gives out tokens; each keeps connections open',
    overflow: 'The host that was opened first is resolved again when it is needed',
  }),
  'image.registry.addressAgeMsMax': fixedLimit(5 * MINUTE, {
    unit: 'milliseconds',
    reason: 'A registry moves to another address while the process runs',
    overflow: 'Its name is resolved, and its addresses are checked, again',
  }),
  'image.registry.tokensMax': fixedLimit(256, {
    unit: 'items',
    reason: 'One for each repository',
    overflow: 'The oldest is asked for again',
  }),
  'image.registry.dockerConfigBytesMax': fixedLimit(MIB, {
    unit: 'bytes',
    reason: 'A Secret holds at most 1 MiB',
    overflow: 'The file is refused',
  }),
  'image.registry.pullSecretsMax': fixedLimit(32, {
    unit: 'items',
    reason: 'A Pod names one Secret for each registry that it pulls from',
    overflow: 'The rest is not read, and what needs it is refused by its registry',
  }),
  'image.registry.pullSecretBytesMax': fixedLimit(256 * KIB, {
    unit: 'bytes',
    reason: 'All pull Secrets of one Pod; a credential has at most 4 KiB',
    overflow:
      'A Secret that does not fit is not read, and what needs it is refused by its registry',
  }),
  'image.registry.pullSecretTimeoutMs': fixedLimit(10 * SECOND, {
    unit: 'milliseconds',
    reason: 'All pull Secrets of one Pod; the API server answers for each in milliseconds',
    overflow: 'The images of the Pod are unavailable',
  }),
  'image.registry.pullCredentialsMax': fixedLimit(256, {
    unit: 'items',
    reason: 'Namespaces with Pods that start within pullCredentialsLifeMs',
    overflow: 'The oldest are read again',
  }),
  'image.registry.pullCredentialsLifeMs': fixedLimit(30 * SECOND, {
    unit: 'milliseconds',
    reason:
      'Pods of one workload start together; a credential that was changed or deleted counts that long',
    overflow: 'They are read again',
  }),
  'image.registry.cloudTimeoutMs': fixedLimit(5 * SECOND, {
    unit: 'milliseconds',
    reason:
      'Metadata servers and token services of clouds answer within a second; a credential takes at most two answers',
    overflow: 'The registries of the provider are unavailable',
    metric: 'holdfast_image_cloud_credentials_total',
  }),
  'image.registry.cloudAnswerBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'A token of a cloud has some KiB',
    overflow: 'The registries of the provider are unavailable',
    metric: 'holdfast_image_cloud_credentials_total',
  }),
  'image.registry.cloudTokenBytesMax': fixedLimit(64 * KIB, {
    unit: 'bytes',
    reason: 'The token of a service account has about 2 KiB',
    overflow: 'The registries of the provider are unavailable',
    metric: 'holdfast_image_cloud_credentials_total',
  }),
  'image.registry.cloudCredentialsMax': fixedLimit(256, {
    unit: 'items',
    reason: 'One for each region of ECR, and for each registry of Azure',
    overflow: 'The oldest is asked for again',
    metric: 'holdfast_image_cloud_credentials_total',
  }),
  'image.registry.cloudCredentialLifeMsMax': fixedLimit(HOUR, {
    unit: 'milliseconds',
    reason: 'Rights can be taken away, though ECR gives passwords for twelve hours',
    overflow: 'It is asked for again',
    metric: 'holdfast_image_cloud_credentials_total',
  }),
} as const satisfies LimitRows;

// As in a reference; in lower case, as hosts are compared.
const hostSchema = z
  .string()
  .regex(
    /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]+\])(?::\d{1,5})?$/u,
    'Expected HOST or HOST:PORT in lower case, as in the name of an image',
  );

const hostsSchema = z.array(hostSchema).max(1000).readonly().default([]);

// For a host, and not for all: a certificate tells whoever asks for it who we are.
const hostTlsSchema = section({
  host: hostSchema.describe('The registry, as in the name of an image.'),
  caFile: pathSchema.optional().describe('Its authorities (PEM), instead of those of all.'),
  certificateFile: pathSchema.optional().describe('Our certificate (PEM) for it.'),
  keyFile: pathSchema.optional().describe('The key of that certificate.'),
}).refine(
  ({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined),
  { error: 'Expected both "certificateFile" and "keyFile", or neither' },
);

const mirrorSchema = section({
  registry: hostSchema.describe('The registry in the names of images, such as `docker.io`.'),
  place: z
    .string()
    .regex(
      /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:\/[a-z0-9._-]+)*$/u,
      'Expected HOST, or HOST/PATH, below which it has the repositories of the registry',
    )
    .describe('What is asked instead, such as `mirror.example.com/docker`.'),
});

const PROVIDERS_OF = {
  ecr: { isOwn: (host: string) => parseEcrHost(host) !== undefined, cloud: 'Amazon ECR' },
  acr: { isOwn: (host: string) => parseAcrHost(host) !== undefined, cloud: 'Azure' },
  gcp: { isOwn: matchGcpHost, cloud: 'Google Cloud' },
} as const;

const cloudCredentialSchema = section({
  provider: z
    .enum(['ecr', 'acr', 'gcp'])
    .describe('`ecr`: Amazon ECR, `acr`: Azure, `gcp`: Google Cloud.'),
  registries: z
    .array(hostSchema)
    .min(1)
    .max(1000)
    .readonly()
    .optional()
    .describe('Registries for which it is asked. Absent: all of the cloud.'),
}).superRefine(({ provider, registries = [] }, context) => {
  const { isOwn, cloud } = PROVIDERS_OF[provider];
  for (const [index, host] of registries.entries()) {
    if (isOwn(host)) continue;
    // It would never be used, and the registry be asked anonymously.
    const message = `"${host}" is no private registry of ${cloud}`;
    context.addIssue({ code: 'custom', path: ['registries', index], message });
  }
});

const cloudCredentialsSchema = z
  .array(cloudCredentialSchema)
  .max(16)
  .readonly()
  .default([])
  .superRefine((entries, context) => {
    for (const [index, { provider }] of entries.entries()) {
      if (entries.findIndex((one) => one.provider === provider) === index) continue;
      const message = `"${provider}" is named twice: list its registries in one entry`;
      context.addIssue({ code: 'custom', path: [index, 'provider'], message });
    }
  });

/** How registries are asked. */
export const registriesSchema = section({
  dockerConfigFile: pathSchema
    .optional()
    .describe('Credentials, as `docker login` and Secrets of images have them. Absent: none.'),
  readPullSecrets: z
    .boolean()
    .default(false)
    .describe(
      'Whether the pull secrets of a Pod and of its service account are used, as the kubelet uses them. Holdfast then needs the right to read Secrets and service accounts.',
    ),
  cloudCredentials: cloudCredentialsSchema.describe(
    "Clouds whose registries are read with the identity of Holdfast's own service account, where neither a pull secret nor `dockerConfigFile` has a credential. What it can read, every tenant can have verified.",
  ),
  caFile: pathSchema
    .optional()
    .describe('Authorities (PEM) of registries, instead of those that Node.js trusts.'),
  privateHosts: hostsSchema.describe('Registries whose address may be private.'),
  plainHttpHosts: hostsSchema.describe('Registries that are asked by http.'),
  tls: z
    .array(hostTlsSchema)
    .max(1000)
    .readonly()
    .default([])
    .describe('Registries with authorities of their own, or that ask for a certificate.'),
  mirrors: z
    .array(mirrorSchema)
    .max(100)
    .readonly()
    .default([])
    .describe(
      'Registries that are asked elsewhere, where nodes pull from there, too. Rules and credentials: rules name the image as it is written, credentials the host that is asked.',
    ),
});

export type RegistriesSettings = z.output<typeof registriesSchema>;
