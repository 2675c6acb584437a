/** The file by which OPA refuses the built-in functions that no evaluation has. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOST_BUILTIN_NAMES } from '../policy/wasm/builtins/builtin-names.ts';
import { restrictCapabilities } from './compiler-capabilities.ts';
import { runOpa } from './opa-program.ts';

/** Of each program: a suite compiles many templates. */
const known = new Map<string, Promise<string>>();

/** Writes it into the folder; where it is. */
export async function writeCapabilities(opaPath: string, folder: string): Promise<string> {
  const file = join(folder, 'capabilities.json');
  await writeFile(file, await findCapabilities(opaPath, folder));
  return file;
}

function findCapabilities(opaPath: string, folder: string): Promise<string> {
  let found = known.get(opaPath);
  if (found === undefined) {
    found = runOpa(opaPath, ['capabilities', '--current'], folder).then((current) =>
      JSON.stringify(restrictCapabilities(JSON.parse(current), [...HOST_BUILTIN_NAMES])),
    );
    known.set(opaPath, found);
    // One failure is not the last word.
    found.catch(() => known.delete(opaPath));
  }
  return found;
}
