/** Numbers and tables as Markdown. */
import { spread } from './percentile.ts';

/** A Markdown table. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `12,300 (11,900–12,800)`: the median of the rounds, and their extremes. */
export function formatSpread(values: readonly number[], digits: number): string {
  const { median, min, max } = spread(values);
  return `${formatNumber(median, digits)} (${formatNumber(min, digits)}–${formatNumber(max, digits)})`;
}

/** A number with thousands marked. */
export function formatNumber(value: number, digits: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
