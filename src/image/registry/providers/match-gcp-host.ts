/**
 * Names of registries of Google Cloud: Artifact Registry, and Container Registry, whose names it has taken over.
 *
 * Source: Artifact Registry, "Configure authentication for Docker" (`LOCATION-docker.pkg.dev`, `gcr.io`, `LOCATION.gcr.io`).
 */

const HOST =
  /^(?:[a-z0-9]+(?:-[a-z0-9]+)*-docker\.pkg\.dev|(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)?gcr\.io)$/u;

/** Whether the host is a registry of Google Cloud; hosts for other formats (`LOCATION-npm.pkg.dev`) have no images. */
export function matchGcpHost(registry: string): boolean {
  return HOST.test(registry);
}
