/** The guards as the chart has them: everything but the lists and the namespace, which its template fills in. */
import { listGuards, planGuardWith } from '../../../src/registration/plan-guard.ts';

/** In the chart. */
export const GUARD_FILE = ['files', 'guard.json'];
/** No name of a namespace. */
const NAMESPACE_PLACEHOLDER = 'NAMESPACE_OF_THE_RELEASE';

/** The file's text: a list of manifests. */
export function formatChartGuard(): string {
  const manifests = planGuardWith(listGuards(NAMESPACE_PLACEHOLDER), []);
  return `${JSON.stringify(manifests, undefined, 2)}\n`;
}
