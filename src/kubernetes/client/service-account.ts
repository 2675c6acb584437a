/**
 * The account of our own pod, by the files that the kubelet keeps current.
 *
 * Written by hand although the Kubernetes library has it: inside a cluster nothing else of that library is needed, and loading it takes as much
 * memory as the rest of the process, and most of the time until Holdfast is ready.
 * Source: kubernetes.io, "Accessing the API from within a Pod"; the addresses are those of client-go's rest.InClusterConfig.
 */
import { join } from 'node:path';
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { HoldfastError } from '../../errors.ts';
import type { Authentication } from './authentication.ts';

/** Where the kubelet mounts the files. */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The kubelet writes a new token long before the old one ends: client-go reads it as often. */
const READ_AGAIN_MS = 60_000;
/** A token has a few KiB. Authorities of a large installation have less than this together. */
const FILE_BYTES_MAX = 1024 * 1024;

export interface ServiceAccountOptions {
  readonly folder: string;
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, which every container has. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

interface Material {
  readonly ca: string;
  readonly token: string;
  readonly readAtMs: MonotonicMs;
}

/** Reads the files once. Throws `kubeconfig_unusable` if one of them, or the address of the API server, is missing. */
export async function openServiceAccount(options: ServiceAccountOptions): Promise<Authentication> {
  const { environment, clock } = options;
  const server = formatServer(environment);
  let material = await readMaterial(options);
  return {
    server,
    apply: async (request) => {
      if (clock.monotonicMs() - material.readAtMs >= READ_AGAIN_MS) {
        // Files that cannot be read for a moment: the token before is valid for some time.
        material = await readMaterial(options).catch(() => material);
      }
      const authorization = `Bearer ${material.token}`;
      return { ...request, headers: { ...request.headers, authorization }, ca: material.ca };
    },
  };
}

function formatServer(environment: ServiceAccountOptions['environment']): string {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '') {
    throw unusable('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must both be set');
  }
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function readMaterial({ folder, clock }: ServiceAccountOptions): Promise<Material> {
  const readAtMs = clock.monotonicMs();
  const [ca, token] = await Promise.all([readText(folder, 'ca.crt'), readText(folder, 'token')]);
  return { ca, token, readAtMs };
}

async function readText(folder: string, name: string): Promise<string> {
  const read = await readBounded(join(folder, name), FILE_BYTES_MAX);
  const text = read.ok ? Buffer.from(read.bytes).toString('utf8').trim() : '';
  if (text !== '') return text;
  throw unusable(`"${name}": ${read.ok ? 'it is empty' : read.reason}`);
}

function unusable(reason: string): HoldfastError {
  return new HoldfastError(
    'kubeconfig_unusable',
    `The pod's service account cannot be used: ${reason}`,
  );
}
