/** `npm run build`: writes `dist/`, which `npm pack` ships: the sources as JavaScript, file by file. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

rmSync(join(root, 'dist'), { recursive: true, force: true });
// What the compiler says goes to stderr: npm pack --json owns stdout.
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  { cwd: root, stdio: ['ignore', 2, 2] },
);
process.exitCode = status ?? 1;
