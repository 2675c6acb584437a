/**
 * A registry of Google Cloud and its metadata server by their own names, addresses and ports. A program of its own, for a network of
 * its own in which nothing else is reached: `unshare --map-root-user --mount --net`.
 *
 * Its arguments are a folder for its files and the options of `holdfast verify image`. It prints a line of JSON: what was asked, in
 * order, and what the command came to.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createServer as createPlainServer, request, type Server } from 'node:http';
import { createServer } from 'node:https';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueTestCertificate } from '../certificates.ts';
import { ClosingStack } from '../closing-hooks.ts';
import { FakeCloud } from './fake-cloud.ts';
import { FakeRegistry } from './fake-registry.ts';
import {
  attach,
  legacyLayer,
  makeKeys,
  publicPem,
  putImage,
  simpleSigning,
} from './image-samples.ts';

const REGISTRY = 'europe-west1-docker.pkg.dev';
const METADATA_ADDRESS = '169.254.169.254';
const LOOPBACK = '127.0.0.1';

const [folder = '', ...options] = process.argv.slice(2);
const asked: string[] = [];
const hooks = new ClosingStack();

execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('ip', ['address', 'add', `${METADATA_ADDRESS}/32`, 'dev', 'lo']);
await writeFile(join(folder, 'hosts'), `${LOOPBACK} localhost ${REGISTRY}\n`);
execFileSync('mount', ['--bind', join(folder, 'hosts'), '/etc/hosts']);

const cloud = await FakeCloud.start(hooks, { wallMs: Date.now });
const registry = await FakeRegistry.start(hooks, {
  authentication: {
    kind: 'bearer',
    credential: { username: 'oauth2accesstoken', password: cloud.identity.googleToken },
  },
});
const keys = makeKeys();
const image = putImage(registry, 'project/shop', '1');
const layers = [legacyLayer({ payload: simpleSigning(image.digest), signer: keys })];
attach(registry, 'project/shop', { image, layers, suffix: 'sig' });

const tls = issueTestCertificate({
  commonNames: [REGISTRY],
  purpose: 'server',
  dnsNames: [REGISTRY],
});
await listen(createServer(tls, forward('registry', registry.origin)), 443, LOOPBACK);
const { http } = cloud.ports;
const metadata = `http://${LOOPBACK}:${http}`;
await listen(createPlainServer(forward('metadata', metadata)), 80, METADATA_ADDRESS);

await writeFile(join(folder, 'ca.pem'), tls.cert);
await writeFile(join(folder, 'cosign.pub'), publicPem(keys));
const files = ['--key', join(folder, 'cosign.pub'), '--ca-file', join(folder, 'ca.pem')];
const status = await runCommand([
  `${REGISTRY}/project/shop:1`,
  ...files,
  '--private-host',
  REGISTRY,
  ...options,
]);
process.stdout.write(`${JSON.stringify({ asked, ...status })}\n`);
process.exit(0);

async function listen(server: Pick<Server, 'listen'>, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
}

/** To the fake, which says of itself where it listens. */
function forward(name: string, origin: string): NonNullable<Parameters<typeof createServer>[1]> {
  return (incoming, response) => {
    const { method = 'GET', url = '/', headers } = incoming;
    asked.push(`${name} ${method} ${url.replace(/[?].*|sha256.*/u, '')}`);
    const own = { ...headers, host: new URL(origin).host };
    const outgoing = request(`${origin}${url}`, { method, headers: own }, (answer) => {
      const challenge = answer.headers['www-authenticate']?.replace(origin, `https://${REGISTRY}`);
      response.writeHead(answer.statusCode ?? 500, {
        ...answer.headers,
        ...(challenge !== undefined && { 'www-authenticate': challenge }),
      });
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  };
}

async function runCommand(argv: readonly string[]) {
  const main = join(import.meta.dirname, '../../../src/main.ts');
  const child = spawn(process.execPath, [main, 'verify', 'image', ...argv]);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, verdict: Buffer.concat(chunks).toString('utf8').trim().split('\n').at(-1) };
}
