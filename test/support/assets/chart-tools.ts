/** The programs that check what the chart renders, each built from a pinned Go module. */
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import type { AssetsOptions } from './assets.ts';
import type { AssetFamily } from './families.ts';
import { prepareFamily } from './prepare-family.ts';

const KUBECONFORM_VERSION = '0.8.0';
/** Prometheus numbers its Go module 0.316 where the program is 3.16. */
const PROMETHEUS_MODULE_VERSION = '0.316.0';

const KUBECONFORM_FAMILY: AssetFamily = {
  folder: `kubeconform-${KUBECONFORM_VERSION}`,
  module: 'github.com/yannh/kubeconform',
  version: `v${KUBECONFORM_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    {
      name: 'kubeconform',
      package: 'github.com/yannh/kubeconform/cmd/kubeconform',
      expectedSeconds: 20,
    },
  ],
};

const PROMTOOL_FAMILY: AssetFamily = {
  folder: `prometheus-${PROMETHEUS_MODULE_VERSION}`,
  module: 'github.com/prometheus/prometheus',
  version: `v${PROMETHEUS_MODULE_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    {
      name: 'promtool',
      package: 'github.com/prometheus/prometheus/cmd/promtool',
      // Rules need no service discovery, which is the larger part of the program.
      tags: ['remove_all_sd'],
      expectedSeconds: 90,
    },
  ],
};

const FAMILIES = { kubeconform: KUBECONFORM_FAMILY, promtool: PROMTOOL_FAMILY } as const;

/** A real program that judges manifests, or rules of Prometheus. */
export type ChartToolName = keyof typeof FAMILIES;

/** Finds the program, or builds it; returns its path. */
export async function prepareChartTool(
  name: ChartToolName,
  options: AssetsOptions = { cacheFolder: cacheFolder() },
): Promise<string> {
  return await prepareFamily(FAMILIES[name], options);
}
