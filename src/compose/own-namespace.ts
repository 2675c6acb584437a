/** The namespace in which this process runs. */
import { readBounded } from '../base/read-bounded.ts';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
/** The longest name of a namespace (RFC 1123 label). */
const NAMESPACE_BYTES_MAX = 63;

/** `POD_NAMESPACE`, else what the kubelet mounts; `undefined` outside of a cluster. */
export async function findOwnNamespace(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (environment['POD_NAMESPACE'] !== undefined) return environment['POD_NAMESPACE'];
  const read = await readBounded(NAMESPACE_FILE, NAMESPACE_BYTES_MAX);
  return read.ok ? Buffer.from(read.bytes).toString('utf8').trim() : undefined;
}
