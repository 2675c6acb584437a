/** `npm run docs:reference`: writes docs/reference and the published schema from the code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { describeDefaultPolicies } from './policies-reference.ts';
import { listGeneratedFiles } from './reference.ts';

const root = new URL('../../../', import.meta.url);

for (const { path, text } of [...listGeneratedFiles(), await describeDefaultPolicies()]) {
  const file = new URL(path, root);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
}
