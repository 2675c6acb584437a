/** Binds traces to their collector. Without the section `traces` nothing is loaded and nothing is bound. */
import { systemRandom } from '../base/system-random.ts';
import type { Clock } from '../base/clock.ts';
import { systemWait } from '../base/wait.ts';
import { appendPath, createHttpTarget } from '../sinks/http/http-target.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { classifyExportAnswer } from '../telemetry/tracing/classify-export-answer.ts';
import type { TracesSettings } from '../telemetry/tracing/settings.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';

export interface TraceDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cluster: string;
  /** The name of this replica: the pod's name, else the host's. */
  readonly replica: string;
  /** Which thread the spans are of. */
  readonly thread: 'admission' | 'delivery';
}

/** Loads the library and creates the traces of this thread; the collector is first asked when there is a span. */
export async function bindTraces(
  settings: TracesSettings | undefined,
  { cluster, replica, ...dependencies }: TraceDependencies,
): Promise<Traces | undefined> {
  if (settings === undefined) return undefined;
  const { url, secretHeaders, tls, timeoutMs, ...limits } = settings;
  const target = createHttpTarget(
    { name: 'traces', tls, secretHeaders, delivery: { timeoutMs } },
    dependencies,
  );
  const { createTraces } = await import('../telemetry/tracing/opentelemetry-traces.ts');
  const traces = createTraces(
    {
      ...limits,
      thread: dependencies.thread,
      resource: {
        'service.name': 'holdfast',
        'service.instance.id': replica,
        'k8s.cluster.name': cluster,
      },
      send: async (body, signal) => {
        const headers = { 'content-type': 'application/json', accept: 'application/json' };
        const asked = { url: appendPath(url, '/v1/traces'), headers, body };
        return classifyExportAnswer(await target.post(asked, signal));
      },
    },
    { ...dependencies, wait: systemWait, random: systemRandom },
  );
  return {
    ...traces,
    close: async () => {
      await traces.close();
      target.close();
    },
  };
}
