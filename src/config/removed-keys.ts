/** Keys of earlier versions: after an upgrade, the message at the key says what to do instead. */
import { isAbsolute, join } from 'node:path';
import { formatShellWord } from '../base/format-shell-word.ts';

export interface RemovedKey {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Why a key was removed, and the remedy; `undefined` for a key that never existed. `folder` is the folder of
 * the file.
 */
export function describeRemovedKey(
  path: string,
  value: unknown,
  folder: string,
): RemovedKey | undefined {
  if (path !== 'policies.source') return undefined;
  const written = typeof value === 'string' && value !== '' ? value : 'policies';
  const sources = isAbsolute(written) ? written : join(folder, written);
  const bundle = `${sources.replace(/\/+$/u, '')}-bundle`;
  return {
    message: 'This key was removed: a serving process takes built policies only',
    remedy: `Run "holdfast policy build ${formatShellWord(sources)} --out ${formatShellWord(bundle)}", and write "bundle: ${bundle}" instead`,
  };
}
