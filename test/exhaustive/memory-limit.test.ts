/**
 * The worst reviews in a container of the shipped size: each is answered by a verdict, and the kernel ends nothing.
 *
 * The process runs in a control group with the memory limit of the chart and nothing to swap to. Where control groups cannot be
 * written, the test is skipped.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { serverCertificatesOf } from '../support/certificates.ts';
import { heavyReview, HEAVY_SHAPES } from '../support/heavy-reviews.ts';
import { makeMemoryGroup, type MemoryGroup } from '../support/memory-group.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const MIB = 1024 * 1024;
/** `resources.limits.memory` of deploy/chart/values.yaml; test/unit/config/plan-memory.test.ts compares the two. */
const CONTAINER_BYTES = 512 * MIB;
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

interface Contained {
  readonly child: ChildProcess;
  readonly post: (body: Buffer) => Promise<string>;
}

async function serve(context: TestContext, group: MemoryGroup): Promise<Contained> {
  const { authority, server } = serverCertificatesOf('holdfast');
  const folder = await makeTemporaryFolder(context, {
    'tls.crt': server.cert,
    'tls.key': server.key,
    'holdfast.yaml': JSON.stringify({
      server: {
        port: 0,
        apiServerAddresses: ['127.0.0.1'],
        metrics: { port: 0 },
        tls: { certificateFile: 'tls.crt', keyFile: 'tls.key' },
      },
      policies: { bundle: await bundleFolder() },
      // A busy machine takes its time over handshakes and reading, and how long is not the question here.
      limits: { headerTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
      audit: { journal: { folder: 'journal' } },
    }),
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
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: authority.cert });
  context.after(() => agent.destroy());
  const url = await readyUrl(child);
  return { child, post: (body) => post(`${url}/validate?timeout=10s`, agent, body) };
}

async function readyUrl({ stdout }: ChildProcess): Promise<string> {
  assert.ok(stdout);
  for await (const line of createInterface(stdout)) {
    const [, url] = /^ready (https:\S+)/u.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  assert.fail('it ended before it was ready');
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

const BURSTS: readonly (readonly [count: number, bytes: number])[] = [
  [4, 2.8 * MIB],
  [8, 1.4 * MIB],
];

const group = makeMemoryGroup(CONTAINER_BYTES);
group?.remove();

for (const [name, shape] of Object.entries(HEAVY_SHAPES)) {
  test(
    `in the shipped memory, reviews at a time of ${name} are answered by a verdict`,
    { skip: group === undefined && 'needs a control group that can be written' },
    async (context) => {
      const own = makeMemoryGroup(CONTAINER_BYTES);
      assert.ok(own);
      const { child, post: send } = await serve(context, own);
      for (const [count, bytes] of BURSTS) {
        const answers = await Promise.all(
          Array.from({ length: count }, (_, index) =>
            send(heavyReview({ shape, bytes, uid: `uid-${index}` })),
          ),
        );
        for (const [index, answer] of answers.entries()) {
          assert.match(
            answer,
            new RegExp(`^200 .*"uid":"uid-${index}","allowed":(true|false)`, 'u'),
          );
        }
      }
      assert.deepEqual([own.kills(), child.exitCode, child.signalCode], [0, null, null]);
      context.diagnostic(`${Math.round(own.peakBytes() / MIB)} MiB at most`);
    },
  );
}
