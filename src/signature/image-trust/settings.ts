/** The part of the section `images` about trust: whose signatures count for which images. */
import { z } from 'zod';
import { DAY, HOUR, limit, MINUTE, type LimitRows } from '../../settings/limit.ts';
import { nameSchema, pathSchema, section } from '../../settings/value-schemas.ts';
import { findPatternFault } from '../sigstore/match-identity.ts';
import { subjectSchema } from '../trust/settings.ts';

/** What happens where nobody can tell. */
export const IMAGE_UNAVAILABLE_MODES = ['deny', 'warn', 'allow', 'allow-if-last-good'] as const;

/** Rows of the table of limits. */
export const IMAGE_TRUST_LIMITS = {
  'images.pendingMax': {
    default: 1000,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason:
      'Images that are judged or wait for it; objects that name the same image share one. All of a large cluster are asked for at once when it starts',
    overflow: 'The image is unavailable, and is asked for again a second later',
    metric: 'holdfast_images_judged_total',
  },
  'images.concurrentMax': {
    default: 8,
    minimum: 1,
    maximum: 256,
    unit: 'items',
    reason:
      'Images that are read at once, each up to 32 MiB of layers; each registry has its own limit of requests besides',
    overflow: 'The others wait for their turn',
    metric: 'holdfast_image_judgement_duration_seconds',
  },
  'images.verdictsMax': {
    default: 10_000,
    minimum: 100,
    maximum: 1_000_000,
    unit: 'items',
    reason: 'About 1 KiB each; a large cluster runs some thousand images',
    overflow: 'The verdict that was read longest ago is forgotten, and its image judged again',
    metric: 'holdfast_image_verdicts',
  },
  'images.waitMs': {
    default: 2500,
    minimum: 0,
    maximum: 20_000,
    unit: 'milliseconds',
    reason:
      'How long a request waits for images that are not verified yet, within its own deadline',
    overflow: 'The image is unavailable for this request, and is verified for the next one',
    metric: 'holdfast_images_judged_total',
  },
  'images.verdictAgeMsMax': {
    default: 10 * MINUTE,
    minimum: MINUTE,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'A tag is moved, and a signature is taken back by deleting it, while a verdict is kept',
    overflow: 'The verdict counts on while its image is judged again',
    metric: 'holdfast_images_judged_total',
  },
  'images.tufRefreshMs': {
    default: HOUR,
    minimum: MINUTE,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'A key that was revoked counts that long; a public mirror is asked by every replica',
    overflow: 'The trusted roots are refreshed again',
    metric: 'holdfast_image_trusted_root_refreshes_total',
  },
} as const satisfies LimitRows;

const identitySchema = section({
  issuer: z.url({ protocol: /^https$/u }).describe('The OpenID Connect issuer, exactly.'),
  subject: subjectSchema.describe(
    'The e-mail address or URL of the identity, or a pattern: `*` is any text without `/` and `@`, `**` any text.',
  ),
});

const authoritySchema = section({
  name: nameSchema.describe('The name of the authority in rules, messages and records.'),
  keyFiles: z
    .array(pathSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('Public keys in PEM: the signature of any of them is one of the authority.'),
  identities: z
    .array(identitySchema)
    .max(1000)
    .readonly()
    .default([])
    .describe('Whom a certificate of `trustedRoot` must be for: any of them.'),
  trustedRoot: nameSchema
    .optional()
    .describe(
      'A name of `images.trustedRoots`: whose certificates count. Beside keys, its log must have what they have signed.',
    ),
})
  .refine(({ keyFiles, identities }) => keyFiles.length > 0 !== identities.length > 0, {
    error: 'Expected either "keyFiles" or "identities"',
  })
  .refine(({ identities, trustedRoot }) => identities.length === 0 || trustedRoot !== undefined, {
    error: 'Expected "trustedRoot" beside "identities": it says whose certificates count',
    path: ['trustedRoot'],
  });

const tufSchema = section({
  mirror: z
    .url({ protocol: /^https?$/u, error: 'Expected the URL of a TUF repository' })
    .max(2048)
    .refine((text) => isPlainUrl(new URL(text)), {
      error: 'Expected a URL without a user, password, query or fragment',
    })
    .describe(
      'Where the repository is, such as `https://tuf-repo-cdn.sigstore.dev`. It is asked as `images.registries` says of hosts.',
    ),
  rootFile: z
    .string({
      error:
        'Expected a file with a root that you have checked: without it, whoever answers for the mirror is trusted',
    })
    .pipe(pathSchema)
    .describe(
      'A root of the repository (`root.json`) that you have checked yourself: all later ones are signed from it on.',
    ),
  target: z
    .string()
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/u, 'Expected the name of a target')
    .default('trusted_root.json')
    .describe('The name of the trusted root in the repository.'),
});

function isPlainUrl({ username, password, search, hash }: URL): boolean {
  return `${username}${password}${search}${hash}` === '';
}

const trustedRootSchema = section({
  name: nameSchema.describe('The name of the trusted root in authorities.'),
  file: pathSchema.optional().describe('A `trusted_root.json` of an instance of Sigstore.'),
  tuf: tufSchema
    .optional()
    .describe('The TUF repository that has it, instead of `file`: refreshed in the background.'),
}).refine(({ file, tuf }) => (file === undefined) !== (tuf === undefined), {
  error: 'Expected either "file" or "tuf"',
});

// A pattern without a registry would match nothing: names are compared in their one form, with the registry.
const imagePatternSchema = z
  .string()
  .max(1024)
  .regex(
    /^(?:\*\*|(?:[a-z0-9*-]*[.:*][a-z0-9.:*\-[\]]*|localhost)\/[a-z0-9._*/-]+)$/u,
    'Expected REGISTRY/REPOSITORY without a tag, for example docker.io/library/nginx or registry.example.com/shop/**',
  );

const accepted = z
  .string()
  .min(1)
  .max(2048)
  .refine((text) => findPatternFault(text) === undefined, {
    error: 'Expected a text, or a pattern that does not accept everything',
  });

const attestationSchema = section({
  name: nameSchema.describe('The name of the attestation in messages and records.'),
  predicateType: z
    .string()
    .min(1)
    .max(1024)
    .describe('Exactly this type, for example `https://slsa.dev/provenance/v1`.'),
  authorities: z
    .array(nameSchema)
    .min(1)
    .max(100)
    .readonly()
    .describe('Names of `images.authorities`: one of them must attest.'),
  builder: accepted
    .optional()
    .describe(
      'Who must have built the image: the workflow of the certificate, or the builder of the provenance. `*` is any text without `/` and `@`, `**` any text.',
    ),
  sourceRepository: accepted
    .optional()
    .describe(
      'The repository that the image must be built from, such as `https://github.com/example/*`.',
    ),
});

const ruleSchema = section({
  name: nameSchema.describe('The name of the rule in messages and records.'),
  images: z
    .array(imagePatternSchema)
    .min(1)
    .max(1000)
    .readonly()
    .describe(
      'Images as `REGISTRY/REPOSITORY`, in their one form: `nginx` is `docker.io/library/nginx`. `*` is any text without `/` and `@`, `**` any text.',
    ),
  authorities: z
    .array(nameSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('Names of `images.authorities`: whose signatures count.'),
  authoritiesMin: z
    .int()
    .min(0)
    .max(10)
    .default(1)
    .describe(
      'How many distinct authorities must have signed. 0 asks for attestations alone, as an attestation is no signature.',
    ),
  attestations: z
    .array(attestationSchema)
    .max(16)
    .readonly()
    .default([])
    .describe('What must be attested of the image besides: each of them.'),
  unavailable: z
    .enum(IMAGE_UNAVAILABLE_MODES)
    .default('deny')
    .describe(
      'What happens when nobody can tell, as the registry does not answer. `allow-if-last-good` admits what was verified before by the same rule, and not rejected since.',
    ),
}).refine(({ authoritiesMin, attestations }) => authoritiesMin > 0 || attestations.length > 0, {
  error: 'Expected attestations beside "authoritiesMin: 0": the rule would accept every image',
  path: ['authoritiesMin'],
});

/** Whose signatures of images count. */
export const imageTrustShape = {
  requireSignature: z
    .boolean()
    .default(false)
    .describe('Every image must be signed: also one that no rule names.'),
  folder: pathSchema
    .optional()
    .describe(
      'Where verdicts are kept, so that a restart asks no registry. Absent: the folder "images" of the cache folder.',
    ),
  rules: z
    .array(ruleSchema)
    .max(1000)
    .readonly()
    .default([])
    .describe('The first rule that names the image decides.'),
  authorities: z
    .array(authoritySchema)
    .max(1000)
    .readonly()
    .default([])
    .describe('Who can sign images.'),
  trustedRoots: z
    .array(trustedRootSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('Instances of Sigstore: public ones, and your own.'),
  pendingMax: limit(IMAGE_TRUST_LIMITS['images.pendingMax']),
  concurrentMax: limit(IMAGE_TRUST_LIMITS['images.concurrentMax']),
  verdictsMax: limit(IMAGE_TRUST_LIMITS['images.verdictsMax']),
  waitMs: limit(IMAGE_TRUST_LIMITS['images.waitMs']),
  verdictAgeMsMax: limit(IMAGE_TRUST_LIMITS['images.verdictAgeMsMax']),
  tufRefreshMs: limit(IMAGE_TRUST_LIMITS['images.tufRefreshMs']),
};

const imageTrustSchema = section(imageTrustShape);

export type ImageTrustSettings = z.output<typeof imageTrustSchema>;
export type ImageRule = ImageTrustSettings['rules'][number];
export type AttestationSettings = ImageRule['attestations'][number];
export type TrustedRootSettings = ImageTrustSettings['trustedRoots'][number];
export type TufSettings = NonNullable<TrustedRootSettings['tuf']>;
export type AuthoritySettings = ImageTrustSettings['authorities'][number];
