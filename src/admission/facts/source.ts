/** Where in Git the object's application is, and what its controller does at the moment. */
import { defineFact } from './fact.ts';

/** `null` if no application is known. */
export const sourceFact = defineFact('source', {
  needs: ['actor', 'object'],
  gather: ({ sources, deadlineAtMs }, { actor, object }) =>
    sources.findSource(object, actor, deadlineAtMs),
  record: (source) => (source === null ? {} : { source }),
});
