/** Whether the write brings its application to an older version. */
import { defineFact } from './fact.ts';

/** Not recorded: a finding says it, and the lineage has records of its own. */
export const rollbackFact = defineFact('rollback', {
  needs: ['actor', 'object'],
  gather: ({ sources, deadlineAtMs }, { actor, object }) =>
    sources.describeRollback(actor, object, deadlineAtMs),
  record: () => ({}),
});
