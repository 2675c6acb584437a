/** Numbers and tables as Markdown. */
import type { WatchedMachine } from './machine.ts';
import { DISTURBANCE_MAX } from './measure.ts';
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

/** The machine, and whether the figures were measured beside other load. */
export function formatMachine(machine: WatchedMachine): string {
  const share = formatNumber(machine.disturbance * 100, 0);
  const isDisturbed = machine.disturbance > DISTURBANCE_MAX;
  return (
    `${machine.cpuModel}, ${String(machine.cores)} cores, ${formatNumber(machine.memoryMib, 0)} MiB, ${machine.kernel}, Node ${machine.node}; ` +
    `load average before the run ${formatNumber(machine.loadAverage, 2)}. Other processes took ${share} % of the processors during the run` +
    (isDisturbed ? ': **measured beside other load**.' : '.')
  );
}
