import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatDocuments,
  parseDocuments,
} from '../../../../../src/authoring/gatekeeper/cluster/stored-documents.ts';

const TEMPLATE = {
  apiVersion: 'templates.gatekeeper.sh/v1',
  kind: 'ConstraintTemplate',
  metadata: { name: 'a', labels: { team: 'b' } },
  spec: { targets: [] },
};

describe('stored documents', () => {
  it('are read as they were written, without what changes by itself', () => {
    const value = {
      ...TEMPLATE,
      metadata: { ...TEMPLATE.metadata, uid: 'c', resourceVersion: '1', generation: 2 },
      status: { created: true },
    };

    const bytes = formatDocuments([
      { file: 'Z/a', value: 1 },
      { file: 'A/a', value },
      { file: 'A/b', value: { kind: 'A', status: {} } },
    ]);

    assert.deepEqual(
      [...parseDocuments(bytes).values()],
      [
        { file: 'A/a', value: TEMPLATE },
        { file: 'A/b', value: { kind: 'A', status: {} } },
        { file: 'Z/a', value: 1 },
      ],
    );
  });

  it('are none where a bundle has none, or has them in another form', () => {
    for (const text of [undefined, '', '{}', '[{"file":"a","value":1,"value":2}]', '[1]']) {
      const bytes = text === undefined ? undefined : Buffer.from(text);
      assert.deepEqual([...parseDocuments(bytes)], []);
    }
  });
});
