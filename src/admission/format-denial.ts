/**
 * The words of a refusal. They are what a person sees in the terminal at three in the morning, so they come in one
 * order: what was refused and why, what to do instead, and the decision's id to quote.
 */
import type { Finding } from '../policy/outcome.ts';
import type { DecisionContext, PhrasedVerdict } from './decide.ts';

// More findings than this are counted, not shown: the first ones are what the person must mend anyway.
const FINDINGS_SHOWN_MAX = 4;

/** The text of a denial: findings, remedies, and one closing line with the decision id. */
export function formatDenial(denied: readonly PhrasedVerdict[], context: DecisionContext): string {
  const blocks = denied.flatMap(blocksOf);
  const shown = blocks.slice(0, FINDINGS_SHOWN_MAX);
  const closing = closingLine(denied, context);
  const hidden = blocks.length - shown.length;
  const lines = hidden > 0 ? [...shown, `and ${String(hidden)} more reasons`] : shown;
  return `${cut(lines.join('\n'), context.messageCharsMax - closing.length - 1)}\n${closing}`;
}

/** The lines that kubectl prints after `Warning:` for one policy. */
export function formatWarning(
  verdict: PhrasedVerdict,
  context: DecisionContext,
): readonly string[] {
  const { policy, unavailable } = verdict;
  if (verdict.status === 'warned-unavailable' && unavailable !== undefined) {
    return [`${policy} could not be evaluated (${unavailable.code}): ${unavailable.reason}`];
  }
  return verdict.warnings.map((finding) =>
    cut(
      `${singleLine(finding.message)} (${policy}, decision ${context.id})`,
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
  { code, reason }: { code: string; reason: string },
): string {
  return (
    `The policy "${policy}" could not be evaluated, and it refuses what it cannot judge (${code}): ${reason}\n` +
    'Try again; if it keeps failing, show the decision id to the people who run Holdfast'
  );
}

function closingLine(denied: readonly PhrasedVerdict[], { id, cluster }: DecisionContext): string {
  const policies = [...new Set(denied.map(({ policy }) => policy))].join(', ');
  return `decision ${id} (${policies}, cluster ${cluster})`;
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
