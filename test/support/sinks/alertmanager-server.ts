/** A real Alertmanager on loopback: one process, no peers, its data in a folder. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { prepareSinkTarget } from '../assets/sink-targets.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { makeTargetFolder, startTargetProcess } from './target-process.ts';

export interface AlertmanagerServer {
  readonly url: string;
  /** What is active now. */
  readonly active: () => Promise<readonly ActiveAlert[]>;
}

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const answerSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
  }),
);

/** Starts it; it ends with the test. */
export async function startAlertmanager(t: TestContext): Promise<AlertmanagerServer> {
  const program = await prepareSinkTarget('alertmanager');
  const folder = await makeTargetFolder();
  const [port = 0] = await findFreePorts(1);
  await writeFile(
    join(folder, 'alertmanager.yaml'),
    'route: { receiver: none }\nreceivers: [{ name: none }]\n',
  );
  const url = `http://127.0.0.1:${port}`;
  await startTargetProcess(t, {
    program,
    argv: [
      '--config.file=alertmanager.yaml',
      '--storage.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    folder,
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
  });
  return {
    url,
    active: async () => {
      const answer = await fetch(`${url}/api/v2/alerts?active=true`);
      return answerSchema.parse(await answer.json());
    },
  };
}
