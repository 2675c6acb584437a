/** Approvers of break-glass grants outside of a cluster, and how they give, present and take away grants: by the commands of users. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateSigningKeyText, readSigningKey } from '../../../src/base/json-web-signature.ts';
import type { Cluster } from './cluster-handle.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');

export interface PresentedGrant {
  readonly name: string;
  readonly file: string;
}

export interface GrantOptions {
  readonly subject?: string;
  readonly cluster?: string;
  readonly resource?: string;
  /** @default checkout */
  readonly object?: string;
  readonly verb?: string;
  readonly uses?: string;
  readonly approvers?: readonly string[];
}

export interface Approvers {
  /** Where their keys lie, as `NAME.jwk`. */
  readonly folder: string;
  /** `breakGlass.approvers` of the configuration. */
  readonly settings: readonly object[];
  /** Runs `holdfast` where the approvers are, and returns what it prints. */
  readonly holdfast: (...argv: readonly string[]) => Promise<string>;
  /** A grant that is signed and not presented. */
  readonly grant: (options?: GrantOptions) => Promise<PresentedGrant>;
  /** Presents a grant in the place of all others, for a person to use it. */
  readonly present: (cluster: Cluster, options?: GrantOptions) => Promise<PresentedGrant>;
  /** Takes all grants away. */
  readonly removeGrants: (cluster: Cluster) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Makes a key for each of the names. */
export async function createApprovers(names: readonly string[]): Promise<Approvers> {
  // Keys lie outside of the cluster: where the approvers are.
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-approvers-'));
  const settings = await Promise.all(names.map((name) => makeKey(folder, name)));
  const holdfast: Approvers['holdfast'] = async (...argv) => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...argv], {
      cwd: folder,
    });
    return stdout;
  };
  const grant = async (options: GrantOptions = {}): Promise<PresentedGrant> => {
    const [first = '', ...others] = options.approvers ?? names;
    let manifest = await holdfast('grant', 'create', '--key', `${first}.jwk`, ...words(options));
    const file = join(folder, 'grant.yaml');
    for (const name of others) {
      await writeFile(file, manifest);
      manifest = await holdfast('grant', 'approve', file, '--key', `${name}.jwk`);
    }
    await writeFile(file, manifest);
    return { name: /name: (\S+)/u.exec(manifest)?.[1] ?? '', file };
  };
  const removeGrants = async (cluster: Cluster): Promise<void> => {
    const argv = ['delete', 'breakglassgrants', '--all', '-n', 'holdfast-system'];
    await cluster.mustKubectl('alice', argv);
  };
  return {
    folder,
    settings,
    holdfast,
    grant,
    removeGrants,
    present: async (cluster, options) => {
      await removeGrants(cluster);
      const made = await grant(options);
      await cluster.mustKubectl('alice', ['create', '-f', made.file]);
      return made;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function makeKey(folder: string, name: string): Promise<object> {
  const text = generateSigningKeyText();
  await writeFile(join(folder, `${name}.jwk`), text, { mode: 0o600 });
  const read = await readSigningKey(text);
  assert.ok(read.ok);
  return { name, key: JSON.stringify(read.key.publicJwk) };
}

function words(options: GrantOptions): readonly string[] {
  return [
    '--namespace',
    'shop',
    '--subject',
    options.subject ?? 'alice',
    '--cluster',
    options.cluster ?? 'test',
    '--resource',
    options.resource ?? 'deployments.apps',
    ...(options.object === '*' ? [] : ['--object', options.object ?? 'checkout']),
    ...(options.verb === undefined ? [] : ['--verb', options.verb]),
    '--uses',
    options.uses ?? '5',
    '--reason',
    'the checkout is down',
  ];
}
