/** The programs that tests run against, by the names under which stages ask for them. */
import { ensureOpa } from '../../../src/authoring/opa-binary.ts';
import { prepareAssets, preparePreviousAssets } from './assets.ts';
import type { AssetsOptions } from './assets.ts';
import { prepareChartTool } from './chart-tools.ts';
import { prepareArgoCdAssets, prepareFluxAssets } from './gitops.ts';
import { PROMETHEUS_PACKAGE, prepareDebianProgram } from './debian.ts';
import { prepareHelm } from './helm.ts';
import { prepareImageTool } from './image-tools.ts';
import { prepareOpaCases } from '../opa-cases/compile-cases.ts';
import { prepareSinkTarget } from './sink-targets.ts';

export const PROGRAM_NAMES = [
  'opa',
  'opa-cases',
  'control-plane',
  'argocd',
  'flux',
  'nats-server',
  'rsyslogd',
  'alertmanager',
  'prometheus',
  'loki',
  'helm',
  'kubeconform',
  'promtool',
  'registry',
  'referrers-registry',
  'cosign',
  'fulcio',
  'rekor-server',
  'tesseract',
  'timestamp-server',
  'previous-control-plane',
  'previous-argocd',
  'previous-flux',
] as const;

export type ProgramName = (typeof PROGRAM_NAMES)[number];

/** Finds the program and what it needs beside it, or builds or installs what is missing; rejects where it cannot. */
export async function prepareProgram(name: ProgramName, options: AssetsOptions): Promise<void> {
  switch (name) {
    case 'opa':
      await ensureOpa({
        cacheFolder: options.cacheFolder,
        ...(options.print !== undefined && { progress: options.print }),
      });
      return;
    case 'opa-cases':
      await prepareOpaCases({ cache: options.cacheFolder, print: options.print });
      return;
    case 'control-plane':
      await prepareAssets(options);
      return;
    case 'argocd':
      await prepareArgoCdAssets(options);
      return;
    case 'flux':
      await prepareFluxAssets(options);
      return;
    case 'previous-control-plane':
      await preparePreviousAssets(options);
      return;
    case 'previous-argocd':
      await prepareArgoCdAssets({ ...options, release: 'previous' });
      return;
    case 'previous-flux':
      await prepareFluxAssets({ ...options, release: 'previous' });
      return;
    case 'helm':
      await prepareHelm(options);
      return;
    case 'kubeconform':
    case 'promtool':
      await prepareChartTool(name, options);
      return;
    case 'registry':
    case 'referrers-registry':
    case 'cosign':
    case 'fulcio':
    case 'rekor-server':
    case 'tesseract':
    case 'timestamp-server':
      await prepareImageTool(name, options);
      return;
    case 'prometheus':
      await prepareDebianProgram(PROMETHEUS_PACKAGE, options);
      return;
    case 'nats-server':
    case 'rsyslogd':
    case 'alertmanager':
    case 'loki':
      await prepareSinkTarget(name, options);
  }
}
