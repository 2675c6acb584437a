/** Holdfast as it serves, in a control group with the memory of the container that is shipped. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { serverCertificatesOf } from './certificates.ts';
import { findFreePorts } from './cluster/free-ports.ts';
import { makeMemoryGroup, type MemoryGroup } from './memory-group.ts';
import { bundleFolder } from './policy-bundles.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { waitUntil } from './wait-until.ts';

export const MIB = 1024 * 1024;
/** `resources.limits.memory` of deploy/chart/values.yaml; test/unit/config/plan-memory.test.ts compares the two. */
export const CONTAINER_BYTES = 512 * MIB;
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const CONFIGURATION_FILE = 'holdfast.yaml';
const CONNECTIONS = 16;

/** Why a test that needs a control group is skipped; false where there is one. */
export function skipWithoutMemoryGroup(): false | string {
  const group = makeMemoryGroup(CONTAINER_BYTES);
  group?.remove();
  return group === undefined && 'needs a control group that can be written';
}

export interface ContainedHoldfast {
  readonly folder: string;
  readonly child: ChildProcess;
  readonly group: MemoryGroup;
  /** Posts a review to be validated: the status and the body of the answer. */
  readonly post: (body: Buffer) => Promise<string>;
  /** Replaces the configuration file by the first one with these sections. */
  readonly configure: (sections: Readonly<Record<string, unknown>>) => Promise<void>;
  /** A figure of its metrics: the sum of all series that begin so. */
  readonly readMetric: (beginning: string) => Promise<number>;
}

/** Starts it, and ends it with the test. */
export async function startContained(context: TestContext): Promise<ContainedHoldfast> {
  const group = makeMemoryGroup(CONTAINER_BYTES);
  assert.ok(group);
  const { authority, server } = serverCertificatesOf('holdfast');
  const [metricsPort = 0] = await findFreePorts(1);
  const first = {
    server: {
      port: 0,
      apiServerAddresses: ['127.0.0.1'],
      metrics: { port: metricsPort },
      tls: { certificateFile: 'tls.crt', keyFile: 'tls.key' },
    },
    policies: { bundle: await bundleFolder() },
    // A busy machine takes its time over handshakes and reading, and how long is not the question here.
    limits: { headerTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
    audit: { journal: { folder: 'journal' } },
  };
  const folder = await makeTemporaryFolder(context, {
    'tls.crt': server.cert,
    'tls.key': server.key,
    [CONFIGURATION_FILE]: JSON.stringify(first),
  });
  const [command, ...words] = [...group.prefix, process.execPath, MAIN, 'serve'];
  const child = spawn(command, words, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  context.after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await waitUntil(() => group.isEmpty());
    group.remove();
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: authority.cert });
  context.after(() => agent.destroy());
  const url = await readyUrl(child);
  return {
    folder,
    child,
    group,
    post: (body) => post(`${url}/validate?timeout=10s`, agent, body),
    configure: async (sections) => {
      // Renamed: half a file is refused, which is another test.
      const path = join(folder, CONFIGURATION_FILE);
      await writeFile(`${path}.next`, JSON.stringify({ ...first, ...sections }));
      await rename(`${path}.next`, path);
    },
    readMetric: (beginning) => readMetric(metricsPort, beginning),
  };
}

async function readyUrl({ stdout }: ChildProcess): Promise<string> {
  assert.ok(stdout);
  for await (const line of createInterface(stdout)) {
    const [, url] = /^ready (https:\S+)/u.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  assert.fail('it ended before it was ready');
}

async function readMetric(port: number, beginning: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith(beginning));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

async function post(url: string, agent: Agent, body: Buffer): Promise<string> {
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const outgoing = request(url, { method: 'POST', agent, headers });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = `${response.statusCode} `;
  for await (const chunk of response) text += String(chunk);
  return text;
}
