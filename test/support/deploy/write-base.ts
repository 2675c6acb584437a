/** `npm run deploy:base`: renders deploy/base from the chart. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE_VALUES, planBase } from './plan-base.ts';
import { readExampleConfiguration, renderChart } from './render-chart.ts';

const BASE = join(import.meta.dirname, '..', '..', '..', 'deploy', 'base');

for (const name of await readdir(BASE)) await rm(join(BASE, name));
for (const { name, text } of planBase(await renderChart(BASE_VALUES), readExampleConfiguration())) {
  await writeFile(join(BASE, name), text);
}
