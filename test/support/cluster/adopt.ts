/** `holdfast adopt` as somebody types it who may look at a cluster, and what it wrote. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../../../src/base/parse-yaml.ts';
import { adoptCommand } from '../../../src/cli/adopt/adopt.ts';
import { configCheckCommand } from '../../../src/cli/config/check.ts';
import { runProgram } from '../../../src/cli/program.ts';
import type { ClosingHooks } from '../closing-hooks.ts';
import { recordContext } from '../command-context.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import type { Cluster } from './cluster-handle.ts';

const PROGRAM = {
  version: '0.0.0',
  summary: 'test',
  commands: [adoptCommand, configCheckCommand],
  groups: { config: 'test' },
};

const sectionsSchema = z.record(z.string(), z.looseObject({}));
const writersSchema = z.array(
  z.looseObject({ name: z.string(), username: z.string(), proof: z.string() }),
);

export interface Adopted {
  readonly status: string;
  readonly text: string;
  readonly sections: z.output<typeof sectionsSchema>;
  /** Name, username and proof of each. */
  readonly writers: readonly string[];
  /** What `config check` says of the file; the second is what it reports. */
  readonly check: readonly [string, string];
}

/** Types `holdfast adopt --out holdfast.yaml`, then `holdfast config check holdfast.yaml`. */
export async function adopt(test: ClosingHooks, cluster: Cluster, user = 'root'): Promise<Adopted> {
  const folder = await makeTemporaryFolder(test, {});
  const type = async (argv: readonly string[]) => {
    const { context, reported } = recordContext({ workingDirectory: folder });
    const status = await runProgram(argv, { ...PROGRAM, context });
    return [status, reported()] as const;
  };
  const kubeconfig = cluster.kubeconfigOf(user);
  const argv = ['adopt', '--kubeconfig', kubeconfig, '--cluster', 'prod-eu-1'];
  const [status] = await type([...argv, '--out', 'holdfast.yaml']);
  const text = await readFile(join(folder, 'holdfast.yaml'), 'utf8');
  const parsed = parseYaml(text, { dialect: 'strict', aliasesMax: 0 });
  const sections = sectionsSchema.parse(parsed.ok ? parsed.documents[0]?.value : undefined);
  const writers = writersSchema.parse(sections['identity']?.['writers'] ?? []);
  return {
    status,
    text,
    sections,
    writers: writers.map(({ name, username, proof }) => `${name} ${username} ${proof}`),
    check: await type(['config', 'check', 'holdfast.yaml']),
  };
}
