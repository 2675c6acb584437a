/**
 * What Holdfast adds to a write through the real API server: the same writes with its webhook registered and without, in turns of a
 * second, one write at a time, as a person or a controller sends them.
 */
import type { ApiRequest } from '../support/cluster/api-client.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { trackingAnnotation } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
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

/** The writes of one shape. */
export interface ApiServerFigures {
  readonly title: string;
  readonly without: LatencySummary;
  readonly registered: LatencySummary;
  /** p50 with the webhook less p50 without it, of each pair of turns, in microseconds. */
  readonly addedP50Us: readonly number[];
}

export interface ApiServerResults {
  readonly date: string;
  readonly machine: WatchedMachine;
  readonly plan: Pick<ApiServerPlan, 'rounds' | 'writes'>;
  readonly shapes: readonly ApiServerFigures[];
  /** How long the API server waited for the webhook, by its own clock: the mean of all its calls in microseconds. */
  readonly webhookCallUs: number;
}

interface Turns {
  readonly without: number[][];
  readonly registered: number[][];
}

/** Starts the cluster, measures, and stops it. */
export async function measureApiServer(plan: ApiServerPlan): Promise<ApiServerResults> {
  buildShipped(plan);
  const watch = await MachineWatch.start();
  const { cluster, node } = await startShopCluster({ entry: BUILT_ENTRY });
  try {
    // It looks at every pod four times a second.
    await node.stop();
    await prepare(cluster);
    const switcher = await WebhookSwitch.read(cluster);
    const shapes = SHAPES.map((shape): [Shape, Turns] => [shape, { without: [], registered: [] }]);
    for (let round = 1 - WARM_UP_TURNS; round <= plan.rounds; round += 1) {
      await measureRound(cluster, { plan, switcher, shapes, round });
    }
    const webhookCallUs = await readMeanCallUs(cluster);
    await cluster.stop();
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: await watch.stop(),
      plan,
      shapes: shapes.map(([{ title }, turns]) => summarize(title, turns)),
      webhookCallUs,
    };
  } finally {
    await cluster.stop();
  }
}

interface RoundOptions {
  readonly plan: ApiServerPlan;
  readonly switcher: WebhookSwitch;
  readonly shapes: readonly (readonly [Shape, Turns])[];
  readonly round: number;
}

/** One turn of each kind; which comes first changes, so that a drift of the machine meets both alike. */
async function measureRound(
  cluster: Cluster,
  { plan, switcher, shapes, round }: RoundOptions,
): Promise<void> {
  const isFirstRegistered = round % 2 === 0;
  for (const registered of [isFirstRegistered, !isFirstRegistered]) {
    await (registered ? switcher.register() : switcher.remove());
    for (const [shape, turns] of shapes) {
      await timeWrites(cluster, shape, FIRST_WRITES);
      const latenciesUs = await timeWrites(cluster, shape, plan.writes);
      if (round > 0) turns[registered ? 'registered' : 'without'].push(latenciesUs);
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

/** Registers the webhook and removes it, and waits until the API server does so. */
class WebhookSwitch {
  readonly #cluster: Cluster;
  readonly #registration: object;

  private constructor(cluster: Cluster, registration: object) {
    this.#cluster = cluster;
    this.#registration = registration;
  }

  static async read(cluster: Cluster): Promise<WebhookSwitch> {
    const { body } = await cluster.request('root', REGISTRATION);
    // What the API server hands out with an object is not accepted with a new one.
    const { resourceVersion: _, uid: __, ...metadata } = body.metadata ?? {};
    return new WebhookSwitch(cluster, { ...body, metadata });
  }

  async register(): Promise<void> {
    const body = this.#registration;
    const answer = await this.#cluster.request('root', REGISTRATIONS, { method: 'POST', body });
    if (answer.code !== 201 && answer.code !== 409) {
      throw new Error(`Cannot register the webhook: ${answer.code} ${answer.body.message}`);
    }
    await this.#waitUntil('the API server asks Holdfast', (asked) => asked);
  }

  async remove(): Promise<void> {
    const answer = await this.#cluster.request('root', REGISTRATION, { method: 'DELETE' });
    if (answer.code !== 200 && answer.code !== 404) {
      throw new Error(`Cannot remove the registration: ${answer.code} ${answer.body.message}`);
    }
    await this.#waitUntil('the API server does not ask Holdfast', (asked) => !asked);
  }

  /** A dry run that Holdfast refuses: a mark of Argo CD by somebody else. */
  async #waitUntil(what: string, isWanted: (asked: boolean) => boolean): Promise<void> {
    const annotations = trackingAnnotation('probe', '/ConfigMap:shop/probe');
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', annotations } };
    const probe = async (): Promise<boolean> => {
      const path = `${CONFIG_MAPS}?dryRun=All`;
      const { code } = await this.#cluster.request('root', path, { method: 'POST', body });
      return isWanted(code !== 201);
    };
    await waitFor(what, probe, { pollMs: POLL_MS });
  }
}

function summarize(title: string, { without, registered }: Turns): ApiServerFigures {
  const p50Us = (turn: readonly number[] = []): number => summarizeLatencies(turn).p50Us;
  return {
    title,
    without: summarizeLatencies(without.flat()),
    registered: summarizeLatencies(registered.flat()),
    addedP50Us: registered.map((turn, index) => p50Us(turn) - p50Us(without[index])),
  };
}

/** From the API server's own metrics. */
async function readMeanCallUs(cluster: Cluster): Promise<number> {
  const { body } = await cluster.request('root', '/metrics');
  const lines = (body.message ?? '')
    .split('\n')
    .filter((line) => line.includes('name="drift.holdfast.dev"'));
  const sum = (suffix: string): number =>
    lines
      .filter((line) => line.startsWith(`${CALL_METRIC}_${suffix}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return (sum('sum') / Math.max(1, sum('count'))) * 1e6;
}

const CALL_METRIC = 'apiserver_admission_webhook_admission_duration_seconds';
