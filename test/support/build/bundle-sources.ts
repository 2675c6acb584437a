/**
 * `node bundle-sources.ts [FOLDER]`: the sources as JavaScript that starts fast, in `dist/`.
 *
 * Modules that are needed together become one file: to find, read and link each of some seven hundred takes longer than to run them. Packages stay
 * where npm puts them, so that a scanner of an image or of an installation sees what runs. Nothing is renamed or minified: what an operator sees in a
 * stack trace stands in the sources.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

const ROOT = dirname(dirname(dirname(import.meta.dirname)));
/** A folder below `dist/`, as each folder of the sources is one below `src/`: what lies beside both is found in the same way. */
const CHUNKS = 'chunks';
/** `./name` of a thread, which starts from a file of its own beside the file that names it. */
const THREAD = /new URL\(`\.\/([\w-]+)\$\{/gu;

/** Writes `main.js` and what it loads. Rejects where a source cannot be compiled, or two threads have the same name. */
export async function bundleSources(folder: string): Promise<void> {
  const threads = findThreads();
  const names = new Set(threads.map((file) => basename(file)));
  if (names.size < threads.length) throw new Error(`Two threads have one name: ${String(threads)}`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [
      { in: 'src/main.ts', out: 'main' },
      ...threads.map((file) => ({
        in: file,
        out: `${CHUNKS}/${basename(file, '.ts')}`,
      })),
    ],
    outdir: folder,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    charset: 'utf8',
    logLevel: 'error',
  });
}

/** The entries of threads, found at the places that start them. */
function findThreads(): readonly string[] {
  return globSync('src/**/*.ts', { cwd: ROOT }).flatMap((file) =>
    Array.from(readFileSync(join(ROOT, file), 'utf8').matchAll(THREAD), ([, name = '']) =>
      join(dirname(file), `${name}.ts`),
    ),
  );
}

if (import.meta.main) await bundleSources(process.argv[2] ?? join(ROOT, 'dist'));
