/** From options and files to what writes to registries. No serving process loads it. */
import { RegistryUploader } from '../image/registry/registry-uploader.ts';
import { openRegistry, type OpenRegistryOptions, type RegistryAccess } from './open-registry.ts';

export interface OpenUploader {
  readonly uploader: RegistryUploader;
  readonly close: () => void;
}

/** Reads the files; throws as `openRegistry` does. The caller closes it. */
export async function openUploader(
  access: RegistryAccess,
  options: OpenRegistryOptions,
): Promise<OpenUploader> {
  const { credentials, partsFor, close } = await openRegistry(access, {
    ...options,
    mayWrite: true,
  });
  return { uploader: new RegistryUploader(partsFor(credentials)), close };
}
