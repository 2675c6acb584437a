/** Types the blocks of docs/operations into a shell, beside a real API server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { prepareHelm } from '../assets/helm.ts';
import type { Cluster } from '../cluster/cluster-handle.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const OPERATIONS = join(ROOT, 'docs', 'operations');

/** What a machine without Docker cannot do: build an image, and ask a registry for the digest of one. */
const WITHOUT_DOCKER = /^(?:docker |digest=\$\(docker )/u;
/** What stands for the digest of an image. */
export const DIGEST = `sha256:${'a'.repeat(64)}`;

/**
 * A block of shell below a heading, the first unless `index` says another, without what `untyped` names and what needs Docker; its
 * `$digest` is `digest`.
 */
export async function readBlock(
  document: string,
  heading: string,
  {
    index = 0,
    untyped = /^$/u,
    digest = DIGEST,
  }: { readonly index?: number; readonly untyped?: RegExp; readonly digest?: string } = {},
): Promise<string> {
  const text = await readFile(join(OPERATIONS, document), 'utf8');
  const below = text.slice(new RegExp(`^#+ ${heading}$`, 'mu').exec(text)?.index ?? text.length);
  const [, block = ''] = [...below.matchAll(/^```sh\n([\s\S]*?)^```$/gmu)][index] ?? [];
  assert.notEqual(block, '', `${document}: ${heading}`);
  return `digest=${digest}\n${block}`
    .split('\n')
    .filter((line) => !untyped.test(line) && !WITHOUT_DOCKER.test(line))
    .join('\n');
}

export interface TypedShell {
  readonly folder: string;
  /** Types lines as alice, a cluster-admin. The shell stops at the first that fails. */
  readonly type: (
    lines: string,
  ) => Promise<{ readonly code: number | null; readonly output: string }>;
  /** The same, but a failure is a failure of the test; returns what was printed. */
  readonly mustType: (lines: string) => Promise<string>;
}

/** Makes the folder in which somebody types: a clone, helm, kubectl, `holdfast`, and the values of the guide. */
export async function openShell(
  cluster: Cluster,
  options: {
    /** More words for `manifests` and `certs`, which lead to a webhook outside the cluster. @default none */
    readonly manifests?: string;
    readonly certs?: string;
    /** What follows the values of the guide. @default '' */
    readonly values?: string;
  } = {},
): Promise<TypedShell> {
  const folder = join(cluster.folder, 'typed');
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await symlink(join(ROOT, 'deploy'), join(folder, 'deploy'));
  await symlink(await prepareHelm(), join(bin, 'helm'));
  await symlink(cluster.kubectlProgram, join(bin, 'kubectl'));
  const program = `"${process.execPath}" "${ROOT}/src/main.ts"`;
  const holdfast = [
    '#!/bin/sh',
    'case "$1" in',
    `manifests) exec ${program} "$@" ${options.manifests ?? ''} ;;`,
    `certs) exec ${program} "$@" ${options.certs ?? ''} ;;`,
    `*) exec ${program} "$@" ;;`,
    'esac',
    '',
  ].join('\n');
  await writeFile(join(bin, 'holdfast'), holdfast);
  await chmod(join(bin, 'holdfast'), 0o755);
  const install = await readFile(join(OPERATIONS, 'install.md'), 'utf8');
  const [, values = ''] = /^```yaml\n(?<text>[\s\S]*?)^```$/mu.exec(install) ?? [];
  await writeFile(join(folder, 'my-values.yaml'), `${values}${options.values ?? ''}`);
  const type: TypedShell['type'] = (lines) =>
    new Promise((resolve) => {
      const child = spawn('sh', ['-e', '-c', lines], {
        cwd: folder,
        env: {
          PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
          HOME: folder,
          KUBECONFIG: cluster.kubeconfigOf('alice'),
        },
      });
      const output: string[] = [];
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
      child.on('close', (code) => resolve({ code, output: output.join('') }));
    });
  return {
    folder,
    type,
    mustType: async (lines) => {
      const { code, output } = await type(lines);
      assert.equal(code, 0, `${lines}\n${output}`);
      return output;
    },
  };
}
