/** One line for each replayed review: answer, user, object and reason. */
import { isRecord } from '../../base/is-record.ts';
import type { ReplayedCase } from '../../compose/replay.ts';

export interface ReplayFormat {
  readonly color: boolean;
  /** The time of the answer, as `HH:MM:SS`. */
  readonly time: string;
}

const USERNAME_PREFIX = 'system:serviceaccount:';
const RED = '31';
const GREEN = '32';
const DIM = '2';

/** The line of one review, with the reasons of a denial below it. */
export function formatReplayedCase(
  { recorded, allowed, message, warnings }: ReplayedCase,
  { color, time }: ReplayFormat,
): string {
  const paint = (code: string, word: string) => (color ? `\u001b[${code}m${word}\u001b[0m` : word);
  const { request } = recorded.review;
  const verdict = allowed ? paint(GREEN, 'allow') : paint(RED, 'DENY ');
  const what = `${verbOf(request)} ${formatTarget(request)}`;
  const line = `${paint(DIM, time)} ${verdict} ${formatUser(request['userInfo']).padEnd(44)} ${what}`;
  const reasons = allowed ? warnings.map((warning) => `Warning: ${warning}`) : message.split('\n');
  return [line, ...reasons.map((reason) => `               ${paint(DIM, '│')} ${reason}`)].join(
    '\n',
  );
}

function verbOf(request: Record<string, unknown>): string {
  const dryRun = request['dryRun'] === true ? ' (dry run)' : '';
  return `${text(request['operation']).toLowerCase()}${dryRun}`;
}

function formatUser(userInfo: unknown): string {
  const username = isRecord(userInfo) ? text(userInfo['username']) : '';
  if (!username.startsWith(USERNAME_PREFIX)) return username;
  return username.slice(USERNAME_PREFIX.length).replace(':', '/');
}

function formatTarget(request: Record<string, unknown>): string {
  const resource = isRecord(request['resource']) ? request['resource'] : {};
  const subresource = text(request['subResource']);
  const group = text(resource['group']);
  const plural = `${text(resource['resource'])}${subresource && `/${subresource}`}`;
  const place = [text(request['namespace']), nameOf(request)].filter((part) => part !== '');
  return `${group === '' ? plural : `${plural}.${group}`} ${place.join('/')}`;
}

function nameOf(request: Record<string, unknown>): string {
  const name = text(request['name']);
  if (name !== '') return name;
  const holder = isRecord(request['oldObject']) ? request['oldObject'] : request['object'];
  const metadata = isRecord(holder) && isRecord(holder['metadata']) ? holder['metadata'] : {};
  return text(metadata['name']) || text(metadata['generateName']);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
