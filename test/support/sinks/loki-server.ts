/** A real Loki on loopback: one process, its data in a folder, several tenants. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { prepareSinkTarget } from '../assets/sink-targets.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { makeTargetFolder, startTargetProcess } from './target-process.ts';
import type { TargetProcess } from './target-process.ts';

export interface LokiServer extends TargetProcess {
  readonly url: string;
  /** Lines of the tenant with their labels, oldest first, from `fromMs` on. */
  readonly lines: (tenant: string, fromMs: number) => Promise<readonly LokiLine[]>;
}

export interface LokiLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
}

const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.string(), z.string()])),
      }),
    ),
  }),
});

/** Starts it; it ends with the test. */
export async function startLoki(t: TestContext): Promise<LokiServer> {
  const program = await prepareSinkTarget('loki');
  const folder = await makeTargetFolder();
  const [port = 0, grpcPort = 0] = await findFreePorts(2);
  await writeFile(join(folder, 'loki.yaml'), formatConfiguration(folder, { port, grpcPort }));
  const url = `http://127.0.0.1:${port}`;
  const running = await startTargetProcess(t, {
    program,
    argv: ['-config.file=loki.yaml'],
    folder,
    isReady: async () => (await fetch(`${url}/ready`)).ok,
  });
  return { ...running, url, lines: (tenant, fromMs) => readLines(url, { tenant, fromMs }) };
}

function formatConfiguration(
  folder: string,
  { port, grpcPort }: { readonly port: number; readonly grpcPort: number },
): string {
  return `auth_enabled: true
analytics: { reporting_enabled: false }
server:
  http_listen_address: 127.0.0.1
  http_listen_port: ${port}
  grpc_listen_address: 127.0.0.1
  grpc_listen_port: ${grpcPort}
  log_level: error
common:
  path_prefix: ${folder}/data
  replication_factor: 1
  instance_addr: 127.0.0.1
  ring: { instance_addr: 127.0.0.1, kvstore: { store: inmemory } }
  storage: { filesystem: { chunks_directory: ${folder}/chunks, rules_directory: ${folder}/rules } }
schema_config:
  configs:
    - from: 2024-01-01
      store: tsdb
      object_store: filesystem
      schema: v13
      index: { prefix: index_, period: 24h }
ingester:
  lifecycler: { min_ready_duration: 0s, final_sleep: 0s }
  wal: { flush_on_shutdown: false }
memberlist: { bind_addr: [127.0.0.1], bind_port: 0 }
`;
}

async function readLines(
  url: string,
  { tenant, fromMs }: { readonly tenant: string; readonly fromMs: number },
): Promise<readonly LokiLine[]> {
  const query = new URLSearchParams({
    query: '{job="holdfast"}',
    start: `${fromMs}000000`,
    limit: '5000',
    direction: 'forward',
  });
  const headers = { 'x-scope-orgid': tenant };
  const answer = await fetch(`${url}/loki/api/v1/query_range?${query.toString()}`, { headers });
  if (!answer.ok) throw new Error(`Loki answered ${answer.status}: ${await answer.text()}`);
  const { data } = answerSchema.parse(await answer.json());
  return data.result
    .flatMap(({ stream, values }) =>
      values.map(([time, line]) => ({ labels: stream, line, time: BigInt(time) })),
    )
    .toSorted((a, b) => Number(a.time - b.time))
    .map(({ labels, line }) => ({ labels, line }));
}
