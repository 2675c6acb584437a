/** The account that heals drift, with the rights that the chart gives it, and the configuration that asks for it. */
import { z } from 'zod';
import { auditRecordSchema } from '../../../src/audit/record-schema.ts';
import { HEALER_ACCOUNT } from '../../../src/drift/healing/settings.ts';
import { readObjects, renderChart } from '../deploy/render-chart.ts';
import { setValues } from '../deploy/chart-matrix.ts';
import type { Cluster } from './cluster-handle.ts';
import type { RegisteredHoldfast } from './holdfast.ts';
import { waitFor } from './wait-for.ts';

export const HEALER_NAMESPACE = 'holdfast-system';
export const HEALER_USERNAME = `system:serviceaccount:${HEALER_NAMESPACE}:${HEALER_ACCOUNT}`;
const lineSchema = z.looseObject({ record: auditRecordSchema });

/** The API server asks Holdfast again by then, so that what heals is judged; everything else is as short as it may be. */
export const HEAL_SETTINGS = {
  applications: ['*'],
  additions: true,
  waitMs: 5000,
  retryMs: 1000,
} as const;

const INSTALLER = { parameters: { editors: ['holdfast-test-harness'] } };

/** Lets `root` install the account while Holdfast runs: the policies keep its rights from everybody else. */
export const HEALER_POLICIES = {
  gitops_definitions: INSTALLER,
  gitops_namespaces: INSTALLER,
} as const;

/** Waits until Holdfast knows what so many objects were: only then is a change of them drift. */
export async function waitUntilKnown(
  { operationsUrl }: Pick<RegisteredHoldfast, 'operationsUrl'>,
  objects: number,
): Promise<void> {
  await waitFor('all of the application is known', async () => {
    const text = await (await fetch(new URL('/metrics', operationsUrl))).text();
    const known = /^holdfast_drift_objects (?<count>\d+)$/mu.exec(text)?.groups?.['count'];
    return Number(known ?? 0) >= objects;
  });
}

/** What the journal says of an object that drifted: the codes of findings, and the writes of the account that heals. */
export async function readHealing(
  { run }: Pick<RegisteredHoldfast, 'run'>,
  object: string,
): Promise<readonly string[]> {
  const argv = ['audit', 'query', 'journal', '-o', 'jsonl', '--object', object];
  return (await run(argv))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)).record)
    .filter(({ code, user }) => code.startsWith('drift_') || user.username === HEALER_USERNAME)
    .map(({ code, user, drifted }) => {
      const by = drifted?.healing?.by ?? [];
      if (user.username === HEALER_USERNAME) return `${code} to the account that heals`;
      return [code, ...by].join(' ');
    })
    .toReversed();
}

/** Holdfast runs already, and asks for a token of the account once it needs one. */
export async function installHealer(cluster: Cluster): Promise<void> {
  const drift = { heal: { applications: ['*'], additions: true } };
  const documents = await renderChart(setValues({ 'configuration.drift': drift }));
  const input = readObjects(documents.filter(({ template }) => template === 'healer.yaml'));
  await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], { input });
}
