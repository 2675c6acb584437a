/** The namespace that the object is in. */
import { defineFact } from './fact.ts';

/** Not recorded: it is another object than the one that changes, and the cluster has it. */
export const namespaceFact = defineFact('namespace', {
  needs: [],
  gather: ({ request, sources, deadlineAtMs }) => sources.readNamespace(request, deadlineAtMs),
  record: () => ({}),
});
