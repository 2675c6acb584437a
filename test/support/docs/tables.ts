/** The tables of README.md, as the code has them. */
import { COMMANDS } from '../../../src/cli/commands.ts';
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts';
import { LIMITS } from '../../../src/config/limits.ts';
import type { Limit } from '../../../src/settings/limit.ts';
import { ERRORS } from '../../../src/errors.ts';
import type { ErrorRow } from '../../../src/errors.ts';
import { METRICS } from '../../../src/telemetry/metrics-table.ts';
import type { MetricRow } from '../../../src/telemetry/metrics-table.ts';
import { formatTable } from './blocks.ts';
import type { Block } from './blocks.ts';

/** Every block that README.md must hold. */
export function listBlocks(): readonly Block[] {
  return [commandBlock(), exitCodeBlock(), errorBlock(), limitBlock(), metricBlock()];
}

function commandBlock(): Block {
  const rows = COMMANDS.map(({ name, summary }) => [`\`holdfast ${name}\``, summary]);
  return { name: 'commands', markdown: formatTable(['command', 'what it does'], rows) };
}

function exitCodeBlock(): Block {
  const rows = Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning]);
  return { name: 'exit-codes', markdown: formatTable(['code', 'meaning'], rows) };
}

function errorBlock(): Block {
  const rows = Object.entries<ErrorRow>(ERRORS).map(([code, row]) => [
    `\`${code}\``,
    row.meaning,
    formatStatus(row),
    row.caller,
    row.remedy,
  ]);
  const header = ['code', 'meaning', 'status', 'what happens', 'what to do'];
  return { name: 'error-codes', markdown: formatTable(header, rows) };
}

function formatStatus({ httpStatus, exitCode }: ErrorRow): string {
  const parts: string[] = [];
  if (httpStatus !== undefined) parts.push(String(httpStatus));
  if (exitCode !== undefined) parts.push(`exit ${exitCode}`);
  return parts.join(', ');
}

function limitBlock(): Block {
  const rows = Object.entries<Limit>(LIMITS).map(([key, limit]) => [
    `\`${key}\``,
    `${limit.default} ${limit.unit}`,
    limit.minimum === limit.maximum ? 'fixed' : `${limit.minimum} to ${limit.maximum}`,
    limit.reason,
    limit.overflow,
  ]);
  const header = ['limit', 'default', 'range', 'why', 'beyond it'];
  return { name: 'limits', markdown: formatTable(header, rows) };
}

function metricBlock(): Block {
  const rows = Object.entries<MetricRow>(METRICS).map(([name, { type, labels, help }]) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return { name: 'metrics', markdown: formatTable(['metric', 'type', 'labels', 'meaning'], rows) };
}
