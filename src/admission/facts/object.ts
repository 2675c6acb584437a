/** Whether Git manages the object, and by which application. */
import { defineFact } from './fact.ts';

/** Gathered before the policies are selected, if one of them reads it or judges managed objects only. */
export const objectFact = defineFact('object', {
  needs: ['actor'],
  gather: ({ request, sources, deadlineAtMs }, { actor }) =>
    sources.describeObject(request, actor, deadlineAtMs),
  record: ({ tool, app = '' }) => (tool === undefined ? {} : { managedBy: { tool, app } }),
});
