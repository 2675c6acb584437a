/** The environment of commands: this process's streams, environment variables and signals. */
import { collectBounded } from '../base/read-bounded.ts';
import type { CommandContext } from './command.ts';

/** Thousands of reviews; an endless pipe must not fill the memory. */
export const INPUT_BYTES_MAX = 256 * 1024 * 1024;

/** Built once, by `main.ts`. */
export function createProcessContext(): CommandContext {
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    report: (text) => void process.stderr.write(`${text}\n`),
    readStdin: () => collectBounded(process.stdin, INPUT_BYTES_MAX),
    environment: process.env,
    workingDirectory: process.cwd(),
    color: wantsColor(process.env, process.stdout.isTTY),
    showsProgress: process.stderr.isTTY,
    stopSignal: createStopSignal(),
  };
}

/** Colours for terminals only. Sources: no-color.org, force-color.org. */
export function wantsColor(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean | undefined,
): boolean {
  if (isSet(environment['NO_COLOR'])) return false;
  if (isSet(environment['FORCE_COLOR'])) return environment['FORCE_COLOR'] !== '0';
  return isTerminal === true && environment['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function createStopSignal(): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    if (controller === undefined) {
      const created = new AbortController();
      controller = created;
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => created.abort(signal));
      }
    }
    return controller.signal;
  };
}
