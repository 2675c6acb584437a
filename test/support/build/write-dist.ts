/** `npm run build`: writes `dist/`, which `npm pack` ships: the sources as JavaScript, and the built policies. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleSources } from './bundle-sources.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

function run(argv: readonly string[]): number {
  // What is said goes to stderr: npm pack --json owns stdout.
  const { status } = spawnSync(process.execPath, argv, { cwd: root, stdio: ['ignore', 2, 2] });
  return status ?? 1;
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
await bundleSources(join(root, 'dist'));
process.exitCode = run([join(root, 'dist/main.js'), 'policy', 'build', '--out', 'dist/policies']);
