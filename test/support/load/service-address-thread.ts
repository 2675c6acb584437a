/** The thread of `service-address.ts`: it passes on what connections bring, whatever the thread of the test does meanwhile. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { AddressNews, AddressOrder, Endpoint } from './service-address.ts';

/** As the chart's readiness probe, but four times as often: a test does not wait for what is known. */
const PROBE_MS = 500;
const PROBE_TIMEOUT_MS = 1000;
const PROBE_FAILURES_MAX = 2;

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

interface FollowedEndpoint extends Endpoint {
  isReady: boolean;
  isMute: boolean;
  failures: number;
  readonly pairs: Set<Pair>;
  readonly probing: AbortController;
}

const endpoints = new Map<string, FollowedEndpoint>();
let connections = 0;

const server = createServer({ allowHalfOpen: true }, (near) => {
  const ready = [...endpoints.values()].filter(({ isReady }) => isReady);
  const chosen = ready[connections % Math.max(1, ready.length)];
  connections += 1;
  // Without endpoints, kube-proxy refuses the connection.
  if (chosen === undefined) near.resetAndDestroy();
  else join(near, chosen);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
tell({ kind: 'listening', port });
parentPort?.on('message', (order: AddressOrder) => {
  follow(order);
});

function tell(news: AddressNews): void {
  parentPort?.postMessage(news);
}

function follow(order: AddressOrder): void {
  const endpoint = endpoints.get(order.kind === 'add' ? order.endpoint.name : order.name);
  switch (order.kind) {
    case 'add':
      endpoint?.probing.abort();
      add(order.endpoint);
      return;
    case 'withdraw':
      endpoint?.probing.abort();
      if (endpoint !== undefined) setReady(endpoint, false);
      return;
    case 'cutOff':
      if (endpoint === undefined) return;
      endpoint.isMute = order.isMute;
      for (const pair of endpoint.pairs) passOn(pair, !order.isMute);
  }
}

function add(endpoint: Endpoint): void {
  const followed: FollowedEndpoint = {
    ...endpoint,
    isReady: false,
    isMute: false,
    failures: 0,
    pairs: new Set(),
    probing: new AbortController(),
  };
  endpoints.set(endpoint.name, followed);
  void probe(followed);
}

async function probe(endpoint: FollowedEndpoint): Promise<void> {
  const { signal } = endpoint.probing;
  while (!signal.aborted) {
    const answers = await answersReady(endpoint);
    if (signal.aborted) return;
    endpoint.failures = answers ? 0 : endpoint.failures + 1;
    if (answers) setReady(endpoint, true);
    if (endpoint.failures >= PROBE_FAILURES_MAX) setReady(endpoint, false);
    await pause(PROBE_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function answersReady({ readyUrl, isMute }: FollowedEndpoint): Promise<boolean> {
  if (isMute) return false;
  try {
    const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

function setReady(endpoint: FollowedEndpoint, isReady: boolean): void {
  if (endpoint.isReady === isReady) return;
  endpoint.isReady = isReady;
  const ready = [...endpoints.values()].flatMap((each) => (each.isReady ? [each.name] : []));
  tell({ kind: 'ready', names: ready });
}

function join(near: Socket, endpoint: FollowedEndpoint): void {
  const far = connect({ port: endpoint.port, host: '127.0.0.1', allowHalfOpen: true });
  const pair = { near, far };
  endpoint.pairs.add(pair);
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ] as const) {
    socket.setNoDelay(true);
    socket.on('error', () => {
      other.resetAndDestroy();
    });
    socket.on('close', () => {
      endpoint.pairs.delete(pair);
      other.destroySoon();
    });
  }
  passOn(pair, !endpoint.isMute);
}

function passOn({ near, far }: Pair, passes: boolean): void {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    if (passes) {
      from.pipe(to);
    } else {
      from.unpipe(to);
      from.pause();
    }
  }
}
