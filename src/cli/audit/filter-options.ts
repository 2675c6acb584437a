/** The filter options of `audit query`, `audit export` and `audit tail`. */
import type { WallMs } from '../../base/clock.ts';
import { DECISION_KINDS } from '../../audit/classify-decision.ts';
import type { EntryFilter } from '../../audit/query/match-entry.ts';
import { parseMoment } from '../../audit/query/parse-moment.ts';
import { parseObjectPattern } from '../../audit/query/parse-object-pattern.ts';
import type { CommandContext, CommandInput, OptionDefinition } from '../command.ts';

/** The filter of entries; every condition must hold. */
export const filterOptions: readonly OptionDefinition[] = [
  {
    name: 'since',
    value: 'TIME',
    summary: 'from this moment on: 2026-11-20T08:00Z, 2026-11-20 or 2h',
  },
  { name: 'until', value: 'TIME', summary: 'before this moment' },
  { name: 'user', value: 'NAME', summary: 'by this user' },
  { name: 'namespace', value: 'NAME', summary: 'in this namespace' },
  {
    name: 'object',
    value: 'OBJECT',
    summary: 'a kind, KIND/NAME, KIND/NAMESPACE/NAME or GROUP/KIND/NAMESPACE/NAME',
  },
  {
    name: 'decision',
    value: 'DECISION',
    summary: 'how it was decided',
    choices: DECISION_KINDS,
  },
  {
    name: 'id',
    value: 'ID',
    summary: 'the decision that a denial names, with the refusals that were counted after it',
  },
  {
    name: 'code',
    value: 'CODE',
    summary: 'with this code, also where it was only warned of or audited',
  },
  { name: 'policy', value: 'NAME', summary: 'that this policy objected to' },
  {
    name: 'commit',
    value: 'ID',
    summary: 'of an object that came from this commit: its id, or the first 7 or more digits',
  },
];

/** The filter of a command line; `undefined` if it is invalid, which was reported. */
export function readFilter(
  context: CommandContext,
  input: CommandInput,
  nowMs: WallMs,
): EntryFilter | undefined {
  const [sinceMs, untilMs] = ['since', 'until'].map((name) =>
    readMoment(context, input, { name, nowMs }),
  );
  const object = readObject(context, input);
  const commit = readCommit(context, input);
  if (sinceMs === null || untilMs === null || object === null || commit === null) return undefined;
  const decision = input.text('decision');
  return {
    sinceMs,
    untilMs,
    object,
    username: input.text('user'),
    namespace: input.text('namespace'),
    decision: DECISION_KINDS.find((kind) => kind === decision),
    code: input.text('code'),
    policy: input.text('policy'),
    decisionId: input.text('id'),
    commit,
  };
}

/** `null` if it is invalid. */
function readMoment(
  context: CommandContext,
  input: CommandInput,
  { name, nowMs }: { readonly name: string; readonly nowMs: WallMs },
): number | undefined | null {
  const text = input.text(name);
  if (text === undefined) return undefined;
  const moment = parseMoment(text, nowMs);
  if (moment !== undefined) return moment;
  context.report(
    `holdfast: --${name} wants a time as in 2026-11-20T08:00:00Z, 2026-11-20 or 2h, found "${text}"`,
  );
  return null;
}

function readObject(context: CommandContext, input: CommandInput): EntryFilter['object'] | null {
  const text = input.text('object');
  if (text === undefined) return undefined;
  const pattern = parseObjectPattern(text);
  if (pattern !== undefined) return pattern;
  context.report(
    `holdfast: --object wants a kind, KIND/NAME, KIND/NAMESPACE/NAME or GROUP/KIND/NAMESPACE/NAME, found "${text}"`,
  );
  return null;
}

/** git shortens an id to 7 digits; fewer find commits that nobody meant. */
const COMMIT_PREFIX = /^[0-9a-f]{7,64}$/iu;

function readCommit(context: CommandContext, input: CommandInput): string | undefined | null {
  const text = input.text('commit');
  if (text === undefined) return undefined;
  if (COMMIT_PREFIX.test(text)) return text.toLowerCase();
  context.report(
    `holdfast: --commit wants the id of a commit or at least its first 7 hexadecimal digits, found "${text}"`,
  );
  return null;
}
