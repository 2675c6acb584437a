/** A shell in which `holdfast` and `kubectl` are found, as that of somebody who types what a message says. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from './cluster-handle.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');
const DEADLINE_MS = 3 * 60_000;

export interface TypedResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Shell {
  /** Never rejects for what the command ends with. */
  readonly type: (command: string) => Promise<TypedResult>;
}

/** A command that a sentence holds: up to the words that say what it does. */
const COMMAND = /\b(?:holdfast|kubectl) [a-z-].*?(?= shows| says|, |;|\)| \(|$)/u;

/** The command of a remedy, with what the reader fills in where words stand in capitals; `undefined` where it names none. */
export function commandOf(
  remedy: string,
  values: Readonly<Record<string, string>> = {},
): string | undefined {
  const [command] = COMMAND.exec(remedy) ?? [];
  return command?.replaceAll(/(?<=^| )(?:--[a-z-]+ )?[A-Z]{4,}(?= |$)/gu, (place) => {
    return values[place] ?? place;
  });
}

/** Commands are typed in this folder, in the name of this user of the cluster. */
export async function openShell(
  cluster: Cluster,
  { folder, user }: { readonly folder: string; readonly user: string },
): Promise<Shell> {
  const programs = join(folder, 'shell');
  await mkdir(programs);
  const script = (words: string): string => `#!/bin/sh\nexec ${words} "$@"\n`;
  const options = { mode: 0o700 };
  await writeFile(join(programs, 'holdfast'), script(`${process.execPath} ${PROGRAM}`), options);
  await writeFile(join(programs, 'kubectl'), script(cluster.kubectlProgram), options);
  const env = {
    HOME: programs,
    KUBECONFIG: cluster.kubeconfigOf(user),
    PATH: `${programs}:${process.env['PATH'] ?? ''}`,
  };
  return {
    type: (command) =>
      new Promise((resolve) => {
        const settings = { cwd: folder, env, timeout: DEADLINE_MS };
        execFile('sh', ['-c', command], settings, (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
          resolve({ code, stdout, stderr });
        });
      }),
  };
}
