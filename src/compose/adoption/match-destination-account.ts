/** Whom Argo CD impersonates for an Application. Source: argo-cd util/settings/impersonation.go, from 2.13 on. */
import { matchGlob } from '../../source/match-glob.ts';
import type { ApplicationFacts, ProjectFacts } from './cluster-survey.ts';

/**
 * - `account`: the first entry of the project that matches
 * - `none`: no entry matches
 * - `unknown`: a pattern is not understood, or it names no service account
 */
export type DestinationAccount =
  | { readonly status: 'account'; readonly namespace: string; readonly name: string }
  | { readonly status: 'none' }
  | { readonly status: 'unknown'; readonly entry: string };

/** A namespace, then a name, as the API server accepts them. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u;

/** @param servers how Argo CD may write the cluster that the Application deploys to */
export function matchDestinationAccount(
  application: ApplicationFacts,
  project: ProjectFacts,
  servers: readonly string[],
): DestinationAccount {
  const { destination } = application;
  for (const { server, namespace, account } of project.destinationServiceAccounts) {
    const isServer = servers.some((one) => matchGlob(server, one) === true);
    const isNamespace = matchGlob(namespace, destination.namespace);
    if (matchGlob(server, '') === undefined || isNamespace === undefined) {
      return { status: 'unknown', entry: `${server} ${namespace}` };
    }
    if (!isServer || !isNamespace) continue;
    return readAccount(account, destination.namespace || application.namespace);
  }
  return { status: 'none' };
}

function readAccount(account: string, home: string): DestinationAccount {
  const parts = account.split(':');
  const [namespace = '', name = ''] = parts.length === 1 ? [home, account] : parts;
  const isAccount = parts.length <= 2 && NAMESPACE.test(namespace) && NAME.test(name);
  return isAccount ? { status: 'account', namespace, name } : { status: 'unknown', entry: account };
}
