/** What Holdfast's own policies say about what is written, with their remedies and the commands in these. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';

const run = promisify(execFile);
const POLICIES = fileURLToPath(new URL('../../policies', import.meta.url));
/** OPA compiles all policies for each question. */
const TIMEOUT_MS = 60_000;

const findingSchema = z.looseObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
});

export type PolicyFinding = z.infer<typeof findingSchema>;

const answerSchema = z.object({
  result: z.tuple([
    z.object({ expressions: z.tuple([z.object({ value: z.array(findingSchema) })]) }),
  ]),
});

const WRITER = {
  class: 'gitops',
  username: 'system:serviceaccount:argocd:argocd-application-controller',
  name: 'argocd',
  proof: { sufficient: true },
};

const REQUEST = {
  operation: 'CREATE',
  kind: { group: '', version: 'v1', kind: 'ConfigMap' },
  resource: { group: '', version: 'v1', resource: 'configmaps' },
  namespace: 'shop',
  name: 'settings',
  object: { data: {} },
};

/** The findings of one policy where the controller makes an object from this source (`input.facts.source`). */
export async function readFindings(
  policy: string,
  source: object,
  parameters: object = {},
): Promise<readonly PolicyFinding[]> {
  const facts = { actor: WRITER, object: { managed: true }, source };
  return await evaluatePolicy(policy, { request: REQUEST, facts, parameters });
}

/** The findings of one policy where somebody makes a Pod with these images (`input.facts.images`). */
export async function readImageFindings(
  policy: string,
  images: readonly object[],
  parameters: object = {},
): Promise<readonly PolicyFinding[]> {
  const request = {
    ...REQUEST,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    object: {},
  };
  return await evaluatePolicy(policy, { request, facts: { images }, parameters });
}

async function evaluatePolicy(policy: string, input: object): Promise<readonly PolicyFinding[]> {
  const { path } = await ensureOpa({ cacheFolder: cacheFolder() });
  const query = `data.holdfast.policies.${policy}.deny`;
  const argv = ['eval', '--format=json', '--data', POLICIES, '--stdin-input', query];
  const running = run(path, argv, { timeout: TIMEOUT_MS });
  running.child.stdin?.end(JSON.stringify(input));
  const { stdout: printed } = await running;
  return answerSchema.parse(JSON.parse(printed)).result[0].expressions[0].value;
}

/** The commands in a remedy, each as it is printed. */
export function commandsIn(remedy: string): readonly string[] {
  return [...remedy.matchAll(/`(?<command>[^`]+)`/gu)].map(
    ({ groups }) => groups?.['command'] ?? '',
  );
}
