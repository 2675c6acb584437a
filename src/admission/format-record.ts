/** Formats the record of a decision. */
import { CREDENTIAL_ID_MASK, maskCredentialIds } from '../base/mask-credential-ids.ts';
import { CREDENTIAL_ID_KEY } from '../identity/credentials/parse-credential.ts';
import type { AuditRecord, RecordedInput } from '../audit/audit-record.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { parseInitiator } from '../source/parse-initiator.ts';
import { askedOperation } from './asked-operation.ts';
import type { AdmissionRoute } from './decide.ts';
import type { Decision, PolicyVerdict } from './decision.ts';
import { recordFacts } from './facts/registry.ts';

/** The part of a record about the process that decided. */
export interface RecordOrigin {
  readonly route: AdmissionRoute;
  readonly replica: string;
  readonly configurationHash: string;
  /** What the policies were given; absent where records do not keep it. */
  readonly input?: RecordedInput | 'too-large' | undefined;
}

/**
 * The record of a decision. It does not contain the objects, which may contain secrets, unless they were asked for and scrubbed;
 * the masked change is enough.
 */
export function formatRecord(
  request: AdmissionRequest,
  decision: Decision,
  { route, replica, configurationHash, input }: RecordOrigin,
): AuditRecord {
  const { userInfo, resource, kind } = request;
  return {
    schemaVersion: 1,
    decisionId: decision.id,
    time: new Date(decision.decidedAtMs).toISOString(),
    cluster: decision.cluster,
    replica,
    route,
    requestUid: request.uid,
    operation: request.operation,
    dryRun: decision.dryRun,
    user: {
      username: userInfo.username,
      uid: userInfo.uid,
      groups: userInfo.groups ?? [],
      extra: maskExtra(userInfo.extra ?? {}),
    },
    object: {
      group: resource.group,
      version: resource.version,
      resource: resource.resource,
      subresource: request.subResource ?? '',
      kind: kind.kind,
      namespace: request.namespace ?? '',
      name: nameOf(request),
      uid: uidOf(request),
    },
    ...recordFacts(decision.facts),
    ...recordInitiator(request),
    ...(input === 'too-large' ? { cut: ['input'] } : input && { input }),
    allowed: decision.allowed,
    code: decision.code,
    message: decision.message,
    wouldDeny: decision.wouldDeny && {
      code: decision.wouldDeny.code,
      message: decision.wouldDeny.message,
    },
    policies: decision.policies.map((verdict) => formatVerdict(verdict, decision)),
    policyRevision: decision.policyRevision,
    configurationHash,
    grant: decision.grant,
    durationMs: decision.durationMs,
    timings: decision.timings,
    mode: decidingMode(decision),
  };
}

/** Of a request that asks for an operation: the server's account is all that the API server knows of who clicked. */
function recordInitiator(request: AdmissionRequest) {
  const initiatedBy = parseInitiator(askedOperation(request));
  return initiatedBy === undefined ? {} : { initiatedBy };
}

// By key as well as by form: a reader of the records must not be able to forge the credential.
function maskExtra(
  extra: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(extra).map(([key, values]) => [
      key,
      values.map((value) =>
        key.toLowerCase() === CREDENTIAL_ID_KEY ? CREDENTIAL_ID_MASK : maskCredentialIds(value),
      ),
    ]),
  );
}

// Items of a DELETECOLLECTION have no name, and neither does a CREATE with generateName.
function nameOf({ name, oldObject, object }: AdmissionRequest): string {
  if (name !== undefined && name !== '') return name;
  const metadata = oldObject?.metadata ?? object?.metadata;
  return metadata?.name ?? (metadata?.generateName ? `${metadata.generateName}*` : '');
}

function uidOf({ oldObject, object }: AdmissionRequest): string | undefined {
  const uid = oldObject?.metadata?.uid ?? object?.metadata?.uid;
  return typeof uid === 'string' ? uid : undefined;
}

/** The mode of the policy that determined the decision; of several, the strictest. */
function decidingMode({ allowed, policies }: Decision): AuditRecord['mode'] {
  const deciding = policies.filter(({ status }) =>
    allowed ? status !== 'passed' : status === 'denied' || status === 'unavailable',
  );
  return STRICTNESS.find((mode) => deciding.some((verdict) => verdict.mode === mode));
}

const STRICTNESS = ['enforce', 'warn', 'audit'] as const;

function formatVerdict(
  { policy, mode, status, findings, unavailable }: PolicyVerdict,
  { allowed, wouldDeny }: Decision,
): AuditRecord['policies'][number] {
  // Where a policy in these modes has objected, a reader must be told which of the two it is: a denial or an advice.
  const isUnenforced = allowed && mode !== 'enforce' && status !== 'passed';
  return {
    policy,
    mode,
    status,
    codes: unavailable === undefined ? findings.map(({ code }) => code) : [unavailable.code],
    ...(isUnenforced && { wouldDeny: wouldDeny?.policies.includes(policy) === true }),
  };
}
