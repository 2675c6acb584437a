/** A real Prometheus on loopback that scrapes one number, which the test sets. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { PROMETHEUS_PACKAGE, prepareDebianProgram } from '../assets/debian.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { makeTargetFolder, startTargetProcess } from './target-process.ts';

export interface PrometheusServer {
  readonly url: string;
  /** What is measured from now on: `error_ratio`. */
  readonly measure: (value: number) => void;
  readonly stop: () => Promise<void>;
}

/** Starts it; it ends with the test. */
export async function startPrometheus(t: TestContext): Promise<PrometheusServer> {
  const program = await prepareDebianProgram(PROMETHEUS_PACKAGE);
  let measured = 0;
  const exporter = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(`error_ratio ${String(measured)}\n`);
  });
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    exporter.closeAllConnections();
    exporter.close();
  });
  const target = `127.0.0.1:${String((exporter.address() as AddressInfo).port)}`;
  const folder = await makeTargetFolder();
  const [port = 0] = await findFreePorts(1);
  const scraped = { job_name: 'shop', static_configs: [{ targets: [target] }] };
  const configuration = { global: { scrape_interval: '200ms', scrape_timeout: '200ms' } };
  await writeFile(
    join(folder, 'prometheus.yml'),
    JSON.stringify({ ...configuration, scrape_configs: [scraped] }),
  );
  const url = `http://127.0.0.1:${String(port)}`;
  const { stop } = await startTargetProcess(t, {
    program,
    argv: [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${String(port)}`,
    ],
    folder,
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
  });
  return {
    url,
    stop,
    measure: (value) => {
      measured = value;
    },
  };
}
