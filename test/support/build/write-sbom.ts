/** `npm run sbom`: prints the npm packages that the image and the npm package have, as CycloneDX. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planSbom } from './plan-sbom.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const { status, stdout } = spawnSync(
  'npm',
  ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'],
  { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 2], maxBuffer: OUTPUT_BYTES_MAX },
);
if (status === 0) {
  const lock: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  process.stdout.write(`${JSON.stringify(planSbom(JSON.parse(stdout), lock), undefined, 2)}\n`);
} else {
  process.exitCode = 1;
}
