/** `npm run docs:reference`: writes docs/reference and the published schema from the code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { listGeneratedFiles } from './reference.ts';

const root = new URL('../../../', import.meta.url);

for (const { path, text } of listGeneratedFiles()) {
  const file = new URL(path, root);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
}
