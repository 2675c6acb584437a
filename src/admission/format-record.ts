/** From a decision to its record, for the decisions that matter. */
import type { AuditRecord } from '../audit/audit-record.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { AdmissionRoute } from './decide.ts';
import type { Decision, PolicyVerdict } from './decision.ts';

/**
 * Whether a decision is worth a record: every refusal, warning, audit finding, patch and unavailable policy, and every
 * write to an object that Git manages. Routine allows are counted by the metrics and not stored.
 */
export function matters(route: AdmissionRoute, decision: Decision): boolean {
  if (!decision.allowed || decision.grant !== undefined || decision.patch.length > 0) return true;
  if (decision.policies.some(({ status }) => status !== 'passed')) return true;
  // /validate follows /mutate for the same request and records it with its final object: one write, one record.
  return route === 'validate' && touchesManaged(decision);
}

function touchesManaged({ object }: Decision): boolean {
  return object?.managed === true || object?.wasManaged === true;
}

/** What a record says of the process that decided. */
export interface RecordOrigin {
  readonly route: AdmissionRoute;
  readonly replica: string;
  readonly configurationHash: string;
}

/** The record of a decision. Objects themselves stay out of it: they may hold Secrets; the masked change is enough. */
export function formatRecord(
  request: AdmissionRequest,
  decision: Decision,
  { route, replica, configurationHash }: RecordOrigin,
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
      extra: userInfo.extra ?? {},
    },
    actor: decision.actor && { class: decision.actor.class, proof: decision.actor.proof },
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
    managedBy: managerOf(decision),
    change: decision.change,
    source: decision.source ?? undefined,
    allowed: decision.allowed,
    code: decision.code,
    message: decision.message,
    policies: decision.policies.map(formatVerdict),
    policyRevision: decision.policyRevision,
    configurationHash,
    grant: decision.grant,
    durationMs: decision.durationMs,
  };
}

// The items of a DELETECOLLECTION come without a name, and so does a CREATE with generateName.
function nameOf({ name, oldObject, object }: AdmissionRequest): string {
  if (name !== undefined && name !== '') return name;
  const metadata = oldObject?.metadata ?? object?.metadata;
  return metadata?.name ?? (metadata?.generateName ? `${metadata.generateName}*` : '');
}

function uidOf({ oldObject, object }: AdmissionRequest): string | undefined {
  const uid = oldObject?.metadata?.uid ?? object?.metadata?.uid;
  return typeof uid === 'string' ? uid : undefined;
}

function managerOf({ object }: Decision): AuditRecord['managedBy'] {
  if (object?.tool === undefined) return undefined;
  return { tool: object.tool, app: object.app ?? '' };
}

function formatVerdict({ policy, mode, status, findings, unavailable }: PolicyVerdict) {
  return {
    policy,
    mode,
    status,
    codes: unavailable === undefined ? findings.map(({ code }) => code) : [unavailable.code],
  };
}
