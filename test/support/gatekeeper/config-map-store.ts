/** A fake API server that keeps the ConfigMap of the published bundle, with versions as the real one has them. */
import type { FakeAnswer, FakeApiServer, FakeWrite } from '../fake-api-server.ts';

const CONFIG_MAPS = '/api/v1/namespaces/holdfast-system/configmaps';
const CONFIG_MAP = `${CONFIG_MAPS}/holdfast-gatekeeper`;

export interface ConfigMapStore {
  /** How often it was written. */
  readonly writes: () => number;
  /** As somebody else writes it; `undefined` deletes it. */
  readonly replace: (binaryData: Readonly<Record<string, string>> | undefined) => void;
  readonly binaryData: () => Readonly<Record<string, string>> | undefined;
}

interface Stored {
  readonly metadata: { readonly resourceVersion: string };
  readonly binaryData: Readonly<Record<string, string>>;
}

/** Other writes are answered by `others`. */
export function keepConfigMap(
  server: FakeApiServer,
  others: (write: FakeWrite) => FakeAnswer = ({ body }) => ({ body }),
): ConfigMapStore {
  let stored: Stored | undefined;
  let version = 0;
  let writes = 0;
  const put = (binaryData: Stored['binaryData'] | undefined): void => {
    version += 1;
    stored =
      binaryData === undefined
        ? undefined
        : { metadata: { resourceVersion: String(version) }, binaryData };
    server.answer(CONFIG_MAP, stored === undefined ? { status: 404, body: {} } : { body: stored });
  };
  put(undefined);
  server.answerWrites((write) => {
    if (write.path !== CONFIG_MAPS && write.path !== CONFIG_MAP) return others(write);
    const written = write.body as Stored;
    const known = stored?.metadata.resourceVersion;
    if (written.metadata.resourceVersion !== known) return { status: 409, body: {} };
    writes += 1;
    put(written.binaryData);
    return { body: stored };
  });
  return {
    writes: () => writes,
    replace: put,
    binaryData: () => stored?.binaryData,
  };
}
