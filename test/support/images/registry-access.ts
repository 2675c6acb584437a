/** A client of registries as the command opens it, for a registry of the tests. */
import type { TestContext } from 'node:test';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { resolveBySystem } from '../../../src/base/resolve-host.ts';
import type { CloudCredentials } from '../../../src/image/registry/providers/cloud-credentials.ts';
import type { RegistryCredentials } from '../../../src/image/registry/parse-docker-config.ts';
import { RegistryAuthorizer } from '../../../src/image/registry/registry-authorizer.ts';
import { RegistryClient } from '../../../src/image/registry/registry-client.ts';
import {
  RegistryTransport,
  type TransportOptions,
} from '../../../src/image/registry/registry-transport.ts';

export interface AccessOptions extends Partial<TransportOptions> {
  readonly credentials?: RegistryCredentials;
  readonly cloud?: Pick<CloudCredentials, 'find'>;
}

/** A transport that may ask these hosts, by http. */
export function openTransport(
  t: TestContext,
  hosts: readonly string[],
  options: Partial<TransportOptions> = {},
): RegistryTransport {
  const transport = new RegistryTransport({
    privateHosts: hosts,
    plainHttpHosts: options.tls === undefined ? hosts : [],
    remedies: {
      privateHost: (host) => `--private-host ${host}`,
      plainHttp: (host) => `--plain-http ${host}`,
    },
    resolve: resolveBySystem,
    clock: systemClock,
    signal: new AbortController().signal,
    ...options,
  });
  t.after(() => transport.close());
  return transport;
}

/** All parts of a client. */
export function openClient(t: TestContext, hosts: readonly string[], options: AccessOptions = {}) {
  const { credentials = new Map(), cloud, ...rest } = options;
  const clock: Clock = options.clock ?? systemClock;
  const transport = openTransport(t, hosts, rest);
  const authorizer = new RegistryAuthorizer({ transport, credentials, cloud, clock });
  return { transport, authorizer, client: new RegistryClient(transport, authorizer) };
}
