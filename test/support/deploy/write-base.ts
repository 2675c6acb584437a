/** `npm run deploy:base`: writes the guards into the chart, and renders deploy/base from it. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE_VALUES, planBase } from './plan-base.ts';
import { formatChartGuard, GUARD_FILE } from './chart-guard.ts';
import { CHART, readExampleConfiguration, renderChart } from './render-chart.ts';

await writeFile(join(CHART, ...GUARD_FILE), formatChartGuard());

const BASE = join(import.meta.dirname, '..', '..', '..', 'deploy', 'base');

for (const name of await readdir(BASE)) await rm(join(BASE, name));
for (const { name, text } of planBase(await renderChart(BASE_VALUES), readExampleConfiguration())) {
  await writeFile(join(BASE, name), text);
}
