/** Reads and checks a configuration file. */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { readContainerMemory } from '../base/container-memory.ts';
import { readBounded } from '../base/read-bounded.ts';
import { MIB } from '../settings/limit.ts';
import { LIMITS } from './limits.ts';
import { defaultConfiguration, parseConfiguration } from './parse-configuration.ts';
import { planMemoryBytes } from './plan-memory.ts';
import type { ConfigurationProblem } from './problem.ts';
import type { Configuration } from './schema.ts';

/** A configuration in force. */
export interface LoadedConfiguration {
  readonly ok: true;
  /** Absolute; absent if only defaults are used. */
  readonly file?: string;
  readonly configuration: Configuration;
  readonly warnings: readonly ConfigurationProblem[];
  /** SHA-256 of the canonical JSON: independent of formatting and key order. */
  readonly hash: string;
}

export type ConfigurationLoad =
  | LoadedConfiguration
  | {
      readonly ok: false;
      readonly code: 'configuration_unreadable' | 'configuration_invalid';
      readonly problems: readonly ConfigurationProblem[];
    };

/** Reads a file. Relative paths in it are relative to its folder; messages use its shown name. */
export async function loadConfiguration(file: string, shown = file): Promise<ConfigurationLoad> {
  const text = await readText(file);
  if (!text.ok) return unreadable(shown, text.reason);
  const parsed = parseConfiguration(text.value, { file: shown, folder: dirname(resolve(file)) });
  if (!parsed.ok) return { ok: false, code: 'configuration_invalid', problems: parsed.problems };
  const { configuration, warnings } = parsed;
  return {
    ok: true,
    file: resolve(file),
    configuration,
    warnings: [...warnings, ...warnOfMemory(configuration, shown)],
    hash: hashConfiguration(configuration),
  };
}

/** Where the kernel ends the process before a limit is reached, the limit holds nothing back. */
function* warnOfMemory(configuration: Configuration, file: string): Iterable<ConfigurationProblem> {
  const containerBytes = readContainerMemory();
  const wantedBytes = planMemoryBytes(configuration);
  if (containerBytes === undefined || wantedBytes <= containerBytes) return;
  yield {
    file,
    line: 1,
    column: 1,
    path: 'limits',
    code: 'memory_too_small',
    message: `The limits ask for a container of ${inMebibytes(wantedBytes)} MiB, and this one has ${inMebibytes(containerBytes)} MiB`,
    remedy: `Raise resources.limits.memory of the container, or lower limits.heldBodyBytesMax, engine.memoryPagesMax or engine.workers`,
  };
}

function inMebibytes(bytes: number): number {
  return Math.ceil(bytes / MIB);
}

/** The configuration without a file: every default, paths relative to a folder. */
export function loadDefaults(folder: string): LoadedConfiguration {
  const configuration = defaultConfiguration(resolve(folder));
  return { ok: true, configuration, warnings: [], hash: hashConfiguration(configuration) };
}

/** SHA-256 of the canonical JSON, in hexadecimal: independent of formatting and key order. */
export function hashConfiguration(configuration: Configuration): string {
  return createHash('sha256').update(canonicalJson(configuration)).digest('hex');
}

type Text =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string };

async function readText(file: string): Promise<Text> {
  const read = await readBounded(file, LIMITS['configuration.fileBytesMax'].default);
  return read.ok ? decode(read.bytes) : read;
}

function decode(bytes: Uint8Array): Text {
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, reason: 'it is not UTF-8' };
  }
}

function unreadable(file: string, reason: string): ConfigurationLoad {
  const message = `Cannot read the configuration: ${reason}`;
  const problem = { file, line: 1, column: 1, path: '', message };
  return {
    ok: false,
    code: 'configuration_unreadable',
    problems: [{ ...problem, remedy: 'Check the path and its permissions' }],
  };
}
