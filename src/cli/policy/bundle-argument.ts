/** The bundle that a command is about: read by its own rules, before anybody trusts it. */
import { resolve } from 'node:path';
import { HoldfastError } from '../../errors.ts';
import type { BundleFiles } from '../../policy/bundle/bundle-files.ts';
import { readBundleFiles } from '../../policy/bundle/read-bundle-files.ts';
import type { ArgumentDefinition, CommandContext } from '../command.ts';

/** For the commands that read one. */
export const bundleArgument: ArgumentDefinition = {
  name: 'BUNDLE',
  summary: 'a folder or an archive',
  required: true,
};

export interface NamedBundle {
  /** Absolute. */
  readonly path: string;
  readonly files: BundleFiles;
}

/** Reads its files, whatever they say. Throws `policy_bundle_invalid`. */
export async function readBundleArgument(
  context: CommandContext,
  bundle: string,
): Promise<NamedBundle> {
  const path = resolve(context.workingDirectory, bundle);
  const files = await readBundleFiles(path);
  if (files.ok) return { path, files: files.value };
  throw new HoldfastError(
    'policy_bundle_invalid',
    `The policy bundle "${bundle}" cannot be read: ${files.reason}`,
  );
}
