/** Puts a span around each read of the API server that a request waits for. */
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { measureWait } from '../telemetry/tracing/measure-wait.ts';
import type { Traces } from '../telemetry/tracing/traces.ts';

/** The same client without traces. What no sampled request asked for (lists and watches) has no span. */
export function traceReads<Client extends ClusterClient>(
  client: Client,
  traces: Traces | undefined,
): Client {
  if (traces === undefined) return client;
  return {
    ...client,
    read: async (path, options) => {
      const attributes = { 'http.request.method': 'GET', 'url.path': path.split('?', 1)[0] };
      return await measureWait(
        traces.begin('read API server', 'client', attributes),
        () => client.read(path, options),
        (reading, span) => {
          span.annotate({ 'holdfast.lookup.outcome': reading.status });
          if (reading.status === 'unavailable') span.fail(reading.code);
        },
      );
    },
  };
}
