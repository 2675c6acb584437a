import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { findSharers } from './share-cluster.ts';

it('findSharers() picks the files that ask for the shared cluster', async (test) => {
  const folder = await makeTemporaryFolder(test, {
    'a.test.ts': 'const gitops = useSharedGitOpsCluster();\n',
    'b.test.ts': "import { attack } from '../support/attack/attack.ts';\n",
    'c.test.ts': 'const gitops = useGitOpsCluster();\n',
  });
  const files = ['a.test.ts', 'b.test.ts', 'c.test.ts'].map((name) => join(folder, name));
  assert.deepEqual(findSharers(files), files.slice(0, 2));
});
