/** Resolves the paths in a configuration relative to its folder. */
import { isAbsolute, join } from 'node:path';
import { alertsSchema } from '../alerting/settings.ts';
import { intakeSchema, type IntakeSettings } from '../drift/intake/settings.ts';
import { registriesSchema } from '../image/registry/settings.ts';
import { bundleRegistrySchema, type BundleRegistrySettings } from '../policy/registry/settings.ts';
import { bundleServerSchema, type BundleServerSettings } from '../policy/server/settings.ts';
import { commitsSchema } from '../signature/trust/settings.ts';
import { sinksSchema } from '../sinks/settings.ts';
import { credentialsSchema } from '../source/mirror/settings.ts';
import { tracesSchema } from '../telemetry/tracing/settings.ts';
import type { Configuration } from './schema.ts';

/** A copy with absolute paths. Paths in the file are relative to its folder. */
export function resolvePaths(configuration: Configuration, folder: string): Configuration {
  const { server, policies, registration, kubernetes } = configuration;
  const { commits, images, mirrors, audit, alerts, intake, traces } = configuration;
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const { tls, clientAuthentication } = server;
  return {
    ...configuration,
    server: {
      ...server,
      tls: { ...tls, certificateFile: at(tls.certificateFile), keyFile: at(tls.keyFile) },
      ...(clientAuthentication === undefined
        ? {}
        : {
            clientAuthentication: {
              ...clientAuthentication,
              caFile: at(clientAuthentication.caFile),
            },
          }),
    },
    policies: {
      ...policies,
      ...(policies.bundle === undefined ? {} : { bundle: at(policies.bundle) }),
      keys: policies.keys.map((key) => ({ ...key, file: at(key.file) })),
      ...(policies.server && { server: resolveServer(policies.server, at) }),
      ...(policies.registry && { registry: resolveRegistry(policies.registry, at) }),
    },
    registration: {
      ...registration,
      ...(registration.authorityFile === undefined
        ? {}
        : { authorityFile: at(registration.authorityFile) }),
    },
    kubernetes: {
      ...kubernetes,
      ...(kubernetes.kubeconfigFile === undefined
        ? {}
        : { kubeconfigFile: at(kubernetes.kubeconfigFile) }),
      ...(kubernetes.hub && {
        hub: { ...kubernetes.hub, kubeconfigFile: at(kubernetes.hub.kubeconfigFile) },
      }),
    },
    commits: commitsSchema.parse(
      resolveFiles({ ...commits, ...(commits.folder && { folder: at(commits.folder) }) }, at),
    ),
    images: resolveImages(images, at),
    mirrors: {
      ...mirrors,
      ...(mirrors.folder === undefined ? {} : { folder: at(mirrors.folder) }),
      fileFolders: mirrors.fileFolders.map(at),
      credentials: credentialsSchema.parse(resolveFiles(mirrors.credentials, at)),
    },
    audit: resolveAudit(audit, at),
    // The result is validated with the same schema, so that no code per type of settings is needed here.
    alerts: alertsSchema.parse({ ...alerts, targets: resolveFiles(alerts.targets, at) }),
    ...(intake && { intake: resolveIntake(intake, at) }),
    ...(traces && { traces: tracesSchema.parse(resolveFiles(traces, at)) }),
  };
}

function resolveIntake(intake: IntakeSettings, at: (path: string) => string): IntakeSettings {
  const { file } = intake.audit ?? {};
  const resolved = intakeSchema.parse(resolveFiles(intake, at));
  if (file === undefined) return resolved;
  const audit = { ...resolved.audit, file: { ...file, path: at(file.path) } };
  return intakeSchema.parse({ ...resolved, audit });
}

function resolveServer(
  server: BundleServerSettings,
  at: (path: string) => string,
): BundleServerSettings {
  return bundleServerSchema.parse(resolveFiles({ ...server, folder: at(server.folder) }, at));
}

function resolveRegistry(
  registry: BundleRegistrySettings,
  at: (path: string) => string,
): BundleRegistrySettings {
  return bundleRegistrySchema.parse(resolveFiles({ ...registry, folder: at(registry.folder) }, at));
}

function resolveImages(
  images: Configuration['images'],
  at: (path: string) => string,
): Configuration['images'] {
  const { folder, authorities, trustedRoots, registries } = images;
  return {
    ...images,
    ...(folder !== undefined && { folder: at(folder) }),
    authorities: authorities.map((authority) => ({
      ...authority,
      keyFiles: authority.keyFiles.map(at),
    })),
    trustedRoots: trustedRoots.map(({ file, tuf, ...root }) => ({
      ...root,
      ...(file !== undefined && { file: at(file) }),
      ...(tuf !== undefined && { tuf: { ...tuf, rootFile: at(tuf.rootFile) } }),
    })),
    registries: registriesSchema.parse(resolveFiles(registries, at)),
  };
}

function resolveAudit(
  audit: Configuration['audit'],
  at: (path: string) => string,
): Configuration['audit'] {
  const { journal, hide, sinks } = audit;
  return {
    ...audit,
    ...(journal && {
      journal: {
        ...journal,
        folder: at(journal.folder),
        ...(journal.headKeyFile !== undefined && { headKeyFile: at(journal.headKeyFile) }),
      },
    }),
    hide: { ...hide, ...(hide.keyFile !== undefined && { keyFile: at(hide.keyFile) }) },
    sinks: sinksSchema.parse(resolveFiles(sinks, at)),
  };
}

/**
 * For lists with members of several types: every key `file`, and every key that ends in `File`, names a file there, at
 * any depth.
 */
function resolveFiles(value: unknown, at: (path: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveFiles(item, at));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' && /^file$|File$/u.test(key)
        ? at(member)
        : resolveFiles(member, at),
    ]),
  );
}
