/** Keeps what the processes of a cluster wrote when a test failed: their folder goes with the cluster. */
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster-handle.ts';

/** Copies all logs to a folder that stays, and says where. */
export async function keepLogs({ folder }: Cluster): Promise<void> {
  const kept = await mkdtemp(join(tmpdir(), 'holdfast-logs-'));
  for (const place of ['', 'holdfast', 'holdfast-0', 'holdfast-1']) {
    for (const file of await readdir(join(folder, place)).catch(() => [])) {
      if (!file.endsWith('.log')) continue;
      await cp(join(folder, place, file), join(kept, `${place}-${file}`.replace(/^-/u, '')));
    }
  }
  process.stderr.write(`The logs of the cluster are kept in ${kept}\n`);
}
