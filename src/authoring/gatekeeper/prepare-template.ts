/** Makes the modules of a bundle out of a template, by OPA's own parser. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';
import { HoldfastError } from '../../errors.ts';
import type { InventoryPath } from '../../policy/gatekeeper/constraint.ts';
import { runOpa } from '../opa-program.ts';
import type { Template } from './parse-template.ts';
import { planModule } from './plan-module.ts';
import type { VersionedModule } from './versioned-module.ts';

export interface PreparedTemplate {
  readonly template: Template;
  /** By the name of the file. */
  readonly modules: ReadonlyMap<string, VersionedModule>;
  /** Where it reads below `data.inventory`; none where it does not. */
  readonly inventoryReads: readonly InventoryPath[];
}

export interface PrepareOptions {
  readonly opaPath: string;
  /** Files are written and parsed here. */
  readonly workFolder: string;
}

/** Throws `policy_source_invalid` with every problem of the template. */
export async function prepareTemplate(
  template: Template,
  options: PrepareOptions,
): Promise<PreparedTemplate> {
  const { rego, libraries, regoVersion } = template.code;
  const folder = `_template/${template.name}`;
  const texts = [rego, ...libraries];
  const modules = new Map<string, VersionedModule>();
  const problems: string[] = [];
  const inventoryReads = new Map<string, InventoryPath>();
  for (const [index, text] of texts.entries()) {
    const part = index === 0 ? 'entry' : 'library';
    const name = index === 0 ? 'template.rego' : `library_${index}.rego`;
    const file = `${folder}/${name}`;
    const tree = await parseRego({ text, file, regoVersion }, options);
    const planned = planModule({ template: template.name, part, text, tree });
    if (planned.ok) {
      modules.set(file, { text: planned.text, regoVersion });
      for (const path of planned.inventoryReads) inventoryReads.set(JSON.stringify(path), path);
    } else {
      problems.push(...planned.problems.map((problem) => `${file}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new HoldfastError('policy_source_invalid', problems.join('\n'));
  return { template, modules, inventoryReads: [...inventoryReads.values()] };
}

async function parseRego(
  { text, file, regoVersion }: VersionedModule & { readonly file: string },
  { opaPath, workFolder }: PrepareOptions,
): Promise<unknown> {
  const path = join(workFolder, file);
  makeFolder(join(path, '..'));
  await writeFile(path, text);
  const version = regoVersion === 0 ? ['--v0-compatible'] : [];
  const argv = ['parse', ...version, '--format', 'json', '--json-include', 'locations', file];
  return JSON.parse(await runOpa(opaPath, argv, workFolder));
}
