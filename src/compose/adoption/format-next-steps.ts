/** What to type after `holdfast adopt`. Each line works as it is printed, but for the registry of the image. */
import { formatShellWord } from '../../base/format-shell-word.ts';
import type { AdoptionPlan } from './plan-configuration.ts';
import { SECRETS } from './plan-grants.ts';

/** What the chart sets by itself. */
const MEMORY_MIB_DEFAULT = 512;

/** @param file the configuration, as the commands name it */
export function formatNextSteps(
  { keys, platform, size, blindSpots }: AdoptionPlan,
  file: string,
): string {
  const asked = keys.reduce((sum, { questions }) => sum + questions.length, 0);
  const name = formatShellWord(file);
  const memory =
    size.memoryMib > MEMORY_MIB_DEFAULT
      ? ` --set resources.limits.memory=${String(size.memoryMib)}Mi`
      : '';
  const forbidden = [
    ...new Set(
      blindSpots.flatMap(({ resource, isForbidden }) =>
        isForbidden && resource !== SECRETS ? [resource] : [],
      ),
    ),
  ];
  return [
    ...(forbidden.length === 0 ? [] : formatGrants(forbidden)),
    `${String(asked)} questions are open, and each is marked in the file. Then:`,
    '',
    `  grep -n Question ${name}`,
    `  holdfast config check ${name}`,
    `  { echo 'configuration:'; sed 's/^/  /' ${name}; } > my-values.yaml`,
    '  helm install holdfast deploy/chart --namespace holdfast-system --create-namespace \\',
    `    --set image.registry=registry.example.com${memory} \\`,
    `    --values deploy/chart/values/${platform.platform}.yaml --values deploy/chart/values/trial.yaml --values my-values.yaml`,
    '',
    `${platform.platform}.yaml because ${platform.because}.`,
    'docs/operations/install.md goes on from there: the image, the certificate and the registration.',
  ].join('\n');
}

/** By somebody who may grant it, to whoever ran the command. */
function formatGrants(resources: readonly string[]): readonly string[] {
  return [
    'Some of the cluster could not be looked at. Somebody who may grant it types, with the user that you are:',
    '',
    `  kubectl create clusterrole holdfast-adopt --verb=get,list --resource=${resources.join(',')}`,
    '  kubectl create clusterrolebinding holdfast-adopt --clusterrole=holdfast-adopt --user="$(kubectl auth whoami -o jsonpath=\'{.status.userInfo.username}\')"',
    '',
  ];
}
