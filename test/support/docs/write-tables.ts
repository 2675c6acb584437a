/** `npm run docs:tables`: writes the tables of README.md and the published schema from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { recordJsonSchema } from '../../../src/audit/record-schema.ts';
import { replaceBlock } from './blocks.ts';
import { listBlocks } from './tables.ts';

const file = new URL('../../../README.md', import.meta.url);
const before = readFileSync(file, 'utf8');

writeFileSync(file, listBlocks().reduce(replaceBlock, before));

const schema = new URL('../../../deploy/schemas/audit-record.v1.schema.json', import.meta.url);
writeFileSync(schema, `${JSON.stringify(recordJsonSchema(), undefined, 2)}\n`);
