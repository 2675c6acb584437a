/** The memory of a server that answers request after request: whether it grows for ever. */
import type { LoadBody } from './load-client.ts';
import { readMemory } from './process-usage.ts';
import type { Endurance } from './results.ts';
import { runLoad } from './run-load.ts';
import type { RunningServer } from './server-process.ts';

const SAMPLES = 10;
const CONNECTIONS = 32;
/** Of one run of the load generator, which then starts again. */
const STRETCH_MS = 5_000;

export interface EndurancePlan {
  readonly requests: number;
  readonly bodies: readonly LoadBody[];
  readonly progress: (line: string) => void;
}

/** Sends so many requests, and reads the memory ten times on the way. */
export async function measureEndurance(
  server: RunningServer,
  { requests, bodies, progress }: EndurancePlan,
): Promise<Endurance> {
  const samples: { requests: number; rssKib: number }[] = [];
  let sent = 0;
  while (sent < requests) {
    const round = await runLoad(server, {
      bodies,
      connections: CONNECTIONS,
      durationMs: STRETCH_MS,
    });
    if (round.failures > 0) throw new Error(`${round.failures} answers were wrong`);
    sent += round.requests;
    if (sent < ((samples.length + 1) * requests) / SAMPLES) continue;
    const { rssKib } = await readMemory(server.pid);
    samples.push({ requests: sent, rssKib });
    progress(`after ${sent} requests: ${(rssKib / 1024).toFixed(0)} MiB`);
  }
  return { samples };
}
