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
    // The API server gives each attempt to create an object another uid.
    object: operation === 'CREATE' ? { ...object, uid: undefined } : object,
    message: message.replaceAll(decisionId, ''),
  });
}

/** One key for refusals of an actor with the same code by the same policies, whatever was asked for. */
export function formatCodeKey(record: AuditRecord): string {
  const { user, code, policies, policyRevision, configurationHash, route, dryRun } = record;
  const objecting = policies.filter(({ status }) => status !== 'passed');
  return digest({
    party: partyOf(user.username),
    code,
    policies: objecting.map(({ policy, status }) => [policy, status]),
    policyRevision,
    configurationHash,
    route,
    dryRun,
  });
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}
