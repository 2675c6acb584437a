/** The file by which OPA refuses the built-in functions that no evaluation has. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOST_BUILTIN_NAMES } from '../policy/wasm/builtins/builtin-names.ts';
import { restrictCapabilities } from './compiler-capabilities.ts';
import { runOpa } from './opa-program.ts';

/** Writes it into the folder; where it is. */
export async function writeCapabilities(opaPath: string, folder: string): Promise<string> {
  const current: unknown = JSON.parse(await runOpa(opaPath, ['capabilities', '--current'], folder));
  const file = join(folder, 'capabilities.json');
  await writeFile(file, JSON.stringify(restrictCapabilities(current, [...HOST_BUILTIN_NAMES])));
  return file;
}
