/** A world for commands under test: what they print is kept, what they read is given. */
import type { BoundedRead } from '../../src/base/read-bounded.ts';
import type { CommandContext } from '../../src/cli/command.ts';

export interface RecordedContext {
  readonly context: CommandContext;
  readonly printed: () => string;
  readonly reported: () => string;
}

export interface RecordedContextOptions {
  readonly workingDirectory?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  readonly showsProgress?: boolean;
}

/** A context whose output can be read afterwards. */
export function recordContext(options: RecordedContextOptions = {}): RecordedContext {
  const printed: string[] = [];
  const reported: string[] = [];
  const stdin: BoundedRead = { ok: true, bytes: Buffer.from(options.stdin ?? '') };
  return {
    context: {
      print: (text) => void printed.push(text),
      report: (text) => void reported.push(text),
      readStdin: () => Promise.resolve(stdin),
      environment: options.environment ?? {},
      workingDirectory: options.workingDirectory ?? import.meta.dirname,
      color: false,
      showsProgress: options.showsProgress ?? false,
      stopSignal: () => new AbortController().signal,
    },
    printed: () => printed.join('\n'),
    reported: () => reported.join('\n'),
  };
}
