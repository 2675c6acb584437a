/** Compiles a folder of Rego into a bundle, for the image: `node deploy/build-policies.ts SOURCE OUTPUT`. */
import { chmod } from 'node:fs/promises';
import { cacheFolder } from '../src/base/cache-folder.ts';
import { buildBundle } from '../src/authoring/build-bundle.ts';
import { ensureOpa } from '../src/authoring/opa-binary.ts';

const [sourceFolder, outputFolder] = process.argv.slice(2);
if (sourceFolder === undefined || outputFolder === undefined) {
  throw new Error('Two folders are wanted: node deploy/build-policies.ts SOURCE OUTPUT');
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

const opa = await ensureOpa({ cacheFolder: cacheFolder(), progress });
await buildBundle({ sourceFolder, outputFolder, opa, progress });
// The builder keeps the folder to its owner, root; the image runs as somebody else.
await chmod(outputFolder, 0o755);
