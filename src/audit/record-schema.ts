/**
 * The published schema of a record, version 1. `deploy/schemas/audit-record.v1.schema.json` is generated from it.
 *
 * Within a version, members are only added and never required: readers ignore unknown members. A change that would
 * break a reader needs a new version.
 */
import { z } from 'zod';
import { OBSERVATION_SOURCES } from './audit-record.ts';

const texts = z.array(z.string()).readonly();
const durationMs = z.number().min(0).describe('Milliseconds');
const modeSchema = z.enum(['enforce', 'warn', 'audit', 'off']);

const proofSchema = z
  .object({
    grade: z
      .enum(['pinned', 'pod-bound', 'unbound', 'legacy', 'impersonated', 'none'])
      .describe('How strongly the credential is tied to the running controller'),
    required: z
      .enum(['pinned', 'pod-bound', 'unbound', 'legacy', 'impersonated', 'none'])
      .optional()
      .describe('What the configured writer demands'),
    sufficient: z.boolean(),
    reason: z.string().describe('One sentence for a person'),
    weakness: z.string().optional().describe('Who else may hold the credential'),
  })
  .readonly();

const credentialSchema = z
  .object({
    status: z
      .enum(['known', 'unknown', 'absent', 'unavailable', 'off'])
      .describe('Whether the credential is known to be the identity’s own'),
    kind: z.enum(['certificate', 'token', 'none']).describe('What was shown; never its id'),
    believed: z.boolean().describe('False where the configuration refuses it'),
    fingerprint: z
      .string()
      .optional()
      .describe('Of an unknown one: the digits by which `holdfast credential accept` takes it'),
  })
  .readonly();

const changedPathSchema = z
  .object({
    path: z.string().describe('As in spec.template.spec.containers[app].image'),
    segments: z.array(z.union([z.string(), z.number()])).readonly(),
    kind: z.enum(['changed', 'added', 'removed']),
    from: z.string().optional().describe('Cut, printable; hidden values as a keyed hash'),
    to: z.string().optional().describe('Cut, printable; hidden values as a keyed hash'),
    owner: z.string().optional().describe('Field managers of the stored object'),
    gitOwned: z.boolean().optional(),
  })
  .readonly();

const changeSchema = z
  .object({
    semantic: z.boolean().describe('False where nothing but bookkeeping differs'),
    paths: z.array(changedPathSchema).readonly(),
    protectedKeys: texts.describe('Protected keys that were added, changed or removed'),
    truncated: z.boolean().describe('More changed than is listed'),
  })
  .readonly();

const commitSchema = z
  .object({
    status: z.enum(['verified', 'rejected', 'unavailable', 'unjudged']),
    repository: z.string(),
    objectId: z.string().optional().describe('Absent where no commit was found'),
    rule: z.string().optional().describe('The rule of the configuration that judged'),
    code: z.string().optional().describe('Why it was rejected'),
    author: z.string().optional().describe('`Name <address>`, as the commit says'),
    signers: z
      .array(
        z
          .object({
            scheme: z.enum(['openpgp', 'ssh', 'gitsign', 'x509']),
            identity: z.string().describe('Fingerprint, principal, issuer and subject, or address'),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

const manifestSchema = z
  .object({
    status: z.enum(['equal', 'differs', 'absent', 'not-comparable', 'unavailable']),
    paths: texts.describe('The first differences, without values'),
    reason: z.string().optional().describe('Why it is not comparable, absent or unavailable'),
    objectId: z.string().optional().describe('The commit that was compared'),
  })
  .readonly();

const sourceSchema = z
  .object({
    repository: z.string(),
    revision: z.string(),
    path: z.string(),
    inlineManifests: z.boolean(),
    operation: z.enum(['running', 'deleting', 'idle', 'absent', 'elsewhere']).optional(),
    keptForMs: z
      .number()
      .optional()
      .describe("What Argo CD's hub said so long ago, while it did not answer"),
    commits: z
      .array(commitSchema)
      .readonly()
      .optional()
      .describe('The commit of each source, where commits are judged'),
    manifest: manifestSchema
      .optional()
      .describe('What the commit declares of the object, where it was compared'),
  })
  .readonly();

const imageSchema = z
  .object({
    path: z.string().describe('Where it stands: spec.containers[0].image'),
    image: z.string().describe('As it was written'),
    status: z.enum(['verified', 'rejected', 'unavailable']),
    rule: z.string(),
    digest: z.string().optional().describe('Of the manifest that was verified'),
    code: z.string().optional().describe('Why it was rejected'),
    signers: z
      .array(z.object({ authority: z.string(), identity: z.string() }).readonly())
      .readonly(),
    attestations: z
      .array(
        z
          .object({
            name: z.string(),
            predicateType: z.string(),
            authority: z.string(),
            identity: z.string(),
            builder: z.string().optional(),
            sourceRepository: z.string().optional(),
            sourceCommit: z.string().optional(),
          })
          .readonly(),
      )
      .readonly()
      .optional()
      .describe('What the rule asks for, and who attests it'),
  })
  .readonly();

const verdictSchema = z
  .object({
    policy: z.string(),
    mode: modeSchema,
    status: z.enum(['passed', 'denied', 'warned', 'audited', 'unavailable']),
    codes: texts,
    wouldDeny: z
      .boolean()
      .optional()
      .describe(
        'Whether the policy would have refused in the mode enforce; where it objected in the modes warn and audit',
      ),
  })
  .readonly();

const grantSchema = z
  .object({
    id: z.string(),
    subject: z.string(),
    reason: z.string(),
    ticket: z.string(),
    expires: z.string().describe('RFC 3339'),
    approvers: texts,
    use: z.int().min(1).describe('Which of its uses this was'),
    usesLeft: z.int().min(0),
  })
  .readonly();

const userSchema = z
  .object({
    username: z.string(),
    uid: z.string().optional(),
    groups: texts,
    extra: z.record(z.string(), texts).readonly(),
  })
  .readonly();

const objectSchema = z
  .object({
    group: z.string().describe('Empty for the core group'),
    version: z.string(),
    resource: z.string(),
    subresource: z.string(),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    uid: z.string().optional(),
  })
  .readonly();

const managedBySchema = z
  .object({ tool: z.enum(['argocd', 'flux', 'helm', 'scope', 'selector']), app: z.string() })
  .readonly();

const operationSchema = z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']);

const foldedSchema = z
  .object({
    by: z
      .enum(['request', 'code'])
      .describe('What they have in common: everything but their time, or actor, code and policies'),
    part: z.int().min(1).describe('The same number of one decisionId is the same part'),
    count: z.int().min(1),
    first: z.string().describe('RFC 3339'),
    last: z.string().describe('RFC 3339'),
    opening: z
      .object({ sequence: z.int(), hash: z.string() })
      .readonly()
      .optional()
      .describe('The entry that opened the fold; its decisionId is the one of this record'),
    requestUids: texts.describe('Of the first few'),
    refusals: z
      .array(
        z
          .object({
            username: z.string(),
            operation: operationSchema,
            object: z.string().describe('group/resource/namespace/name'),
            kind: z.string(),
            managedBy: managedBySchema.optional(),
            count: z.int().min(1),
          })
          .readonly(),
      )
      .readonly()
      .optional()
      .describe('Where by is code: the different ones, up to audit.journal.folding.listedMax'),
    unlisted: z.int().min(0).optional().describe('How many are not in the list'),
    recovered: z.boolean().optional().describe('Counted by a process that was killed'),
  })
  .readonly();

/** One entry of managedFields. */
export const driftWriterSchema = z
  .object({
    manager: z.string().describe('As its client says'),
    operation: z.string(),
    subresource: z.string().optional(),
    time: z.string().optional().describe('RFC 3339, in whole seconds'),
  })
  .readonly();

const driftedSchema = z
  .object({
    what: z.enum(['added', 'changed', 'deleted', 'reverted']),
    writers: z.array(driftWriterSchema).readonly().describe('By managedFields, the newest first'),
    found: z
      .string()
      .optional()
      .describe('Where it was reverted, or healing was asked for: the decisionId of the finding'),
    healing: z
      .object({
        state: z.enum(['asked', 'healed', 'failed']),
        by: z
          .array(z.enum(['refresh', 'sync', 'reconcile', 'removal']))
          .readonly()
          .describe('What was asked for now'),
        attempts: z.number().describe('How often it was asked for so far'),
      })
      .readonly()
      .optional()
      .describe('What was done about it'),
  })
  .readonly();

const versionSchema = z
  .object({
    what: z.enum(['deployed', 'verified', 'frozen']),
    revision: z.string().describe('The id of its commit, or those of all Git sources, joined by +'),
    previous: z.string().optional().describe('Of deployed: the version before it'),
    isRollback: z.boolean().optional().describe('Of deployed: whether the version before is newer'),
    by: z.enum(['health', 'statement']).optional().describe('Of verified: what has verified it'),
    verifier: z.string().optional().describe('Of verified by a statement: the pipeline'),
    issuedAt: z.string().optional().describe('When the pipeline signed it: RFC 3339, UTC'),
    until: z.string().optional().describe('Of frozen: RFC 3339, UTC'),
  })
  .readonly();

const observedSchema = z
  .object({
    source: z.enum(OBSERVATION_SOURCES),
    id: z.string().describe('Of the event, in the words of the source'),
    time: z.string().describe('RFC 3339, by the clock of the source'),
    verb: z.string().optional(),
    impersonated: z.string().optional().describe('As whom the user acted, by --as'),
    addresses: texts
      .optional()
      .describe('The last one is the peer; a client may have made up those before it'),
    userAgent: z.string().optional().describe('As the client says'),
    httpStatus: z.int().optional(),
    failedOpen: texts.optional().describe('Webhooks of Holdfast that did not answer'),
    decision: z.string().optional().describe('The decisionId that the request was given'),
    rule: z.string().optional().describe('Of Falco'),
    priority: z.string().optional().describe('Of Falco'),
    output: z.string().optional().describe('What Falco or Argo CD says'),
    revision: z.string().optional().describe('Of the application'),
    changed: texts
      .optional()
      .describe('The first resources that others have changed, without values'),
    unlisted: z.int().min(1).optional().describe('How many changed resources are not listed'),
    repeated: z
      .int()
      .min(1)
      .optional()
      .describe('How many more of the same cause this record stands for'),
  })
  .readonly();

/** A record of one decision. */
export const auditRecordSchema = z
  .object({
    schemaVersion: z.literal(1),
    decisionId: z.string().describe('A ULID, as printed in every denial'),
    time: z.string().describe('RFC 3339, UTC'),
    cluster: z.string(),
    replica: z.string().describe('Which process decided'),
    route: z.enum(['validate', 'mutate']),
    requestUid: z.string().describe('The uid of the AdmissionReview'),
    operation: operationSchema,
    dryRun: z.boolean(),
    user: userSchema,
    actor: z
      .object({
        class: z.enum(['gitops', 'platform', 'node', 'operator', 'breakglass', 'other']),
        proof: proofSchema,
        credential: credentialSchema.optional(),
      })
      .readonly()
      .optional(),
    object: objectSchema,
    managedBy: managedBySchema.optional(),
    change: changeSchema.optional(),
    source: sourceSchema.optional().describe('Where in Git the object comes from'),
    initiatedBy: z
      .object({
        username: z.string().describe('The name in Argo CD; empty where it names nobody'),
        automated: z.boolean().describe('Argo CD synced by itself'),
      })
      .readonly()
      .optional()
      .describe(
        'Who asked Argo CD for the operation, as Argo CD says: a claim, which nobody has proven',
      ),
    images: z
      .array(imageSchema)
      .readonly()
      .optional()
      .describe('New images whose signature was judged'),
    input: z
      .object({
        request: z.record(z.string(), z.unknown()).readonly().describe('The AdmissionRequest'),
        facts: z
          .record(z.string(), z.unknown())
          .readonly()
          .describe('Those that were known, but for the inventory'),
      })
      .readonly()
      .optional()
      .describe('What the policies were given, without secrets; see audit.journal.input'),
    allowed: z.boolean(),
    code: z.string().describe('"allowed", or the code of the finding or error that decided'),
    message: z.string().describe('What the person saw; empty where allowed'),
    wouldDeny: z
      .object({ code: z.string(), message: z.string() })
      .readonly()
      .optional()
      .describe(
        'The denial that the mode enforce would have given; present if only the modes warn and audit let the request pass',
      ),
    policies: z.array(verdictSchema).readonly(),
    policyRevision: z.string().describe('Content hash of the policy bundle'),
    configurationHash: z.string().describe('SHA-256 of the configuration in force'),
    grant: grantSchema.optional().describe('The break-glass grant that the request came under'),
    durationMs,
    timings: z.object({ gatherMs: durationMs, evaluateMs: durationMs }).readonly().optional(),
    mode: modeSchema.optional().describe('The mode of the policy that decided'),
    cut: texts.optional().describe('Parts that were cut to the size limit'),
    finding: z
      .literal(true)
      .optional()
      .describe(
        'Nobody asked: Holdfast found something by itself, or another program reported it. The user is Holdfast, or where `observed` is present who is said to have done it; the object is what it is about',
      ),
    drifted: driftedSchema
      .optional()
      .describe(
        'Of a finding about a managed object that was changed past admission; `change` has the paths',
      ),
    applicationVersion: versionSchema
      .optional()
      .describe('Of a finding about the version that an application was brought to'),
    observed: observedSchema
      .optional()
      .describe('Of a finding that another program has seen and reported: its word, not ours'),
    trace: z
      .object({
        traceId: z.string().describe('32 hexadecimal digits'),
        spanId: z.string().describe('16 hexadecimal digits'),
      })
      .readonly()
      .optional()
      .describe('The span of the request (W3C Trace Context), where it was sampled'),
    folded: foldedSchema
      .optional()
      .describe(
        'Present if the record stands for refusals that were counted, not recorded one by one',
      ),
  })
  .readonly();

/** The same as JSON Schema (draft 2020-12), as it is published. */
export function recordJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    $id: 'urn:holdfast:schema:audit-record:1',
    title: 'Holdfast audit record',
    description:
      'One decision about one admission review. Version 1: members are only ever added; ignore what you do not know.',
    ...z.toJSONSchema(auditRecordSchema, { io: 'input' }),
  };
}
