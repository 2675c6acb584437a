/** The keys of folds: what makes two refusals the same. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import { partyOf } from '../../kubernetes/party.ts';
import type { AuditRecord } from '../audit-record.ts';

/**
 * One key for refusals that differ in nothing but their time and their identifiers: the same user with the same
 * credential, object, change, codes, policies and configuration.
 */
export function formatRequestKey(record: AuditRecord): string {
  const { operation, object, decisionId, message } = record;
  return digest({
    ...record,
    decisionId: undefined,
    time: undefined,
    requestUid: undefined,
    durationMs: undefined,
    timings: undefined,
    trace: undefined,
    // It has the uid and the time of the request; what differs otherwise is in the change.
    input: undefined,
    // The API server gives each attempt to create an object another uid.
    object: operation === 'CREATE' ? { ...object, uid: undefined } : object,
    message: message.replaceAll(decisionId, ''),
  });
}

/**
 * One key for refusals of an actor with the same operation and code by the same policies, of whatever object. It covers what
 * sinks and incidents choose records by, except the user and the object, which the fold lists.
 */
export function formatCodeKey(record: AuditRecord): string {
  const { user, actor, operation, code, policies, route, dryRun } = record;
  const { policyRevision, configurationHash } = record;
  const objecting = policies.filter(({ status }) => status !== 'passed');
  return digest({
    party: partyOf(user.username),
    operation,
    code,
    actor: [actor?.class, actor?.proof.grade, actor?.proof.sufficient],
    policies: objecting.map(({ policy, mode, status, codes }) => [
      policy,
      mode,
      status,
      [...new Set(codes)].toSorted(),
    ]),
    policyRevision,
    configurationHash,
    route,
    dryRun,
  });
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}
