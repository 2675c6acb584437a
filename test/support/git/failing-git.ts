/** The real git, of which chosen commands fail or print something else. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { GIT } from './test-mirrors.ts';

export interface FailingGit {
  readonly program: string;
  /** From now on, commands with these words in their arguments fail. */
  readonly fail: (words: string) => Promise<void>;
  /** From now on, they print this instead. */
  readonly print: (words: string, output: string) => Promise<void>;
}

/** Everything works until something is told to fail. */
export async function makeFailingGit(t: TestContext): Promise<FailingGit> {
  const folder = await makeTemporaryFolder(t);
  const program = join(folder, 'git');
  const write = async (action: string, words: string): Promise<void> => {
    const lines = [`case " $* " in *"${words}"*) ${action};; esac`, `exec '${GIT}' "$@"`];
    await writeFile(program, ['#!/bin/sh', ...lines, ''].join('\n'));
    await chmod(program, 0o755);
  };
  await write('true', ' no such command ');
  return {
    program,
    fail: (words) => write('exit 128', words),
    print: (words, output) => write(`printf '%s' '${output}'; exit 0`, words),
  };
}
