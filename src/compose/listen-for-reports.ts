/** The port on which other programs report what they have seen, each in its own path with its own credential. */
import { systemClock } from '../base/clock.ts';
import type { AuditIntake } from '../drift/intake/audit-intake.ts';
import type { ReportIntake } from '../drift/intake/report-intake.ts';
import { INTAKE_LIMITS } from '../drift/intake/settings.ts';
import {
  startIntakeServer,
  type IntakeSource,
  type RunningIntakeServer,
} from '../server/intake-server.ts';
import { senderAuthenticator } from '../server/sender-authentication.ts';
import type { SecretReference } from '../settings/secret-reference.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { receiveArgocd, receiveAudit, receiveFalco, receiveTerraform } from './intake-bodies.ts';
import type { IntakeConfiguration } from './intake-messages.ts';
import type { IntakeTokens } from './intake-tokens.ts';

export interface ReportDependencies {
  readonly audit: AuditIntake | undefined;
  readonly reports: ReportIntake;
  readonly tokens: IntakeTokens;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** `undefined` where nobody reports. */
export async function listenForReports(
  { server: { tls }, limits, intake }: IntakeConfiguration,
  dependencies: ReportDependencies,
): Promise<RunningIntakeServer | undefined> {
  if (intake === undefined) return undefined;
  const sources = listSources(intake, dependencies);
  if (sources.length === 0) return undefined;
  const { host, port, clientCaFile, bodyBytesMax, requestsPerSecondMax } = intake;
  const server = await startIntakeServer(
    {
      host,
      port,
      tls: { ...tls, clientCaFile },
      timeouts: limits,
      connectionsMax: INTAKE_LIMITS['intake.connectionsMax'].default,
      bodyBytesMax,
      heldBodyBytesMax: INTAKE_LIMITS['intake.heldBodyBytesMax'].default,
      waitingRequestsMax: INTAKE_LIMITS['intake.waitingRequestsMax'].default,
      requestsPerSecondMax,
      sources,
    },
    { ...dependencies, clock: systemClock },
  );
  dependencies.logger.info('Other programs may report what they have seen', {
    url: server.url,
    sources: sources.map(({ name }) => name),
  });
  return server;
}

function listSources(
  { audit: settings, falco, argocd, terraform }: NonNullable<IntakeConfiguration['intake']>,
  { audit, reports, tokens, metrics }: ReportDependencies,
): readonly IntakeSource[] {
  const sources: IntakeSource[] = [];
  const add = (
    name: string,
    credentials: Credentials | undefined,
    receive: IntakeSource['receive'],
  ): void => {
    if (!isReporting(credentials)) return;
    sources.push({ name, authenticator: authenticatorOf(credentials, tokens), receive });
  };
  if (audit !== undefined) {
    add('audit', settings, (body) => receiveAudit(body, { intake: audit, metrics }));
  }
  add('falco', falco, (body) => receiveFalco(body, { reports, settings: falco }));
  add('argocd', argocd, (body) => receiveArgocd(body, reports));
  add('terraform', terraform, (body, query) => receiveTerraform(body, query, reports));
  return sources;
}

interface Credentials {
  readonly token?: SecretReference | undefined;
  readonly commonNames?: readonly string[] | undefined;
}

function isReporting(settings: Credentials | undefined): settings is Credentials {
  return settings?.token !== undefined || settings?.commonNames !== undefined;
}

function authenticatorOf({ token, commonNames }: Credentials, tokens: IntakeTokens) {
  return senderAuthenticator({ readToken: token && (() => tokens.read(token)), commonNames });
}
