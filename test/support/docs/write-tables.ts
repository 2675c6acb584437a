/** `npm run docs:tables`: writes the tables of README.md from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { replaceBlock } from './blocks.ts';
import { listBlocks } from './tables.ts';

const file = new URL('../../../README.md', import.meta.url);
const before = readFileSync(file, 'utf8');

writeFileSync(file, listBlocks().reduce(replaceBlock, before));
