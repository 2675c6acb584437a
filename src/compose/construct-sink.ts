/**
 * Creates a sink from its settings: the only file that knows every type. Each type is loaded only if it is
 * configured.
 */
import type { Sink, SinkContext } from '../delivery/sink.ts';
import type { ConnectedCluster } from '../kubernetes/client/cluster-client.ts';
import type { SinkSettings } from '../sinks/settings.ts';
import { HoldfastError } from '../errors.ts';

/** Creates the sink; nothing is sent yet. */
export async function constructSink(settings: SinkSettings, context: SinkContext): Promise<Sink> {
  switch (settings.type) {
    case 'stdout': {
      const { StdoutSink } = await import('../sinks/stdout/stdout-sink.ts');
      return new StdoutSink(settings, context);
    }
    case 'file': {
      const { FileSink } = await import('../sinks/file/file-sink.ts');
      return new FileSink(settings);
    }
    case 'webhook': {
      const { WebhookSink } = await import('../sinks/webhook/webhook-sink.ts');
      return new WebhookSink(settings, context);
    }
    case 'loki': {
      const { LokiSink } = await import('../sinks/loki/loki-sink.ts');
      return new LokiSink(settings, context);
    }
    case 'elasticsearch': {
      const { ElasticsearchSink } = await import('../sinks/elasticsearch/elasticsearch-sink.ts');
      return new ElasticsearchSink(settings, context);
    }
    case 'otlp': {
      const { OtlpSink } = await import('../sinks/otlp/otlp-sink.ts');
      return new OtlpSink(settings, context);
    }
    case 'slack': {
      const { SlackSink } = await import('../sinks/slack/slack-sink.ts');
      return new SlackSink(settings, context);
    }
    case 'nats': {
      const { NatsSink } = await import('../sinks/nats/nats-sink.ts');
      return new NatsSink(settings, context);
    }
    case 'syslog': {
      const { SyslogSink } = await import('../sinks/syslog/syslog-sink.ts');
      return new SyslogSink(settings);
    }
    case 'kubernetesEvents': {
      const { KubernetesEventsSink } =
        await import('../sinks/kubernetes-events/kubernetes-events-sink.ts');
      return new KubernetesEventsSink(settings, context, await connectCluster(context));
    }
  }
}

/** Events are written one after the other; one more for the read of one that exists already. */
const CONNECTIONS_MAX = 2;

// A separate connection: writing Events must not block a look-up that a review waits for.
async function connectCluster({ clock, kubeconfigFile }: SinkContext): Promise<ConnectedCluster> {
  const { createClusterClient } = await import('../kubernetes/client/client.ts');
  const client = await createClusterClient({
    clock,
    kubeconfigFile,
    connectionsMax: CONNECTIONS_MAX,
  });
  if (client !== undefined) return client;
  throw new HoldfastError(
    'kubeconfig_unusable',
    'A sink of type "kubernetesEvents" needs a cluster: run inside one, or set kubernetes.kubeconfigFile',
  );
}
