/** What the API server serves, read from its own discovery: nothing is listed by hand, so a new kind is attacked as soon as it is served. */
import type { Cluster } from '../cluster/cluster.ts';

/** One resource of one version. */
export interface ServedResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, lower case. */
  readonly resource: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly verbs: readonly string[];
  /** `status`, `scale`, `exec`, … */
  readonly subresources: readonly string[];
}

/** `deployments.apps`; the core group is left out. */
export function nameResource({ group, resource }: Pick<ServedResource, 'group' | 'resource'>) {
  return group === '' ? resource : `${resource}.${group}`;
}

/** Every resource of every version that is served. */
export async function readServedResources(cluster: Cluster): Promise<readonly ServedResource[]> {
  const groups = readList(await readDocument(cluster, '/apis'), 'groups');
  const paths = groups
    .flatMap((group) => readList(group, 'versions'))
    .map((version) => `/apis/${readText(version, 'groupVersion')}`);
  const lists = await Promise.all(
    ['/api/v1', ...paths].map(async (path) => readResources(await readDocument(cluster, path))),
  );
  return lists.flat();
}

/** The path of the collection, in the namespace where there is one. */
export function collectionPath(
  { group, version, resource, isNamespaced }: ServedResource,
  namespace: string,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return isNamespaced ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
}

async function readDocument(cluster: Cluster, path: string): Promise<object> {
  const { code, body } = await cluster.request('root', path);
  // An aggregated API without a backend has nothing to attack.
  if (code === 503) return {};
  if (code !== 200) throw new Error(`${path} answered ${String(code)}`);
  return body;
}

function readResources(list: object): readonly ServedResource[] {
  const [group = '', version = ''] = splitVersion(readText(list, 'groupVersion'));
  const entries = readList(list, 'resources');
  const subresources = entries
    .map((entry) => readText(entry, 'name').split('/'))
    .filter(([, subresource]) => subresource !== undefined);
  return entries
    .filter((entry) => !readText(entry, 'name').includes('/'))
    .map((entry) => ({
      group,
      version,
      resource: readText(entry, 'name'),
      kind: readText(entry, 'kind'),
      isNamespaced: Reflect.get(entry, 'namespaced') === true,
      verbs: readTexts(entry, 'verbs'),
      subresources: subresources
        .filter(([resource]) => resource === readText(entry, 'name'))
        .map(([, subresource = '']) => subresource),
    }));
}

function splitVersion(groupVersion: string): readonly string[] {
  return groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
}

function readList(value: object, key: string): readonly object[] {
  const list: unknown = Reflect.get(value, key);
  return Array.isArray(list) ? list.filter((entry) => isObject(entry)) : [];
}

function readTexts(value: object, key: string): readonly string[] {
  const list: unknown = Reflect.get(value, key);
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}

function readText(value: object, key: string): string {
  const text: unknown = Reflect.get(value, key);
  return typeof text === 'string' ? text : '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
