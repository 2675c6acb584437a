/** The section about commits: which signatures are accepted for which repository and path, and which keys there are. */
import { z } from 'zod';
import { nameSchema, pathSchema, section } from '../../settings/value-schemas.ts';
import { DAY, MINUTE, limit, type LimitRows } from '../../settings/limit.ts';

/** What happens where nobody can tell. */
export const UNAVAILABLE_MODES = ['deny', 'warn', 'allow'] as const;
/** What happens after a force-push. */
export const REWRITTEN_MODES = ['refuse', 'accept'] as const;
/** Which commits a rule looks at. */
export const COMMIT_RANGES = ['head', 'since-verified'] as const;
/** When a key must be valid. */
export const KEY_VALIDITIES = ['now', 'at-signing'] as const;
/** Who signs merges. An unsigned one can contain any change, so there is no mode that accepts one. */
export const MERGE_MODES = ['signed', 'forge'] as const;

/** Rows of the table of limits. */
export const TRUST_LIMITS = {
  'commits.rangeMax': {
    default: 1000,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason: 'Commits between two deployments; each is fetched and verified once',
    overflow: 'The deployed commit is rejected',
    metric: 'holdfast_commits_judged_total',
  },
  'commits.pendingMax': {
    default: 200,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason: 'Commits that are judged at once; applications that deploy the same commit share one',
    overflow: 'The commit is unavailable, and is asked for again a second later',
    metric: 'holdfast_commits_judged_total',
  },
  'commits.verdictsMax': {
    default: 10_000,
    minimum: 100,
    maximum: 1_000_000,
    unit: 'items',
    reason: 'About 1 KiB each; ten for each of a thousand applications',
    overflow: 'The verdict that was read longest ago is forgotten, and its commit judged again',
    metric: 'holdfast_commit_verdicts',
  },
  'commits.waitMs': {
    default: 2500,
    minimum: 0,
    maximum: 20_000,
    unit: 'milliseconds',
    reason:
      'How long a request waits for a commit that is not verified yet, within its own deadline',
    overflow: 'The commit is unavailable for this request, and is verified for the next one',
    metric: 'holdfast_commits_judged_total',
  },
  'commits.verdictAgeMsMax': {
    default: 10 * MINUTE,
    minimum: MINUTE,
    maximum: DAY,
    unit: 'milliseconds',
    reason:
      'A key expires, and a branch is rewritten, while a verdict is kept; each repository is asked that often',
    overflow: 'The verdict counts on while its commit is judged again',
    metric: 'holdfast_commits_judged_total',
  },
  'commits.rules.ageMaxMs': {
    default: 90 * DAY,
    minimum: MINUTE,
    maximum: 3650 * DAY,
    unit: 'milliseconds',
    reason: 'A rollback to a very old commit brings back faults that were mended since',
    overflow: 'The commit is rejected as too old',
    metric: 'none',
  },
} as const satisfies LimitRows;

const fingerprintSchema = z
  .string()
  .regex(
    /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/u,
    'Expected the full fingerprint of an OpenPGP key: 40 or 64 hexadecimal digits in upper case. A shorter key ID can be forged',
  );

const sshFingerprintSchema = z
  .string()
  .regex(
    /^SHA256:[A-Za-z0-9+/]{43}$/u,
    'Expected a fingerprint as ssh-keygen -l prints it: "SHA256:" and 43 characters',
  );

const certificateFingerprintSchema = z
  .string()
  .regex(
    /^[0-9a-f]{64}$/u,
    'Expected the SHA-256 of the certificate: 64 hexadecimal digits in lower case',
  );

// `base/match-pattern.ts`: `*` stops at "/" and "@", so that a pattern for one domain or repository cannot match another one.
const patternSchema = z.string().min(1).max(1024);

/** Fulcio certifies everybody: a subject without a literal domain or repository would accept the whole world. */
export const subjectSchema = patternSchema.regex(
  /^(?:[^*]+|(?!.*\*\*)[^@]*@[^*@/]+|https:\/\/[^*/@]+\/[^*/]+\/.*)$/u,
  'Expected an exact subject, "*@" and a domain, or a URL that is literal up to its first path segment',
);

const signerSchema = z.discriminatedUnion('scheme', [
  section({
    scheme: z.literal('openpgp').describe('An OpenPGP key.'),
    fingerprint: fingerprintSchema
      .optional()
      .describe('Of the primary key, or of the subkey that signs.'),
    keyring: nameSchema.optional().describe('Any key of this keyring.'),
  }).refine((signer) => (signer.fingerprint === undefined) !== (signer.keyring === undefined), {
    error: 'Expected either "fingerprint" or "keyring"',
  }),
  section({
    scheme: z.literal('ssh').describe('An SSH key or certificate.'),
    principal: patternSchema
      .optional()
      .describe('A principal of the allowed signers, or a pattern such as `*@example.com`.'),
    fingerprint: sshFingerprintSchema.optional().describe('Of the key that signs.'),
  }).refine((signer) => (signer.principal === undefined) !== (signer.fingerprint === undefined), {
    error: 'Expected either "principal" or "fingerprint"',
  }),
  section({
    scheme: z.literal('gitsign').describe('A certificate of Fulcio.'),
    issuer: z.url({ protocol: /^https$/u }).describe('The OpenID Connect issuer, exactly.'),
    subject: subjectSchema.describe(
      'The e-mail address or URL of the identity, or a pattern: `*` is any text without `/` and `@`, `**` any text.',
    ),
  }),
  section({
    scheme: z.literal('x509').describe('A certificate of `commits.caBundleFile`.'),
    email: patternSchema
      .regex(/^(?!.*\*\*).*@[^*@/]+$/u, 'Expected an address, or "*@" and a domain')
      .optional()
      .describe('An e-mail address of the certificate, or a pattern such as `*@example.com`.'),
    fingerprint: certificateFingerprintSchema.optional().describe('Of the certificate.'),
  }).refine((signer) => (signer.email === undefined) !== (signer.fingerprint === undefined), {
    error: 'Expected either "email" or "fingerprint"',
  }),
]);

const ruleSchema = section({
  name: nameSchema.describe('The name of the rule in messages and records.'),
  repositories: z
    .array(patternSchema)
    .min(1)
    .max(1000)
    .readonly()
    .describe(
      'Repositories, such as `https://git.example.com/platform/*`; `*` is any text without `/` and `@`, `**` any text.',
    ),
  paths: z
    .array(patternSchema)
    .min(1)
    .max(1000)
    .readonly()
    .default(['**'])
    .describe('Paths of applications in the repository.'),
  signers: z
    .array(signerSchema)
    .min(1)
    .max(10_000)
    .readonly()
    .describe('Whose signatures are accepted.'),
  signersMin: z
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe(
      'How many distinct signers the commits of the range need. 2 asks for a reviewer beside the author; it needs `range: since-verified`.',
    ),
  range: z
    .enum(COMMIT_RANGES)
    .default('head')
    .describe(
      'Which commits must be signed: the deployed one, or every commit since the last verified one.',
    ),
  mergeCommits: z
    .enum(MERGE_MODES)
    .default('signed')
    .describe(
      'Merge commits are signed like others, or may be signed by a key of `commits.forgeKeyrings`.',
    ),
  committerMustMatch: z
    .boolean()
    .default(false)
    .describe('The address of the committer must be one of the signer.'),
  authorMustMatch: z
    .boolean()
    .default(false)
    .describe('The address of the author must be one of the signer.'),
  keyValidity: z
    .enum(KEY_VALIDITIES)
    .default('now')
    .describe(
      'When a key must be valid. With `at-signing`, commits outlive the key that signed them, and a stolen expired key can sign commits that it dates back.',
    ),
  ageMaxMs: limit(TRUST_LIMITS['commits.rules.ageMaxMs'])
    .unwrap()
    .optional()
    .describe('How old the deployed commit may be. Absent: any age.'),
  rewrittenHistory: z
    .enum(REWRITTEN_MODES)
    .default('refuse')
    .describe(
      'Whether a branch may be deployed that a force-push has taken a verified commit from. `refuse`: not until it contains the commit again.',
    ),
  unavailable: z
    .enum(UNAVAILABLE_MODES)
    .default('deny')
    .describe('What happens when nobody can tell, as the Git server does not answer.'),
})
  .refine(({ signersMin, range }) => signersMin === 1 || range === 'since-verified', {
    error:
      'Expected "range: since-verified" where more than one signer is wanted: one commit has one signature',
    path: ['signersMin'],
  })
  .refine(({ mergeCommits, range }) => mergeCommits === 'signed' || range === 'since-verified', {
    error:
      'Expected "range: since-verified" beside "mergeCommits: forge": a forge signs the merge, not what was merged',
    path: ['mergeCommits'],
  });

const keyringSchema = section({
  name: nameSchema.describe('The name of the keyring in rules and messages.'),
  file: pathSchema.describe('Armored OpenPGP public keys.'),
});

/** Which commits are trusted. */
export const commitsSchema = section({
  requireCommit: z
    .boolean()
    .default(false)
    .describe(
      'What the GitOps controller writes must come from a commit that a rule accepts: also from a repository that no rule names, and from a source that has no commit.',
    ),
  countChanges: z
    .boolean()
    .default(true)
    .describe(
      'Whether files and lines that a commit changes are counted for policies: its folders and changed files are fetched for that.',
    ),
  folder: pathSchema
    .optional()
    .describe(
      'Where verdicts are kept, so that a restart asks no Git server. Absent: the folder "commits" of the cache folder.',
    ),
  rules: z
    .array(ruleSchema)
    .max(1000)
    .readonly()
    .default([])
    .describe('The first rule that names the repository and the path decides.'),
  keyrings: z
    .array(keyringSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('OpenPGP keys of people.'),
  forgeKeyrings: z
    .array(keyringSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('OpenPGP keys with which a forge signs the merges of its web interface.'),
  allowedSignersFile: pathSchema
    .optional()
    .describe('SSH keys and their principals, in the format of allowed_signers (ssh-keygen).'),
  revokedKeysFile: pathSchema
    .optional()
    .describe('SSH keys that count no more: a list of public keys, or a key revocation list.'),
  trustedRootFile: pathSchema
    .optional()
    .describe('The trusted root of Sigstore (trusted_root.json) for gitsign.'),
  caBundleFile: pathSchema
    .optional()
    .describe('Certificate authorities for X.509 signatures, in PEM.'),
  rangeMax: limit(TRUST_LIMITS['commits.rangeMax']),
  pendingMax: limit(TRUST_LIMITS['commits.pendingMax']),
  verdictsMax: limit(TRUST_LIMITS['commits.verdictsMax']),
  waitMs: limit(TRUST_LIMITS['commits.waitMs']),
  verdictAgeMsMax: limit(TRUST_LIMITS['commits.verdictAgeMsMax']),
});

export type CommitsSettings = z.output<typeof commitsSchema>;
export type CommitRule = CommitsSettings['rules'][number];
export type AcceptedSigner = CommitRule['signers'][number];
