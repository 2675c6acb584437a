/** What `holdfast evaluate` prints for one review: a line of JSON, or an explanation for a person. */
import { styleText } from 'node:util';
import type { Decision, PolicyVerdict } from '../../admission/decision.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import { WEBHOOK_NAMES } from '../../registration/plan-registration.ts';
import type { JudgedReview } from '../../compose/evaluate/judge-files.ts';

/** Whether the API server would continue with the request. */
export function isAllowed({ verdict }: JudgedReview): boolean {
  return verdict.status === 'decided' && verdict.decision.allowed;
}

/** One JSON object on one line. */
export function formatVerdictJson({ source, verdict }: JudgedReview): string {
  if (verdict.status === 'rejected') {
    const { uid = '', code, message } = verdict;
    return JSON.stringify({
      uid,
      allowed: false,
      code,
      message,
      warnings: [],
      policies: [],
      source,
    });
  }
  const { request, decision } = verdict;
  return JSON.stringify({
    uid: request.uid,
    allowed: decision.allowed,
    code: decision.code,
    message: decision.message,
    warnings: decision.warnings,
    policies: decision.policies,
    decision: decision.id,
    policyRevision: decision.policyRevision,
    patch: decision.patch,
    actor: decision.facts.actor,
    object: decision.facts.object,
    change: decision.facts.change,
    source,
  });
}

export interface ExplanationOptions {
  readonly color: boolean;
}

/** User, object, policies, and the answer as kubectl would print it. */
export function formatExplanation(
  { source, verdict }: JudgedReview,
  { color }: ExplanationOptions,
): string {
  const paint = (format: 'bold' | 'red' | 'green' | 'yellow', text: string): string =>
    color ? styleText(format, text, { validateStream: false }) : text;
  if (verdict.status === 'rejected') {
    const answer = paint('red', `rejected: ${verdict.message} (${verdict.code})`);
    return [paint('bold', source), row('answer', answer)].join('\n');
  }
  const { request, decision } = verdict;
  const answer = decision.allowed
    ? paint('green', 'allowed')
    : paint('red', `denied (${decision.code})`);
  return [
    `${paint('bold', formatRequest(request))}  ${source}`,
    row('who', formatActor(request, decision)),
    row('what', formatObject(decision)),
    ...rows('change', formatChange(decision)),
    ...rows('policies', formatPolicies(decision)),
    row('answer', answer),
    ...indent(formatAnswer(request, decision).map((line) => paint('yellow', line))),
  ].join('\n');
}

/** The longest label and a space. */
const LABEL_CHARS = 9;

function row(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_CHARS)} ${text}`;
}

function rows(label: string, texts: readonly string[]): readonly string[] {
  return texts.map((text, index) => row(index === 0 ? label : '', text));
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => row('', line));
}

/** `UPDATE deployments.apps/scale shop/checkout`. */
function formatRequest({ operation, resource, subResource, ...request }: AdmissionRequest): string {
  const group = resource.group === '' ? '' : `.${resource.group}`;
  const part = subResource === undefined || subResource === '' ? '' : `/${subResource}`;
  const isItself = resource.resource === 'namespaces';
  const name = [isItself ? undefined : request.namespace, request.name].filter(Boolean).join('/');
  return `${operation} ${resource.resource}${group}${part} ${name === '' ? '(generated name)' : name}`;
}

function formatActor({ userInfo }: AdmissionRequest, { facts: { actor } }: Decision): string {
  if (actor === undefined) return userInfo.username;
  const name = actor.name === undefined ? '' : ` "${actor.name}"`;
  const { grade, sufficient, reason } = actor.proof;
  const proof = sufficient ? `proof ${grade}` : `proof ${grade} is not enough`;
  return `${actor.username}, class ${actor.class}${name}; ${proof}: ${reason}`;
}

function formatObject({ facts: { object } }: Decision): string {
  if (object === undefined) return 'no policy asked who manages it';
  if (!object.managed && !object.wasManaged) {
    const copied =
      object.mark !== undefined && !object.self ? `; ${object.mark} names another object` : '';
    return object.scope === 'exempt' ? 'exempt' : `not managed${copied}`;
  }
  const namespace = object.appNamespace === undefined ? '' : `${object.appNamespace}/`;
  const app = object.app === undefined ? '' : ` "${namespace}${object.app}"`;
  const mark = object.mark === undefined ? '' : ` (${object.mark})`;
  const parent =
    object.parent === undefined
      ? ''
      : `, through ${object.parent.kind === '' ? object.parent.resource : object.parent.kind} ${object.parent.name}`;
  return `managed by ${object.tool ?? 'Git'}${app}${mark}${parent}`;
}

/** A verdict must fit on a screen; the JSON output has all of them. */
const PATHS_SHOWN_MAX = 5;

function formatChange({ facts: { change } }: Decision): readonly string[] {
  if (change === undefined) return [];
  if (!change.semantic) return ['nothing but bookkeeping'];
  const lines = change.paths.slice(0, PATHS_SHOWN_MAX).map(({ path, kind, from, to }) => {
    const subject = path === '' ? 'the whole object' : path;
    return from === undefined && to === undefined
      ? `${subject} ${kind}`
      : `${subject}: ${from ?? '(nothing)'} → ${to ?? '(nothing)'}`;
  });
  const hidden = change.paths.length - lines.length;
  if (hidden > 0) return [...lines, `and ${hidden}${change.truncated ? ' or more' : ''} others`];
  return lines;
}

function formatPolicies({ policies }: Decision): readonly string[] {
  if (policies.length === 0) return ['none applies'];
  return policies.flatMap((verdict) => [
    `${verdict.policy} (${verdict.mode}): ${describeStatus(verdict)}`,
    ...verdict.findings.map(({ code, message }) => `  ${code}: ${message.replace(/\n.*/su, '')}`),
  ]);
}

function describeStatus({ status, unavailable }: PolicyVerdict): string {
  return unavailable === undefined
    ? status
    : `${status}: ${unavailable.reason} (${unavailable.code})`;
}

/** Words that kubectl prints for a status. Source: meta/v1 StatusReason. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

function formatAnswer({ operation }: AdmissionRequest, decision: Decision): readonly string[] {
  const warnings = decision.warnings.map((warning) => `Warning: ${warning}`);
  if (decision.allowed) {
    const patch = decision.patch.map(
      ({ op, path, value }) =>
        `${op} ${path}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`,
    );
    return [...warnings, ...patch];
  }
  const reason = REASONS[decision.httpStatus] ?? 'Unknown';
  const webhook = operation === 'CONNECT' ? WEBHOOK_NAMES.connect : WEBHOOK_NAMES.drift;
  return [
    ...warnings,
    `Error from server (${reason}): admission webhook "${webhook}" denied the request:`,
    ...decision.message.split('\n'),
  ];
}
