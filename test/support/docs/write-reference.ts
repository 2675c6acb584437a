/** `npm run docs:reference`: writes docs/reference and the published schema from the code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { describeFacts } from './facts-page.ts';
import { describeDefaultPolicies } from './policies-reference.ts';
import { listGeneratedFiles, type GeneratedFile } from './reference.ts';

const root = new URL('../../../', import.meta.url);

// The examples of facts are told apart by the schema, which is written first.
for (const page of [...listGeneratedFiles(), await describeDefaultPolicies()]) write(page);
write(await describeFacts());

function write({ path, text }: GeneratedFile): void {
  const file = new URL(path, root);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
}
