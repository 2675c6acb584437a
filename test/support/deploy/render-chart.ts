/** Renders deploy/chart with the real helm. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { parseYaml } from '../../../src/base/parse-yaml.ts';
import { KUBERNETES_VERSION } from '../assets/families.ts';
import { prepareHelm } from '../assets/helm.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
export const CHART = join(ROOT, 'deploy', 'chart');
export const NAMESPACE = 'holdfast-system';

export interface RenderedDocument {
  /** The template that it comes from, without its folder: `service.yaml`. */
  readonly template: string;
  readonly text: string;
}

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type RenderedObject = z.infer<typeof objectSchema>;

/** Runs helm; the text of a failure is the error's `stderr`. */
export async function runHelm(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const helm = await prepareHelm();
  const { stdout } = await promisify(execFile)(helm, argv, {
    env: { ...process.env, ...environment },
    maxBuffer: 64 << 20,
  });
  return stdout;
}

/** What `helm template` prints for these arguments, document by document, as in the version that tests run against. */
export async function renderChart(argv: readonly string[]): Promise<readonly RenderedDocument[]> {
  const version = ['--kube-version', KUBERNETES_VERSION, '--namespace', NAMESPACE];
  const text = await runHelm(['template', 'holdfast', CHART, ...version, ...argv]);
  return text
    .split(/^---\n/mu)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, template = '', body = ''] =
        /^# Source: holdfast\/templates\/(?<name>\S+)\n(?<body>[\s\S]*)$/u.exec(part) ?? [];
      return { template, text: body };
    });
}

/** The objects of the documents, as kubectl reads them. */
export function readObjects(documents: readonly RenderedDocument[]): readonly RenderedObject[] {
  return documents.flatMap(({ template, text }) => {
    const parsed = parseYaml(text, { dialect: 'kubernetes', aliasesMax: 0 });
    if (!parsed.ok) throw new Error(`${template}: ${JSON.stringify(parsed.faults)}`);
    return parsed.documents.map(({ value }) => objectSchema.parse(value));
  });
}

/** The comments and keys of the value `configuration`, as a file of its own. */
export function readExampleConfiguration(): string {
  const values = readFileSync(join(CHART, 'values.yaml'), 'utf8');
  const [, block = ''] = values.split(/^configuration:\n/mu);
  return block.replaceAll(/^ {2}/gmu, '');
}
