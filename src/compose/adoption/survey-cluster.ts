/** Reads a cluster for `holdfast adopt`, with the rights of whoever asks. Only GET requests, each list in pages and up to a number. */
import { z } from 'zod';
import { addMs, type Clock } from '../../base/clock.ts';
import { configurationSchema } from '../../config/schema.ts';
import { HoldfastError } from '../../errors.ts';
import type { ApiReading, ClusterClient } from '../../kubernetes/client/cluster-client.ts';
import { formatListPath, formatObjectPath } from '../../kubernetes/client/format-api-path.ts';
import { listPages } from '../../kubernetes/client/list-pages.ts';
import { parseObject } from '../../kubernetes/lookup/parse-object.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { discoverResources } from '../../kubernetes/watch/discover-resources.ts';
import type { ServedResource } from '../../kubernetes/watch/parse-discovery.ts';
import { findInstallations } from './classify-argocd.ts';
import { findFluxControllers } from './classify-flux.ts';
import type { ArgocdInstallationSettings, ClusterSurvey, Workload } from './cluster-survey.ts';
import { listSeen, type Looked, type Unseen } from './looked.ts';
import { parseAccount, parseNode, parsePod, parseTokenSecret } from './parse-account-object.ts';
import { parseArgocdConfiguration } from './parse-argocd-configuration.ts';
import { parseCount } from './parse-count.ts';
import { parseApplication, parseFluxObject, parseProject } from './parse-gitops-object.ts';
import { parseMutatingWebhooks } from './parse-mutating-webhook.ts';
import { parseWorkload } from './parse-workload.ts';

export interface SurveyOptions {
  readonly client: Pick<ClusterClient, 'read' | 'server'>;
  readonly clock: Clock;
  /** Hears of each resource before it is read. */
  readonly onLook: (resource: string) => void;
}

/** One question to the API server: a page may have megabytes. */
const ASK_MS_MAX = 30_000;
/** A page of whole objects stays below what one answer may have: 8 MiB, and an Application may have 100 KiB. */
const PAGE_OBJECTS = 50;
const PAGES_MAX = 200;
/** Of metadata alone. */
const METADATA_PAGE_OBJECTS = 500;
const METADATA_PAGES_MAX = 100;
/** A cluster has one Argo CD and one Flux; more are named, and not looked into. */
const NAMESPACES_MAX = 10;

const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const TOKEN_SECRETS = `fieldSelector=${encodeURIComponent('type=kubernetes.io/service-account-token')}`;

/** Throws `cluster_unreadable` if the API server does not say what it serves. */
export async function surveyCluster(options: SurveyOptions): Promise<ClusterSurvey> {
  const { client, clock, onLook } = options;
  onLook('what the API server serves');
  const discovered = await discoverResources(client, addMs(clock.monotonicMs(), ASK_MS_MAX));
  if (discovered.status === 'unavailable') {
    throw new HoldfastError('cluster_unreadable', `${client.server}: ${discovered.reason}`);
  }
  const { served } = discovered;
  const list = createLister(options, served);
  const workloads = await readWorkloads(list);
  const found = listSeen(workloads);
  const argocd = namespacesOf(findInstallations(found).map(({ controller }) => controller));
  const flux = namespacesOf(findFluxControllers(found).map(({ workload }) => workload));
  return {
    server: client.server,
    version: await readVersion(options),
    nodes: await list('nodes', one(parseNode), { isMetadata: true }),
    served: new Set(served.keys()),
    workloads,
    accounts: await list('serviceaccounts', one(parseAccount), { isMetadata: true }),
    tokenSecrets: await list('secrets', one(parseTokenSecret), {
      isMetadata: true,
      query: TOKEN_SECRETS,
    }),
    applications: await list('applications.argoproj.io', one(parseApplication)),
    projects: await list('appprojects.argoproj.io', one(parseProject)),
    kustomizations: await list(
      'kustomizations.kustomize.toolkit.fluxcd.io',
      one((value) => parseFluxObject('Kustomization', value)),
    ),
    helmReleases: await list(
      'helmreleases.helm.toolkit.fluxcd.io',
      one((value) => parseFluxObject('HelmRelease', value)),
    ),
    mutatingWebhooks: await list(
      'mutatingwebhookconfigurations.admissionregistration.k8s.io',
      parseMutatingWebhooks,
    ),
    argocdSettings: await readEach(argocd, (namespace) => readArgocd(options, namespace)),
    pods: await readEach([...new Set([...argocd, ...flux])], (namespace) =>
      list('pods', one(parsePod), { namespace }),
    ),
    counts: await readCounts(options, served),
  };
}

interface ListOptions {
  /** Only metadata is asked for: no content of a Secret leaves the API server. */
  readonly isMetadata?: boolean | undefined;
  readonly query?: string | undefined;
  readonly namespace?: string | undefined;
}

type Lister = <Item>(
  resource: string,
  parse: (object: KubernetesObject) => readonly Item[] | undefined,
  how?: ListOptions,
) => Promise<Looked<readonly Item[]>>;

/** For kinds of which an object is one item. */
function one<Item>(parse: (object: KubernetesObject) => Item | undefined) {
  return (object: KubernetesObject): readonly Item[] | undefined => {
    const item = parse(object);
    return item === undefined ? undefined : [item];
  };
}

function createLister(options: SurveyOptions, served: ReadonlyMap<string, ServedResource>): Lister {
  return async (resource, parse, { isMetadata = false, query, namespace } = {}) => {
    const kind = served.get(resource);
    // What is not served has no objects.
    if (kind === undefined) return { status: 'seen', value: [] };
    options.onLook(resource);
    const items: NonNullable<ReturnType<typeof parse>>[number][] = [];
    let malformed = 0;
    let failure: Unseen | undefined;
    const end = await listPages(formatListPath(kind, namespace) ?? '', {
      read: async (path, accept) => {
        const reading = await ask(options, query === undefined ? path : `${path}&${query}`, accept);
        failure = toUnseen(reading);
        return reading;
      },
      ...(isMetadata && { accept: METADATA }),
      pageObjects: isMetadata ? METADATA_PAGE_OBJECTS : PAGE_OBJECTS,
      pagesMax: isMetadata ? METADATA_PAGES_MAX : PAGES_MAX,
      visit: (objects) => {
        for (const object of objects) {
          const parsed = parse(object);
          if (parsed === undefined) malformed += 1;
          else items.push(...parsed);
        }
        return false;
      },
    });
    return conclude(items, { end, failure, malformed });
  };
}

function conclude<Item>(
  items: readonly Item[],
  {
    end,
    failure,
    malformed,
  }: {
    readonly end: Awaited<ReturnType<typeof listPages>>;
    readonly failure: Unseen | undefined;
    readonly malformed: number;
  },
): Looked<readonly Item[]> {
  if (end.status === 'unavailable') {
    if (items.length > 0) return { status: 'cut', value: items, reason: end.reason };
    return failure ?? { status: 'unseen', reason: end.reason, isForbidden: false };
  }
  if (malformed === 0) return { status: 'seen', value: items };
  const reason = `${String(malformed)} objects are not of the expected form`;
  return { status: 'cut', value: items, reason };
}

function ask(
  { client, clock }: SurveyOptions,
  path: string,
  accept = 'application/json',
): Promise<ApiReading> {
  return client.read(path, { accept, deadlineAtMs: addMs(clock.monotonicMs(), ASK_MS_MAX) });
}

function toUnseen(reading: ApiReading): Unseen | undefined {
  if (reading.status !== 'unavailable') return undefined;
  const { code, reason } = reading;
  return { status: 'unseen', reason, isForbidden: code === 'lookup_forbidden' };
}

async function readWorkloads(list: Lister): Promise<Looked<readonly Workload[]>> {
  const deployments = await list('deployments.apps', one(workloadOf('Deployment')));
  const sets = await list('statefulsets.apps', one(workloadOf('StatefulSet')));
  if (deployments.status === 'unseen') return deployments;
  if (sets.status === 'unseen') return sets;
  const value = [...deployments.value, ...sets.value];
  const cut = [deployments, sets].find((looked) => looked.status === 'cut');
  return cut === undefined ? { status: 'seen', value } : { ...cut, value };
}

function workloadOf(kind: Workload['kind']) {
  return (value: KubernetesObject): Workload | undefined => parseWorkload(kind, value);
}

function namespacesOf(workloads: readonly Workload[]): readonly string[] {
  return [...new Set(workloads.map(({ namespace }) => namespace))].slice(0, NAMESPACES_MAX);
}

async function readEach<Value>(
  keys: readonly string[],
  read: (key: string) => Promise<Value>,
): Promise<ReadonlyMap<string, Value>> {
  const values = new Map<string, Value>();
  for (const key of keys) values.set(key, await read(key));
  return values;
}

const versionSchema = z.looseObject({ gitVersion: z.string() });

async function readVersion(options: SurveyOptions): Promise<Looked<string>> {
  const reading = await ask(options, '/version');
  if (reading.status === 'unavailable') return toUnseen(reading) ?? NO_VERSION;
  const version = versionSchema.safeParse('body' in reading ? reading.body : undefined).data;
  return version === undefined ? NO_VERSION : { status: 'seen', value: version.gitVersion };
}

const NO_VERSION: Unseen = {
  status: 'unseen',
  reason: 'GET /version names no version',
  isForbidden: false,
};

async function readArgocd(
  options: SurveyOptions,
  namespace: string,
): Promise<Looked<ArgocdInstallationSettings>> {
  options.onLook(`configmaps of ${namespace}`);
  const maps: (KubernetesObject | undefined)[] = [];
  for (const name of ['argocd-cm', 'argocd-cmd-params-cm']) {
    const kind = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap' };
    const reading = await ask(options, formatObjectPath({ ...kind, namespace, name }) ?? '');
    const unseen = toUnseen(reading);
    if (unseen !== undefined) return unseen;
    maps.push(reading.status === 'read' ? parseObject(reading.body) : undefined);
  }
  const [settings, parameters] = maps;
  return { status: 'seen', value: parseArgocdConfiguration({ settings, parameters }) };
}

/** One object of each resource, with the number of those that follow: nothing else is transferred. */
async function readCounts(
  options: SurveyOptions,
  served: ReadonlyMap<string, ServedResource>,
): Promise<ReadonlyMap<string, Looked<number>>> {
  const { resources } = configurationSchema.parse({}).kubernetes.watch;
  return readEach(
    resources.filter((resource) => served.has(resource)),
    async (resource): Promise<Looked<number>> => {
      options.onLook(resource);
      const kind = served.get(resource);
      const path = kind === undefined ? '' : (formatListPath(kind, undefined) ?? '');
      const reading = await ask(options, `${path}?limit=1`, METADATA);
      const count = reading.status === 'read' ? parseCount(reading.body) : undefined;
      if (count !== undefined) return { status: 'seen', value: count };
      const reason = 'the API server does not say how many there are';
      return toUnseen(reading) ?? { status: 'unseen', reason, isForbidden: false };
    },
  );
}
