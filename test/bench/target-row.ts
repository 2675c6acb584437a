/** A target: what is promised, what was found, and whether that proves anything. */
import { DISTURBANCE_MAX } from './measure.ts';
import { formatNumber } from './report-format.ts';

/** A promise, and what was found of it. */
export interface TargetRow {
  readonly what: string;
  readonly wanted: number;
  readonly sign: '≥' | '≤' | '<';
  /** Absent: this run did not measure it. */
  readonly found: number | undefined;
  /** What to run, where it was not measured. */
  readonly remedy?: string;
  readonly unit?: string;
  /** The largest share of the processors that others took while this was measured. */
  readonly disturbance: number;
}

/** Above this a figure is told without decimals. */
const WHOLE_MIN = 60;

/** The cells of its row: target, wanted, found, verdict. */
export function formatRow(row: TargetRow): string[] {
  const { what, wanted, sign, found, remedy = '', unit = '', disturbance } = row;
  const target = [what, `${sign} ${String(wanted)}${unit}`];
  if (found === undefined) return [...target, '', `not measured: ${remedy}`];
  const digits = unit !== '' && found > WHOLE_MIN ? 0 : 2;
  return [
    ...target,
    `${formatNumber(found, digits)}${unit}`,
    judgeDisturbed(judge(row, found), disturbance),
  ];
}

/** A round that others disturbed can neither meet nor miss a target. */
export function judgeDisturbed(verdict: string, disturbance: number): string {
  if (disturbance <= DISTURBANCE_MAX) return verdict;
  return `not proven: the machine was disturbed (others took ${formatNumber(disturbance * 100, 0)} %); ${verdict}`;
}

function judge({ sign, wanted }: TargetRow, found: number): string {
  // Division by nothing: a server was not measured, or answered nothing.
  if (!Number.isFinite(found)) return 'not met: no figure was found';
  if (isMet(sign, found, wanted)) return 'met';
  const factor = sign === '≥' ? wanted / found : found / wanted;
  return `short by a factor of ${formatNumber(factor, 2)}`;
}

function isMet(sign: TargetRow['sign'], found: number, wanted: number): boolean {
  if (sign === '≥') return found >= wanted;
  return sign === '≤' ? found <= wanted : found < wanted;
}
