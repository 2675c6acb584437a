/**
 * One address on loopback for several replicas, as a Service with kube-proxy gives it: a connection goes to an endpoint that is
 * ready when it opens, and stays there until one end closes it. Nothing is sent twice, and nothing is tried elsewhere.
 *
 * It has a thread of its own, because the kernel passes packets on at once, whatever programs do.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** How long until every proxy has heard that a pod is going: EndpointSlices take about as long. */
const PROPAGATION_MS = 500;

export interface Endpoint {
  readonly name: string;
  readonly port: number;
  /** Answers 200 while the replica is ready, as the kubelet asks it. */
  readonly readyUrl: string;
}

/** What the thread is told. */
export type AddressOrder =
  | { readonly kind: 'add'; readonly endpoint: Endpoint }
  | { readonly kind: 'withdraw'; readonly name: string }
  | { readonly kind: 'cutOff'; readonly name: string; readonly isMute: boolean };

/** What the thread tells. */
export type AddressNews =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'ready'; readonly names: readonly string[] };

export interface ServiceAddress {
  readonly port: number;
  /** Follows the readiness of a replica from now on; it gets connections once it is ready. */
  readonly add: (endpoint: Endpoint) => void;
  /** The pod is being deleted: after the time that proxies need, no connection goes there; those that are open stay. */
  readonly withdraw: (name: string) => Promise<void>;
  /** Cuts it off without a word, or joins it again: what was sent meanwhile arrives then, as TCP sends it again. */
  readonly cutOff: (name: string, isMute: boolean) => void;
  /** Those that get connections. */
  readonly ready: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** Starts to listen. */
export async function startServiceAddress(): Promise<ServiceAddress> {
  const worker = new Worker(new URL('./service-address-thread.ts', import.meta.url));
  let ready: readonly string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (news: AddressNews) => {
      if (news.kind === 'listening') resolve(news.port);
      else ready = news.names;
    });
  });
  const order = (given: AddressOrder): void => worker.postMessage(given);
  return {
    port,
    add: (endpoint) => order({ kind: 'add', endpoint }),
    withdraw: async (name) => {
      await pause(PROPAGATION_MS);
      order({ kind: 'withdraw', name });
    },
    cutOff: (name, isMute) => order({ kind: 'cutOff', name, isMute }),
    ready: () => ready,
    stop: async () => {
      const ended = once(worker, 'exit');
      await worker.terminate();
      await ended.catch(() => undefined);
    },
  };
}
