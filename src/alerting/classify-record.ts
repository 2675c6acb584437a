/**
 * Classifies a record for incidents: an attempt, a reverted object, a deployment, the use of a grant, or
 * nothing.
 */
import { formatPlace, formatResource } from '../kubernetes/object-reference.ts';
import {
  ANY_VALUE,
  BREAKER_CLOSED_CODE,
  DRIFT_REVERTED_CODE,
  type AuditRecord,
  type RecordedCommit,
} from '../audit/audit-record.ts';
import { shownVerdict } from '../audit/classify-decision.ts';
import { formatObjectKey, parseObjectKey } from '../audit/verify/index-record.ts';
import type { IncidentRule } from './settings.ts';
import { formatCut, formatLine } from './format-text.ts';
import { formatChangeKey, formatGroup, formatKey } from './format-key.ts';
import type { Attempt } from './incident.ts';
import { listFacets, matchRule } from './match-rule.ts';

/** An observation that belongs to an incident. */
export interface Observation {
  readonly rule: IncidentRule;
  readonly key: string;
  readonly group: string;
  readonly object: string;
  readonly count: number;
  /** How many of them this replica has decided. */
  readonly own: number;
  readonly attempt: Attempt;
  /** Attempts on objects that another replica did not list. */
  readonly unlisted?: number | undefined;
  readonly expiresAtMs?: number | undefined;
}

/** Something for the timeline. */
export interface Change {
  readonly key: string;
  /** The subject of the key: the application, or the grant. */
  readonly subject: string;
  readonly kind: 'deployment' | 'break-glass';
  readonly attempt: Attempt;
}

export interface RecordMeaning {
  readonly observations: readonly Observation[];
  /** The object that a GitOps controller wrote. */
  readonly healed?: string | undefined;
  /** The object that was seen to be what it should be again, after it was changed past admission. */
  readonly reverted?: string | undefined;
  /** The object that is changed under a grant. */
  readonly attended?: string | undefined;
  readonly change?: Change | undefined;
}

/** What was told of the object before is over. */
const RESOLVING_CODES: ReadonlySet<string> = new Set([DRIFT_REVERTED_CODE, BREAKER_CLOSED_CODE]);
const NOTHING: RecordMeaning = { observations: [] };
// Names of Kubernetes have at most 253 characters; messages and lists are truncated.
const NAME_CHARS_MAX = 253;
const MESSAGE_CHARS_MAX = 600;
const LIST_MAX = 10;
/** The name of a branch does not identify what was deployed. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u;

/** Dry runs change nothing and notify nobody; /validate sees every request that /mutate sees. */
export function classifyRecord(record: AuditRecord, rules: readonly IncidentRule[]): RecordMeaning {
  if (record.dryRun || record.route === 'mutate') return NOTHING;
  const object = objectKeyOf(record);
  if (RESOLVING_CODES.has(record.code)) return { observations: [], reverted: object };
  return {
    observations: listRefused(record).flatMap((refused) => {
      const rule = matchRule(refused.record, rules);
      return rule === undefined || rule.ignore ? [] : observe(refused, rule);
    }),
    healed: isGitopsWrite(record) ? object : undefined,
    attended: record.allowed && record.grant !== undefined ? object : undefined,
    change: changeOf(record),
  };
}

/** The object of a record, in the form of the journal's index: `group/resource/namespace/name`. */
export function objectKeyOf({ object }: AuditRecord): string {
  return formatObjectKey(object);
}

/** A record with the number of requests that it stands for. */
interface Counted {
  readonly record: AuditRecord;
  readonly count: number;
}

/** A record of counted refusals, as one record for each user and object that it lists, and one for the rest. */
function listRefused(record: AuditRecord): readonly Counted[] {
  const { folded } = record;
  if (folded === undefined) return [{ record, count: 1 }];
  if (folded.refusals === undefined) return [{ record, count: folded.count }];
  const listed = folded.refusals.map(({ username, operation, managedBy, ...refusal }) => {
    const object = { ...record.object, ...parseObjectKey(refusal.object), kind: refusal.kind };
    const user = username === record.user.username ? record.user : { ...record.user, username };
    return { record: { ...record, user, operation, object, managedBy }, count: refusal.count };
  });
  const { unlisted = 0 } = folded;
  const rest = { ...record, object: { ...record.object, name: ANY_VALUE } };
  return unlisted === 0 ? listed : [...listed, { record: rest, count: unlisted }];
}

function observe({ record, count }: Counted, rule: IncidentRule): readonly Observation[] {
  const { cluster, user, grant } = record;
  const object = objectKeyOf(record);
  const kind = rule.class ?? rule.name;
  const scope = [kind, ...(rule.targets ?? [])];
  const expiresAtMs = grant === undefined ? undefined : timeOf(grant.expires);
  const common = { rule, count, own: count, attempt: describeAttempt(record), expiresAtMs };
  switch (rule.oneFor) {
    case 'actor': {
      const key = formatKey({ cluster, object, actor: user.username, class: kind });
      return [{ ...common, key, object, group: formatGroup(['actor', user.username, ...scope]) }];
    }
    case 'policy':
      return policiesOf(record, rule).map((policy) => {
        const place = `policy/${policy}`;
        const key = formatKey({ cluster, object: place, actor: '', class: kind });
        return { ...common, key, object: place, group: formatGroup(['policy', policy, ...scope]) };
      });
    case 'object': {
      const key = formatKey({ cluster, object, actor: '', class: kind });
      return [{ ...common, key, object, group: formatGroup(['object', object, ...scope]) }];
    }
    case 'class': {
      const key = formatKey({ cluster, object: '*', actor: '', class: kind });
      return [{ ...common, key, object, group: formatGroup(['class', ...scope]) }];
    }
  }
}

/** The policies with an outcome that the rule matches; never empty, otherwise an incident would be lost. */
function policiesOf({ policies }: AuditRecord, { match }: IncidentRule): readonly string[] {
  const objecting = policies.filter(({ status }) => status !== 'passed');
  const meant = objecting.filter(
    ({ policy, status }) =>
      (match.policies?.includes(policy) ?? true) &&
      (match.decisions?.some((decision) => decision === status) ?? true),
  );
  const named = (meant.length > 0 ? meant : objecting).map(({ policy }) => policy);
  return named.length > 0 ? named : ['*'];
}

function isGitopsWrite({ allowed, actor, operation, object }: AuditRecord): boolean {
  return (
    allowed &&
    actor?.class === 'gitops' &&
    actor.proof.sufficient &&
    operation !== 'CONNECT' &&
    object.subresource === ''
  );
}

function changeOf(record: AuditRecord): Change | undefined {
  const { cluster, grant, managedBy, source, allowed } = record;
  if (allowed && grant !== undefined) {
    const subject = formatChangeKey(cluster, ['grant', grant.id]);
    const key = formatChangeKey(cluster, ['grant', grant.id, String(grant.use)]);
    return { key, subject, kind: 'break-glass', attempt: describeAttempt(record) };
  }
  if (!isGitopsWrite(record) || managedBy === undefined) return undefined;
  // What was verified, else what the application says of itself.
  const revision = source?.revision ?? '';
  const verified = verifiedCommits(record).map(({ objectId = '' }) => objectId);
  const deployed = verified.length > 0 ? verified : COMMIT.test(revision) ? [revision] : [];
  if (deployed.length === 0) return undefined;
  const { tool, app } = managedBy;
  const subject = formatChangeKey(cluster, ['deployment', tool, app]);
  const key = formatChangeKey(cluster, ['deployment', tool, app, ...deployed]);
  return { key, subject, kind: 'deployment', attempt: describeAttempt(record) };
}

/** The commits of all sources; none where one of them was not verified, as that one may be what was deployed. */
function verifiedCommits({ source }: AuditRecord): readonly RecordedCommit[] {
  const commits = source?.commits ?? [];
  return commits.every(({ status }) => status === 'verified') ? commits : [];
}

function describeAttempt(record: AuditRecord): Attempt {
  const { object, user, actor, source, grant } = record;
  const verified = verifiedCommits(record);
  const signers = verified.flatMap((commit) => commit.signers).map(formatSigner);
  const subresource = object.subresource === '' ? '' : `/${object.subresource}`;
  const [decision = 'allowed'] = listFacets(record);
  const { code, message } = shownVerdict(record);
  return {
    decisionId: name(record.decisionId),
    time: name(record.time),
    decision,
    operation: record.operation,
    object: name(`${formatResource(object)}${subresource} ${formatPlace(object)}`),
    namespace: name(object.namespace),
    app: name(record.managedBy?.app ?? ''),
    repository: name(
      listOnce(verified.map(({ repository }) => repository)) || (source?.repository ?? ''),
    ),
    revision: name(source?.revision ?? ''),
    commit: name(listOnce(verified.map(({ objectId = '' }) => objectId))),
    signers: name(listOnce(signers)),
    username: name(user.username),
    actor: actor?.class ?? '',
    proof: actor === undefined ? '' : actor.proof.grade,
    code: name(code),
    message: formatCut(message.split('\n').map(formatLine).join('\n'), MESSAGE_CHARS_MAX),
    policies: record.policies
      .filter(({ status }) => status !== 'passed')
      .slice(0, LIST_MAX)
      .map(({ policy, status, codes }) =>
        name([policy, status, ...codes.slice(0, LIST_MAX)].join(' ')),
      ),
    grant: grant === undefined ? '' : formatGrant(grant),
    replica: name(record.replica),
  };
}

function formatSigner({ identity, scheme }: RecordedCommit['signers'][number]): string {
  return `${identity} (${scheme})`;
}

function listOnce(texts: readonly string[]): string {
  return [...new Set(texts)].slice(0, LIST_MAX).join(', ');
}

function formatGrant({ id, ticket, reason, approvers }: NonNullable<AuditRecord['grant']>): string {
  const approved = approvers.length === 0 ? '' : `, approved by ${approvers.join(', ')}`;
  return name(`${id} (${ticket}): ${reason}${approved}`);
}

function name(text: string): string {
  return formatCut(formatLine(text), NAME_CHARS_MAX);
}

function timeOf(text: string): number | undefined {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs;
}
