/** The settings section `mirrors`: how commits are fetched, from where, with which credentials, and how much. */
import { z } from 'zod';
import {
  fixedLimit,
  GIB,
  HOUR,
  KIB,
  limit,
  MIB,
  MINUTE,
  SECOND,
  type LimitRows,
} from '../../settings/limit.ts';
import { secretReferenceSchema } from '../../settings/secret-reference.ts';
import { pathSchema, section } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const MIRROR_LIMITS = {
  'mirrors.fetchTimeoutMs': {
    default: MINUTE,
    minimum: 100,
    maximum: 30 * MINUTE,
    unit: 'milliseconds',
    reason:
      'The history of a large configuration repository, commits alone, arrives in seconds; a slow or lying server must not hold a process',
    overflow: 'The processes are killed and the revision is unavailable',
    metric: 'holdfast_mirror_reads_total',
  },
  'mirrors.receivedBytesMax': {
    default: 256 * MIB,
    minimum: MIB,
    maximum: 16 * GIB,
    unit: 'bytes',
    reason:
      'A million commits without trees and files take about 300 MiB; a server that ignores the filter sends more',
    overflow: 'The kernel stops the write (RLIMIT_FSIZE) and the revision is unavailable',
    metric: 'holdfast_mirror_reads_total',
  },
  'mirrors.processMemoryBytesMax': {
    default: 2 * GIB,
    minimum: 256 * MIB,
    maximum: 64 * GIB,
    unit: 'bytes',
    reason:
      'Address space of one git process (RLIMIT_AS): a small pack can inflate to gigabytes; mapped packs count too',
    overflow: 'The process ends with an error and the revision is unavailable',
    metric: 'holdfast_mirror_reads_total',
  },
  'mirrors.objectBytesMax': {
    default: MIB,
    minimum: KIB,
    maximum: 16 * MIB,
    unit: 'bytes',
    reason: 'A commit or tag is a message and a signature: a few kilobytes',
    overflow: 'The revision is rejected (object_too_large)',
    metric: 'holdfast_mirror_reads_total',
  },
  'mirrors.refsMax': {
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'Tips that are fetched for an application that follows a range of versions or a commit',
    overflow: 'The revision is unavailable',
    metric: 'holdfast_mirror_reads_total',
  },
  'mirrors.firstDepth': {
    default: 100,
    minimum: 1,
    maximum: 1_000_000,
    unit: 'items',
    reason:
      'Commits of a branch that are fetched first; the deployed one is almost always among them',
    overflow: 'The whole history is fetched',
    metric: 'holdfast_mirror_fetches_total',
  },
  'mirrors.tipAgeMsMax': {
    default: 30 * SECOND,
    minimum: 0,
    maximum: HOUR,
    unit: 'milliseconds',
    reason: 'A revision in a tip that was seen so recently needs no new question to the server',
    overflow: 'The server is asked again',
    metric: 'holdfast_mirror_fetches_total',
  },
  'mirrors.concurrentReadsMax': {
    default: 4,
    minimum: 1,
    maximum: 64,
    unit: 'items',
    reason: 'Each read runs up to three processes; they share the cores with admission',
    overflow: 'Reads wait for their turn',
    metric: 'holdfast_mirror_reads_running',
  },
  'mirrors.concurrentReadsPerHostMax': {
    default: 2,
    minimum: 1,
    maximum: 64,
    unit: 'items',
    reason: 'Forges throttle clients with many connections; one slow host must not take every turn',
    overflow: 'Reads wait for their turn',
    metric: 'holdfast_mirror_reads_running',
  },
  'mirrors.waitingReadsMax': {
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'Every application of a large cluster at a new commit',
    overflow: 'The revision is unavailable at once',
    metric: 'holdfast_mirror_reads_total',
  },
  'mirrors.mirrorsMax': {
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'Repositories of a large installation',
    overflow: 'The mirror that was used least recently is removed',
    metric: 'holdfast_mirror_evictions_total',
  },
  'mirrors.folderBytesMax': {
    default: 4 * GIB,
    minimum: 16 * MIB,
    maximum: 1024 * GIB,
    unit: 'bytes',
    reason: 'Most histories without trees and files take less than 10 MiB',
    overflow: 'The mirrors that were used least recently are removed',
    metric: 'holdfast_mirror_evictions_total',
  },
  'mirrors.outputBytesMax': fixedLimit(16 * MIB, {
    unit: 'bytes',
    reason: 'A list of a hundred thousand refs; a server can send an endless one',
    overflow: 'The processes are killed and the revision is unavailable',
    metric: 'holdfast_mirror_reads_total',
  }),
  'mirrors.localTimeoutMs': fixedLimit(30 * SECOND, {
    unit: 'milliseconds',
    reason: 'Commands without network: a walk over a million commits takes ten seconds',
    overflow: 'The process is killed and the revision is unavailable',
    metric: 'holdfast_mirror_reads_total',
  }),
  'mirrors.changedFilesMax': fixedLimit(1000, {
    unit: 'items',
    reason: 'Files of one commit whose lines are counted; both versions of each are fetched',
    overflow: 'The files are counted, and their lines are not (null)',
  }),
  'mirrors.changesBytesMax': fixedLimit(32 * MIB, {
    unit: 'bytes',
    reason:
      'Folders of a repository with a hundred thousand files, or the changed files of one commit',
    overflow: 'The kernel stops the write (RLIMIT_FSIZE), and what needs it is not counted (null)',
    metric: 'holdfast_mirror_fetches_total',
  }),
  'mirrors.listedFilesMax': fixedLimit(50, {
    unit: 'items',
    reason: 'Changed files that policies see by their paths; kept with each verdict',
    overflow: 'The others are counted, and not listed (truncated)',
  }),
  'mirrors.listedPathsBytesMax': fixedLimit(4 * KIB, {
    unit: 'bytes',
    reason: 'Paths of 50 files; a single one can have as many bytes',
    overflow: 'The others are counted, and not listed (truncated)',
  }),
  'mirrors.treeFileBytesMax': fixedLimit(4 * MIB, {
    unit: 'bytes',
    reason: 'Manifests are read from files of a few kilobytes; larger ones are not fetched',
    overflow: 'The source is not comparable if such a file may belong to it',
  }),
  'mirrors.treeBytesMax': fixedLimit(256 * MIB, {
    unit: 'bytes',
    reason: 'All files of a large configuration repository',
    overflow: 'The source is not comparable',
  }),
  'mirrors.treeEntriesMax': fixedLimit(100_000, {
    unit: 'items',
    reason: 'Files and folders of one commit',
    overflow: 'The source is not comparable',
  }),
  'mirrors.treeDepthMax': fixedLimit(64, {
    unit: 'levels',
    reason: 'Folders in folders; deeper than any repository that people work with',
    overflow: 'The source is not comparable',
  }),
  'mirrors.treeChunkBytes': fixedLimit(16 * MIB, {
    unit: 'bytes',
    reason: 'Files are read from git and written in portions, which are in memory as a whole',
    overflow: 'The next portion is read',
  }),
  'mirrors.treesMax': fixedLimit(16, {
    unit: 'items',
    reason:
      'Commits whose files are on disk, for applications that are rendered one after the other',
    overflow: 'The files of the commit that was used longest ago are removed',
  }),
  'mirrors.treesBytesMax': fixedLimit(512 * MIB, {
    unit: 'bytes',
    reason: 'Files of all these commits; they share a volume with the mirrors',
    overflow: 'The files of the commit that was used longest ago are removed',
  }),
  'mirrors.packsMax': fixedLimit(30, {
    unit: 'items',
    reason: 'Each fetch adds a pack, and git searches all of them',
    overflow: 'The packs are joined into one',
  }),
} as const satisfies LimitRows;

const hostNameSchema = z
  .string()
  .max(253)
  .regex(
    /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/u,
    'Expected the name of a host in lower case, or an IP address (IPv6 in brackets)',
  );

const basicSchema = section({
  username: z.string().min(1).max(256).describe('The user name; forges accept any for a token.'),
  password: secretReferenceSchema.describe('Where the password or token is.'),
});

const sshSchema = section({
  privateKey: secretReferenceSchema.describe('Where the private key is, without a passphrase.'),
  knownHostsFile: pathSchema.describe('The keys of the host, in the format of known_hosts.'),
});

const githubAppSchema = section({
  appId: z
    .string()
    .regex(/^\d{1,20}$/u, 'Expected a number')
    .describe('The id of the GitHub App.'),
  installationId: z
    .string()
    .regex(/^\d{1,20}$/u, 'Expected a number')
    .describe('The id of its installation.'),
  privateKey: secretReferenceSchema.describe('Where the private key of the app is, in PEM.'),
  apiUrl: z
    .url({ protocol: /^https$/u })
    .default('https://api.github.com')
    .describe('The API, for GitHub Enterprise Server.'),
});

const credentialSchema = section({
  url: z
    .string()
    .min(1)
    .max(2048)
    .describe('A repository, or the beginning of the URL of several; the longest one counts.'),
  basic: basicSchema.optional().describe('User name and password.'),
  token: secretReferenceSchema.optional().describe('Where the bearer token is.'),
  ssh: sshSchema.optional().describe('A private key for ssh.'),
  githubApp: githubAppSchema.optional().describe('A GitHub App.'),
  caFile: pathSchema.optional().describe('The authorities that are trusted, in PEM.'),
  certificateFile: pathSchema.optional().describe('The client certificate, in PEM.'),
  keyFile: pathSchema.optional().describe('The private key of the client certificate, in PEM.'),
}).refine(
  ({ basic, token, ssh, githubApp }) =>
    [basic, token, ssh, githubApp].filter((each) => each !== undefined).length <= 1,
  { error: 'Expected at most one of "basic", "token", "ssh" and "githubApp"' },
);

/** Credentials by URL. */
export const credentialsSchema = z.array(credentialSchema).max(1000).readonly();

/** How mirrors are kept. */
export const mirrorsSchema = section({
  folder: pathSchema
    .optional()
    .describe('Where mirrors are kept. Absent: the folder "mirrors" of the cache folder.'),
  httpHosts: z
    .array(hostNameSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('Hosts that may be asked over http, where anybody on the way can read and change.'),
  privateHosts: z
    .array(hostNameSchema)
    .max(100)
    .readonly()
    .default([])
    .describe(
      'Hosts whose address may be private, as that of a Git server in the cluster. Every other host must have a public address.',
    ),
  fileFolders: z
    .array(pathSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('Folders whose repositories may be read by file:// URLs.'),
  credentials: credentialsSchema
    .default([])
    .describe('Credentials by URL. Those of Argo CD and Flux are used where none fits.'),
  fetchTimeoutMs: limit(MIRROR_LIMITS['mirrors.fetchTimeoutMs']),
  receivedBytesMax: limit(MIRROR_LIMITS['mirrors.receivedBytesMax']),
  processMemoryBytesMax: limit(MIRROR_LIMITS['mirrors.processMemoryBytesMax']),
  objectBytesMax: limit(MIRROR_LIMITS['mirrors.objectBytesMax']),
  refsMax: limit(MIRROR_LIMITS['mirrors.refsMax']),
  firstDepth: limit(MIRROR_LIMITS['mirrors.firstDepth']),
  tipAgeMsMax: limit(MIRROR_LIMITS['mirrors.tipAgeMsMax']),
  concurrentReadsMax: limit(MIRROR_LIMITS['mirrors.concurrentReadsMax']),
  concurrentReadsPerHostMax: limit(MIRROR_LIMITS['mirrors.concurrentReadsPerHostMax']),
  waitingReadsMax: limit(MIRROR_LIMITS['mirrors.waitingReadsMax']),
  mirrorsMax: limit(MIRROR_LIMITS['mirrors.mirrorsMax']),
  folderBytesMax: limit(MIRROR_LIMITS['mirrors.folderBytesMax']),
});

export type MirrorSettings = z.output<typeof mirrorsSchema>;
export type CredentialSettings = MirrorSettings['credentials'][number];
