/**
 * The text of a denial, as shown in the user's terminal, in a fixed order: what was denied and why, the remedy, and
 * one line to quote: code, policy, cluster and decision.
 */
import type { Finding } from '../policy/outcome.ts';
import type { PolicyMode } from '../policy/descriptor.ts';
import type { PolicyVerdict } from './decision.ts';

/** A verdict with the data to phrase it. */
export interface PhrasedVerdict {
  readonly policy: string;
  readonly mode: PolicyMode;
  readonly status: PolicyVerdict['status'] | 'refused-unavailable' | 'warned-unavailable';
  readonly denials: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly audits: readonly Finding[];
  readonly unavailable?: PolicyVerdict['unavailable'];
}

/** The other parts of a denial. */
export interface DenialContext {
  /** The decision's id. */
  readonly id: string;
  readonly cluster: string;
  readonly messageCharsMax: number;
}

// More findings than this are counted, not shown.
const FINDINGS_SHOWN_MAX = 4;
// The number of findings is unbounded; the closing line names the first codes, up to the length of our own.
const CODES_SHOWN_MAX = 8;
const CODE_CHARS_MAX = 64;

/** How the policies begin the line that offers a grant: `policies/lib/grants.rego`. */
const GRANT_OFFER = 'In an emergency: holdfast grant request ';

/** The text of a denial: findings, remedies, and the closing line. */
export function formatDenial(denied: readonly PhrasedVerdict[], context: DenialContext): string {
  const blocks = denied.flatMap(blocksOf);
  const written = blocks.slice(0, FINDINGS_SHOWN_MAX).join('\n');
  const shown = withoutRepetition(isGrantEnough(denied) ? written : withoutOffers(written));
  const closing = formatClosing(denied.flatMap(codesOf), context);
  const hidden = blocks.length - FINDINGS_SHOWN_MAX;
  const text = hidden > 0 ? `${shown}\nand ${String(hidden)} more reasons` : shown;
  return `${cut(text, context.messageCharsMax - closing.length - 1)}\n${closing}`;
}

/**
 * The last line of every denial: `(managed_object_changed by gitops_only_writes, cluster prod-eu-1, decision 01J…)`.
 * Programs parse it, so its format is stable; the sentences above it are not.
 */
export function formatClosing(
  codes: readonly string[],
  { id, cluster }: Pick<DenialContext, 'id' | 'cluster'>,
): string {
  const distinct = [...new Set(codes)];
  const hidden = distinct.length - CODES_SHOWN_MAX;
  const shown = distinct.slice(0, CODES_SHOWN_MAX);
  const more = hidden > 0 ? [`${String(hidden)} more`] : [];
  return `(${[...shown, ...more, `cluster ${cluster}`, `decision ${id}`].join(', ')})`;
}

/** Inserts lines above the closing line of a denial. */
export function insertAboveClosing(denial: string, lines: readonly string[]): string {
  const end = denial.lastIndexOf('\n') + 1;
  return [denial.slice(0, end), ...lines.map((line) => `${line}\n`), denial.slice(end)].join('');
}

/** The lines that kubectl prints after `Warning:` for one policy. */
export function formatWarning(verdict: PhrasedVerdict, context: DenialContext): readonly string[] {
  const { policy, unavailable } = verdict;
  if (verdict.status === 'warned-unavailable' && unavailable !== undefined) {
    return [`${policy} could not be evaluated (${unavailable.code}): ${unavailable.reason}`];
  }
  return verdict.warnings.map((finding) =>
    cut(
      `${singleLine(finding.message)} (${codeBy(finding.code, policy)}, decision ${context.id})`,
      context.messageCharsMax,
    ),
  );
}

function blocksOf(verdict: PhrasedVerdict): readonly string[] {
  if (verdict.unavailable !== undefined) {
    return [unavailableBlock(verdict.policy, verdict.unavailable)];
  }
  return verdict.denials.map(findingBlock);
}

function findingBlock({ message, remedy }: Finding): string {
  return remedy === undefined ? message : `${message}\n${remedy}`;
}

function unavailableBlock(
  policy: string,
  { reason }: NonNullable<PhrasedVerdict['unavailable']>,
): string {
  return (
    `The policy "${policy}" could not be evaluated, and it refuses what it cannot judge: ${reason}\n` +
    'Try again; if it keeps failing, show the decision id to the people who run Holdfast'
  );
}

/** Policies offer a grant with what it overrules. Where it does not overrule everything, the offer would lead nowhere. */
function isGrantEnough(denied: readonly PhrasedVerdict[]): boolean {
  return denied.every(
    ({ unavailable, denials }) =>
      unavailable === undefined &&
      denials.every(({ remedy = '' }) =>
        remedy.split('\n').some((line) => line.startsWith(GRANT_OFFER)),
      ),
  );
}

function withoutOffers(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith(GRANT_OFFER))
    .join('\n');
}

// Two findings may have the same remedy, for example the command that requests a grant.
function withoutRepetition(text: string): string {
  return [...new Set(text.split('\n'))].filter((line) => line !== '').join('\n');
}

function codesOf({ policy, denials, unavailable }: PhrasedVerdict): readonly string[] {
  const codes = unavailable === undefined ? denials.map(({ code }) => code) : [unavailable.code];
  return codes.map((code) => codeBy(code, policy));
}

function codeBy(code: string, policy: string): string {
  return `${singleLine(cut(code, CODE_CHARS_MAX))} by ${policy}`;
}

function singleLine(text: string): string {
  return text.replaceAll('\n', '; ');
}

// Cut by code points, so that a cut never leaves half a surrogate pair that would not be valid UTF-8.
function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const end = Math.max(0, charsMax - 1);
  const last = text.charCodeAt(end - 1);
  const splitsPair = last >= 0xd8_00 && last <= 0xdb_ff;
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}
