/** Warns about valid but probably unintended settings. */
import type { ValuePath } from '../base/parse-yaml.ts';
import { DECISION_MS } from '../verdict/plan-wait.ts';
import type { ConfigurationWarning } from './configuration-warning.ts';
import { findTraps, type IsSet } from './find-traps.ts';
import type { Configuration } from './schema.ts';

/** Every warning, in the order of the file's sections. */
export function findWarnings(
  configuration: Configuration,
  isSet: IsSet,
): readonly ConfigurationWarning[] {
  return [
    ...warnOfOpenServer(configuration),
    ...warnOfDeadlines(configuration),
    ...warnOfWaits(configuration),
    ...warnOfModes(configuration),
    ...warnOfWriters(configuration),
    ...warnOfSinks(configuration),
    ...findTraps(configuration, isSet),
  ];
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

function* warnOfOpenServer({ server }: Configuration): Iterable<ConfigurationWarning> {
  if (LOOPBACK.has(server.host) || server.clientAuthentication !== undefined) return;
  yield {
    code: 'server_open',
    path: ['server', 'host'],
    message: 'Anyone who can reach this address can request decisions',
    remedy: 'Set server.clientAuthentication, or allow only the API server with a NetworkPolicy',
  };
}

function* warnOfDeadlines({ engine, limits }: Configuration): Iterable<ConfigurationWarning> {
  if (engine.deadlineMs < limits.requestDeadlineMs) return;
  yield {
    code: 'policy_deadline_too_long',
    path: ['engine', 'deadlineMs'],
    message: `No time is left to evaluate the other policies if one uses ${engine.deadlineMs} ms`,
    remedy: `Keep it well below limits.requestDeadlineMs (${limits.requestDeadlineMs})`,
  };
}

/** A wait ends before the request's deadline, whatever is configured. */
function* warnOfWaits({ commits, images, limits }: Configuration): Iterable<ConfigurationWarning> {
  const waitMsMax = Math.max(0, limits.requestDeadlineMs - DECISION_MS);
  const sections = [
    { name: 'commits', isUsed: commits.rules.length > 0, waitMs: commits.waitMs },
    { name: 'images', isUsed: images.rules.length > 0, waitMs: images.waitMs },
  ];
  for (const { name, isUsed, waitMs } of sections) {
    if (!isUsed || waitMs <= waitMsMax) continue;
    yield {
      code: 'wait_too_long',
      path: [name, 'waitMs'],
      message: `A request waits ${waitMsMax} ms at most, and not ${waitMs} ms`,
      remedy: `Lower it, or raise limits.requestDeadlineMs (${limits.requestDeadlineMs}) and, above that, timeoutSeconds of the webhooks`,
    };
  }
}

function* warnOfModes({ policies }: Configuration): Iterable<ConfigurationWarning> {
  const { bundle, server, registry } = policies;
  const isOwn = (bundle ?? server ?? registry) === undefined;
  if (policies.keys.length > 0 && isOwn) {
    yield {
      code: 'policy_keys_unused',
      path: ['policies', 'keys'],
      message: 'The keys verify nothing: the policies that come with Holdfast need no signature',
      remedy: 'Name the signed bundle in policies.bundle, or take policies.keys out',
    };
  }
  if (policies.mode === 'off') {
    yield {
      code: 'policies_off',
      path: ['policies', 'mode'],
      message: 'Every policy without a setting of its own is off',
      remedy: 'Use audit or warn to see what would be refused',
    };
  }
  const everywhere = policies.overrides.findIndex(
    ({ mode, namespaces, namespaceSelector }) =>
      mode === 'off' && namespaceSelector === undefined && namespaces?.includes('*') === true,
  );
  const places = [
    ...(policies.namespaces['*'] === 'off' ? [['namespaces', '*']] : []),
    ...(everywhere === -1 ? [] : [['overrides', everywhere]]),
  ];
  for (const place of places) {
    yield {
      code: 'policies_off',
      path: ['policies', ...place],
      message: 'Every policy without a setting of its own is off in every namespace',
      remedy: 'Use audit or warn to see what would be refused',
    };
  }
}

function* warnOfWriters({ identity, kubernetes }: Configuration): Iterable<ConfigurationWarning> {
  if (identity.writers.length === 0) {
    yield {
      code: 'no_writer',
      path: ['identity', 'writers'],
      message: 'No GitOps controller is configured, so nobody may change a managed object',
      remedy: 'Add the account that Argo CD or Flux applies with',
    };
  }
  for (const [index, writer] of identity.writers.entries()) {
    const path = ['identity', 'writers', index] as const;
    yield* warnOfProof(writer, path);
    if (writer.tool === 'argocd') yield* warnOfHub(writer, path, kubernetes);
  }
}

type Writer = Configuration['identity']['writers'][number];

/** What each accepted credential proves, and how to accept a better one. */
function* warnOfProof(
  { name, proof, credentials }: Writer,
  path: ValuePath,
): Iterable<ConfigurationWarning> {
  if (credentials !== undefined) return;
  if (proof === 'none' || proof === 'legacy') {
    yield {
      code: 'writer_proof_weak',
      path: [...path, 'proof'],
      message: `Anyone who can request a token for the writer "${name}" can write as it`,
      remedy:
        'Ask for pod-bound where the controller runs in this cluster; elsewhere give it a token of the TokenRequest API, ask for unbound, and list its hash in "credentials"',
    };
  }
  if (proof === 'unbound') {
    yield {
      code: 'writer_token_unlisted',
      path: [...path, 'credentials'],
      message: `Any token of the account counts as the writer "${name}", whoever requested it`,
      remedy: 'List the hashes of the credential ids that count (docs/hub.md)',
    };
  }
}

/** A writer of another cluster, and no Applications of that cluster: it would be refused, or believed without a reason. */
function* warnOfHub(
  { name, username, proof }: Writer,
  path: ValuePath,
  { hub }: Configuration['kubernetes'],
): Iterable<ConfigurationWarning> {
  const isManager = username.endsWith(`:${MANAGER_ACCOUNT}`);
  if (hub === undefined && (isManager || REMOTE_PROOFS.has(proof))) {
    yield {
      code: 'hub_missing',
      path: ['kubernetes', 'hub'],
      message: `The writer "${name}" looks like an Argo CD in another cluster, and Holdfast does not know its Applications: everything that it writes is refused as of an application that does not exist`,
      remedy:
        'Set kubernetes.hub (docs/hub.md), or ask for pod-bound where this Argo CD runs in this cluster',
    };
  }
  if (proof === 'pod-bound' && (hub !== undefined || isManager)) {
    yield {
      code: 'hub_writer_pod_bound',
      path: [...path, 'proof'],
      message: `The writer "${name}" runs in another cluster: no pod of this one can prove it, and everything that it writes is refused`,
      remedy: 'Ask for unbound and list its token in "credentials", or for legacy (docs/hub.md)',
    };
  }
}

/** The account that `argocd cluster add` makes. Source: argo-cd util/clusterauth/clusterauth.go. */
const MANAGER_ACCOUNT = 'argocd-manager';

/** What an Argo CD in this cluster has no need of. */
const REMOTE_PROOFS: ReadonlySet<string> = new Set(['pinned', 'unbound', 'legacy', 'none']);

function* warnOfSinks({ audit }: Configuration): Iterable<ConfigurationWarning> {
  for (const [index, sink] of audit.sinks.entries()) {
    if (sink.type !== 'webhook') continue;
    const proofs = [sink.bearerToken, sink.signingKey, sink.tls.certificateFile];
    if (proofs.some((proof) => proof !== undefined)) continue;
    yield {
      code: 'sink_unauthenticated',
      path: ['audit', 'sinks', index],
      message: `Anyone who can reach the receiver of the sink "${sink.name}" can send it forged records`,
      remedy: 'Set signingKey, bearerToken or tls.certificateFile, and let the receiver check it',
    };
  }
}
