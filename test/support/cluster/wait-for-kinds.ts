/** Waits until custom kinds can be used, by requests and by kubectl. */
import type { Cluster } from './cluster-handle.ts';
import { waitFor } from './wait-for.ts';

/** `lists`: the paths of their lists, such as `/apis/argoproj.io/v1alpha1/applications`. */
export async function waitForKinds(cluster: Cluster, lists: readonly string[]): Promise<void> {
  await waitFor('the API server serves the kinds', async () => {
    const answers = await Promise.all(lists.map((path) => cluster.request('root', path)));
    return answers.every(({ code }) => code === 200);
  });
  // The document from which kubectl knows kinds follows a moment after the kinds themselves.
  const names = lists.map(nameOf);
  await waitFor('kubectl knows the kinds', async () => {
    return (await cluster.kubectl('root', ['get', names.join(','), '--all-namespaces'])).code === 0;
  });
}

/** `applications.argoproj.io`, with or without a namespace in the path. */
function nameOf(path: string): string {
  const [group = '', _version, ...rest] = path.replace('/apis/', '').split('/');
  return `${rest.at(-1) ?? ''}.${group}`;
}
