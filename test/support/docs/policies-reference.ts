/** docs/reference/policies.md: what `holdfast policy docs` says of the policies that come with Holdfast. */
import { describePolicies } from '../../../src/authoring/catalogue/describe-policies.ts';
import { formatCatalogue } from '../../../src/authoring/catalogue/format-catalogue.ts';
import { DEFAULT_SOURCE_FOLDER } from '../../../src/authoring/ensure-bundle.ts';
import { ensureOpa } from '../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { page, type GeneratedFile } from './reference.ts';

const INTRODUCTION = `What the policies that come with Holdfast say about themselves, as \`holdfast policy docs\` prints it for every folder of policies: without a configuration, so that
modes and parameters are their own. What stands in braces is put in when a request is judged. [policies/README.md](../../policies/README.md) has an introduction, and each policy its README.`;

/** Needs OPA, unlike the other pages. */
export async function describeDefaultPolicies(): Promise<GeneratedFile> {
  const opa = await ensureOpa({ cacheFolder: cacheFolder() });
  const policies = await describePolicies({
    sourceFolder: DEFAULT_SOURCE_FOLDER,
    opaPath: opa.path,
    settings: { namespaces: {}, settings: {} },
  });
  const body = `${INTRODUCTION}\n\n${formatCatalogue(policies)}`;
  return page('policies', 'The policies that come with Holdfast', body);
}
