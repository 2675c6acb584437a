/**
 * What Holdfast adds to a write through the real API server: the same writes without a webhook, with a bare HTTPS server as the webhook,
 * and with Holdfast, in turns of a second, one write at a time, as a person or a controller sends them.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { ApiRequest } from '../support/cluster/api-client.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { trackingAnnotation } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { startBareServer } from './bare-reference.ts';
import { buildShipped } from './build-shipped.ts';
import { BUILT_ENTRY } from './holdfast-server.ts';
import { MachineWatch, type WatchedMachine } from './machine.ts';
import { summarizeLatencies, type LatencySummary } from './percentile.ts';

const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const REGISTRATION = `${REGISTRATIONS}/holdfast`;
const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';
const POLL_MS = 5;
/** Not measured: they open connections, and meet code that is not compiled yet. */
const FIRST_WRITES = 10;
const WARM_UP_TURNS = 2;

/** Writes of one shape. */
interface Shape {
  readonly title: string;
  readonly user: string;
  /** The request of the write with this number; the numbers never repeat. */
  readonly request: (number: number) => { readonly path: string } & ApiRequest;
}

/** What each write says of the object, beside its number, is the same. */
const SHAPES: readonly Shape[] = [
  {
    title: 'Pod CREATE by a person',
    user: 'alice',
    request: (number) => ({
      path: '/api/v1/namespaces/shop/pods',
      method: 'POST',
      body: describePod(`bench-${number}`),
    }),
  },
  {
    title: 'ConfigMap UPDATE by a person',
    user: 'alice',
    request: (number) => ({
      path: `${CONFIG_MAPS}/bench`,
      method: 'PATCH',
      body: { data: { number: String(number) } },
    }),
  },
  {
    title: 'managed ConfigMap UPDATE by Argo CD, recorded',
    user: 'argocd',
    request: (number) => ({
      path: `${CONFIG_MAPS}/checkout`,
      method: 'PATCH',
      body: { data: { number: String(number) } },
    }),
  },
];

export interface ApiServerPlan {
  /** Turns of each kind, with the webhook and without. */
  readonly rounds: number;
  /** Writes of each shape in one turn. */
  readonly writes: number;
  readonly progress: (line: string) => void;
}

/** Who answers the webhook: nobody, a server that parses the review and allows it, or Holdfast. */
const WEBHOOKS = ['none', 'bare', 'holdfast'] as const;
type Webhook = (typeof WEBHOOKS)[number];

/** What a webhook adds to the writes of one shape. */
export interface AddedLatency {
  readonly latency: LatencySummary;
  /** p50 with the webhook less p50 without any, of each round, in microseconds. */
  readonly addedP50Us: readonly number[];
  /** How long the API server waited for the webhook, by its own clock: the mean of all its calls in microseconds. */
  readonly callUs: number;
}

/** The writes of one shape. */
export interface ApiServerFigures {
  readonly title: string;
  readonly without: LatencySummary;
  readonly bare: AddedLatency;
  readonly holdfast: AddedLatency;
}

export interface ApiServerResults {
  readonly date: string;
  readonly machine: WatchedMachine;
  readonly plan: Pick<ApiServerPlan, 'rounds' | 'writes'>;
  readonly shapes: readonly ApiServerFigures[];
}

/** The writes of each turn, and what the API server counts of its calls meanwhile. */
interface Turns {
  readonly latenciesUs: number[][];
  calls: number;
  callsUs: number;
}

type TurnsByWebhook = Readonly<Record<Webhook, Turns>>;

/** Starts the cluster, measures, and stops it. */
export async function measureApiServer(plan: ApiServerPlan): Promise<ApiServerResults> {
  buildShipped(plan);
  const watch = await MachineWatch.start();
  const { cluster, node, holdfast } = await startShopCluster({ entry: BUILT_ENTRY });
  const bare = await startBareServer('parse', {
    workFolder: holdfast.folder,
    tls: {
      certificateFile: join(holdfast.folder, 'certs', 'tls.crt'),
      keyFile: join(holdfast.folder, 'certs', 'tls.key'),
    },
  });
  try {
    // It looks at every pod four times a second.
    await node.stop();
    await prepare(cluster);
    const switcher = await WebhookSwitch.read(cluster, bare.url);
    const shapes = SHAPES.map((shape): [Shape, TurnsByWebhook] => [
      shape,
      { none: beginTurns(), bare: beginTurns(), holdfast: beginTurns() },
    ]);
    for (let round = 1 - WARM_UP_TURNS; round <= plan.rounds; round += 1) {
      await measureRound(cluster, { plan, switcher, shapes, round });
    }
    await cluster.stop();
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: await watch.stop(),
      plan,
      shapes: shapes.map(([{ title }, turns]) => summarize(title, turns)),
    };
  } finally {
    await cluster.stop();
    await bare.stop();
  }
}

function beginTurns(): Turns {
  return { latenciesUs: [], calls: 0, callsUs: 0 };
}

interface RoundOptions {
  readonly plan: ApiServerPlan;
  readonly switcher: WebhookSwitch;
  readonly shapes: readonly (readonly [Shape, TurnsByWebhook])[];
  readonly round: number;
}

/** One turn of each kind; which comes first changes, so that a drift of the machine meets all alike. */
async function measureRound(
  cluster: Cluster,
  { plan, switcher, shapes, round }: RoundOptions,
): Promise<void> {
  for (const webhook of round % 2 === 0 ? WEBHOOKS : WEBHOOKS.toReversed()) {
    await switcher.choose(webhook);
    for (const [shape, turns] of shapes) {
      await timeWrites(cluster, shape, FIRST_WRITES);
      const before = await readCalls(cluster);
      const latenciesUs = await timeWrites(cluster, shape, plan.writes);
      const after = await readCalls(cluster);
      if (round <= 0) continue;
      const turn = turns[webhook];
      turn.latenciesUs.push(latenciesUs);
      turn.calls += after.calls - before.calls;
      turn.callsUs += after.callsUs - before.callsUs;
    }
  }
  if (round > 0) plan.progress(`round ${round} of ${plan.rounds}`);
}

let written = 0;

async function timeWrites(cluster: Cluster, shape: Shape, count: number): Promise<number[]> {
  const latenciesUs: number[] = [];
  for (let index = 0; index < count; index += 1) {
    written += 1;
    const { path, ...request } = shape.request(written);
    const startedAtMs = performance.now();
    const answer = await cluster.request(shape.user, path, request);
    latenciesUs.push((performance.now() - startedAtMs) * 1000);
    if (answer.code >= 300) {
      throw new Error(
        `"${shape.title}" must be allowed: found ${answer.code} ${answer.body.message}`,
      );
    }
  }
  return latenciesUs;
}

async function prepare(cluster: Cluster): Promise<void> {
  const answer = await cluster.request('alice', CONFIG_MAPS, {
    method: 'POST',
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bench' }, data: {} },
  });
  if (answer.code !== 201) throw new Error(`Cannot make a ConfigMap: ${answer.body.message}`);
}

/** Nothing reacts to it: no node takes it, and no controller owns it. */
function describePod(name: string): object {
  const limits = { cpu: '500m', memory: '256Mi' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'bench' } },
    spec: {
      containers: [
        { name: 'app', image: 'registry.local/checkout:1.0.0', resources: { limits } },
        { name: 'proxy', image: 'registry.local/proxy:1.0.0', resources: { limits } },
      ],
    },
  };
}

/** Registers a webhook and removes it, and waits until the API server does so. */
class WebhookSwitch {
  readonly #cluster: Cluster;
  readonly #registration: Registration;
  readonly #bareUrl: URL;

  private constructor(cluster: Cluster, registration: Registration, bareUrl: URL) {
    this.#cluster = cluster;
    this.#registration = registration;
    this.#bareUrl = bareUrl;
  }

  static async read(cluster: Cluster, bareUrl: URL): Promise<WebhookSwitch> {
    const { body } = await cluster.request('root', REGISTRATION);
    return new WebhookSwitch(cluster, registrationSchema.parse(body), bareUrl);
  }

  async choose(webhook: Webhook): Promise<void> {
    await this.#remove();
    if (webhook === 'none') return;
    const isBare = webhook === 'bare';
    const body = isBare ? moveTo(this.#bareUrl, this.#registration) : this.#registration;
    const answer = await this.#cluster.request('root', REGISTRATIONS, { method: 'POST', body });
    if (answer.code !== 201) {
      throw new Error(`Cannot register the webhook: ${answer.code} ${answer.body.message}`);
    }
    const { calls } = await readCalls(this.#cluster);
    await waitFor(
      'the API server asks the webhook',
      async () => {
        const isRefused = await this.#isProbeRefused();
        return isRefused !== isBare && (await readCalls(this.#cluster)).calls > calls;
      },
      { pollMs: POLL_MS },
    );
  }

  async #remove(): Promise<void> {
    const answer = await this.#cluster.request('root', REGISTRATION, { method: 'DELETE' });
    if (answer.code !== 200 && answer.code !== 404) {
      throw new Error(`Cannot remove the registration: ${answer.code} ${answer.body.message}`);
    }
    await waitFor(
      'the API server asks no webhook',
      async () => {
        const { calls } = await readCalls(this.#cluster);
        return !(await this.#isProbeRefused()) && (await readCalls(this.#cluster)).calls === calls;
      },
      { pollMs: POLL_MS },
    );
  }

  /** A dry run that Holdfast refuses: a mark of Argo CD by somebody else. */
  async #isProbeRefused(): Promise<boolean> {
    const annotations = trackingAnnotation('probe', '/ConfigMap:shop/probe');
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', annotations } };
    const path = `${CONFIG_MAPS}?dryRun=All`;
    const { code } = await this.#cluster.request('root', path, { method: 'POST', body });
    return code !== 201;
  }
}

/** What the API server hands out with an object is not accepted with a new one. */
const registrationSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  webhooks: z.array(z.looseObject({ clientConfig: z.looseObject({ url: z.url() }) })),
});
type Registration = z.infer<typeof registrationSchema>;

/** The same registration of another server. */
function moveTo(to: URL, registration: Registration): Registration {
  const webhooks = registration.webhooks.map(({ clientConfig, ...webhook }) => {
    const { pathname } = new URL(clientConfig.url);
    return { ...webhook, clientConfig: { ...clientConfig, url: new URL(pathname, to).href } };
  });
  return { ...registration, webhooks };
}

function summarize(title: string, turns: TurnsByWebhook): ApiServerFigures {
  return {
    title,
    without: summarizeLatencies(turns.none.latenciesUs.flat()),
    bare: describeAdded(turns.bare, turns.none),
    holdfast: describeAdded(turns.holdfast, turns.none),
  };
}

function describeAdded({ latenciesUs, calls, callsUs }: Turns, without: Turns): AddedLatency {
  const p50Us = (turn: readonly number[] = []): number => summarizeLatencies(turn).p50Us;
  return {
    latency: summarizeLatencies(latenciesUs.flat()),
    addedP50Us: latenciesUs.map((turn, index) => p50Us(turn) - p50Us(without.latenciesUs[index])),
    callUs: callsUs / Math.max(1, calls),
  };
}

/** How often the API server has asked, and how long it waited for that together: from its own metrics. */
async function readCalls(
  cluster: Cluster,
): Promise<{ readonly calls: number; readonly callsUs: number }> {
  const { body } = await cluster.request('root', '/metrics');
  const lines = (body.message ?? '')
    .split('\n')
    .filter((line) => line.includes('name="drift.holdfast.dev"'));
  const sum = (suffix: string): number =>
    lines
      .filter((line) => line.startsWith(`${CALL_METRIC}_${suffix}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return { calls: sum('count'), callsUs: sum('sum') * 1e6 };
}

const CALL_METRIC = 'apiserver_admission_webhook_admission_duration_seconds';
